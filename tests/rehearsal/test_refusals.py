"""The failures of the seed documents, word for word, at the command where they occurred; and what works instead."""

from __future__ import annotations

import pytest

from firstpush.model.cause import Cause
from tests.rehearsal import plans
from tests.rehearsal.conftest import Rehearse

pytestmark = [pytest.mark.sandbox]

NIX_REFUSAL = """\
error: externally-managed-environment

× This environment is externally managed
╰─> This command has been disabled as it tries to modify the immutable
    `/nix/store` filesystem.
    
    To use Python with Nix and nixpkgs, have a look at the online documentation:
    <https://nixos.org/manual/nixpkgs/stable/#python>.

note: If you believe this is a mistake, please contact your Python installation or OS distribution provider. \
You can override this, at the risk of breaking your Python installation or OS, by passing --break-system-packages.
hint: See PEP 668 for the detailed specification.
"""  # noqa: W293
UV_REFUSAL = """\
error: externally-managed-environment

× This environment is externally managed
╰─> This Python installation is managed by uv and should not be modified.

note: If you believe this is a mistake, please contact your Python installation or OS distribution provider. \
You can override this, at the risk of breaking your Python installation or OS, by passing --break-system-packages.
hint: See PEP 668 for the detailed specification.
"""


@pytest.mark.parametrize(
    "command",
    ["pip install -r backend/requirements.txt", "pip install six", "pip install --user six", "pip3.11 install -U pip"],
)
def test_nix_refuses_pip(run: Rehearse, command: str) -> None:
    found = run(plans.nixpacks(command, pip=True))
    [result] = found.commands
    assert result.output == NIX_REFUSAL
    assert (result.exit_code, result.cause, found.verdict) == (1, Cause.PEP668_REFUSED, "fails")


def test_nix_refuses_ensurepip(run: Rehearse) -> None:
    """Seeds 2 and 3: what `python -m ensurepip --upgrade` says."""
    found = run(plans.nixpacks("python -m ensurepip --upgrade"))
    [result] = found.commands
    assert result.output.startswith(NIX_REFUSAL)
    assert "subprocess.CalledProcessError: Command" in result.output
    assert (result.exit_code, result.cause) == (1, Cause.PEP668_REFUSED)


def test_python_m_pip_does_not_see_nix_pip(run: Rehearse) -> None:
    """Seed 3's "fix": python3.11 -m pip with python311Packages.pip beside it."""
    found = run(plans.nixpacks("python3.11 -m pip install -r requirements.txt", pip=True))
    [result] = found.commands
    assert result.output == "/root/.nix-profile/bin/python3.11: No module named pip\n"
    assert (result.exit_code, result.cause) == (1, Cause.NO_MODULE_PIP)


def test_no_pip_without_its_package(run: Rehearse) -> None:
    [result] = run(plans.nixpacks("pip install -r requirements.txt")).commands
    assert result.output == "/bin/bash: line 1: pip: command not found\n"
    assert (result.exit_code, result.cause) == (127, Cause.PIP_COMMAND_NOT_FOUND)


def test_vercel_refuses_pip(run: Rehearse) -> None:
    """Seed 4: its error, at its command."""
    found = run(plans.vercel("pip install --user -r requirements.txt"))
    [result] = found.commands
    assert result.output == UV_REFUSAL
    assert (result.exit_code, result.cause) == (1, Cause.PEP668_REFUSED)


def test_vercel_refuses_uv_system(run: Rehearse) -> None:
    [result] = run(plans.vercel("uv pip install --system six")).commands
    assert "is externally managed, and indicates the following:" in result.output
    assert "  This Python installation is managed by uv and should not be modified." in result.output
    assert (result.exit_code, result.cause) == (2, Cause.PEP668_REFUSED)


def test_a_state_that_is_lost_between_commands(run: Rehearse) -> None:
    """Activating in one command does not reach the next one: without `paths`, the profile's pip refuses."""
    found = run(
        plans.nixpacks(
            "python -m venv /opt/venv && . /opt/venv/bin/activate", "pip install six", pip=True, venv_path=False
        )
    )
    assert [result.exit_code for result in found.commands] == [0, 1]
    assert found.commands[1].cause is Cause.PEP668_REFUSED


