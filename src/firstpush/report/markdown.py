"""Markdown for pull request comments and step summaries: a table of deployments, a section a finding."""

from __future__ import annotations

from firstpush.model.diagnostic import Diagnostic
from firstpush.model.report import Deployment, Report
from firstpush.report import Options
from firstpush.report.finding import plain
from firstpush.report.order import groups
from firstpush.report.places import Sources, is_whole_file, place_of, where
from firstpush.report.snippet import Mark, snippet
from firstpush.report.style import Style
from firstpush.report.text import looked_at
from firstpush.report.width import visible
from firstpush.report.words import (
    CERTAINTIES,
    VERDICTS,
    count,
    found_words,
    name_of,
    phase_marks,
    repairable,
    verdict_line,
)

ROOM = 50_000  # characters of findings: a comment on GitHub takes 65,536 in all
SIGNS = {"passes": "✅", "fails": "❌", "unknown": "❔", "waiting": "…"}
PLAIN = Style(color=False, unicode=True, width=100)


def render(report: Report, source: Sources, options: Options) -> str:
    """The Markdown, with a newline at its end."""
    words = f"{verdict_line(report)}: {found_words(report)}"
    lines = [f"### firstpush: {words}", ""]
    if report.deployments:
        lines += ["| deployment | prediction | phases |", "|---|---|---|"]
        lines += [_row(deployment) for deployment in report.deployments]
        lines.append("")
    length = left_out = 0
    for group in groups(report):
        for diagnostic in group.all:
            if length > ROOM:
                left_out += 1
                continue
            told = _finding(diagnostic, report, source, waiting=bool(group.first) and diagnostic in group.waiting)
            length += sum(map(len, told))
            lines += told
    if left_out:
        lines += [f"… and {count(left_out, 'more finding')}: `firstpush check` shows all.", ""]
    if report.suppressed:
        lines.append(f"{len(report.suppressed)} silenced: " + "; ".join(_silenced(report)))
        lines.append("")
    if not report.diagnostics:
        lines += [text(looked_at(report, everything=True)), ""]
    if repairable(report)[0]:
        lines += ["`firstpush fix` shows a repair, `firstpush fix --write` applies it.", ""]
    return "\n".join(lines).rstrip("\n") + "\n"


def _row(deployment: Deployment) -> str:
    marks = " · ".join(f"{phase} {SIGNS[mark]}" for phase, mark in phase_marks(deployment))
    verdict = f"{SIGNS[deployment.verdict]} {VERDICTS[deployment.verdict]}"
    if deployment.why:
        verdict += f": {deployment.why}"
    return f"| {cell(name_of(deployment))} | {cell(verdict)} | {cell(marks)} |"


def _finding(diagnostic: Diagnostic, report: Report, source: Sources, *, waiting: bool) -> list[str]:
    sign = {"error": "❌", "warning": "⚠️", "info": "ℹ️"}[diagnostic.severity.value]
    head = f"{diagnostic.code} {diagnostic.name}, {code(where(diagnostic.primary.span, source))}"
    lines = [f"#### {sign} {head}", "", text(diagnostic.message), ""]
    sure = CERTAINTIES[diagnostic.certainty.value]
    facts = [diagnostic.severity.value, sure]
    if diagnostic.phase:
        facts.insert(1, f"{diagnostic.phase} phase")
    if waiting:
        facts.append("waits behind the first failure")
    lines += [f"*{'; '.join(facts)}*", ""]
    span = diagnostic.primary.span
    file = source(span.path)
    if file is not None and not is_whole_file(span):
        same = [each for each in diagnostic.related if each.span.path == span.path and not is_whole_file(each.span)]
        own = "" if diagnostic.primary.text == diagnostic.message else diagnostic.primary.text
        marks = [Mark(span, own), *(Mark(each.span, each.text, False) for each in same)]
        lines += [*fenced(snippet(file, marks, PLAIN)), ""]
    if diagnostic.trace:
        for number, step in enumerate(diagnostic.trace, 1):
            at = f"{code(f'{step.span.path}:{place_of(step.span, source).line}')} " if step.span else ""
            lines.append(f"{number}. {at}{text(step.text)}")
        lines.append("")
    if diagnostic.help:
        lines += [f"**Help:** {text(diagnostic.help)}", ""]
    if diagnostic.output:
        lines += ["<details><summary>what the platform prints</summary>", ""]
        lines += [*fenced(diagnostic.output.splitlines()), "", "</details>", ""]
    return lines


def _silenced(report: Report) -> list[str]:
    return [
        f"{each.diagnostic.code} in {code(each.diagnostic.primary.span.path)} ({text(each.reason)})"
        for each in report.suppressed
    ]


def text(words: str) -> str:
    """Words that cannot turn into mark-up; spans in backquotes stay code."""
    words = plain(words, PLAIN)
    parts = words.split("`")
    if len(parts) % 2 == 0:
        return _escaped(words.replace("`", "'"))
    return "`".join(part if index % 2 else _escaped(part) for index, part in enumerate(parts))


def _escaped(words: str) -> str:
    for sign in "\\*_[]<>#|":
        words = words.replace(sign, "\\" + sign)
    return words.replace("@", "@\u200b")  # nobody is notified by a comment about `pkg@1.0`


def cell(words: str) -> str:
    """Text for a table."""
    return text(" ".join(words.split()))


def code(words: str) -> str:
    """A code span that holds any characters."""
    words = visible(words)
    if "`" not in words:
        return f"`{words}`"
    return f"`` {words} ``"


def fenced(lines: list[str]) -> list[str]:
    """A code block whose fence is longer than any in it."""
    longest = max((len(line) - len(line.lstrip("`")) for line in (each.strip() for each in lines)), default=0)
    fence = "`" * max(3, longest + 1)
    return [f"{fence}text", *(visible(line) for line in lines), fence]
