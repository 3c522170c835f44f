"""A project as Nixpacks sees it: the folder that it is given, its files, the variables.

In: a `ProjectTree`, a root and the variables; out: answers in Nixpacks' own terms. What makes Nixpacks stop is raised
as `Stop` and becomes a fatal `PlanProblem` of the plan. Source: railwayapp/nixpacks src/nixpacks/{app,environment}.rs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from firstpush.config.nixpacks_layer import Piece, piece
from firstpush.model.cause import Cause
from firstpush.model.diagnostic import Label, Severity
from firstpush.model.origin import BuilderDefault, EnvOrigin
from firstpush.model.plan import Phase, PlanProblem
from firstpush.model.text import Span
from firstpush.model.value import dataclass, field
from firstpush.project.tree import ProjectTree


class Stop(Exception):
    """Nixpacks ends here with an error. Never leaves `platforms/nixpacks`."""

    def __init__(self, problem: PlanProblem) -> None:
        super().__init__(problem.message)
        self.problem = problem


class NotModelled(Exception):
    """We cannot say what Nixpacks does here. Never leaves `platforms/nixpacks`."""


@dataclass(slots=True)
class View:
    """The folder `root` (`` or `a/b`) of the tree, with the service variables `env`."""

    tree: ProjectTree
    root: str
    env: Mapping[str, Piece]
    version: tuple[int, int]
    version_name: str
    problems: list[PlanProblem] = field(default_factory=list)
    _texts: dict[str, str] = field(default_factory=dict)
    _found: dict[str, bool] = field(default_factory=dict)

    def path(self, name: str) -> str:
        """A path of the app as a path of the tree."""
        name = name.removeprefix("./")
        return f"{self.root}/{name}" if self.root else name

    def has(self, name: str) -> bool:
        return self.tree.exists(self.path(name))

    def has_folder(self, name: str) -> bool:
        return self.tree.is_folder(self.path(name))

    def read(self, name: str) -> str:
        """The text with LF line ends. Stops the plan when it is not UTF-8, as Nixpacks does."""
        known = self._texts.get(name)
        if known is not None:
            return known
        source = self.tree.source(self.path(name))
        if source is None:
            raise NotModelled(f"{self.path(name)} cannot be read")
        try:
            text = source.data.decode("utf-8").replace("\r\n", "\n")
        except UnicodeDecodeError as error:
            if (left_out := self._left_out(self.path(name))) is not False:
                if left_out is None:
                    reason = f"{name} is not UTF-8, and whether .railwayignore leaves it out is not known"
                    raise NotModelled(reason) from None
                self._texts[name] = ""
                return ""
            span = Span(source.path, error.start, min(error.start + 1, len(source.data)))
            raise self.stop(
                "nixpacks-not-utf8",
                Cause.NO_BUILD_PLAN,
                f"Nixpacks reads {name} and stops, because it is not UTF-8",
                Label(span, "not UTF-8"),
                f"Error: Error reading {name}\n\nCaused by:\n    stream did not contain valid UTF-8",
                "save the file as UTF-8",
            ) from None
        self._texts[name] = text
        return text

    def _left_out(self, path: str) -> bool | None:
        """Whether .railwayignore names a folder above the file: `railway up` does not send it. None: not followed."""
        text = self.tree.text(".railwayignore")
        if text is None:
            return False
        lines = [line.strip().strip("/") for line in text.splitlines()]
        folders = path.split("/")[:-1]
        if any(line in ("/".join(folders[:depth]) for depth in range(1, len(folders) + 1)) for line in lines):
            return True
        return None

    def read_or_empty(self, name: str) -> str:
        """The text, or nothing where Nixpacks swallows the error."""
        if not self.has(name):
            return ""
        try:
            return self.read(name)
        except (Stop, NotModelled):
            return ""

    def files(self, *suffixes: str) -> Iterator[str]:
        """Files below the app with one of these endings, in the order of Nixpacks' walk, relative to the app."""
        prefix = f"{self.root}/" if self.root else ""
        found = [path[len(prefix) :] for path in self.tree.files if path.startswith(prefix) and path.endswith(suffixes)]
        yield from sorted(found, key=lambda path: path.split("/"))

    def in_code(self, pattern: re.Pattern[str]) -> bool:
        """Whether a Python file holds the pattern. Nixpacks reads files until it does."""
        known = self._found.get(pattern.pattern)
        if known is None:
            known = any(pattern.search(self.read(path)) for path in self.files(".py"))
            self._found[pattern.pattern] = known
        return known

    def folders(self) -> list[str]:
        """The app's own sub-folders."""
        prefix = f"{self.root}/" if self.root else ""
        below = {path[len(prefix) :] for path in self.tree.folders if path.startswith(prefix)}
        return sorted({path.split("/")[0] for path in below if path})

    def config(self, name: str) -> str | None:
        """The variable `NIXPACKS_<name>`, its line feeds deleted (as Nixpacks does)."""
        found = self.env.get(f"NIXPACKS_{name}")
        return None if found is None else found.text.text.replace("\n", "")

    def config_piece(self, name: str, text: str) -> Piece:
        """A text that the variable `NIXPACKS_<name>` gives."""
        found = self.env.get(f"NIXPACKS_{name}")
        if found is not None and found.text.text == text:
            return found
        return piece(text, found.origin if found is not None else EnvOrigin(f"NIXPACKS_{name}"))

    def truthy(self, name: str) -> bool:
        return self.config(name) in ("1", "true")

    def default(self, text: str, why: str = "") -> Piece:
        """A text that Nixpacks chooses by itself."""
        return piece(text, BuilderDefault("nixpacks", self.version_name, why))

    def label(self, name: str, text: str = "") -> Label:
        """A whole file of the app (``: the app itself)."""
        return Label(Span(self.path(name) if name else self.root or ".", 0, 0), text)

    def warn(
        self, key: str, cause: Cause, message: str, label: Label, help: str = "", severity: Severity = Severity.WARNING
    ) -> None:
        self.problems.append(PlanProblem(key, cause, severity, message, label, help=help))

    def stop(self, key: str, cause: Cause, message: str, label: Label, output: str | None, help: str = "") -> Stop:
        return Stop(
            PlanProblem(
                key, cause, Severity.ERROR, message, label, phase=Phase.CONFIG, fatal=True, output=output, help=help
            )
        )
