"""What nix and apt put on Nixpacks' build machine, and which of their names cannot work.

In: the package texts of a pinned plan; out: the attributes of each archive, the Pythons and programs that they bring,
and problems (`nix-undefined-variable`, `nix-collision`). An attribute that the facts do not know is neither confirmed
nor denied: the machine is then not `closed`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from firstpush.config.nixpacks_layer import PhaseLayer, Piece
from firstpush.facts import table
from firstpush.model.cause import Cause
from firstpush.model.diagnostic import Label, Severity, TraceStep
from firstpush.model.origin import EnvOrigin, FileOrigin, Origin
from firstpush.model.plan import Phase, PlanProblem
from firstpush.model.text import Span
from firstpush.model.value import dataclass

PYTHON = re.compile(r"python(?:3(?:\d{1,2})?|27)(?:Full|Minimal)?")
_OVERLAY_ONLY = re.compile(r"(?:npm|pnpm|yarn)-\d+_x")
_PACKAGE_OF = re.compile(r"(python3\d*)(?:Packages|\.pkgs)\.([A-Za-z0-9_-]+)")


@dataclass(frozen=True, slots=True)
class Attribute:
    """One word of a package list: `text` as nix reads it, and the place to point at."""

    text: str
    archive: str
    origin: Origin
    label: Label | None


@dataclass(frozen=True, slots=True)
class NixPython:
    """A Python that an attribute brings. `version` may lack its last number where the archive is not known."""

    attribute: Attribute
    version: str
    marker: bool


def groups(phases: Iterable[PhaseLayer]) -> dict[str, list[Piece]]:
    """Archive → package texts, archives in the order in which Nixpacks installs them."""
    found: dict[str, list[Piece]] = {}
    for phase in phases:
        if phase.nixpkgs_archive is not None and (phase.nix_pkgs or phase.nix_libs):
            found.setdefault(phase.nixpkgs_archive.text.text, []).extend(phase.nix_pkgs or ())
    return dict(sorted(found.items()))


def attributes(found: dict[str, list[Piece]]) -> Iterator[Attribute]:
    """The words of the lists. An expression in parentheses stays one word."""
    for archive, texts in found.items():
        for text in texts:
            for match in re.finditer(r"\((?:[^()]|\([^()]*\))*\)|\S+", text.text.text):
                span = text.text.span(*match.span())
                label = Label(span) if span is not None and isinstance(text.origin, FileOrigin) else None
                yield Attribute(match[0], archive, text.origin, label)


def resolve_python(attribute: Attribute) -> NixPython | None:
    """The Python that this attribute is, or None."""
    if not PYTHON.fullmatch(attribute.text):
        return None
    name = re.sub(r"Full$|Minimal$", "", attribute.text)
    row = table("nixpkgs")["archives"].get(attribute.archive)
    if row is None:
        digits = name.removeprefix("python")
        version = f"{digits[0]}.{digits[1:]}" if len(digits) > 1 else "3"
        return NixPython(attribute, version, marker=False)
    name = row["python3"] if name == "python3" else name
    if name in row["pythons"]:
        return NixPython(attribute, row["pythons"][name], row["marker"])
    unmarked = row.get("unmarked", {})
    return NixPython(attribute, unmarked[name], marker=False) if name in unmarked else None


def package_of(attribute: Attribute) -> tuple[str, str] | None:
    """`python311Packages.pip` → (`python311`, `pip`)."""
    found = _PACKAGE_OF.fullmatch(attribute.text)
    return (found[1], found[2]) if found else None


def undefined(attribute: Attribute, overlays: bool) -> str | None:
    """What to write instead of a name that is certainly none; None: it may be one. `overlays`: the plan has overlays,
    which bring names of their own."""
    facts = table("nixpkgs")
    if attribute.text in ("source", "checked"):
        return None
    instead: str | None = facts["undefined"].get(attribute.text)
    if instead is None and not overlays:
        instead = facts["archives"].get(attribute.archive, {}).get("undefined", {}).get(attribute.text)
        if instead is None and _OVERLAY_ONLY.fullmatch(attribute.text):
            instead = "only the overlay of Nixpacks' Node provider has it"
    return instead


def problems(found: dict[str, list[Piece]], root_label: Label, overlays: bool = False) -> list[PlanProblem]:
    """Names that nix does not know, and Pythons that cannot be installed together."""
    all_attributes = list(attributes(found))
    result = [
        _undefined(attribute, found[attribute.archive], instead, root_label)
        for attribute in all_attributes
        if (instead := undefined(attribute, overlays)) is not None
    ]
    pythons: dict[tuple[str, str], Attribute] = {}
    for attribute in all_attributes:
        python = resolve_python(attribute)
        if python is not None and attribute.archive in table("nixpkgs")["archives"]:
            pythons.setdefault((attribute.archive, python.version), attribute)
    if len(pythons) > 1:
        result.append(_collision(pythons, root_label))
    return result


def _collision_words(archive: str, first: str, second: str) -> str:
    """buildEnv's message; nixpkgs worded it anew in 2024."""
    one, two = (f"`/nix/store/…-python3-{version}/bin/python'" for version in (first, second))
    if table("nixpkgs")["archives"][archive]["date"] < "2024":
        return f"error: collision between {one} and {two}"
    return f"pkgs.buildEnv error: two given paths contain a conflicting subpath:\n  {one} and\n  {two}"


