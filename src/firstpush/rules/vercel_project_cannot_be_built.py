"""FP522: uv builds the project itself, and that fails."""

from firstpush.rules.framework import Rule

RULE = Rule(
    "FP522",
    "vercel-project-cannot-be-built",
    "uv builds the project itself, and that fails.",
    triggers=("key:vercel-project-cannot-be-built",),
    help="delete [build-system]: an app that is deployed is not a package",
)
