"""A commit message for a repair: a `FixResult` goes in, what was wrong, what was done and why it is right come out."""

from __future__ import annotations

from textwrap import wrap

from firstpush._version import __version__
from firstpush.fixes.result import DeploymentFix, FixResult

_SUBJECTS = {
    "provider": "Let Nixpacks make the virtual environment",
    "venv": "Install into a virtual environment on PATH",
    "uv": "Install into a virtual environment with uv",
    "nix": "Take all packages from nixpkgs",
    "break-system-packages": "Install into the Nix Python on purpose",
    "vercel-commands": "Let Vercel install the requirements",
    "start-interpreter": "Start with the Python that was installed into",
    "start-port": "Listen on the port that the platform gives",
    "start-shell": "Start the app in a shell",
    "no-start": "Say how the app is started",
    "config-keys": "Take keys out of the configuration that do nothing",
    "requirements-path": "Name the requirements file where it is",
}


def commit_message(result: FixResult) -> str:
    """Subject, body, and what was predicted before and after; empty when nothing is changed."""
    changed = [each for each in result.deployments if each.chosen is not None]
    if not changed:
        return ""
    first = changed[0].chosen
    assert first is not None
    subject = _SUBJECTS.get(first.name) or _short(first.links[0].proposal.title)
    lines = [subject, ""]
    for each in changed:
        lines += [*_story(each), ""]
    return "\n".join(lines).rstrip("\n") + "\n"


def _short(title: str) -> str:
    """The beginning of a title as a subject line."""
    words = title.split(":")[0].split(" (")[0].split(", ")[0]
    return words[:1].upper() + words[1:] if len(words) <= 60 else "Repair the deployment"


def _story(each: DeploymentFix) -> list[str]:
    assert each.chosen is not None
    platform, root = each.key
    where = f"{platform} ({each.before.plan.builder})" + (f", {root}" if root != "." else "")
    wrong = each.before.errors or each.before.warnings
    lines = wrap(f"The deployment on {where} {'failed' if each.before.errors else 'was at risk'}:", 72)
    for found in wrong:
        lines += wrap(f"- {found.message} ({found.code})", 72, subsequent_indent="  ")
    lines += ["", "Repair:"]
    for link in each.chosen.links:
        lines += wrap(f"- {link.proposal.title}", 72, subsequent_indent="  ")
    verdict = f"Predicted before: {each.before.verdict}; after: {each.verdict_after} (firstpush {__version__})."
    return [*lines, "", *wrap(verdict, 72)]
