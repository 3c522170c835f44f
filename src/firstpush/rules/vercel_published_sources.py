"""FP510: A Python app is published as plain files."""

from firstpush.rules.framework import Rule

RULE = Rule(
    "FP510",
    "vercel-published-sources",
    "A Python app is published as plain files.",
    triggers=("key:vercel-published-sources",),
    help="set the framework preset, or move the app to api/index.py",
)
