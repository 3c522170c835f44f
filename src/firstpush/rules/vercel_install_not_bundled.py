"""FP518: What a command installs is not part of the function."""

from firstpush.rules.framework import Rule

RULE = Rule(
    "FP518",
    "vercel-install-not-bundled",
    "What a command installs is not part of the function.",
    triggers=("key:vercel-install-not-bundled",),
    help="delete the command: Vercel installs the manifest into the function by itself",
)
