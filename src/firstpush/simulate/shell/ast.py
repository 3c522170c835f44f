"""The syntax tree of a shell script. Offsets are characters of the script's text, so that a place can be found back.

Own and small: what the interpreter needs and nothing more. Made by `parser`.
"""

from __future__ import annotations

from firstpush.simulate.record import Record


class Literal(Record):
    """Known text. `quoted`: no splitting, no globbing; text of another length than its source was escaped."""

    text: str
    start: int
    end: int
    quoted: bool = False


class Parameter(Record):
    """`$name`, `${name op argument}`. `operator`: "" or one of `:- - := = :? ? :+ + # ## % %% / // ^ , : length`."""

    name: str
    start: int
    end: int
    quoted: bool = False
    operator: str = ""
    argument: WordNode | None = None
    replacement: WordNode | None = None
    index: str | None = None


class Substitution(Record):
    """`$(…)` or backquotes. `source`: the text of `script` when it is not the script's own (escaped backquotes)."""

    script: Script
    start: int
    end: int
    quoted: bool = False
    source: str | None = None


class Arithmetic(Record):
    text: str
    start: int
    end: int
    quoted: bool = False


class Process(Record):
    """`<(…)` or `>(…)`: a file name that stands for another command's output."""

    script: Script
    start: int
    end: int
    quoted: bool = True


Part = Literal | Parameter | Substitution | Arithmetic | Process


class WordNode(Record):
    parts: tuple[Part, ...]
    start: int
    end: int

    @property
    def literal(self) -> str | None:
        """The text when nothing needs expansion, else None."""
        if len(self.parts) == 1:
            part = self.parts[0]
            return part.text if isinstance(part, Literal) else None
        texts = [part.text for part in self.parts if isinstance(part, Literal)]
        return "".join(texts) if len(texts) == len(self.parts) else None


class Assignment(Record):
    """`name=value`, `name+=value`, `name=(…)` (`array`), `name[index]=value` (`indexed`: not followed)."""

    name: str
    value: WordNode | None
    start: int
    end: int
    append: bool = False
    array: tuple[WordNode, ...] | None = None
    indexed: bool = False


class Redirect(Record):
    """`operator`: `> >> >| < <> >& <& &> &>> <<< <<`. `descriptor`: as written, or None. `heredoc`: its text."""

    operator: str
    target: WordNode | None
    start: int
    end: int
    descriptor: int | None = None
    heredoc: WordNode | None = None


class Simple(Record):
    assignments: tuple[Assignment, ...]
    words: tuple[WordNode, ...]
    redirects: tuple[Redirect, ...]
    start: int
    end: int
    line: int = 0
    declared: tuple[Assignment, ...] = ()  # `export A=1`: in the order of the words, which hold the rest


class Pipeline(Record):
    commands: tuple[Command, ...]
    negated: bool
    start: int
    end: int


class AndOr(Record):
    left: Command
    operator: str
    right: Command
    start: int
    end: int


class Item(Record):
    command: Command
    background: bool = False


class Group(Record):
    """`{ …; }`, or `( … )` with `subshell`."""

    body: tuple[Item, ...]
    redirects: tuple[Redirect, ...]
    start: int
    end: int
    subshell: bool = False


class If(Record):
    """Pairs of condition and body, then the `else` body."""

    branches: tuple[tuple[tuple[Item, ...], tuple[Item, ...]], ...]
    otherwise: tuple[Item, ...]
    redirects: tuple[Redirect, ...]
    start: int
    end: int


class Loop(Record):
    """`while`, or `until` with `until`."""

    condition: tuple[Item, ...]
    body: tuple[Item, ...]
    redirects: tuple[Redirect, ...]
    start: int
    end: int
    until: bool = False


class For(Record):
    """`words` None: the positional parameters."""

    name: str
    words: tuple[WordNode, ...] | None
    body: tuple[Item, ...]
    redirects: tuple[Redirect, ...]
    start: int
    end: int


class Case(Record):
    """`items`: patterns, body, and how it ends (`;;`, `;&`, `;;&`)."""

    word: WordNode
    items: tuple[tuple[tuple[WordNode, ...], tuple[Item, ...], str], ...]
    redirects: tuple[Redirect, ...]
    start: int
    end: int


class Function(Record):
    name: str
    body: Command
    start: int
    end: int


class Test(Record):
    """`[[ … ]]` as words; operators are plain literals."""

    words: tuple[WordNode, ...]
    redirects: tuple[Redirect, ...]
    start: int
    end: int


class Unsupported(Record):
    """Valid in bash, not followed here (`coproc`, `select`, `((…))` loops)."""

    what: str
    start: int
    end: int


Command = Simple | Pipeline | AndOr | Group | If | Loop | For | Case | Function | Test | Unsupported


class SyntaxProblem(Record):
    """Where the shell gives up. `quote`: an unclosed quote, else an unexpected token or end."""

    message: str
    at: int
    quote: bool = False


class Script(Record):
    """The commands that the shell reads before a syntax error, if there is one."""

    items: tuple[Item, ...]
    problem: SyntaxProblem | None = None
