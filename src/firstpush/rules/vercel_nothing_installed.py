"""FP520: No dependency is installed, and the app imports some."""

from firstpush.rules.framework import Rule

RULE = Rule(
    "FP520",
    "vercel-nothing-installed",
    "No dependency is installed, and the app imports some.",
    triggers=("key:vercel-nothing-installed",),
    help="list the dependencies in requirements.txt or in [project] of pyproject.toml",
)
