"""FP514: The function is too large."""

from firstpush.rules.framework import Rule

RULE = Rule(
    "FP514",
    "vercel-bundle-too-large",
    "The function is too large.",
    triggers=("key:vercel-bundle-too-large",),
    help="use smaller packages, leave files out, or split the app",
)
