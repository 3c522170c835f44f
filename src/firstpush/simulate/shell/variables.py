"""The shell's commands about its variables, options and output: `export`, `set`, `read`, `echo`, …

In: a `Call`; out: a `Status`; they change the shell.
"""

from __future__ import annotations

import re

from firstpush.model.cause import Cause
from firstpush.simulate.shell.commands import Call, assign
from firstpush.simulate.shell.expansion import Expander
from firstpush.simulate.shell.runner import STDIN
from firstpush.simulate.shell.session import OK, Status, unknown

_NAME = re.compile(r"[A-Za-z_]\w*")


def export_builtin(call: Call) -> Status:
    shell = call.shell
    flags = "".join(word.text or "" for word in call.argv[1:] if (word.text or "").startswith("-"))
    exports = (call.name == "export" and "n" not in flags) or "x" in flags
    if call.source is not None:
        expander = Expander(call.run, shell, call.source)
        for assignment in call.declared:
            assign(expander, assignment, export=exports)
    for word in call.argv[1:]:
        if word.text is None:
            continue
        name, equals, value = word.text.partition("=")
        if word.text.startswith("-") or not _NAME.fullmatch(name):
            continue
        if equals:
            shell.set(name, value, exports)
        elif exports:
            shell.exported.add(name)
        elif "n" in flags:
            shell.exported.discard(name)
    return OK


def unset_builtin(call: Call) -> Status:
    functions = False
    for word in call.argv[1:]:
        if word.text == "-f":
            functions = True
        elif word.text and not word.text.startswith("-"):
            if functions:
                call.shell.functions.pop(word.text, None)
            else:
                call.shell.unset(word.text)
                call.shell.functions.pop(word.text, None)
    return OK


_OPTIONS = {"e": "errexit", "u": "nounset"}


def set_builtin(call: Call) -> Status:
    shell = call.shell
    words = list(call.argv[1:])
    while words:
        text = words[0].text
        if text is None or text[:1] not in ("-", "+") or text in ("-", "--"):
            break
        words.pop(0)
        on = text[0] == "-"
        for letter in text[1:]:
            if letter == "o" and words:
                _set_named(call, words.pop(0).text or "", on)
            elif letter in _OPTIONS:
                setattr(shell, _OPTIONS[letter], on)
    if words:
        if words[0].text == "--":
            words.pop(0)
        shell.arguments = tuple(words)
    return OK


def _set_named(call: Call, name: str, on: bool) -> None:
    if name in ("errexit", "nounset", "pipefail"):
        setattr(call.shell, name, on)


def shopt_builtin(call: Call) -> Status:
    texts = call.texts() or []
    if "expand_aliases" in texts:
        call.shell.expand_aliases = "-s" in texts
    if "nullglob" in texts:
        call.shell.nullglob = "-s" in texts
    return OK


def alias_builtin(call: Call) -> Status:
    line = 0 if call.source is None or call.span is None else _line(call)
    for word in call.argv[1:]:
        name, equals, value = (word.text or "").partition("=")
        if equals:
            call.shell.aliases[name] = (value, line)
    return OK


def _line(call: Call) -> int:
    pieces = call.argv[0].pieces
    return pieces[0].text.count("\n", 0, pieces[1][0][1]) if pieces is not None and pieces[1] else 0


def unalias_builtin(call: Call) -> Status:
    for word in call.argv[1:]:
        if word.text == "-a":
            call.shell.aliases.clear()
        else:
            call.shell.aliases.pop(word.text or "", None)
    return OK


def read_builtin(call: Call) -> Status:
    text = call.stdin
    names = [w.text for w in call.argv[1:] if w.text and _NAME.fullmatch(w.text)] or ["REPLY"]
    if text is None:
        for name in names:
            call.shell.set(name, None)
        return unknown("what is read is not known")
    line, newline, rest = text.partition("\n")
    call.shell.variables[STDIN] = rest
    parts = line.split(None, len(names) - 1) if len(names) > 1 else [line.strip()]
    for number, name in enumerate(names):
        call.shell.set(name, parts[number] if number < len(parts) else "")
    return OK if newline else call.failure(Cause.OTHER, "`read` meets the end of its input", quiet=True)


def echo_builtin(call: Call) -> Status:
    words = list(call.argv[1:])
    newline = "\n"
    while words and words[0].text in ("-n", "-e", "-E", "-ne", "-en"):
        newline = "" if "n" in (words.pop(0).text or "") else newline
    texts = [word.text for word in words]
    call.run.emit(None if None in texts else " ".join(t for t in texts if t is not None) + newline)
    return OK


def printf_builtin(call: Call) -> Status:
    texts = call.texts()
    if not texts:
        call.run.emit(None)
        return OK
    template = texts[0].replace("\\n", "\n").replace("\\t", "\t")
    if texts and re.fullmatch(r"(?:[^%]|%s)*", template) and template.count("%s") == len(texts) - 1:
        for text in texts[1:]:
            template = template.replace("%s", text, 1)
        call.run.emit(template)
    else:
        call.run.emit(None)
    return OK


def pwd_builtin(call: Call) -> Status:
    call.run.emit(call.shell.cwd + "\n")
    return OK


def shift_builtin(call: Call) -> Status:
    count = call.argv[1].text if len(call.argv) > 1 else "1"
    number = int(count) if count and count.isdigit() and len(count) < 4 else 1
    if number > len(call.shell.arguments):
        return call.failure(Cause.OTHER, "`shift`: there are not so many arguments", quiet=True)
    call.shell.arguments = call.shell.arguments[number:]
    return OK
