"""`python`: options, `-m`, `-c`, a script, standard input.

In: a `Call` and the file that is the Python; out: a `Status`. What a program of the project does is not known; that it
cannot start (a missing file or module) is.
"""

from __future__ import annotations

from posixpath import dirname, join, normpath
from typing import TYPE_CHECKING

from firstpush.model.cause import Cause
from firstpush.model.diagnostic import Label, TraceStep
from firstpush.model.outcome import Failure
from firstpush.model.text import Span
from firstpush.model.value import replace
from firstpush.simulate.imports import ImportCheck, Missing, bare, elsewhere, import_lines, importable
from firstpush.simulate.intended import of_pip
from firstpush.simulate.invocation import Effect, Invocation, Result, Word
from firstpush.simulate.programs.python_code import examine
from firstpush.simulate.scripts import distribution_of_module
from firstpush.simulate.shell.commands import Call, finish, invocation
from firstpush.simulate.shell.runner import FETCHED
from firstpush.simulate.shell.session import Status, unknown

if TYPE_CHECKING:
    from firstpush.simulate.state import PythonView, State

_WITH_VALUE = "WX"
# Modules of the standard library that are programs which end at once, without arguments that could fail.
_HARMLESS = frozenset(("site", "sysconfig", "platform", "compileall", "this", "sys"))
_SERVERS = frozenset(("http.server",))


def run_python(call: Call, path: str, trace: tuple[TraceStep, ...]) -> Status:
    """Run the Python at `path` with the call's arguments."""
    state = call.run.state
    view = state.python(path, call.env, call.user)
    if view is None:
        return unknown(f"which Python {path} is is not known")
    if view.sets_env:
        call = replace(call, env={**call.env, **view.sets_env})
    if view.virtual and view.executable != call.name:
        trace = (*trace, TraceStep(f"{view.executable} belongs to the virtual environment {view.prefix}"))
    words = list(call.argv[1:])
    flags = ""
    while words:
        text = words[0].text
        if text is None:
            return unknown(words[0].why)
        if text == "-" or text[:1] != "-":
            break
        words.pop(0)
        if text in ("--version", "--help", "-V", "-VV", "-h", "-?"):
            call.run.emit(f"Python {view.version}\n" if text in ("--version", "-V") else None)
            return Status(0)
        if text.startswith("--"):
            if text == "--check-hash-based-pycs" and words:
                words.pop(0)
            continue
        for number, letter in enumerate(text[1:], 1):
            rest = text[number + 1 :]
            if letter in "mc":
                value = Word(rest, call.span) if rest else words.pop(0) if words else None
                if value is None:
                    why = f"Argument expected for the -{letter} option"
                    return call.failure(Cause.USAGE_ERROR, why, code=2)
                run = _module if letter == "m" else _code
                return run(call, view, value, words, flags, trace)
            if letter in _WITH_VALUE:
                if not rest and words:
                    words.pop(0)
                break
            if letter in "V":
                call.run.emit(f"Python {view.version}\n")
                return Status(0)
            flags += letter
    if words and words[0].text != "-":
        return _script(call, view, words, flags, trace)
    return _standard_input(call, view, flags, trace)


def made(call: Call, view: PythonView, words: list[Word], trace: tuple[TraceStep, ...]) -> Invocation:
    return invocation(replace(call, argv=tuple(words)), view.executable, trace)


def _module(
    call: Call, view: PythonView, name: Word, rest: list[Word], flags: str, trace: tuple[TraceStep, ...]
) -> Status:
    from firstpush.simulate.installers.registry import run_module
    from firstpush.simulate.programs.servers import MODULES

    if name.text is None:
        return unknown(name.why)
    folders = _folders(call, view, call.cwd, flags)
    truth = importable(call.run.state, view, name.text, folders)
    result: Result | None = None
    if truth is not False or name.text in ("pip", "ensurepip"):
        result = run_module(name.text, made(call, view, [name, *rest], trace), view, flags)
        if result is None and name.text in MODULES and truth is not None:
            result = MODULES[name.text](made(call, view, [name, *rest], trace), view)
    if result is not None:
        return finish(call, result, trace)
    if truth is False:
        missing = Missing(
            name.text,
            span=name.span,
            distribution=distribution_of_module(name.text),
            elsewhere=elsewhere(call.run.state, view, name.text),
        )
        failure = no_module(call.run.state, call.span, view, missing, name, trace)
        intended: tuple[Effect, ...] = ()
        if name.text == "pip" and call.run.past and call.run.tail:
            intended = of_pip(call, view, tuple(rest))
        return Status(1, failure, intended=intended)
    if truth is None:
        return unknown(f"whether {view.executable} can import `{name.text}` is not known")
    call.run.emit(None)
    if name.text in _SERVERS:
        return unknown("a server runs until it is stopped")
    top = name.text.split(".")[0]
    if not rest and runs_alone(call.run.state, view, top):
        return Status(0)
    if top in _HARMLESS:
        return Status(0)
    return unknown(f"what `python -m {name.text}` does is not known")


def runs_alone(state: State, view: PythonView, name: str) -> bool:
    """Whether a distribution of this name runs without arguments: those of a described index do (docs/simulate.md)."""
    return state.machine.index.projects is not None and state.distribution(name, view.sites) is not None


