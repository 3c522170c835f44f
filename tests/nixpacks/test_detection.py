from __future__ import annotations

from pathlib import Path

import pytest

from firstpush.model.cause import Cause
from firstpush.platforms.nixpacks.detect import detect
from firstpush.platforms.nixpacks.view import View
from tests.planning import keys, planned, problem, project


@pytest.mark.parametrize(
    ("files", "provider"),
    [
        ({"main.py": ""}, "python"),
        ({"requirements.txt": ""}, "python"),
        ({"pyproject.toml": ""}, "python"),
        ({"Pipfile": ""}, "python"),
        ({"app.py": ""}, None),
        ({"manage.py": "", "setup.py": ""}, None),
        ({"package.json": "{}", "requirements.txt": ""}, "node"),
        ({"requirements.txt": "", "Cargo.toml": ""}, "python"),
        ({"requirements.txt": "", "go.mod": ""}, "go"),
        ({"requirements.txt": "", "composer.json": "{}"}, "php"),
        ({"requirements.txt": "", "deep/down/x.csproj": ""}, "c#"),
        ({"requirements.txt": "", "Gemfile": ""}, "ruby"),
        ({"requirements.txt": "", "web/x.ts": 'import a from "https://deno.land/std/a.ts";'}, "deno"),
        ({"requirements.txt": "", "index.html": ""}, "python"),
        ({"index.html": "", "app.py": ""}, "staticfile"),
        ({"public/x.css": "", "app.py": ""}, "staticfile"),
        ({"Cargo.toml": ""}, "rust"),
        ({"README.md": ""}, None),
    ],
)
def test_the_first_provider_of_the_list_wins(tmp_path: Path, files: dict[str, str], provider: str | None) -> None:
    found = detect(View(project(tmp_path, files), "", {}, (1, 41), "1.41"))
    assert (found[0] if found else None) == provider


def test_a_python_app_that_falls_to_node(tmp_path: Path) -> None:
    files = {"package.json": '{"scripts": {"build": "vite"}}', "requirements.txt": "", "Procfile": "web: uvicorn m:a\n"}
    plan = planned(tmp_path, files)
    found = problem(plan, "nixpacks-other-provider")
    assert found.cause is Cause.WRONG_PROVIDER
    assert found.primary.span.path == "package.json"
    assert plan.machine is not None
    assert plan.machine.interpreters == ()
    assert [str(step.command) for step in plan.steps if step.builder_phase == "build"] == ["npm run build"]


def test_naming_the_provider_settles_it(tmp_path: Path) -> None:
    files = {"package.json": "{}", "requirements.txt": "", "main.py": "", "nixpacks.toml": 'providers = ["python"]'}
    plan = planned(tmp_path, files)
    assert "nixpacks-other-provider" not in keys(plan)
    assert plan.native["variables"]["NIXPACKS_METADATA"] == "python"


def test_nothing_is_found(tmp_path: Path) -> None:
    plan = planned(tmp_path, {"app.py": "", "README.md": "", "a/x": "", "b/x": ""})
    found = problem(plan, "nixpacks-no-plan")
    assert found.fatal
    assert found.output is not None
    assert found.output.startswith("Nixpacks was unable to generate a build plan for this app.")


def test_a_single_sub_folder_is_entered(tmp_path: Path) -> None:
    plan = planned(tmp_path, {"README.md": "", "only/inner/main.py": ""})
    assert plan.root == "only/inner"
    assert plan.native["start"]["cmd"] == "python main.py"


def test_a_provider_that_is_not_modelled_makes_the_plan_unknown(tmp_path: Path) -> None:
    plan = planned(tmp_path, {"go.mod": "", "requirements.txt": ""})
    assert plan.unknown is not None
    assert "go" in plan.unknown
    assert plan.problems == ()


def test_detection_can_be_turned_off(tmp_path: Path) -> None:
    files = {
        "requirements.txt": "",
        "nixpacks.toml": 'providers = []\n[phases.build]\ncmds = ["make"]\n[start]\ncmd = "x"',
    }
    plan = planned(tmp_path, files)
    assert list(plan.native["phases"]) == ["build"]
    assert "NIXPACKS_METADATA" not in plan.native.get("variables", {})
