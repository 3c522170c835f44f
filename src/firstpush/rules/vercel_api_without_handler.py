"""FP512: A file under api/ makes no function."""

from firstpush.rules.framework import Rule

RULE = Rule(
    "FP512",
    "vercel-api-without-handler",
    "A file under api/ makes no function.",
    triggers=("key:vercel-api-without-handler",),
    help="define the app object at the top level of the file",
)
