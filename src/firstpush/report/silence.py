"""Findings that the user silences, by comment or by `[[tool.firstpush.ignore]]`: a report in, a report out.

What is silenced stays in the report (`suppressed`, with its reason). A silence without a reason does not hold; one that
is unused or past its date is reported itself.
"""

from __future__ import annotations

from collections.abc import Sequence

from firstpush.config.own import OwnConfig, Silence
from firstpush.model.cause import Cause
from firstpush.model.diagnostic import Diagnostic, Label, Severity
from firstpush.model.report import Deployment, Report, Suppressed
from firstpush.model.text import Span
from firstpush.model.value import dataclass, field, replace
from firstpush.report.comments import MARKER, Directive, directives
from firstpush.report.places import Sources, is_whole_file
from firstpush.report.selection import kept, names_rule

UNUSED = ("FP990", "unused-suppression")
WITHOUT_REASON = ("FP991", "suppression-without-reason")
EXPIRED = ("FP992", "expired-suppression")


@dataclass(slots=True)
class _Rule:
    """One silence while it is matched: its place, what it names, whether it silenced something."""

    span: Span
    words: tuple[str, ...]
    reason: str
    lines: tuple[int, ...] = ()
    silence: Silence | None = None
    used: set[str] = field(default_factory=set)


def silence(report: Report, source: Sources, own: OwnConfig, today: str, *, complete: bool = True) -> Report:
    """The report without what is silenced.

    `today`: YYYY-MM-DD, held against `until`; `complete`: everything was checked (with `--platform` or the like unused
    silences are not reported: they may be used elsewhere)."""
    rules, complaints = _rules(report, source, own, today)
    if not rules and not complaints:
        return report
    suppressed = list(report.suppressed)
    wanted = []
    for diagnostic in report.diagnostics:
        rule = next((each for each in rules if _matches(each, diagnostic, source)), None)
        if rule is not None:
            rule.used.update(word for word in rule.words if names_rule(word, diagnostic.code, diagnostic.name))
            suppressed.append(Suppressed(diagnostic, rule.reason))
        wanted.append(rule is None)
    if complete:
        complaints += [_unused(rule) for rule in rules if not rule.used.issuperset(rule.words)]
    cut = kept(report, wanted)
    deployments = tuple(
        _verdict(deployment, number, cut, suppressed) for number, deployment in enumerate(cut.deployments)
    )
    diagnostics = cut.diagnostics + tuple(complaints)
    return replace(cut, deployments=deployments, diagnostics=diagnostics, suppressed=tuple(suppressed))


def _rules(report: Report, source: Sources, own: OwnConfig, today: str) -> tuple[list[_Rule], list[Diagnostic]]:
    """The silences that hold, and complaints about those that do not."""
    rules: list[_Rule] = []
    complaints: list[Diagnostic] = []
    paths = {each.primary.span.path for each in report.diagnostics}
    paths |= {label.span.path for each in report.diagnostics for label in each.related}
    for path in sorted(paths | set(report.looked_at)):
        file = source(path)
        if file is None or MARKER not in file.data:
            continue
        for directive in directives(file):
            complaint = _incomplete(directive)
            if complaint is not None:
                complaints.append(complaint)
            else:
                rules.append(_Rule(directive.span, directive.rules, directive.reason, directive.lines))
    for each in own.silenced:
        if each.until is not None and each.until < today:
            complaints.append(_complaint(EXPIRED, each.span, f"this ignore of {each.rule} ended on {each.until}"))
        else:
            rules.append(_Rule(each.span, (each.rule,), each.reason, silence=each))
    return rules, complaints


def _incomplete(directive: Directive) -> Diagnostic | None:
    if not directive.rules:
        return _complaint(WITHOUT_REASON, directive.span, "this comment does not say which rule it silences")
    if not directive.reason:
        rules = ", ".join(directive.rules)
        return _complaint(
            WITHOUT_REASON, directive.span, f"this comment silences {rules} without a reason, so it does not hold"
        )
    return None


def _matches(rule: _Rule, diagnostic: Diagnostic, source: Sources) -> bool:
    if not any(names_rule(word, diagnostic.code, diagnostic.name) for word in rule.words):
        return False
    if rule.silence is not None:
        return path_matches(diagnostic.primary.span.path, rule.silence.path)
    spans = (diagnostic.primary.span, *(label.span for label in diagnostic.related))
    return any(_covers(rule, span, source) for span in spans)


def _covers(rule: _Rule, span: Span, source: Sources) -> bool:
    """Whether a comment stands on, in or directly above a finding's place."""
    file = source(span.path)
    if span.path != rule.span.path or file is None or is_whole_file(span):
        return span.path == rule.span.path and is_whole_file(span) and 1 in rule.lines
    first, last = file.position(span.start).line, file.position(span.end).line
    return any(first <= line <= last for line in rule.lines)


def path_matches(path: str, pattern: str) -> bool:
    """Globs over whole paths: `*` within a folder, `**` over folders; a folder stands for all below it."""
    import re

    parts = re.split(r"(\*\*/?|\*|\?)", pattern.removeprefix("./"))
    signs = {"**": ".*", "**/": "(?:.*/)?", "*": "[^/]*", "?": "[^/]"}
    expression = "".join(signs.get(part, re.escape(part)) for part in parts)
    return re.fullmatch(f"{expression.rstrip('/')}(?:/.*)?", path) is not None


def _unused(rule: _Rule) -> Diagnostic:
    words = ", ".join(word for word in rule.words if word not in rule.used)
    return _complaint(UNUSED, rule.span, f"this ignore of {words} silences nothing")


def _complaint(identity: tuple[str, str], span: Span, message: str) -> Diagnostic:
    helps = {
        UNUSED[0]: "remove it; it would hide a new finding",
        WITHOUT_REASON[0]: "write: firstpush: ignore[FP101] why it is fine here",
        EXPIRED[0]: "repair what it silences, or give it a new date",
    }
    code, name = identity
    return Diagnostic(code, name, Cause.OTHER, Severity.WARNING, message, Label(span), help=helps[code], phase="config")


def _verdict(deployment: Deployment, number: int, report: Report, suppressed: Sequence[Suppressed]) -> Deployment:
    """A deployment whose every predicted failure is silenced: the user says it works, we cannot."""
    if deployment.verdict != "fails":
        return deployment
    mine = [each for each in suppressed if each.diagnostic.deployment == number]
    errors = [each for each in report.diagnostics if each.deployment == number and each.severity is Severity.ERROR]
    if errors or not mine:
        return deployment
    codes = ", ".join(sorted({each.diagnostic.code for each in mine}))
    why = f"every predicted failure is silenced ({codes})"
    phases = tuple(
        replace(phase, verdict="unknown", why="silenced") if phase.verdict == "fails" else phase
        for phase in deployment.phases
    )
    return replace(deployment, verdict="unknown", first_failure=None, why=why, phases=phases)
