"""Pieces of the Vercel model on their own: patterns, command lines, versions, readings, eras, schema words."""

from __future__ import annotations

from pathlib import Path

import pytest

from firstpush.config import vercel_json
from firstpush.config.vercel_glob import expand_braces, matches
from firstpush.config.vercel_schema import validate
from firstpush.model.diagnostic import Severity
from firstpush.model.text import SpannedText
from firstpush.platforms import Settings
from firstpush.platforms.vercel import commands, plans
from firstpush.platforms.vercel.era import era
from firstpush.platforms.vercel.reading import detect
from firstpush.project.tree import ProjectTree
from firstpush.syntax.source import Source


def project(folder: Path, **files: str) -> ProjectTree:
    for name, text in files.items():
        path = folder / name.replace("__", "/").replace("_DOT_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return ProjectTree(folder)


@pytest.mark.parametrize(
    ("pattern", "path", "expected"),
    [
        ("api/**/*.py", "api/index.py", True),
        ("api/**/*.py", "api/a/b/c.py", True),
        ("api/**/*.py", "src/api/index.py", False),
        ("api/*.py", "api/a/b.py", False),
        ("api/*.{py,js}", "api/x.js", True),
        ("api/**/*.+(js|mjs|ts|tsx)", "api/x.mjs", True),
        ("**/*", "a/.hidden", False),
        ("**", "main.py", True),
        ("a[!b]c", "adc", True),
        ("main.py", "mainxpy", False),
        ("api/[id].py", "api/i.py", True),
    ],
)
def test_patterns_match_as_minimatch_does(pattern: str, path: str, expected: bool) -> None:
    assert matches(pattern, path) is expected


def test_braces_expand_in_each_other() -> None:
    assert expand_braces("a{b,c{d,e}}f") == ["abf", "acdf", "acef"]
    assert expand_braces("a{b}c") == ["a{b}c"]


def test_a_command_line_is_cut_at_its_operators_and_keeps_its_places() -> None:
    text = SpannedText.verbatim("A=1 pip install 'x y' -r r.txt && echo \"a;b\" > out; true", "vercel.json", 10)
    found = commands.split(text)
    assert found is not None
    assert [simple.words for simple in found] == [
        ("pip", "install", "x y", "-r", "r.txt"),
        ("echo", "a;b"),
        ("true",),
    ]
    assert [simple.redirected for simple in found] == [False, True, False]
    assert [simple.before for simple in found] == ["", "&&", ";"]
    span = found[0].spans[0]
    assert span is not None
    assert (span.start, span.end) == (14, 17)


@pytest.mark.parametrize("text", ["pip install $(cat r.txt)", "if true; then pip install x; fi", "cat <<EOF\nx\nEOF"])
def test_nothing_is_concluded_from_what_is_not_plain(text: str) -> None:
    assert commands.split(SpannedText(text)) is None


@pytest.mark.parametrize(
    ("text", "tool", "files", "names", "flags"),
    [
        ("pip install -r a.txt -r b.txt", "pip", ("a.txt", "b.txt"), (), set()),
        ("python3.12 -m pip install --user flask==3.0", "pip", (), ("flask",), {"--user"}),
        ("uv pip install --system -r=r.txt", "uv", ("r.txt",), (), {"--system"}),
        ("pip3 install -U pip setuptools", "pip", (), ("pip", "setuptools"), {"-U"}),
    ],
)
def test_installs_are_read(
    text: str, tool: str, files: tuple[str, ...], names: tuple[str, ...], flags: set[str]
) -> None:
    simples = commands.split(SpannedText(text))
    assert simples is not None
    install = commands.as_install(simples[0])
    assert install is not None
    assert (install.tool, install.requirements, install.names, install.flags) == (tool, files, names, flags)


def test_history_goes_by_the_day_and_by_the_version() -> None:
    assert (era("2026-01-19").image, era("2026-01-20").image) == ("unmarked", "managed")
    assert (era("2026-02-26").build, era("2026-02-27").build) == ("image", "venv")
    assert era("2026-02-26").order == "build-first"
    assert era(None, "50.22.0").build == "image"
    assert era(None, "50.4.0").image == "managed"
    assert era("2026-01-14", "50.4.0").image == "unmarked"
    assert era(None, "50.31.0").build == "venv"
    assert era(None, "6.17.0").build == "image"
    assert era().changes == ()
    assert era("2026-02-23").changes[0].date == "2026-02-27"


def test_seed_004_on_its_day_and_now(tmp_path: Path) -> None:
    command = "pip install --user -r requirements.txt"
    tree = project(
        tmp_path,
        backend__main_DOT_py="from fastapi import FastAPI\n\napp = FastAPI()\n",
        backend__requirements_DOT_txt="fastapi\n",
        backend__vercel_DOT_json=f'{{"buildCommand": "{command}", "installCommand": "{command}"}}\n',
    )
    (then, _), (now, other) = plans(tree, Settings(as_of="2026-02-23")), plans(tree, Settings())
    assert [step.id for step in then.steps][:2] == ["python:build", "python:install"]
    assert then.steps[0].paths == ()  # outside any venv: the managed Python
    assert [step.id for step in now.steps] == ["python:install", "python:runtime", "python:build", "function:import"]
    assert all(step.paths for step in now.steps[:-1])
    assert any("2026-02-27" in note for note in then.notes)
    assert [step.id for step in other.steps] == ["static-build:install", "static-build:build"]
    assert all(not step.paths for step in other.steps)


def test_an_unknown_preset_gives_two_readings_and_says_so(tmp_path: Path) -> None:
    tree = project(
        tmp_path, main_DOT_py="app = object()\n", requirements_DOT_txt="fastapi\n", vercel_DOT_json='{"regions": []}\n'
    )
    found = plans(tree, Settings())
    assert [plan.native["framework"] for plan in found] == ["fastapi", None]
    assert all("assumed" in plan.notes[0] for plan in found)
    assert [plan.native["framework"] for plan in plans(tree, Settings(vercel_framework="flask"))] == ["flask"]


def test_dashboard_settings_that_were_pulled_count(tmp_path: Path) -> None:
    tree = project(
        tmp_path,
        main_DOT_py="app = object()\n",
        _DOT_vercel__project_DOT_json='{"settings": {"framework": "fastapi", "installCommand": "pip install x"}}\n',
    )
    (plan,) = plans(tree, Settings())
    assert plan.native["frameworkKnown"] is True
    assert str(plan.steps[0].command) == "pip install x"


def test_a_front_end_framework_is_not_taken_for_python(tmp_path: Path) -> None:
    tree = project(
        tmp_path,
        package_DOT_json='{"dependencies": {"next": "15"}}\n',
        vercel_DOT_json='{"buildCommand": "next build"}\n',
    )
    assert detect(tree, ".") is None
    assert plans(tree, Settings()) == []


def test_a_vercel_json_in_a_folder_deploys_that_folder(tmp_path: Path) -> None:
    tree = project(
        tmp_path, app__api__index_DOT_py="app = 1\n", app__vercel_DOT_json="{}\n", requirements_DOT_txt="six\n"
    )
    (plan,) = plans(tree, Settings(vercel_framework="other"))
    assert plan.root == "app"
    assert plan.app_dir == "/vercel/path0/app"
    # The manifest is looked for up to the top of the repository.
    assert plan.native["functions"][0]["manifest"] == "requirements.txt"


def test_without_a_sign_of_vercel_there_is_no_plan(tmp_path: Path) -> None:
    tree = project(tmp_path, main_DOT_py="app = object()\n", requirements_DOT_txt="fastapi\n")
    assert plans(tree, Settings()) == []
    assert plans(tree, Settings(platforms=("railway",))) == []
    assert len(plans(tree, Settings(platforms=("vercel",)))) == 2


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"functions": {"a.py": {"x": 1}}}', "`functions['a.py']` should NOT have additional property `x`."),
        ('{"redirects": [{"source": "/a"}]}', "`redirects[0]` missing required property `destination`."),
        ('{"crons": [{"path": "/a", "schedule": "x"}]}', "should NOT be shorter than 9 characters."),
        ('{"cleanUrls": "yes"}', "`cleanUrls` should be boolean."),
        ('{"functions": {"a.py": {"maxDuration": 0}}}', "should be >= 1."),
    ],
)
def test_the_schema_speaks_vercel(text: str, message: str) -> None:
    config = vercel_json.read(Source("vercel.json", text.encode()))
    assert config.root is not None
    found = [item.message for item in validate(config.root, 3600) if item.where == "local"]
    assert any(message in item for item in found), found


