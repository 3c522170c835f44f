"""FP214: A script is called that cannot be executed."""

from firstpush.rules.framework import Rule

RULE = Rule(
    "FP214",
    "script-not-executable",
    "A script is called that cannot be executed.",
    triggers=("script-not-executable",),
    help=("call it through its interpreter (`bash script.sh`), or make it executable and commit that"),
)
