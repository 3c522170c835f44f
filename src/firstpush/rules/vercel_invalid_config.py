"""FP515: vercel.json holds something that stops `vercel build`."""

from firstpush.rules.framework import Rule

RULE = Rule(
    "FP515",
    "vercel-invalid-config",
    "vercel.json holds something that stops `vercel build`.",
    triggers=("key:vercel-invalid-config",),
    help="correct the value, or remove the property",
)
