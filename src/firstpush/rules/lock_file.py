"""FP210: The lock file is missing or does not fit the manifest."""

from firstpush.rules.framework import Rule

RULE = Rule(
    "FP210",
    "lock-file",
    "The lock file is missing or does not fit the manifest.",
    triggers=("lockfile-out-of-sync", "lockfile-missing"),
    help=("make the lock file anew and commit it"),
)
