"""pip's decisions in pip's order, by version."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.installers.machines import APP, ask, managed, plain, with_env, with_files

REFUSED = ("fails", "pep668-refused")
ON = "[install]\nbreak-system-packages = true\n"


@pytest.mark.parametrize(
    ("version", "said"),
    [("22.3.1", ("succeeds", "system")), ("23.0", REFUSED), ("23.0.1", REFUSED), ("26.3", REFUSED)],
)
def test_the_marker_counts_from_23_0_on(version: str, said: tuple[str, str]) -> None:
    assert ask(managed(version), "pip install flask") == said


@pytest.mark.parametrize(
    ("version", "said"), [("23.0", ("fails", "break-flag-unsupported")), ("23.0.1", ("succeeds", "system"))]
)
def test_the_override_exists_from_23_0_1_on(version: str, said: tuple[str, str]) -> None:
    assert ask(managed(version), "pip install --break-system-packages flask") == said


@pytest.mark.parametrize(
    "words",
    [
        "--user flask",
        "-U pip",
        "-r missing.txt",
        "nosuch",
        "-e .",
        "--dry-run flask",
        "",
        "--no-deps --force-reinstall flask",
    ],
)
def test_the_refusal_comes_before_requirements_are_read(words: str) -> None:
    assert ask(managed(), f"pip install {words}") == REFUSED


@pytest.mark.parametrize("words", ["--target /t flask", "--prefix /t flask", "--root /t flask"])
def test_other_places_are_exempt(words: str) -> None:
    assert ask(managed(), f"pip install {words}") == ("succeeds", "target")


def test_a_dry_run_with_a_report_is_exempt() -> None:
    assert ask(managed(), "pip install --dry-run --report /tmp/r.json flask") == ("succeeds", "none")
    assert ask(managed(), "pip install --report /tmp/r.json flask") == REFUSED


@pytest.mark.parametrize("value", ["1", "true", "True", "yes", "on", "t", "Y"])
def test_truthy_variables_override(value: str) -> None:
    assert ask(with_env(managed(), PIP_BREAK_SYSTEM_PACKAGES=value), "pip install flask") == ("succeeds", "system")


@pytest.mark.parametrize("value", ["0", "false", "no", "off", "f", "n", ""])
def test_falsy_variables_do_not(value: str) -> None:
    assert ask(with_env(managed(), PIP_BREAK_SYSTEM_PACKAGES=value), "pip install flask") == REFUSED


def test_a_wrong_boolean_is_a_usage_error_where_the_option_exists() -> None:
    machine = with_env(managed(), PIP_BREAK_SYSTEM_PACKAGES="2")
    assert ask(machine, "pip install flask") == ("fails", "usage-error")
    assert ask(machine, "pip list") == ("succeeds", "none")
    assert ask(with_env(managed("23.0"), PIP_BREAK_SYSTEM_PACKAGES="2"), "pip install flask") == REFUSED


def test_the_command_line_beats_the_environment_and_that_the_files() -> None:
    machine = with_files(managed(), etc__pip_conf=ON)
    assert ask(machine, "pip install flask") == ("succeeds", "system")
    assert ask(with_env(machine, PIP_BREAK_SYSTEM_PACKAGES="0"), "pip install flask") == REFUSED
    machine = with_env(machine, PIP_BREAK_SYSTEM_PACKAGES="0")
    assert ask(machine, "pip install --break-system-packages flask") == ("succeeds", "system")


def test_the_user_file_beats_the_system_file_and_the_environment_s_own_both() -> None:
    off = ON.replace("true", "false")
    machine = with_files(managed(), etc__pip_conf=ON, root__config__pip__pip_conf=off)
    machine = replace(machine, files={**machine.files, "/root/.config/pip/pip.conf": {"text": off}})
    assert ask(machine, "pip install flask") == REFUSED
    machine = with_files(with_env(machine, PIP_CONFIG_FILE="/given.conf"), given_conf=ON)
    assert ask(machine, "pip install flask") == ("succeeds", "system")
    assert ask(with_env(machine, PIP_CONFIG_FILE="/dev/null"), "pip install flask") == REFUSED


def test_isolated_keeps_the_system_file_only() -> None:
    machine = with_env(managed(), PIP_BREAK_SYSTEM_PACKAGES="1")
    assert ask(machine, "pip install --isolated flask") == REFUSED
    assert ask(with_files(managed(), etc__pip_conf=ON), "pip install --isolated flask") == ("succeeds", "system")


def test_sections_of_other_commands_do_not_count() -> None:
    machine = with_files(managed(), etc__pip_conf=ON.replace("install", "uninstall"))
    assert ask(machine, "pip install flask") == REFUSED


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("pip --break-system-packages install flask", ("fails", "break-flag-unsupported")),
        ("pip install --break-system flask", ("succeeds", "system")),
        ("pip install --break-system-packages=true flask", ("fails", "break-flag-unsupported")),
        ("pip install --no-such flask", ("fails", "usage-error")),
        ("pip instal flask", ("fails", "usage-error")),
        ("pip --version", ("succeeds", "none")),
        ("pip download -d /tmp/d flask", ("succeeds", "file")),
        ("pip --require-virtualenv install flask", ("fails", "not-a-virtualenv")),
        ("pip install --help --bogus", ("succeeds", "none")),
        ("pip install --python /usr/bin/python3 flask", REFUSED),
    ],
)
def test_words_before_and_after_the_command(command: str, said: tuple[str, str]) -> None:
    assert ask(managed(), command) == said


def test_python_after_the_command_is_refused_from_23_2_on() -> None:
    assert ask(managed("23.2.1"), "pip install --python /usr/bin/python3 flask") == ("fails", "usage-error")


def test_who_cannot_write_installs_for_himself_or_fails() -> None:
    machine = plain(
        user=APP, env={"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": "/home/app"}, writable_by_user=("/home/app",)
    )
    assert ask(machine, "pip install flask") == ("succeeds", "user")
    assert ask(with_env(machine, PYTHONNOUSERSITE="1"), "pip install flask") == ("fails", "permission-denied")
    assert ask(machine, "/opt/venv/bin/pip install flask") == ("fails", "permission-denied")
    assert ask(plain(read_only=("/usr/local",)), "pip install --no-user flask") == ("fails", "read-only-filesystem")


def test_a_virtual_environment_is_never_managed_and_has_no_user_site() -> None:
    assert ask(plain(), "/opt/venv/bin/pip install flask") == ("succeeds", "venv")
    assert ask(plain(), "/opt/venv/bin/pip install --user flask") == ("fails", "user-site-unavailable")
    assert ask(with_env(plain(), PIP_USER="1"), "/opt/venv/bin/pip install flask") == ("fails", "user-site-unavailable")


def test_what_is_there_is_left_alone_unless_an_upgrade_is_wanted() -> None:
    assert ask(plain(), "pip install flask && pip install flask") == ("succeeds", "system")
    assert ask(plain(), "pip install flask==2.0.0 && pip install -U flask") == ("succeeds", "system")
    assert ask(plain(), "pip install flask==2.0.0 'flask>=3'") == ("fails", "dependency-conflict")
    assert ask(plain(), "pip install 'flask>9'") == ("fails", "no-matching-distribution")


def test_a_marker_that_goes_lets_pip_pass() -> None:
    assert ask(managed(), "rm /usr/lib/python3.*/EXTERNALLY-MANAGED && pip install flask") == ("succeeds", "system")


def test_an_unknown_word_may_be_an_option() -> None:
    machine = replace(managed(), closed=True)
    assert ask(machine, 'pip install "$(date)" flask')[0] in ("unknown", "fails")
