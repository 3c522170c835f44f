"""FP309: A shell builtin or operator is used where no shell runs."""

from firstpush.rules.framework import Rule

RULE = Rule(
    "FP309",
    "builtin-in-exec-form",
    "A shell builtin or operator is used where no shell runs.",
    triggers=("cd-exec-form",),
    help=('run it by a shell: `sh -c "cd backend && exec …"`'),
)
