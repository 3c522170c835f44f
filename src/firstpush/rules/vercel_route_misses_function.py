"""FP524: Requests do not reach the function."""

from firstpush.rules.framework import Rule

RULE = Rule(
    "FP524",
    "vercel-route-misses-function",
    "Requests do not reach the function.",
    triggers=("key:vercel-route-misses-function",),
    help="send the paths to the function with a rewrite",
)
