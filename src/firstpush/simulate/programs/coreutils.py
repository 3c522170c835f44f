"""The core utilities that change or look at files: `rm`, `mv`, `cp`, `mkdir`, `ls`, `cat`, `grep`, … as pure models.

In: an `Invocation`; out: a `Result`. Only what a later command can notice: files, exit codes, output where it is known.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from posixpath import basename, dirname, join, normpath

from firstpush.model.cause import Cause
from firstpush.model.diagnostic import Label
from firstpush.model.outcome import Failure
from firstpush.simulate.filesystem import File, Folder
from firstpush.simulate.invocation import (
    Effect,
    Invocation,
    MakeFolder,
    MakeLink,
    Move,
    Remove,
    Result,
    SetMode,
    Word,
    WriteFile,
)


def fails(
    invocation: Invocation, cause: Cause, why: str, word: Word | None = None, code: int = 1, quiet: bool = False
) -> Result:
    """A failing result placed at a word, or at the name."""
    span = (word or invocation.argv[0]).span
    return Result(code, Failure(cause, why, Label(span, why) if span is not None else None), quiet=quiet)


def options(invocation: Invocation, values: str = "", long_values: Sequence[str] = ()) -> tuple[set[str], list[Word]]:
    """Letters and long names of the options, and the other words. `values`: letters that take a value."""
    found: set[str] = set()
    others: list[Word] = []
    words = list(invocation.argv[1:])
    while words:
        word = words.pop(0)
        text = word.text
        if text is None or text == "-" or not text.startswith("-"):
            others.append(word)
        elif text == "--":
            return found, others + words
        elif text.startswith("--"):
            name = text[2:].partition("=")[0]
            found.add(name)
            if name in long_values and "=" not in text and words:
                words.pop(0)
        else:
            for number, letter in enumerate(text[1:], 1):
                found.add(letter)
                if letter in values:
                    if number == len(text) - 1 and words:
                        words.pop(0)
                    break
    return found, others


def _path(invocation: Invocation, word: Word) -> str:
    return normpath(join(invocation.cwd, word.text or ""))


def _blocked(invocation: Invocation, path: str, word: Word, doing: str) -> Result | None:
    """A failure when this user may not change the folder that holds `path`."""
    problem = invocation.state.files.writable(path, invocation.user)
    if problem is None:
        return None
    cause = Cause.READ_ONLY_FILESYSTEM if problem == "read-only" else Cause.PERMISSION_DENIED
    said = "Read-only file system" if problem == "read-only" else "Permission denied"
    return fails(
        invocation, cause, f"{basename(invocation.argv[0].text or '')}: cannot {doing} '{word.text}': {said}", word
    )


def _unknown_word(words: Sequence[Word]) -> Result | None:
    for word in words:
        if word.text is None:
            return Result(None, unknown=word.why or "an argument is not known", stdout=None)
    return None


def rm(invocation: Invocation) -> Result:
    found, words = options(invocation)
    force = "f" in found or "force" in found
    recursive = bool(found & {"r", "R", "recursive"})
    if (unknown := _unknown_word(words)) is not None:
        return unknown
    if not words and not force:
        return fails(invocation, Cause.USAGE_ERROR, "rm: missing operand")
    files = invocation.state.files
    effects: list[Effect] = []
    worst: Result | None = None
    for word in words:
        path = _path(invocation, word)
        node = files.node(path, follow=False)
        if node is None:
            if not force and files.exists(path) is False:
                worst = fails(invocation, Cause.OTHER, f"rm: cannot remove '{word.text}': there is no such file", word)
            elif files.exists(path) is None:
                effects.append(Remove(path))
            continue
        if isinstance(node, Folder) and not recursive:
            worst = fails(invocation, Cause.OTHER, f"rm: cannot remove '{word.text}': it is a folder", word)
            continue
        blocked = _blocked(invocation, dirname(path), word, "remove")
        if blocked is not None:
            worst = blocked
            continue
        effects.append(Remove(path))
    if worst is not None:
        return Result(worst.exit_code, worst.failure, effects=tuple(effects))
    return Result(effects=tuple(effects))


def rmdir(invocation: Invocation) -> Result:
    _, words = options(invocation)
    files = invocation.state.files
    for word in words:
        path = _path(invocation, word)
        if files.exists(path) is False:
            return fails(invocation, Cause.OTHER, f"rmdir: '{word.text}': there is no such folder", word)
        if files.list(path):
            return fails(invocation, Cause.OTHER, f"rmdir: '{word.text}': folder not empty", word)
    return Result(effects=tuple(Remove(_path(invocation, word)) for word in words if word.text))


def mkdir(invocation: Invocation) -> Result:
    found, words = options(invocation, values="m", long_values=("mode",))
    if (unknown := _unknown_word(words)) is not None:
        return unknown
    parents = "p" in found or "parents" in found
    files = invocation.state.files
    effects: list[Effect] = []
    for word in words:
        path = _path(invocation, word)
        node = files.node(path)
        if node is not None:
            if parents and isinstance(node, Folder):
                continue
            return fails(invocation, Cause.OTHER, f"mkdir: cannot create directory '{word.text}': it exists", word)
        if not parents and files.exists(dirname(path)) is False and MakeFolder(dirname(path)) not in effects:
            why = f"mkdir: cannot create directory '{word.text}': its parent does not exist"
            return fails(invocation, Cause.WRONG_WORKING_DIRECTORY, why, word)
        if (blocked := _blocked(invocation, path, word, "create directory")) is not None:
            return blocked
        effects.append(MakeFolder(path))
    return Result(effects=tuple(effects))


def touch(invocation: Invocation) -> Result:
    _, words = options(invocation, values="drt")
    if (unknown := _unknown_word(words)) is not None:
        return unknown
    files = invocation.state.files
    effects: list[Effect] = []
    for word in words:
        path = _path(invocation, word)
        if files.exists(path):
            continue
        if files.exists(dirname(path)) is False:
            why = f"touch: cannot touch '{word.text}': its folder does not exist"
            return fails(invocation, Cause.WRONG_WORKING_DIRECTORY, why, word)
        if (blocked := _blocked(invocation, path, word, "touch")) is not None:
            return blocked
        effects.append(WriteFile(path, ""))
    return Result(effects=tuple(effects))


def move_or_copy(invocation: Invocation) -> Result:
    """`mv`, `cp`, `install`."""
    name = basename(invocation.argv[0].text or "mv")
    copy = name != "mv"
    found, words = options(invocation, values="tSmog", long_values=("target-directory", "suffix", "mode"))
    if (unknown := _unknown_word(words)) is not None:
        return unknown
    if name == "install" and "d" in found:
        return Result(effects=tuple(MakeFolder(_path(invocation, word)) for word in words))
    if "t" in found or "target-directory" in found:
        return Result(None, unknown=f"{name} -t is not followed")
    if len(words) < 2:
        return fails(invocation, Cause.USAGE_ERROR, f"{name}: missing file operand")
    files = invocation.state.files
    target = words[-1]
    to = _path(invocation, target)
    into = isinstance(files.node(to), Folder) and not ("T" in found or "no-target-directory" in found)
    if len(words) > 2 and not into:
        return fails(invocation, Cause.OTHER, f"{name}: target '{target.text}' is not a folder", target)
    recursive = not copy or bool(found & {"r", "R", "a", "recursive", "archive"})
    effects: list[Effect] = []
    for word in words[:-1]:
        path = _path(invocation, word)
        node = files.node(path, follow=False)
        if node is None:
            if files.exists(path) is None:
                return Result(None, unknown=f"whether {path} exists is not known")
            cause = Cause.MISSING_COPY_SOURCE if copy else Cause.OTHER
            return fails(invocation, cause, f"{name}: '{word.text}': there is no such file or folder", word)
        if isinstance(files.node(path), Folder) and not recursive:
            return fails(invocation, Cause.OTHER, f"{name}: -r not specified; omitting folder '{word.text}'", word)
        goal = join(to, basename(path)) if into else to
        if files.exists(dirname(goal)) is False:
            why = f"{name}: '{target.text}': its folder does not exist"
            return fails(invocation, Cause.WRONG_WORKING_DIRECTORY, why, target)
        if (blocked := _blocked(invocation, goal, target, "create")) is not None:
            return blocked
        if not copy and (blocked := _blocked(invocation, dirname(path), word, "move")) is not None:
            return blocked
        effects.append(Move(path, goal, copy))
    return Result(effects=tuple(effects))


def ln(invocation: Invocation) -> Result:
    found, words = options(invocation, values="tS")
    if (unknown := _unknown_word(words)) is not None:
        return unknown
    files = invocation.state.files
    symbolic, force = "s" in found or "symbolic" in found, "f" in found or "force" in found
    if not words or len(words) > 2:
        return Result(None, unknown="several links at once are not followed")
    source = words[0].text or ""
    goal = _path(invocation, words[1]) if len(words) == 2 else join(invocation.cwd, basename(source))
    if isinstance(files.node(goal), Folder) and not found & {"n", "T", "no-dereference"}:
        goal = join(goal, basename(source))
    if files.node(goal, follow=False) is not None and not force:
        return fails(invocation, Cause.OTHER, f"ln: '{goal}' exists already", words[-1])
    if (blocked := _blocked(invocation, goal, words[-1], "create link")) is not None:
        return blocked
    if not symbolic:
        path = _path(invocation, words[0])
        if files.exists(path) is False:
            return fails(invocation, Cause.OTHER, f"ln: '{source}' does not exist", words[0])
        return Result(effects=(Move(path, goal, copy=True),))
    return Result(effects=(MakeLink(goal, source),))


def chmod(invocation: Invocation) -> Result:
    words = [word for word in invocation.argv[1:] if word.text not in ("-R", "-v", "-f", "--recursive")]
    if (unknown := _unknown_word(words)) is not None:
        return unknown
    if len(words) < 2:
        return fails(invocation, Cause.USAGE_ERROR, "chmod: missing operand")
    mode = words[0].text or ""
    files = invocation.state.files
    effects: list[Effect] = []
    for word in words[1:]:
        path = _path(invocation, word)
        node = files.node(path)
        if node is None:
            if files.exists(path) is None:
                continue
            return fails(invocation, Cause.OTHER, f"chmod: '{word.text}': there is no such file", word)
        if isinstance(node, File) and (changed := _mode(mode, node.mode)) is not None:
            effects.append(SetMode(path, changed))
    return Result(effects=tuple(effects))


def _mode(text: str, before: int) -> int | None:
    if re.fullmatch(r"[0-7]{3,4}", text):
        return int(text, 8)
    match = re.fullmatch(r"([ugoa]*)([-+=])([rwx]+)", text)
    if match is None:
        return None
    who, how, what = match.groups()
    bits = sum({"r": 4, "w": 2, "x": 1}[letter] for letter in set(what))
    shifts = [{"u": 6, "g": 3, "o": 0}[letter] for letter in (who if who and "a" not in who else "ugo")]
    mask = sum(bits << shift for shift in shifts)
    return before | mask if how == "+" else before & ~mask if how == "-" else mask


def cat(invocation: Invocation) -> Result:
    """`cat`, `head`, `tail`, `tac`, …: files that must exist; the output where it is the whole content."""
    name = basename(invocation.argv[0].text or "cat")
    found, words = options(invocation, values="" if name == "cat" else "nc")
    if (unknown := _unknown_word(words)) is not None:
        return unknown
    files = invocation.state.files
    parts: list[str | None] = []
    worst: Result | None = None
    for word in words:
        if word.text == "-":
            parts.append(invocation.stdin)
            continue
        path = _path(invocation, word)
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
    if (unknown := _unknown_word(words)) is not None:
        return unknown
    files = invocation.state.files
    for word in words:
        path = _path(invocation, word)
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
    if (unknown := _unknown_word(words)) is not None or not words or found & {"f", "e", "r", "R", "recursive", "c"}:
        return unknown or Result(None, unknown="what grep finds is not known", stdout=None)
    pattern, paths = words[0].text or "", words[1:]
    texts: list[str | None] = []
    for word in paths:
        path = _path(invocation, word)
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
    if (unknown := _unknown_word(words)) is not None:
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
    if (unknown := _unknown_word(words)) is not None or not words:
        return unknown or Result(1)
    files = invocation.state.files
    path = _path(invocation, words[0])
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
    if (unknown := _unknown_word(words)) is not None or not words:
        return unknown or Result(1)
    text = (words[0].text or "").rstrip("/") or "/"
    if basename(invocation.argv[0].text or "") == "dirname":
        return Result(stdout=(dirname(text) or ".") + "\n")
    name = basename(text) or "/"
    suffix = words[1].text if len(words) > 1 else ""
    return Result(stdout=(name.removesuffix(suffix) if suffix else name) + "\n")


def tee(invocation: Invocation) -> Result:
    found, words = options(invocation)
    if (unknown := _unknown_word(words)) is not None:
        return unknown
    effects: list[Effect] = []
    for word in words:
        path = _path(invocation, word)
        if path.startswith("/dev/"):
            continue
        if invocation.state.files.exists(dirname(path)) is False:
            why = f"tee: {word.text}: its folder does not exist"
            return fails(invocation, Cause.WRONG_WORKING_DIRECTORY, why, word)
        if (blocked := _blocked(invocation, path, word, "write")) is not None:
            return blocked
        effects.append(WriteFile(path, None if "a" in found else invocation.stdin))
    return Result(effects=tuple(effects), stdout=invocation.stdin)


def mktemp(invocation: Invocation) -> Result:
    found, _ = options(invocation, values="tp")
    path = "/tmp/tmp.firstpush"
    effect: Effect = MakeFolder(path) if found & {"d", "directory"} else WriteFile(path, "")
    return Result(effects=(effect,), stdout=path + "\n")


def identity(invocation: Invocation) -> Result:
    """`id -u`, `whoami`, `id -un`."""
    texts = invocation.words or ()
    user = invocation.user
    if basename(invocation.argv[0].text or "") == "whoami" or texts in (("-un",), ("-u", "-n")):
        return Result(stdout=user.name + "\n")
    return Result(stdout=f"{user.uid}\n" if texts == ("-u",) else None)


def succeeds(invocation: Invocation) -> Result:
    """Ends with 0; what it prints is not known."""
    return Result(stdout=None)


def filters(invocation: Invocation) -> Result:
    """`cut`, `tr`, `sort`, `awk`, …: the output is not known; with files, they must exist."""
    if invocation.stdin is not None and invocation.stdin == "" and len(invocation.argv) < 2:
        return Result()
    return Result(stdout=None)


def sed(invocation: Invocation) -> Result:
    found, words = options(invocation, values="ef", long_values=("expression", "file"))
    if (unknown := _unknown_word(words)) is not None:
        return unknown
    files = words if found & {"e", "f", "expression", "file"} else words[1:]
    effects: list[Effect] = []
    for word in files:
        path = _path(invocation, word)
        if invocation.state.files.exists(path) is False:
            return fails(invocation, Cause.OTHER, f"sed: can't read {word.text}: there is no such file", word, code=2)
        if found & {"i", "in-place"} or any((w.text or "").startswith("-i") for w in invocation.argv):
            if (blocked := _blocked(invocation, path, word, "edit")) is not None:
                return blocked
            effects.append(WriteFile(path, None))
    return Result(effects=tuple(effects), stdout=None)


def sleep(invocation: Invocation) -> Result:
    if any(word.text in ("infinity", "inf") for word in invocation.argv[1:]):
        return Result(None, unknown="it sleeps forever")
    return Result()


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
            blocked = _blocked(invocation, dirname(path), Word(path, invocation.argv[0].span), "delete")
            if blocked is not None:
                return blocked
        return Result(effects=tuple(Remove(path) for path in hits), stdout="")
    return Result(None, unknown="what find changes is not known", stdout=None)


_FILTERS = (
    "awk mawk cut tr sort uniq wc nl fold fmt paste join comm tsort od rev expand unexpand column shuf split csplit"
    " base64 base32 md5sum sha1sum sha256sum sha512sum cksum seq date expr numfmt stat du df nproc uname arch hostid"
    " tty who users groups printenv pathchk pr ptx dircolors factor basenc b2sum sha224sum sha384sum sum logname pinky"
)
MODELS: dict[str, Callable[[Invocation], Result]] = {
    "rm": rm, "rmdir": rmdir, "unlink": rm, "mkdir": mkdir, "touch": touch, "mv": move_or_copy, "cp": move_or_copy,
    "install": move_or_copy, "ln": ln, "link": ln, "chmod": chmod, "chown": succeeds, "chgrp": succeeds, "cat": cat,
    "head": cat, "tail": cat, "tac": cat, "ls": ls, "dir": ls, "vdir": ls, "grep": grep, "egrep": grep, "fgrep": grep,
    "which": which, "readlink": readlink, "realpath": readlink, "basename": names, "dirname": names, "tee": tee,
    "mktemp": mktemp, "id": identity, "whoami": identity, "sed": sed, "sleep": sleep, "find": find, "sync": succeeds,
    "truncate": succeeds, "yes": succeeds, "stty": succeeds, "mkfifo": succeeds, "mknod": succeeds,
    **dict.fromkeys(_FILTERS.split(), filters),
}  # fmt: skip
