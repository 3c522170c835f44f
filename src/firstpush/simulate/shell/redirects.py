"""Redirections of a command: which file it reads, where its output goes. In: redirect nodes; out: a failure, or a plan.

Only what matters to a prediction is kept: a file that cannot be opened fails the command before it runs.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from posixpath import dirname, normpath
from typing import TYPE_CHECKING

from firstpush.model.cause import Cause
from firstpush.model.diagnostic import Label
from firstpush.model.outcome import Failure
from firstpush.model.text import Span, SpannedText
from firstpush.simulate.invocation import WriteFile
from firstpush.simulate.shell.ast import Redirect
from firstpush.simulate.shell.expansion import Expander, absolute
from firstpush.simulate.shell.session import Shell, Status, unknown

if TYPE_CHECKING:
    from firstpush.simulate.shell.runner import Runner


class Redirections:
    """`status`: why the command does not run (None: it does). `stdin`: what it reads (see `fed`)."""

    __slots__ = ("_output", "_run", "_shell", "fed", "status", "stdin")

    def __init__(self, run: Runner, shell: Shell, source: SpannedText, redirects: tuple[Redirect, ...]) -> None:
        self._run = run
        self._shell = shell
        self._output: tuple[str | None, bool] | None = None  # path (None: lost), append
        self.stdin: str | None = ""
        self.fed = False
        self.status: Status | None = None
        expander = Expander(run, shell, source)
        for redirect in redirects:
            self._take(redirect, expander, source)
            if self.status is not None:
                return

    def _take(self, redirect: Redirect, expander: Expander, source: SpannedText) -> None:
        if redirect.heredoc is not None:
            self.stdin, self.fed = expander.value(redirect.heredoc)[0], True
            return
        if redirect.target is None:
            return
        value, why = expander.value(redirect.target)
        if redirect.operator == "<<<":
            self.stdin, self.fed = (value + "\n" if value is not None else None), True
            return
        span = source.span(redirect.start, redirect.end)
        standard = redirect.descriptor in (None, 1)
        if redirect.operator in (">&", "<&") and (value is None or value == "-" or value.isdigit()):
            if redirect.operator == ">&" and standard and value == "2":
                self._output = (None, False)
            return
        if value is None:
            self.status = unknown(why or "where the output goes is not known")
            return
        path = normpath(absolute(value, self._shell.cwd))
        if redirect.operator in ("<", "<>", "<&"):
            if redirect.descriptor in (None, 0):
                self._read(path, value, span, create=redirect.operator == "<>")
            return
        self._open(path, value, span)
        if self.status is None and (standard or redirect.operator in ("&>", "&>>", ">&")):
            self._output = (path, redirect.operator in (">>", "&>>"))
        elif self.status is None and not path.startswith("/dev/"):
            self._run.state.apply(WriteFile(path, None))

    def _read(self, path: str, name: str, span: Span | None, create: bool) -> None:
        files = self._run.state.files
        self.fed = True
        try:
            content = files.read(path, self._shell.user)
        except FileNotFoundError:
            if not create:
                self._fail(Cause.OTHER, f"{name}: the file to read from does not exist", span)
            return
        except PermissionError:
            self._fail(Cause.PERMISSION_DENIED, f"{name}: the file may not be read", span)
            return
        except IsADirectoryError:
            content = None
        self.stdin = content if isinstance(content, str) and not path.startswith("/dev/") else None
        if path == "/dev/null":
            self.stdin = ""

    def _open(self, path: str, name: str, span: Span | None) -> None:
        if path.startswith("/dev/"):
            return
        files = self._run.state.files
        if files.is_folder(path) is True and files.node(path) is not None:
            self._fail(Cause.OTHER, f"{name} is a folder, output cannot go there", span)
        elif files.exists(dirname(path)) is False:
            self._fail(Cause.WRONG_WORKING_DIRECTORY, f"{name}: its folder does not exist", span)
        else:
            problem = files.writable(path, self._shell.user)
            if problem is not None:
                cause = Cause.READ_ONLY_FILESYSTEM if problem == "read-only" else Cause.PERMISSION_DENIED
                self._fail(cause, f"{name} cannot be written", span)

    def _fail(self, cause: Cause, why: str, span: Span | None) -> None:
        self.status = Status(1, Failure(cause, why, Label(span, why) if span is not None else None))

    @contextmanager
    def applied(self) -> Iterator[None]:
        """Run with these redirections: what is printed goes to the file."""
        from firstpush.simulate.shell.runner import STDIN, joined

        variables = self._shell.variables
        before = variables.get(STDIN, "")
        had = STDIN in variables
        if self.fed:
            variables[STDIN] = self.stdin
        try:
            if self._output is None:
                yield
            else:
                with self._run.sink() as found:
                    yield
                self._write(joined(found))
        finally:
            if self.fed:
                if had:
                    variables[STDIN] = before
                else:
                    variables.pop(STDIN, None)

    def _write(self, text: str | None) -> None:
        path, append = self._output or (None, False)
        if path is None or path.startswith("/dev/"):
            return
        files = self._run.state.files
        if append and text is not None:
            present = files.text(path) if files.exists(path) else ""
            text = present + text if present is not None else None
        self._run.state.apply(WriteFile(path, text))
