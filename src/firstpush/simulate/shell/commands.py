"""Simple commands: assignments, aliases, functions, builtins, and programs reached by name.

In: a `Simple` node; out: its `Status`. What a program does is data (`Result`), which is applied here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from posixpath import join
from typing import TYPE_CHECKING

from firstpush.model.cause import Cause
from firstpush.model.diagnostic import Label, TraceStep
from firstpush.model.machine import User
from firstpush.model.outcome import Failure, Place
from firstpush.model.text import Span, SpannedText
from firstpush.model.value import dataclass, replace
from firstpush.simulate.filesystem import File
from firstpush.simulate.invocation import Invocation, Result, Word
from firstpush.simulate.resolve import Resolution, is_pip, is_python, resolve
from firstpush.simulate.scripts import distribution_of_script, normalise
from firstpush.simulate.shell.ast import Assignment, Simple
from firstpush.simulate.shell.expansion import Expander
from firstpush.simulate.shell.parser import parse
from firstpush.simulate.shell.redirects import Redirections
from firstpush.simulate.shell.runner import MAX_NESTING, STDIN
from firstpush.simulate.shell.session import OutOfFuel, Return, Shell, Status, unknown

if TYPE_CHECKING:
    from firstpush.simulate.shell.runner import Runner


@dataclass(frozen=True, slots=True)
class Call:
    """A command about to run: its arguments, the environment it gets, and the shell that runs it."""

    run: Runner
    shell: Shell
    argv: tuple[Word, ...]
    env: Mapping[str, str | None]
    cwd: str
    user: User
    stdin: str | None = ""
    source: SpannedText | None = None
    declared: tuple[Assignment, ...] = ()
    as_command: bool = False  # reached through `command`, `env`, … : functions and aliases do not count

    @property
    def name(self) -> str:
        return self.argv[0].text or ""

    @property
    def span(self) -> Span | None:
        return self.argv[0].span

    def texts(self) -> list[str] | None:
        """The arguments as texts, or None when one is not known."""
        texts = [word.text for word in self.argv[1:]]
        return None if None in texts else [text for text in texts if text is not None]

    def failure(self, cause: Cause, why: str, word: Word | None = None, code: int = 1, quiet: bool = False) -> Status:
        """A failing status whose place is `word`, or the command's name."""
        span = word.span if word is not None and word.span is not None else self.span
        label = Label(span, why) if span is not None else None
        return Status(code, Failure(cause, why, label), quiet=quiet)

    def path(self, name: str) -> str:
        return name if name.startswith("/") else join(self.cwd, name)


def simple(run: Runner, node: Simple, shell: Shell, source: SpannedText) -> Status:
    """Run a simple command."""
    if node.words and (shell.aliases and shell.expand_aliases):
        status = _alias(run, node, shell, source)
        if status is not None:
            return status
    run.no_substitution()
    expander = Expander(run, shell, source)
    words = expander.words(node.words)
    redirections: Redirections | None = None
    if node.redirects:
        redirections = Redirections(run, shell, source, node.redirects)
        if redirections.status is not None:
            return run.ended(redirections.status, shell)
    if not words:
        for assignment in node.assignments:
            assign(expander, assignment)
        if redirections is not None:
            with redirections.applied():
                pass
        # An unknown value matters where it is used, not here.
        status = run.substituted()
        return run.ended(replace(status, quiet=True), shell)
    local: dict[str, str | None] = {}
    for assignment in node.assignments:
        value = expander.value(assignment.value)[0]
        before = shell.variables.get(assignment.name, "") if assignment.append else ""
        local[assignment.name] = None if value is None or before is None else before + value
    env = {**shell.environment(), **local} if local else shell.environment()
    stdin = shell.variables.get(STDIN, "")
    call = Call(run, shell, tuple(words), env, shell.cwd, shell.user, stdin, source, node.declared)
    if redirections is None:
        return run.ended(_dispatch(call, local), shell)
    with redirections.applied():
        return run.ended(_dispatch(replace(call, stdin=shell.variables.get(STDIN, "")), local), shell)


def assign(expander: Expander, assignment: Assignment, export: bool = False) -> None:
    """Set a shell variable."""
    shell = expander.shell
    if assignment.array is not None:
        words = expander.words(assignment.array)
        old = shell.arrays.get(assignment.name, []) if assignment.append else []
        shell.variables.pop(assignment.name, None)
        shell.arrays[assignment.name] = [*old, *words]
        return
    value = expander.value(assignment.value)[0]
    if assignment.indexed:
        shell.arrays[assignment.name] = [Word(None, why="an array element was set")]
        return
    if assignment.append:
        before = shell.variables.get(assignment.name, "")
        value = None if value is None or before is None else before + value
    shell.set(assignment.name, value, export)


def _alias(run: Runner, node: Simple, shell: Shell, source: SpannedText) -> Status | None:
    name = node.words[0].literal
    alias = shell.aliases.get(name or "")
    if alias is None or alias[1] >= node.line or name is None:
        return None
    text = alias[0] + source.text[node.words[0].end : node.end]
    run.nesting += 1
    if run.nesting > MAX_NESTING:
        raise OutOfFuel
    hidden = dict(shell.aliases)
    del shell.aliases[name]
    try:
        return run.script(parse(text), shell, SpannedText(text))
    finally:
        shell.aliases = {**hidden, **shell.aliases}
        run.nesting -= 1


