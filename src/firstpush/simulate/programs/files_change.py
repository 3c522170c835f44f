"""The core utilities that change files: `rm`, `mv`, `cp`, `mkdir`, `ln`, `chmod`, … In: `Invocation`; out: `Result`."""

from __future__ import annotations

import re
from posixpath import basename, dirname, join

from firstpush.model.cause import Cause
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
    WriteFile,
)
from firstpush.simulate.programs.arguments import blocked_by, fails, options, path_of, unknown_among


def rm(invocation: Invocation) -> Result:
    found, words = options(invocation)
    force = "f" in found or "force" in found
    recursive = bool(found & {"r", "R", "recursive"})
    if (unknown := unknown_among(words)) is not None:
        return unknown
    if not words and not force:
        return fails(invocation, Cause.USAGE_ERROR, "rm: missing operand")
    files = invocation.state.files
    effects: list[Effect] = []
    worst: Result | None = None
    for word in words:
        path = path_of(invocation, word)
        if path == "/":
            worst = fails(invocation, Cause.OTHER, "rm: it is dangerous to operate recursively on '/'", word)
            continue
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
        blocked = blocked_by(invocation, dirname(path), word, "remove")
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
        path = path_of(invocation, word)
        if files.exists(path) is False:
            return fails(invocation, Cause.OTHER, f"rmdir: '{word.text}': there is no such folder", word)
        if files.list(path):
            return fails(invocation, Cause.OTHER, f"rmdir: '{word.text}': folder not empty", word)
    return Result(effects=tuple(Remove(path_of(invocation, word)) for word in words if word.text))


def mkdir(invocation: Invocation) -> Result:
    found, words = options(invocation, values="m", long_values=("mode",))
    if (unknown := unknown_among(words)) is not None:
        return unknown
    parents = "p" in found or "parents" in found
    files = invocation.state.files
    effects: list[Effect] = []
    for word in words:
        path = path_of(invocation, word)
        node = files.node(path)
        if node is not None:
            if parents and isinstance(node, Folder):
                continue
            return fails(invocation, Cause.OTHER, f"mkdir: cannot create directory '{word.text}': it exists", word)
        if not parents and files.exists(dirname(path)) is False and MakeFolder(dirname(path)) not in effects:
            why = f"mkdir: cannot create directory '{word.text}': its parent does not exist"
            return fails(invocation, Cause.WRONG_WORKING_DIRECTORY, why, word)
        if (blocked := blocked_by(invocation, path, word, "create directory")) is not None:
            return blocked
        effects.append(MakeFolder(path))
    return Result(effects=tuple(effects))


def touch(invocation: Invocation) -> Result:
    _, words = options(invocation, values="drt")
    if (unknown := unknown_among(words)) is not None:
        return unknown
    files = invocation.state.files
    effects: list[Effect] = []
    for word in words:
        path = path_of(invocation, word)
        if files.exists(path):
            continue
        if files.exists(dirname(path)) is False:
            why = f"touch: cannot touch '{word.text}': its folder does not exist"
            return fails(invocation, Cause.WRONG_WORKING_DIRECTORY, why, word)
        if (blocked := blocked_by(invocation, path, word, "touch")) is not None:
            return blocked
        effects.append(WriteFile(path, ""))
    return Result(effects=tuple(effects))


def move_or_copy(invocation: Invocation) -> Result:
    """`mv`, `cp`, `install`."""
    name = basename(invocation.argv[0].text or "mv")
    copy = name != "mv"
    found, words = options(invocation, values="tSmog", long_values=("target-directory", "suffix", "mode"))
    if (unknown := unknown_among(words)) is not None:
        return unknown
    if name == "install" and "d" in found:
        return Result(effects=tuple(MakeFolder(path_of(invocation, word)) for word in words))
    if "t" in found or "target-directory" in found:
        return Result(None, unknown=f"{name} -t is not followed")
    if len(words) < 2:
        return fails(invocation, Cause.USAGE_ERROR, f"{name}: missing file operand")
    files = invocation.state.files
    target = words[-1]
    to = path_of(invocation, target)
    into = isinstance(files.node(to), Folder) and not ("T" in found or "no-target-directory" in found)
    if len(words) > 2 and not into:
        return fails(invocation, Cause.OTHER, f"{name}: target '{target.text}' is not a folder", target)
    recursive = not copy or bool(found & {"r", "R", "a", "recursive", "archive"})
    effects: list[Effect] = []
    for word in words[:-1]:
        path = path_of(invocation, word)
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
        if (blocked := blocked_by(invocation, goal, target, "create")) is not None:
            return blocked
        if not copy and (blocked := blocked_by(invocation, dirname(path), word, "move")) is not None:
            return blocked
        effects.append(Move(path, goal, copy))
    return Result(effects=tuple(effects))


def ln(invocation: Invocation) -> Result:
    found, words = options(invocation, values="tS")
    if (unknown := unknown_among(words)) is not None:
        return unknown
    files = invocation.state.files
    symbolic, force = "s" in found or "symbolic" in found, "f" in found or "force" in found
    if not words or len(words) > 2:
        return Result(None, unknown="several links at once are not followed")
    source = words[0].text or ""
    goal = path_of(invocation, words[1]) if len(words) == 2 else join(invocation.cwd, basename(source))
    if isinstance(files.node(goal), Folder) and not found & {"n", "T", "no-dereference"}:
        goal = join(goal, basename(source))
    if files.node(goal, follow=False) is not None and not force:
        return fails(invocation, Cause.OTHER, f"ln: '{goal}' exists already", words[-1])
    if (blocked := blocked_by(invocation, goal, words[-1], "create link")) is not None:
        return blocked
    if not symbolic:
        path = path_of(invocation, words[0])
        if files.exists(path) is False:
            return fails(invocation, Cause.OTHER, f"ln: '{source}' does not exist", words[0])
        return Result(effects=(Move(path, goal, copy=True),))
    return Result(effects=(MakeLink(goal, source),))


def chmod(invocation: Invocation) -> Result:
    words = [word for word in invocation.argv[1:] if word.text not in ("-R", "-v", "-f", "--recursive")]
    if (unknown := unknown_among(words)) is not None:
        return unknown
    if len(words) < 2:
        return fails(invocation, Cause.USAGE_ERROR, "chmod: missing operand")
    mode = words[0].text or ""
    files = invocation.state.files
    effects: list[Effect] = []
    for word in words[1:]:
        path = path_of(invocation, word)
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


def tee(invocation: Invocation) -> Result:
    found, words = options(invocation)
    if (unknown := unknown_among(words)) is not None:
        return unknown
    effects: list[Effect] = []
    for word in words:
        path = path_of(invocation, word)
        if path.startswith("/dev/"):
            continue
        if invocation.state.files.exists(dirname(path)) is False:
            why = f"tee: {word.text}: its folder does not exist"
            return fails(invocation, Cause.WRONG_WORKING_DIRECTORY, why, word)
        if (blocked := blocked_by(invocation, path, word, "write")) is not None:
            return blocked
        effects.append(WriteFile(path, None if "a" in found else invocation.stdin))
    return Result(effects=tuple(effects), stdout=invocation.stdin)


def mktemp(invocation: Invocation) -> Result:
    found, _ = options(invocation, values="tp")
    path = "/tmp/tmp.firstpush"
    effect: Effect = MakeFolder(path) if found & {"d", "directory"} else WriteFile(path, "")
    return Result(effects=(effect,), stdout=path + "\n")
