"""The order in which findings are told, common to the formats: as the user would meet them."""

from __future__ import annotations

from firstpush.model.diagnostic import Diagnostic, Severity
from firstpush.model.report import Deployment, Report
from firstpush.model.value import dataclass

SEVERITY_RANK = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.INFO: 2}


@dataclass(frozen=True, slots=True)
class Group:
    """The findings of one deployment (None: of none): the first failure, those behind it, and the rest."""

    deployment: Deployment | None
    first: Diagnostic | None
    waiting: tuple[Diagnostic, ...]
    others: tuple[Diagnostic, ...]

    @property
    def all(self) -> tuple[Diagnostic, ...]:
        """All of them, as they are told."""
        return (*((self.first,) if self.first else ()), *self.waiting, *self.others)


def groups(report: Report) -> list[Group]:
    """A group for every deployment, in the report's order, then the findings that belong to none."""
    found = []
    for index, deployment in enumerate(report.deployments):
        mine = [diagnostic for diagnostic in report.diagnostics if diagnostic.deployment == index]
        first = _first(report, deployment, mine)
        errors = [each for each in mine if each.severity is Severity.ERROR and each is not first]
        others = [each for each in mine if each.severity is not Severity.ERROR and each is not first]
        found.append(Group(deployment, first, tuple(sorted(errors, key=_met)), tuple(sorted(others, key=_met))))
    loose = [each for each in report.diagnostics if each.deployment is None]
    if loose:
        found.append(Group(None, None, (), tuple(sorted(loose, key=_met))))
    return found


def _first(report: Report, deployment: Deployment, mine: list[Diagnostic]) -> Diagnostic | None:
    index = deployment.first_failure
    if index is not None and 0 <= index < len(report.diagnostics):
        return report.diagnostics[index]
    return None


def _met(diagnostic: Diagnostic) -> tuple[int, int, str, int]:
    span = diagnostic.primary.span
    return SEVERITY_RANK[diagnostic.severity], diagnostic.order, span.path, span.start


def by_severity(report: Report) -> list[Diagnostic]:
    """All findings, the worst first; of equals, those that are met first."""
    first = {deployment.first_failure for deployment in report.deployments}
    ranked = [
        (SEVERITY_RANK[each.severity], index not in first, each.order, index)
        for index, each in enumerate(report.diagnostics)
    ]
    return [report.diagnostics[index] for *_, index in sorted(ranked)]
