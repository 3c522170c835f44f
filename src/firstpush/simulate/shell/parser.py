"""The shell's grammar: text → `Script`. In: the text of a script; out: its tree, or what of it precedes a syntax error.

A parser of our own, not tree-sitter-bash: that grammar nests `a && b 2>&1 | c` as `(a && b 2>&1) | c` (0.25.1), which
would give wrong predictions, and its import alone costs as much as a whole `check` may. Checked against `bash -n`.
"""

from __future__ import annotations

import re
from functools import lru_cache

from firstpush.simulate.shell.ast import (
    AndOr,
    Case,
    Command,
    For,
    Function,
    Group,
    If,
    Item,
    Literal,
    Loop,
    Pipeline,
    Script,
    Simple,
    SyntaxProblem,
    Test,
    Unsupported,
    WordNode,
)
from firstpush.simulate.shell.reader import META, ShellSyntaxError
from firstpush.simulate.shell.simple import SimpleParser

MAX_DEPTH = 60
MAX_LENGTH = 1_000_000  # characters of a script that are looked at

_FUNCTION = re.compile(r"([^\s|&;()<>$'\"`\\={}]+)[ \t]*\([ \t]*\)")
_RESERVED_END = frozenset(("in", "then", "elif", "else", "fi", "do", "done", "esac", "}"))


@lru_cache(maxsize=4096)
def parse(text: str) -> Script:
    """The tree of a script. Never raises: what cannot be read is `Script.problem`."""
    if len(text) > MAX_LENGTH:
        return Script((), SyntaxProblem("the script is too long to be followed", 0))
    return Parser(text).script()


