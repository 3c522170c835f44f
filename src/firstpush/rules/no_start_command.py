"""FP301: The builder finds no command to start the app with."""

from firstpush.rules.framework import Rule

RULE = Rule(
    "FP301",
    "no-start-command",
    "The builder finds no command to start the app with.",
    triggers=("no-start-command",),
    help=("say how the app is started"),
)
