"""The report for people: per deployment its phases, the first failure, what waits behind it; a closing line."""

from __future__ import annotations

from firstpush.model.diagnostic import Severity
from firstpush.model.report import Deployment, Report
from firstpush.model.value import replace
from firstpush.report import Options
from firstpush.report.finding import finding, plain
from firstpush.report.order import Group, by_severity, groups
from firstpush.report.places import Sources, is_whole_file, place_of, where
from firstpush.report.style import Style
from firstpush.report.width import wrap
from firstpush.report.words import VERDICTS, count, found_words, name_of, phase_marks, repairable, verdict_line

ROLES = {"passes": "good", "fails": "bad", "unknown": "unsure", "waiting": "dim"}
FILES_NAMED = 6


def render(report: Report, source: Sources, options: Options) -> str:
    """The text, with a newline at its end."""
    lines: list[str] = []
    told: dict[tuple[object, ...], Deployment] = {}
    for group in groups(report):
        same_as = told.get(_signature(group)) if group.deployment else None
        if same_as is not None:
            lines += _repeated(group, same_as, source, options.style)
            continue
        if group.deployment and group.all:
            told[_signature(group)] = group.deployment
        lines += _group(group, source, options)
    for path, why in report.unreadable.items():
        note = options.style.paint("note:", "dim")
        lines.append(f"{note} {plain(path, options.style)} was not read: {plain(why, options.style)}")
    if report.unreadable:
        lines.append("")
    lines += closing(report, options.style)
    return "\n".join(lines) + "\n"


def _group(group: Group, source: Sources, options: Options) -> list[str]:
    style = options.style
    lines = heading(group.deployment, style) if group.deployment else ["Not tied to one deployment"]
    lines.append("")
    if group.first:
        lines += [*finding(group.first, source, options), ""]
    if group.waiting:
        if group.first:
            lines += [style.paint("Waiting behind that failure", "bold"), ""]
        for diagnostic in group.waiting:
            lines += [*finding(diagnostic, source, options), ""]
    for diagnostic in group.others:
        lines += [*finding(diagnostic, source, options), ""]
    return lines


def _signature(group: Group) -> tuple[object, ...]:
    """What makes two deployments fail alike: the same findings but for the folder (the services of a monorepo)."""
    assert group.deployment is not None
    root = group.deployment.root if group.deployment.root not in ("", ".") else "\0"
    findings = tuple((each.code, each.severity, each.message.replace(root, "")) for each in group.all)
    return group.deployment.verdict, tuple(phase_marks(group.deployment)), findings


def _repeated(group: Group, same_as: Deployment, source: Sources, style: Style) -> list[str]:
    """A deployment that fails as an earlier one does: the places, and nothing said twice."""
    assert group.deployment is not None
    lines = heading(replace(group.deployment, notes=()), style)
    lines.append(f"  the same as {plain(name_of(same_as), style)}:")
    for diagnostic in group.all:
        role = diagnostic.severity.value
        span = diagnostic.primary.span
        line = None if is_whole_file(span) else place_of(span, source).line
        place = style.link(style.paint(plain(where(span, source), style), "path"), span.path, line)
        lines.append(f"    {style.paint(f'{role}[{diagnostic.code}]', role)} {place}")
    return [*lines, ""]


def heading(deployment: Deployment, style: Style) -> list[str]:
    """The deployment's name and verdict, its phases, its notes."""
    verdict = style.paint(VERDICTS[deployment.verdict], ROLES[deployment.verdict])
    lines = [f"{style.paint(plain(name_of(deployment), style), 'bold')}: {verdict}"]
    if deployment.why:
        lines += ["  " + line for line in wrap(plain(deployment.why, style), style.width - 2)]
    marks = [f"{phase} {style.paint(style.sign(mark), ROLES[mark])}" for phase, mark in phase_marks(deployment)]
    if marks:
        lines.append("  " + "  ".join(marks))
    for phase in deployment.phases:
        if phase.verdict == "unknown" and phase.why and phase.why != deployment.why:
            text = plain(f"{phase.phase}: {phase.why}", style)
            lines += ["  " + style.paint(line, "dim") for line in wrap(text, style.width - 2)]
    for note in deployment.notes:
        first, *rest = wrap(plain(note, style), style.width - 8)
        lines += [f"  {style.paint('note:', 'dim')} {first}", *("        " + line for line in rest)]
    return lines


def closing(report: Report, style: Style) -> list[str]:
    """What was found, what was looked at, what to do next."""
    silenced = f" ({len(report.suppressed)} silenced)" if report.suppressed else ""
    found = found_words(report)
    words = f"{verdict_line(report)}: {found}{silenced}."
    words = words[0].upper() + words[1:]
    verdicts = {deployment.verdict for deployment in report.deployments}
    role = "bad" if "fails" in verdicts else "unsure" if "unknown" in verdicts else "good"
    lines = [style.paint(line, role) if report.deployments else line for line in wrap(words, style.width)]
    lines += wrap(plain(looked_at(report, everything=not report.diagnostics), style), style.width)
    safe, other = repairable(report)
    if safe:
        lines.append(f"{count(safe, 'finding')} can be repaired: firstpush fix")
    elif other:
        lines.append(f"{count(other, 'finding')} can be repaired with a change of behaviour: firstpush fix")
    elif "fails" in verdicts and report.diagnostics:
        lines.append("What repairs it, as a diff: firstpush fix")
    grave = [each for each in by_severity(report) if each.severity is not Severity.INFO]
    if grave:
        lines.append(f"More about a finding: firstpush explain {grave[0].code}")
    return lines


def looked_at(report: Report, *, everything: bool) -> str:
    """`Looked at nixpacks.toml, railway.json and 4 more files.`"""
    # Configuration first: it is what decides.
    names = sorted(report.looked_at, key=lambda path: (path.endswith(".py"), path.count("/"), path))
    if not names:
        return ""
    shown = names if everything and len(names) <= 20 else names[:FILES_NAMED]
    rest = len(names) - len(shown)
    if rest == 1:
        shown, rest = names, 0
    if rest:
        return f"Looked at {', '.join(shown)} and {count(rest, 'more file')}."
    if len(shown) == 1:
        return f"Looked at {shown[0]}."
    return f"Looked at {', '.join(shown[:-1])} and {shown[-1]}."
