"""FP312: The Procfile's process is not the one that should be started."""

from firstpush.rules.framework import Rule

RULE = Rule(
    "FP312",
    "wrong-process-type",
    "The Procfile's process is not the one that should be started.",
    triggers=("wrong-process-type",),
    help=("name the process `web`"),
)
