"""Simple commands: assignments, words, redirections, here-documents. In: a text and a position; out: `Simple`."""

from __future__ import annotations

import re

from firstpush.simulate.shell.ast import Assignment, Command, Literal, Part, Redirect, Simple, WordNode
from firstpush.simulate.shell.reader import META, Reader, ShellSyntaxError

_ASSIGNMENT = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(\[[^\]\s]*\])?\+?=")
_REDIRECT = re.compile(r"(\d+|\{[A-Za-z_]\w*\})?(&>>|&>|<<<|<<-|<<|<>|<&|>>|>\||>&|>|<)")
_WORD_END = frozenset(" \t\n|&;()<>")
_NO_TARGET = META - frozenset("<>") | {"#"}
_NUMBER = re.compile(r"\d+[<>]")  # the descriptor of another redirection
_DECLARE = frozenset(("export", "declare", "local", "readonly", "typeset"))


class SimpleParser(Reader):
    """The productions below a pipeline's element that hold no other commands."""

    def __init__(self, text: str, at: int = 0) -> None:
        super().__init__(text, at)
        self._skips: list[tuple[int, int]] = []  # end of a line with here-documents → where they end

    def _token(self) -> str:
        match = re.match(r"&&|\|\||;;|[|&;()<>\n]|[^\s|&;()<>]+", self.text[self.at :])
        return (match.group() if match else "newline").replace("\n", "newline")

    def _newline(self) -> None:
        """Go to the next line, past the here-documents that follow this one."""
        line = self.at
        self.at = max([line + 1, *(until for end, until in self._skips if end == line)])

    def _skip_newlines(self) -> None:
        self.skip_blanks()
        while self.peek() == "\n":
            self._newline()
            self.skip_blanks()

    def _reserved(self) -> str:
        """The bare word at the position (a candidate for a reserved word), or ""."""
        text, at = self.text, self.at
        end = at
        while end < len(text) and text[end] not in _WORD_END:
            if text[end] in "'\"\\$`":
                return ""
            end += 1
        return text[at:end]

    def _expect(self, word: str) -> None:
        self.skip_blanks()
        while self.peek() == "\n":
            self._newline()
            self.skip_blanks()
        if self._reserved() != word:
            token = self._token()
            what = "unexpected end of file" if self.at >= len(self.text) else f"near unexpected token `{token}'"
            raise ShellSyntaxError(f"syntax error: {what}" if "end" in what else f"syntax error {what}", self.at)
        self.at += len(word)

    def _simple(self) -> Command:
        start = self.at
        assignments: list[Assignment] = []
        declared: list[Assignment] = []
        words: list[WordNode] = []
        redirects: list[Redirect] = []
        end = start
        while True:
            self.skip_blanks()
            character = self.peek()
            if not character or character in "\n;)" or (character in "|&" and self.peek(2) not in ("&>",)):
                break
            redirect = self._redirect()
            if redirect is not None:
                redirects.append(redirect)
            elif character == "(":
                raise ShellSyntaxError("syntax error near unexpected token `('", self.at)
            elif not words and _ASSIGNMENT.match(self.text, self.at):
                assignments.append(self._assignment())
            elif words and words[0].literal in _DECLARE and _ASSIGNMENT.match(self.text, self.at):
                declared.append(self._assignment())
            else:
                words.append(self.word())
            end = self.at
        line = self.text.count("\n", 0, start)
        return Simple(tuple(assignments), tuple(words), tuple(redirects), start, end, line, tuple(declared))

    def _assignment(self) -> Assignment:
        start = self.at
        match = _ASSIGNMENT.match(self.text, start)
        assert match is not None
        head = match.group()
        self.at = match.end()
        append = head.endswith("+=")
        name = head.rstrip("=").rstrip("+")
        indexed = name.endswith("]")
        name = name.partition("[")[0]
        if self.peek() == "(":
            self.at += 1
            words: list[WordNode] = []
            while True:
                self._skip_newlines()
                if self.peek() == ")":
                    self.at += 1
                    return Assignment(name, None, start, self.at, append, tuple(words), indexed)
                if not self.peek() or self.peek() in META:
                    raise ShellSyntaxError(f"syntax error near unexpected token `{self._token()}'", self.at)
                words.append(self.word())
        if not self.peek() or self.peek() in META:
            return Assignment(name, None, start, self.at, append, None, indexed)
        return Assignment(name, self.word(), start, self.at, append, None, indexed)

    def _redirects(self) -> tuple[Redirect, ...]:
        found: list[Redirect] = []
        while True:
            self.skip_blanks()
            redirect = self._redirect()
            if redirect is None:
                return tuple(found)
            found.append(redirect)

    def _redirect(self) -> Redirect | None:
        start = self.at
        match = _REDIRECT.match(self.text, start)
        if match is None:
            return None
        operator = match.group(2)
        if operator in ("<", ">") and self.text[match.end() : match.end() + 1] == "(" and not match.group(1):
            return None  # a process substitution
        number = match.group(1)
        descriptor = int(number) if number is not None and number.isdigit() and len(number) < 4 else None
        self.at = match.end()
        self.skip_blanks()
        number_of_next = "&" not in operator and _NUMBER.match(self.text, self.at)
        if not self.peek() or self.peek() in _NO_TARGET or number_of_next:
            raise ShellSyntaxError(f"syntax error near unexpected token `{self._token()}'", self.at)
        if operator in ("<<", "<<-"):
            quoted = any(mark in self._raw_word() for mark in "'\"\\")
            delimiter = self.word().literal or ""
            body = self._heredoc(delimiter, operator == "<<-", quoted)
            return Redirect("<<", None, start, self.at, descriptor, body)
        target = self.word()
        if self.at == target.start:
            raise ShellSyntaxError(f"syntax error near unexpected token `{self._token()}'", self.at)
        return Redirect(operator, target, start, self.at, descriptor)

    def _raw_word(self) -> str:
        match = re.match(r"[^\s|&;()<>]+", self.text[self.at :])
        return match.group() if match else ""

    def _heredoc(self, delimiter: str, strip: bool, quoted: bool) -> WordNode:
        """The text of a here-document: it stands after the end of this line, so look ahead for it there."""
        end_of_line = self.text.find("\n", self.at)
        if end_of_line < 0:
            return WordNode((), self.at, self.at)
        # Several here-documents on a line follow each other: skip those that were found before.
        begin = max([end_of_line + 1, *(until for line, until in self._skips if line == end_of_line)])
        node, until = self._heredoc_at(begin, delimiter, strip, quoted)
        self._skips.append((end_of_line, until))
        return node

    def _heredoc_at(self, begin: int, delimiter: str, strip: bool, quoted: bool) -> tuple[WordNode, int]:
        at, text = begin, self.text
        while at < len(text):
            end = text.find("\n", at)
            end = len(text) if end < 0 else end
            line = text[at:end]
            if (line.lstrip("\t") if strip else line) == delimiter:
                break
            at = end + 1
        stop = min(at, len(text))
        after = text.find("\n", stop)
        until = len(text) if after < 0 else after + 1
        if quoted or strip:
            body = text[begin:stop]
            if strip:
                body = re.sub(r"^\t+", "", body, flags=re.M)
            return WordNode((Literal(body, begin, stop, quoted=True),), begin, stop), until
        inner = type(self)(text[:stop], begin)
        parts: list[Part] = []
        inner.until_quote(parts, "", begin)
        return WordNode(tuple(parts), begin, stop), until
