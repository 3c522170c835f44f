"""The shell's own commands: `cd`, `export`, `source`, `set`, `exit`, `command`, `exec`, … A table name → function.

In: a `Call`; out: a `Status`; they change the shell. What is not listed is a program.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from posixpath import join, normpath

from firstpush.model.cause import Cause
from firstpush.model.text import SpannedText
from firstpush.model.value import replace
from firstpush.simulate.filesystem import File
from firstpush.simulate.invocation import Word
from firstpush.simulate.resolve import resolve
from firstpush.simulate.shell.commands import Call, external
from firstpush.simulate.shell.conditions import builtin_test
from firstpush.simulate.shell.parser import parse
from firstpush.simulate.shell.runner import MAX_NESTING
from firstpush.simulate.shell.session import OK, Exit, LoopJump, OutOfFuel, Return, Status, unknown
from firstpush.simulate.shell.variables import (
    alias_builtin,
    echo_builtin,
    export_builtin,
    printf_builtin,
    pwd_builtin,
    read_builtin,
    set_builtin,
    shift_builtin,
    shopt_builtin,
    unalias_builtin,
    unset_builtin,
)

_ACTIVATE = re.compile(r"""^\s*(?:export\s+)?VIRTUAL_ENV=(["']?)([^"'\n$`]+)\1\s*$""", re.MULTILINE)
# What dash does not have.
POSIX_MISSING = frozenset(
    ("source", "shopt", "declare", "typeset", "pushd", "popd", "mapfile", "readarray", "let", "enable")
)


def _cd(call: Call) -> Status:
    words = [word for word in call.argv[1:] if word.text not in ("-P", "-L", "--", "-e")]
    shell = call.shell
    if not words:
        home = shell.variables.get("HOME", call.user.home)
        if home is None:
            return unknown("HOME is not known")
        return _enter(call, home, call.argv[0])
    word = words[0]
    if word.text is None:
        return unknown(word.why)
    if word.text == "-":
        old = shell.variables.get("OLDPWD")
        return _enter(call, old, word) if old else call.failure(Cause.OTHER, "cd: OLDPWD not set", word)
    if len(words) > 1 and shell.dialect == "bash":
        return call.failure(Cause.SHELL_QUOTING, "cd: too many arguments", words[1])
    return _enter(call, word.text, word)


def _enter(call: Call, target: str, word: Word) -> Status:
    shell, files = call.shell, call.run.state.files
    path = normpath(join(shell.cwd, target))
    path = path[1:] if path.startswith("//") else path
    node = files.node(path)
    if node is None:
        if files.exists(path) is None:
            shell.set("OLDPWD", shell.cwd)
            shell.cwd = path
            return unknown(f"whether {path} exists is not known")
        where = f"the working directory here is {shell.cwd}"
        return call.failure(Cause.WRONG_WORKING_DIRECTORY, f"cd: {target}: there is no such folder ({where})", word)
    if isinstance(node, File):
        return call.failure(Cause.WRONG_WORKING_DIRECTORY, f"cd: {target}: not a folder", word)
    shell.set("OLDPWD", shell.cwd)
    shell.cwd = path
    return OK


def _pushd(call: Call) -> Status:
    status = _cd(call)
    call.run.emit(None)
    return status


def _source(call: Call) -> Status:
    shell, run = call.shell, call.run
    if len(call.argv) < 2:
        return call.failure(Cause.OTHER, f"{call.name}: a file name is missing", code=2)
    word = call.argv[1]
    if word.text is None:
        run.state.tainted = word.why
        return unknown(word.why)
    path = _source_path(call, word.text)
    if path is None or not isinstance(node := run.state.files.node(path), File):
        if path is not None and run.state.files.exists(path) is None:
            return unknown(f"whether {path} exists is not known")
        why = f"{word.text}: the file to source does not exist"
        if shell.dialect == "bash" or run.past:
            return call.failure(Cause.OTHER, why, word, code=1 if shell.dialect == "bash" else 2)
        raise Exit(run.ended(call.failure(Cause.OTHER, why, word, code=2), shell))  # dash gives up
    text = run.state.files.text(path)
    if text is None:
        run.state.tainted = f"what {word.text} does is not known"
        return unknown(run.state.tainted)
    if path.endswith("/activate") and (found := _ACTIVATE.search(text)) is not None:
        return _activate(call, found.group(2))
    origin = SpannedText.verbatim(text, node.source, 0) if node.source else SpannedText(text)
    run.nesting += 1
    if run.nesting > MAX_NESTING:
        raise OutOfFuel
    before = shell.arguments
    if len(call.argv) > 2:
        shell.arguments = call.argv[2:]
    try:
        return run.script(parse(text), shell, origin)
    except Return as leave:
        return leave.status
    finally:
        shell.arguments = before
        run.nesting -= 1


def _source_path(call: Call, name: str) -> str | None:
    if "/" in name:
        return join(call.shell.cwd, name)
    for folder in (call.shell.variables.get("PATH") or "").split(":"):
        if isinstance(call.run.state.files.node(join(call.shell.cwd, folder, name)), File):
            return join(call.shell.cwd, folder, name)
    return join(call.shell.cwd, name) if call.shell.dialect == "bash" else None


def _activate(call: Call, venv: str) -> Status:
    """A virtual environment's script: its folder comes first on PATH; a path written into it is taken as it is."""
    shell = call.shell
    _deactivate(call)
    path = shell.variables.get("PATH", "")
    shell.old_path = path
    shell.set("VIRTUAL_ENV", venv, export=True)
    shell.set("PATH", None if path is None else f"{venv}/bin:{path}", export=True)
    if "PYTHONHOME" in shell.variables:
        shell.unset("PYTHONHOME")
    return OK


def _deactivate(call: Call) -> Status:
    shell = call.shell
    if shell.old_path is not None:
        shell.set("PATH", shell.old_path, export=True)
        shell.old_path = None
        shell.unset("VIRTUAL_ENV")
        return OK
    return external(call) if call.name == "deactivate" else OK


def _exit(call: Call) -> Status:
    shell = call.shell
    word = call.argv[1] if len(call.argv) > 1 else None
    if word is None:
        raise Exit(shell.last)
    if word.text is None or not re.fullmatch(r"\d{1,9}", word.text):
        raise Exit(unknown(word.why or "the exit code is not known"))
    code = int(word.text) % 256
    if code == 0:
        raise Exit(OK)
    why = f"the script ends with `exit {code}`"
    before = shell.last.failure or call.run.recorder.last()
    status = call.failure(Cause.OTHER, why, code=code)
    if before is not None:  # the failure that the script answers is what went wrong
        status = replace(status, failure=before, intended=shell.last.intended)
    raise Exit(call.run.ended(status, shell) if not call.run.past else _ended_past(call, status))


def _ended_past(call: Call, status: Status) -> Status:
    """Leave the script as if what made it exit had worked."""
    run = call.run
    if status.failure is not None:
        run.recorder.add(status.failure, masked=not run.tail)
    if not run.tail:
        return status
    for effect in status.intended:
        run.state.apply(effect)
    return OK


def _return(call: Call) -> Status:
    word = call.argv[1] if len(call.argv) > 1 else None
    if word is None:
        raise Return(call.shell.last)
    if word.text is None or not word.text.isdigit():
        raise Return(unknown(word.why or "the status is not known"))
    code = int(word.text[:9]) % 256
    status = OK
    if code:
        status = call.failure(Cause.OTHER, f"the function returns {code}", code=code, quiet=True)
        if call.shell.last.failure is not None:
            status = replace(status, failure=call.shell.last.failure, intended=call.shell.last.intended)
    raise Return(status)


def _jump(call: Call) -> Status:
    levels = call.argv[1].text if len(call.argv) > 1 else "1"
    count = int(levels) if levels and levels.isdigit() and len(levels) < 3 else 1
    raise LoopJump(OK, max(count, 1), call.name == "continue")


def _command(call: Call) -> Status:
    words = list(call.argv[1:])
    verbose = False
    default_path = False
    while words and (words[0].text or "").startswith("-"):
        text = words.pop(0).text or ""
        if text == "--":
            break
        verbose = verbose or "v" in text or "V" in text
        default_path = default_path or "p" in text
    if not words:
        return OK
    if verbose:
        return _which(call, words)
    from firstpush.simulate.shell.commands import _dispatch

    return _dispatch(replace(call, argv=tuple(words), as_command=True), {})


def _which(call: Call, words: list[Word], every: bool = False) -> Status:
    """`command -v`, `type`, `hash`: succeeds when a name reaches something (the builtin: when any, `type`: all)."""
    shell = call.shell
    truths: list[bool | None] = []
    why = ""
    for word in words:
        if word.text is None:
            truths.append(None)
            why = word.why
            continue
        if word.text in shell.functions or word.text in BUILTINS or word.text in _KEYWORDS:
            call.run.emit(word.text + "\n")
            truths.append(True)
            continue
        found = resolve(call.run.state, word.text, shell.variables.get("PATH", ""), shell.cwd)
        if found.path is not None:
            call.run.emit(found.path + "\n")
            truths.append(True)
        elif found.problem == "unknown" or call.run.state.tainted:
            call.run.emit(None)
            truths.append(None)
            why = found.why
        else:
            truths.append(False)
    wanted = all if every else any
    if wanted(truth is True for truth in truths):
        return OK
    if (not every or False not in truths) and None in truths:
        return unknown(why)
    return call.failure(Cause.COMMAND_NOT_FOUND, f"`{words[0].text}` is not found", words[0], quiet=True)


_KEYWORD_WORDS = "if then else elif fi for while until do done case esac in { } ! [[ ]] function time"
_KEYWORDS = frozenset(_KEYWORD_WORDS.split(" "))


def _type(call: Call) -> Status:
    words = [word for word in call.argv[1:] if not (word.text or "").startswith("-")]
    return _which(call, words, every=True) if words else OK


def _hash(call: Call) -> Status:
    words = [word for word in call.argv[1:] if not (word.text or "").startswith("-")]
    if len(words) < len(call.argv) - 1:
        call.shell.hashed.clear()
    return _which(call, words, every=True) if words else OK


def _eval(call: Call) -> Status:
    texts = call.texts()
    if texts is None:
        call.run.state.tainted = "`eval` runs a text that is not known"
        return unknown(call.run.state.tainted)
    text = " ".join(texts)
    spanned = call.argv[1].spanned() if len(call.argv) == 2 else SpannedText(text)
    call.run.nesting += 1
    if call.run.nesting > MAX_NESTING:
        raise OutOfFuel
    try:
        return call.run.script(parse(text), call.shell, spanned)
    finally:
        call.run.nesting -= 1


def _exec(call: Call) -> Status:
    words = list(call.argv[1:])
    while words and (words[0].text or "").startswith("-") and words[0].text != "--":
        option = words.pop(0).text
        if option == "-a" and words:
            words.pop(0)
    if not words:
        return OK  # only redirections
    status = external(replace(call, argv=tuple(words), as_command=True))
    raise Exit(call.run.ended(status, call.shell))


def _true(call: Call) -> Status:
    return OK


def _false(call: Call) -> Status:
    return call.failure(Cause.OTHER, "`false` always fails", quiet=True)


def _not_followed(call: Call) -> Status:
    return unknown(f"`{call.name}` is not followed")


def _wait(call: Call) -> Status:
    return OK


BUILTINS: dict[str, Callable[[Call], Status]] = {
    ":": _true,
    "true": _true,
    "false": _false,
    "cd": _cd,
    "pushd": _pushd,
    "popd": _not_followed,
    "export": export_builtin,
    "declare": export_builtin,
    "typeset": export_builtin,
    "local": export_builtin,
    "readonly": export_builtin,
    "unset": unset_builtin,
    "set": set_builtin,
    "shopt": shopt_builtin,
    "source": _source,
    ".": _source,
    "deactivate": _deactivate,
    "exit": _exit,
    "return": _return,
    "break": _jump,
    "continue": _jump,
    "command": _command,
    "type": _type,
    "hash": _hash,
    "alias": alias_builtin,
    "unalias": unalias_builtin,
    "eval": _eval,
    "exec": _exec,
    "read": read_builtin,
    "echo": echo_builtin,
    "printf": printf_builtin,
    "pwd": pwd_builtin,
    "shift": shift_builtin,
    "test": builtin_test,
    "[": builtin_test,
    "builtin": _command,
    "trap": _true,
    "umask": _true,
    "ulimit": _true,
    "wait": _wait,
    "jobs": _true,
    "bg": _true,
    "fg": _true,
    "disown": _true,
    "times": _true,
    "getopts": _not_followed,
    "let": _not_followed,
    "mapfile": _not_followed,
    "readarray": _not_followed,
    "enable": _true,
    "kill": _true,
}
