"""What pip decides to install: requirements held against the index and what is installed already.

In: requirements, the running Python, the wish to upgrade; out: `Decision`, `Problem` or `Unsure`. The index is a list
of names and versions; dependencies of index distributions are not known, those of local projects are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from firstpush.model.cause import Cause
from firstpush.model.machine import Index
from firstpush.model.text import Span
from firstpush.model.value import dataclass
from firstpush.simulate.installers.format_control import built as built_only
from firstpush.simulate.installers.requirements import (
    Problem,
    Requirement,
    Unsure,
    canonical,
    read_text,
    read_toml,
)
from firstpush.simulate.installers.running_python import RunningPython
from firstpush.simulate.invocation import Installed, Word


@dataclass(frozen=True, slots=True)
class Found:
    """An installed distribution and the folder it lies in."""

    distribution: Installed
    site: str


@dataclass(frozen=True, slots=True)
class Wish:
    """Options that decide. `index_known`: the index asked is the one that the machine describes; `from_source`: see
    `format_control`."""

    upgrade: bool = False
    force_reinstall: bool = False
    ignore_installed: bool = False
    no_deps: bool = False
    pre: bool = False
    no_index: bool = False
    index_known: bool = True
    build_isolation: bool = True
    from_source: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Decision:
    """`install`: what is put in place; `replace`: what stands there and would be removed first; `complete`: whether
    dependencies are among `install`; `built`: local projects or archives that are built."""

    install: tuple[Installed, ...]
    replace: tuple[Found, ...] = ()
    complete: bool = False
    built: tuple[Requirement, ...] = ()


def visible(python: RunningPython, more: Iterable[str] = ()) -> dict[str, Found]:
    """What the Python finds installed, by canonical name; the first site directory wins."""
    found: dict[str, Found] = {}
    for site in (*more, *python.view.sites):
        for distribution in python.state.installed(site):
            found.setdefault(canonical(distribution.name), Found(distribution, site))
    return found


def applies(marker: str, python: RunningPython) -> bool:
    """Whether an environment marker is true there. Unreadable ones count as true."""
    if not marker:
        return True
    from packaging.markers import InvalidMarker, Marker, UndefinedEnvironmentName

    environment = {
        "python_version": python.version,
        "python_full_version": python.view.version,
        "sys_platform": "linux",
        "platform_system": "Linux",
        "os_name": "posix",
        "implementation_name": "cpython",
        "platform_python_implementation": "CPython",
        "extra": "",
    }
    try:
        return Marker(marker).evaluate(environment)
    except (InvalidMarker, UndefinedEnvironmentName):
        return True


def matching(index: Index, name: str, specifier: str, pre: bool = False) -> str | bool | None:
    """The newest matching version; None when the index's content is not known; False when there is none."""
    if index.projects is None:
        return None
    versions = next((v for n, v in index.projects.items() if canonical(n) == canonical(name)), ())
    if not versions:
        return False
    if not specifier and len(versions) == 1:
        return versions[0]
    from packaging.specifiers import SpecifierSet
    from packaging.version import Version

    fitting = sorted(SpecifierSet(specifier).filter(versions, prereleases=pre or None), key=Version)
    return fitting[-1] if fitting else False


def _never_there(requirement: Requirement, python: RunningPython) -> Problem | None:
    """What the public index certainly lacks for this Python."""
    from firstpush.packages.availability import absence

    name = canonical(requirement.name or "")
    gone = absence(name, requirement.specifier, python.version)
    if gone is None:
        return None
    way_out = f"; {gone.ended}" if gone.ended else ""
    if gone.newest_for_python is not None:
        way_out = f"; for Python {python.version} there is {name} {gone.newest_for_python}"
    elif gone.pythons:
        way_out += f"; only Python {', '.join(f'3.{minor}' for minor in gone.pythons)} can install it"
    asked = requirement.text.strip() or requirement.name
    why = f"No matching distribution found for {asked}{way_out}"
    if gone.build:
        why = f"{asked} has no wheel for Python {python.version}, and building it there stops: {gone.build}{way_out}"
    return Problem(Cause.NO_MATCHING_DISTRIBUTION, why, requirement.word)


def _clash(name: str, asked: Mapping[str, str]) -> str:
    """Why a distribution, installed with all that is asked for, fails when imported; empty when it is not certain.

    What it clashes with comes in its newest release unless some requirement holds it back: its own, or any pin."""
    from firstpush.packages.availability import clashes

    for clash in clashes():
        if clash.name != name:
            continue
        others = [specifier for other, specifier in asked.items() if other != name]
        if not any(sign in specifier for specifier in others for sign in ("<", "==", "~=")):
            return f"{name} needs {clash.beside}{clash.needs} and gets a newer one: {clash.why}"
    return ""


