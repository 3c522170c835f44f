"""railway.json and railway.toml: a document goes in, the settings of one deployment and the problems come out.

Facts: `facts/railway.toml`. Railway checks types and values before the build and stops at the first that is wrong; keys
that it does not know are ignored.
"""

from __future__ import annotations

from collections.abc import Mapping

from firstpush.facts import table
from firstpush.model.cause import Cause
from firstpush.model.diagnostic import Certainty, Label, Severity
from firstpush.model.plan import PlanProblem
from firstpush.model.text import Span
from firstpush.model.value import dataclass, field, replace
from firstpush.syntax.document import Document, Entry, Node

FILES = ("railway.json", "railway.toml")
_RECEIVED = {
    "str": "string",
    "int": "number",
    "float": "number",
    "bool": "boolean",
    "list": "array",
    "map": "object",
    "null": "null",
    "datetime": "date",
}
_TYPES = {
    "string": ("str",),
    "number": ("int", "float"),
    "boolean": ("bool",),
    "strings": ("list",),
    "object": ("map",),
}
_EXPECTED = {"strings": "array"}


@dataclass(frozen=True, slots=True)
class RailwayFile:
    """`settings`: `build.builder`, `deploy.startCommand`, … → node, the environment's block over the base."""

    document: Document
    settings: Mapping[str, Node] = field(default_factory=dict)
    problems: tuple[PlanProblem, ...] = ()

    @property
    def path(self) -> str:
        return self.document.path

    @property
    def refused(self) -> bool:
        """Whether Railway stops at this file."""
        return any(problem.fatal for problem in self.problems)

    def node(self, name: str) -> Node | None:
        """A setting that is given and not null."""
        found = self.settings.get(name)
        return None if found is None or found.kind == "null" else found

    def text(self, name: str) -> str | None:
        """A setting that is a text, and not empty."""
        found = self.node(name)
        return str(found.value) if found is not None and found.kind == "str" and found.value.strip() else None


@dataclass(slots=True)
class _Reader:
    path: str
    problems: list[PlanProblem] = field(default_factory=list)
    settings: dict[str, Node] = field(default_factory=dict)

    def block(self, node: Node, route: str) -> None:
        """`build` and `deploy` of the base or of an environment."""
        if node.kind != "map":
            self.refuse(route or "(root)", f"Invalid input: expected object, received {_RECEIVED[node.kind]}", node)
            return
        schema = table("railway")["schema"]
        for key, entry in node.entries.items():
            if key in ("build", "deploy"):
                self.table(entry, key, f"{route}{key}", schema[key])
            elif key == "environments" and not route:
                continue
            elif key != "$schema":
                self.unknown(entry, route, ["build", "deploy", "environments"])

    def table(self, entry: Entry, name: str, route: str, schema: Mapping[str, str]) -> None:
        if entry.node.kind == "null":
            return
        if entry.node.kind != "map":
            self.refuse(route, f"Invalid input: expected object, received {_RECEIVED[entry.node.kind]}", entry.node)
            return
        for key, item in entry.node.entries.items():
            if key not in schema or key in ("source", "checked"):
                self.unknown(item, f"{route}.", [known for known in schema if known not in ("source", "checked")])
                continue
            if self.value(item.node, f"{route}.{key}", schema[key]):
                self.settings[f"{name}.{key}"] = item.node

    def value(self, node: Node, route: str, kind: str) -> bool:
        """Whether Railway takes the value."""
        if kind.startswith("enum:"):
            values = kind.removeprefix("enum:").split(",")
            if node.kind == "str" and str(node.value).upper() in values:
                return True
            self.refuse(route, "Invalid input", node, f"one of {', '.join(values)}")
            return False
        name = kind.rstrip("?")
        if node.kind == "null" and kind.endswith("?"):
            return True
        if name == "strings" and node.kind == "str":
            return True  # a single command is taken as a list of one
        if node.kind not in _TYPES[name]:
            expected = _EXPECTED.get(name, name)
            words = "Expected" if name == "object" else "Invalid input: expected"
            self.refuse(route, f"{words} {expected}, received {_RECEIVED[node.kind]}", node, f"a {expected}")
            return False
        return True

    def refuse(self, route: str, words: str, node: Node, wanted: str = "an object") -> None:
        builder = route.endswith("build.builder")
        self.problems.append(
            PlanProblem(
                key="railway-config-value",
                cause=Cause.UNKNOWN_BUILDER if builder else Cause.INVALID_SCHEMA_PROPERTY,
                severity=Severity.ERROR,
                message=f"Railway refuses {self.path}: {route} must be {wanted}",
                primary=Label(node.span, f"must be {wanted}"),
                fatal=True,
                output=f"Failed to parse your service config. Error: {route}: {words}",
                data={"route": route},
            )
        )

    def unknown(self, entry: Entry, route: str, known: list[str]) -> None:
        mistaken: Mapping[str, str] = table("railway")["mistaken"]
        hint = mistaken.get(entry.key)
        if hint is None:
            from difflib import get_close_matches

            names = {name.lower(): name for name in known}
            close = get_close_matches(entry.key.replace("_", "").lower(), list(names), n=1, cutoff=0.75)
            hint = f"did you mean `{names[close[0]]}`?" if close else None
        self.problems.append(
            PlanProblem(
                key="railway-unknown-key",
                cause=Cause.UNKNOWN_CONFIG_KEY,
                severity=Severity.WARNING,
                message=f"Railway knows no `{route}{entry.key}` in {self.path}; it has no effect",
                primary=Label(entry.key_span, hint or "ignored"),
                help=hint or "remove it",
                data={"key": entry.key},
            )
        )


def with_comments(file: RailwayFile, strict: Document) -> RailwayFile:
    """The file of a railway.json that is JSON with comments. Whether Railway takes those is not documented."""
    problem = strict.problems[0] if strict.problems else None
    span = problem.span if problem else Span(file.path, 0, 0)
    doubt = PlanProblem(
        key="railway-config-comments",
        cause=Cause.CONFIG_PARSE_ERROR,
        severity=Severity.WARNING,
        message=f"{file.path} has comments or trailing commas, which JSON has not; Railway may refuse it",
        primary=Label(span, problem.message if problem else ""),
        help="remove them",
        data={"certainty": Certainty.POSSIBLE},
    )
    return replace(file, problems=(doubt, *file.problems))


def read(document: Document, environment: str | None = None) -> RailwayFile:
    """The meaning of the file for one environment (None: the base only)."""
    if document.root is None:
        problem = document.problems[0] if document.problems else None
        span = problem.span if problem else Span(document.path, 0, 0)
        said = problem.message if problem else "it cannot be parsed"
        found = PlanProblem(
            key="railway-config-parse",
            cause=Cause.CONFIG_PARSE_ERROR,
            severity=Severity.ERROR,
            message=f"Railway cannot read {document.path}: {said}",
            primary=Label(span, said),
            fatal=True,
            output="Failed to parse your service config.",
        )
        return RailwayFile(document, problems=(found,))
    reader = _Reader(document.path)
    reader.block(document.root, "")
    environments = document.root.get("environments")
    if environments is not None and environments.kind == "map":
        base = dict(reader.settings)
        for name, entry in environments.entries.items():
            reader.settings = {}
            reader.block(entry.node, f"environments.{name}.")
            if name == environment:
                base |= reader.settings
        reader.settings = base
    return RailwayFile(document, reader.settings, tuple(reader.problems))
