"""FP521: A line of requirements.txt that pip takes and Vercel does not."""

from firstpush.rules.framework import Rule

RULE = Rule(
    "FP521",
    "vercel-requirements",
    "A line of requirements.txt that pip takes and Vercel does not.",
    triggers=("key:vercel-requirements",),
    help="write the line in a form that Vercel reads",
)
