"""Control flow: runs a script's tree in a shell on a machine's state. Three-valued, bounded, and past failures.

In: a `Script`, a `Shell`, a `State`; out: `Status`es, what failed on the way, the changed state. A command whose status
is not known and on which something depends is a choice: `worlds` runs the script once for each way to choose, so that
what fails (or works) whatever is chosen stays certain.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from firstpush.model.cause import Cause
from firstpush.model.diagnostic import Label
from firstpush.model.outcome import Failure, Place
from firstpush.model.text import SpannedText
from firstpush.model.value import replace
from firstpush.simulate.invocation import Install, Word
from firstpush.simulate.shell.ast import (
    AndOr,
    Case,
    Command,
    For,
    Function,
    Group,
    If,
    Item,
    Loop,
    Pipeline,
    Redirect,
    Script,
    Simple,
    Test,
    Unsupported,
)
from firstpush.simulate.shell.expansion import Expander
from firstpush.simulate.shell.patterns import matches
from firstpush.simulate.shell.recorder import PARTIAL, Recorder, only_masks
from firstpush.simulate.shell.redirects import Redirections
from firstpush.simulate.shell.session import OK, Exit, LoopJump, OutOfFuel, Return, Shell, Status, unknown

if TYPE_CHECKING:
    from firstpush.simulate.state import State

MAX_COMMANDS = 3000  # simple commands in one world
MAX_ITERATIONS = 64  # of a loop whose condition is not known
_AS_BEFORE = "\0as before"
MAX_NESTING = 40  # functions, `bash -c`, sourced files

# What tools that fetch files leave as the content of a file of the network: FETCHED + URL.
FETCHED = "\0fetched "


class Runner:
    """One world: one way through the script.

    `past`: a failure that would end the script is recorded, its intended effects are applied, and the script goes on.
    `choices`: how the first unknown conditions come out; further ones come out True and are appended."""

    def __init__(self, state: State, *, past: bool = False, choices: Sequence[bool] = ()) -> None:
        self.state = state
        self.past = past
        self.choices = list(choices)
        self.reasons: list[str] = []
        self.recorder = Recorder()
        self.places: list[Place] = []
        self.notes: list[str] = []
        self.fuel = MAX_COMMANDS
        self.nesting = 0
        self.tail = True  # the status of what runs now decides the status of the whole
        self.exempt = False  # `set -e` does not apply here (a condition)
        self._sinks: list[list[str | None]] = []
        self._substituted: Status | None = None

    # -- choices, output ---------------------------------------------------------------------------------------------

    def choose(self, why: str) -> bool:
        """Which way an unknown condition goes in this world."""
        position = len(self.reasons)
        self.reasons.append(why)
        if position >= len(self.choices):
            self.choices.append(True)
        return self.choices[position]

    def emit(self, text: str | None) -> None:
        """Standard output of a command; None: not known."""
        if self._sinks and text != "":
            self._sinks[-1].append(text)

    @contextmanager
    def sink(self) -> Iterator[list[str | None]]:
        """Collects what is printed."""
        found: list[str | None] = []
        self._sinks.append(found)
        try:
            yield found
        finally:
            self._sinks.pop()

    @contextmanager
    def deciding(self, tail: bool, exempt: bool) -> Iterator[None]:
        """Whether the status of what runs inside decides the whole, and whether `set -e` leaves it alone."""
        before = self.tail, self.exempt
        self.tail, self.exempt = self.tail and tail, self.exempt or exempt
        try:
            yield
        finally:
            self.tail, self.exempt = before

    def capture(self, script: Script, shell: Shell, source: SpannedText) -> tuple[str | None, str]:
        """What a command substitution stands for."""
        with self.sink() as found, self.deciding(False, True):
            status = self.subshell(lambda inner: self.script(script, inner, source), shell)
        self._substituted = status
        text = joined(found)
        if text is None or text.startswith(FETCHED):
            return None, status.why or "the output of the command in `$(…)` is not known"
        if status.code is None and not text:
            return None, status.why
        return text.rstrip("\n"), ""

    def no_substitution(self) -> None:
        self._substituted = None

    def substituted(self) -> Status:
        """How the last command substitution since `no_substitution` ended, where that is known."""
        status = self._substituted
        return OK if status is None or status.code is None else status

    # -- scripts and lists -------------------------------------------------------------------------------------------

    def script(self, script: Script, shell: Shell, source: SpannedText) -> Status:
        """Run all commands; a syntax error is met after the lines before it."""
        problem = script.problem
        if problem is None:
            return self.items(script.items, shell, source)
        with self.deciding(False, False):
            self.items(script.items, shell, source)
        at = min(problem.at, len(source.text))
        span = source.span(at, min(at + 1, len(source.text)))
        if problem.message.endswith(("too deeply", "followed")):
            return unknown(problem.message)
        why = f"the shell cannot read this command: {problem.message}"
        failure = Failure(Cause.SHELL_QUOTING, why, Label(span, problem.message) if span is not None else None)
        return self.ended(Status(2, failure), shell)

    def items(self, items: tuple[Item, ...], shell: Shell, source: SpannedText) -> Status:
        status = OK
        last = len(items) - 1
        for number, item in enumerate(items):
            with self.deciding(number == last and not item.background, False):
                if item.background:
                    self.subshell(self._fed(item.command, _AS_BEFORE, source), shell)
                    status = OK
                else:
                    status = self.command(item.command, shell, source)
            shell.last = status
        return status

    def subshell(self, body: Callable[[Shell], Status], shell: Shell) -> Status:
        """Run in a copy of the shell: only files persist."""
        try:
            return body(shell.copy())
        except Exit as leave:
            return leave.status
        except (Return, LoopJump) as leave:
            return leave.status

    def ended(self, status: Status, shell: Shell) -> Status:
        """Record how a simple command ended; go past a failure where asked; apply `set -e`."""
        shell.last = status
        if status.code == 0:
            return status
        if status.failed:
            aborts = shell.errexit and not self.exempt
            decides = self.tail or aborts
            if decides and status.quiet and self.recorder.last() is not None:
                # A mere answer (`grep`, `exit 1`) decides: what went wrong is the failure that it follows from.
                status = replace(status, failure=self.recorder.last(), quiet=False)
            if status.failure is not None and (decides or not status.quiet):
                self.recorder.add(status.failure, masked=not decides)
            if decides and self.past:
                for effect in status.intended:
                    self.state.apply(effect)
                    if isinstance(effect, Install):
                        self.state.assumed = (*self.state.assumed, *effect.distributions)
                failure = status.failure
                if failure is not None and not status.quiet and (not status.intended or failure.cause in PARTIAL):
                    self.state.unfinished = failure.why
                return OK
            if aborts:
                raise Exit(status)
        elif shell.errexit and not self.exempt and not self.choose(status.why):
            raise Exit(Status(1, None, status.why))
        return status

    # -- commands ----------------------------------------------------------------------------------------------------

    def command(self, command: Command, shell: Shell, source: SpannedText) -> Status:
        match command:
            case Simple():
                from firstpush.simulate.shell.commands import simple

                self.fuel -= 1
                if self.fuel < 0:
                    raise OutOfFuel
                return simple(self, command, shell, source)
            case AndOr():
                return self._and_or(command, shell, source)
            case Pipeline():
                return self._pipeline(command, shell, source)
            case Function(name, body):
                shell.functions[name] = (body, source)
                return OK
            case Unsupported(what):
                return unknown(f"{what} is not followed")
            case _:
                return self.redirected(command.redirects, shell, source, lambda: self._compound(command, shell, source))

    def redirected(
        self, redirects: tuple[Redirect, ...], shell: Shell, source: SpannedText, body: Callable[[], Status]
    ) -> Status:
        """Run a compound command with its redirections."""
        if not redirects:
            return body()
        plan = Redirections(self, shell, source, redirects)
        if plan.status is not None:
            return self.ended(plan.status, shell)
        with plan.applied():
            return body()

    def _and_or(self, command: AndOr, shell: Shell, source: SpannedText) -> Status:
        first_decides = command.operator == "&&"
        position = self.recorder.position()
        with self.deciding(first_decides, True):
            left = self.command(command.left, shell, source)
        shell.last = left
        if left.code is None:
            worked = self.choose(left.why)
            if worked != first_decides:
                return OK if worked else Status(1, None, left.why)
        elif (left.code == 0) != first_decides:
            return left
        status = self.command(command.right, shell, source)
        if not first_decides and status.code == 0 and not only_masks(command.right):
            self.recorder.forget_masked(position)
        return status

    def _pipeline(self, command: Pipeline, shell: Shell, source: SpannedText) -> Status:
        if len(command.commands) == 1:
            with self.deciding(not command.negated, command.negated):
                status = self.command(command.commands[0], shell, source)
            return self._negated(status, command, shell, source)
        statuses: list[Status] = []
        last = len(command.commands) - 1
        feed: str | None = ""
        for number, element in enumerate(command.commands):
            decides = (number == last or shell.pipefail) and not command.negated
            with self.deciding(decides, command.negated or number != last):
                run = self._fed(element, feed if number else _AS_BEFORE, source)
                if number == last:
                    statuses.append(self.subshell(run, shell))
                else:
                    with self.sink() as found:
                        statuses.append(self.subshell(run, shell))
                    feed = joined(found)
        shell.arrays["PIPESTATUS"] = [Word(str(s.code) if s.code is not None else None, why=s.why) for s in statuses]
        status = statuses[-1]
        if shell.pipefail:
            failed = [s for s in statuses if s.failed]
            doubtful = [s for s in statuses if s.code is None]
            status = failed[-1] if failed else doubtful[-1] if doubtful else status
        if status.failed and shell.errexit and not self.exempt and not command.negated:
            raise Exit(status)
        return self._negated(status, command, shell, source)

    def _fed(self, element: Command, feed: str | None, source: SpannedText) -> Callable[[Shell], Status]:
        """The element of a pipeline with what it reads. The first one reads what the pipeline reads."""

        def run(inner: Shell) -> Status:
            if feed is not _AS_BEFORE:
                inner.variables[STDIN] = feed
            return self.command(element, inner, source)

        return run

    def _negated(self, status: Status, command: Pipeline, shell: Shell, source: SpannedText) -> Status:
        if not command.negated or status.code is None:
            return status
        if status.code != 0:
            return OK
        span = source.span(command.start, command.end)
        why = "the command after `!` succeeds, which counts as a failure here"
        failure = Failure(Cause.OTHER, why, Label(span, why) if span is not None else None)
        return self.ended(Status(1, failure, quiet=True), shell)

    def _compound(self, command: Command, shell: Shell, source: SpannedText) -> Status:
        match command:
            case Group(body, subshell=True):
                return self.subshell(lambda inner: self.items(body, inner, source), shell)
            case Group(body):
                return self.items(body, shell, source)
            case If():
                return self._if(command, shell, source)
            case Loop():
                return self._loop(command, shell, source)
            case For():
                return self._for(command, shell, source)
            case Case():
                return self._case(command, shell, source)
            case Test():
                from firstpush.simulate.shell.conditions import extended_test, not_in_sh

                if shell.dialect == "sh":
                    return self.ended(not_in_sh(command, source), shell)
                return self.ended(extended_test(self, command, shell, source), shell)
        return unknown("this command is not followed")

    def _holds(self, items: tuple[Item, ...], shell: Shell, source: SpannedText) -> bool:
        """Whether a condition holds (chosen where it is not known)."""
        with self.deciding(False, True):
            status = self.items(items, shell, source)
        return status.code == 0 if status.code is not None else self.choose(status.why)

    def _if(self, command: If, shell: Shell, source: SpannedText) -> Status:
        for condition, body in command.branches:
            if self._holds(condition, shell, source):
                return self.items(body, shell, source)
        return self.items(command.otherwise, shell, source)

    def _loop(self, command: Loop, shell: Shell, source: SpannedText) -> Status:
        status = OK
        for _ in range(MAX_ITERATIONS):
            if self._holds(command.condition, shell, source) == command.until:
                return status
            try:
                status = self.items(command.body, shell, source)
            except LoopJump as jump:
                if jump.levels > 1:
                    raise LoopJump(jump.status, jump.levels - 1, jump.again) from None
                if not jump.again:
                    return jump.status
        return unknown("a loop runs more often than is followed")

    def _for(self, command: For, shell: Shell, source: SpannedText) -> Status:
        words: Sequence[Word] = shell.arguments
        if command.words is not None:
            words = Expander(self, shell, source).words(command.words)
        status = OK
        for word in words:
            shell.set(command.name, word.text)
            with self.deciding(word is words[-1], False):
                try:
                    status = self.items(command.body, shell, source)
                except LoopJump as jump:
                    if jump.levels > 1:
                        raise LoopJump(jump.status, jump.levels - 1, jump.again) from None
                    status = jump.status
                    if not jump.again:
                        break
        return status

    def _case(self, command: Case, shell: Shell, source: SpannedText) -> Status:
        expander = Expander(self, shell, source)
        value, why = expander.value(command.word)
        falls = False
        status = OK
        for patterns, body, ending in command.items:
            if not falls and not any(self._matches(expander.pattern(node), value, why) for node in patterns):
                continue
            status = self.items(body, shell, source)
            if ending == ";;":
                return status
            falls = ending == ";&"
        return status

    def _matches(self, pattern: str | None, value: str | None, why: str) -> bool:
        if pattern == "*":
            return True
        if pattern is None or value is None:
            return self.choose(why or "a pattern of `case` is not known")
        return matches(pattern, value)


STDIN = "\0stdin"  # where a shell of a pipeline keeps what it is fed


def joined(parts: list[str | None]) -> str | None:
    """The whole output, or None when a part is not known."""
    texts = [part for part in parts if part is not None]
    return "".join(texts) if len(texts) == len(parts) else None
