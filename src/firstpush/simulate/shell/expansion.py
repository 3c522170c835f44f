"""Words to arguments: parameters, substitutions, arithmetic, splitting, file names. Unknown stays unknown.

In: word nodes and a shell; out: `Word`s whose text is None where it cannot be known, with the reason.
"""

from __future__ import annotations

import re
from posixpath import join
from typing import TYPE_CHECKING

from firstpush.model.cause import Cause
from firstpush.model.diagnostic import Label
from firstpush.model.outcome import Failure
from firstpush.model.text import SpannedText
from firstpush.simulate.invocation import Word
from firstpush.simulate.shell.arithmetic import evaluate
from firstpush.simulate.shell.ast import Arithmetic, Literal, Parameter, Process, Substitution, WordNode
from firstpush.simulate.shell.patterns import GLOB, compiled, expand_braces, file_names, matches, quote
from firstpush.simulate.shell.session import Exit, Shell, Status

if TYPE_CHECKING:
    from collections.abc import Sequence

    from firstpush.simulate.shell.runner import Runner

MAX_WORDS = 10_000

Piece = tuple[str, int, int]


class Field:
    """A word being put together. `many`: an unknown part may be any number of words."""

    __slots__ = ("pattern", "pieces", "quoted", "started", "why")

    def __init__(self) -> None:
        self.pieces: list[Piece] = []
        self.pattern: list[str] = []  # the text with quoted characters escaped, for globbing
        self.quoted = False
        self.started = False
        self.why: str | None = None

    def add(self, text: str, start: int, end: int, quoted: bool) -> None:
        self.started = self.started or quoted or bool(text)
        self.pieces.append((text, start, end))
        self.pattern.append(quote(text) if quoted else text)
        if not quoted and GLOB & set(text):
            self.quoted = True  # has live pattern characters

    def unknown(self, why: str) -> None:
        self.started = True
        self.why = self.why or why or "its value is not known"

    @property
    def text(self) -> str:
        return "".join(piece[0] for piece in self.pieces)


