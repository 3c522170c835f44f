"""FP513: A Python version that Vercel does not take."""

from firstpush.rules.framework import Rule

RULE = Rule(
    "FP513",
    "vercel-python-version",
    "A Python version that Vercel does not take.",
    triggers=("key:vercel-python-version",),
    help="ask for a version of the image, in `.python-version` or `requires-python`",
)
