"""FP109: `cd`, `export` or an activation is expected to last into the next command."""

from firstpush.rules.framework import Rule

RULE = Rule(
    "FP109",
    "state-lost-between-commands",
    "`cd`, `export` or an activation is expected to last into the next command.",
    triggers=("state-lost-between-commands",),
    help=("every command runs in a new shell: join what belongs together with `&&`"),
)
