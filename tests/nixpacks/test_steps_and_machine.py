from __future__ import annotations

from pathlib import Path

import pytest

from firstpush.model.cause import Cause
from firstpush.model.plan import Phase, ShellForm
from tests.planning import covered, keys, planned, problem

SETUP = '[phases.setup]\nnixPkgs = {}\n[start]\ncmd = "x"\n'


def setup(packages: str) -> dict[str, str]:
    return {"requirements.txt": "", "nixpacks.toml": SETUP.format(packages)}


def test_each_command_is_a_login_shell_of_its_own(tmp_path: Path) -> None:
    files = {"requirements.txt": "", "nixpacks.toml": '[phases.install]\ncmds = ["cd x", "pip install y"]\n'}
    plan = planned(tmp_path, files)
    installs = [step for step in plan.steps if step.phase is Phase.INSTALL]
    assert [step.id for step in installs] == ["install:0", "install:1"]
    for step in installs:
        assert step.shell is ShellForm.BASH_LOGIN_PIPEFAIL
        assert step.isolated
        assert (step.cwd, [item.value for item in step.paths]) == ("/app", ["/opt/venv/bin"])
        assert step.env["PIP_NO_CACHE_DIR"] == "1"


def test_paths_of_later_phases_come_first_and_stay_at_the_start(tmp_path: Path) -> None:
    text = '[phases.install]\npaths = ["/a"]\n[phases.build]\ncmds = ["x"]\npaths = ["/b"]\n[start]\ncmd = "s"\n'
    plan = planned(tmp_path, {"requirements.txt": "", "nixpacks.toml": text})
    build = next(step for step in plan.steps if step.phase is Phase.BUILD)
    assert [item.value for item in build.paths] == ["/b", "/a"]
    assert plan.start is not None
    assert [item.value for item in plan.start.paths] == ["/b", "/a"]
    assert plan.start.shell is ShellForm.BASH_LOGIN


def test_the_python_of_nix(tmp_path: Path) -> None:
    machine = planned(tmp_path, {"requirements.txt": "", "main.py": ""}).machine
    assert machine is not None
    (python,) = machine.interpreters
    assert python.version == "3.12.7"
    assert python.pip is None
    assert python.ensurepip == "present"
    assert "/root/.nix-profile/bin/python" in python.paths
    assert machine.env["PATH"].startswith(":/root/.nix-profile/bin:")
    assert "immutable" in machine.files[f"{python.stdlib}/EXTERNALLY-MANAGED"]["text"]
    assert not any(program.kind == "pip" for program in machine.programs)
    assert any("/root/.nix-profile/bin/gcc" in program.paths for program in machine.programs)
    assert machine.closed


def test_pip_of_nix_is_a_wrapper_in_a_store_path_of_its_own(tmp_path: Path) -> None:
    machine = planned(tmp_path, setup('["python311", "python311Packages.pip"]')).machine
    assert machine is not None
    (pip,) = (program for program in machine.programs if program.kind == "pip")
    (python,) = machine.interpreters
    assert pip.interpreter == python.executable
    assert pip.module_dir is not None
    assert not pip.module_dir.startswith(python.prefix)
    assert "/root/.nix-profile/bin/pip3.11" in pip.paths


def test_a_package_of_another_python_brings_that_python_but_not_to_path(tmp_path: Path) -> None:
    machine = planned(tmp_path, setup('["python311", "python3Packages.pip"]')).machine
    assert machine is not None
    named, other = machine.interpreters
    assert (named.version[:4], other.version[:4]) == ("3.11", "3.12")
    assert any(path.startswith("/root/.nix-profile") for path in named.paths)
    assert not any(path.startswith("/root/.nix-profile") for path in other.paths)
    (pip,) = (program for program in machine.programs if program.kind == "pip")
    assert pip.interpreter == other.executable


def test_where_only_python_has_programs_the_profiles_folder_is_its_own(tmp_path: Path) -> None:
    machine = planned(tmp_path, setup('["python311"]')).machine
    assert machine is not None
    assert machine.files["/root/.nix-profile/bin"] == {"symlink": f"{machine.interpreters[0].prefix}/bin"}


