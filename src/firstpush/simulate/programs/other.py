"""Programs that change nothing of Python's: git, node's tools, fetchers, archivers, make.

In: an `Invocation`; out: a `Result`. Their exit codes depend on the network or on what they build, so they are not
known; that a file they need is missing is.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from itertools import pairwise
from posixpath import basename, join, normpath

from firstpush.model.cause import Cause
from firstpush.model.text import SpannedText
from firstpush.model.value import replace
from firstpush.simulate.invocation import Effect, Invocation, MakeFolder, Result, Word, WriteFile
from firstpush.simulate.programs.arguments import fails, options
from firstpush.simulate.programs.shells import run_text
from firstpush.simulate.shell.commands import Call, invocation
from firstpush.simulate.shell.runner import FETCHED
from firstpush.simulate.shell.session import OK, Status, unknown


def fetch(invocation: Invocation) -> Result:
    """`curl`, `wget`: a file of the network, taken to arrive."""
    name = basename(invocation.argv[0].text or "")
    texts = [word.text or "" for word in invocation.argv[1:]]
    if texts and texts[0] in ("--version", "--help", "-V"):
        return Result(stdout=None)
    url, output, own_name, words = "", "", name == "wget", list(texts)
    while words:
        text = words.pop(0)
        if (text in ("-o", "--output") and name == "curl" and words) or (
            text in ("-O", "--output-document", "-qO") and name == "wget" and words
        ):
            output = words.pop(0)
        elif name == "wget" and re.match(r"-q?O.", text):
            output = text.partition("O")[2]
        elif text.startswith("--output-document="):
            output = text.partition("=")[2]
        elif name == "curl" and re.fullmatch(r"-[A-Za-z]*o", text) and words:
            output = words.pop(0)
        elif name == "curl" and (text in ("--remote-name",) or re.fullmatch(r"-[A-Za-z]*O[A-Za-z]*", text)):
            own_name = True
        elif text in ("-H", "-d", "-X", "-u", "-A", "--header", "--data", "--request", "--retry", "-m", "-P") and words:
            words.pop(0)
        elif not text.startswith("-"):
            url = text
    if not output and own_name:
        output = basename(url.partition("?")[0])
    # These serve what builds are made of; like the package index, they are taken to answer.
    answers = any(f"//{host}/" in url + "/" for host in _ANSWERING)
    why = None if answers else "whether the network answers is not known"
    code = 0 if answers else None
    if output in ("", "-"):
        return Result(code, unknown=why, stdout=FETCHED + url)
    path = normpath(join(invocation.cwd, output))
    return Result(code, unknown=why, effects=(WriteFile(path, None),), stdout="")


_ANSWERING = (
    "bootstrap.pypa.io",
    "astral.sh",
    "install.python-poetry.org",
    "raw.githubusercontent.com",
    "deb.nodesource.com",
    "sh.rustup.rs",
    "pdm-project.org",
)


def git(invocation: Invocation) -> Result:
    texts = [word.text or "" for word in invocation.argv[1:]]
    if texts and texts[0] in ("--version", "config", "status", "init"):
        return Result(stdout=None)
    if texts and texts[0] == "clone":
        others = [text for text in texts[1:] if not text.startswith("-")]
        folder = others[1] if len(others) > 1 else basename(others[0]).removesuffix(".git") if others else ""
        effects: tuple[Effect, ...] = (MakeFolder(normpath(join(invocation.cwd, folder))),) if folder else ()
        return Result(None, unknown="whether the network answers is not known", effects=effects)
    return Result(None, unknown="what git does here is not known", stdout=None)


def node_manager(invocation: Invocation) -> Result:
    """npm, yarn, pnpm, bun: a package.json must be there; what it builds is not known."""
    name = basename(invocation.argv[0].text or "npm")
    texts = [word.text or "" for word in invocation.argv[1:]]
    if not texts and name == "npm":
        return Result(1, None)
    if texts and texts[0] in ("--version", "-v", "config", "set"):
        return Result(stdout=None)
    prefix = next((b for a, b in pairwise(texts) if a in ("--prefix", "--cwd", "-C", "--dir")), "")
    folder = normpath(join(invocation.cwd, prefix))
    package = join(folder, "package.json")
    files = invocation.state.files
    command = next((text for text in texts if not text.startswith("-") and text != prefix), "install")
    named = "-g" in texts or (command in ("install", "i") and len([t for t in texts if not t.startswith("-")]) > 1)
    wants = command in ("ci", "run", "install", "i", "start", "build", "test") and not named
    if wants and files.exists(package) is False:
        why = f"{name}: there is no package.json in {folder}"
        return fails(invocation, Cause.WRONG_WORKING_DIRECTORY, why, code=254 if name == "npm" else 1)
    text = files.text(package)
    if command in ("run", "run-script") and text is not None:
        script = next((t for t in texts[texts.index(command) + 1 :] if not t.startswith("-")), "")
        if script and not _has_script(text, script):
            word = next((w for w in invocation.argv if w.text == script), None)
            return fails(invocation, Cause.MISSING_BUILD_STEP, f"{name}: package.json has no script `{script}`", word)
    effects: tuple[Effect, ...] = ()
    if command in ("ci", "install", "i"):
        effects = (MakeFolder(join(folder, "node_modules")),)
    return Result(None, unknown=f"what `{name} {command}` does is not known", effects=effects, stdout=None)


def _has_script(text: str, name: str) -> bool:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return True
    scripts = value.get("scripts", {}) if isinstance(value, dict) else {}
    return not isinstance(scripts, dict) or name in scripts


def not_known(invocation: Invocation) -> Result:
    return Result(None, unknown=f"what `{basename(invocation.argv[0].text or '')}` does is not known", stdout=None)


def archive(invocation: Invocation) -> Result:
    """tar, unzip, …: what they unpack is not known."""
    return Result(None, unknown="what the archive holds is not known", stdout=None)


_TARGET = re.compile(r"^([A-Za-z0-9_./-]+(?:[ \t]+[A-Za-z0-9_./-]+)*)[ \t]*::?(?!=)[ \t]*([^#=\n]*)$")


def make(call: Call) -> Status:
    """`make [-C folder] [-f file] [target]`: the recipe lines, each in its own shell."""
    made = invocation(call, "make")
    _, words = options(made, values="Cfj", long_values=("directory", "file"))
    texts = [word.text or "" for word in call.argv[1:]]
    folder = call.cwd
    name = ""
    for option, value in pairwise(texts):
        if option in ("-C", "--directory"):
            folder = normpath(join(call.cwd, value))
        elif option in ("-f", "--file"):
            name = value
    files = call.run.state.files
    candidates = [name] if name else ["GNUmakefile", "makefile", "Makefile"]
    path = next((join(folder, c) for c in candidates if files.is_file(join(folder, c))), None)
    if path is None:
        why = f"make: there is no Makefile in {folder}"
        return call.failure(Cause.WRONG_WORKING_DIRECTORY, why, code=2)
    text = files.text(path)
    if text is None:
        return unknown(f"{path} cannot be read")
    rules = _rules(text)
    source = files.source(path)
    origin = SpannedText.verbatim(text, source, 0) if source else SpannedText(text)
    goals = [word for word in words if word.text and "=" not in word.text]
    first = next(iter(rules), None)
    if not goals and first is None:
        return call.failure(Cause.OTHER, "make: there are no targets", code=2)
    wanted = goals or [Word(first, call.span)]
    status = OK
    for word in wanted:
        status = _make_target(replace(call, cwd=folder), word, rules, text, origin, set())
        if status.code != 0:
            return status
    return status


def _rules(text: str) -> dict[str, tuple[list[str], list[tuple[int, int]]]]:
    """Target → prerequisites, and where each recipe line stands in the text."""
    rules: dict[str, tuple[list[str], list[tuple[int, int]]]] = {}
    current: list[str] = []
    at = 0
    for line in text.splitlines(keepends=True):
        start, at = at, at + len(line)
        bare = line.rstrip("\r\n")
        if line.startswith("\t"):
            for target in current:
                rules[target][1].append((start + 1, start + len(bare)))
            continue
        match = _TARGET.match(bare)
        if match is not None and not bare.startswith("."):
            current = match.group(1).split()
            for target in current:
                rules.setdefault(target, ([], []))[0].extend(match.group(2).split())
        elif bare.strip() and not bare.startswith("#"):
            current = []
    return rules


def _make_target(
    call: Call,
    word: Word,
    rules: dict[str, tuple[list[str], list[tuple[int, int]]]],
    text: str,
    origin: SpannedText,
    seen: set[str],
) -> Status:
    name = word.text or ""
    if name in seen:
        return OK
    seen.add(name)
    if name not in rules:
        if "%" in text or "include" in text or call.run.state.files.exists(join(call.cwd, name)):
            return unknown(f"how make builds `{name}` is not followed")
        return call.failure(Cause.OTHER, f"make: there is no rule for target `{name}`", word, code=2)
    prerequisites, recipe = rules[name]
    for prerequisite in prerequisites:
        if prerequisite in rules:
            status = _make_target(call, Word(prerequisite, word.span), rules, text, origin, seen)
            if status.code != 0:
                return status
    lines = _joined_lines(recipe, text)
    for start, end in lines:
        line = text[start:end]
        prefix = len(line) - len(line.lstrip("@-+ "))
        ignored = "-" in line[:prefix]
        line, piece = line[prefix:], origin.slice(start + prefix, end)
        if "$(" in line or "${" in line:
            return unknown(f"make variables of target `{name}` are not followed")
        line_text = line.replace("$$", "$")
        spanned = piece if line_text == line else SpannedText(line_text)
        with call.run.deciding(not ignored, False):
            status = run_text(call, line_text, spanned, "sh", (), "sh")
        if status.code is None and not ignored and not call.run.choose(status.why):
            return Status(2, None, status.why)
        if status.failed and not ignored:
            return replace(status, code=2)
    return OK


def _joined_lines(recipe: list[tuple[int, int]], text: str) -> list[tuple[int, int]]:
    """Recipe lines, those that end with a backslash joined with the next."""
    found: list[tuple[int, int]] = []
    continued = False
    for start, end in recipe:
        if continued and found:
            found[-1] = (found[-1][0], end)
        else:
            found.append((start, end))
        continued = text[start:end].endswith("\\")
    return found


MODELS: dict[str, Callable[[Invocation], Result]] = {
    "curl": fetch, "wget": fetch, "git": git, "npm": node_manager, "yarn": node_manager, "pnpm": node_manager,
    "bun": node_manager, "npx": not_known, "node": not_known, "tar": archive, "unzip": archive, "gunzip": archive,
    "gzip": archive, "xz": archive, "nginx": not_known, "psql": not_known, "redis-cli": not_known,
}  # fmt: skip
RUNNERS: dict[str, Callable[[Call], Status]] = {"make": make, "gmake": make}
