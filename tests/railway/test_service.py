from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from firstpush.errors import UsageError
from firstpush.model.cause import Cause
from firstpush.model.diagnostic import Certainty, Severity
from firstpush.model.plan import Phase, Plan, ShellForm
from firstpush.platforms import Settings, plans
from tests.planning import covered, keys, problem, project

NIXPACKS = '{"build": {"builder": "NIXPACKS"}}'


def deployments(folder: Path, files: Mapping[str, str], **settings: Any) -> list[Plan]:
    return plans(project(folder, files), Settings(**settings))


def deployment(folder: Path, files: Mapping[str, str], **settings: Any) -> Plan:
    (plan,) = deployments(folder, files, **settings)
    return plan


@pytest.mark.parametrize(
    ("files", "settings", "builder"),
    [
        ({"railway.json": NIXPACKS, "main.py": ""}, {}, "nixpacks"),
        ({"railway.json": NIXPACKS, "main.py": "", "Dockerfile": "FROM x"}, {}, "docker"),
        ({"railway.json": "{}", "main.py": "", "nixpacks.toml": ""}, {}, "nixpacks"),
        ({"railway.json": "{}", "main.py": ""}, {}, "railpack"),
        ({"railway.json": '{"build": {"nixpacksPlan": {}}}', "main.py": ""}, {}, "nixpacks"),
        ({"railway.json": "{}", "main.py": ""}, {"env": {"NIXPACKS_PKGS": "jq"}}, "nixpacks"),
        ({"railway.json": "{}", "main.py": ""}, {"as_of": "2025-06-01"}, "nixpacks"),
        ({"railway.json": "{}", "main.py": ""}, {"as_of": "2025-10-01"}, "railpack"),
        ({"railway.json": NIXPACKS, "main.py": ""}, {"as_of": "2026-12-01"}, "railpack"),
        ({"main.py": ""}, {}, "railpack"),
        ({"main.py": ""}, {"builder": "nixpacks"}, "nixpacks"),
        ({"main.py": "", "Dockerfile": "FROM x"}, {"builder": "nixpacks@1.38"}, "nixpacks"),
        (
            {"railway.json": '{"build": {"dockerfilePath": "deploy/D"}}', "deploy/D": "FROM x", "main.py": ""},
            {},
            "docker",
        ),
        ({"railway.json": '{"build": {"builder": "RAILPACK"}}', "main.py": "", "nixpacks.toml": ""}, {}, "railpack"),
    ],
)
def test_which_builder_wins(tmp_path: Path, files: dict[str, str], settings: dict[str, Any], builder: str) -> None:
    plan = deployment(tmp_path, files, **settings)
    assert (plan.platform, plan.builder) == ("railway", builder)
    assert (plan.unknown is None) == (builder == "nixpacks")


def test_versions(tmp_path: Path) -> None:
    assert deployment(tmp_path, {"main.py": ""}, builder="nixpacks@1.38").builder_version == "1.38"
    files = {"railway.json": '{"build": {"builder": "NIXPACKS", "nixpacksVersion": "1.39.0"}}', "main.py": ""}
    assert deployment(tmp_path, files).builder_version == "1.39.0"
    assert deployment(tmp_path, files, env={"NIXPACKS_VERSION": "1.2"}).builder_version == "1.39.0"


def test_railways_commands_win_over_file_and_procfile(tmp_path: Path) -> None:
    files = {
        "railway.json": (
            '{"build": {"builder": "nixpacks", "buildCommand": "make"}, "deploy": {"startCommand": "a $PORT"}}'
        ),
        "nixpacks.toml": '[phases.build]\ncmds = ["x", "y"]\n[start]\ncmd = "b"\n',
        "Procfile": "web: c\n",
        "requirements.txt": "",
    }
    plan = deployment(tmp_path, files)
    assert [str(step.command) for step in plan.steps if step.phase is Phase.BUILD] == ["make"]
    assert plan.start is not None
    assert covered(tmp_path, plan.start.command.text.span()) == "a $PORT"
    assert plan.start.shell is ShellForm.BASH_LOGIN
    assert plan.start.env["PORT"] == "8080"
    assert "Procfile" in [item.path for item in plan.dormant]


