"""The keys of firstpush's own configuration and the check of a table against them: nodes in, values and errors out.

Keys are written with hyphens; underscores are taken too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from firstpush.model.text import Span
from firstpush.model.value import dataclass
from firstpush.syntax.document import Entry, Node

RULE: Final = re.compile(r"(?:[Ff][Pp]\d{0,3}|ALL|[a-z][a-z0-9]*(?:-[a-z0-9]+)*)\Z")
VARIABLE: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}\Z")


@dataclass(frozen=True, slots=True)
class Wrong:
    """Something that cannot be taken: where, what, and what may have been meant."""

    span: Span
    message: str
    hint: str = ""


Check = Callable[[Node, str, list["Wrong"]], None]


def text(node: Node, name: str, wrong: list[Wrong]) -> None:
    if node.kind != "str":
        wrong.append(Wrong(node.span, f"`{name}` is a text, not {_kind(node)}"))


def one_of(*choices: str) -> Check:
    def check(node: Node, name: str, wrong: list[Wrong]) -> None:
        if node.value not in choices:
            wrong.append(Wrong(node.span, f"`{name}` is one of {', '.join(choices)}", near(str(node.value), choices)))

    return check


def date(node: Node, name: str, wrong: list[Wrong]) -> None:
    if node.kind not in ("str", "datetime") or not DATE.match(str(node.value)):
        wrong.append(Wrong(node.span, f"`{name}` is a date as YYYY-MM-DD"))


def number(node: Node, name: str, wrong: list[Wrong]) -> None:
    if node.kind not in ("int", "float") or node.value < 0:
        wrong.append(Wrong(node.span, f"`{name}` is a number, not {_kind(node)}"))


def flag(node: Node, name: str, wrong: list[Wrong]) -> None:
    if node.kind != "bool":
        wrong.append(Wrong(node.span, f"`{name}` is true or false, not {_kind(node)}"))


def anything(node: Node, name: str, wrong: list[Wrong]) -> None:
    return


def list_of(check_item: Check) -> Check:
    def check(node: Node, name: str, wrong: list[Wrong]) -> None:
        if node.kind != "list":
            wrong.append(Wrong(node.span, f"`{name}` is a list, not {_kind(node)}", _in_a_list(node)))
            return
        for item in node.items:
            check_item(item, name, wrong)

    return check


def rule(node: Node, name: str, wrong: list[Wrong]) -> None:
    if node.kind != "str" or not RULE.match(node.value):
        wrong.append(Wrong(node.span, f"`{name}` takes codes of rules (FP101, FP1) or their names"))


def table(keys: Mapping[str, Check]) -> Check:
    def check(node: Node, name: str, wrong: list[Wrong]) -> None:
        if node.kind != "map":
            wrong.append(Wrong(node.span, f"`{name}` is a table, not {_kind(node)}"))
            return
        checked(node, keys, name, wrong)

    return check


def variables(node: Node, name: str, wrong: list[Wrong]) -> None:
    if node.kind != "map":
        wrong.append(Wrong(node.span, f"`{name}` is a table of variables, not {_kind(node)}"))
        return
    for entry in node.entries.values():
        if not VARIABLE.match(entry.key):
            wrong.append(Wrong(entry.key_span, f"{entry.key!r} is no name of a variable"))
        elif entry.node.kind not in ("str", "int", "float", "bool"):
            wrong.append(Wrong(entry.node.span, f"a variable is a text, not {_kind(entry.node)}"))


IGNORE_TABLE: Final[dict[str, Check]] = {"rule": rule, "path": text, "reason": text, "until": date}


def ignore_item(node: Node, name: str, wrong: list[Wrong]) -> None:
    """A rule for all files, or a table that silences it in some, with a reason."""
    (table(IGNORE_TABLE) if node.kind == "map" else rule)(node, name, wrong)


PROBE: Final[dict[str, Check]] = {
    "name": text,
    "method": text,
    "path": text,
    "headers": anything,
    "json": anything,
    "body": text,
    "status": number,
    "expect": anything,
    "contains": text,
    "timeout": number,
}
REHEARSE: Final[dict[str, Check]] = {
    "services": list_of(text),
    "allow-hosts": list_of(text),
    "start-timeout": number,
    "offline": flag,
    "keep-going": flag,
}
SCHEMA: Final[dict[str, Check]] = {
    "select": list_of(rule),
    "ignore": list_of(ignore_item),
    "fail-on": one_of("error", "warning", "info", "never"),
    "platforms": list_of(text),
    "builder": text,
    "root": text,
    "roots": list_of(text),
    "env": variables,
    "environment": text,
    "vercel-framework": text,
    "as-of": date,
    "strategy": text,
    "probe": list_of(table(PROBE)),
    "rehearse": table(REHEARSE),
}


def checked(node: Node, keys: Mapping[str, Check], name: str, wrong: list[Wrong]) -> dict[str, Any]:
    """The table's values by key; what is wrong is added to `wrong`."""
    values: dict[str, Any] = {}
    for entry in node.entries.values():
        key = entry.key.replace("_", "-")
        check = keys.get(key)
        if check is None:
            wrong.append(_unknown(entry, keys, name))
            continue
        check(entry.node, f"{name}.{key}" if name else key, wrong)
        values[key] = entry.node.value
    return values


def _unknown(entry: Entry, keys: Mapping[str, Check], name: str) -> Wrong:
    inside = f" in [{name}]" if name else ""
    return Wrong(entry.key_span, f"unknown key `{entry.key}`{inside}", near(entry.key.replace("_", "-"), tuple(keys)))


def near(word: str, choices: tuple[str, ...]) -> str:
    """`did you mean …?`, or the choices where nothing is near."""
    from difflib import get_close_matches

    found = get_close_matches(word, choices, n=1, cutoff=0.55)
    return f"did you mean `{found[0]}`?" if found else f"known: {', '.join(choices)}"


def _in_a_list(node: Node) -> str:
    return f'write ["{node.value}"]' if node.kind == "str" else ""


def _kind(node: Node) -> str:
    names = {"map": "a table", "list": "a list", "str": "a text", "int": "a number", "float": "a number"}
    return names.get(node.kind, {"bool": "a truth value", "datetime": "a date"}.get(node.kind, "nothing"))
