"""FP516: vercel.json holds something that only Vercel's server refuses."""

from firstpush.rules.framework import Rule

RULE = Rule(
    "FP516",
    "vercel-server-refuses-config",
    "vercel.json holds something that only Vercel's server refuses.",
    triggers=("key:vercel-server-refuses-config",),
    help="remove the property",
)