class Expander:
    """Expands the words of one script (`source`) in one shell."""

    __slots__ = ("run", "shell", "source")

    def __init__(self, run: Runner, shell: Shell, source: SpannedText) -> None:
        self.run = run
        self.shell = shell
        self.source = source

    def words(self, nodes: Sequence[WordNode]) -> list[Word]:
        """The arguments that these words become."""
        found: list[Word] = []
        for node in nodes:
            literal = node.parts[0] if len(node.parts) == 1 else None
            if isinstance(literal, Literal) and (literal.quoted or not _SPECIAL & set(literal.text)):
                pieces = (self.source, ((literal.text, literal.start, literal.end),))
                found.append(Word(literal.text, self.source.span(node.start, node.end), "", pieces))
                continue
            for alternative in expand_braces(node) if self.shell.dialect == "bash" else (node,):
                found += self._words(alternative)
                if len(found) > MAX_WORDS:
                    return found[:MAX_WORDS]
        return found

    def _words(self, node: WordNode) -> list[Word]:
        span = self.source.span(node.start, node.end)
        found: list[Word] = []
        for field in self.fields(node):
            if field.why is not None:
                found.append(Word(None, span, field.why))
                continue
            pieces = (self.source, tuple(field.pieces))
            if field.quoted:
                names = file_names("".join(field.pattern), self.shell.cwd, self.run.state.files)
                if names is None:
                    found.append(Word(None, span, f"the files that `{field.text}` names are not known"))
                    continue
                if names or self.shell.nullglob:
                    found += [Word(name, span) for name in names]
                    continue
            found.append(Word(field.text, span, "", pieces))
        return found

    def value(self, node: WordNode | None) -> tuple[str | None, str]:
        """The text of a word that is neither split nor matched against files, and why it is not known."""
        if node is None:
            return "", ""
        fields = self.fields(node, split=False)
        if not fields:
            return "", ""
        field = fields[0]
        return (None, field.why) if field.why is not None else (" ".join(f.text for f in fields), "")

    def word(self, node: WordNode) -> Word:
        """Like `value`, as a `Word` with its place."""
        fields = self.fields(node, split=False)
        span = self.source.span(node.start, node.end)
        if not fields:
            return Word("", span)
        if fields[0].why is not None:
            return Word(None, span, fields[0].why)
        return Word(fields[0].text, span, "", (self.source, tuple(fields[0].pieces)))

    def pattern(self, node: WordNode) -> str | None:
        """The word as a pattern, quoted characters escaped; None when not known."""
        fields = self.fields(node, split=False)
        if not fields:
            return ""
        return None if fields[0].why is not None else "".join(fields[0].pattern)

    def fields(self, node: WordNode, split: bool = True) -> list[Field]:
        done: list[Field] = []
        field = Field()
        for number, part in enumerate(node.parts):
            if isinstance(part, Literal):
                text = part.text
                if number == 0 and not part.quoted and text.startswith("~"):
                    text = self._tilde(text, field, alone=len(node.parts) == 1)
                field.add(text, part.start, part.end, part.quoted)
                continue
            if isinstance(part, Process):
                field.unknown("a process substitution is a file of unknown name")
                continue
            if isinstance(part, Parameter) and part.name in ("@", "*") and not part.operator:
                texts = self._arguments(part, part.quoted and part.name == "*")
                field = self._many(done, field, texts, part)
                continue
            if isinstance(part, Parameter) and part.index in ("@", "*") and not part.operator:
                field = self._many(done, field, self._array(part.name), part)
                continue
            text_or_none, why = self._part(part)
            if text_or_none is None:
                field.unknown(why)
            elif part.quoted or not split:
                field.add(text_or_none, part.start, part.end, True)
            else:
                field = self._split(done, field, text_or_none, part.start, part.end)
        if field.started or (not split and not done):
            done.append(field)
        return done

    def _tilde(self, text: str, field: Field, alone: bool) -> str:
        name, slash, rest = text.partition("/")
        if name != "~" or (not slash and not alone):
            return text
        home = self.shell.variables.get("HOME", self.shell.user.home)
        if home is None:
            field.unknown("HOME is not known")
            return text
        return home + slash + rest

    def _arguments(self, part: Parameter, joined: bool) -> list[Word]:
        words = list(self.shell.arguments)
        if joined and words and all(word.text is not None for word in words):
            return [Word(" ".join(word.text or "" for word in words))]
        return words

    def _array(self, name: str) -> list[Word]:
        if name in self.shell.arrays:
            return self.shell.arrays[name]
        value = self.shell.variables.get(name, "")
        return [Word(value, why=f"`{name}` is not known")] if value != "" else []

    def _many(self, done: list[Field], field: Field, words: list[Word], part: Parameter) -> Field:
        for number, word in enumerate(words):
            if number:
                done.append(field)
                field = Field()
            if word.text is None:
                field.unknown(word.why)
            elif part.quoted:
                field.add(word.text, part.start, part.end, True)
            else:
                field = self._split(done, field, word.text, part.start, part.end)
        return field

    def _split(self, done: list[Field], field: Field, text: str, start: int, end: int) -> Field:
        separators = self.shell.variables.get("IFS", " \t\n")
        if separators is None:
            field.unknown("IFS is not known")
            return field
        if separators == "":
            field.add(text, start, end, False)
            return field
        parts = re.split(f"[{re.escape(separators)}]+", text)
        for number, part in enumerate(parts):
            if number and field.started:
                done.append(field)
                field = Field()
            if part:
                field.add(part, start, end, False)
        return field

    # -- values ----------------------------------------------------------------------------------------------------

    def _part(self, part: Parameter | Substitution | Arithmetic) -> tuple[str | None, str]:
        if isinstance(part, Substitution):
            source = self.source if part.source is None else SpannedText(part.source)
            return self.run.capture(part.script, self.shell, source)
        if isinstance(part, Arithmetic):
            value = evaluate(part.text, self.shell.variables)
            return (str(value), "") if value is not None else (None, f"`$(({part.text}))` is not worked out")
        return self._parameter(part)

    def lookup(self, name: str, index: str | None = None) -> tuple[bool, str | None]:
        """Whether a parameter is set, and its value (None: not known)."""
        shell = self.shell
        if index is not None:
            words = self._array(name)
            if not index.isdigit():
                return True, None
            if int(index) < len(words):
                return True, words[int(index)].text
            return False, ""
        if name in shell.variables:
            return True, shell.variables[name]
        if name in shell.arrays:
            words = shell.arrays[name]
            return (True, words[0].text) if words else (False, "")
        if name.isdigit():
            number = int(name)
            if number == 0:
                return True, shell.name
            if number <= len(shell.arguments):
                return True, shell.arguments[number - 1].text
            return False, ""
        special = _special(name, shell)
        if special is not _MISSING:
            return True, special if isinstance(special, str) else None
        if shell.open_environment:
            return True, None
        return False, ""

    def _parameter(self, part: Parameter) -> tuple[str | None, str]:
        name, operator = part.name, part.operator
        not_posix = operator in _BASH_ONLY or part.index is not None
        if operator == "bad" or (not_posix and self.shell.dialect == "sh"):
            raise Exit(self._failure(part, Cause.SHELL_QUOTING, "this is no substitution that the shell knows", 1))
        if operator == "indirect":
            _, target = self.lookup(name)
            return (None, f"`{name}` is not known") if target is None else (self.lookup(target)[1], "not known")
        is_set, value = self.lookup(name, part.index)
        why = f"the value of `${name}` is not known here"
        if operator in (":-", "-", ":=", "=", ":?", "?", ":+", "+"):
            return self._default(part, is_set, value, why)
        if not is_set and self.shell.nounset and name not in ("@", "*"):
            raise Exit(self._failure(part, Cause.OTHER, f"`{name}` is not set (the shell runs with `set -u`)", 1))
        if operator == "length":
            if name in ("@", "*"):
                return str(len(self.shell.arguments)), ""
            if part.index in ("@", "*"):
                return str(len(self._array(name))), ""
            return (None, why) if value is None else (str(len(value)), "")
        if value is None:
            return None, why
        return self._changed(part, value)

    def _default(self, part: Parameter, is_set: bool, value: str | None, why: str) -> tuple[str | None, str]:
        operator = part.operator
        if is_set and value is None:
            if operator in ("-", "=", "?") and part.name in self.shell.variables:
                return None, why
            return None, why
        present = is_set and (value != "" or not operator.startswith(":"))
        kind = operator[-1]
        if kind == "+":
            return self.value(part.argument) if present else ("", "")
        if present:
            return value, why
        if kind == "?":
            message = self.value(part.argument)[0] or "parameter null or not set"
            raise Exit(self._failure(part, Cause.OTHER, f"`{part.name}` is not set: {message}", 127))
        found, reason = self.value(part.argument)
        if kind == "=":
            self.shell.set(part.name, found)
        return found, reason

    def _changed(self, part: Parameter, value: str) -> tuple[str | None, str]:
        operator = part.operator
        if not operator:
            return value, ""
        pattern = self.pattern(part.argument) if part.argument is not None else ""
        if pattern is None:
            return None, "the pattern is not known"
        if operator in ("#", "##", "%", "%%"):
            return _trimmed(value, pattern, operator), ""
        if operator in ("/", "//"):
            replacement = self.value(part.replacement)[0]
            if replacement is None:
                return None, "the replacement is not known"
            if not pattern:
                return value, ""
            anchored = pattern[0] in "#%" and pattern[0]
            expression = compiled(pattern[1:] if anchored else pattern).pattern
            expression = f"^{expression}" if anchored == "#" else f"{expression}$" if anchored == "%" else expression
            count = 0 if operator == "//" else 1
            return re.sub(expression, lambda _: replacement, value, count=count, flags=re.DOTALL), ""
        if operator in ("^^", ",,", "^", ","):
            change = str.upper if operator[0] == "^" else str.lower
            return (change(value) if len(operator) == 2 else change(value[:1]) + value[1:]), ""
        if operator == ":":
            numbers = [evaluate(text, self.shell.variables) for text in (self.value(part.argument)[0] or "").split(":")]
            if any(number is None for number in numbers):
                return None, "the substring is not known"
            start = numbers[0] or 0
            start = max(len(value) + start, 0) if start < 0 else start
            length = numbers[1] if len(numbers) > 1 else None
            end = None if length is None else start + length if length >= 0 else length
            return value[start:end], ""
        return None, f"`{operator}` is not followed"

    def _failure(self, part: Parameter, cause: Cause, why: str, code: int) -> Status:
        span = self.source.span(part.start, part.end)
        label = Label(span, why) if span is not None else None
        return Status(code, Failure(cause, why, label))


