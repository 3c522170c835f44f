"""Sentences that several formats share: counts, verdicts, phases, how sure a finding is."""

from __future__ import annotations

from firstpush.model.diagnostic import Applicability, Diagnostic, Severity
from firstpush.model.report import Deployment, Report

VERDICTS = {"passes": "will pass", "fails": "will fail", "unknown": "cannot be predicted"}
CERTAINTIES = {"certain": "predicted, certain", "likely": "predicted, likely", "possible": "possible"}


def count(number: int, noun: str) -> str:
    """`1 error`, `2 errors`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def name_of(deployment: Deployment) -> str:
    """`railway with nixpacks 1.41.0 in backend`."""
    words = deployment.platform
    if deployment.builder and deployment.builder != deployment.platform:
        words += f" with {deployment.builder}"
        if deployment.builder_version:
            words += f" {deployment.builder_version}"
    return words if deployment.root in ("", ".") else f"{words} in {deployment.root}"


def phase_marks(deployment: Deployment) -> list[tuple[str, str]]:
    """(phase, mark) with mark `passes`, `fails`, `unknown` or `waiting`: after the first failing phase the platform
    runs nothing, so a phase that would pass is not reached."""
    marks: list[tuple[str, str]] = []
    stopped = False
    for outcome in deployment.phases:
        mark: str = outcome.verdict
        if stopped and mark == "passes":
            mark = "waiting"
        stopped = stopped or outcome.verdict == "fails"
        marks.append((outcome.phase, mark))
    return marks


def severities(report: Report) -> str:
    """`2 errors, 1 warning`; empty when nothing was found."""
    parts = []
    for severity, noun in ((Severity.ERROR, "error"), (Severity.WARNING, "warning"), (Severity.INFO, "remark")):
        number = sum(each.severity is severity for each in report.diagnostics)
        if number:
            parts.append(count(number, noun))
    return ", ".join(parts)


def found_words(report: Report) -> str:
    """What was found, for the end of a report: `2 errors`, or that nothing was. A deployment that fails has problems
    even where the selection of rules leaves none of them to be shown."""
    words = severities(report)
    if words:
        return words
    verdicts = {each.verdict for each in report.deployments}
    if "fails" in verdicts:
        return "no finding is selected"
    return "no findings" if "unknown" in verdicts else "no problems"


def repairable(report: Report) -> tuple[int, int]:
    """How many findings `fix` can repair safely, and how many in another way."""
    safe = other = 0
    for diagnostic in report.diagnostics:
        levels = {fix.applicability for fix in diagnostic.fixes}
        if Applicability.SAFE in levels:
            safe += 1
        elif Applicability.UNSAFE in levels:
            other += 1
    return safe, other


def fixable(diagnostic: Diagnostic) -> str:
    """`[fixable: provider, venv (unsafe)]`, or empty."""
    if not diagnostic.fixes:
        return ""
    words = [
        fix.strategy if fix.applicability is Applicability.SAFE else f"{fix.strategy} ({fix.applicability.value})"
        for fix in diagnostic.fixes
    ]
    return f"[fixable: {', '.join(words)}]"


def verdict_line(report: Report) -> str:
    """`1 of 2 deployments will fail`, `1 deployment will pass`."""
    total = len(report.deployments)
    if not total:
        return "no deployment found"
    numbers = {verdict: sum(each.verdict == verdict for each in report.deployments) for verdict in VERDICTS}
    parts: list[str] = []
    for verdict in ("fails", "unknown", "passes"):
        number = numbers[verdict]
        if not number:
            continue
        subject = count(total, "deployment") if number == total else f"{number} of {total} deployments"
        parts.append(f"{subject} {VERDICTS[verdict]}" if not parts else f"{number} {VERDICTS[verdict]}")
    return ", ".join(parts)
