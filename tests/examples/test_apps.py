"""Each example app passes its own tests, in an environment of its own with the packages that it deploys."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.examples.stages import EXAMPLES

pytestmark = [pytest.mark.slow, pytest.mark.network, pytest.mark.process]
PYTHONS = {"apistox": "3.11", "nix-venv": "3.12", "railway-build-fix": "3.12", "resumate": "3.12"}


def make_environment(folder: Path, version: str, requirements: Path) -> Path:
    """A virtual environment of that Python; skips when uv or the Python is not here."""
    uv = shutil.which("uv") or shutil.which("uv", path=str(Path(sys.executable).parent))
    if uv is None:
        pytest.skip("uv is not installed")
    made = subprocess.run([uv, "venv", "-q", "--python", version, str(folder)], capture_output=True, text=True)
    if made.returncode:
        pytest.skip(f"no Python {version}: {made.stderr.strip()[-200:]}")
    python = folder / "bin" / "python"
    command = [uv, "pip", "install", "-q", "--python", str(python), "-r", str(requirements)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr[-2000:]
    return python


@pytest.fixture
def postgres() -> Iterator[str]:
    """A URL of a server of our own, or nothing where PostgreSQL is not installed or may not be started."""
    binaries = [Path(found).resolve().parent for name in ("initdb", "pg_ctl") if (found := shutil.which(name))]
    if len(binaries) < 2:
        yield ""
        return
    user: list[str] = []
    if os.geteuid() == 0:  # PostgreSQL refuses to run as root
        if shutil.which("setpriv") is None:
            yield ""
            return
        user = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"]
    # Not below tmp_path: pytest's folders are closed to other users.
    data, port = Path(tempfile.mkdtemp(prefix="pg-")), 20000 + os.getpid() % 20000
    if user:
        os.chown(data, 65534, 65534)
    subprocess.run(
        [*user, str(binaries[0] / "initdb"), "-D", str(data), "-U", "postgres", "-A", "trust"],
        capture_output=True,
        check=True,
    )
    command = [*user, str(binaries[0] / "postgres"), "-D", str(data), "-p", str(port), "-k", str(data)]
    with subprocess.Popen([*command, "-c", "listen_addresses=127.0.0.1"], stderr=subprocess.DEVNULL) as server:
        ready = [str(binaries[0] / "pg_isready"), "-h", "127.0.0.1", "-p", str(port)]
        for _ in range(100):
            if subprocess.run(ready, capture_output=True).returncode == 0:
                break
            time.sleep(0.1)
        yield f"postgresql://postgres@127.0.0.1:{port}/postgres"
        server.terminate()
    shutil.rmtree(data)


def run_tests(python: Path, backend: Path, **environment: str) -> str:
    """The app's tests; returns what pytest said in the end."""
    command = [str(python), "-B", "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", ".", "tests"]
    done = subprocess.run(
        command, cwd=backend, capture_output=True, text=True, timeout=600, env={**os.environ, **environment}
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-1000:]
    return done.stdout


@pytest.mark.parametrize("name", sorted(PYTHONS))
def test_the_app_passes_its_own_tests(name: str, tmp_path: Path, postgres: str) -> None:
    backend = tmp_path / name
    shutil.copytree(EXAMPLES / name / "app" / "backend", backend)
    python = make_environment(tmp_path / "venv", PYTHONS[name], backend / "requirements-dev.txt")
    said = run_tests(python, backend, RESUMATE_TEST_POSTGRES=postgres)
    if name == "resumate" and postgres:
        assert "skipped" not in said


def test_every_vocelio_service_does_its_job(tmp_path: Path) -> None:
    services = EXAMPLES / "vocelio" / "app" / "services"
    requirements = tmp_path / "requirements.txt"
    requirements.write_text((services / "api-gateway" / "requirements.txt").read_text() + "httpx2\npytest\n")
    python = make_environment(tmp_path / "venv", "3.11", requirements)
    (tmp_path / "tests").mkdir()
    shutil.copy(Path(__file__).with_name("vocelio_services.py"), tmp_path / "tests" / "test_services.py")
    said = run_tests(python, tmp_path, VOCELIO_SERVICES=str(services))
    assert "27 passed" in said


def test_the_model_beats_the_plain_baselines_on_the_real_split(tmp_path: Path) -> None:
    """FIRSTPUSH_APISTOX: folder with maxmin_train.csv and maxmin_test.csv of the ApisTox data set (CC BY-NC)."""
    data = os.environ.get("FIRSTPUSH_APISTOX")
    if not data:
        pytest.skip("FIRSTPUSH_APISTOX is not set")
    backend = tmp_path / "backend"
    shutil.copytree(EXAMPLES / "apistox" / "app" / "backend", backend)
    python = make_environment(tmp_path / "venv", "3.11", backend / "requirements.txt")
    files = ["--train", f"{data}/maxmin_train.csv", "--test", f"{data}/maxmin_test.csv", "--out", str(tmp_path / "m")]
    command = [str(python), "train.py", *files, "--trees", "300", "--rounds", "300"]
    done = subprocess.run(command, cwd=backend, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr[-2000:]
    rows = {line[:32].strip(): line[32:].split() for line in done.stdout.splitlines() if line[32:].strip()}
    auroc = {name: float(values[0]) for name, values in rows.items() if name and values[0].startswith("0.")}
    baselines = [value for name, value in auroc.items() if name.startswith("baseline")]
    assert len(baselines) == 2
    assert min(auroc["random_forest"], auroc["xgboost"]) >= max(baselines)
    assert auroc["random_forest"] > 0.79