_SPECIAL = frozenset("*?[]{}~$`\\")
_BASH_ONLY = frozenset(("/", "//", "^", "^^", ",", ",,", ":", "indirect", "@"))
_MISSING = object()


def _special(name: str, shell: Shell) -> object:
    """The value of a parameter that the shell itself sets; None: not known; `_MISSING`: it is none of them."""
    if name == "?":
        return str(shell.last.code) if shell.last.code is not None else None
    if name == "#":
        return str(len(shell.arguments))
    if name == "PWD":
        return shell.cwd
    if name in ("UID", "EUID") and shell.dialect == "bash":
        return str(shell.user.uid)
    if name in (
        "$",
        "!",
        "-",
        "RANDOM",
        "SECONDS",
        "LINENO",
        "HOSTNAME",
        "BASHPID",
        "BASH_SOURCE",
        "PPID",
        "EPOCHSECONDS",
    ):
        return None
    if name == "BASH_VERSION" and shell.dialect == "bash":
        return None
    if name in ("BASH", "SHELL") and shell.dialect == "bash":
        return "/bin/bash"
    return _MISSING


def _trimmed(value: str, pattern: str, operator: str) -> str:
    lengths = range(len(value) + 1)
    if operator in ("#", "##"):
        for length in lengths if operator == "#" else reversed(lengths):
            if matches(pattern, value[:length]):
                return value[length:]
    else:
        for length in lengths if operator == "%" else reversed(lengths):
            if matches(pattern, value[len(value) - length :]):
                return value[: len(value) - length]
    return value


def absolute(path: str, cwd: str) -> str:
    """The path as seen from a working directory, links not followed."""
    return path if path.startswith("/") else join(cwd, path)
