"""Reports cut and joined: `--select`, `--ignore`, several roots. Reports in, reports out; indexes stay right."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from firstpush.model.diagnostic import Diagnostic, Severity
from firstpush.model.report import Report
from firstpush.model.value import replace

CODE = re.compile(r"[Ff][Pp]\d{0,3}\Z")


def parse_codes(words: Iterable[str]) -> tuple[str, ...]:
    """`["FP1,FP307", "pip-not-found"]` as single codes and names."""
    return tuple(part for word in words for part in re.split(r"[,\s]+", word) if part)


def names_rule(word: str, code: str, name: str) -> bool:
    """Whether a word of the user (a code, the beginning of one, a name, ALL) names this rule."""
    if word == "ALL" or word == name:
        return True
    return bool(CODE.match(word)) and code.startswith(word.upper())


def select(report: Report, selected: Sequence[str], ignored: Sequence[str]) -> Report:
    """Only the findings that are selected (nothing selected: all) and not ignored. The verdicts stay: what a deployment
    does is not changed by what the user wants to read."""
    if not selected and not ignored:
        return report
    return kept(report, [_wanted(each, selected, ignored) for each in report.diagnostics])


def _wanted(diagnostic: Diagnostic, selected: Sequence[str], ignored: Sequence[str]) -> bool:
    """The longer code wins, so that `--select FP101 --ignore FP1` shows FP101."""
    yes = [word for word in selected if names_rule(word, diagnostic.code, diagnostic.name)]
    no = [word for word in ignored if names_rule(word, diagnostic.code, diagnostic.name)]
    if selected and not yes:
        return False
    return not no or (bool(yes) and max(map(_precision, yes)) > max(map(_precision, no)))


def _precision(word: str) -> int:
    return 0 if word == "ALL" else len(word) if CODE.match(word) else 100


def kept(report: Report, wanted: Sequence[bool]) -> Report:
    """The report with the findings for which `wanted` is true; first failures point at the next one that is left."""
    new_index: dict[int, int] = {}
    for index, keep in enumerate(wanted):
        if keep:
            new_index[index] = len(new_index)
    diagnostics = tuple(report.diagnostics[index] for index in new_index)
    deployments = []
    for number, deployment in enumerate(report.deployments):
        first = deployment.first_failure
        if first is not None:
            first = new_index[first] if first in new_index else first_failure(diagnostics, number)
        deployments.append(replace(deployment, first_failure=first))
    return replace(report, deployments=tuple(deployments), diagnostics=diagnostics)


def first_failure(diagnostics: Sequence[Diagnostic], deployment: int) -> int | None:
    """Index of the error of a deployment that the user would meet first."""
    errors = [
        (each.order, index)
        for index, each in enumerate(diagnostics)
        if each.deployment == deployment and each.severity is Severity.ERROR and not each.dormant
    ]
    return min(errors)[1] if errors else None


def joined(reports: Sequence[Report]) -> Report:
    """Several reports about one folder as one."""
    if len(reports) == 1:
        return reports[0]
    total = Report()
    for report in reports:
        deployments, diagnostics = len(total.deployments), len(total.diagnostics)
        total = Report(
            total.deployments
            + tuple(
                replace(each, first_failure=None if each.first_failure is None else each.first_failure + diagnostics)
                for each in report.deployments
            ),
            total.diagnostics
            + tuple(
                replace(each, deployment=None if each.deployment is None else each.deployment + deployments)
                for each in report.diagnostics
            ),
            total.suppressed + report.suppressed,
            tuple(sorted({*total.looked_at, *report.looked_at})),
            {**total.unreadable, **report.unreadable},
        )
    return total
