"""ResuMate's six configurations in the real `vercel build`: what stages.toml says of them is what it does.

FIRSTPUSH_VERCEL_INSTALLS: a folder for the npm installs of the `vercel` package, filled when it is empty.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.examples.stages import TASKS, parameters

import vercel_oracle  # isort: skip
from materialise_stage import materialise  # isort: skip

assert TASKS.is_dir()
pytestmark = [pytest.mark.oracle, pytest.mark.slow, pytest.mark.network, pytest.mark.process]
#: Error codes of the CLI for our causes; both pip failures are a spawned command that ended with 1.
CODES = {
    "pep668-refused": "BUILD_UTILS_SPAWN_1",
    "missing-output-directory": "STATIC_BUILD_NO_OUT_DIR",
    "user-site-unavailable": "BUILD_UTILS_SPAWN_1",
}


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The build image and the CLI; skips where either cannot be had."""
    installs = vercel_oracle.default_installs()
    root = tmp_path_factory.mktemp("image") / "uv"
    try:
        python = vercel_oracle.find_python()
        entry = vercel_oracle.install_cli(vercel_oracle.NEWEST, installs)
        vercel_oracle.make_image(root, [python], vercel_oracle.find_uv(installs, python), [])
    except vercel_oracle.CannotRun as reason:
        pytest.skip(str(reason))
    return root, entry


@pytest.mark.parametrize(("name", "stage"), [p for p in parameters() if p.values[0] == "resumate"])
def test_the_real_builder_does_what_is_said(
    name: str, stage: dict[str, Any], image: tuple[Path, Path], tmp_path: Path
) -> None:
    backend = materialise(name, stage["dir"], tmp_path / "source") / stage["root"]
    files = {p.relative_to(backend).as_posix(): p.read_text("utf-8") for p in backend.rglob("*") if p.is_file()}
    described = {"about": "", "settings": {"framework": "other"}, "files": files}
    (tmp_path / "work").mkdir()
    told = vercel_oracle.run_build(described, image[1], image[0], tmp_path / "work", 300)
    assert told["outcome"] == {"fails": "failure", "passes": "success"}[stage["expect_verdict"]], told["said"]
    if stage["expect_verdict"] == "fails":
        (cause,) = stage["expect_causes"]
        assert told["error"]["code"] == CODES[cause]
        assert told["pep668"] is (cause == "pep668-refused")
        return
    (function,) = told["functions"]
    assert {"fastapi", "pypdf", "sqlalchemy", "psycopg"} <= set(function["distributions"])
    # The price of the output directory that makes the error go away.
    assert ("main.py" in told["static"]) is (stage["dir"] == "03-output-directory")
