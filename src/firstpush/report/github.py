"""GitHub workflow commands: an annotation a finding, the worst first; a notice counts those that GitHub would hide.

GitHub shows ten error and ten warning annotations a step. Source: GitHub Docs, "Workflow commands for GitHub Actions"
(escaping of data and properties as in actions/toolkit).
"""

from __future__ import annotations

from firstpush.model.diagnostic import Diagnostic
from firstpush.model.report import Report
from firstpush.report import Options
from firstpush.report.finding import plain
from firstpush.report.order import by_severity
from firstpush.report.places import Sources, is_whole_file, place_of
from firstpush.report.style import Style
from firstpush.report.width import visible
from firstpush.report.words import count, found_words, verdict_line

SHOWN = 10
WIDE = Style()
COMMANDS = {"error": "error", "warning": "warning", "info": "notice"}


def render(report: Report, source: Sources, options: Options) -> str:
    """The commands, a line each."""
    found = by_severity(report)
    lines = [_annotation(each, source) for each in found[:SHOWN]]
    hidden = found[SHOWN:]
    if hidden:
        names = ", ".join(sorted({each.code for each in hidden}))
        text = f"+ {count(len(hidden), 'more finding')} ({names}); `firstpush check` shows all."
        lines.append(f"::notice title=firstpush::{data(text)}")
    summary = f"{verdict_line(report)}: {found_words(report)}"
    lines.append(f"firstpush: {summary}")
    return "\n".join(lines) + "\n"


def _annotation(diagnostic: Diagnostic, source: Sources) -> str:
    place = place_of(diagnostic.primary.span, source)
    properties = [("file", place.path), ("line", str(place.line)), ("endLine", str(place.end_line))]
    if place.line == place.end_line and not is_whole_file(
        diagnostic.primary.span
    ):  # GitHub takes columns only within one line
        properties += [("col", str(place.column)), ("endColumn", str(place.end_column))]
    properties.append(("title", f"{diagnostic.code} {diagnostic.name}"))
    body = diagnostic.message
    if diagnostic.primary.text and diagnostic.primary.text != diagnostic.message:
        body += f"\n{diagnostic.primary.text}"
    for number, step in enumerate(diagnostic.trace, 1):
        at = f"{step.span.path}:{place_of(step.span, source).line} " if step.span else ""
        body += f"\n{number}. {at}{step.text}"
    if diagnostic.help:
        body += f"\nhelp: {diagnostic.help}"
    written = ",".join(f"{name}={property(value)}" for name, value in properties)
    return f"::{COMMANDS[diagnostic.severity.value]} {written}::{data(plain(body, WIDE))}"


def data(text: str) -> str:
    """The message part of a command."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def property(text: str) -> str:
    """The value of a property of a command."""
    return data(visible(text)).replace(":", "%3A").replace(",", "%2C")
