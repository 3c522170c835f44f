"""firstpush's own configuration: `firstpush.toml`, or `[tool.firstpush]` in pyproject.toml.

In: the checked folder; out: an `OwnConfig`. Wrong keys and values raise one ConfigurationError that names all of them
with their places: a setting that is silently ignored is the very thing that firstpush warns of in others.
docs/configuration.md describes the keys; a test holds it against `SCHEMA`.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from firstpush.errors import ConfigurationError
from firstpush.model.text import Span
from firstpush.model.value import dataclass, field
from firstpush.syntax.source import Source

if TYPE_CHECKING:
    from firstpush.config.own_schema import Wrong
    from firstpush.syntax.document import Node

FILE = "firstpush.toml"
PYPROJECT = "pyproject.toml"
FAIL_ON = "error"


@dataclass(frozen=True, slots=True)
class Silence:
    """`[[ignore]]` with a table: findings of `rule` (code, prefix or name) in files that match `path` are silenced.

    `until`: the last day (YYYY-MM-DD) on which it holds."""

    rule: str
    path: str
    reason: str
    span: Span
    until: str | None = None


@dataclass(frozen=True, slots=True)
class OwnConfig:
    """The settings; what is not set is empty. `path`: the file they come from; `probes`, `rehearse`: only their shape
    is checked, their meaning is rehearsal's."""

    path: str | None = None
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    silenced: tuple[Silence, ...] = ()
    fail_on: str = FAIL_ON
    platforms: tuple[str, ...] = ()
    builder: str | None = None
    roots: tuple[str, ...] = ()
    env: Mapping[str, str] = field(default_factory=dict)
    environment: str | None = None
    vercel_framework: str | None = None
    as_of: str | None = None
    strategy: str | None = None
    probes: tuple[Mapping[str, Any], ...] = ()
    rehearse: Mapping[str, Any] = field(default_factory=dict)


def read_folder(folder: Path) -> OwnConfig:
    """The configuration in a folder; the defaults where there is none. Raises ConfigurationError."""
    alone = _source(folder, FILE)
    shared = _source(folder, PYPROJECT)
    in_shared = shared is not None and b"firstpush" in shared.data
    if alone is None and not in_shared:
        return OwnConfig()
    from firstpush.syntax import toml

    if in_shared:
        assert shared is not None
        document = toml.parse(shared)  # a broken pyproject.toml is a finding of `check`, not our configuration's error
        table = document.root.get("tool", "firstpush") if document.root is not None else None
        if table is not None and alone is not None:
            raise ConfigurationError(
                f"both {FILE} and [tool.firstpush] in {PYPROJECT} configure firstpush",
                why="One of them would be ignored without a word.",
                next_step=f"Move everything into one of them; {FILE} needs no [tool.firstpush] prefix.",
            )
        if table is not None:
            return read_table(table, shared, "tool.firstpush")
    if alone is None:
        return OwnConfig()
    document = toml.parse(alone)
    if document.root is None:
        problem = document.problems[0]
        place = alone.position(problem.span.start)
        raise ConfigurationError(f"{FILE}:{place.line}:{place.column}: {problem.message}")
    return read_table(document.root, alone, "")


def _source(folder: Path, name: str) -> Source | None:
    try:
        return Source(name, (folder / name).read_bytes())
    except FileNotFoundError:
        return None
    except OSError as error:
        # A folder that cannot be entered is told by whoever opens it as a project.
        if name == PYPROJECT or not os.access(folder, os.X_OK) or (folder / name).is_dir() or not folder.is_dir():
            return None
        raise ConfigurationError(f"{name} cannot be read", found=error.strerror or str(error)) from None


def read_table(table: Node, source: Source, prefix: str) -> OwnConfig:
    """The configuration that a table holds. `prefix`: its dotted name, for messages. Raises ConfigurationError."""
    from firstpush.config.own_schema import SCHEMA, checked

    wrong: list[Wrong] = []
    values = checked(table, SCHEMA, prefix, wrong)
    silenced = _silences(table, wrong)
    if wrong:
        raise _error(wrong, source)
    root = values.get("root")
    return OwnConfig(
        path=source.path,
        select=tuple(values.get("select", ())),
        ignore=tuple(item for item in values.get("ignore", ()) if isinstance(item, str)),
        silenced=tuple(silenced),
        fail_on=values.get("fail-on", FAIL_ON),
        platforms=tuple(values.get("platforms", ())),
        builder=values.get("builder"),
        roots=tuple(values.get("roots", ())) or ((root,) if root else ()),
        env={name: _as_variable(value) for name, value in values.get("env", {}).items()},
        environment=values.get("environment"),
        vercel_framework=values.get("vercel-framework"),
        as_of=str(values["as-of"]) if "as-of" in values else None,
        strategy=values.get("strategy"),
        probes=tuple(values.get("probe", ())),
        rehearse=values.get("rehearse", {}),
    )


def _as_variable(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _silences(table: Node, wrong: list[Wrong]) -> list[Silence]:
    """The tables among `ignore`'s items. A reason is required: somebody will ask."""
    from firstpush.config.own_schema import Wrong

    found = []
    node = table.get("ignore")
    for item in node.items if node is not None else ():
        if item.kind != "map":
            continue
        values = {key.replace("_", "-"): value for key, value in item.value.items()}
        missing = [key for key in ("rule", "reason") if not str(values.get(key, "")).strip()]
        if missing:
            wrong.append(Wrong(item.span, f"an ignore needs a `{missing[0]}`", "a finding is silenced with a reason"))
            continue
        until = str(values["until"]) if "until" in values else None
        found.append(
            Silence(str(values["rule"]), str(values.get("path", "**")), str(values["reason"]), item.span, until)
        )
    return found


def _error(wrong: list[Wrong], source: Source) -> ConfigurationError:
    """All that is wrong in one message, each with its line and a mark under it."""
    lines: list[str] = []
    for each in wrong:
        at = source.position(each.span.start)
        text = source.line_text(at.line)
        end = source.position(each.span.end)
        length = end.column - at.column if end.line == at.line else len(text) - at.column + 1
        pad = "".join("\t" if character == "\t" else " " for character in text[: at.column - 1])
        lines += [
            f"{source.path}:{at.line}:{at.column}: {each.message}",
            f"  {at.line} | {text}",
            f"  {' ' * len(str(at.line))} | {pad}{'^' * max(1, length)}" + (f" {each.hint}" if each.hint else ""),
        ]
    first = lines[0] if len(wrong) == 1 else f"{len(wrong)} things are wrong in firstpush's configuration"
    rest = lines[1:] if len(wrong) == 1 else lines
    return ConfigurationError(
        first,
        found="\n".join(rest),
        why="firstpush does not guess what was meant.",
        next_step="The keys are described in docs/configuration.md; --no-config leaves the configuration out.",
    )
