"""The boundary between the shell and the programs that it runs.

The shell interpreter expands a simple command to an `Invocation` and resolves its name; a program's model answers with
a `Result`. Models change nothing themselves: what a run does to the machine is data (`Effect`), which the interpreter
applies when the run succeeds, or, going past a failure, in its intended form (`Result.intended`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from firstpush.model.machine import User
from firstpush.model.outcome import Failure, Place
from firstpush.model.text import Span, SpannedText, SpannedTextBuilder
from firstpush.model.value import dataclass, field

if TYPE_CHECKING:
    from firstpush.model.diagnostic import TraceStep
    from firstpush.simulate.state import State


@dataclass(frozen=True, slots=True)
class Word:
    """One expanded word. `text` None: it cannot be known (`why`); `span`: the word as written; `pieces`: the script and
    which characters of it each part of the text comes from, so that a script inside a word keeps its places."""

    text: str | None
    span: Span | None = None
    why: str = ""
    pieces: tuple[SpannedText, tuple[tuple[str, int, int], ...]] | None = field(default=None, compare=False, repr=False)

    def spanned(self) -> SpannedText:
        """The text with the map to the file's bytes (without one when it comes from no file)."""
        text = self.text or ""
        if self.pieces is None or self.pieces[0].path is None:
            return SpannedText(text)
        source, parts = self.pieces
        if len(parts) == 1 and parts[0][2] - parts[0][1] == len(text):
            return source.slice(parts[0][1], parts[0][2])
        builder = SpannedTextBuilder(source.path)
        for piece, start, end in parts:
            if end - start == len(piece) and source.text[start:end] == piece:
                builder.copied(source, start, end)
                continue
            span = source.span(start, end)
            if span is not None:
                builder.mapped(piece, span.start, span.end)
        return builder.build(self.span.start if self.span is not None else None)


@dataclass(frozen=True, slots=True)
class WriteFile:
    """`content` None: some content that is not known; `source`: the project file it was copied from."""

    path: str
    content: str | None
    mode: int = 0o644


@dataclass(frozen=True, slots=True)
class MakeFolder:
    path: str


@dataclass(frozen=True, slots=True)
class MakeLink:
    path: str
    target: str


@dataclass(frozen=True, slots=True)
class Remove:
    """A file, a link or a whole folder."""

    path: str


@dataclass(frozen=True, slots=True)
class Move:
    path: str
    to: str
    copy: bool = False


@dataclass(frozen=True, slots=True)
class MakeVenv:
    """A virtual environment at `path` for `interpreter` (real executable). `pip`: version in it or None; `activate`:
    whether the activation scripts exist (Debian's failed venv leaves none)."""

    path: str
    interpreter: str
    pip: str | None
    system_site_packages: bool = False
    created_by: str = "venv"
    activate: bool = True
    copies: bool = False


@dataclass(frozen=True, slots=True)
class Installed:
    """A distribution that a run puts somewhere. `version` None: not known. `modules`: import names where known;
    `scripts`: console scripts where known (None: not known); `extras`: that were asked for (None: not known);
    `broken`: why an import of it fails although it is installed (beside what it was installed with)."""

    name: str
    version: str | None = None
    modules: tuple[str, ...] | None = None
    scripts: tuple[str, ...] | None = None
    requested_at: Span | None = None
    extras: tuple[str, ...] | None = None
    broken: str = ""


@dataclass(frozen=True, slots=True)
class Install:
    """Distributions put into `site` (absolute folder) with their scripts in `scripts`; `prefix`: of the interpreter or
    venv it belongs to, None for a bare target folder. `complete`: whether dependencies are listed as well."""

    distributions: tuple[Installed, ...]
    site: str
    scripts: str
    prefix: str | None
    place: Place
    complete: bool = False


@dataclass(frozen=True, slots=True)
class Uninstall:
    names: tuple[str, ...]
    site: str


@dataclass(frozen=True, slots=True)
class AddPackages:
    """System packages that a package manager brings (apt, apk, dnf, …); what they contain is in the facts."""

    manager: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SetMode:
    """`chmod`: the permission bits of a file."""

    path: str
    mode: int


Effect = SetMode | WriteFile | MakeFolder | MakeLink | Remove | Move | MakeVenv | Install | Uninstall | AddPackages


@dataclass(frozen=True, slots=True)
class Invocation:
    """A program about to run.

    `argv[0]` is the name as typed; `program`: the absolute path that it resolved to; `env`: the complete environment
    (None as a value: set to something unknown); `trace`: how the name was resolved, as rungs; `stdin`: its standard
    input where known (None: unknown), "" when empty; `tty` is never true here.
    """

    argv: tuple[Word, ...]
    program: str
    env: Mapping[str, str | None]
    cwd: str
    user: User
    state: State
    trace: tuple[TraceStep, ...] = ()
    stdin: str | None = ""
    nested: Nested | None = field(default=None, compare=False, repr=False)

    @property
    def words(self) -> tuple[str, ...] | None:
        """The arguments after the name as texts, or None when one is not known."""
        texts = tuple(word.text for word in self.argv[1:])
        return None if None in texts else tuple(text for text in texts if text is not None)


@dataclass(frozen=True, slots=True)
class Result:
    """What a run does.

    Exactly one of: `exit_code` 0 (success), `failure` with its exit code, `unknown` (why; exit code None).
    `effects`: what a run really does, also a failing one (a half-made venv); `intended`: what the user meant it to do,
    applied in addition when the simulation goes past a failure. `stdout`/`stderr`: where known. `place`: where
    distributions were put. `notes`: facts worth a rung in a later failure's trace.
    """

    exit_code: int | None = 0
    failure: Failure | None = None
    unknown: str | None = None
    effects: tuple[Effect, ...] = ()
    intended: tuple[Effect, ...] = ()
    stdout: str | None = None
    stderr: str | None = None
    place: Place | None = None
    notes: tuple[TraceStep, ...] = field(default=())
    serves: Serving | None = None  # it is a server, which runs until it is stopped
    changes_anything: bool = False  # with `unknown`: it may have changed any file (an unknown script)
    quiet: bool = False  # a failure that is an answer (`grep`, `test`): not reported where it decides nothing
    warnings: tuple[Failure, ...] = ()  # it succeeds, but for a reason that should be told


@dataclass(frozen=True, slots=True)
class Serving:
    """A server that was started. `host`, `port`: as given (None: not given); `default_host`, `default_port`: what the
    program takes then; `python`: the executable that runs it; `app`: `module:attribute` where it is one; `file`: the
    script that starts it by itself."""

    program: str
    host: Word | None = None
    port: Word | None = None
    default_host: str | None = None
    default_port: int | None = None
    python: str | None = None
    app: str | None = None
    cwd: str = ""
    file: str | None = None


Nested = Callable[[Sequence[Word], "Mapping[str, str | None] | None", "str | None"], Result]
