"""FP311: A build step needs a database that only exists at run time."""

from firstpush.rules.framework import Rule

RULE = Rule(
    "FP311",
    "database-at-build-time",
    "A build step needs a database that only exists at run time.",
    triggers=("build-time-database",),
    help=("run it before the start instead (pre-deploy command), where the database can be reached"),
)
