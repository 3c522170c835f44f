"""Commands that break the Dockerfile which Nixpacks writes them into, as they are. In: pieces; out: problems.

A command becomes `RUN <command>` and the start `CMD ["<command>"]`, with nothing escaped but `"` in the latter. So a
line break ends the instruction, and a backslash in the start can make its list no JSON. Source: railwayapp/nixpacks
src/nixpacks/builder/docker/{dockerfile_generation,utils}.rs at f51d7fd; Docker's Dockerfile reference.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from firstpush.config.nixpacks_layer import Layer, PhaseLayer, Piece
from firstpush.model.cause import Cause
from firstpush.model.diagnostic import Certainty, Label, Severity, TraceStep
from firstpush.model.origin import BuilderDefault
from firstpush.model.plan import Phase, PlanProblem
from firstpush.model.text import Span

_INSTRUCTION_WORDS = """
    ADD ARG CMD COPY ENTRYPOINT ENV EXPOSE FROM HEALTHCHECK LABEL MAINTAINER ONBUILD RUN SHELL STOPSIGNAL USER VOLUME
    WORKDIR
"""
_INSTRUCTIONS = frozenset(_INSTRUCTION_WORDS.split())
# An escape that JSON has, or one that it has not. (`\\"` is none: Nixpacks turns the quote into `\\"` once more.)
_ESCAPE = re.compile(r"\\(?:[\\/bfnrtu]|(?P<wrong>.|$))", re.DOTALL)


def problems(layer: Layer, phases: list[PhaseLayer], whole: Span) -> Iterator[PlanProblem]:
    """`whole`: where to point when a command stands in no file."""
    for phase in phases:
        for command in phase.cmds or ():
            yield from _broken_lines(command, whole, Phase.BUILD, f"RUN {_first_line(command)}")
    start = layer.start.cmd if layer.start is not None else None
    if start is None or isinstance(start.origin, BuilderDefault):
        return
    yield from _broken_lines(start, whole, Phase.START, f'CMD ["{_first_line(start)}')
    wrong = next((escape for escape in _ESCAPE.finditer(start.text.text) if escape["wrong"] is not None), None)
    if wrong is not None and "\n" not in start.text.text:
        yield PlanProblem(
            key="nixpacks-start-backslash",
            cause=Cause.SHELL_QUOTING,
            severity=Severity.ERROR,
            message=f"Nixpacks writes the start command into the Dockerfile as a JSON list, and `{wrong[0]}` is no "
            "escape of JSON: Docker takes the whole list for a shell command, and the app does not start",
            primary=Label(start.text.span(*wrong.span()) or whole, "not escaped by Nixpacks"),
            phase=Phase.START,
            help="put the command into a script of the repository and start that",
            data={"certainty": Certainty.LIKELY},
        )


def _first_line(command: Piece) -> str:
    return command.text.text.split("\n", 1)[0]


def _broken_lines(command: Piece, whole: Span, phase: Phase, written: str) -> Iterator[PlanProblem]:
    text = command.text.text.rstrip()
    if "\n" not in text or "<<" in text:
        return  # Docker reads here-documents itself
    at = 0
    open_line = False
    for number, line in enumerate(text.split("\n")):
        stripped = line.strip()
        word = re.match(r"\S+", stripped)
        if number and not open_line and word is not None and not stripped.startswith("#"):
            if word[0].upper() in _INSTRUCTIONS:
                return
            start = at + line.index(stripped)
            yield PlanProblem(
                key="nixpacks-multiline-command",
                cause=Cause.SHELL_QUOTING,
                severity=Severity.ERROR,
                message="Nixpacks writes a command into the Dockerfile as it is, so its second line is no part of it: "
                f"`{word[0]}` is no instruction of Docker",
                primary=Label(command.text.span(start, start + len(word[0])) or whole, "a new instruction"),
                trace=(TraceStep(f"Nixpacks writes `{written}` and then this line"),),
                phase=phase,
                fatal=True,
                output=f"dockerfile parse error: unknown instruction: {word[0]}",
                help="make it one line with `&&`, end the lines with a backslash, or list several commands",
                data={"certainty": Certainty.LIKELY},
            )
            return
        if stripped and not stripped.startswith("#"):
            open_line = line.rstrip().endswith("\\")
        at += len(line) + 1
