"""FP502: An install command repeats what Vercel does by itself."""

from firstpush.rules.framework import Rule

RULE = Rule(
    "FP502",
    "vercel-redundant-install",
    "An install command repeats what Vercel does by itself.",
    triggers=("key:vercel-redundant-install",),
    help="delete the command",
)
