"""The core utilities that look at files: `cat`, `ls`, `grep`, `find`, … In: `Invocation`; out: `Result`."""

from __future__ import annotations

import re
from posixpath import basename, dirname, join, normpath

from firstpush.model.cause import Cause
from firstpush.simulate.filesystem import File, Folder
from firstpush.simulate.invocation import (
    Effect,
    Invocation,
    Remove,
    Result,
    Word,
    WriteFile,
)
from firstpush.simulate.programs.arguments import blocked_by, fails, options, path_of, unknown_among


def cat(invocation: Invocation) -> Result:
    """`cat`, `head`, `tail`, `tac`, …: files that must exist; the output where it is the whole content."""
    name = basename(invocation.argv[0].text or "cat")
    found, words = options(invocation, values="" if name == "cat" else "nc")
    if (unknown := unknown_among(words)) is not None:
        return unknown
    files = invocation.state.files
    parts: list[str | None] = []
    worst: Result | None = None
    for word in words:
        if word.text == "-":
            parts.append(invocation.stdin)
            continue
        path = path_of(invocation, word)
        try:
            content = files.read(path, invocation.user)
        except FileNotFoundError:
            worst = fails(invocation, Cause.OTHER, f"{name}: {word.text}: there is no such file", word)
            continue
        except PermissionError:
            worst = fails(invocation, Cause.PERMISSION_DENIED, f"{name}: {word.text}: may not be read", word)
            continue
        except IsADirectoryError:
            worst = fails(invocation, Cause.OTHER, f"{name}: {word.text}: is a folder", word)
            continue
        parts.append(content if isinstance(content, str) else None)
    if not words:
        parts.append(invocation.stdin)
    texts = [part for part in parts if part is not None]
    output = "".join(texts) if len(texts) == len(parts) else None
    if name != "cat" or found:
        output = "" if output == "" else None
    if worst is not None:
        return Result(worst.exit_code, worst.failure, stdout=output)
    return Result(stdout=output)


def ls(invocation: Invocation) -> Result:
    _, words = options(invocation, values="IwT")
    if (unknown := unknown_among(words)) is not None:
        return unknown
    files = invocation.state.files
    for word in words:
        path = path_of(invocation, word)
        truth = files.node(path, follow=False) is not None or files.exists(path)
        if truth is None:
            return Result(None, unknown=f"whether {path} exists is not known", stdout=None)
        if not truth:
            why = f"ls: cannot access '{word.text}': there is no such file or folder"
            return fails(invocation, Cause.OTHER, why, word, code=2)
    return Result(stdout=None)


def grep(invocation: Invocation) -> Result:
    """Whether a pattern occurs, for plain patterns in known texts."""
    found, words = options(invocation, values="efmABCd", long_values=("include", "exclude", "max-count", "color"))
    if not words and not found & {"f", "e"}:
        return fails(invocation, Cause.USAGE_ERROR, "grep: a pattern is missing", code=2)
    if (unknown := unknown_among(words)) is not None or not words or found & {"f", "e", "r", "R", "recursive", "c"}:
        return unknown or Result(None, unknown="what grep finds is not known", stdout=None)
    pattern, paths = words[0].text or "", words[1:]
    texts: list[str | None] = []
    for word in paths:
        path = path_of(invocation, word)
        if invocation.state.files.exists(path) is False:
            if "s" in found or "no-messages" in found:
                return fails(invocation, Cause.OTHER, f"grep: {word.text}: there is no such file", word, 2, quiet=True)
            return fails(invocation, Cause.OTHER, f"grep: {word.text}: there is no such file", word, code=2)
        texts.append(invocation.state.files.text(path))
    if not paths:
        texts.append(invocation.stdin)
    if any(text is None or text.startswith("\0") for text in texts):
        return Result(None, unknown="what grep reads is not known", stdout=None)
    expression = re.escape(pattern) if "F" in found or invocation.argv[0].text == "fgrep" else pattern
    if expression is pattern and not re.fullmatch(r"[\w\s.^$\-/:@=,\"'<>~!#%&;]*", pattern):
        return Result(None, unknown="the pattern of grep is not followed", stdout=None)
    try:
        compiled = re.compile(expression, re.IGNORECASE if found & {"i", "ignore-case"} else 0)
    except re.error:
        return Result(None, unknown="the pattern of grep is not followed", stdout=None)
    lines = [line for text in texts for line in (text or "").splitlines()]
    hits = [line for line in lines if bool(compiled.search(line)) != bool(found & {"v", "invert-match"})]
    quiet = bool(found & {"q", "quiet", "silent"})
    if not hits:
        return fails(invocation, Cause.OTHER, f"grep finds no `{pattern}`", words[0], quiet=True)
    plain = not found - {"i", "v", "E", "F", "h", "a"} and len(paths) < 2
    return Result(stdout="" if quiet else "".join(hit + "\n" for hit in hits) if plain else None)


