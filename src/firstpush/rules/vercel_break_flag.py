"""FP506: `--break-system-packages` where it helps nothing."""

from firstpush.rules.framework import Rule

RULE = Rule(
    "FP506",
    "vercel-break-flag",
    "`--break-system-packages` where it helps nothing.",
    triggers=("key:vercel-break-flag",),
    help="delete the whole command",
)
