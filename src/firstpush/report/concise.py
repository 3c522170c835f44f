"""One line a finding: `path:line:column: error[FP101] message (label)`. For editors, `grep` and short terminals."""

from __future__ import annotations

from firstpush.model.report import Report
from firstpush.report import Options
from firstpush.report.finding import plain
from firstpush.report.order import groups
from firstpush.report.places import Sources, place_of
from firstpush.report.words import fixable, found_words, verdict_line


def render(report: Report, source: Sources, options: Options) -> str:
    """The lines, then the counts."""
    style = options.style
    lines = []
    for group in groups(report):
        for diagnostic in group.all:
            place = place_of(diagnostic.primary.span, source)
            path = style.link(style.paint(plain(place.path, style), "path"), place.path, place.line)
            role = diagnostic.severity.value
            code = style.paint(f"{role}[{diagnostic.code}]", role)
            mark = f" {plain(fixable(diagnostic), style)}" if diagnostic.fixes else ""
            message = " ".join(plain(diagnostic.message, style).split())
            lines.append(f"{path}:{place.line}:{place.column}: {code} {message}{mark}")
    silenced = f" ({len(report.suppressed)} silenced)" if report.suppressed else ""
    lines.append(f"{verdict_line(report)}: {found_words(report)}{silenced}")
    return "\n".join(lines) + "\n"
