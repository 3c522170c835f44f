"""FP517: A pattern in `functions` matches no function."""

from firstpush.rules.framework import Rule

RULE = Rule(
    "FP517",
    "vercel-functions-pattern",
    "A pattern in `functions` matches no function.",
    triggers=("key:vercel-functions-pattern",),
    help="remove the pattern, move the file under api/, or set the preset",
)