def test_the_plan_object_counts_less_than_the_commands(tmp_path: Path) -> None:
    text = (
        '{"build": {"builder": "NIXPACKS", "buildCommand": "make",'
        ' "nixpacksPlan": {"phases": {"build": {"cmds": ["no"]}, "install": {"cmds": ["pip install x"]}}}}}'
    )
    plan = deployment(tmp_path, {"railway.json": text, "requirements.txt": "", "main.py": ""})
    assert [str(step.command) for step in plan.steps if not step.label] == ["pip install x", "make"]


def test_the_config_path(tmp_path: Path) -> None:
    files = {
        "railway.json": '{"build": {"builder": "NIXPACKS", "nixpacksConfigPath": "deploy/n.toml"}}',
        "deploy/n.toml": '[start]\ncmd = "x"\n',
        "main.py": "",
    }
    plan = deployment(tmp_path, files)
    assert str(plan.start.command if plan.start else "") == "x"


def test_health_check(tmp_path: Path) -> None:
    text = '{"build": {"builder": "NIXPACKS"}, "deploy": {"healthcheckPath": "/health", "healthcheckTimeout": 30}}'
    plan = deployment(tmp_path, {"railway.json": text, "main.py": ""})
    assert plan.health is not None
    assert plan.health.path is not None
    assert covered(tmp_path, plan.health.path.span) == '"/health"'
    assert plan.health.timeout is not None
    assert plan.health.timeout.value == 30
    assert plan.health.host == "healthcheck.railway.app"
    assert deployment(tmp_path, {"railway.json": NIXPACKS, "main.py": ""}).health is None


def test_pre_deploy_commands_run_between_build_and_start(tmp_path: Path) -> None:
    text = '{"build": {"builder": "NIXPACKS"}, "deploy": {"preDeployCommand": ["python manage.py migrate"]}}'
    plan = deployment(tmp_path, {"railway.json": text, "main.py": "", "requirements.txt": ""})
    assert (plan.steps[-1].id, plan.steps[-1].phase) == ("pre-deploy:0", Phase.RELEASE)
    assert [item.value for item in plan.steps[-1].paths] == ["/opt/venv/bin"]


def test_port_of_the_service(tmp_path: Path) -> None:
    plan = deployment(tmp_path, {"railway.json": NIXPACKS, "main.py": ""}, env={"PORT": "5000"})
    assert plan.port == 5000
    assert plan.start is not None
    assert plan.start.env["PORT"] == "5000"


@pytest.mark.parametrize(
    ("command", "key", "at"),
    [
        ("cd backend && uvicorn main:app", "exec-form-builtin", "cd"),
        ("source venv/bin/activate && x", "exec-form-builtin", "source"),
        ("uvicorn main:app --port $PORT", "exec-form-variable", "$PORT"),
        ("uvicorn main:app --port ${PORT:-8000}", "exec-form-variable", "${PORT:-8000}"),
        ("alembic upgrade head && uvicorn main:app", "exec-form-operator", "&&"),
        ("sh -c 'cd backend && uvicorn main:app --port $PORT'", None, ""),
        ("gunicorn app:app", None, ""),
    ],
)
def test_a_dockerfiles_start_command_meets_no_shell(tmp_path: Path, command: str, key: str | None, at: str) -> None:
    files = {"railway.json": f'{{"deploy": {{"startCommand": "{command}"}}}}', "Dockerfile": "FROM x"}
    plan = deployment(tmp_path, files)
    assert plan.start is not None
    assert plan.start.shell is ShellForm.EXEC
    found = [item for item in plan.problems if item.key.startswith("exec-form")]
    assert [item.key for item in found] == ([key] if key else [])
    if key:
        assert covered(tmp_path, found[0].primary.span) == at


def test_a_procfile_beside_a_dockerfile_is_only_perhaps_taken(tmp_path: Path) -> None:
    plan = deployment(tmp_path, {"railway.json": "{}", "Dockerfile": "FROM x", "Procfile": "web: cd a && b\n"})
    found = problem(plan, "exec-form-builtin")
    assert (found.cause, found.severity, found.fatal) == (Cause.CD_EXEC_FORM, Severity.WARNING, False)
    assert found.data["certainty"] is Certainty.POSSIBLE
    assert plan.start is None


def test_a_dockerfile_that_is_missing(tmp_path: Path) -> None:
    plan = deployment(tmp_path, {"railway.json": '{"build": {"builder": "DOCKERFILE"}}', "main.py": ""})
    found = problem(plan, "railway-dockerfile-missing")
    assert (found.cause, covered(tmp_path, found.primary.span)) == (Cause.DOCKERFILE_NOT_FOUND, '"DOCKERFILE"')


