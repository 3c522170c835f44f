"""Requirements that cannot be installed or do not work together, where the index's history says what to write instead.

A distribution that was renamed gets its present name; one that needs an older neighbour gets that neighbour held; one
whose pinned version has no wheel for this Python is let go to a newer one. The last two change versions, and say so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from firstpush.fixes.proposal import Proposal, Situation
from firstpush.fixes.strategies.nixpacks_install import override, requirement_files
from firstpush.model.cause import Cause
from firstpush.model.diagnostic import Diagnostic, Edit
from firstpush.model.text import Span
from firstpush.packages.availability import absence, clashes, ended
from firstpush.packages.requirements import Requirement, RequirementFiles, read
from firstpush.syntax.line_edit import append_line

NAME = "requirements-names"
INSTALL = False
CAUSES = (Cause.DEPENDENCY_CONFLICT, Cause.NO_MATCHING_DISTRIBUTION, Cause.NEEDS_COMPILER, Cause.PYTHON_VERSION)
_RENAMED = re.compile(r"renamed to ([A-Za-z0-9._-]+)")


def propose(situation: Situation) -> Iterator[Proposal]:
    found = situation.found(*CAUSES)
    if not found:
        return
    for path in _files(situation):
        files = read(situation.tree, situation.path(path))
        yield from _renames(situation, files)
        yield from _clashes(situation, files, found)
        yield from _versions(situation, files, found)


def _files(situation: Situation) -> list[str]:
    overridden = override(situation)
    names = requirement_files(situation, overridden.installs) if overridden is not None else []
    return [name.removeprefix("./") for name in names or ["requirements.txt"]]


def _renames(situation: Situation, files: RequirementFiles) -> Iterator[Proposal]:
    for item in files.requirements:
        match = _RENAMED.search(ended(item.name) if item.name is not None else "")
        if match is None:
            continue
        edit = _replaced(situation, item, match[1].rstrip("."))
        if edit is not None:
            title = f"write {match[1]} for {item.name} in {item.span.path}: that is its present name"
            yield Proposal(NAME, title, (edit,))


def _clashes(situation: Situation, files: RequirementFiles, found: tuple[Diagnostic, ...]) -> Iterator[Proposal]:
    said = " ".join(each.message for each in found)
    for clash in clashes():
        if files.named(clash.name) is None or clash.name not in said:
            continue
        beside = files.named(clash.beside)
        text = f"{clash.beside}{clash.needs}"
        if beside is None:
            source = situation.tree.source(files.path)
            edit = append_line(source, text) if source is not None else None
        else:
            edit = _replaced(situation, beside, text)
        if edit is not None:
            title = f"hold {text} in {files.path}: {clash.name} needs it"
            yield Proposal(NAME, title, (edit,), behaviour=f"{clash.beside} is held at an older version")


def _versions(situation: Situation, files: RequirementFiles, found: tuple[Diagnostic, ...]) -> Iterator[Proposal]:
    from firstpush.fixes.compare import python_version

    python = python_version(situation.prediction.plan)
    for item in files.requirements:
        guilty = item.name is not None and any(item.span.overlaps(each.primary.span) for each in found)
        if not guilty or item.name is None or python is None:
            continue
        gone = absence(item.name, item.specifier, python)
        newest = gone.newest_for_python if gone is not None else None
        if newest is None or not item.specifier:
            continue
        edit = _replaced(situation, item, f"{item.name}{_extras(item)}=={newest}")
        if edit is not None:
            title = f"take {item.name} {newest} in {item.span.path}: it has wheels for Python {python}"
            yield Proposal(NAME, title, (edit,), behaviour=f"{item.name} changes its version")


def _extras(item: Requirement) -> str:
    return f"[{','.join(item.extras)}]" if item.extras else ""


def _replaced(situation: Situation, item: Requirement, text: str) -> Edit | None:
    """The requirement's name and version replaced; marker, hashes and comment stay. None for what spans lines."""
    source = situation.tree.source(item.span.path)
    if source is None or item.url is not None or item.path is not None:
        return None
    raw = source.data[item.span.start : item.span.end]
    match = re.match(rb"[A-Za-z0-9._-]+(?:[ \t]*\[[^\]]*\])?(?:[ \t]*(?:[<>=!~]=?=?[ \t]*[^\s,;#]+[ \t]*,?))*", raw)
    if match is None or b"\n" in match.group():
        return None
    end = item.span.start + len(match.group().rstrip())
    return Edit(Span(item.span.path, item.span.start, end), text)