def _satisfies(version: str | None, specifier: str) -> bool:
    if not specifier:
        return True
    if version is None:
        return False
    from packaging.specifiers import SpecifierSet
    from packaging.version import InvalidVersion

    try:
        return SpecifierSet(specifier).contains(version, prereleases=True)
    except InvalidVersion:
        return False


def _is_specifier(text: str) -> bool:
    from packaging.specifiers import InvalidSpecifier, SpecifierSet

    try:
        SpecifierSet(text)
    except InvalidSpecifier:
        return False
    return True


def _not_older(old: Found, version: str | bool | None) -> bool:
    """Whether the installed one is as new as the index's: pip then keeps it."""
    if old.distribution.version is None or not isinstance(version, str):
        return False
    if old.distribution.version == version:
        return True
    from packaging.version import InvalidVersion, Version

    try:
        return Version(old.distribution.version) >= Version(version)
    except InvalidVersion:
        return False


def _compatible(index: Index, requirement: Requirement, other: str) -> bool:
    """Whether one version fits both what was asked first and this."""
    first = re.sub(r"^[\w.-]+\s*(\[[^\]]*\])?", "", other).split(";")[0].strip().strip("()")
    both = ",".join(part for part in (first, requirement.specifier) if part)
    return matching(index, requirement.name or "", both) is not False


def decide(
    requirements: Iterable[Requirement],
    python: RunningPython,
    wish: Wish,
    installed: Mapping[str, Found],
    index: Index | None = None,
) -> Decision | Problem | Unsure:
    """What an install does. `installed`: from `visible`, or empty when it does not count (`--target`); `index`: other
    than the machine's."""
    index = index or python.state.machine.index
    install: list[Installed] = []
    replace: list[Found] = []
    built: list[Requirement] = []
    complete = True
    queue = list(requirements)
    asked = {canonical(one.name): one.specifier for one in queue if one.name}
    seen: dict[str, str] = {}
    uncertain: str | None = None
    while queue:
        requirement = queue.pop(0)
        if not applies(requirement.marker, python):
            continue
        span = requirement.word.span if requirement.word else None
        if requirement.path is not None:
            answer = _local(requirement, python, wish)
            if isinstance(answer, Problem):
                return answer
            if isinstance(answer, Unsure):
                uncertain = answer.why
                continue
            distribution, needs = answer
            complete = complete and needs is not None
            if not wish.no_deps:
                queue += needs or []
            if not requirement.path.endswith(".whl"):
                built.append(requirement)
            _put(distribution, installed, install, replace)
            continue
        if requirement.name is None or requirement.url is not None:
            complete = False
            install.append(Installed(requirement.name or "", requested_at=span))
            continue
        key = canonical(requirement.name)
        if key in seen:
            if not _compatible(index, requirement, seen[key]) and wish.index_known:
                why = f"Cannot install {seen[key]} and {requirement.text}: they conflict"
                return Problem(Cause.DEPENDENCY_CONFLICT, why, requirement.word)
            continue
        seen[key] = requirement.text
        old = installed.get(key)
        anew = wish.upgrade or wish.force_reinstall or wish.ignore_installed
        if old is not None and not anew and _satisfies(old.distribution.version, requirement.specifier):
            continue
        if wish.no_index:
            why = f"No matching distribution found for {requirement.text} (no index is asked)"
            return Problem(Cause.NO_MATCHING_DISTRIBUTION, why, requirement.word)
        version = matching(index, requirement.name, requirement.specifier, wish.pre) if wish.index_known else None
        if version is False:
            why = f"No matching distribution found for {requirement.text.strip() or requirement.name}"
            return Problem(Cause.NO_MATCHING_DISTRIBUTION, why, requirement.word)
        if version is None and wish.index_known and (missing := _never_there(requirement, python)) is not None:
            return missing
        if version is None and not wish.index_known:
            uncertain = "the package index that is asked is not described"
        if built_only(key, wish.from_source):
            uncertain = f"{requirement.name} is to be built from source: what it needs for that is not described"
        if old is not None and not (wish.force_reinstall or wish.ignore_installed) and _not_older(old, version):
            continue
        complete = False
        known = version if isinstance(version, str) else None
        scripts, modules = _entry_points(python, requirement.name)
        broken = _clash(key, asked) if index.projects is None else ""
        if index.projects is None and not wish.no_deps:
            queue += _also_brought(key, requirement, python)
        _put(
            Installed(requirement.name, known, modules, scripts, span, _extras(requirement), broken),
            installed,
            install,
            replace,
        )
    if uncertain:
        return Unsure(uncertain)
    return Decision(tuple(install), tuple(replace), complete, tuple(built))