def test_a_dockerfile_that_is_missing_where_the_root_is_assumed(tmp_path: Path) -> None:
    files = {"ml/railway.json": '{"build": {"builder": "DOCKERFILE"}}', "ml/app.py": "", "Dockerfile.ml": "FROM x"}
    (plan,) = deployments(tmp_path, files)
    assert problem(plan, "railway-dockerfile-missing").data["certainty"] is Certainty.LIKELY


def test_comments_in_json_are_doubtful_not_fatal(tmp_path: Path) -> None:
    text = '{\n  // which builder\n  "build": {"builder": "NIXPACKS"},\n}'
    plan = deployment(tmp_path, {"railway.json": text, "main.py": ""})
    assert plan.builder == "nixpacks"
    assert problem(plan, "railway-config-comments").severity is Severity.WARNING


def test_a_refused_file_ends_the_deployment(tmp_path: Path) -> None:
    files = {"railway.json": '{"build": {"builder": "nix"}}', "nixpacks.toml": "", "main.py": ""}
    plan = deployment(tmp_path, files)
    assert plan.steps == ()
    assert problem(plan, "railway-config-value").fatal


def test_files_of_builders_that_lose_are_dormant(tmp_path: Path) -> None:
    plan = deployment(
        tmp_path, {"railway.json": "{}", "Dockerfile": "FROM x", "nixpacks.toml": "[phases.install]\ncmds = 3"}
    )
    assert [item.path for item in plan.dormant] == ["nixpacks.toml"]
    found = problem(plan, "dormant-file")
    assert (found.severity, found.cause) == (Severity.WARNING, Cause.DORMANT_CONFIG)
    assert "nixpacks-config-type" not in keys(plan)


def test_nixpacks_toml_without_a_named_builder_is_warned_about_once(tmp_path: Path) -> None:
    plan = deployment(tmp_path, {"nixpacks.toml": "", "main.py": ""})
    assert problem(plan, "railway-nixpacks-file-under-railpack").severity is Severity.WARNING
    assert "railway-nixpacks-file-under-railpack" not in keys(
        deployment(tmp_path, {"nixpacks.toml": "", "main.py": "", "railway.json": NIXPACKS})
    )


def test_candidate_roots(tmp_path: Path) -> None:
    files = {
        "railway.json": NIXPACKS,
        "api/requirements.txt": "",
        "api/main.py": "",
        "worker/requirements.txt": "",
        "web/package.json": "{}",
        "tests/requirements.txt": "",
    }
    found = deployments(tmp_path, files)
    assert [plan.root for plan in found] == ["api", "worker"]
    assert all(any("root directory" in note for note in plan.notes) for plan in found)
    # The dashboard may hold a start command, and the root is only assumed.
    assert problem(found[1], "nixpacks-no-start").severity is Severity.WARNING
    assert [plan.root for plan in deployments(tmp_path, files, root="worker")] == ["worker"]


def test_the_roots_file_is_not_another_services(tmp_path: Path) -> None:
    """Seen where a root of Node has `pnpm` commands, and a bot below has a nixpacks.toml of its own."""
    files = {
        "railway.json": '{"build": {"builder": "NIXPACKS", "buildCommand": "pnpm build"}}',
        "nixpacks.toml": "",
        "package.json": "{}",
        "bot/nixpacks.toml": '[start]\ncmd = "python bot.py"\n',
        "bot/requirements.txt": "",
    }
    found = {plan.root: plan for plan in deployments(tmp_path, files)}
    assert not any("pnpm" in str(step.command) for step in found["bot"].steps)
    (asked,) = deployments(tmp_path, files, root="bot")
    assert any("pnpm" in str(step.command) for step in asked.steps)


def test_a_file_below_that_speaks_of_the_repositorys_root(tmp_path: Path) -> None:
    text = '{"build": {"builder": "NIXPACKS"}, "deploy": {"startCommand": "cd api && python main.py"}}'
    files = {
        "ops/railway.json": text,
        "api/main.py": "",
        "requirements.txt": "",
    }
    (plan,) = deployments(tmp_path, files)
    assert (plan.root, str(plan.start.command if plan.start else "")) == (".", "cd api && python main.py")
    assert any("`/ops/railway.json`" in note for note in plan.notes)
    # The root's own file wins: then the other is somebody's leftover.
    (plan,) = deployments(tmp_path, {**files, "railway.json": NIXPACKS})
    assert str(plan.start.command if plan.start else "") != "cd api && python main.py"


