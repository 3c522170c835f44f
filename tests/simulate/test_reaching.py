"""Which program a name reaches, and what it finds there."""

from __future__ import annotations

from dataclasses import replace

import pytest

from firstpush.model.cause import Cause
from firstpush.model.machine import InstalledProgram, Machine, Venv
from firstpush.model.outcome import Place, Verdict
from firstpush.simulate import Answer, simulate
from tests.simulate.machines import APP, debian, nix, with_files

VENV = Venv("/opt/venv", "/usr/bin/python3.11", "24.0")
SUDO = InstalledProgram("sudo", ("/usr/bin/sudo",), "")


def outcome(machine: Machine, command: str) -> str:
    """`fails:cause`, `succeeds:place` or `unknown`."""
    answer = simulate(machine, command)
    if answer.verdict is Verdict.UNKNOWN:
        return "unknown"
    return f"{answer.verdict}:{answer.cause or answer.where}"


REFUSED = f"fails:{Cause.PEP668_REFUSED}"
IN_VENV = f"succeeds:{Place.VENV}"


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("pip install demo", REFUSED),
        ("pip3 install demo", REFUSED),
        ("/usr/bin/pip install demo", REFUSED),
        ("python3 -m pip install demo", REFUSED),
        ("python -m pip install demo", f"fails:{Cause.PYTHON_COMMAND_NOT_FOUND}"),
        ("pip3.12 install demo", f"fails:{Cause.PIP_COMMAND_NOT_FOUND}"),
        (". /opt/venv/bin/activate && pip install demo", IN_VENV),
        ("source /opt/venv/bin/activate; pip install demo", IN_VENV),
        ("(. /opt/venv/bin/activate); pip install demo", REFUSED),
        (". /opt/venv/bin/activate && deactivate && pip install demo", REFUSED),
        ("sh -c '. /opt/venv/bin/activate && pip install demo'", IN_VENV),
        ("sh -c 'source /opt/venv/bin/activate && pip install demo'", f"fails:{Cause.OTHER}"),
        ("sh /opt/venv/bin/activate; pip install demo", REFUSED),
        ("/opt/venv/bin/activate", f"fails:{Cause.PERMISSION_DENIED}"),
        ("/opt/venv/bin/python -m pip install demo", IN_VENV),
        ("PATH=/opt/venv/bin:$PATH pip install demo", IN_VENV),
        ("export PATH=/opt/venv/bin:$PATH; pip install demo", IN_VENV),
        ("export PATH=$PATH:/opt/venv/bin; pip install demo", REFUSED),
        ("VIRTUAL_ENV=/opt/venv pip install demo", REFUSED),
        ("env PATH=/opt/venv/bin:/usr/bin pip install demo", IN_VENV),
        (". /opt/venv/bin/activate && env -i PATH=/usr/bin pip install demo", REFUSED),
        (". /opt/venv/bin/activate && env -i /opt/venv/bin/pip install demo", IN_VENV),
        ("echo demo | xargs pip install", REFUSED),
        ("time pip install demo", REFUSED),
        ("nohup pip install demo", REFUSED),
        ("timeout 60 pip install demo", REFUSED),
        ("exec pip install demo", REFUSED),
        ("command pip install demo", REFUSED),
        ("$(command -v pip) install demo", REFUSED),
        ("eval 'pip install demo'", REFUSED),
        ("P=pip; $P install demo", REFUSED),
        ("pip() { true; }; pip install demo", f"succeeds:{Place.NONE}"),
        ("pip() { true; }; command pip install demo", REFUSED),
        ("alias pip=true; pip install demo", REFUSED),  # bash -c expands no aliases
        ("shopt -s expand_aliases\nalias pip=true\npip install demo", f"succeeds:{Place.NONE}"),
        ("ln -s /opt/venv/bin/pip /usr/local/bin/pip && pip install demo", IN_VENV),
        ("mv /opt/venv /opt/moved && /opt/moved/bin/pip install demo", f"fails:{Cause.PIP_COMMAND_NOT_FOUND}"),
        ("mv /opt/venv /opt/moved && /opt/moved/bin/python -m pip install demo", IN_VENV),
        ("mv /opt/venv /opt/moved; . /opt/moved/bin/activate; pip install demo", REFUSED),
        ("rm -r /opt/venv; . /opt/venv/bin/activate && pip install demo", f"fails:{Cause.OTHER}"),
        ("rm /opt/venv/pyvenv.cfg; /opt/venv/bin/python -m pip install demo", REFUSED),
        ("rm /usr/lib/python3.11/EXTERNALLY-MANAGED && pip install demo", f"succeeds:{Place.SYSTEM}"),
        ("mv /usr/lib/python3*/EXTERNALLY-MANAGED /tmp/x && pip install demo", f"succeeds:{Place.SYSTEM}"),
        ("find /usr/lib -name EXTERNALLY-MANAGED -delete && pip install demo", f"succeeds:{Place.SYSTEM}"),
        ("pip install demo || true", f"succeeds:{Place.NONE}"),
        ("pip install demo; true", f"succeeds:{Place.NONE}"),
        ("pip install demo | cat", f"succeeds:{Place.NONE}"),
        ("set -o pipefail; pip install demo | cat", REFUSED),
        ("pip install demo | cat; exit ${PIPESTATUS[0]}", REFUSED),
        ("set -e; pip install demo; true", REFUSED),
        ("! pip install demo", f"succeeds:{Place.NONE}"),
        ("if ! pip install demo; then exit 1; fi", REFUSED),
        ("pip install demo || { echo failed; exit 1; }", REFUSED),
        ("if command -v pip; then pip install demo; fi", REFUSED),
        ("if command -v pip3.12; then pip install demo; fi", f"succeeds:{Place.NONE}"),
        ("curl -sS https://bootstrap.pypa.io/get-pip.py", f"fails:{Cause.OTHER}"),
        ("sudo pip install demo", f"fails:{Cause.OTHER}"),
        ('python3 -c "import demo"', f"fails:{Cause.MODULE_NOT_FOUND_AT_START}"),
        ('/opt/venv/bin/pip install demo && /opt/venv/bin/python -c "import demo"', IN_VENV),
        ("/opt/venv/bin/pip install demo && python3 -m demo", f"fails:{Cause.START_PYTHON_MISMATCH}"),
        ("python3 -V && python3 --version", f"succeeds:{Place.NONE}"),
    ],
)
def test_on_debian(command: str, expected: str) -> None:
    assert outcome(replace(debian(), venvs=(VENV,)), command) == expected


