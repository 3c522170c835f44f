"""FP508: A build script goes on after a refused install."""

from firstpush.rules.framework import Rule

RULE = Rule(
    "FP508",
    "vercel-script-without-set-e",
    "A build script goes on after a refused install.",
    triggers=("key:vercel-script-without-set-e",),
    help="delete the install, and begin the script with `set -e`",
)
