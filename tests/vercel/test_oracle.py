"""The real `vercel build` again, against its recorded results.

Needs node, npm (or filled installs), bubblewrap and the network; skips where they are missing, and says what.

FIRSTPUSH_VERCEL_INSTALLS   directory of the npm installs (default: a cache folder of the user's)
FIRSTPUSH_PYTHON312         a CPython 3.12 (default: python3.12 on PATH)
FIRSTPUSH_VERCEL_ORACLE     "all", or names separated by commas (default: one project of each kind)
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.vercel import projects

pytestmark = [pytest.mark.oracle, pytest.mark.network, pytest.mark.process, pytest.mark.slow]

SAMPLE = [
    "seed004-other-user",
    "seed004-other-break",
    "seed004-other-output",
    "seed004-preset-user",
    "preset-build-pip",
    "preset-install-own-venv",
    "deps-tool-only",
    "deps-recursive",
    "entry-elsewhere",
    "other-root-main",
    "builds-python",
    "config-function-key",
]


def chosen() -> list[str]:
    asked = os.environ.get("FIRSTPUSH_VERCEL_ORACLE", "")
    return projects.NAMES if asked == "all" else asked.split(",") if asked else SAMPLE


@pytest.fixture(scope="module")
def oracle(tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, Path, Path]:
    """The task's module, the installs and an emulated build image; skips where this machine cannot run it."""
    from tasks import vercel_oracle

    installs = vercel_oracle.default_installs()
    missing = [name for name in ("node", "npm", "bwrap") if shutil.which(name) is None]
    if missing:
        pytest.skip(f"the real vercel build cannot run here: no {', '.join(missing)}")
    image = tmp_path_factory.mktemp("image") / "uv"
    image.mkdir()
    try:
        python = vercel_oracle.find_python()
        vercel_oracle.install_cli(vercel_oracle.NEWEST, installs)
        vercel_oracle.make_image(image, [python], vercel_oracle.find_uv(installs, python), [])
    except vercel_oracle.CannotRun as reason:
        pytest.skip(f"the real vercel build cannot run here: {reason}")
    return vercel_oracle, installs, image


@pytest.mark.parametrize("name", chosen())
def test_the_real_build_still_does_what_is_recorded(name: str, oracle: tuple[Any, Path, Path], tmp_path: Path) -> None:
    module, installs, image = oracle
    entry = module.install_cli(module.NEWEST, installs)
    now = module.run_build(projects.described(name), entry, image, tmp_path, 300)
    before = projects.recorded(name)[module.NEWEST]
    assert now["outcome"] == before["outcome"]
    assert (now["error"] or {}).get("code") == (before["error"] or {}).get("code")
    assert now["builders"] == before["builders"]
    assert now["pep668"] == before["pep668"]
    facts = ("path", "entrypoint", "variable", "distributions")
    assert [[item[key] for key in facts] for item in now["functions"]] == [
        [item[key] for key in facts] for item in before["functions"]
    ]