def _folders(call: Call, view: PythonView, first: str, flags: str) -> tuple[str, ...]:
    """What stands before the site directories on `sys.path`."""
    if "I" in flags:
        return ()
    own = () if "P" in flags or call.env.get("PYTHONSAFEPATH") else (first,)
    return own + (() if "E" in flags else view.python_path)


def no_module(
    state: State, at: Span | None, view: PythonView, missing: Missing, word: Word | None, trace: tuple[TraceStep, ...]
) -> Failure:
    """The failure `No module named …`, with what is known about why."""
    module = missing.module
    if missing.problem is not None:
        cause, why = missing.problem
        span = missing.span or at
        return Failure(cause, why, Label(span, why) if span is not None else None, trace)
    cause = Cause.NO_MODULE_PIP if module == "pip" else Cause.MODULE_NOT_FOUND_AT_START
    why = f"{view.executable}: No module named {module}"
    rungs = list(trace)
    if missing.elsewhere is not None:
        rungs.append(TraceStep(f"`{module}` is installed in {missing.elsewhere}, which this Python does not look into"))
        cause = Cause.START_PYTHON_MISMATCH
        why = f"{view.executable} cannot import `{module}`, which was installed for another Python"
    elif missing.distribution is not None and module != "pip" and not bare(state, view):
        cause = Cause.MISSING_DEPENDENCY
        why = f"{view.executable} cannot import `{module}`: `{missing.distribution}` is not installed"
    span = missing.span or (word.span if word is not None else None) or at
    output = f"{view.executable}: No module named {module}" if word is not None else None
    return Failure(cause, why, Label(span, why) if span is not None else None, tuple(rungs), output)


def _code(
    call: Call, view: PythonView, code: Word, rest: list[Word], flags: str, trace: tuple[TraceStep, ...]
) -> Status:
    call.run.emit(None)
    if code.text is None:
        return unknown(code.why)
    folders = _folders(call, view, call.cwd, flags)

    def can_import(module: str) -> bool | None:
        return importable(call.run.state, view, module, folders)

    outcome = examine(code.text, can_import)
    if outcome.missing is not None:
        failure = no_module(call.run.state, call.span, view, Missing(outcome.missing, span=code.span), code, trace)
        return Status(1, failure)
    if outcome.exit_code is None:
        return unknown(outcome.why)
    if outcome.exit_code:
        return call.failure(Cause.OTHER, f"the program given with -c ends with {outcome.exit_code}", code, quiet=True)
    # A module of the project brings its own imports along.
    for line in import_lines(code.text) or ():
        check = ImportCheck(call.run.state, view, folders)
        check.module(line.module)
        if check.missing is not None:
            return Status(1, no_module(call.run.state, call.span, view, check.missing, None, trace))
    return Status(0)


def _script(call: Call, view: PythonView, words: list[Word], flags: str, trace: tuple[TraceStep, ...]) -> Status:
    from firstpush.simulate.installers.registry import run_script
    from firstpush.simulate.programs.server_scripts import script_server

    state = call.run.state
    word = words[0]
    name = word.text or ""
    path = normpath(join(call.cwd, name))
    result = run_script(made(call, view, words, trace), view, flags)
    if result is not None:
        return finish(call, result, trace)
    exists = state.files.exists(path)
    if exists is False:
        why = f"{call.name}: can't open file '{path}': there is no such file (the working directory is {call.cwd})"
        return call.failure(Cause.WRONG_ENTRYPOINT_PATH, why, word, code=2)
    if exists is None:
        return unknown(f"whether {path} exists is not known")
    folder = path
    if state.files.is_folder(path):
        path = join(path, "__main__.py")
        if not state.files.exists(path):
            why = f"{call.name}: can't find '__main__' module in '{name}'"
            return call.failure(Cause.WRONG_ENTRYPOINT_PATH, why, word)
    else:
        folder = dirname(path)
    call.run.emit(None)
    check = ImportCheck(state, view, _folders(call, view, folder, flags))
    check.file(path)
    if check.missing is not None:
        return Status(1, no_module(call.run.state, call.span, view, check.missing, None, trace))
    server = script_server(made(call, view, words, trace), view, path)
    if server is not None:
        return finish(call, server, trace)
    return unknown(check.doubt or f"what {name} does is not known")


def _standard_input(call: Call, view: PythonView, flags: str, trace: tuple[TraceStep, ...]) -> Status:
    from firstpush.simulate.installers.registry import run_script

    text = call.stdin
    if text is not None and text.startswith(FETCHED):
        url = text.removeprefix(FETCHED)
        rest = [word for word in call.argv[1:] if not (word.text or "").startswith("-") or word.text == "-"]
        after = rest[1:] if rest and rest[0].text == "-" else rest
        name = Word(url.rsplit("/", 1)[-1], call.span)
        result = run_script(made(call, view, [name, *after], trace), view, flags)
        if result is not None:
            return finish(call, result, trace)
        call.run.state.tainted = f"the program from {url} ran, whose content is not known"
        return unknown(call.run.state.tainted)
    if text == "":
        return Status(0)
    if text is None:
        return unknown("the program on standard input is not known")
    return _code(call, view, Word(text, call.span), [], flags, trace)
