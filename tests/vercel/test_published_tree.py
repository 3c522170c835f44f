"""`outputDirectory` "." beside a function: a warning exactly where the real `vercel build` published the sources."""

from __future__ import annotations

from pathlib import Path

import pytest

from firstpush.fixes.engine import repairs_for
from firstpush.fixes.predict import predict_one
from firstpush.model.diagnostic import Severity
from firstpush.platforms import Settings
from firstpush.platforms.vercel import plans
from firstpush.project.tree import ProjectTree
from tests.vercel import projects

HANDLER = b"from http.server import BaseHTTPRequestHandler\n\n\nclass handler(BaseHTTPRequestHandler):\n    pass\n"


@pytest.mark.parametrize(("name", "version"), projects.results())
def test_the_warning_agrees_with_what_was_published(name: str, version: str, tmp_path: Path) -> None:
    real = projects.recorded(name)[version]
    entries = {item["entrypoint"] for item in real["functions"] if item["entrypoint"]}
    found = plans(projects.tree(name, tmp_path), projects.settings(name, version))
    warned = any(
        problem.key == "vercel-published-sources" and problem.severity is Severity.WARNING
        for plan in found
        for problem in plan.problems
    )
    if real["outcome"] == "success" and (entries or not real["functions"]):
        assert warned == bool(entries & set(real["static"] or ()))


@pytest.mark.parametrize(
    ("output", "command", "more", "warned"),
    [
        (".", '"true"', {}, True),
        ("./", '"true"', {}, True),
        (".", "null", {}, False),  # nothing but api/, which is left out
        (".", "null", {"lib/a.py": b"x = 1\n"}, True),  # seen with `vercel build` 64.0.2
        (".", "null", {"lib/a.py": b"x = 1\n", ".vercelignore": b"lib\n"}, False),
        ("public", '"true"', {"main.py": b"x = 1\n"}, False),
        ("./public", '"true"', {"main.py": b"x = 1\n"}, False),
        ("public", "null", {"main.py": b"x = 1\n"}, False),
        ("dist/.", '"true"', {}, False),
    ],
)
def test_only_the_deployed_folder_itself(
    output: str, command: str, more: dict[str, bytes], warned: bool, tmp_path: Path
) -> None:
    text = f'{{"framework": null, "buildCommand": {command}, "outputDirectory": "{output}"}}'
    files = {"vercel.json": text.encode(), "api/index.py": HANDLER, "public/index.html": b"x", **more}
    (plan,) = plans(ProjectTree(tmp_path, files), Settings())
    keys = [problem.key for problem in plan.problems]
    assert ("vercel-published-sources" in keys) == warned


def test_deleting_the_setting_alone_is_no_repair(tmp_path: Path) -> None:
    """Without it Vercel publishes the same files."""
    (tmp_path / "api").mkdir()
    (tmp_path / "api" / "index.py").write_bytes(HANDLER)
    (tmp_path / "main.py").write_text("x = 1\n")
    (tmp_path / "vercel.json").write_text('{"framework": null, "outputDirectory": "."}')
    tree, settings = ProjectTree(tmp_path), Settings(platforms=("vercel",))
    before = predict_one(tree, settings, ("vercel", "."))
    assert before is not None
    assert [found.code for found in before.warnings] == ["FP510"]
    assert not repairs_for(tree, settings, before)
