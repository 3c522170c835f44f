"""Causes of a log held against the project: the place of its configuration that did it, and how to repair it."""

from __future__ import annotations

from collections.abc import Callable

from firstpush.diagnose.context import dockerfile_line
from firstpush.diagnose.log import Log
from firstpush.diagnose.values import LogCause
from firstpush.model.cause import Cause
from firstpush.model.diagnostic import Diagnostic, Severity
from firstpush.model.origin import FileOrigin
from firstpush.model.plan import Plan
from firstpush.model.report import Report
from firstpush.model.text import Span
from firstpush.model.value import replace
from firstpush.syntax.source import Source

Sources = Callable[[str], Source | None]

# Causes that a log and a prediction may name differently for one defect.
KIN: tuple[frozenset[Cause], ...] = (
    frozenset(
        {
            Cause.MODULE_NOT_FOUND_AT_START,
            Cause.MISSING_DEPENDENCY,
            Cause.START_PYTHON_MISMATCH,
            Cause.INSTALL_NOT_IN_RUNTIME_IMAGE,
            Cause.WRONG_ENTRYPOINT_PATH,
        }
    ),
    frozenset({Cause.SCRIPT_NOT_ON_PATH, Cause.COMMAND_NOT_FOUND, Cause.INSTALL_NOT_IN_RUNTIME_IMAGE}),
    frozenset({Cause.HEALTHCHECK_PATH, Cause.MISSING_ROUTE, Cause.PORT_HARDCODED, Cause.PORT_NOT_EXPANDED}),
    frozenset({Cause.PEP668_REFUSED, Cause.STATE_LOST_BETWEEN_COMMANDS}),
    frozenset({Cause.CONFIG_PARSE_ERROR, Cause.INVALID_SCHEMA_PROPERTY, Cause.UNKNOWN_BUILDER}),
)


# What a log calls by its symptom, a prediction calls by its cause.
PRECISE = frozenset(
    {
        Cause.MISSING_DEPENDENCY,
        Cause.START_PYTHON_MISMATCH,
        Cause.INSTALL_NOT_IN_RUNTIME_IMAGE,
        Cause.SCRIPT_NOT_ON_PATH,
        Cause.MISSING_ROUTE,
        Cause.PORT_HARDCODED,
    }
)


def joined(cause: LogCause, report: Report, plans: tuple[Plan, ...], log: Log, source: Sources) -> LogCause:
    """The cause with its place in the project, where one is known: that of the same prediction, or of the command."""
    predicted = _prediction(cause, report)
    if predicted is not None:
        phase = cause.phase or predicted.phase
        return replace(
            cause,
            cause=predicted.cause if predicted.cause in PRECISE else cause.cause,
            config=predicted.primary.span,
            rule=predicted.code,
            help=predicted.help,
            fixes=predicted.fixes,
            phase=phase,
        )
    return _by_dockerfile(_by_command(cause, plans), log, source)


def _prediction(cause: LogCause, report: Report) -> Diagnostic | None:
    """The finding of `check` that predicts this: the same cause, else one of its kin."""
    findings = [each for each in report.diagnostics if not each.dormant and _fits(cause, each, report)]
    same = [each for each in findings if each.cause is cause.cause]
    kin = [each for each in findings if any(cause.cause in group and each.cause in group for group in KIN)]
    for found in (same, kin):
        if found:
            return min(found, key=lambda each: (each.severity is not Severity.ERROR, each.order))
    return None


def _fits(cause: LogCause, diagnostic: Diagnostic, report: Report) -> bool:
    """Findings of another platform than the log's do not explain it."""
    index = diagnostic.deployment
    if cause.platform is None or index is None or index >= len(report.deployments):
        return True
    platforms = {deployment.platform for deployment in report.deployments}
    return cause.platform not in platforms or report.deployments[index].platform == cause.platform


def _by_command(cause: LogCause, plans: tuple[Plan, ...]) -> LogCause:
    """The command that the log names, found in a plan."""
    if cause.command is None:
        return cause
    wanted = _plain(cause.command)
    for plan in plans:
        for step in plan.steps:
            if _plain(str(step.command)) == wanted and isinstance(step.command.origin, FileOrigin):
                span = step.command.text.span() or step.command.origin.span
                return replace(cause, config=span, phase=step.phase.value)
    return cause


def _by_dockerfile(cause: LogCause, log: Log, source: Sources) -> LogCause:
    """The line that BuildKit names, in a Dockerfile that the project has."""
    if cause.config is not None:
        return cause
    named = dockerfile_line(log, cause.lines[0])
    file = source(named[0]) if named is not None else None
    if named is None or file is None or not 1 <= named[1] <= file.line_count:
        return cause
    start = file.offset_of(named[1], 1)
    return replace(cause, config=Span(file.path, start, start + len(file.line_bytes(named[1]))))


def _plain(command: str) -> str:
    return " ".join(command.split())
