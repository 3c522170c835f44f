"""Pure parts: probes, secrets, recognising, agreement, commands, interpreters' paths, facts."""

from __future__ import annotations

from pathlib import Path

import pytest

from firstpush.errors import CannotRehearse, UsageError
from firstpush.facts import table
from firstpush.model.cause import Cause
from firstpush.model.plan import ShellForm
from firstpush.rehearsal import commands, probe
from firstpush.rehearsal.cache import Cache
from firstpush.rehearsal.doubt import doubt
from firstpush.rehearsal.probe import difference, judge, parse
from firstpush.rehearsal.recognise import clean, recognise
from firstpush.rehearsal.replica import interpreters
from firstpush.rehearsal.replica.machine_layer import fill
from firstpush.rehearsal.replica.relocate import overwrite_path
from firstpush.rehearsal.sandbox import seccomp
from firstpush.rehearsal.secrets import Masker, read_env_file
from firstpush.rehearsal.values import ProbeSpec
from tests.rehearsal import plans


@pytest.mark.parametrize(
    ("text", "spec"),
    [
        ("/health", ProbeSpec("GET", "/health", status=200)),
        ("GET /a?b=c => 404", ProbeSpec("GET", "/a?b=c", status=404)),
        ('POST /p {"a": 1} => 200 {"b": 2}', ProbeSpec("POST", "/p", json={"a": 1}, status=200, expect={"b": 2})),
        ('/p {"a": 1}', ProbeSpec("POST", "/p", json={"a": 1}, status=200)),
        ("put /p some text => hello", ProbeSpec("PUT", "/p", body="some text", contains="hello")),
    ],
)
def test_probes_on_the_command_line(text: str, spec: ProbeSpec) -> None:
    assert parse(text) == spec


@pytest.mark.parametrize("text", ["", "health", "FETCH /x", "=> 200"])
def test_probes_that_cannot_be_read(text: str) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        parse(text)


def test_probe_tables() -> None:
    row = {"path": "/p", "json": {"a": 1}, "headers": {"X-Key": 1}, "expect": {"ok": True}}
    assert probe.from_table(row) == ProbeSpec("POST", "/p", {"X-Key": "1"}, {"a": 1}, status=200, expect={"ok": True})
    with pytest.raises(UsageError, match="unknown keys: pat"):
        probe.from_table({"pat": "/"})


@pytest.mark.parametrize(
    ("expected", "real", "told"),
    [
        ({"a": 1}, {"a": 1, "b": 2}, None),
        ({"a": {"b": [1, 2]}}, {"a": {"b": [1, 2]}}, None),
        ({"a": {"b": [1]}}, {"a": {"b": [1, 2]}}, "$.a.b is not a list of 1"),
        ({"a": 1}, {}, "$.a is missing"),
        ({"a": True}, {"a": 1}, "$.a is 1, expected true"),
        ({"a": 1}, [], "$ is no object"),
    ],
)
def test_json_subsets(expected: object, real: object, told: str | None) -> None:
    assert difference(expected, real) == told


def test_judging_answers() -> None:
    assert judge(ProbeSpec(status=200), 201, "") == "status 201, expected 200"
    assert judge(ProbeSpec(expect={}), 200, "<html>") == "the answer is no JSON"
    assert judge(ProbeSpec(contains="x"), 200, "y") == "the answer does not contain 'x'"
    assert judge(ProbeSpec(), 500, "") is None


def test_secrets_are_masked_in_all_their_forms() -> None:
    mask = Masker({"KEY": 'a"b/c d', "PORT": "8080", "DEBUG": "true", "LONG": "line one\nline two"})
    assert mask('x a"b/c d y') == "x •••• y"
    assert mask("x a%22b%2Fc%20d y") == "x •••• y"
    assert mask('{"k": "a\\"b/c d"}') == '{"k": "••••"}'
    assert mask("8080 true") == "8080 true"
    assert mask("line two") == "••••"


def test_env_files() -> None:
    text = "# comment\nA=1\nexport B='x y' \nC=\"a\\nb\"\nD=v # remark\nE=\n"
    assert read_env_file(text) == {"A": "1", "B": "x y", "C": "a\nb", "D": "v", "E": ""}
    with pytest.raises(ValueError, match="line 1"):
        read_env_file("not a line")


@pytest.mark.parametrize(
    ("output", "cause"),
    [
        ("/bin/bash: line 1: pip: command not found", Cause.PIP_COMMAND_NOT_FOUND),
        ("sh: 1: pip3: not found", Cause.PIP_COMMAND_NOT_FOUND),
        ("/root/.nix-profile/bin/python: No module named pip", Cause.NO_MODULE_PIP),
        ("/bin/bash: line 1: python: command not found", Cause.PYTHON_COMMAND_NOT_FOUND),
        ("/bin/bash: line 1: uvicorn: command not found", Cause.COMMAND_NOT_FOUND),
        ("no such option: --break-system-packages", Cause.BREAK_FLAG_UNSUPPORTED),
        (
            "Could not open requirements file: [Errno 2] No such file or directory: 'r.txt'",
            Cause.WRONG_REQUIREMENTS_PATH,
        ),
        ("ERROR: No matching distribution found for rdkit-pypi==9", Cause.NO_MATCHING_DISTRIBUTION),
        ("/bin/bash: line 1: cd: backend: No such file or directory", Cause.WRONG_WORKING_DIRECTORY),
        ("Error: Invalid value for '--port': '$PORT' is not a valid integer.", Cause.PORT_NOT_EXPANDED),
        ('ERROR:    Error loading ASGI app. Could not import module "main".', Cause.WRONG_ENTRYPOINT_PATH),
        ("error: command 'gcc' failed: No such file or directory", Cause.NEEDS_COMPILER),
        ("strange", Cause.OTHER),
    ],
)
def test_recognising(output: str, cause: Cause) -> None:
    assert recognise(output, exit_code=1).cause is cause