def test_masked_failure_shows_up_at_start(run: Rehearse) -> None:
    found = run(plans.nixpacks("pip install six || true", pip=True, start="python -c 'import six' && python main.py"))
    assert found.commands[0].exit_code == 0
    assert found.start is not None
    assert found.start.cause is Cause.MODULE_NOT_FOUND_AT_START


def test_the_venv_passes(run: Rehearse) -> None:
    """What Nixpacks does by itself, and seed 2's fix: a venv of its own (no index is needed for it)."""
    found = run(
        plans.nixpacks(
            "python -m venv --copies /opt/venv && . /opt/venv/bin/activate && pip install -r requirements.txt",
            "/opt/venv/bin/pip --version",
            start="/opt/venv/bin/python main.py",
            health="/health",
        )
    )
    assert found.verdict == "passes", found.first_failure
    assert "/opt/venv/lib/python3.11/site-packages/pip" in found.commands[1].output
    assert found.probes[0].status == 200


@pytest.mark.network
def test_break_system_packages_installs_but_its_scripts_are_lost(run: Rehearse, app: object) -> None:
    """Seed 0's fix: it installs, into the store; what it installs as a program is not on PATH."""
    found = run(
        plans.nixpacks(
            "pip install --break-system-packages normalizer==0.0.0 charset-normalizer==3.4.0 || "
            "pip install --break-system-packages charset-normalizer==3.4.0",
            "python -c 'import charset_normalizer; print(charset_normalizer.__file__)'",
            "normalizer --version",
            pip=True,
        ),
        offline=False,
    )
    assert [result.exit_code for result in found.commands] == [0, 0, 127], found.commands
    assert found.commands[1].output.startswith(plans.NIX_PREFIX)
    assert found.commands[2].cause is Cause.COMMAND_NOT_FOUND


@pytest.mark.network
def test_break_system_packages_works_on_vercel_and_unmarked_images_need_nothing(run: Rehearse) -> None:
    """Seed 4's fix works there. Its claim that it is needed everywhere does not hold."""
    vercel = run(
        plans.vercel("pip install --break-system-packages six==1.16.0", "python3 -c 'import six'"), offline=False
    )
    assert vercel.verdict == "passes", vercel.first_failure
    docker = run(plans.docker("pip install six==1.16.0", "python -c 'import six'"), offline=False)
    assert docker.verdict == "passes", docker.first_failure


def test_debian_refuses_pip(run: Rehearse) -> None:
    found = run(plans.debian("python3 --version && test ! -e /usr/bin/python", "pip install six"))
    assert found.commands[0].exit_code == 0
    assert "try apt install\n    python3-xyz, where xyz is" in found.commands[1].output
    assert found.cause is Cause.PEP668_REFUSED


def test_debian_installs_go_below_usr_local(run: Rehearse) -> None:
    show = 'python3 -c \'import sysconfig; print(sysconfig.get_paths()["purelib"], sysconfig.get_paths()["scripts"])\''
    found = run(
        plans.debian(show, "python3 -m venv --without-pip /v && /v/bin/python -c 'import sys; print(sys.path[-1])'")
    )
    assert found.commands[0].output == "/usr/local/lib/python3.13/dist-packages /usr/local/bin\n"
    assert found.commands[1].output == "/v/lib/python3.13/site-packages\n"


def test_debian_without_its_packages(run: Rehearse) -> None:
    found = run(
        plans.debian("pip --version || python3 -m pip --version", "python3 -m venv /v", pip=False), keep_going=True
    )
    assert [result.cause for result in found.commands] == [Cause.NO_MODULE_PIP, Cause.ENSUREPIP_MISSING]
    assert found.commands[0].output == "/bin/sh: 1: pip: not found\n/usr/bin/python3: No module named pip\n"
    assert "    apt install python3.13-venv\n" in found.commands[1].output
    assert found.commands[1].output.endswith("Failing command: /v/bin/python3\n\n")
