"""What is reused, and when it must not be."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.rehearsal import plans
from tests.rehearsal.conftest import Rehearse

pytestmark = [pytest.mark.sandbox]
INSTALL = "cat requirements.txt > /opt/installed; date +%N >> /opt/installed; cat /opt/installed"


def outputs(run: Rehearse, *commands: str, **options: object) -> tuple[list[str], list[bool]]:
    found = run(plans.docker(*commands), **options)
    return [result.output for result in found.commands], [result.reused for result in found.commands]


def test_unchanged_is_reused_changed_is_not(run: Rehearse, app: Path) -> None:
    first, reused = outputs(run, INSTALL)
    assert reused == [False]
    assert outputs(run, INSTALL) == (first, [True])
    (app / "main.py").write_text("# the command did not read this\n")
    assert outputs(run, INSTALL) == (first, [True])
    (app / "requirements.txt").write_text("six\n")
    second, reused = outputs(run, INSTALL)
    assert reused == [False]
    assert second[0].startswith("six\n")
    (app / "requirements.txt").write_text("")
    assert outputs(run, INSTALL)[1] == [True]


def test_what_was_written_is_really_there(run: Rehearse) -> None:
    """A reused layer is what the command left: deletions too, and what it wrote into the app's folder."""
    make = "mkdir -p /opt/a /app/made; touch /opt/a/x /app/made/y; rm -f /etc/os-release; cat requirements.txt"
    look = "ls /opt/a /app/made /etc/os-release main.py; date +%N"
    first = run(plans.docker(make, look))
    again = run(plans.docker(make, look + " "))
    assert [result.reused for result in again.commands] == [True, False]
    assert again.commands[1].output.splitlines()[:-1] == first.commands[1].output.splitlines()[:-1]


def test_a_changed_source_is_not_hidden_by_a_layer(run: Rehearse, app: Path) -> None:
    """A command that rewrites a project file must run again when that file changes."""
    change = "sed -i s/old/new/ config.txt"
    (app / "config.txt").write_text("old 1\n")
    run(plans.docker(change, "cat config.txt"))
    (app / "config.txt").write_text("old 2\n")
    found = run(plans.docker(change, "cat config.txt"))
    assert found.commands[1].output == "new 2\n"


def test_a_new_file_where_a_folder_was_listed(run: Rehearse, app: Path) -> None:
    assert outputs(run, "ls")[0] == ["main.py\nrequirements.txt\n"]
    (app / "new.txt").write_text("")
    assert outputs(run, "ls")[0] == ["main.py\nnew.txt\nrequirements.txt\n"]


def test_other_commands_environments_and_projects_do_not_share(run: Rehearse, tmp_path: Path) -> None:
    outputs(run, INSTALL)
    assert outputs(run, INSTALL + "; true")[1] == [False]
    assert outputs(run, INSTALL, env={"OTHER": "value"})[1] == [False]
    other = plans.project(tmp_path / "other", main__py=plans.SERVER, requirements__txt="")
    assert run(plans.docker(INSTALL), folder=other).commands[0].reused is False


def test_fresh_reuses_nothing(run: Rehearse) -> None:
    first, _ = outputs(run, INSTALL)
    second, reused = outputs(run, INSTALL, fresh=True)
    assert reused == [False]
    assert second != first


def test_failures_are_not_kept(run: Rehearse) -> None:
    assert outputs(run, "touch /opt/x; exit 1")[1] == [False]
    assert outputs(run, "touch /opt/x; exit 1")[1] == [False]


def test_projects_share_the_venv_but_nobody_makes_it_for_others(run: Rehearse, tmp_path: Path) -> None:
    line = "python -m venv --copies /opt/v && . /opt/v/bin/activate && pip --version"
    evil = "import pathlib, sys, runpy\npathlib.Path('/opt/v/evil').mkdir(parents=True)\n"
    hostile = plans.project(tmp_path / "hostile", main__py="", venv__py=evil)
    run(plans.nixpacks(line), folder=hostile)
    builds = []
    for number in range(2):
        other = plans.project(tmp_path / f"other{number}", main__py=str(number))
        found = run(plans.nixpacks(line, "ls /opt/v"), folder=other)
        assert "evil" not in found.commands[1].output
        assert found.verdict == "passes", found.first_failure
        builds.append(found.timings["build"])
    assert builds[1] < builds[0]


def test_the_venv_is_kept_by_itself(run: Rehearse, app: Path) -> None:
    line = "python -m venv --copies /opt/venv && . /opt/venv/bin/activate && pip install -r requirements.txt"
    first = run(plans.nixpacks(line), fresh=True)
    run(plans.nixpacks(line))
    (app / "requirements.txt").write_text("# changed\n")
    found = run(plans.nixpacks(line))
    assert found.verdict == "passes"
    assert found.commands[0].reused is False
    assert found.timings["build"] < first.timings["build"]
