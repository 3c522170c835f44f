"""FP523: uv.lock does not belong to pyproject.toml."""

from firstpush.rules.framework import Rule

RULE = Rule(
    "FP523",
    "vercel-stale-lock",
    "uv.lock does not belong to pyproject.toml.",
    triggers=("key:vercel-stale-lock",),
    help="run `uv lock` and commit the lock file, or delete it",
)