def test_an_unknown_attribute_is_neither_right_nor_wrong(tmp_path: Path) -> None:
    plan = planned(tmp_path, setup('["python311", "someRarePackage"]'))
    assert plan.machine is not None
    assert not plan.machine.closed
    assert "nix-undefined-variable" not in keys(plan)


@pytest.mark.parametrize("name", ["pip", "python3-pip", "libglib"])
def test_a_name_that_is_none(tmp_path: Path, name: str) -> None:
    plan = planned(tmp_path, setup(f'["python311", "{name}"]'))
    found = problem(plan, "nix-undefined-variable")
    assert found.cause is Cause.NIX_UNDEFINED_VARIABLE
    assert covered(tmp_path, found.primary.span) == name
    assert found.output is not None
    assert f"undefined variable '{name}'" in found.output


@pytest.mark.parametrize(
    ("files", "packages", "undefined"),
    [
        ({"requirements.txt": ""}, '["python311", "npm-9_x"]', True),
        ({"package.json": "{}"}, '["nodejs_20", "npm-9_x"]', False),  # the Node provider's overlay stays
        ({}, '["nodejs_20", "pnpm"]', True),  # Nixpacks' default archive is of 2023
        ({"requirements.txt": ""}, '["nodejs_20", "pnpm"]', False),
    ],
)
def test_names_of_one_archive_or_overlay(tmp_path: Path, files: dict[str, str], packages: str, undefined: bool) -> None:
    plan = planned(tmp_path, {**files, "nixpacks.toml": SETUP.format(packages)})
    assert ("nix-undefined-variable" in keys(plan)) == undefined


def test_the_column_that_nix_names(tmp_path: Path) -> None:
    # From a public log: the list is sorted and stands on line 19, indented by eight.
    found = problem(planned(tmp_path, setup('["python310", "pip", "pango", "cairo"]')), "nix-undefined-variable")
    assert found.output is not None
    assert (
        ".nix:19:21:\n    18|         '')\n    19|         cairo pango pip python310\n      |                     ^"
        in (found.output)
    )


@pytest.mark.parametrize(
    ("packages", "collides"),
    [
        ('["...", "python311"]', True),
        ('["...", "python312"]', False),  # python3 of this archive is the very same package
        ('["python311", "python311Packages.pip"]', False),
        ('["python311", "python312"]', True),
    ],
)
def test_two_pythons(tmp_path: Path, packages: str, collides: bool) -> None:
    plan = planned(tmp_path, setup(packages))
    assert ("nix-collision" in keys(plan)) == collides


def test_python_of_apt_comes_behind_that_of_nix(tmp_path: Path) -> None:
    files = {"requirements.txt": "", "nixpacks.toml": '[phases.setup]\naptPkgs = ["python3-pip"]\n[start]\ncmd = "x"\n'}
    plan = planned(tmp_path, files)
    assert plan.machine is not None
    assert [python.vendor for python in plan.machine.interpreters] == ["nixpkgs", "debian"]
    assert plan.machine.interpreters[1].ensurepip == "absent"
    assert any(step.label == "apt: python3-pip" for step in plan.steps)


def test_an_apt_package_that_this_ubuntu_lacks(tmp_path: Path) -> None:
    text = '[phases.setup]\naptPkgs = ["libgl1-mesa-glx", "ffmpeg"]\n'
    found = problem(planned(tmp_path, {"main.py": "", "nixpacks.toml": text}), "apt-package-missing")
    assert (covered(tmp_path, found.primary.span), found.primary.text) == ("libgl1-mesa-glx", "take `libgl1`")


def test_phases_start_is_a_phase_of_the_build(tmp_path: Path) -> None:
    files = {"requirements.txt": "", "main.py": "", "nixpacks.toml": '[phases.start]\ncmds = ["python main.py"]\n'}
    plan = planned(tmp_path, files)
    commands = [step.id for step in plan.steps if not step.label]
    assert commands == ["start:0", "install:0"]
    assert covered(tmp_path, problem(plan, "nixpacks-phases-start").primary.span) == "python main.py"


