"""`test`, `[ … ]` and `[[ … ]]`. In: words; out: a `Status` of 0 or 1, or unknown."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from firstpush.model.cause import Cause
from firstpush.model.diagnostic import Label
from firstpush.model.outcome import Failure
from firstpush.model.text import SpannedText
from firstpush.simulate.filesystem import File
from firstpush.simulate.invocation import Word
from firstpush.simulate.shell.ast import Test, WordNode
from firstpush.simulate.shell.expansion import Expander, absolute
from firstpush.simulate.shell.patterns import matches
from firstpush.simulate.shell.session import OK, Shell, Status, unknown

if TYPE_CHECKING:
    from firstpush.simulate.shell.commands import Call
    from firstpush.simulate.shell.runner import Runner

_UNARY = frozenset(
    [
        "-e",
        "-f",
        "-d",
        "-r",
        "-w",
        "-x",
        "-s",
        "-L",
        "-h",
        "-z",
        "-n",
        "-v",
        "-p",
        "-S",
        "-b",
        "-c",
        "-g",
        "-u",
        "-k",
        "-O",
        "-G",
        "-N",
        "-t",
        "-o",
        "-a",
        "-R",
    ]
)
_NUMERIC = frozenset(("-eq", "-ne", "-lt", "-le", "-gt", "-ge"))
_BINARY = _NUMERIC | {"=", "==", "!=", "<", ">", "-nt", "-ot", "-ef", "=~"}

Truth = bool | None


def status_of(truth: Truth, failure: Failure, why: str) -> Status:
    if truth is None:
        return unknown(why)
    return OK if truth else Status(1, failure, quiet=True)


def builtin_test(call: Call) -> Status:
    """`test …` and `[ … ]`."""
    words = list(call.argv[1:])
    if call.name == "[":
        if not words or words[-1].text != "]":
            return call.failure(Cause.OTHER, "`[` needs a closing `]`", code=2)
        words.pop()
    evaluator = _Evaluator(call.run, call.shell, words)
    try:
        truth = evaluator.classic()
    except _Malformed as error:
        return call.failure(Cause.OTHER, f"`{call.name}`: {error}", code=2, quiet=True)
    failure = call.failure(Cause.OTHER, "the condition does not hold").failure
    assert failure is not None
    return status_of(truth, failure, evaluator.why)


def extended_test(run: Runner, node: Test, shell: Shell, source: SpannedText) -> Status:
    """`[[ … ]]`: no splitting, patterns on the right side."""
    expander = Expander(run, shell, source)
    evaluator = _Evaluator(run, shell, [], expander, list(node.words))
    why = "the condition does not hold"
    span = source.span(node.start, node.end)
    failure = Failure(Cause.OTHER, why, Label(span, why) if span is not None else None)
    try:
        return status_of(evaluator.extended(), failure, evaluator.why)
    except _Malformed as error:
        return unknown(f"this condition is not followed: {error}")


def not_in_sh(node: Test, source: SpannedText) -> Status:
    """dash has no `[[`: it looks for a program of that name."""
    why = "`[[`: not found: this is a command of bash, and the shell here is sh"
    span = source.span(node.start, min(node.start + 2, node.end))
    label = Label(span, "not in sh") if span is not None else None
    return Status(127, Failure(Cause.COMMAND_NOT_FOUND, why, label, output="sh: 1: [[: not found"))


class _Malformed(Exception):
    pass


class _Evaluator:
    """Recursive descent over words; `nodes` are used for `[[ … ]]`, whose words are expanded when reached."""

    def __init__(
        self,
        run: Runner,
        shell: Shell,
        words: list[Word],
        expander: Expander | None = None,
        nodes: list[WordNode] | None = None,
    ) -> None:
        self.run = run
        self.shell = shell
        self.words = words
        self.expander = expander
        self.nodes = nodes or []
        self.at = 0
        self.why = "the condition is not known"

    # -- [ … ] -------------------------------------------------------------------------------------------------------

    def classic(self) -> Truth:
        words = self.words
        if not words:
            return False
        if len(words) == 1:
            return self._not_empty(words[0])
        if len(words) == 3 and words[1].text in _BINARY:
            return self._binary(words[1].text or "", words[0], words[2])
        truth = self._or()
        if self.at != len(words):
            raise _Malformed("too many arguments")
        return truth

    def _or(self) -> Truth:
        truth = self._and()
        while self._next() == "-o":
            self.at += 1
            other = self._and()
            truth = _either(truth, other)
        return truth

    def _and(self) -> Truth:
        truth = self._primary()
        while self._next() == "-a":
            self.at += 1
            other = self._primary()
            truth = _both(truth, other)
        return truth

    def _next(self) -> str | None:
        return self.words[self.at].text if self.at < len(self.words) else None

    def _primary(self) -> Truth:
        words, at = self.words, self.at
        if at >= len(words):
            raise _Malformed("argument expected")
        text = words[at].text
        if text == "!" and at + 1 < len(words):
            self.at += 1
            inner = self._primary()
            return None if inner is None else not inner
        if text == "(":
            self.at += 1
            inner = self._or()
            if self._next() != ")":
                raise _Malformed("`)' expected")
            self.at += 1
            return inner
        if at + 2 < len(words) and words[at + 1].text in _BINARY:
            self.at += 3
            return self._binary(words[at + 1].text or "", words[at], words[at + 2])
        if text in _UNARY and at + 1 < len(words):
            self.at += 2
            return self._unary(text or "", words[at + 1])
        self.at += 1
        return self._not_empty(words[at])

    # -- [[ … ]] -----------------------------------------------------------------------------------------------------

    def extended(self) -> Truth:
        truth = self._extended_or()
        if self.at != len(self.nodes):
            raise _Malformed("unexpected word")
        return truth

    def _literal(self) -> str | None:
        return self.nodes[self.at].literal if self.at < len(self.nodes) else None

    def _extended_or(self) -> Truth:
        truth = self._extended_and()
        while self._literal() == "||":
            self.at += 1
            truth = _either(truth, self._extended_and())
        return truth

    def _extended_and(self) -> Truth:
        truth = self._extended_primary()
        while self._literal() == "&&":
            self.at += 1
            truth = _both(truth, self._extended_primary())
        return truth

    def _extended_primary(self) -> Truth:
        assert self.expander is not None
        literal = self._literal()
        if literal is None and self.at >= len(self.nodes):
            raise _Malformed("a condition is missing")
        if literal == "!":
            self.at += 1
            inner = self._extended_primary()
            return None if inner is None else not inner
        if literal == "(":
            self.at += 1
            inner = self._extended_or()
            if self._literal() != ")":
                raise _Malformed("`)` is missing")
            self.at += 1
            return inner
        if literal in _UNARY and self.at + 1 < len(self.nodes):
            word = self.expander.word(self.nodes[self.at + 1])
            self.at += 2
            return self._unary(literal or "", word)
        left = self.expander.word(self.nodes[self.at])
        self.at += 1
        operator = self._literal()
        if operator not in _BINARY or self.at + 1 >= len(self.nodes):
            return self._not_empty(left)
        right = self.nodes[self.at + 1]
        self.at += 2
        if operator in ("=", "==", "!="):
            pattern = self.expander.pattern(right)
            if pattern is None or left.text is None:
                return self._unknown(left)
            return matches(pattern, left.text) == (operator != "!=")
        if operator == "=~":
            return self._regular(left, self.expander.word(right))
        return self._binary(operator or "", left, self.expander.word(right))

    def _regular(self, left: Word, right: Word) -> Truth:
        if left.text is None or right.text is None or len(left.text) > 1000 or len(right.text) > 200:
            return self._unknown(left)
        if not re.fullmatch(r"[\w\s.^$|\-/:@+*?\[\]\\]*", right.text):
            return self._unknown(right)
        try:
            return re.search(right.text, left.text) is not None
        except re.error:
            return self._unknown(right)

    # -- primaries ---------------------------------------------------------------------------------------------------

    def _unknown(self, word: Word) -> Truth:
        self.why = word.why or "the condition is not known"
        return None

    def _not_empty(self, word: Word) -> Truth:
        return self._unknown(word) if word.text is None else word.text != ""

    def _binary(self, operator: str, left: Word, right: Word) -> Truth:
        if left.text is None or right.text is None:
            return self._unknown(left if left.text is None else right)
        if operator in ("=", "=="):
            return left.text == right.text
        if operator == "!=":
            return left.text != right.text
        if operator in ("<", ">"):
            return left.text < right.text if operator == "<" else left.text > right.text
        if operator in _NUMERIC:
            if not (_integer(left.text) and _integer(right.text)):
                raise _Malformed("integer expression expected")
            a, b = int(left.text), int(right.text)
            return {
                "-eq": a == b, "-ne": a != b, "-lt": a < b, "-le": a <= b, "-gt": a > b, "-ge": a >= b
            }[operator]  # fmt: skip
        return None

    def _unary(self, operator: str, word: Word) -> Truth:
        if word.text is None:
            return self._unknown(word)
        if operator == "-z":
            return word.text == ""
        if operator == "-n":
            return word.text != ""
        if operator in ("-v", "-R"):
            shell = self.shell
            known = word.text in shell.variables or word.text in shell.arrays
            return True if known else (None if shell.open_environment else False)
        if operator == "-t":
            return False
        path = absolute(word.text, self.shell.cwd)
        files = self.run.state.files
        if word.text == "":
            return False
        if operator in ("-e", "-a"):
            return files.exists(path)
        if operator in ("-L", "-h"):
            return files.is_link(path)
        node = files.node(path)
        if node is None:
            return files.exists(path)
        if operator == "-f":
            return isinstance(node, File) and not path.startswith("/dev/")
        if operator == "-d":
            return not isinstance(node, File)
        if operator == "-x":
            return not isinstance(node, File) or bool(node.mode & 0o111)
        if operator == "-r":
            return not isinstance(node, File) or self.shell.user.uid == 0 or bool(node.mode & 0o444)
        if operator == "-w":
            return files.writable(path, self.shell.user) is None
        if operator == "-s":
            text = files.text(path)
            return None if text is None else text != ""
        return None


def _integer(text: str) -> bool:
    return re.fullmatch(r"\s*[-+]?\d{1,18}\s*", text) is not None


def _both(left: Truth, right: Truth) -> Truth:
    if left is False or right is False:
        return False
    return None if left is None or right is None else True


def _either(left: Truth, right: Truth) -> Truth:
    if left is True or right is True:
        return True
    return None if left is None or right is None else False
