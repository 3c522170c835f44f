"""A machine that has no Python but Debian's or Ubuntu's own: its patches are undone in the copy."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from firstpush.model.cause import Cause
from firstpush.model.outcome import Failure, Outcome, Verdict
from firstpush.rehearsal.replica import host, interpreters, unpatch
from firstpush.rehearsal.replica.relocate import relocate
from tests.rehearsal import plans
from tests.rehearsal.conftest import Rehearse
from tests.rehearsal.test_refusals import NIX_REFUSAL, UV_REFUSAL

SYSTEM = interpreters.find_system()

STATUS = """\
Package: python3.11
Status: install ok installed
Version: 3.11.2-6+deb12u6

Package: python3.11-minimal
Status: install ok installed
Priority: optional
Version: 3.11.2-6+deb12u6

Package: python3.12-minimal
Status: deinstall ok config-files
Version: 3.12.3-1

Package: python3.13-minimal
Status: install ok installed
Version: 1:3.13.0~rc1-1
"""


@pytest.fixture
def only_system(monkeypatch: pytest.MonkeyPatch) -> str:
    """Nothing but the system's own Python is here; its minor version."""
    if not SYSTEM:
        pytest.skip("this system's own Python is not Debian's")
    monkeypatch.setenv("FIRSTPUSH_PYTHONS", "/usr")
    return SYSTEM[0].minor


@pytest.fixture
def only_system_311(only_system: str) -> str:
    if only_system != "3.11":
        pytest.skip("the plans of these tests are of Python 3.11")
    return only_system


def test_packages_say_what_is_installed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for minor in ("3.11", "3.12", "3.13"):
        (tmp_path / f"lib/python{minor}").mkdir(parents=True)
        (tmp_path / f"lib/python{minor}/os.py").touch()
        (tmp_path / "bin").mkdir(exist_ok=True)
        (tmp_path / f"bin/python{minor}").touch()
    (tmp_path / "status").write_text(STATUS)
    monkeypatch.delenv("FIRSTPUSH_PYTHONS", raising=False)
    monkeypatch.setattr(interpreters, "_SYSTEM", tmp_path)
    monkeypatch.setattr(interpreters, "_DPKG_STATUS", tmp_path / "status")
    assert [python.version for python in interpreters.find_system()] == ["3.13.0", "3.11.2"]
    assert all(python.patched for python in interpreters.find_system())
    (tmp_path / "lib/python3.13/os.py").unlink()
    assert [python.version for python in interpreters.find_system()] == ["3.11.2"]


def test_the_places_to_look_at_can_be_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("FIRSTPUSH_PYTHONS", str(tmp_path))
    assert list(interpreters.candidates()) == [tmp_path]
    assert (interpreters.find(), interpreters.find_system()) == ([], [])


def test_no_wheel_of_pip_no_ensurepip(tmp_path: Path) -> None:
    (tmp_path / "ensurepip").mkdir()
    (tmp_path / "sysconfig.py").write_text("def get_preferred_scheme(key): ...\n")
    unpatch.unpatch(tmp_path, {})
    assert not (tmp_path / "ensurepip").exists()
    assert (tmp_path / "sysconfig.py").read_text().index("posix_prefix") > 0


def test_a_package_without_a_compiler_is_no_compiler(monkeypatch: pytest.MonkeyPatch) -> None:
    """A fresh Debian has gcc-12-base, and no gcc."""
    monkeypatch.setattr(host, "_installed", lambda: {"gcc-12-base": "required"})
    assert host.stand_ins(["gcc"]) == ((), ("gcc",))
    monkeypatch.setattr(host, "_installed", lambda: {"gcc-12-base": "required", "gcc-12": "optional"})
    assert host.stand_ins(["gcc"]) == (("gcc-12",), ())


@pytest.mark.process
def test_it_behaves_as_a_cpython_that_nobody_patched(only_system: str, tmp_path: Path) -> None:
    python = SYSTEM[0]
    wheels = {path.name: path for name in ("setuptools", "pip") for path in python.wheels(name)[:1]}
    relocate(python, tmp_path, "/opt/python", wheels)
    executable = tmp_path / "opt/python/bin/python3"
    site_packages = str(tmp_path / f"opt/python/lib/python{only_system}/site-packages")
    script = (
        "import json, site, sys, sysconfig; print(json.dumps([sysconfig.get_default_scheme(), "
        "sysconfig.get_path('purelib'), site.getsitepackages(), sys.path[-1], sorted(sysconfig.get_scheme_names())]))"
    )
    for option in ("-B", "-I"):
        done = subprocess.run([executable, option, "-c", script], capture_output=True, text=True, check=True)
        scheme, purelib, folders, last, schemes = json.loads(done.stdout)
        assert (scheme, purelib, folders, last) == ("posix_prefix", site_packages, [site_packages], site_packages)
        assert not {"posix_local", "deb_system"} & set(schemes)
    library = tmp_path / f"opt/python/lib/python{only_system}"
    assert not (library / "EXTERNALLY-MANAGED").exists()
    assert not [path for path in library.rglob("*") if path.is_symlink() and not path.exists()]
    told = next(library.glob("_sysconfigdata*.py")).read_text()
    assert f"'LIBDEST': '/opt/python/lib/python{only_system}'" in told
    assert "/usr/share/zoneinfo" in told


@pytest.mark.sandbox
def test_the_refusals_are_the_same(run: Rehearse, only_system_311: str) -> None:
    [asked, _] = run(plans.nixpacks("pip install six || exit 0", "true", pip=True)).commands
    assert asked.output == NIX_REFUSAL
    [bootstrapped] = run(plans.nixpacks("python -m ensurepip --upgrade")).commands
    assert bootstrapped.output.startswith(NIX_REFUSAL)
    assert bootstrapped.cause is Cause.PEP668_REFUSED


@pytest.mark.sandbox
def test_the_venv_works_and_the_differences_are_named(run: Rehearse, only_system_311: str) -> None:
    found = run(
        plans.nixpacks(
            "python -m venv --copies /opt/venv && . /opt/venv/bin/activate && pip install -r requirements.txt",
            "/opt/venv/bin/pip --version && /opt/venv/bin/python -c 'import ssl, sqlite3, ctypes, lzma'",
            start="/opt/venv/bin/python main.py",
            health="/health",
        )
    )
    assert found.verdict == "passes", found.first_failure
    assert "/opt/venv/lib/python3.11/site-packages/pip" in found.commands[1].output
    told = " | ".join(difference.what for difference in found.differences)
    assert f"Python {SYSTEM[0].version} instead of 3.11.7" in told
    assert "the system's own Python" in told


@pytest.mark.sandbox
def test_another_minor_version_proves_nothing(run: Rehearse, only_system_311: str) -> None:
    """Vercel's 3.12: the marker holds, a success is not known, and a failure only where it was predicted."""
    refused = plans.vercel("pip install six")
    found = run(refused, blind=True)
    assert (found.commands[0].output, found.verdict) == (UV_REFUSAL, "unknown")
    step = refused.steps[0].id
    foretold = {step: Outcome(Verdict.FAILS, 1, (Failure(Cause.PEP668_REFUSED, "refused"),))}
    assert run(refused, predicted=foretold, blind=True).verdict == "fails"
    other = run(plans.vercel("exit 3"), predicted={step: Outcome(Verdict.SUCCEEDS, 0)}, blind=True)
    assert (other.verdict, other.disagreements) == ("unknown", ())
    assert run(plans.vercel("true"), blind=True).verdict == "unknown"
