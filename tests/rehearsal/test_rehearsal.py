"""The whole way: build, start, health, the user's requests; what is found when the app cannot be reached."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from firstpush.model.cause import Cause
from firstpush.model.diagnostic import Label, Severity
from firstpush.model.outcome import Failure, Outcome, Verdict
from firstpush.model.plan import PlanProblem, ShellForm
from firstpush.model.text import Span
from firstpush.rehearsal import ProbeSpec
from firstpush.rehearsal.render import html, markdown
from firstpush.rehearsal.render import json as as_json
from firstpush.rehearsal.render.text import Text
from firstpush.rehearsal.sandbox.limits import Limits
from firstpush.rehearsal.services import postgres_binaries, redis_binary
from tests.rehearsal import plans
from tests.rehearsal.conftest import Rehearse

pytestmark = [pytest.mark.sandbox]


def test_probes_and_their_answers(run: Rehearse) -> None:
    good = ProbeSpec("POST", "/predict", json={"smiles": "CCO"}, status=200, expect={"you": {"smiles": "CCO"}})
    bad = ProbeSpec("POST", "/predict", json={"a": 1}, status=200, expect={"n": 2})
    found = run(plans.docker(start="python main.py"), probes=(good, bad))
    assert [probe.problem for probe in found.probes] == [None, "$.n is 1, expected 2"]
    assert json.loads(found.probes[0].body) == {"you": {"smiles": "CCO"}, "n": 1}
    assert found.verdict == "fails"


def test_health_must_be_200_and_redirects_are_none(run: Rehearse) -> None:
    found = run(plans.nixpacks(start="python main.py", health="/moved", timeout=3.0))
    assert found.probes[0].problem == "status 301, the platform requires 200"
    assert found.cause is Cause.HEALTHCHECK_PATH


def test_bound_to_loopback_is_named(run: Rehearse) -> None:
    found = run(plans.docker(start="BIND=127.0.0.1 python main.py"))
    assert found.start is not None
    assert found.start.cause is Cause.BOUND_TO_LOOPBACK
    assert "127.0.0.1:8000" in (found.first_failure or "")


def test_another_port_is_named(run: Rehearse) -> None:
    found = run(plans.docker(start="FORCED_PORT=9000 python main.py"))
    assert found.start is not None
    assert found.start.cause is Cause.PORT_HARDCODED
    assert "0.0.0.0:9000" in (found.first_failure or "")


def test_a_crash_shows_its_lines_and_cause(run: Rehearse) -> None:
    found = run(plans.docker(start="python -c 'import flask'"))
    assert found.start is not None
    assert found.start.cause is Cause.MODULE_NOT_FOUND_AT_START
    assert found.start.lines[-1] == "ModuleNotFoundError: No module named 'flask'"


def test_an_app_that_never_listens(run: Rehearse) -> None:
    found = run(plans.docker(start="sleep 60"), start_timeout=1.0)
    assert found.start is not None
    assert found.start.problem == "nothing listened on port 8000 within 1 s"


def test_exec_form_expands_nothing(run: Rehearse) -> None:
    found = run(plans.docker(start="cd /app && python main.py", shell=ShellForm.EXEC))
    assert found.start is not None
    assert found.start.exit_code not in (0, None)


def test_port_is_the_platforms(run: Rehearse) -> None:
    found = run(plans.docker(start="echo PORT=$PORT; exec python main.py"))
    assert found.start is not None
    assert found.start.output.startswith("PORT=8000")


def test_network_is_cut_at_start(run: Rehearse) -> None:
    look = "python -c 'import socket; socket.create_connection((\"127.0.0.1\", 3128), 2)'"
    found = run(plans.docker(look, start=f"{look}; exec python main.py"), offline=False)
    assert found.commands[0].exit_code == 0
    assert found.start is not None
    assert "ConnectionRefusedError" in found.start.output
    assert found.verdict == "passes"


def test_stops_as_the_platform_does_unless_told(run: Rehearse) -> None:
    plan = plans.docker("exit 3", "echo second", start="python main.py")
    stopped = run(plan)
    assert [result.skipped for result in stopped.commands] == [None, "an earlier command failed"]
    assert stopped.start is None
    went_on = run(plan, keep_going=True)
    assert [result.exit_code for result in went_on.commands] == [3, 0]
    assert went_on.start is not None
    assert went_on.start.problem is None
    assert went_on.verdict == "fails"


def test_limits_are_a_failure_with_a_reason(run: Rehearse) -> None:
    found = run(plans.docker("sleep 30"), limits=replace(Limits(), command=0.5))
    assert found.commands[0].stopped == "it took longer than 0.5 s"
    assert found.cause is Cause.OOM_OR_TIMEOUT


def test_secrets_are_never_shown(run: Rehearse, tmp_path: Path) -> None:
    secret = "s3cr3t-value/with+signs"
    plan = plans.docker("env; echo $API_KEY | tee /tmp/x", start="echo start $API_KEY; exec python main.py")
    found = run(plan, env={"API_KEY": secret}, keep=tmp_path / "kept")
    texts = [as_json.render([found]), html.render([found]), markdown.render([found]), Text().whole(found)]
    texts += [path.read_text("utf-8", "replace") for path in (tmp_path / "kept").glob("*.*")]
    assert len(texts) > 6
    for text in texts:
        assert secret not in text
        assert "s3cr3t" not in text
    assert "••••" in found.commands[0].output


def test_control_sequences_do_not_reach_the_terminal(run: Rehearse) -> None:
    found = run(plans.docker("printf '\\033]0;title\\007\\033[31mred\\033[0m\\n'; exit 1"))
    assert "\x1b" not in Text().whole(found)
    assert "red" in found.commands[0].output


def test_a_failure_that_was_not_predicted_is_a_disagreement(run: Rehearse) -> None:
    plan = plans.nixpacks("pip install six", pip=True)
    wrong = run(plan, {"install.0": Outcome(Verdict.SUCCEEDS, 0)})
    assert [(one.id, one.real) for one in wrong.disagreements] == [("install.0", "fails (pep668-refused)")]
    right = run(plan, {"install.0": Outcome(Verdict.FAILS, 1, (Failure(Cause.PEP668_REFUSED, "because"),))})
    assert (right.compared, right.disagreements) == (1, ())
    unknown = run(plan, {"install.0": Outcome(Verdict.UNKNOWN)})
    assert (unknown.compared, unknown.disagreements) == (0, ())


def test_only_the_copied_files_are_there(run: Rehearse) -> None:
    plan = plans.docker("ls", "ls")
    plan = replace(plan, steps=(replace(plan.steps[0], files=("requirements.txt",)), plan.steps[1]))
    found = run(plan)
    assert [result.output.split() for result in found.commands] == [
        ["requirements.txt"],
        ["main.py", "requirements.txt"],
    ]


def test_a_run_time_image_keeps_only_what_the_plan_says(run: Rehearse) -> None:
    plan = plans.docker("touch /opt/lost /app/kept", start="ls /opt /app; exec python main.py")
    assert plan.start is not None
    found = run(replace(plan, start=replace(plan.start, keeps=("/app",))))
    assert found.start is not None
    assert "kept" in found.start.output
    assert "lost" not in found.start.output


def test_keeping_logs_and_files(run: Rehearse, tmp_path: Path) -> None:
    found = run(plans.docker("echo hello > /opt/made; echo told"), keep=tmp_path / "kept")
    assert found.kept == str(tmp_path / "kept")
    assert (tmp_path / "kept/01-RUN.log").read_text() == "$ echo hello > /opt/made; echo told\ntold\n"
    assert (tmp_path / "kept/written/0/opt/made").read_text() == "hello\n"
    assert json.loads((tmp_path / "kept/report.json").read_text())["rehearsals"][0]["verdict"] == "passes"


@pytest.mark.skipif(postgres_binaries() is None, reason="PostgreSQL is not installed")
def test_a_real_postgres(run: Rehearse, app: Path) -> None:
    hello = '(8).to_bytes(4, "big") + (80877103).to_bytes(4, "big")'
    (app / "db.py").write_text(
        "import os, socket, urllib.parse as p\nurl = p.urlsplit(os.environ['DATABASE_URL'])\n"
        f"s = socket.create_connection((url.hostname, url.port)); s.sendall({hello}); print('answer', s.recv(1))\n"
    )
    found = run(plans.docker(start="python db.py && exec python main.py"), services=("postgres",))
    assert found.verdict == "passes", found.first_failure
    assert found.start is not None
    assert "answer b'N'" in found.start.output


@pytest.mark.skipif(redis_binary() is None, reason="Redis is not installed")
def test_a_real_redis(run: Rehearse, app: Path) -> None:
    (app / "store.py").write_text(
        "import os, socket, urllib.parse as p\nurl = p.urlsplit(os.environ['REDIS_URL'])\n"
        "s = socket.create_connection((url.hostname, url.port)); s.sendall(b'INCR n\\r\\n')\n"
        "print('answer', s.recv(9))\n"
    )
    # The platform has no redis-server of its own: its programs are hidden, and the service starts all the same.
    found = run(plans.nixpacks(start="python store.py && exec python main.py"), services=("redis",))
    assert found.verdict == "passes", found.first_failure
    assert found.start is not None
    assert "answer b':1" in found.start.output


def test_without_a_sandbox_only_on_request(run: Rehearse) -> None:
    found = run(plans.docker("pwd; ls"), sandbox=False)
    assert found.commands[0].output.splitlines()[1:] == ["main.py", "requirements.txt"]
    assert "no replica" in found.differences[0].what


def test_a_variable_that_only_the_platform_has(run: Rehearse) -> None:
    plan = plans.docker(start="python -c 'import os; os.environ[\"API_KEY\"]' && exec python main.py")
    missing = run(plan)
    assert missing.verdict == "unknown"
    assert "--env API_KEY=" in (missing.first_failure or "")
    assert run(plan, env={"API_KEY": "some value"}).verdict == "passes"


def test_what_the_builder_itself_refuses_is_not_passed(run: Rehearse) -> None:
    """Vercel's check for an output directory is no command: the rehearsal does not know better than the prediction."""
    place = Label(Span("vercel.json", 0, 1))
    cause = Cause.MISSING_OUTPUT_DIRECTORY
    problem = PlanProblem("vercel-no-output-directory", cause, Severity.ERROR, "no folder to publish", place)
    found = run(replace(plans.docker("true"), problems=(problem,)))
    assert (found.verdict, found.cause) == ("unknown", Cause.MISSING_OUTPUT_DIRECTORY)
    fatal = run(replace(plans.docker("true"), problems=(replace(problem, fatal=True),)))
    assert (fatal.verdict, fatal.commands) == ("fails", ())


def test_what_this_machine_can_do() -> None:
    from firstpush.rehearsal import capabilities

    found = capabilities()
    assert found.can_rehearse, found
    assert found.bubblewrap is not None
    assert found.pythons