def _where(origin: Origin) -> str:
    if isinstance(origin, FileOrigin):
        return origin.span.path
    return f"variable {origin.name}" if isinstance(origin, EnvOrigin) else origin.describe()


def _undefined(attribute: Attribute, texts: list[Piece], instead: str, root_label: Label) -> PlanProblem:
    line = " ".join(sorted(text.text.text for text in texts))
    at = re.search(rf"(?<!\S){re.escape(attribute.text)}(?!\S)", line)
    column = 9 + (at.start() if at else 0)
    file = f".nixpacks/nixpkgs-{attribute.archive}.nix"
    output = (
        f"error: undefined variable '{attribute.text}'\n"
        f"at /app/{file}:19:{column}:\n"
        f"    18|         '')\n"
        f"    19|         {line}\n"
        f"      | {' ' * (column - 1)}^\n"
        f"    20|       ];\n"
        f'ERROR: failed to build: failed to solve: process "/bin/bash -ol pipefail -c nix-env -if {file} && '
        'nix-collect-garbage -d" did not complete successfully: exit code: 1'
    )
    return PlanProblem(
        key="nix-undefined-variable",
        cause=Cause.NIX_UNDEFINED_VARIABLE,
        severity=Severity.ERROR,
        message=f"nixpkgs has no `{attribute.text}`: nix stops with \"undefined variable '{attribute.text}'\"",
        primary=Label(attribute.label.span, "no attribute of nixpkgs") if attribute.label else root_label,
        trace=(
            TraceStep(f"{_where(attribute.origin)} asks nix for `{attribute.text}`", _span(attribute)),
            TraceStep(f"nixpkgs at {attribute.archive[:7]} has no such attribute", source="facts/nixpkgs.toml"),
            TraceStep("nix-env evaluates the whole list, so nothing is installed and the build ends"),
        ),
        phase=Phase.SETUP,
        fatal=True,
        output=output,
        help=f"remove `{attribute.text}`: {instead}",
        data={"attribute": attribute.text, "archive": attribute.archive},
    )


def _span(attribute: Attribute) -> Span | None:
    return attribute.label.span if attribute.label else None


def _collision(pythons: dict[tuple[str, str], Attribute], root_label: Label) -> PlanProblem:
    (_, first_version), (_, second_version) = list(pythons)[:2]
    first, second = list(pythons.values())[:2]
    # Point at the user's word, not at the one that comes from `"..."`.
    chosen, other = (second, first) if second.label or not first.label else (first, second)
    trace = tuple(
        TraceStep(f"`{attribute.text}` is Python {version} ({_where(attribute.origin)})", _span(attribute))
        for (_, version), attribute in pythons.items()
    )
    return PlanProblem(
        key="nix-collision",
        cause=Cause.NIX_COLLISION,
        severity=Severity.ERROR,
        message=f"two Pythons in one nix environment ({first_version} and {second_version}) have the same file names",
        primary=Label(chosen.label.span, f"collides with `{other.text}`") if chosen.label else root_label,
        related=(Label(other.label.span, "the other Python"),) if other.label and other is not chosen else (),
        trace=(*trace, TraceStep("nixpkgs' buildEnv refuses two different files of one name", source="pkgs.buildEnv")),
        phase=Phase.SETUP,
        fatal=True,
        output=_collision_words(chosen.archive, first_version, second_version),
        help="keep one: ask for the version with .python-version or NIXPACKS_PYTHON_VERSION instead of nixPkgs",
    )
