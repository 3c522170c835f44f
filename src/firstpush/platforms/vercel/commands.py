"""A command of vercel.json as simple commands with places, for what can be said without running the shell.

In: a command's text with its map to the file. Out: `Simple` commands. Only the plain cases are read; anything with
substitutions, here-documents or compound commands is `opaque`, and nothing is concluded from it.
"""

from __future__ import annotations

import re

from firstpush.model.text import Span, SpannedText
from firstpush.model.value import dataclass

_WORD = re.compile(r"""(?:[^\s;&|<>()'"\\]|\\.|'[^']*'|"(?:[^"\\]|\\.)*")+""")
_OPERATOR = re.compile(r"&&|\|\||;|\n|\||&(?!>)")
_OPAQUE = re.compile(r"\$\(|`|<<|^\s*(?:if|for|while|case|until|function)\b|[(){}]", re.MULTILINE)
_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*=")

#: Programs that make no folder and no file worth publishing.
QUIET = {
    "true",
    ":",
    "echo",
    "pip",
    "pip3",
    "uv",
    "python3-pip",
    "ls",
    "pwd",
    "cd",
    "export",
    "source",
    ".",
    "set",
    "which",
}


@dataclass(frozen=True, slots=True)
class Simple:
    """One simple command. `words`: unquoted, without leading assignments; `spans`: of each word; `before`: the operator
    in front of it; `redirected`: whether it writes to a file by `>`; `start`, `end`: its characters in the line."""

    words: tuple[str, ...]
    spans: tuple[Span | None, ...]
    span: Span | None
    before: str = ""
    redirected: bool = False
    start: int = 0
    end: int = 0

    @property
    def program(self) -> str:
        return self.words[0].rpartition("/")[2] if self.words else ""

    def word_span(self, *texts: str) -> Span | None:
        """The place of the first word that is one of these."""
        return next((span for word, span in zip(self.words, self.spans) if word in texts), None)


@dataclass(frozen=True, slots=True)
class Install:
    """An install command. `tool`: pip or uv; `requirements`: the files of `-r`; `names`: what else it installs;
    `target`: `--target`/`--prefix` given."""

    tool: str
    simple: Simple
    flags: frozenset[str]
    requirements: tuple[str, ...]
    names: tuple[str, ...]
    target: bool

    @property
    def upgrades_tools(self) -> bool:
        """Only pip, setuptools, wheel, uv themselves."""
        return bool(self.names) and not self.requirements and set(self.names) <= {"pip", "setuptools", "wheel", "uv"}


def split(text: SpannedText) -> list[Simple] | None:
    """The simple commands of a command line, or None when it is opaque."""
    raw = text.text
    if _OPAQUE.search(re.sub(r"'[^']*'", lambda found: "'" + "x" * (len(found[0]) - 2) + "'", raw)):
        return None
    commands: list[Simple] = []
    start, before = 0, ""
    for end, operator in _operators(raw):
        simple = _simple(text, start, end, before)
        if simple is not None:
            commands.append(simple)
        start, before = end + len(operator), operator.strip() or ";"
    return commands


def _operators(raw: str) -> list[tuple[int, str]]:
    """Offsets of the operators outside quotes, and the end."""
    found: list[tuple[int, str]] = []
    quote, index = "", 0
    while index < len(raw):
        character = raw[index]
        if quote:
            if character == "\\" and quote == '"':
                index += 1
            elif character == quote:
                quote = ""
        elif character in "'\"":
            quote = character
        elif character == "\\":
            index += 1
        else:
            operator = _OPERATOR.match(raw, index)
            if operator is not None and not (character == "&" and raw[index - 1 : index] in (">", "<")):
                found.append((index, operator[0]))
                index = operator.end()
                continue
        index += 1
    return [*found, (len(raw), "")]


def _simple(text: SpannedText, start: int, end: int, before: str) -> Simple | None:
    words: list[str] = []
    spans: list[Span | None] = []
    redirected = False
    first: int | None = None
    last = start
    skip = False
    for found in _WORD.finditer(text.text, start, end):
        lead = text.text[last : found.start()]
        last = found.end()
        if ">" in lead or "<" in lead:
            redirected = redirected or (">" in lead and not found[0].startswith(("/dev/null", "&")))
            continue
        if skip or (re.fullmatch(r"\d", found[0]) and text.text[found.end() : found.end() + 1] == ">"):
            continue
        if found[0].startswith("#") and (not lead or lead[-1].isspace()):
            break
        if not words and _ASSIGNMENT.match(found[0]):
            continue
        first = found.start() if first is None else first
        words.append(_unquoted(found[0]))
        spans.append(text.span(found.start(), found.end()))
    if first is None:
        return None
    return Simple(tuple(words), tuple(spans), text.span(first, last), before, redirected, first, last)


def _unquoted(word: str) -> str:
    out = re.sub(
        r"'([^']*)'|\"((?:[^\"\\]|\\.)*)\"", lambda found: found[1] if found[1] is not None else found[2], word
    )
    return re.sub(r"\\(.)", r"\1", out)


def as_install(simple: Simple) -> Install | None:
    """The command read as `pip install` or `uv pip install`, or None."""
    words = list(simple.words)
    if not words:
        return None
    program = simple.program
    if re.fullmatch(r"python[\d.]*", program) and words[1:3] == ["-m", "pip"]:
        tool, rest = "pip", words[3:]
    elif re.fullmatch(r"pip[\d.]*", program):
        tool, rest = "pip", words[1:]
    elif program == "uv" and words[1:2] == ["pip"]:
        tool, rest = "uv", words[2:]
    else:
        return None
    if "install" not in rest:
        return None
    files, names, flags, target = [], [], set(), False
    arguments = iter(rest[rest.index("install") + 1 :])
    for word in arguments:
        name, equals, value = word.partition("=")
        if name in ("-r", "--requirement", "--requirements"):
            files.append(value if equals else next(arguments, ""))
        elif word.startswith("-r") and len(word) > 2:
            files.append(word[2:])
        elif name in ("-t", "--target", "--prefix", "--root"):
            target = True
            if not equals:
                next(arguments, "")
        elif name in ("-c", "--constraint", "-i", "--index-url", "--extra-index-url", "-f", "--find-links", "--python"):
            if not equals:
                next(arguments, "")
            flags.add(name)
        elif word.startswith("-"):
            flags.add(name)
        else:
            names.append(re.split(r"[\[<>=!~;@ ]", word)[0].lower())
    return Install(tool, simple, frozenset(flags), tuple(files), tuple(names), target)


def makes_nothing(simple: Simple) -> bool:
    """Whether the command surely leaves no folder behind that could be published."""
    if simple.redirected:
        return False
    install = as_install(simple)
    if install is not None:
        return not install.target
    if simple.program in ("uv", "pip", "pip3"):
        return simple.words[1:2] in ((), ("sync",), ("--version",), ("list",), ("freeze",), ("check",))
    if re.fullmatch(r"python[\d.]*", simple.program):
        return simple.words[1:2] in (("--version",), ("-V",))
    return simple.program in QUIET
