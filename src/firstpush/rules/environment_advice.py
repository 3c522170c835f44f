"""The advice for an install that reaches a Python without an environment of its own: shared by FP101 to FP103."""

from __future__ import annotations

from firstpush.rules.framework import Context, Finding, Rule

LONGEST = 100  # characters of a command that are worth repeating in the advice


def advice(rule: Rule, finding: Finding, context: Context) -> str:
    """What to do, with the guilty command itself where it is short; the rule's general advice otherwise."""
    if context.plan.builder != "nixpacks" or finding.step is None:
        return rule.help
    command = str(finding.step.command).strip()
    single = "\n" not in command and not any(sign in command for sign in ("&&", ";", "|"))
    if not single or len(command) > LONGEST or " install " not in command:
        return rule.help
    install = command[command.index(" install ") :]
    return (
        "let the builder make its virtual environment (delete the override), or make it in the same command: "
        f"`python -m venv --copies /opt/venv && . /opt/venv/bin/activate && pip{install}`, with "
        '`paths = ["/opt/venv/bin"]` beside it'
    )
