"""A configuration file beyond our own limits is no failure of the deployment: the plan is unknown, with the reason."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from firstpush.cli.main import main
from firstpush.model.diagnostic import Severity
from firstpush.platforms import Settings, plans
from firstpush.project.tree import ProjectTree

MIB = 1024 * 1024
BEGIN = {
    "nixpacks.toml": b'[start]\ncmd = "python main.py"\n#',
    "nixpacks.json": b'{"providers": ["python"]}\n',
    "railway.toml": b'[build]\nbuilder = "NIXPACKS"\n#',
    "railway.json": b'{"build": {"builder": "NIXPACKS"}}\n',
    "vercel.json": b'{"framework": "fastapi"}\n',
}
#: Above what is parsed, and above what is read at all: the second is the same as a file without the right to read it.
SIZES = {"parsed": (5, "larger than 4 MiB"), "read": (17, "larger than 16 MiB")}


def project(folder: Path, name: str, size: int) -> ProjectTree:
    (folder / "main.py").write_text("from fastapi import FastAPI\n\napp = FastAPI()\n")
    (folder / "requirements.txt").write_text("fastapi\n")
    (folder / name).write_bytes(BEGIN[name] + b" " * (size * MIB))
    return ProjectTree(folder)


@pytest.mark.parametrize("limit", sorted(SIZES))
@pytest.mark.parametrize("name", sorted(BEGIN))
def test_the_plan_is_unknown(name: str, limit: str, tmp_path: Path) -> None:
    size, reason = SIZES[limit]
    tree = project(tmp_path, name, size)
    (plan,) = plans(tree, Settings())
    assert plan.unknown == f"{name} is not read here: {reason}"
    assert not [problem for problem in plan.problems if problem.severity is Severity.ERROR]
    assert tree.unreadable == {name: reason}


@pytest.mark.parametrize("name", sorted(BEGIN))
def test_check_reports_no_error(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    project(tmp_path, name, 5)
    code = main(["check", str(tmp_path), "--format", "json"])
    whole = json.loads(capsys.readouterr().out)
    assert code == 0
    assert [one["verdict"] for one in whole["deployments"]] == ["unknown"]
    assert whole["unreadable"] == {name: "larger than 4 MiB"}


def test_a_file_without_the_right_to_read_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tree = project(tmp_path, "railway.json", 0)
    read = Path.read_bytes

    def refused(path: Path) -> bytes:
        if path.name == "railway.json":
            raise PermissionError(13, "Permission denied")
        return read(path)

    monkeypatch.setattr(Path, "read_bytes", refused)  # the tests may run as root, who may read everything
    (plan,) = plans(tree, Settings())
    assert plan.unknown == "railway.json is not read here: Permission denied"
