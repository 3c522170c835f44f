"""Scripts that a command calls and that go on after a failed install. In: a `Deployment`. Out: `PlanProblem`s.

Without `set -e` a script's exit code is that of its last command: a refused install in the middle leaves the build
green.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from firstpush.model.cause import Cause
from firstpush.model.diagnostic import Label, Severity
from firstpush.model.plan import Phase, PlanProblem
from firstpush.model.text import Span, SpannedText
from firstpush.platforms.vercel.commands import Simple, as_install, split
from firstpush.platforms.vercel.deployment import Deployment

SHELLS = ("sh", "bash", "dash")


def problems(deployment: Deployment) -> Iterator[PlanProblem]:
    """Scripts of the front end's builder, which run on the image's own, managed Python."""
    if deployment.selection.refusal is not None or not deployment.era.managed:
        return
    for script, caller in _scripts(deployment):
        yield from _judge(deployment, script, caller)


def _scripts(deployment: Deployment) -> Iterator[tuple[str, Span | None]]:
    """(path in the checked folder, where it is called) of every script that runs outside the build venv."""
    for job in deployment.selection.of("static-build"):
        if not job.zero and job.src.endswith(".sh"):
            yield deployment.inside(job.src), job.span
    if deployment.static_build is None:
        return
    for key in ("installCommand", "buildCommand"):
        command = deployment.command(key)
        for simple in split(command.text) or () if command is not None else ():
            name = _called(simple)
            if name is not None and deployment.tree.exists(deployment.inside(name)):
                yield deployment.inside(name), simple.span


def _called(simple: Simple) -> str | None:
    """The script that a command runs without `-e`."""
    words = simple.words
    if simple.program in SHELLS and len(words) > 1:
        return None if words[1].startswith("-") else words[1].removeprefix("./")
    return words[0].removeprefix("./") if words[0].endswith(".sh") else None


def _judge(deployment: Deployment, path: str, caller: Span | None) -> Iterator[PlanProblem]:
    text = deployment.tree.text(path)
    if text is None or re.search(r"^\s*set\s+-\w*e|^#!.*\s-\w*e|set -o errexit", text, re.MULTILINE):
        return
    simples = split(SpannedText.verbatim(text, path, 0))
    if simples is None:
        return
    for number, simple in enumerate(simples):
        install = as_install(simple)
        refused = install is not None and not install.target and "--break-system-packages" not in install.flags
        in_venv = any(other.program in (".", "source") for other in simples[:number]) or "/" in simple.words[0]
        if not refused or in_venv or number == len(simples) - 1 or simple.span is None:
            continue
        if any(other.before == "&&" for other in simples[number + 1 : number + 2]):
            continue
        yield PlanProblem(
            key="vercel-script-without-set-e",
            cause=Cause.ERROR_MASKED,
            severity=Severity.WARNING,
            message="This install is refused (the image's Python is managed by uv), and the script goes on: the build "
            "is green without it.",
            primary=Label(simple.span, "fails, and nobody notices"),
            related=(Label(caller, "called here"),) if caller is not None else (),
            phase=Phase.BUILD,
            output="error: externally-managed-environment",
            help="Delete the install, and begin the script with `set -e`.",
            data={"line": simple.span},
        )
        return
