"""`bash`, `sh`, `dash`: a new shell process. In: a `Call`; out: a `Status`; only files persist."""

from __future__ import annotations

from posixpath import basename, join
from typing import TYPE_CHECKING

from firstpush.model.cause import Cause
from firstpush.model.text import SpannedText
from firstpush.simulate.filesystem import File
from firstpush.simulate.invocation import Word
from firstpush.simulate.shell.parser import parse
from firstpush.simulate.shell.runner import FETCHED, MAX_NESTING, STDIN
from firstpush.simulate.shell.session import Exit, LoopJump, OutOfFuel, Return, Shell, Status, unknown

if TYPE_CHECKING:
    from firstpush.simulate.shell.commands import Call


def run_shell(call: Call) -> Status:
    """`bash [options] [-c text [name args…] | file args…]`."""
    state = call.run.state
    dialect = _dialect(call)
    words = list(call.argv[1:])
    command = login = stdin = False
    options: list[tuple[str, bool]] = []
    while words:
        text = words[0].text
        if text is None:
            state.tainted = words[0].why
            return unknown(words[0].why)
        if text in ("-", "--"):
            words.pop(0)
            break
        if text[:1] not in ("-", "+") or len(text) < 2:
            break
        words.pop(0)
        if text.startswith("--"):
            if text in ("--rcfile", "--init-file") and words:
                words.pop(0)
            if text in ("--version", "--help"):
                call.run.emit(None)
                return Status(0)
            login = login or text == "--login"
            continue
        for letter in text[1:]:
            if letter == "c":
                command = True
            elif letter == "l":
                login = True
            elif letter == "s":
                stdin = True
            elif letter in "oO" and words:
                options.append((words.pop(0).text or "", text[0] == "-"))
            else:
                options.append((letter, text[0] == "-"))
    shell = _child(call, dialect, options)
    if command:
        if not words:
            return call.failure(Cause.USAGE_ERROR, f"{call.name}: -c: option requires an argument", code=2)
        if words[0].text is None:
            state.tainted = words[0].why or "the text that the shell runs is not known"
            return unknown(state.tainted)
        if len(words) > 1:
            shell.name = words[1].text or "bash"
        return _run(call, words[0].text, words[0].spanned(), shell, tuple(words[2:]))
    if words and not stdin:
        return _file(call, words, shell)
    if call.stdin is None or call.stdin.startswith(FETCHED):
        fetched = (call.stdin or "").removeprefix(FETCHED)
        state.tainted = f"the script from {fetched or 'standard input'} ran, whose content is not known"
        return unknown(state.tainted)
    return _run(call, call.stdin, SpannedText(call.stdin), shell, tuple(words))


def _dialect(call: Call) -> str:
    """dash for `sh` on Debian and Alpine's ash; bash elsewhere."""
    name = basename(call.name)
    if name in ("dash", "ash"):
        return "sh"
    system = call.run.state.machine.os_id
    return "sh" if name == "sh" and system in ("debian", "ubuntu", "alpine") else "bash"


def _child(call: Call, dialect: str, options: list[tuple[str, bool]]) -> Shell:
    shell = call.shell.child(call.env, dialect)
    shell.cwd, shell.user, shell.name = call.cwd, call.user, basename(call.name)
    for option, on in options:
        if option in ("e", "errexit"):
            shell.errexit = on
        elif option in ("u", "nounset"):
            shell.nounset = on
        elif option == "pipefail":
            shell.pipefail = on
        elif option == "expand_aliases":
            shell.expand_aliases = on
    shell.variables[STDIN] = call.stdin
    return shell


def _file(call: Call, words: list[Word], shell: Shell) -> Status:
    state = call.run.state
    word = words[0]
    name = word.text or ""
    path = join(call.cwd, name)
    node = state.files.node(path)
    if not isinstance(node, File):
        if node is None and state.files.exists(path) is None:
            state.tainted = f"what {path} does is not known"
            return unknown(state.tainted)
        why = f"{call.name}: {name}: there is no such file (the working directory is {call.cwd})"
        return call.failure(Cause.WRONG_ENTRYPOINT_PATH, why, word, code=127)
    text = state.files.text(path)
    if text is None:
        state.tainted = f"what {path} does is not known"
        return unknown(state.tainted)
    origin = SpannedText.verbatim(text, node.source, 0) if node.source else SpannedText(text)
    shell.name = name
    return _run(call, text, origin, shell, tuple(words[1:]))


def run_text(
    call: Call, text: str, origin: SpannedText, dialect: str, arguments: tuple[Word, ...], name: str
) -> Status:
    """Run a script's text in a new shell."""
    shell = _child(call, dialect, [])
    shell.name = name
    return _run(call, text, origin, shell, arguments)


def _run(call: Call, text: str, origin: SpannedText, shell: Shell, arguments: tuple[Word, ...]) -> Status:
    run = call.run
    shell.arguments = arguments
    run.nesting += 1
    if run.nesting > MAX_NESTING:
        raise OutOfFuel
    try:
        return run.script(parse(text), shell, origin)
    except Exit as leave:
        return leave.status
    except (Return, LoopJump) as leave:
        return leave.status
    finally:
        run.nesting -= 1
