"""Vercel's file patterns (minimatch): a pattern and a path go in, whether it matches comes out.

Covers `*`, `**`, `?`, `[…]`, `{a,b}`, `@(…)`, `+(…)`, `*(…)`, `?(…)`; a negated group `!(…)` is approximated by `*`.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise


def matches(pattern: str, path: str, *, dot: bool = False) -> bool:
    """Whether `path` (relative, with `/`) matches; `dot`: whether wildcards match names that start with a dot."""
    return any(_compiled(one, dot).fullmatch(path) is not None for one in expand_braces(pattern))


def expand_braces(pattern: str) -> list[str]:
    """`a/{b,c}` as `a/b` and `a/c`; a pattern without alternatives is returned as it is."""
    start = pattern.find("{")
    if start < 0:
        return [pattern]
    depth = 0
    commas: list[int] = []
    for index in range(start, len(pattern)):
        if pattern[index] == "{":
            depth += 1
        elif pattern[index] == "}":
            depth -= 1
            if depth == 0:
                if not commas:
                    return [pattern]
                edges = [start, *commas, index]
                parts = [pattern[left + 1 : right] for left, right in pairwise(edges)]
                return [done for part in parts for done in expand_braces(pattern[:start] + part + pattern[index + 1 :])]
        elif pattern[index] == "," and depth == 1:
            commas.append(index)
    return [pattern]


@lru_cache(maxsize=256)
def _compiled(pattern: str, dot: bool) -> re.Pattern[str]:
    segments = pattern.removeprefix("./").split("/")
    hidden = "" if dot else r"(?!\.)"
    expression = ""
    for index, segment in enumerate(segments):
        last = index == len(segments) - 1
        if segment == "**":
            expression += rf"(?:{hidden}[^/]+(?:/|\Z))*" if last else rf"(?:{hidden}[^/]+/)*"
        else:
            expression += _segment(segment, hidden) + ("" if last else "/")
    try:
        return re.compile(expression)
    except re.error:  # a character class that is none, like [z-a]
        return re.compile(re.escape(pattern))


def _segment(segment: str, hidden: str) -> str:
    """One part of a pattern between slashes."""
    out = hidden if segment[:1] in ("*", "?", "[", "+", "@", "!") else ""
    closers: list[str] = []
    index = 0
    while index < len(segment):
        character = segment[index]
        if character in "?*+@!" and segment[index + 1 : index + 2] == "(":
            out += "(?:"
            closers.append({"?": ")?", "*": ")*", "+": ")+", "@": ")", "!": ")?[^/]*"}[character])
            index += 2
            continue
        if character == ")" and closers:
            out += closers.pop()
        elif character == "|" and closers:
            out += "|"
        elif character == "*":
            out += "[^/]*"
        elif character == "?":
            out += "[^/]"
        elif character == "[" and "]" in segment[index + 2 :]:
            end = segment.index("]", index + 2)
            body = segment[index + 1 : end].replace("\\", "\\\\")
            out += "[" + ("^" + body[1:] if body[0] in "!^" else body) + "]"
            index = end
        elif character == "\\" and index + 1 < len(segment):
            index += 1
            out += re.escape(segment[index])
        else:
            out += re.escape(character)
        index += 1
    return out + "".join(reversed(closers))
