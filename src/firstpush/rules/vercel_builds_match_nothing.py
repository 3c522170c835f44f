"""FP526: An item of `builds` matches no file."""

from firstpush.rules.framework import Rule

RULE = Rule(
    "FP526",
    "vercel-builds-match-nothing",
    "An item of `builds` matches no file.",
    triggers=("key:vercel-builds-match-nothing",),
    help="name a file that exists, relative to the deployed folder",
)
