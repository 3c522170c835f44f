"""FP209: A pyproject.toml without a [project] table is taken as the app's manifest."""

from firstpush.rules.framework import Rule

RULE = Rule(
    "FP209",
    "pyproject-without-project",
    "A pyproject.toml without a [project] table is taken as the app's manifest.",
    triggers=("pyproject-no-project-table",),
    help=("add a [project] table with the dependencies, or move the tools' settings to their own files"),
)
