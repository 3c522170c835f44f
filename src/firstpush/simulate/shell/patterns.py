"""Shell patterns and braces. In: texts and word nodes; out: matches, file names, expanded words."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise
from posixpath import join
from typing import TYPE_CHECKING

from firstpush.simulate.shell.ast import Arithmetic, Literal, Part, WordNode

if TYPE_CHECKING:
    from firstpush.simulate.filesystem import FileSystem

GLOB = frozenset("*?[")
MAX_BRACES = 256


@lru_cache(maxsize=1024)
def compiled(pattern: str) -> re.Pattern[str]:
    """A shell pattern as a regular expression; a backslash quotes."""
    found: list[str] = []
    at = 0
    while at < len(pattern):
        character = pattern[at]
        at += 1
        if character == "*":
            found.append(".*")
        elif character == "?":
            found.append(".")
        elif character == "\\" and at < len(pattern):
            found.append(re.escape(pattern[at]))
            at += 1
        elif character == "[":
            end = pattern.find("]", at + 2 if pattern[at : at + 1] in ("!", "^") else at + 1)
            if end < 0:
                found.append("\\[")
                continue
            inner = pattern[at:end].replace("\\", "\\\\").replace("[", "\\[")
            inner = "^" + inner[1:] if inner[:1] in ("!", "^") else inner
            try:
                re.compile(f"[{inner}]")
            except re.error:
                inner = re.escape(inner)
            found.append(f"[{inner}]")
            at = end + 1
        else:
            found.append(re.escape(character))
    return re.compile("".join(found), re.DOTALL)


def matches(pattern: str, text: str) -> bool:
    return compiled(pattern).fullmatch(text) is not None


def quote(text: str) -> str:
    """The text as a pattern that matches only itself."""
    return re.sub(r"([*?\[\]\\])", r"\\\1", text)


def file_names(pattern: str, cwd: str, files: FileSystem) -> list[str] | None:
    """The files that a pattern names, sorted; [] when none; None when a folder's content is not known."""
    absolute = pattern.startswith("/")
    found = ["/" if absolute else ""]
    for part in [part for part in pattern.split("/") if part]:
        plain = re.sub(r"\\(.)", r"\1", part)
        following: list[str] = []
        for base in found:
            folder = base if absolute else join(cwd, base)
            if plain == part and not GLOB & set(part):
                if files.exists(join(folder, part)):
                    following.append(join(base, part))
                continue
            if files.exists(folder) is None:
                return None
            expression = compiled(part)
            names = files.list(folder)
            if not names and files.exists(join(folder, "-")) is None:
                return None
            following += [
                join(base, name)
                for name in names
                if expression.fullmatch(name) and (not name.startswith(".") or part.startswith("."))
            ]
        found = following
    return sorted(found)


class _TooMany(Exception):
    """Braces make more words than are followed."""


def expand_braces(word: WordNode) -> tuple[WordNode, ...]:
    """`a{b,c}d` as two words, `{1..3}` as three; other words as they are."""
    if not any(isinstance(part, Literal) and not part.quoted and "{" in part.text for part in word.parts):
        return (word,)
    atoms: list[Part] = []
    for part in word.parts:
        if isinstance(part, Literal) and not part.quoted and len(part.text) == part.end - part.start:
            atoms += [Literal(c, part.start + i, part.start + i + 1) for i, c in enumerate(part.text)]
        else:
            atoms.append(part)
    try:
        alternatives = _braces(atoms)
    except _TooMany:
        many = Arithmetic("too many words", word.start, word.end)  # a value that is never worked out
        return (WordNode((many,), word.start, word.end),)
    if len(alternatives) <= 1:
        return (word,)
    return tuple(WordNode(tuple(_joined(parts)), word.start, word.end) for parts in alternatives)


def _is(part: Part, text: str) -> bool:
    return isinstance(part, Literal) and not part.quoted and part.text == text


def _braces(atoms: list[Part]) -> list[list[Part]]:
    for start, atom in enumerate(atoms):
        if not _is(atom, "{"):
            continue
        depth, commas, end = 0, [], None
        for at in range(start + 1, len(atoms)):
            if _is(atoms[at], "{"):
                depth += 1
            elif _is(atoms[at], "}"):
                if depth == 0:
                    end = at
                    break
                depth -= 1
            elif depth == 0 and _is(atoms[at], ","):
                commas.append(at)
        if end is None:
            continue
        choices: list[list[Part]] = []
        if commas:
            edges = [start, *commas, end]
            choices = [atoms[left + 1 : right] for left, right in pairwise(edges)]
        else:
            choices = _sequence(atoms[start + 1 : end], atom)
        if not choices:
            continue
        rests = _braces(atoms[end + 1 :])
        middles = [middle for choice in choices for middle in _braces(choice)]
        if len(middles) * len(rests) > MAX_BRACES:
            raise _TooMany
        return [atoms[:start] + middle + rest for middle in middles for rest in rests]
    return [atoms]


def _sequence(atoms: list[Part], at: Part) -> list[list[Part]]:
    if not all(isinstance(atom, Literal) for atom in atoms):
        return []
    text = "".join(atom.text for atom in atoms if isinstance(atom, Literal))
    match = re.fullmatch(r"(-?\d{1,6})\.\.(-?\d{1,6})", text)
    if match is None:
        return []
    first, last = int(match.group(1)), int(match.group(2))
    if abs(first - last) >= MAX_BRACES:
        raise _TooMany
    step = 1 if last >= first else -1
    return [[Literal(str(n), at.start, at.end)] for n in range(first, last + step, step)]


def _joined(parts: list[Part]) -> list[Part]:
    """Neighbouring characters put together again."""
    found: list[Part] = []
    for part in parts:
        last = found[-1] if found else None
        if (
            isinstance(part, Literal)
            and isinstance(last, Literal)
            and not part.quoted
            and not last.quoted
            and last.end == part.start
            and len(last.text) == last.end - last.start
            and len(part.text) == part.end - part.start
        ):
            found[-1] = Literal(last.text + part.text, last.start, part.end)
        else:
            found.append(part)
    return found
