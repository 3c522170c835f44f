"""FP202: A command changes into a folder that does not exist there."""

from firstpush.rules.framework import Rule

RULE = Rule(
    "FP202",
    "folder-missing",
    "A command changes into a folder that does not exist there.",
    triggers=("wrong-working-directory",),
    help=("commands run in the deployed folder; correct the path, or set the service's root directory"),
)
