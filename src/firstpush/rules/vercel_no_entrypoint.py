"""FP511: Vercel finds no application object."""

from firstpush.rules.framework import Rule

RULE = Rule(
    "FP511",
    "vercel-no-entrypoint",
    "Vercel finds no application object.",
    triggers=("key:vercel-no-entrypoint",),
    help="define `app` at the top level of main.py, or name it in `[tool.vercel] entrypoint`",
)