class Parser(SimpleParser):
    """Recursive descent; one method a production."""

    def __init__(self, text: str, at: int = 0, depth: int = 0) -> None:
        super().__init__(text, at)
        self.depth = depth
        self.parse_nested = self._nested_script

    # -- lists -----------------------------------------------------------------------------------------------------

    def script(self) -> Script:
        """All commands to the end. The shell runs the lines before a syntax error."""
        done: list[Item] = []
        try:
            while True:
                line = self._items(frozenset(), one_line=True)
                done.extend(line)
                if self.at >= len(self.text):
                    return Script(tuple(done))
                if self.peek() != "\n":
                    raise ShellSyntaxError(f"syntax error near unexpected token `{self._token()}'", self.at)
                self._newline()
        except ShellSyntaxError as error:
            return Script(tuple(done), error.problem)
        except RecursionError:
            return Script((), SyntaxProblem("the script is nested too deeply", self.at))

    def _nested_script(self) -> Script:
        return Script(self._list(frozenset((")",))))

    def _list(self, stops: frozenset[str]) -> tuple[Item, ...]:
        """Commands up to one of the closing words (which stays)."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise ShellSyntaxError("nested too deeply", self.at)
        items = self._items(stops, one_line=False)
        self.depth -= 1
        return tuple(items)

    def _items(self, stops: frozenset[str], one_line: bool) -> list[Item]:
        items: list[Item] = []
        while True:
            self.skip_blanks()
            character = self.peek()
            if character == "\n" and not one_line:
                self._newline()
                continue
            if not character or character == "\n" or (character == ")" and ")" in stops):
                return items
            if self.text.startswith(";;", self.at) and "esac" in stops:
                return items
            if self._reserved() in stops:
                return items
            command = self._and_or()
            self.skip_blanks()
            background = False
            character = self.peek()
            if character == "&" and not self.text.startswith("&&", self.at):
                background = True
                self.at += 1
            elif character == ";" and not self.text.startswith(";;", self.at):
                self.at += 1
            elif character and character not in "\n)" and not (character == ";" and "esac" in stops):
                raise ShellSyntaxError(f"syntax error near unexpected token `{self._token()}'", self.at)
            items.append(Item(command, background))
            if not background and self.text[self.at - 1 : self.at] != ";" and self.peek() not in ("\n", ""):
                return items
            if one_line and self.peek() == ";" and not background:
                raise ShellSyntaxError(f"syntax error near unexpected token `{self._token()}'", self.at)

    # -- and-or, pipelines -----------------------------------------------------------------------------------------

    def _and_or(self) -> Command:
        left = self._pipeline()
        while True:
            self.skip_blanks()
            operator = self.peek(2)
            if operator not in ("&&", "||"):
                return left
            self.at += 2
            self._skip_newlines()
            right = self._pipeline()
            left = AndOr(left, operator, right, left.start, right.end)

    def _pipeline(self) -> Command:
        self.skip_blanks()
        start = self.at
        negated = False
        while self._reserved() == "!":
            negated = not negated
            self.at += 1
            self.skip_blanks()
        if self._reserved() == "time" and self.text[self.at + 4 : self.at + 5] in (" ", "\t"):
            self.at += 4
            self.skip_blanks()
            if self._reserved() == "-p":
                self.at += 2
                self.skip_blanks()
        if negated and (not self.peek() or self.peek() in "\n;)"):
            commands: list[Command] = [Simple((), (), (), start, self.at)]  # `!` alone
        else:
            commands = [self._command()]
        while True:
            self.skip_blanks()
            if self.peek() != "|" or self.peek(2) == "||":
                break
            self.at += 2 if self.peek(2) == "|&" else 1
            self._skip_newlines()
            commands.append(self._command())
        if len(commands) == 1 and not negated:
            return commands[0]
        return Pipeline(tuple(commands), negated, start, commands[-1].end)

    # -- commands --------------------------------------------------------------------------------------------------

    def _command(self) -> Command:
        self.skip_blanks()
        start = self.at
        character = self.peek()
        if not character or (character in "\n|&;)" and self.peek(2) != "&>"):
            at_end = not character
            token = self._token()
            message = (
                "syntax error: unexpected end of file" if at_end else f"syntax error near unexpected token `{token}'"
            )
            raise ShellSyntaxError(message, self.at)
        if character == "(":
            if self.peek(2) == "((":
                found = self._arithmetic_command()
                if found is not None:
                    return found
            self.at += 1
            body = self._list(frozenset((")",)))
            if self.peek() != ")":
                raise ShellSyntaxError("syntax error: unexpected end of file", self.at)
            self.at += 1
            self._not_empty(body)
            return Group(body, self._redirects(), start, self.at, subshell=True)
        word = self._reserved()
        compound = _COMPOUND.get(word)
        if compound is not None:
            return compound(self, start)
        if word in _RESERVED_END:
            raise ShellSyntaxError(f"syntax error near unexpected token `{word}'", self.at)
        function = _FUNCTION.match(self.text, self.at)
        if function is not None:
            self.at = function.end()
            return self._function_body(function.group(1), start)
        return self._simple()

    def _not_empty(self, body: tuple[Item, ...]) -> None:
        if not body:
            raise ShellSyntaxError(f"syntax error near unexpected token `{self._token()}'", self.at)

    def _arithmetic_command(self) -> Command | None:
        start = self.at
        end = self.text.find("))", start)
        if end < 0:
            return None
        self.at = end + 2
        return Unsupported("an arithmetic command", start, self.at)

    def _group(self, start: int) -> Command:
        self.at += 1
        body = self._list(frozenset(("}",)))
        self._expect("}")
        self._not_empty(body)
        return Group(body, self._redirects(), start, self.at)

    def _if(self, start: int) -> Command:
        branches: list[tuple[tuple[Item, ...], tuple[Item, ...]]] = []
        otherwise: tuple[Item, ...] = ()
        self.at += 2
        while True:
            condition = self._list(frozenset(("then",)))
            self._expect("then")
            body = self._list(frozenset(("elif", "else", "fi")))
            self._not_empty(body)
            branches.append((condition, body))
            word = self._reserved()
            if word == "elif":
                self.at += 4
                continue
            if word == "else":
                self.at += 4
                otherwise = self._list(frozenset(("fi",)))
                self._not_empty(otherwise)
            self._expect("fi")
            return If(tuple(branches), otherwise, self._redirects(), start, self.at)

    def _loop(self, start: int) -> Command:
        until = self._reserved() == "until"
        self.at += 5
        condition = self._list(frozenset(("do",)))
        body = self._do()
        return Loop(condition, body, self._redirects(), start, self.at, until)

    def _do(self) -> tuple[Item, ...]:
        self._expect("do")
        body = self._list(frozenset(("done",)))
        self._not_empty(body)
        self._expect("done")
        return body

    def _for(self, start: int) -> Command:
        self.at += 3
        self.skip_blanks()
        if self.peek(2) == "((":
            end = self.text.find("))", self.at)
            if end < 0:
                raise ShellSyntaxError("syntax error: unexpected end of file", self.at)
            self.at = end + 2
            self.skip_blanks()
            if self.peek() == ";":
                self.at += 1
            self._do()
            return Unsupported("a C-style for loop", start, self.at)
        name = self._reserved()
        self.at += len(name)
        self._skip_newlines()
        words: tuple[WordNode, ...] | None = None
        if self._reserved() == "in":
            self.at += 2
            words = self._words()
        self.skip_blanks()
        if self.peek() == ";":
            self.at += 1
        body = self._do()
        return For(name, words, body, self._redirects(), start, self.at)

    def _words(self) -> tuple[WordNode, ...]:
        words: list[WordNode] = []
        while True:
            self.skip_blanks()
            if not self.peek() or self.peek() in META:
                return tuple(words)
            words.append(self.word())

    def _case(self, start: int) -> Command:
        self.at += 4
        self.skip_blanks()
        word = self.word()
        self._expect("in")
        items: list[tuple[tuple[WordNode, ...], tuple[Item, ...], str]] = []
        while True:
            self._skip_newlines()
            if self._reserved() == "esac":
                self.at += 4
                return Case(word, tuple(items), self._redirects(), start, self.at)
            if self.peek() == "(":
                self.at += 1
            patterns: list[WordNode] = []
            while True:
                self.skip_blanks()
                if not self.peek() or self.peek() in META:
                    raise ShellSyntaxError(f"syntax error near unexpected token `{self._token()}'", self.at)
                patterns.append(self.word())
                self.skip_blanks()
                if self.peek() != "|":
                    break
                self.at += 1
            if self.peek() != ")":
                raise ShellSyntaxError(f"syntax error near unexpected token `{self._token()}'", self.at)
            self.at += 1
            body = self._list(frozenset(("esac",)))
            end = next((known for known in (";;&", ";;", ";&") if self.text.startswith(known, self.at)), "")
            self.at += len(end)
            items.append((tuple(patterns), body, end or ";;"))

    def _function(self, start: int) -> Command:
        self.at += len("function")
        self.skip_blanks()
        name = self._reserved()
        self.at += len(name)
        self.skip_blanks()
        if self.peek() == "(":
            self.at += 1
            self.skip_blanks()
            self.at += 1
        return self._function_body(name, start)

    def _function_body(self, name: str, start: int) -> Command:
        self._skip_newlines()
        at = self.at
        body = self._command()
        if isinstance(body, Simple | Function):
            self.at = at
            raise ShellSyntaxError(f"syntax error near unexpected token `{self._token()}'", at)
        return Function(name, body, start, self.at)

    def _test(self, start: int) -> Command:
        self.at += 2
        words: list[WordNode] = []
        while True:
            self._skip_newlines()
            at = self.at
            if at >= len(self.text):
                raise ShellSyntaxError("unexpected EOF in conditional expression", at)
            operator = next(
                (known for known in ("&&", "||", "(", ")", "<", ">") if self.text.startswith(known, at)), None
            )
            if operator is not None:
                self.at += len(operator)
                words.append(WordNode((Literal(operator, at, self.at),), at, self.at))
                continue
            # The right side of `=~` may hold parentheses.
            regular = bool(words) and words[-1].literal == "=~"
            word = self.word(frozenset(" \t\n")) if regular else self.word()
            if self.at == at:
                raise ShellSyntaxError(f"syntax error in conditional expression near `{self._token()}'", at)
            if word.literal == "]]":
                return Test(tuple(words), self._redirects(), start, self.at)
            words.append(word)

    def _unsupported(self, start: int) -> Command:
        word = self._reserved()
        self.at = len(self.text)
        return Unsupported(f"`{word}`", start, self.at)


_COMPOUND = {
    "{": Parser._group,
    "if": Parser._if,
    "while": Parser._loop,
    "until": Parser._loop,
    "for": Parser._for,
    "case": Parser._case,
    "function": Parser._function,
    "[[": Parser._test,
    "select": Parser._unsupported,
    "coproc": Parser._unsupported,
}