def _dispatch(call: Call, local: Mapping[str, str | None]) -> Status:
    from firstpush.simulate.shell.builtins import BUILTINS, POSIX_MISSING

    name = call.argv[0].text
    shell = call.shell
    if name is None:
        call.run.state.tainted = call.argv[0].why or "a command of unknown name ran"
        return unknown(call.argv[0].why or "the command's name is not known")
    function = shell.functions.get(name)
    if function is not None and not call.as_command:
        return _with_local(shell, local, lambda: _function(call, name))
    builtin = BUILTINS.get(name)
    if builtin is not None and not (shell.dialect == "sh" and name in POSIX_MISSING):
        return _with_local(shell, local, lambda: builtin(call))
    return external(call)


def _with_local(shell: Shell, local: Mapping[str, str | None], body: Callable[[], Status]) -> Status:
    """`NAME=value command` inside the shell: the variable is set while it runs."""
    if not local:
        return body()
    before = {name: (name in shell.variables, shell.variables.get(name), name in shell.exported) for name in local}
    for name, value in local.items():
        shell.set(name, value, export=True)
    try:
        return body()
    finally:
        for name, (was_set, value, exported) in before.items():
            if was_set:
                shell.set(name, value)
            else:
                shell.unset(name)
            if not exported:
                shell.exported.discard(name)


def _function(call: Call, name: str) -> Status:
    run, shell = call.run, call.shell
    body, source = shell.functions[name]
    run.nesting += 1
    if run.nesting > MAX_NESTING:
        raise OutOfFuel
    before = shell.arguments
    shell.arguments = call.argv[1:]
    try:
        return run.command(body, shell, source)
    except Return as leave:
        return leave.status
    finally:
        shell.arguments = before
        run.nesting -= 1


# -- programs ----------------------------------------------------------------------------------------------------------


def external(call: Call, path_value: str | None = "") -> Status:
    """Find the program that the name reaches and run it. `path_value`: a PATH other than the shell's."""
    name = call.name
    shell, run = call.shell, call.run
    own_path = path_value == ""
    if own_path:
        from firstpush.simulate.resolve import DEFAULT_PATH

        path_value = call.env["PATH"] if "PATH" in call.env else shell.variables.get("PATH", DEFAULT_PATH)
    hashed = shell.hashed.get(name) if own_path and call.env.get("PATH") == shell.variables.get("PATH") else None
    found = resolve(run.state, name, path_value, call.cwd, hashed)
    if found.path is None:
        return _unresolved(call, found)
    if own_path and "/" not in name:
        shell.hashed[name] = found.path
    from firstpush.simulate.programs import start

    status = start(call, found)
    if status.code is None and status.serves is None:
        _unclear_after(call, found.path)
    return status


# What an unknown run of these leaves as it is.
_READER_WORDS = "cat head tail tac ls dir grep egrep fgrep find test which readlink realpath curl wget git sed awk env"
_READERS = frozenset(_READER_WORDS.split())
_INSTALLERS = frozenset(("uv", "pip", "pip3", "poetry", "pdm", "pipenv", "conda", "mamba"))


def _unclear_after(call: Call, path: str) -> None:
    """After a program whose doing is not known, the absence of files is not known either where it may have written."""
    name = path.rsplit("/", 1)[-1]
    if name in _READERS:
        return
    state = call.run.state
    folders = [mount.at for mount in state.files.mounts] or [call.cwd]
    if name in _INSTALLERS:
        own = call.env.get("UV_PROJECT_ENVIRONMENT") or call.env.get("VIRTUAL_ENV")
        folders += [*state.venvs, *([own] if own else [])]
        state.files.unclear_python = tuple(dict.fromkeys((*state.files.unclear_python, *folders)))
    if call.cwd != "/":
        folders.append(call.cwd)
    state.files.unclear = tuple(dict.fromkeys((*state.files.unclear, *folders)))


def _unresolved(call: Call, found: Resolution) -> Status:
    from firstpush.simulate.intended import of_pip, past_missing_python

    name, run = call.name, call.run
    if found.problem == "unknown":
        return unknown(found.why)
    if found.problem == "missing" and run.state.tainted:
        return unknown(f"{run.state.tainted}, which may have brought `{name}`")
    if found.problem == "missing" and run.state.unfinished:
        if not (is_pip(name) or is_python(name)):
            return unknown(f"an earlier command should have brought `{name}`")
        if run.past and not (run.state.machine.interpreters or run.state.venvs):
            return unknown("there is no Python on this machine, as an earlier command shows")
    if found.problem == "denied":
        cause = Cause.SCRIPT_NOT_EXECUTABLE if run.state.files.source(found.why) else Cause.PERMISSION_DENIED
        return call.failure(cause, f"{found.why} is not executable", code=126)
    if found.problem == "folder":
        return call.failure(Cause.OTHER, f"{found.why} is a folder, not a program", code=126)
    failure = not_found(call, found)
    if run.past and run.tail and failure.cause is Cause.PIP_COMMAND_NOT_FOUND:
        return Status(127, failure, intended=of_pip(call, None, call.argv[1:]))
    if run.past and run.tail and failure.cause is Cause.PYTHON_COMMAND_NOT_FOUND:
        return past_missing_python(call, failure)
    return Status(127, failure)


