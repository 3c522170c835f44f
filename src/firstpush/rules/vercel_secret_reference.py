"""FP527: vercel.json refers to a secret of the account."""

from firstpush.rules.framework import Rule

RULE = Rule(
    "FP527",
    "vercel-secret-reference",
    "vercel.json refers to a secret of the account.",
    triggers=("key:vercel-secret-reference",),
    help="set the variable in the project's settings",
)