def test_public_was_accepted_until_june_2026() -> None:
    config = vercel_json.read(Source("vercel.json", b'{"public": true}'))
    assert config.root is not None
    assert [item.where for item in validate(config.root, 3600)] == ["server"]
    assert validate(config.root, 3600, "2026-06-19") == []


@pytest.mark.parametrize("key", ["$schema", "regions", "git", "crons", "fluid", "images", "services"])
def test_known_properties_are_not_complained_about(key: str) -> None:
    config = vercel_json.read(Source("vercel.json", f'{{"{key}": []}}'.encode()))
    assert config.root is not None
    assert not [item for item in validate(config.root, 3600) if item.where == "server"]


def test_every_problem_has_a_place_in_a_file_of_the_project(tmp_path: Path) -> None:
    tree = project(
        tmp_path,
        main_DOT_py="x = 1\n",
        requirements_DOT_txt="-r other.txt\n",
        vercel_DOT_json='{"framework": "fastapi", "pythonVersion": "3", "installCommand": "pip install ."}',
    )
    (plan,) = plans(tree, Settings())
    assert plan.problems
    for problem in plan.problems:
        assert tree.exists(problem.primary.span.path)
        assert problem.help
        assert problem.severity in Severity


def test_services_are_said_to_be_unknown(tmp_path: Path) -> None:
    tree = project(
        tmp_path,
        api__index_DOT_py="x = 1\n",
        vercel_DOT_json='{"services": {"web": {"root": "api"}}, "framework": null}\n',
    )
    (plan,) = plans(tree, Settings())
    assert plan.unknown is not None
    assert (plan.problems, plan.steps, plan.machine) == ((), (), None)