def which(invocation: Invocation) -> Result:
    from firstpush.simulate.resolve import resolve

    _, words = options(invocation)
    if (unknown := unknown_among(words)) is not None:
        return unknown
    output = ""
    for word in words:
        found = resolve(invocation.state, word.text or "", invocation.env.get("PATH", ""), invocation.cwd)
        if found.path is None:
            if found.problem == "unknown" or invocation.state.tainted:
                return Result(None, unknown=found.why, stdout=None)
            return fails(invocation, Cause.COMMAND_NOT_FOUND, f"`{word.text}` is not found", word, quiet=True)
        output += found.path + "\n"
    return Result(stdout=output)


def readlink(invocation: Invocation) -> Result:
    found, words = options(invocation)
    if (unknown := unknown_among(words)) is not None or not words:
        return unknown or Result(1)
    files = invocation.state.files
    path = path_of(invocation, words[0])
    real = basename(invocation.argv[0].text or "") == "realpath" or bool(found & {"f", "e", "m"})
    node = files.node(path, follow=False)
    if real:
        if files.exists(path) is False and "e" in found:
            return fails(invocation, Cause.OTHER, f"'{words[0].text}' does not exist", words[0], quiet=True)
        return Result(stdout=files.realpath(path) + "\n")
    if node is None or isinstance(node, File | Folder):
        return fails(invocation, Cause.OTHER, f"'{words[0].text}' is no link", words[0], quiet=True)
    return Result(stdout=node.target + "\n")


def names(invocation: Invocation) -> Result:
    """`basename`, `dirname`."""
    words = [word for word in invocation.argv[1:] if not (word.text or "").startswith("--")]
    if (unknown := unknown_among(words)) is not None or not words:
        return unknown or Result(1)
    text = (words[0].text or "").rstrip("/") or "/"
    if basename(invocation.argv[0].text or "") == "dirname":
        return Result(stdout=(dirname(text) or ".") + "\n")
    name = basename(text) or "/"
    suffix = words[1].text if len(words) > 1 else ""
    return Result(stdout=(name.removesuffix(suffix) if suffix else name) + "\n")


def identity(invocation: Invocation) -> Result:
    """`id -u`, `whoami`, `id -un`."""
    texts = invocation.words or ()
    user = invocation.user
    if basename(invocation.argv[0].text or "") == "whoami" or texts in (("-un",), ("-u", "-n")):
        return Result(stdout=user.name + "\n")
    return Result(stdout=f"{user.uid}\n" if texts == ("-u",) else None)


def sed(invocation: Invocation) -> Result:
    found, words = options(invocation, values="ef", long_values=("expression", "file"))
    if (unknown := unknown_among(words)) is not None:
        return unknown
    files = words if found & {"e", "f", "expression", "file"} else words[1:]
    effects: list[Effect] = []
    for word in files:
        path = path_of(invocation, word)
        if invocation.state.files.exists(path) is False:
            return fails(invocation, Cause.OTHER, f"sed: can't read {word.text}: there is no such file", word, code=2)
        if found & {"i", "in-place"} or any((w.text or "").startswith("-i") for w in invocation.argv):
            if (blocked := blocked_by(invocation, path, word, "edit")) is not None:
                return blocked
            effects.append(WriteFile(path, None))
    return Result(effects=tuple(effects), stdout=None)


def find(invocation: Invocation) -> Result:
    words = [word.text for word in invocation.argv[1:]]
    if any(word in ("-delete", "-exec", "-execdir", "-ok") for word in words):
        return _find_changes(invocation, words)
    start = words[0] if words and words[0] and not words[0].startswith("-") else "."
    path = normpath(join(invocation.cwd, start))
    if invocation.state.files.exists(path) is False:
        return fails(invocation, Cause.OTHER, f"find: '{start}': there is no such file or folder")
    return Result(stdout=None)


def _find_changes(invocation: Invocation, words: list[str | None]) -> Result:
    """`find FOLDER -name PATTERN -delete`: the marker's usual end."""
    from firstpush.simulate.shell.patterns import matches

    simple = [word for word in words if word not in ("-delete", "-type", "f", "-print")]
    if len(simple) == 3 and simple[1] == "-name" and simple[0] and simple[2] and "-delete" in words:
        base = normpath(join(invocation.cwd, simple[0]))
        files = invocation.state.files
        hits = [path for path in files.walk(base) if matches(simple[2], basename(path))]
        for path in hits:
            blocked = blocked_by(invocation, dirname(path), Word(path, invocation.argv[0].span), "delete")
            if blocked is not None:
                return blocked
        return Result(effects=tuple(Remove(path) for path in hits), stdout="")
    return Result(None, unknown="what find changes is not known", stdout=None)


def filters(invocation: Invocation) -> Result:
    """`cut`, `tr`, `sort`, `awk`, …: the output is not known; with files, they must exist."""
    if invocation.stdin is not None and invocation.stdin == "" and len(invocation.argv) < 2:
        return Result()
    return Result(stdout=None)


def sleep(invocation: Invocation) -> Result:
    if any(word.text in ("infinity", "inf") for word in invocation.argv[1:]):
        return Result(None, unknown="it sleeps forever")
    return Result()


def succeeds(invocation: Invocation) -> Result:
    """Ends with 0; what it prints is not known."""
    return Result(stdout=None)