def test_a_path_variable_is_literal(tmp_path: Path) -> None:
    files = {"requirements.txt": "", "main.py": "", "nixpacks.toml": '[variables]\nPATH = "/opt/venv/bin:$PATH"\n'}
    plan = planned(tmp_path, files)
    assert problem(plan, "nixpacks-path-variable").fatal is False
    assert plan.steps[-1].env["PATH"].endswith(":/opt/venv/bin:$PATH")
    assert "/usr/bin" not in plan.steps[-1].env["PATH"]


def test_another_user_has_no_nix_profile(tmp_path: Path) -> None:
    files = {"requirements.txt": "", "nixpacks.toml": '[start]\ncmd = "python x"\nuser = "app"\n'}
    start = planned(tmp_path, files).start
    assert start is not None
    assert (start.user, start.paths) == ("app", ())
    assert "/root/.nix-profile/bin" not in start.env["PATH"]


def test_another_image_keeps_only_the_app(tmp_path: Path) -> None:
    files = {"requirements.txt": "", "nixpacks.toml": '[start]\ncmd = "python x"\nrunImage = "ubuntu"\n'}
    start = planned(tmp_path, files).start
    assert start is not None
    assert start.keeps == ("/app",)


def test_a_cached_venv_is_not_in_the_image(tmp_path: Path) -> None:
    files = {
        "requirements.txt": "",
        "main.py": "",
        "nixpacks.toml": '[phases.install]\ncacheDirectories = ["/opt/venv"]',
    }
    assert problem(planned(tmp_path, files), "nixpacks-cached-venv").cause is Cause.INSTALL_NOT_IN_RUNTIME_IMAGE


def test_packages_of_nix_are_each_in_a_store_path_of_their_own(tmp_path: Path) -> None:
    machine = planned(tmp_path, setup('["python311", "python311Packages.uvicorn", "python311Packages.pandas"]')).machine
    assert machine is not None
    assert machine.closed
    (uvicorn,) = (program for program in machine.programs if program.kind == "uvicorn")
    assert "/root/.nix-profile/bin/uvicorn" in uvicorn.paths
    (pandas,) = machine.distributions
    assert pandas.name == "pandas"
    assert pandas.dir is not None
    assert not pandas.dir.startswith(machine.interpreters[0].prefix)


@pytest.mark.parametrize(
    ("command", "guilty"),
    [
        ("pip install a\\npip install b", "pip"),
        ("pip install a \\\\\\n  -r b", None),
        ("pip install a\\n\\n# done\\n", None),
        ("pip install a\\nENV A=b", None),
        ("cat <<EOF > x\\nhello\\nEOF", None),
    ],
)
def test_a_line_break_ends_the_instruction(tmp_path: Path, command: str, guilty: str | None) -> None:
    text = f'[phases.install]\ncmds = ["{command}"]\n[start]\ncmd = "x"\n'
    plan = planned(tmp_path, {"requirements.txt": "", "nixpacks.toml": text})
    assert ("nixpacks-multiline-command" in keys(plan)) == (guilty is not None)
    if guilty is not None:
        span = problem(plan, "nixpacks-multiline-command").primary.span
        assert covered(tmp_path, span) == guilty
        assert span.start > text.index("\\n")


@pytest.mark.parametrize(
    ("command", "broken"),
    [
        (r"sh -c 'echo \$PORT'", True),
        (r"echo a\\$b", False),
        ('echo "a"', False),
        (r"echo \"a\"", True),
        (r"printf 'a\n'", False),
    ],
)
def test_a_backslash_can_break_the_start(tmp_path: Path, command: str, broken: bool) -> None:
    files = {"main.py": "", "nixpacks.toml": f"[start]\ncmd = '''{command}'''\n"}
    assert ("nixpacks-start-backslash" in keys(planned(tmp_path, files))) == broken


def test_static_assets_are_files(tmp_path: Path) -> None:
    files = {"main.py": "", "nixpacks.toml": '[staticAssets]\n"run.sh" = "echo hi"\n'}
    machine = planned(tmp_path, files).machine
    assert machine is not None
    assert machine.files["/assets/run.sh"] == {"text": "echo hi"}