@pytest.mark.parametrize(
    ("asked", "version", "state"),
    [
        ("3.13", "3.13", "taken"),
        ("3.12.4", "3.12", "taken"),
        ("cpython@3.14", "3.14", "taken"),
        ("3.11", "3.12", "unavailable"),
        ("3.6.15", "3.12", "discontinued"),
        ("2.7", "3.12", "invalid"),
        ("pypy3.10", "3.12", "unread"),
        ("# a comment\n3.13\n", "3.13", "taken"),
    ],
)
def test_a_version_file_chooses_the_python(asked: str, version: str, state: str, tmp_path: Path) -> None:
    from firstpush.platforms.vercel.manifest import discover
    from firstpush.platforms.vercel.version import choose

    (tmp_path / ".python-version").write_text(asked)
    tree = project(tmp_path, requirements_DOT_txt="six\n")
    choice = choose(tree, discover(tree, ""), "")
    assert (choice.version, choice.state) == (version, state)


@pytest.mark.parametrize(
    ("asked", "version", "state"),
    [
        (">=3.9", "3.12", "taken"),
        ("~=3.13.0", "3.13", "taken"),
        (">=3.13,<3.15", "3.14", "taken"),
        (">3.12.0", "3.14", "taken"),
        ("~=3.10", "3.12", "unavailable"),
        (">=3.8,<3.12", "3.12", "unavailable"),
        (">=3.15", "3.12", "invalid"),
        ("^3.11", "3.12", "unread"),
    ],
)
def test_requires_python_chooses_the_python(asked: str, version: str, state: str, tmp_path: Path) -> None:
    from firstpush.platforms.vercel.manifest import discover
    from firstpush.platforms.vercel.version import choose

    tree = project(tmp_path, pyproject_DOT_toml=f'[project]\nname = "x"\nrequires-python = "{asked}"\n')
    choice = choose(tree, discover(tree, ""), "")
    assert (choice.version, choice.state) == (version, state)