def test_sudo_resets_path_and_environment() -> None:
    machine = replace(debian(), venvs=(VENV,), programs=(*debian().programs, SUDO))
    assert outcome(machine, ". /opt/venv/bin/activate && sudo pip install demo") == REFUSED
    assert outcome(machine, "sudo /opt/venv/bin/pip install demo") == IN_VENV
    assert outcome(machine, "PIP_BREAK_SYSTEM_PACKAGES=1 sudo pip install demo") == REFUSED
    flagged = "sudo PIP_BREAK_SYSTEM_PACKAGES=1 pip install demo"
    assert outcome(machine, flagged) == f"succeeds:{Place.SYSTEM}"


def test_sudo_makes_a_user_root() -> None:
    machine = replace(debian(user=APP, writable_by_user=("/home/app", "/src")), programs=(*debian().programs, SUDO))
    assert outcome(machine, "touch /usr/x") == f"fails:{Cause.PERMISSION_DENIED}"
    assert outcome(machine, "sudo touch /usr/x") == f"succeeds:{Place.NONE}"


def test_the_shell_remembers_where_a_program_was() -> None:
    """A `pip` that appears earlier on PATH is not seen until `hash -r`."""
    script = "pip --version; printf '#!/bin/sh\\nexit 3\\n' > /usr/local/bin/pip; chmod +x /usr/local/bin/pip; "
    assert outcome(debian(), script + "pip --version") == f"succeeds:{Place.NONE}"
    assert outcome(debian(), script + "hash -r; pip --version").startswith("fails")


