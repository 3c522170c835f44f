"""A log held against the project: the guilty place."""

from __future__ import annotations

from firstpush.diagnose import diagnose
from firstpush.model.cause import Cause
from firstpush.model.machine import Machine
from firstpush.model.origin import Command, FileOrigin
from firstpush.model.plan import Phase, Plan, ShellForm, Step
from firstpush.model.report import Report
from firstpush.model.text import Span, SpannedText
from firstpush.syntax.source import Source
from tests.report.sample import OFF_PATH, REFUSED, REPORT, source

REFUSAL = """\
#12 0.5 error: externally-managed-environment
#12 ERROR: process "/bin/bash -ol pipefail -c {run}" did not complete successfully: exit code: 1
"""


def test_the_same_prediction_gives_the_place_the_help_and_the_fixes() -> None:
    best = diagnose(REFUSAL.format(run="pip install -r backend/requirements.txt"), REPORT).causes[0]
    assert best.config == REFUSED.primary.span
    assert best.rule == "FP101"
    assert best.fixes == REFUSED.fixes
    assert best.help == REFUSED.help


def test_a_symptom_takes_the_name_of_its_prediction() -> None:
    log = "using build driver nixpacks-v1.41.0\nStarting Container\n/bin/bash: line 1: hypercorn-x: command not found\n"
    best = diagnose(log, REPORT).causes[0]
    assert (best.cause, best.config) == (Cause.SCRIPT_NOT_ON_PATH, OFF_PATH.primary.span)


def test_another_platforms_prediction_does_not_explain_the_log() -> None:
    log = "Vercel CLI 50.1.0\n" + REFUSAL.format(run="x")
    assert diagnose(log, REPORT).causes[0].config is None


def test_the_command_is_found_in_the_plan() -> None:
    text = SpannedText.verbatim("pip  install -r backend/requirements.txt", "nixpacks.toml", 91)
    command = Command(text, FileOrigin(Span("nixpacks.toml", 91, 131)))
    step = Step("install-1", Phase.INSTALL, command, ShellForm.BASH, "/app")
    plan = Plan("railway", "nixpacks", None, ".", Machine(), "/app", steps=(step,))
    best = diagnose(REFUSAL.format(run="pip install -r backend/requirements.txt"), Report(), (plan,), source).causes[0]
    assert best.config == Span("nixpacks.toml", 91, 131)
    assert best.rule is None


def test_the_line_of_a_dockerfile() -> None:
    log = """#8 [3/4] RUN pip install flask
#8 0.2 /bin/sh: 1: pip: not found
#8 ERROR: process "/bin/sh -c pip install flask" did not complete successfully: exit code: 127
Dockerfile:2
--------------------
   1 |     FROM debian:12
   2 | >>> RUN pip install flask
"""
    files = {"Dockerfile": Source("Dockerfile", b"FROM debian:12\nRUN pip install flask\n")}
    assert diagnose(log, Report(), (), files.get).causes[0].config == Span("Dockerfile", 15, 36)
    assert diagnose(log, Report(), (), {}.get).causes[0].config is None
