"""Files, links, environments and distributions of the simulated machine."""

from __future__ import annotations

from dataclasses import replace

import pytest

from firstpush.model.machine import User, Venv
from firstpush.model.outcome import Place
from firstpush.simulate.filesystem import File, FileSystem
from firstpush.simulate.invocation import Install, Installed, MakeLink, MakeVenv, Move, Remove, Uninstall, WriteFile
from firstpush.simulate.state import State
from tests.simulate.machines import APP, debian, nix

ROOT = User()


def test_links_are_followed_on_the_way() -> None:
    files = FileSystem()
    files.put("/a/b/c", File("text"))
    files.put_link("/link", "a")
    files.put_link("/a/loop", "loop")
    assert files.realpath("/link/b/c") == "/a/b/c"
    assert files.realpath("/link/b/../b/./c") == "/a/b/c"
    assert files.text("/link/b/c") == "text"
    assert files.exists("/a/loop") is False
    assert files.is_link("/link")
    files.remove("/link")
    assert files.exists("/link/b/c") is False
    assert files.exists("/a/b/c") is True


def test_merged_usr() -> None:
    files = FileSystem(os_id="debian")
    files.put("/usr/bin/tool", File("", 0o755))
    assert files.exists("/bin/tool") is True
    assert FileSystem(os_id="alpine").is_link("/bin") is False


def test_a_removed_folder_hides_what_lies_below() -> None:
    files = FileSystem(opaque=("/opt",))
    assert files.exists("/opt/any/thing") is None
    files.remove("/opt")
    assert files.exists("/opt/any/thing") is False


def test_moving_takes_everything_along() -> None:
    files = FileSystem()
    files.put("/a/x/y", File("1"))
    files.put_link("/a/l", "x/y")
    files.move("/a", "/b")
    assert files.text("/b/l") == "1"
    assert files.exists("/a/x") is False
    files.move("/b", "/c", copy=True)
    assert files.text("/c/x/y") == files.text("/b/x/y") == "1"


def test_a_copy_is_independent() -> None:
    state = State.of(debian())
    other = state.copy()
    other.apply(WriteFile("/x", "1"))
    other.apply(MakeLink("/bin2", "/usr/bin"))
    assert state.files.exists("/x") is False
    assert state.files.exists("/bin2/python3") is False
    assert other.files.exists("/bin2/python3") is True


@pytest.mark.parametrize(
    ("path", "user", "expected"),
    [
        ("/usr/x", ROOT, None),
        ("/usr/x", APP, "permission"),
        ("/home/app/new/deep", APP, None),
        ("/tmp/x", APP, None),
        ("/ro/x", ROOT, "read-only"),
        ("/ro/x", APP, "read-only"),
    ],
)
def test_who_may_write(path: str, user: User, expected: str | None) -> None:
    assert FileSystem(read_only=("/ro",)).writable(path, user) == expected


def test_what_a_user_made_that_user_may_change() -> None:
    state = State.of(debian(user=APP, writable_by_user=("/src",)))
    state.apply(MakeVenv("/src/v", "/usr/bin/python3.11", "24.0"))
    assert state.files.writable("/src/v/lib/python3.11/site-packages/x", APP) is None


def test_a_virtual_environment() -> None:
    state = State.of(debian())
    state.apply(MakeVenv("/v", "/usr/bin/python3.11", "24.0", system_site_packages=True))
    view = state.python("/v/bin/python3", {}, ROOT)
    assert view is not None
    assert (view.prefix, view.base_prefix, view.pip, view.virtual) == ("/v", "/usr", "24.0", True)
    assert view.site == "/v/lib/python3.11/site-packages"
    assert "/usr/lib/python3/dist-packages" in view.sites
    assert view.stdlib == "/usr/lib/python3.11"


def test_a_virtual_environment_through_a_link_to_its_python_is_none() -> None:
    state = State.of(replace(debian(), venvs=(Venv("/v", "/usr/bin/python3.11"),)))
    state.apply(MakeLink("/usr/local/bin/python", "/v/bin/python"))
    view = state.python("/usr/local/bin/python", {}, ROOT)
    assert view is not None
    assert not view.virtual


def test_a_moved_virtual_environment_keeps_its_distributions() -> None:
    state = State.of(debian())
    state.apply(MakeVenv("/v", "/usr/bin/python3.11", "24.0"))
    state.apply(Move("/v", "/w"))
    view = state.python("/w/bin/python", {}, ROOT)
    assert view is not None
    assert view.pip == "24.0"
    tool = state.tool("/w/bin/pip", {}, ROOT)
    assert tool is not None
    assert tool.stale == "/v/bin/python"


def test_pip_follows_what_is_installed() -> None:
    state = State.of(debian())
    site = "/usr/local/lib/python3.11/dist-packages"
    state.apply(Install((Installed("pip", "26.0"),), site, "/usr/local/bin", "/usr", Place.SYSTEM))
    view = state.python("/usr/bin/python3", {}, ROOT)
    assert view is not None
    assert (view.pip, view.pip_dir) == ("26.0", site)
    assert state.files.exists("/usr/local/bin/pip3") is True
    state.apply(Uninstall(("pip",), site))
    again = state.python("/usr/bin/python3", {}, ROOT)
    assert again is not None
    assert again.pip == "23.0.1"


def test_python_path_comes_first() -> None:
    state = State.of(nix())
    own = nix().programs[0].module_dir
    plain = state.python("/root/.nix-profile/bin/python", {}, ROOT)
    with_path = state.python("/root/.nix-profile/bin/python", {"PYTHONPATH": own}, ROOT)
    assert plain is not None
    assert with_path is not None
    assert (plain.pip, with_path.pip) == (None, "24.0")
    tool = state.tool("/root/.nix-profile/bin/pip", {}, ROOT)
    assert tool is not None
    assert tool.python is not None
    assert tool.python.sets_env == {"PYTHONNOUSERSITE": "true"}


def test_removing_a_site_removes_its_distributions() -> None:
    state = State.of(debian())
    state.apply(MakeVenv("/v", "/usr/bin/python3.11", "24.0"))
    state.apply(Remove("/v"))
    assert state.installed("/v/lib/python3.11/site-packages") == ()
    assert state.python("/v/bin/python", {}, ROOT) is None
