"""Whole plans: state between steps, going past failures, the start in the run-time image, the health check."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from firstpush.model.cause import Cause
from firstpush.model.machine import InstalledProgram, Machine
from firstpush.model.origin import Command, FileOrigin, Located
from firstpush.model.outcome import Verdict
from firstpush.model.plan import HealthCheck, Phase, Plan, ShellForm, Start, Step
from firstpush.model.text import Span, SpannedText
from firstpush.simulate import Simulation, simulate_plan
from tests.planning import project
from tests.simulate.machines import nix

APP = """from fastapi import FastAPI

app = FastAPI()

@app.get("/health")
def health():
    return {}
"""
FILES = {"main.py": APP, "requirements.txt": "fastapi\nuvicorn\n"}
VENV = "python -m venv /opt/venv && . /opt/venv/bin/activate && pip install -r requirements.txt"
START = "uvicorn main:app --host 0.0.0.0 --port $PORT"


def command(text: str, line: int) -> Command:
    """A command that stands in the file `steps`, each 1000 bytes after the one before."""
    spanned = SpannedText.verbatim(text, "steps", line * 1000)
    return Command(spanned, FileOrigin(Span("steps", line * 1000, line * 1000 + len(text))))


def run(
    folder: Path,
    commands: Sequence[str],
    start: str | None = START,
    *,
    files: Mapping[str, str] = FILES,
    machine: Machine | None = None,
    paths: tuple[str, ...] = (),
    form: ShellForm = ShellForm.BASH_LOGIN,
    keeps: tuple[str, ...] | None = None,
    **changes: Any,
) -> Simulation:
    tree = project(folder, files)
    located = tuple(Located(path, FileOrigin(Span("steps", 0, 0))) for path in paths)
    steps = tuple(
        Step(f"s{n}", Phase.INSTALL, command(text, n), ShellForm.BASH_LOGIN_PIPEFAIL, "/app", paths=located)
        for n, text in enumerate(commands)
    )
    begin = Start(command(start, 9), form, "/app", paths=located, keeps=keeps) if start is not None else None
    described = machine or replace(nix(), programs=(), index=replace(nix().index, projects=None))
    plan = Plan("test", "test", None, ".", described, "/app", steps=steps, start=begin)
    return simulate_plan(replace(plan, **changes), tree)


def told(simulation: Simulation) -> list[tuple[str, Cause, bool]]:
    """Where, why, and whether it waits behind another failure."""
    return [
        (one.id, failure.cause, failure.waiting)
        for one in simulation.all_outcomes()
        for failure in one.outcome.failures
        if not failure.warning
    ]


def test_a_good_plan_succeeds(tmp_path: Path) -> None:
    simulation = run(tmp_path, [VENV], paths=("/opt/venv/bin",))
    assert told(simulation) == []
    assert simulation.verdict is Verdict.SUCCEEDS
    assert simulation.start is not None
    assert simulation.start.serving is not None
    assert simulation.start.serving.app == "main:app"


def test_the_next_failure_is_told_too(tmp_path: Path) -> None:
    simulation = run(tmp_path, ["pip install -r requirements.txt", "npm run build"], "cd backend && " + START)
    assert told(simulation) == [
        ("s0", Cause.PIP_COMMAND_NOT_FOUND, False),
        ("s1", Cause.COMMAND_NOT_FOUND, True),
        ("start", Cause.WRONG_WORKING_DIRECTORY, True),
    ]
    assert simulation.verdict is Verdict.FAILS


def test_what_a_failed_install_should_have_brought_is_not_missed_later(tmp_path: Path) -> None:
    assert told(run(tmp_path, ["pip install -r requirements.txt"])) == [("s0", Cause.PIP_COMMAND_NOT_FOUND, False)]


def test_an_activation_does_not_last(tmp_path: Path) -> None:
    commands = ["python -m venv /opt/venv", ". /opt/venv/bin/activate", "pip install -r requirements.txt"]
    simulation = run(tmp_path, commands, "/opt/venv/bin/python -m " + START)
    assert told(simulation) == [
        ("s2", Cause.PIP_COMMAND_NOT_FOUND, False),
        ("s2", Cause.STATE_LOST_BETWEEN_COMMANDS, True),
    ]
    lost = simulation.steps[2].outcome.failures[1]
    assert lost.label is not None
    assert lost.label.span.start == 1000  # the activation


def test_a_working_directory_does_not_last(tmp_path: Path) -> None:
    files = {"backend/main.py": APP, "backend/requirements.txt": "fastapi\n"}
    commands = ["python -m venv /opt/venv", "cd backend", "/opt/venv/bin/pip install -r requirements.txt"]
    causes = [cause for _, cause, _ in told(run(tmp_path, commands, None, files=files))]
    assert causes == [Cause.WRONG_REQUIREMENTS_PATH, Cause.STATE_LOST_BETWEEN_COMMANDS]


def test_steps_that_share_a_shell_keep_its_state(tmp_path: Path) -> None:
    tree = project(tmp_path, FILES)
    commands = ["python -m venv /opt/venv", ". /opt/venv/bin/activate", "pip install -r requirements.txt"]
    steps = tuple(
        Step(f"s{n}", Phase.INSTALL, command(text, n), ShellForm.BASH, "/app", isolated=False)
        for n, text in enumerate(commands)
    )
    plan = Plan("test", "test", None, ".", nix(programs=()), "/app", steps=steps)
    machine = replace(plan, machine=replace(nix(), programs=(), index=replace(nix().index, projects=None)))
    assert told(simulate_plan(machine, tree)) == []


def test_a_masked_failure_shows_at_the_start(tmp_path: Path) -> None:
    simulation = run(tmp_path, ["pip install -r requirements.txt || true"], "python -m " + START)
    assert told(simulation) == [
        ("s0", Cause.ERROR_MASKED, False),
        ("start", Cause.MODULE_NOT_FOUND_AT_START, False),
    ]
    assert simulation.steps[0].outcome.verdict is Verdict.SUCCEEDS
    assert simulation.start is not None
    assert "hidden" in simulation.start.outcome.failures[0].trace[0].text


def test_a_fallback_that_works_hides_nothing(tmp_path: Path) -> None:
    fallback = "pip install -r requirements.txt || { " + VENV + "; }"
    assert told(run(tmp_path, [fallback], paths=("/opt/venv/bin",))) == []


def test_the_start_uses_another_python(tmp_path: Path) -> None:
    simulation = run(tmp_path, [VENV], "python -m " + START)
    assert told(simulation) == [("start", Cause.START_PYTHON_MISMATCH, False)]


def test_a_script_off_path(tmp_path: Path) -> None:
    assert told(run(tmp_path, [VENV])) == [("start", Cause.SCRIPT_NOT_ON_PATH, False)]


def test_a_dependency_that_no_requirement_names(tmp_path: Path) -> None:
    files = {**FILES, "main.py": "import requests\n" + APP}
    simulation = run(tmp_path, [VENV], paths=("/opt/venv/bin",), files=files)
    assert told(simulation) == [("start", Cause.MISSING_DEPENDENCY, False)]
    label = simulation.start.outcome.failures[0].label if simulation.start else None
    assert label is not None
    assert (label.span.path, label.span.start) == ("main.py", 0)


def test_a_dependency_of_an_unknown_distribution_is_no_failure(tmp_path: Path) -> None:
    files = {"main.py": "import requests\n" + APP, "requirements.txt": "fastapi\nuvicorn\nsome-unheard-of-thing\n"}
    simulation = run(tmp_path, [VENV], paths=("/opt/venv/bin",), files=files)
    assert told(simulation) == []
    assert simulation.verdict is Verdict.UNKNOWN


def test_a_guarded_import_is_no_failure(tmp_path: Path) -> None:
    files = {**FILES, "main.py": "try:\n    import requests\nexcept ImportError:\n    requests = None\n" + APP}
    assert told(run(tmp_path, [VENV], paths=("/opt/venv/bin",), files=files)) == []


def test_an_app_that_is_not_there(tmp_path: Path) -> None:
    for start in ("uvicorn app:main --port $PORT", "uvicorn main:application --port $PORT"):
        simulation = run(tmp_path, [VENV], start, paths=("/opt/venv/bin",))
        assert told(simulation) == [("start", Cause.WRONG_ENTRYPOINT_PATH, False)]


def test_exec_form(tmp_path: Path) -> None:
    cd = run(tmp_path, [VENV], "cd backend && " + START, paths=("/opt/venv/bin",), form=ShellForm.EXEC)
    assert told(cd) == [("start", Cause.CD_EXEC_FORM, False)]
    port = run(tmp_path, [VENV], START, paths=("/opt/venv/bin",), form=ShellForm.EXEC)
    assert told(port) == [("start", Cause.PORT_NOT_EXPANDED, False)]
    label = port.start.outcome.failures[0].label if port.start else None
    assert label is not None
    assert label.span.start == 9000 + START.index("$PORT")


def test_a_default_of_the_port_is_expanded(tmp_path: Path) -> None:
    start = "uvicorn main:app --host 0.0.0.0 --port ${PORT:-8000}"
    assert run(tmp_path, [VENV], start, paths=("/opt/venv/bin",)).verdict is Verdict.SUCCEEDS


def test_loopback_is_a_warning(tmp_path: Path) -> None:
    simulation = run(tmp_path, [VENV], "uvicorn main:app --port $PORT", paths=("/opt/venv/bin",))
    assert simulation.start is not None
    assert [(f.cause, f.warning) for f in simulation.start.outcome.failures] == [(Cause.PORT_HARDCODED, True)]


def test_the_run_time_image_lacks_the_install(tmp_path: Path) -> None:
    simulation = run(tmp_path, [VENV], paths=("/opt/venv/bin",), keeps=("/app", "/nix", "/root"))
    assert told(simulation) == [("start", Cause.INSTALL_NOT_IN_RUNTIME_IMAGE, False)]


def test_the_health_check_needs_a_route(tmp_path: Path) -> None:
    def health(path: str) -> HealthCheck:
        return HealthCheck(Located(path, FileOrigin(Span("railway.json", 5, 9))))

    good = run(tmp_path, [VENV], paths=("/opt/venv/bin",), health=health("/health"))
    assert told(good) == []
    bad = run(tmp_path, [VENV], paths=("/opt/venv/bin",), health=health("/healthz"))
    assert told(bad) == [("health", Cause.HEALTHCHECK_PATH, False)]
    assert bad.verdict is Verdict.FAILS


def test_a_server_in_the_build_never_ends(tmp_path: Path) -> None:
    simulation = run(tmp_path, [VENV, START], None, paths=("/opt/venv/bin",))
    assert told(simulation) == [("s1", Cause.OOM_OR_TIMEOUT, False)]


def test_places_inside_scripts_of_the_project(tmp_path: Path) -> None:
    files = {**FILES, "build.sh": "#!/bin/bash\nset -e\npip install -r requirements.txt\n"}
    simulation = run(tmp_path, ["bash build.sh"], None, files=files)
    label = simulation.steps[0].outcome.failures[0].label
    assert label is not None
    assert (label.span.path, label.span.start) == ("build.sh", 19)


def test_a_step_sees_only_the_files_that_were_copied(tmp_path: Path) -> None:
    tree = project(tmp_path, {**FILES, "sub/more.txt": "flask\n"})
    steps = tuple(
        Step(f"s{n}", Phase.INSTALL, command(text, n), ShellForm.BASH, "/app", files=files)
        for n, (text, files) in enumerate(
            [("cat requirements.txt sub/more.txt", ("requirements.txt",)), ("cat main.py sub/more.txt", None)]
        )
    )
    plan = Plan("test", "test", None, ".", nix(), "/app", steps=steps)
    simulation = simulate_plan(plan, tree)
    assert [one.outcome.verdict for one in simulation.steps] == [Verdict.FAILS, Verdict.SUCCEEDS]
    failure = simulation.steps[0].outcome.failures[0]
    assert failure.label is not None
    assert failure.label.span.start == len("cat requirements.txt ")


def test_after_an_unknown_program_absence_is_not_known(tmp_path: Path) -> None:
    files = {**FILES, "build.py": "print(input())\n"}
    simulation = run(tmp_path, ["python build.py", "ls dist/output", "cat absent.txt"], None, files=files)
    assert [one.outcome.verdict for one in simulation.steps[1:]] == [Verdict.UNKNOWN, Verdict.FAILS]


def test_one_cause_is_told_once_a_step(tmp_path: Path) -> None:
    simulation = run(tmp_path, ["pip install -U pip && pip install -r requirements.txt"], None)
    assert told(simulation) == [("s0", Cause.PIP_COMMAND_NOT_FOUND, False)]


def test_a_service_below_the_root(tmp_path: Path) -> None:
    files = {"backend/main.py": APP, "backend/requirements.txt": "fastapi\nuvicorn\n", "README.md": ""}
    simulation = run(tmp_path, [VENV], paths=("/opt/venv/bin",), files=files, root="backend")
    assert simulation.verdict is Verdict.SUCCEEDS


def test_node_brings_no_pip(tmp_path: Path) -> None:
    npm = InstalledProgram("npm", ("/usr/bin/npm",), "10")
    machine = replace(nix(), programs=(npm,), env={**nix().env, "PATH": "/app/node_modules/.bin:" + nix().env["PATH"]})
    files = {**FILES, "package.json": "{}"}
    simulation = run(tmp_path, ["npm ci", "npm ci && pip install x"], None, machine=machine, files=files)
    assert told(simulation) == [("s1", Cause.PIP_COMMAND_NOT_FOUND, False)]
    assert simulation.verdict is Verdict.FAILS
