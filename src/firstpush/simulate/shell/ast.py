"""The syntax tree of a shell script. Offsets are characters of the script's text, so that a place can be found back.

Own and small: what the interpreter needs and nothing more. Made by `parser`.
"""

from __future__ import annotations

from firstpush.model.value import dataclass


@dataclass(frozen=True, slots=True)
class Literal:
    """Known text. `quoted`: no splitting, no globbing; text of another length than its source was escaped."""

    text: str
    start: int
    end: int
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Parameter:
    """`$name`, `${name op argument}`. `operator`: "" or one of `:- - := = :? ? :+ + # ## % %% / // ^ , : length`."""

    name: str
    start: int
    end: int
    quoted: bool = False
    operator: str = ""
    argument: WordNode | None = None
    replacement: WordNode | None = None
    index: str | None = None


@dataclass(frozen=True, slots=True)
class Substitution:
    """`$(…)` or backquotes. `source`: the text of `script` when it is not the script's own (escaped backquotes)."""

    script: Script
    start: int
    end: int
    quoted: bool = False
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Arithmetic:
    text: str
    start: int
    end: int
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Process:
    """`<(…)` or `>(…)`: a file name that stands for another command's output."""

    script: Script
    start: int
    end: int
    quoted: bool = True


Part = Literal | Parameter | Substitution | Arithmetic | Process


@dataclass(frozen=True, slots=True)
class WordNode:
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


@dataclass(frozen=True, slots=True)
class Assignment:
    """`name=value`, `name+=value`, `name=(…)` (`array`), `name[index]=value` (`indexed`: not followed)."""

    name: str
    value: WordNode | None
    start: int
    end: int
    append: bool = False
    array: tuple[WordNode, ...] | None = None
    indexed: bool = False


@dataclass(frozen=True, slots=True)
class Redirect:
    """`operator`: `> >> >| < <> >& <& &> &>> <<< <<`. `descriptor`: as written, or None. `heredoc`: its text."""

    operator: str
    target: WordNode | None
    start: int
    end: int
    descriptor: int | None = None
    heredoc: WordNode | None = None


@dataclass(frozen=True, slots=True)
class Simple:
    assignments: tuple[Assignment, ...]
    words: tuple[WordNode, ...]
    redirects: tuple[Redirect, ...]
    start: int
    end: int
    line: int = 0
    declared: tuple[Assignment, ...] = ()  # `export A=1`: in the order of the words, which hold the rest


@dataclass(frozen=True, slots=True)
class Pipeline:
    commands: tuple[Command, ...]
    negated: bool
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class AndOr:
    left: Command
    operator: str
    right: Command
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Item:
    command: Command
    background: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """`{ …; }`, or `( … )` with `subshell`."""

    body: tuple[Item, ...]
    redirects: tuple[Redirect, ...]
    start: int
    end: int
    subshell: bool = False


@dataclass(frozen=True, slots=True)
class If:
    """Pairs of condition and body, then the `else` body."""

    branches: tuple[tuple[tuple[Item, ...], tuple[Item, ...]], ...]
    otherwise: tuple[Item, ...]
    redirects: tuple[Redirect, ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Loop:
    """`while`, or `until` with `until`."""

    condition: tuple[Item, ...]
    body: tuple[Item, ...]
    redirects: tuple[Redirect, ...]
    start: int
    end: int
    until: bool = False


@dataclass(frozen=True, slots=True)
class For:
    """`words` None: the positional parameters."""

    name: str
    words: tuple[WordNode, ...] | None
    body: tuple[Item, ...]
    redirects: tuple[Redirect, ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Case:
    """`items`: patterns, body, and how it ends (`;;`, `;&`, `;;&`)."""

    word: WordNode
    items: tuple[tuple[tuple[WordNode, ...], tuple[Item, ...], str], ...]
    redirects: tuple[Redirect, ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Function:
    name: str
    body: Command
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Test:
    """`[[ … ]]` as words; operators are plain literals."""

    words: tuple[WordNode, ...]
    redirects: tuple[Redirect, ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Unsupported:
    """Valid in bash, not followed here (`coproc`, `select`, `((…))` loops)."""

    what: str
    start: int
    end: int


Command = Simple | Pipeline | AndOr | Group | If | Loop | For | Case | Function | Test | Unsupported


@dataclass(frozen=True, slots=True)
class SyntaxProblem:
    """Where the shell gives up. `quote`: an unclosed quote, else an unexpected token or end."""

    message: str
    at: int
    quote: bool = False


@dataclass(frozen=True, slots=True)
class Script:
    """The commands that the shell reads before a syntax error, if there is one."""

    items: tuple[Item, ...]
    problem: SyntaxProblem | None = None
