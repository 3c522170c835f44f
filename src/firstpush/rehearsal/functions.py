"""What Vercel does besides commands: it looks for the folder to publish, and it calls the function.

In: a plan without a start whose last step imports the function's object (`function:import`). Out: the plan with a
start, and the replica layer with the server: the application behind a small server of ours, so that it can be probed.
Only a function that gets every request (the one of a framework preset) is started: which paths reach a file below api/
is decided by routes that the replica does not have. Where the plan says that the output directory will be missing, a
step looks for it.
"""

from __future__ import annotations

import re
import shlex
import shutil
from dataclasses import replace
from pathlib import Path

from firstpush.model.cause import Cause
from firstpush.model.origin import BuilderDefault, Command
from firstpush.model.plan import Phase, Plan, ShellForm, Start, Step
from firstpush.model.text import SpannedText
from firstpush.rehearsal.cache import Cache, key_of
from firstpush.rehearsal.values import Difference

_IMPORT = re.compile(r'(?P<python>\S+/python) -c "from (?P<module>[\w.]+) import (?P<name>\w+)"')
_PLACE = "usr/lib/firstpush/function_server.py"
_SERVER = Path(__file__).with_name("replica") / "function_server.py"
# Of Vercel's system environment variables, those that applications ask to know where they are. Source:
# vercel.com/docs/environment-variables/system-environment-variables, checked 2026-11-20.
_ENVIRONMENT = {"VERCEL": "1", "VERCEL_ENV": "production", "PYTHONDONTWRITEBYTECODE": "1"}


def completed(plan: Plan) -> Plan:
    """The plan with all of that."""
    return with_start(with_output_check(plan))


def with_output_check(plan: Plan) -> Plan:
    """The plan with a step after the build that fails as the builder does when there is no output directory."""
    problem = next((one for one in plan.problems if one.cause is Cause.MISSING_OUTPUT_DIRECTORY), None)
    named = re.search(r'"([^"]+)"', (problem.output if problem is not None else None) or "")
    built = [number for number, step in enumerate(plan.steps) if step.phase is not Phase.START]
    if problem is None or problem.output is None or named is None or not built:
        return plan
    folder, words = shlex.quote(named[1]), shlex.quote(f"Error: {problem.output}")
    text = f'test -n "$(ls -A {folder} 2>/dev/null)" || {{ echo {words} >&2; exit 1; }}'
    step = Step(
        id="static-build:output",
        phase=Phase.BUILD,
        command=Command(SpannedText(text), BuilderDefault("@vercel/static-build", None, "the folder to publish")),
        shell=ShellForm.SH,
        cwd=plan.steps[built[-1]].cwd,
        builder_phase="output",
        label=f"look for the folder {named[1]}",
    )
    return replace(plan, steps=(*plan.steps[: built[-1] + 1], step, *plan.steps[built[-1] + 1 :]))


def with_start(plan: Plan) -> Plan:
    """The plan with a start for its one function; the plan as it is where there is none to start."""
    step = next((step for step in plan.steps if step.id == "function:import"), None)
    found = _IMPORT.fullmatch(str(step.command)) if step is not None else None
    if plan.start is not None or step is None or found is None or found["module"].split(".")[0] == "api":
        return plan
    text = f"{found['python']} /{_PLACE} {found['module']} {found['name']}"
    origin = BuilderDefault("firstpush", None, "stands for the platform's runtime")
    command = Command(SpannedText(text), origin)
    return replace(plan, start=Start(command, ShellForm.SH, step.cwd, env=_ENVIRONMENT))


def layers(plan: Plan, cache: Cache, told: list[Difference]) -> list[str]:
    """The layer with the server in a list, or nothing; `told` gets what is different."""
    if plan.start is None or f"/{_PLACE} " not in str(plan.start.command):
        return []

    def make(folder: Path) -> None:
        (folder / _PLACE).parent.mkdir(parents=True)
        shutil.copy(_SERVER, folder / _PLACE)

    told.append(Difference("a server of firstpush calls the function", "limits of time and size are not enforced"))
    told.append(Difference("every folder can be written", "on the platform only /tmp can"))
    return [str(cache.layer("function", key_of("function", _SERVER.read_text("utf-8")), make))]
