"""Reads words: quotes, escapes, expansions. In: a text and a position; out: `WordNode`s. The grammar is in `parser`."""

from __future__ import annotations

from collections.abc import Callable

from firstpush.simulate.shell.ast import (
    Arithmetic,
    Literal,
    Parameter,
    Part,
    Process,
    Script,
    Substitution,
    SyntaxProblem,
    WordNode,
)

BLANK = " \t"
META = frozenset(" \t\n|&;()<>")
_SPECIAL = frozenset("@*#?-$!0123456789")
_NAME = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_")
_NAME_MORE = _NAME | frozenset("0123456789")
_OPERATORS = (
    ":-",
    ":=",
    ":?",
    ":+",
    "##",
    "%%",
    "//",
    "^^",
    ",,",
    "-",
    "=",
    "?",
    "+",
    "#",
    "%",
    "/",
    "^",
    ",",
    ":",
    "@",
)
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "f": "\f", "v": "\v", "e": "\x1b", "E": "\x1b"}


class ShellSyntaxError(Exception):
    """Ends the reading; becomes a `SyntaxProblem`."""

    def __init__(self, message: str, at: int, quote: bool = False) -> None:
        super().__init__(message)
        self.problem = SyntaxProblem(message, at, quote)


class Reader:
    """A position in a text. `parse_nested(start, closing)` parses commands up to a closing parenthesis."""

    def __init__(self, text: str, at: int = 0) -> None:
        self.text = text
        self.at = at
        self.depth = 0
        self.parse_nested: Callable[[], Script]

    def peek(self, length: int = 1) -> str:
        return self.text[self.at : self.at + length]

    def skip_blanks(self) -> None:
        text = self.text
        while self.at < len(text):
            character = text[self.at]
            if character in BLANK:
                self.at += 1
            elif character == "\\" and text[self.at + 1 : self.at + 2] == "\n":
                self.at += 2
            elif character == "#" and (self.at == 0 or text[self.at - 1] in " \t\n;&|()"):
                end = text.find("\n", self.at)
                self.at = len(text) if end < 0 else end
            else:
                return

    def word(self, stops: frozenset[str] = META) -> WordNode:
        """The word at the position (at least one character of it is there)."""
        start = self.at
        parts: list[Part] = []
        text = self.text
        while self.at < len(text):
            character = text[self.at]
            if character in stops:
                if character in "<>" and text[self.at + 1 : self.at + 2] == "(" and stops is META:
                    parts.append(self._process())
                    continue
                break
            self._part(parts, stops)
        return WordNode(tuple(parts), start, self.at)

    def _part(self, parts: list[Part], stops: frozenset[str]) -> None:
        character = self.text[self.at]
        if character == "'":
            parts.append(self._single())
        elif character == '"':
            self._double(parts)
        elif character == "\\":
            self._escape(parts)
        elif character == "`":
            parts.append(self._backquoted(quoted=False))
        elif character == "$":
            following = self.text[self.at + 1 : self.at + 2]
            if following == "'":
                parts.append(self._ansi())
            elif following == '"':
                self.at += 1
                self._double(parts)
            else:
                parts.append(self._dollar(quoted=False))
        else:
            start = self.at
            text = self.text
            while self.at < len(text) and text[self.at] not in stops and text[self.at] not in "'\"\\`$":
                self.at += 1
            parts.append(Literal(text[start : self.at], start, self.at))

    def _single(self) -> Literal:
        start = self.at
        end = self.text.find("'", start + 1)
        if end < 0:
            raise ShellSyntaxError("unexpected EOF while looking for matching `''", start, quote=True)
        self.at = end + 1
        return Literal(self.text[start + 1 : end], start + 1, end, quoted=True)

    def _escape(self, parts: list[Part]) -> None:
        start = self.at
        following = self.text[start + 1 : start + 2]
        self.at += 2 if following else 1
        if following == "\n":
            return
        parts.append(Literal(following or "\\", start, self.at, quoted=True))

    def _ansi(self) -> Literal:
        start = self.at
        self.at += 2
        found: list[str] = []
        text = self.text
        while self.at < len(text):
            character = text[self.at]
            if character == "'":
                self.at += 1
                return Literal("".join(found), start, self.at, quoted=True)
            if character == "\\":
                following = text[self.at + 1 : self.at + 2]
                self.at += 2
                found.append(_ESCAPES.get(following, following if following in "\\'\"?" else "\\" + following))
                continue
            found.append(character)
            self.at += 1
        raise ShellSyntaxError("unexpected EOF while looking for matching `''", start, quote=True)

    def _double(self, parts: list[Part]) -> None:
        start = self.at
        self.at += 1
        count = len(parts)
        self.until_quote(parts, '"', start)
        if len(parts) == count:
            parts.append(Literal("", start + 1, start + 1, quoted=True))

    def until_quote(self, parts: list[Part], closing: str, start: int) -> None:
        """Parts as in double quotes up to `closing` (or to the end of the text for a here-document, closing "")."""
        text = self.text
        while True:
            if self.at >= len(text):
                if not closing:
                    return
                raise ShellSyntaxError(f"unexpected EOF while looking for matching `{closing}'", start, quote=True)
            character = text[self.at]
            if character == closing:
                self.at += 1
                return
            if character == "\\":
                following = text[self.at + 1 : self.at + 2]
                special = '$`"\\' if closing else "$`\\"
                if following == "\n":
                    self.at += 2
                elif following and following in special:
                    parts.append(Literal(following, self.at, self.at + 2, quoted=True))
                    self.at += 2
                else:
                    parts.append(Literal("\\", self.at, self.at + 1, quoted=True))
                    self.at += 1
            elif character == "`":
                parts.append(self._backquoted(quoted=True))
            elif character == "$":
                parts.append(self._dollar(quoted=True))
            else:
                begin = self.at
                while self.at < len(text) and text[self.at] not in "\\`$" and text[self.at] != closing:
                    self.at += 1
                parts.append(Literal(text[begin : self.at], begin, self.at, quoted=True))

    def _dollar(self, quoted: bool) -> Part:
        start = self.at
        text = self.text
        following = text[start + 1 : start + 2]
        if following == "(":
            if text[start + 2 : start + 3] == "(":
                found = self._arithmetic(quoted)
                if found is not None:
                    return found
            self.at = start + 2
            script = self.nested()
            return Substitution(script, start, self.at, quoted)
        if following == "{":
            return self._braced(quoted)
        if following and following in _NAME:
            end = start + 2
            while end < len(text) and text[end] in _NAME_MORE:
                end += 1
            self.at = end
            return Parameter(text[start + 1 : end], start, end, quoted)
        if following and following in _SPECIAL:
            self.at = start + 2
            return Parameter(following, start, self.at, quoted)
        self.at = start + 1
        return Literal("$", start, self.at, quoted)

    def _arithmetic(self, quoted: bool) -> Arithmetic | None:
        """`$((…))`, or None when the parentheses are those of a command substitution."""
        start, depth, at = self.at, 0, self.at + 3
        text = self.text
        while at < len(text):
            if text[at] == "(":
                depth += 1
            elif text[at] == ")":
                if depth == 0:
                    if text[at + 1 : at + 2] != ")":
                        return None
                    self.at = at + 2
                    return Arithmetic(text[start + 3 : at], start, self.at, quoted)
                depth -= 1
            at += 1
        raise ShellSyntaxError("unexpected EOF while looking for matching `)'", start)

    def nested(self) -> Script:
        """Commands up to the closing parenthesis, which is consumed."""
        start = self.at
        script = self.parse_nested()
        if self.peek() != ")":
            raise ShellSyntaxError("unexpected EOF while looking for matching `)'", start)
        self.at += 1
        return script

    def _process(self) -> Process:
        start = self.at
        self.at += 2
        script = self.nested()
        return Process(script, start, self.at)

    def _backquoted(self, quoted: bool) -> Substitution:
        start = self.at
        at = start + 1
        text = self.text
        escaped = False
        while at < len(text) and text[at] != "`":
            if text[at] == "\\":
                escaped = True
                at += 1
            at += 1
        if at >= len(text):
            raise ShellSyntaxError("unexpected EOF while looking for matching ``'", start, quote=True)
        from firstpush.simulate.shell.parser import Parser, parse

        if escaped:
            inner = text[start + 1 : at]
            for character in "\\`$":
                inner = inner.replace("\\" + character, character)
            self.at = at + 1
            return Substitution(parse(inner), start, self.at, quoted, source=inner)
        # The same offsets: parse the text up to the closing quote from here on.
        script = Parser(text[:at], start + 1, self.depth + 1).script()
        self.at = at + 1
        return Substitution(script, start, self.at, quoted)

    def _braced(self, quoted: bool) -> Parameter:
        start = self.at
        text = self.text
        at = start + 2
        length = text[at : at + 1] == "#" and text[at + 1 : at + 2] not in ("}", ":", "-", "=", "?", "+", "")
        indirect = text[at : at + 1] == "!" and text[at + 1 : at + 2] in _NAME
        if length or indirect:
            at += 1
        name_start = at
        if text[at : at + 1] in _NAME:
            while text[at : at + 1] in _NAME_MORE and at < len(text):
                at += 1
        elif text[at : at + 1] and text[at] in _SPECIAL:
            at += 1
            while text[name_start].isdigit() and text[at : at + 1].isdigit():
                at += 1
        if at == name_start:
            return self._bad_substitution(quoted)
        name = text[name_start:at]
        index = None
        if text[at : at + 1] == "[":
            end = text.find("]", at)
            if end < 0:
                return self._bad_substitution(quoted)
            index, at = text[at + 1 : end], end + 1
        operator = "length" if length else "indirect" if indirect else ""
        argument = replacement = None
        if text[at : at + 1] != "}":
            found = next((known for known in _OPERATORS if text.startswith(known, at)), None)
            if found is None or length:
                return self._bad_substitution(quoted)
            self.at = at + len(found)
            operator = "indirect" if indirect else found
            argument = self._argument(quoted, "/}" if found in ("/", "//") else "}")
            if self.peek() == "/":
                self.at += 1
                replacement = self._argument(quoted, "}")
            at = self.at
        if text[at : at + 1] != "}":
            raise ShellSyntaxError("unexpected EOF while looking for matching `}'", start, quote=True)
        self.at = at + 1
        return Parameter(name, start, self.at, quoted, operator, argument, replacement, index)

    def _bad_substitution(self, quoted: bool) -> Parameter:
        """`${` that is none: bash reads on and fails when it gets there."""
        start = self.at
        end = self.text.find("}", start)
        if end < 0:
            raise ShellSyntaxError("unexpected EOF while looking for matching `}'", start, quote=True)
        self.at = end + 1
        return Parameter("", start, self.at, quoted, "bad")

    def _argument(self, quoted: bool, stops: str) -> WordNode:
        start = self.at
        parts: list[Part] = []
        closing = frozenset(stops)
        while self.at < len(self.text) and self.text[self.at] not in closing:
            if quoted and self.text[self.at] == "'":
                parts.append(Literal("'", self.at, self.at + 1, quoted=True))
                self.at += 1
                continue
            self._part(parts, closing)
        return WordNode(tuple(parts), start, self.at)
