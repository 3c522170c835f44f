"""FP519: A pyproject.toml without [project] hides the requirements."""

from firstpush.rules.framework import Rule

RULE = Rule(
    "FP519",
    "vercel-no-project-table",
    "A pyproject.toml without [project] hides the requirements.",
    triggers=("key:vercel-no-project-table",),
    help="add a [project] table, or keep the tools' settings in their own files",
)
