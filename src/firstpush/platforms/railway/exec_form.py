"""What happens to a start command that Railway runs without a shell (Dockerfile and image deployments).

In: a command; out: problems. Source: railwayapp/docs deployments/start-command.md: the start command replaces the
image's entrypoint in exec form, so nothing is expanded and the first word must be a program. A Procfile's line is only
perhaps taken: one public log shows it (calcom/synclinear.com#129), while deployments of 1Harsh-cloud/CodeFlow- and
brijeshbd/hireiq live with such a line beside their Dockerfile.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator

from firstpush.model.cause import Cause
from firstpush.model.diagnostic import Certainty, Label, Severity, TraceStep
from firstpush.model.origin import Command, FileOrigin
from firstpush.model.plan import Phase, PlanProblem
from firstpush.model.text import Span
from firstpush.model.value import replace

_BUILTINS = ("cd", "export", "source", ".", "set", "exec", "alias", "ulimit", "umask", "eval", "if", "for", "while")
_OPERATOR = re.compile(r"(?:^|\s)(&&|\|\||;|\||>|>>)(?=\s|$)")
_VARIABLE = re.compile(r"\$(?:\{[A-Za-z_]\w*[^}]*\}|[A-Za-z_]\w*)")
_SHELLS = ("sh", "bash", "dash", "ash", "zsh")


def of_procfile(command: Command, whole: Span) -> Iterator[PlanProblem]:
    """The problems of a Procfile's line beside a Dockerfile: warnings, for if Railway takes it at all."""
    for problem in problems(command, whole):
        yield replace(
            problem,
            severity=Severity.WARNING,
            message=f"where Railway starts the Dockerfile's image by the Procfile: {problem.message}",
            fatal=False,
            help=problem.help.replace("the start command", "this line"),
            data={"certainty": Certainty.POSSIBLE},
        )


def problems(command: Command, whole: Span) -> Iterator[PlanProblem]:
    """`whole`: where the command stands, for what cannot be pointed at more closely."""
    text = command.text.text
    try:
        words = shlex.split(text)
    except ValueError:
        words = text.split()
    if not words or words[0].rsplit("/", 1)[-1] in _SHELLS:
        return
    first = TraceStep("a Dockerfile wins as builder; Railway runs this command without a shell", whole)
    if words[0] in _BUILTINS:
        start = len(text) - len(text.lstrip())
        yield PlanProblem(
            key="exec-form-builtin",
            cause=Cause.CD_EXEC_FORM,
            severity=Severity.ERROR,
            message=f"`{words[0]}` is no program but a word of the shell, and no shell runs this start command",
            primary=Label(_span(command, start, start + len(words[0]), whole), "no such program"),
            trace=(first, TraceStep(f"there is no program `{words[0]}`, so the container does not start")),
            phase=Phase.START,
            fatal=True,
            output=f"The executable `{words[0]}` could not be found.",
            help=f"set WORKDIR in the Dockerfile, or write `sh -c '{text}'`, or remove the start command",
        )
        return
    operator = _OPERATOR.search(text)
    if operator:
        yield PlanProblem(
            key="exec-form-operator",
            cause=Cause.CD_EXEC_FORM,
            severity=Severity.ERROR,
            message=f"`{operator[1]}` means nothing here: no shell runs this start command, it becomes an argument",
            primary=Label(_span(command, operator.start(1), operator.end(1), whole), "an argument"),
            trace=(first,),
            phase=Phase.START,
            help=f"write `sh -c '{text}'`",
        )
    variable = _VARIABLE.search(text)
    if variable:
        output = None
        if variable[0] in ("$PORT", "${PORT}") and "uvicorn" in text:
            output = f"Error: Invalid value for '--port': '{variable[0]}' is not a valid integer."
        yield PlanProblem(
            key="exec-form-variable",
            cause=Cause.PORT_NOT_EXPANDED,
            severity=Severity.ERROR,
            message=f"`{variable[0]}` reaches the program as these letters: no shell runs this start command",
            primary=Label(_span(command, variable.start(), variable.end(), whole), "not expanded"),
            trace=(first,),
            phase=Phase.START,
            output=output,
            help=f"write `sh -c 'exec {text}'`, or remove the start command and use the Dockerfile's CMD in shell form",
        )


def _span(command: Command, start: int, end: int, whole: Span) -> Span:
    if not isinstance(command.origin, FileOrigin):
        return whole
    return command.text.span(start, end) or whole