def test_a_root_beside_services_needs_no_start(tmp_path: Path) -> None:
    package = '{"name": "x"}'
    files = {"railway.json": NIXPACKS, "package.json": package, "a/railway.json": NIXPACKS, "a/package.json": package}
    found = {plan.root: plan for plan in deployments(tmp_path, files)}
    assert problem(found["."], "nixpacks-no-start").severity is Severity.WARNING


def test_a_root_with_requirements_beside_services_needs_no_start(tmp_path: Path) -> None:
    files = {"requirements.txt": "", "a/railway.json": NIXPACKS, "a/main.py": ""}
    found = {plan.root: plan for plan in deployments(tmp_path, files, as_of="2025-07-01")}
    assert problem(found["."], "nixpacks-no-start").severity is Severity.WARNING


def test_a_dockerfile_beside_the_service(tmp_path: Path) -> None:
    text = '{"build": {"builder": "DOCKERFILE", "dockerfilePath": "../api/Dockerfile"}}'
    (plan,) = deployments(tmp_path, {"ops/railway.json": text, "api/Dockerfile": "FROM x"})
    assert "railway-dockerfile-missing" not in keys(plan)


def test_a_shared_file_is_told_about_once(tmp_path: Path) -> None:
    text = '{"build": {"builder": "NIXPACKS", "nonsense": 1}}'
    found = deployments(tmp_path, {"railway.json": text, "a/main.py": "", "b/main.py": ""})
    assert [keys(plan).count("railway-unknown-key") for plan in found] == [1, 0]


def test_a_root_whose_commands_name_the_folder_is_the_root(tmp_path: Path) -> None:
    files = {
        "railway.json": '{"build": {"builder": "NIXPACKS"}, "deploy": {"startCommand": "cd api && python main.py"}}',
        "api/requirements.txt": "",
        "web/package.json": "{}",
    }
    (plan,) = deployments(tmp_path, files)
    assert plan.root == "."


def test_services_with_files_of_their_own(tmp_path: Path) -> None:
    files = {
        "a/railway.json": NIXPACKS,
        "a/main.py": "",
        "b/nixpacks.toml": "",
        "b/requirements.txt": "",
        "README.md": "",
    }
    assert [(plan.root, plan.builder) for plan in deployments(tmp_path, files)] == [
        ("a", "nixpacks"),
        ("b", "nixpacks"),
    ]


def test_a_folder_without_an_app_gives_no_plan(tmp_path: Path) -> None:
    assert deployments(tmp_path, {"README.md": ""}) == []


def test_restriction_to_another_platform(tmp_path: Path) -> None:
    found = deployments(tmp_path, {"railway.json": NIXPACKS, "README.md": ""}, platforms=("vercel",))
    assert [plan.platform for plan in found if plan.platform == "railway"] == []


@pytest.mark.parametrize("settings", [{"platforms": ("raleway",)}, {"builder": "nixpack"}])
def test_unknown_names_are_usage_errors(tmp_path: Path, settings: dict[str, Any]) -> None:
    with pytest.raises(UsageError):
        deployments(tmp_path, {"main.py": ""}, **settings)


def test_a_builder_that_loses_against_a_dockerfile_is_told(tmp_path: Path) -> None:
    plan = deployment(tmp_path, {"railway.json": NIXPACKS, "Dockerfile": "FROM x"})
    found = problem(plan, "railway-builder-loses")
    assert covered(tmp_path, found.primary.span) == '"NIXPACKS"'


def test_production_is_the_usual_environment(tmp_path: Path) -> None:
    text = (
        '{"build": {"builder": "NIXPACKS"}, "deploy": {"startCommand": "a"}, "environments": '
        '{"production": {"deploy": {"startCommand": "p"}}, "staging": {"deploy": {"startCommand": "s"}}}}'
    )
    files = {"railway.json": text, "main.py": ""}
    for environment, command in ((None, "p"), ("staging", "s"), ("other", "a")):
        plan = deployment(tmp_path, files, environment=environment)
        assert str(plan.start.command if plan.start else "") == command
