"""FP201: A requirements file is named that does not exist there."""

from firstpush.rules.framework import Rule

RULE = Rule(
    "FP201",
    "requirements-file-missing",
    "A requirements file is named that does not exist there.",
    triggers=("wrong-requirements-path",),
    help=("name the file as it is called from the folder that the command runs in"),
)
