"""Rules: what a failure of the plan or of its simulation means to the user, one file a rule.

A rule file holds `RULE` (its identity and advice) and, where there is something to decide, `judge(finding, context)`.
Its page `docs/rules/<code>-<name>.md` is both its documentation and its test. `registry.py` says which file a finding
goes to.
"""
