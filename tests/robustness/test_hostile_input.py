"""`check` takes any folder: whatever lies in it gives a located diagnostic or a clear error, never a crash."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from firstpush.api import check
from firstpush.errors import FirstpushError
from firstpush.model.report import Report
from firstpush.platforms import Settings

NAMES = (
    "nixpacks.toml",
    "nixpacks.json",
    "railway.json",
    "railway.toml",
    "vercel.json",
    "Procfile",
    "requirements.txt",
    "pyproject.toml",
    "runtime.txt",
    ".python-version",
    "main.py",
    "package.json",
)
VALID = {
    "nixpacks.toml": '[phases.install]\ncmds = ["pip install -r requirements.txt"]\n[start]\ncmd = "python main.py"\n',
    "nixpacks.json": '{"phases": {"install": {"cmds": ["pip install -r requirements.txt"]}}}',
    "railway.json": '{"build": {"builder": "NIXPACKS"}, "deploy": {"startCommand": "uvicorn main:app --port $PORT"}}',
    "railway.toml": '[build]\nbuilder = "NIXPACKS"\n[deploy]\nstartCommand = "uvicorn main:app"\n',
    "vercel.json": '{"buildCommand": "pip install -r x.txt", "rewrites": [{"source": "/(.*)", "destination": "/"}]}',
    "Procfile": "web: uvicorn main:app --port $PORT\nrelease: python manage.py migrate\n",
    "requirements.txt": "fastapi==0.115.0\nuvicorn[standard]>=0.30 ; python_version > '3.8'\n-r more.txt\n",
    "pyproject.toml": '[project]\nname = "x"\nversion = "1"\ndependencies = ["fastapi"]\n',
    "runtime.txt": "python-3.11.4\n",
    ".python-version": "3.12\n",
    "main.py": "from fastapi import FastAPI\nimport uvicorn\napp = FastAPI()\n",
    "package.json": '{"scripts": {"build": "pip install x", "start": "node ."}}',
}


def checked(folder: Path, setting: Settings | None = None) -> Report | None:
    """The report, or None for an error that is told in words."""
    try:
        report, tree = check(folder, setting)
    except FirstpushError as error:
        return None if error.what else pytest.fail("an error without words")
    for diagnostic in report.diagnostics:
        span = diagnostic.primary.span
        source = tree.source(span.path)
        assert source is None or span.end <= len(source.data), diagnostic
        assert diagnostic.message
    return report


def mutate(data: bytes, position: int, junk: bytes, drop: int) -> bytes:
    at = position % (len(data) + 1)
    return data[:at] + junk + data[at + drop :]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    names=st.sets(st.sampled_from(NAMES), min_size=1, max_size=5),
    position=st.integers(0, 400),
    junk=st.one_of(
        st.binary(max_size=12),
        st.sampled_from(
            [b'"', b"'", b"\\", b"\r\n", b"\x00", b"{{{{", b"]]]]", b"$(", b"`", b"\xff\xfe", b"\xef\xbb\xbf", b"${"]
        ),
    ),
    drop=st.integers(0, 30),
    forced=st.sampled_from([None, "nixpacks"]),
)
def test_broken_files_never_crash(
    names: set[str], position: int, junk: bytes, drop: int, forced: str | None, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("project")
    for name in names:
        (folder / name).write_bytes(mutate(VALID[name].encode(), position, junk, drop))
    checked(folder, Settings(builder=forced))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00" * 2000,
        b"\x7fELF\x02\x01\x01" + bytes(range(256)) * 20,
        "café = 'œ'\n".encode("latin-1", "replace"),
        b"\xef\xbb\xbf" + b"[x]\r\ny = 1\r\n",
        b"[" * 20_000,
        b'{"a":' * 20_000,
        b"(" * 20_000,
        b"x" * 300_000,
    ],
    ids=["empty", "nul", "elf", "latin-1", "bom", "brackets", "braces", "parentheses", "one-line"],
)
def test_odd_files_never_crash(name: str, content: bytes, tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").write_text("fastapi\n")
    (tmp_path / name).write_bytes(content)
    checked(tmp_path)
    checked(tmp_path, Settings(builder="nixpacks"))


def test_ten_megabytes_of_configuration(tmp_path: Path) -> None:
    (tmp_path / "main.py").write_text("print('hello')\n")
    lines = "".join(f'key{number} = "{"v" * 80}"\n' for number in range(110_000))
    (tmp_path / "nixpacks.toml").write_text("[variables]\n" + lines)
    assert (tmp_path / "nixpacks.toml").stat().st_size > 9_000_000
    assert checked(tmp_path) is not None


def test_links_that_leave_or_circle(tmp_path: Path) -> None:
    project = tmp_path / "project"
    project.mkdir()
    (tmp_path / "outside.toml").write_text('[phases.install]\ncmds = ["pip install x"]\n')
    (project / "main.py").write_text("print('hello')\n")
    (project / "nixpacks.toml").symlink_to(tmp_path / "outside.toml")
    (project / "circle").symlink_to(project, target_is_directory=True)
    (project / "self").symlink_to("self")
    report = checked(project, Settings(builder="nixpacks"))
    assert report is not None
    assert "nixpacks.toml" not in report.looked_at


def test_paths_with_spaces_and_wide_characters(tmp_path: Path) -> None:
    folder = tmp_path / "my app – 中文"
    folder.mkdir()
    (folder / "requirements.txt").write_text("fastapi\nuvicorn\n")
    (folder / "main.py").write_text("from fastapi import FastAPI\napp = FastAPI()\n")
    assert checked(folder, Settings(builder="nixpacks")) is not None


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_unreadable_files_are_told(tmp_path: Path) -> None:
    (tmp_path / "main.py").write_text("print()\n")
    secret = tmp_path / "nixpacks.toml"
    secret.write_text("")
    secret.chmod(0)
    report = checked(tmp_path, Settings(builder="nixpacks"))
    assert report is not None
    assert "nixpacks.toml" in report.unreadable


def test_a_missing_folder_is_told(tmp_path: Path) -> None:
    assert checked(tmp_path / "nowhere") is None
    (tmp_path / "file").write_text("")
    assert checked(tmp_path / "file") is None


def test_nothing_of_the_project_is_executed(tmp_path: Path) -> None:
    trap = f"open({str(tmp_path / 'sprung')!r}, 'w').write('x')\n"
    for name in ("main.py", "setup.py", "manage.py", "conftest.py", "sitecustomize.py", "app.py"):
        (tmp_path / name).write_text(trap + "import django\n")
    (tmp_path / "requirements.txt").write_text("django\n")
    (tmp_path / "nixpacks.toml").write_text(
        f'[phases.install]\ncmds = ["touch {tmp_path / "sprung"}; $(touch {tmp_path / "sprung"})", '
        '"python setup.py install"]\n'
        '[start]\ncmd = "python main.py"\n'
    )
    checked(tmp_path, Settings(builder="nixpacks"))
    checked(tmp_path)
    assert not (tmp_path / "sprung").exists()