def not_found(call: Call, found: Resolution) -> Failure:
    """The failure of a name that reaches nothing, with the cause that its name tells."""
    name = call.name
    trace = found.trace
    cause, why = Cause.COMMAND_NOT_FOUND, f"`{name}`: command not found"
    if "/" in name:
        why = f"`{name}` does not exist"
    if is_pip(name):
        cause = Cause.PIP_COMMAND_NOT_FOUND
    elif is_python(name):
        cause = Cause.PYTHON_COMMAND_NOT_FOUND
    else:
        place = _script_elsewhere(call, name)
        if place is not None:
            cause = Cause.SCRIPT_NOT_ON_PATH
            why = f"`{name}`: command not found, although it is installed in {place}"
            trace = (*trace, TraceStep(f"the script lies in {place}, which is not on PATH"))
    label = Label(call.span, why) if call.span is not None else None
    output = f"/bin/bash: line 1: {name}: command not found" if "/" not in name else None
    return Failure(cause, why, label, trace, output)


def _script_elsewhere(call: Call, name: str) -> str | None:
    """The folder of a console script that exists but is not on PATH."""
    if "/" in name:
        return None
    state = call.run.state
    distribution = distribution_of_script(name) or normalise(name)
    for site in state.sites():
        if not any(normalise(found.name) == distribution for found in state.installed(site)):
            continue
        for folder in state.script_folders(site):
            node = state.files.node(join(folder, name))
            if isinstance(node, File) or state.maybe_script(folder):
                return folder
    return None


def invocation(call: Call, path: str, trace: tuple[TraceStep, ...] = ()) -> Invocation:
    """What a program's model gets."""

    def nested(words: Sequence[Word], env: Mapping[str, str | None] | None = None, cwd: str | None = None) -> Result:
        inner = replace(call, argv=tuple(words), env=env if env is not None else call.env, cwd=cwd or call.cwd)
        return run_nested(inner)

    return Invocation(call.argv, path, call.env, call.cwd, call.user, call.run.state, trace, call.stdin, nested)


def run_nested(call: Call) -> Result:
    """Run a command from within a program. Its effects are applied, so the result has none."""
    run = call.run
    if not call.argv:
        return Result()
    run.nesting += 1
    if run.nesting > MAX_NESTING:
        return Result(None, unknown="programs call each other more deeply than is followed")
    places = len(run.places)
    shell = call.shell.child(call.env, "bash")
    shell.cwd, shell.user = call.cwd, call.user
    with run.sink() as printed, run.deciding(False, True):
        status = external(replace(call, shell=shell, as_command=True))
    run.nesting -= 1
    from firstpush.simulate.shell.runner import joined

    place = run.places[-1] if len(run.places) > places else None
    del run.places[places:]
    stdout = joined(printed)
    if status.code is None:
        return Result(None, unknown=status.why or "not known", stdout=stdout, place=place)
    if status.code:
        failure = status.failure or Failure(Cause.OTHER, f"`{call.name}` fails")
        return Result(status.code, failure, stdout=stdout, intended=status.intended, place=place, quiet=status.quiet)
    return Result(0, stdout=stdout, place=place, serves=status.serves)


def finish(call: Call, result: Result, trace: tuple[TraceStep, ...] = ()) -> Status:
    """Apply what a program did, and turn its result into a status."""
    run = call.run
    for effect in result.effects:
        run.state.apply(effect)
    run.emit(result.stdout)
    if result.place is not None and result.place is not Place.NONE and result.failure is None:
        run.places.append(result.place)
    if result.unknown is not None or result.exit_code is None:
        why = result.unknown or f"what `{call.name}` does is not known"
        if result.changes_anything:
            run.state.tainted = why
        for effect in result.intended:
            run.state.apply(effect)
        return unknown(why)
    if result.exit_code == 0 and result.failure is None:
        for warning in result.warnings:
            run.recorder.add(_traced(call, warning, (*trace, *result.notes)), masked=False)
        return Status(0, serves=result.serves)
    failure = result.failure or Failure(Cause.OTHER, f"`{call.name}` ends with exit code {result.exit_code}")
    failure = _traced(call, failure, (*trace, *result.notes))
    return Status(result.exit_code or 1, failure, intended=result.intended, quiet=result.quiet)


def _traced(call: Call, failure: Failure, rungs: tuple[TraceStep, ...]) -> Failure:
    """The failure with how its program was reached, and with a place."""
    known = {rung.text for rung in failure.trace}
    trace = tuple(rung for rung in rungs if rung.text not in known) + failure.trace
    label = failure.label
    if label is None and call.span is not None:
        label = Label(call.span, failure.why)
    program = failure.program or call.name.rpartition("/")[2]
    return replace(failure, trace=trace, label=label, program=program)
