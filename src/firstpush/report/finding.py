"""One diagnostic as text: headline, snippet with marks, the numbered trace, the platform's words, what to do."""

from __future__ import annotations

import re

from firstpush.model.diagnostic import Diagnostic, Label, TraceStep
from firstpush.report import Options
from firstpush.report.places import Sources, is_whole_file, place_of, where
from firstpush.report.snippet import Mark, snippet
from firstpush.report.style import Style
from firstpush.report.width import to_ascii, visible, width_of, wrap
from firstpush.report.words import CERTAINTIES

STORE = re.compile(r"/nix/store/[a-z0-9]{32}-")
OUTPUT_LINES = 1  # of the platform's words, shown without --show-output
INDENT = "  "


def finding(diagnostic: Diagnostic, source: Sources, options: Options) -> list[str]:
    """The lines of one diagnostic, without an empty line after it."""
    style = options.style
    role = diagnostic.severity.value
    head = f"{role}[{diagnostic.code}]"
    headline = wrap(f"{head}: {plain(diagnostic.message, style)}", style.width)
    first = headline[0].removeprefix(head)
    lines = [style.paint(head, role) + style.paint(first, "bold")]
    lines += [style.paint(rest, "bold") for rest in headline[1:]]
    lines += _places(diagnostic, source, style)
    lines += _trace(diagnostic.trace, source, style)
    lines += _output(diagnostic.output, options)
    if diagnostic.help:
        lines += _hanging("help:", plain(diagnostic.help, style), "help", style)
    for fix in diagnostic.fixes:
        cost = f" ({fix.cost})" if fix.cost else ""
        words = f"{fix.title}{cost} [{fix.strategy}, {fix.applicability.value}]"
        lines += _hanging("fix:", plain(words, style), "help", style)
    lines += _hanging("note:", plain(_note(diagnostic), style), "dim", style)
    return lines


def plain(text: str, style: Style) -> str:
    """Text for people: the hashes of the Nix store (which nobody knows beforehand) shortened, ASCII where need be."""
    if "/nix/store/" in text:
        text = STORE.sub("/nix/store/…-", text)
    text = visible(text)
    return text if style.unicode else to_ascii(text)


def _note(diagnostic: Diagnostic) -> str:
    parts = [diagnostic.name]
    if diagnostic.phase:
        parts.append(f"{diagnostic.phase} phase")
    parts.append(CERTAINTIES[diagnostic.certainty.value])
    if diagnostic.dormant:
        parts.append("in a file that this deployment does not read")
    return "; ".join(parts)


def _places(diagnostic: Diagnostic, source: Sources, style: Style) -> list[str]:
    """The snippets: the primary file's first, each with the related places of the same file."""
    primary = diagnostic.primary
    if primary.text == diagnostic.message:  # said already
        primary = Label(primary.span)
    labels: dict[str, list[tuple[Label, bool]]] = {primary.span.path: [(primary, True)]}
    for related in diagnostic.related:
        labels.setdefault(related.span.path, []).append((related, False))
    lines: list[str] = []
    role = diagnostic.severity.value
    for path, found in labels.items():
        label = found[0][0]
        location = _location(label, source, style)
        marks = [
            Mark(each.span, plain(each.text, style), main, role if main else "info")
            for each, main in found
            if not is_whole_file(each.span)
        ]
        file = source(path)
        if file is not None and marks:
            lines += snippet(file, marks, style, location)
        else:
            lines.append(f"{INDENT}{style.paint(style.sign('arrow'), 'frame')} {location}")
        for each, _ in found:
            if (is_whole_file(each.span) or file is None) and each.text:
                lines += [INDENT + "  " + part for part in wrap(plain(each.text, style), style.width - 4)]
    return lines


def _location(label: Label, source: Sources, style: Style) -> str:
    span = label.span
    text = where(span, source)
    line = None if is_whole_file(span) else place_of(span, source).line
    return style.link(style.paint(plain(text, style), "path"), span.path, line)


def _trace(trace: tuple[TraceStep, ...], source: Sources, style: Style) -> list[str]:
    """The rungs: number, place, fact."""
    if not trace:
        return []
    places = [_rung_place(step, source) for step in trace]
    number_width = len(str(len(trace)))
    place_width = max((width_of(place) for place in places), default=0)
    place_width = min(place_width, style.width // 3)
    lines = [f"{INDENT}{style.paint('why', 'bold')}"]
    for index, (step, place) in enumerate(zip(trace, places, strict=True), 1):
        lead = f"{INDENT}{index:>{number_width}}  "
        source_note = f" [{step.source}]" if step.source else ""
        text = plain(step.text + source_note, style)
        place = plain(place, style)
        indent = width_of(lead) + (place_width + 2 if place_width else 0)
        wrapped = wrap(text, max(24, style.width - indent))
        shown = place
        if step.span is not None:
            line = None if is_whole_file(step.span) else place_of(step.span, source).line
            shown = style.link(style.paint(place, "path"), step.span.path, line)
        if width_of(place) > place_width:  # a long path has a line of its own
            lines.append(f"{lead}{shown}")
            lines.append(" " * indent + wrapped[0])
        else:
            gap = " " * (place_width - width_of(place) + 2) if place_width else ""
            lines.append(f"{lead}{shown}{gap}{wrapped[0]}")
        lines += [" " * indent + part for part in wrapped[1:]]
    return lines


def _rung_place(step: TraceStep, source: Sources) -> str:
    if step.span is None:
        return ""
    if is_whole_file(step.span):
        return step.span.path
    return f"{step.span.path}:{place_of(step.span, source).line}"


def _output(output: str | None, options: Options) -> list[str]:
    """What the platform will print: its first line, or everything with `--show-output`."""
    if not output or not output.strip():
        return []
    style = options.style
    all_lines = [plain(line.rstrip(), style) for line in output.strip("\n").splitlines()]
    shown = all_lines if options.show_output else [line for line in all_lines if line][:OUTPUT_LINES]
    lines = [f"{INDENT}{style.paint('you would see', 'bold')}"]
    lines += [f"{INDENT}{INDENT}{style.paint(line, 'dim')}".rstrip() for line in shown]
    return lines


def _hanging(lead: str, text: str, role: str, style: Style) -> list[str]:
    """`help: …` with the following lines under the text."""
    indent = len(INDENT) + len(lead) + 1
    first, *rest = wrap(text, max(24, style.width - indent))
    return [f"{INDENT}{style.paint(lead, role)} {first}", *(" " * indent + line for line in rest)]
