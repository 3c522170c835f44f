"""One command of a plan in its shell form.

In: a state, a shell, the form, the text; out: an `Execution` and what serves.
The exec form has no shell: the text is split into words, nothing is expanded, and the first word must be a program.
"""

from __future__ import annotations

import shlex
from io import StringIO
from typing import TYPE_CHECKING

from firstpush.model.cause import Cause
from firstpush.model.diagnostic import Label
from firstpush.model.outcome import Failure
from firstpush.model.plan import ShellForm
from firstpush.model.text import SpannedText
from firstpush.simulate.invocation import Serving, Word
from firstpush.simulate.shell.session import Shell, Status
from firstpush.simulate.worlds import Execution, execute, execute_body

if TYPE_CHECKING:
    from firstpush.simulate.shell.runner import Runner
    from firstpush.simulate.state import State

_SHELL_WORDS = frozenset(
    ("cd", "export", "source", ".", "set", "exec", "alias", "ulimit", "umask", "eval", "if", "for", "while", "unset")
)


def run_form(state: State, shell: Shell, form: ShellForm, text: SpannedText) -> tuple[Execution, Serving | None]:
    """Run a command as the platform runs it, past its failures."""
    if form is ShellForm.EXEC:
        words = split_words(text)
        execution = execute_body(state, shell, lambda run, inner: _exec(run, inner, words, text), past=True)
    else:
        execution = execute(state, shell, text, past=True)
    return execution, execution.world.status.serves


def split_words(text: SpannedText) -> tuple[Word, ...]:
    """The words of an exec form, each with its place."""
    try:
        stream = StringIO(text.text)
        lexer = shlex.shlex(stream, posix=True, punctuation_chars=False)
        lexer.whitespace_split = True
        lexer.commenters = ""
        found: list[Word] = []
        at = 0
        for token in lexer:
            end = stream.tell()
            raw = text.text[at:end]
            start = at + len(raw) - len(raw.lstrip())
            stop = at + len(raw.rstrip())
            found.append(Word(token, text.span(start, stop), "", (text, ((token, start, stop),))))
            at = end
        return tuple(found)
    except ValueError:
        return tuple(Word(word, text.span()) for word in text.text.split())


def _exec(run: Runner, shell: Shell, words: tuple[Word, ...], text: SpannedText) -> Status:
    from firstpush.simulate.resolve import resolve
    from firstpush.simulate.shell.commands import Call, external

    if not words:
        return Status(0)
    name = words[0].text or ""
    found = resolve(run.state, name, shell.variables.get("PATH", ""), shell.cwd)
    if found.path is None and (name in _SHELL_WORDS or "=" in name):
        why = f"`{name}` is a word of the shell and no program, and no shell runs this command"
        label = Label(words[0].span, why) if words[0].span is not None else None
        failure = Failure(Cause.CD_EXEC_FORM, why, label, output=f"The executable `{name}` could not be found.")
        return run.ended(Status(127, failure), shell)
    call = Call(run, shell, words, shell.environment(), shell.cwd, shell.user, source=text, as_command=True)
    return run.ended(external(call), shell)
