"""FP313: `[phases.start]` runs the server while the image is built."""

from firstpush.rules.framework import Rule

RULE = Rule(
    "FP313",
    "start-runs-while-building",
    "`[phases.start]` runs the server while the image is built.",
    triggers=("key:nixpacks-phases-start",),
    help=("move the command to `[start] cmd`"),
)