def test_the_deciding_lines_of_a_refusal() -> None:
    text = "Collecting x\nerror: externally-managed-environment\n\n× This\nhint: See PEP 668 for more.\nmore\n"
    assert recognise(text).lines == tuple(text.splitlines()[1:5])


def test_cleaning() -> None:
    assert clean("a\x1b[31mb\x1b[0m\x1b]0;t\x07c\x00\x9bd\ne") == "abt" + "cd\ne" or "\x1b" not in clean("\x1b[31m")
    assert "\x1b" not in clean("\x1b[2J\x1b]8;;http://x\x1b\\y")


def test_every_signature_names_a_cause_and_a_source() -> None:
    for row in table("rehearsal_signatures")["signature"]:
        Cause(row["cause"])
        assert row["source"]
        assert row["checked"]


def test_commands_as_words() -> None:
    assert commands.argv("a | b", ShellForm.BASH_LOGIN_PIPEFAIL) == ["/bin/bash", "-ol", "pipefail", "-c", "a | b"]
    assert commands.argv("a '$X'", ShellForm.EXEC) == ["a", "$X"]


def test_nixpacks_paths_go_into_its_own_variable() -> None:
    plan = plans.nixpacks("x")
    env = commands.environment(plan, plan.steps[0], {"A": "1"})
    assert env["NIXPACKS_PATH"] == "/opt/venv/bin:"
    assert env["A"] == "1"


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("python -m venv --copies /opt/venv && . x && y", ("python -m venv --copies /opt/venv", ". x && y")),
        ("python3.11 -m venv /v && a", ("python3.11 -m venv /v", "a")),
        ("python -m venv venv && a", None),
        ("python -m venv /v; a", None),
        ("python -m venv /v", None),
    ],
)
def test_the_venv_part_of_a_command(text: str, parts: tuple[str, str] | None) -> None:
    assert commands.split_venv(text) == parts


def test_lines_of_the_door_are_not_shown() -> None:
    door = "http://127.0.0.1:3128"
    text = f"Looking in indexes: {door}/simple/\nDownloading {door}/files/six/0123456789abcdef/six.whl (1 kB)\n"
    assert commands.without_door(text) == "Downloading six.whl (1 kB)\n"


def test_best_interpreter() -> None:
    found = [interpreters.FoundPython(version, Path("/x"), False) for version in ("3.12.1", "3.11.9", "3.11.7")]
    assert interpreters.best("3.11.7", found) == found[2]
    assert interpreters.best("3.11.99", found) == found[1]
    assert interpreters.best("3.10", found) is None


def test_overwriting_a_path(tmp_path: Path) -> None:
    binary = tmp_path / "b"
    binary.write_bytes(b"\0/long/old/path\0rest")
    assert overwrite_path(binary, "/long/old/path", "/short")
    assert binary.read_bytes() == b"\0/short\0\0\0\0\0\0\0\0\0rest"
    assert not overwrite_path(binary, "/long/old/path", "/short")
    with pytest.raises(ValueError, match="longer"):
        overwrite_path(binary, "/a", "/abc")


def test_a_machine_cannot_write_outside_its_layer(tmp_path: Path) -> None:
    from dataclasses import replace

    machine = replace(plans.docker_machine(), interpreters=(), programs=(), files={"/../../evil": {"text": "x"}})
    fill(tmp_path / "layer", machine, {})
    assert (tmp_path / "layer/evil").read_text() == "x"


def test_the_filter_is_whole_instructions() -> None:
    for name in ("x86_64", "aarch64"):
        code = seccomp.program(name)
        assert code is not None
        assert len(code) % 8 == 0
        assert len(code) // 8 < 4096
        steps = [(code[at + 2], code[at + 3], at // 8) for at in range(0, len(code), 8)]
        assert all(index + 1 + max(on_true, on_false) < len(steps) for on_true, on_false, index in steps[:-1])
    assert seccomp.program("riscv64") is None


@pytest.mark.parametrize(
    ("output", "word"),
    [
        ("File os.py\n  os.environ['API_KEY']\nKeyError: 'API_KEY'\n", "API_KEY"),
        ("decouple.UndefinedValueError: SECRET_KEY not found. Declare it", "SECRET_KEY"),
        (
            (
                "pydantic_core._pydantic_core.ValidationError: 1 validation error for Settings\n"
                "api_key\n  Field required [type"
            ),
            "API_KEY",
        ),
        (
            "sqlalchemy.exc.OperationalError: (psycopg2.OperationalError) could not translate host name",
            "--with postgres",
        ),
        ("httpx.ConnectError: [Errno -3] Temporary failure in name resolution", "network"),
        ("RuntimeError: missing environment variable: STRIPE_KEY", "STRIPE_KEY"),
    ],
)
def test_failures_that_say_nothing_of_the_platform(output: str, word: str) -> None:
    assert word in (doubt(output, at_start=True) or "")


def test_failures_that_say_something() -> None:
    assert doubt("KeyError: 'NAME'", at_start=True) is None  # not of the environment
    assert doubt("ModuleNotFoundError: No module named 'flask'", at_start=True) is None
    assert doubt("os.environ\nKeyError: 'API_KEY'", known=frozenset({"API_KEY"})) is None


def test_a_cache_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(CannotRehearse, match="cache folder"):
        Cache(tmp_path / "file" / "cache")