def test_an_empty_component_of_path_is_the_working_directory() -> None:
    machine = with_files(debian(), {"/src/pip": {"text": "#!/bin/sh\nexit 3\n", "mode": "755"}})
    assert outcome(replace(machine, env={"PATH": ":/usr/bin"}), "pip --version").startswith("fails")
    assert outcome(machine, "pip --version") == f"succeeds:{Place.NONE}"


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("pip install demo", REFUSED),
        ("python -m pip install demo", f"fails:{Cause.NO_MODULE_PIP}"),
        ("python -m ensurepip", REFUSED),
        ("python -m venv /opt/v && . /opt/v/bin/activate && pip install demo", IN_VENV),
        ("python -m venv --without-pip v && . v/bin/activate && pip install demo", REFUSED),
        ("pip install --break-system-packages demo && demo", f"fails:{Cause.SCRIPT_NOT_ON_PATH}"),
        ("pip install --break-system-packages demo && python -m demo", f"succeeds:{Place.SYSTEM}"),
    ],
)
def test_on_nix(command: str, expected: str) -> None:
    machine = nix()
    assert outcome(machine, command) == expected


def test_scripts_of_the_machine_are_followed() -> None:
    machine = with_files(
        debian(),
        {
            "/src/build.sh": {"text": "#!/usr/bin/env bash\nset -e\npip install demo\n", "mode": "755"},
            "/src/Makefile": "install:\n\tpip install demo\n",
            "/src/crlf.sh": {"text": "#!/bin/bash\r\ntrue\r\n", "mode": "755"},
        },
    )
    make = replace(machine, programs=(*machine.programs, InstalledProgram("make", ("/usr/bin/make",), "4")))
    assert outcome(machine, "./build.sh") == REFUSED
    assert outcome(machine, "bash build.sh") == REFUSED
    assert outcome(machine, ". ./build.sh") == REFUSED
    assert outcome(make, "make install") == REFUSED
    assert outcome(make, "make nothing") == f"fails:{Cause.OTHER}"
    assert outcome(machine, "./crlf.sh") == f"fails:{Cause.SHELL_QUOTING}"


@pytest.mark.parametrize(
    "command",
    [
        "$UNSET_PROGRAM_OF_STDIN install",  # an empty word: nothing runs
        "python3 script.py",
        "python3 -c 'import os; os.system(input())'",
        "$(cat name.txt) install demo",
    ],
)
def test_what_cannot_be_known_is_unknown_or_harmless(command: str) -> None:
    machine = with_files(debian(), {"/src/script.py": "print(input())\n", "/src/name.txt": {"base64": "/w=="}})
    assert simulate(machine, command).cause is None or command.startswith("$UNSET")


def test_every_branch_of_an_unknown_condition_is_followed() -> None:
    machine = with_files(debian(), {"/src/maybe.py": "import sys\nsys.exit(int(input()))\n"})
    both = "if python3 maybe.py; then pip install demo; else pip3 install demo; fi"
    one = "if python3 maybe.py; then pip install demo; else true; fi"
    assert outcome(machine, both) == REFUSED
    assert outcome(machine, one) == "unknown"
    assert outcome(machine, "python3 maybe.py && pip install demo") == REFUSED
    assert outcome(machine, "python3 maybe.py || true") == f"succeeds:{Place.NONE}"


def test_an_open_machine_may_have_more_programs() -> None:
    assert outcome(replace(debian(), closed=False), "ruff check") == "unknown"
    assert outcome(debian(), "ruff check") == f"fails:{Cause.OTHER}"


def test_an_answer_has_the_fields_of_the_contract() -> None:
    answer = simulate(debian(), "pip install demo")
    assert isinstance(answer, Answer)
    assert set(answer.to_answer()) == {"format", "outcome", "exit_code", "cause", "where", "why"}
    assert answer.to_answer()["exit_code"] == 1