def _also_brought(name: str, requirement: Requirement, python: RunningPython) -> list[Requirement]:
    """Dependencies that only the older release has that is asked for."""
    from firstpush.packages.older import also_brought

    found = [read_text(text, python.state, "/", word=None) for text in also_brought(name, requirement.specifier)]
    return [one for one in found if isinstance(one, Requirement)]


def _entry_points(python: RunningPython, name: str) -> tuple[tuple[str, ...] | None, tuple[str, ...] | None]:
    """Console scripts and import names, where the name alone tells."""
    if canonical(name) == "pip":
        return ("pip", "pip3", f"pip{python.version}"), ("pip",)
    return None, None


def _extras(requirement: Requirement) -> tuple[str, ...]:
    """The extras that were asked for, as `name[extra,other]`."""
    found = re.match(r"[\w.-]+\s*\[([^\]]*)\]", requirement.text)
    return tuple(part.strip() for part in found.group(1).split(",") if part.strip()) if found else ()


def _put(new: Installed, installed: Mapping[str, Found], install: list[Installed], replace: list[Found]) -> None:
    install.append(new)
    if new.name and (old := installed.get(canonical(new.name))) is not None:
        replace.append(old)


def _local(
    requirement: Requirement, python: RunningPython, wish: Wish
) -> tuple[Installed, list[Requirement] | None] | Problem | Unsure:
    """A folder or an archive: its distribution and what it needs (None: not known)."""
    assert requirement.path is not None
    span = requirement.word.span if requirement.word else None
    if requirement.path.endswith(".whl"):
        name, version = requirement.name or "", requirement.specifier.removeprefix("==") or None
        return Installed(name, version, requested_at=span), None
    table = read_toml(python.state, f"{requirement.path}/pyproject.toml", python.user) or {}
    project = table.get("project")
    if problem := _cannot_build(requirement, table, python, wish):
        return problem
    if not isinstance(project, dict):
        return Installed(requirement.name or "", requested_at=span), None
    wanted = str(project.get("requires-python", ""))
    if wanted and not _is_specifier(wanted):
        build = table.get("build-system")
        if isinstance(build, dict) and "poetry" in str(build.get("build-backend", "")):
            wanted = ""  # Poetry's backend takes a bare version, and writes a range
        else:
            why = f'requires-python = "{wanted}" is no range of versions: write `>={wanted.strip()}`'
            return Problem(Cause.CONFIG_PARSE_ERROR, why, _place(python, requirement, wanted) or requirement.word)
    if wanted and not _satisfies(python.view.version, wanted):
        why = f"{project.get('name')} requires Python {wanted}, this is {python.view.version}"
        return Problem(Cause.PYTHON_VERSION, why, requirement.word)
    needs: list[Requirement] | None = []
    if "dependencies" in project.get("dynamic", []):
        needs = None
    else:
        for text in project.get("dependencies", []):
            read = read_text(str(text), python.state, requirement.path, word=requirement.word)
            if isinstance(read, Problem):
                return read
            if isinstance(read, Requirement) and needs is not None:
                needs.append(read)
    scripts = tuple(str(name) for name in project.get("scripts", {}))
    name = str(project.get("name", ""))
    return Installed(name, project.get("version"), (name.replace("-", "_"),), scripts, span), needs


def _place(python: RunningPython, requirement: Requirement, value: str) -> Word | None:
    """Where the project's pyproject.toml says `value` behind `requires-python`."""
    path = f"{requirement.path}/pyproject.toml"
    source, text = python.state.files.source(path), python.state.files.text(path)
    found = re.search(rf"requires-python\s*=\s*([\"']{re.escape(value)}[\"'])", text or "")
    if source is None or text is None or found is None:
        return None
    begin = len(text[: found.start(1)].encode())
    return Word(value, Span(source, begin, begin + len(found[1].encode())))


def _cannot_build(
    requirement: Requirement, table: Mapping[str, object], python: RunningPython, wish: Wish
) -> Problem | None:
    """Why the isolated build environment cannot be had, or None."""
    build = table.get("build-system")
    needs = build.get("requires", []) if isinstance(build, dict) else ["setuptools>=40.8.0"]
    if not wish.build_isolation or not wish.index_known:
        return None
    for text in needs:
        read = read_text(str(text), python.state, "/", word=requirement.word)
        if (
            isinstance(read, Requirement)
            and read.name
            and matching(python.state.machine.index, read.name, read.specifier) is False
        ):
            return Problem(
                Cause.NO_MATCHING_DISTRIBUTION, f"No matching distribution found for {text}", requirement.word
            )
    return None
