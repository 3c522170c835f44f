"""FP507: `source` in a command that `sh` runs."""

from firstpush.rules.framework import Rule

RULE = Rule(
    "FP507",
    "vercel-source-under-sh",
    "`source` in a command that `sh` runs.",
    triggers=("key:vercel-source-under-sh",),
    help="write `.` instead of `source`",
)
