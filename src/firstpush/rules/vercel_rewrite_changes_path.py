"""FP525: A rewrite that makes the app see another path."""

from firstpush.rules.framework import Rule

RULE = Rule(
    "FP525",
    "vercel-rewrite-changes-path",
    "A rewrite that makes the app see another path.",
    triggers=("key:vercel-rewrite-changes-path",),
    help="delete the rewrite",
)
