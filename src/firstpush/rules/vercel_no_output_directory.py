"""FP509: A build command makes Vercel expect an output directory that nothing makes."""

from firstpush.rules.framework import Rule

RULE = Rule(
    "FP509",
    "vercel-no-output-directory",
    "A build command makes Vercel expect an output directory that nothing makes.",
    triggers=("key:vercel-no-output-directory",),
    help="delete the build command",
)
