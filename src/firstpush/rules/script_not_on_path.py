"""FP303: A console script was installed outside of PATH."""

from firstpush.rules.framework import Rule

RULE = Rule(
    "FP303",
    "script-not-on-path",
    "A console script was installed outside of PATH.",
    triggers=("script-not-on-path",),
    help=(
        "start the module instead of the script (`python -m uvicorn …`), or install into a virtual "
        "environment whose bin folder is on PATH"
    ),
)
