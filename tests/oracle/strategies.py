# ruff: noqa: E501
"""Command lines, environments and configuration files for pip and uv, as Hypothesis strategies. Out: `Case`s."""

from __future__ import annotations

import os

from hypothesis import strategies as st

from tests.oracle.laboratory import MARKER, Case

PIPS = ["21.3.1", "22.3.1", "23.0", "23.0.1", "24.0", "25.3", "26.3"]
UVS = ["0.1.45", "0.4.30", "0.8.24", "0.13.8"]
AS_ROOT = os.getuid() == 0

BEFORE = [
    (), (), (), (), ("-q",), ("--isolated",), ("--require-virtualenv",), ("--no-color",), ("--no-input",), ("-vv",),
    ("--break-system-packages",), ("--bogus",), ("--python", "{python}"), ("--python", "{out}/none"), ("--log", "{out}/l"),
    ("--require-venv",), ("--time", "5"), ("--timeout=x",), ("--version",), ("--isol",), ("--no-",),
]  # fmt: skip
INSTALL_OPTIONS = [
    ("--user",), ("--no-user",), ("--target", "{out}/t"), ("-t", "{out}/t"), ("--targ={out}/t",), ("--prefix", "{out}/p"),
    ("--prefix", "", "--root", "{out}/r"), ("--root", "{out}/r"), ("--dry-run",), ("--report", "{out}/rep.json"), ("--report={out}/rep.json", "-q"),
    ("--break-system-packages",), ("--break-system",), ("--break-system-packages=true",), ("--no-break-system-packages",),
    ("--no-deps",), ("-U",), ("--upgrade",), ("--force-reinstall",), ("--ignore-installed",), ("-I",), ("-q",), ("-qq",),
    ("--isolated",), ("--require-virtualenv",), ("--python", "{python}"), ("--pre",), ("--no-cache-dir",), ("--bogus",),
    ("--no-warn-script-location",), ("--root-user-action", "ignore"), ("--root-user-action", "bad"), ("--progress-bar", "off"),
    ("--upgrade-strategy", "eager"), ("--upgrade-strategy", "x"), ("--no-index",), ("--no-compile",), ("-h",), ("--no-bin", ":all:"),
    ("-qU",), ("--retries", "x"), ("--retries", "0"), ("--use-pep517",), ("--no-clean",), ("--dry",), ("-"), ("--",),
]  # fmt: skip
REQUIREMENTS = [
    ("fpdemo",), ("fpdep",), ("fppre",), ("fpdemo==1.0",), ("fpdemo>=3",), ("fpdemo<2", "fppre"), ("nosuchpkg",), ("FpDemo",),
    ("-r", "req.txt"), ("-r", "missing.txt"), ("-r", "empty.txt"), ("-rreq.txt",), ("./missing",), (), ("bad req!",), ("",),
    ("fpdemo ; python_version < '3'",), ("fpdemo[extra]",), ("-c", "req.txt", "fpdep"), ("-r", "nested.txt"), ("-e", "./missing"),
    ("-r", "broken.txt"), ("./fpdemo-1.0-py3-none-any.whl",),
]  # fmt: skip
VALUES = ["1", "0", "true", "false", "True", "yes", "no", "on", "off", "", "bogus", "2", "t", "n"]
PIP_ENV = {
    "PIP_BREAK_SYSTEM_PACKAGES": VALUES,
    "PIP_USER": VALUES,
    "PIP_REQUIRE_VIRTUALENV": VALUES,
    "PIP_DRY_RUN": VALUES,
    "PIP_UPGRADE": VALUES,
    "PIP_ISOLATED": VALUES,
    "PIP_QUIET": ["1", "2", "yes", "-1", "x", ""],
    "PIP_TARGET": ["{out}/t", ""],
    "PIP_PREFIX": ["{out}/p", ""],
    "PIP_ROOT": ["{out}/r", ""],
    "PIP_REPORT": ["{out}/rep.json"],
    "PIP_NO_DEPS": VALUES,
    "PIP_FORCE_REINSTALL": VALUES,
    "PIP_EXISTS_ACTION": ["w", "x"],
    "PIP_BOGUS": ["1"],
    "PIP_VERSION": ["1"],
    "PYTHONNOUSERSITE": ["1", "", "0"],
    "PYTHONUSERBASE": ["{out}/base"],
    "PIP_RETRIES": ["0", "x"],
    "PYTHONIOENCODING": ["ascii"],
}
KEYS = [
    ("break-system-packages", VALUES), ("break_system_packages", ["true"]), ("user", VALUES), ("require-virtualenv", VALUES),
    ("target", ["{out}/t"]), ("dry-run", VALUES), ("bogus", ["1"]), ("quiet", ["1"]), ("upgrade", ["1"]), ("prefix", ["{out}/p"]),
    ("root-user-action", ["ignore", "bad"]), ("--user", ["1"]),
]  # fmt: skip
SECTIONS = ["global", "install", "uninstall", "pip", "list", "freeze"]
PLACES = ["~/.config/pip/pip.conf", "~/.pip/pip.conf", "given.conf", "{prefix}/pip.conf"]
FILES = {
    "req.txt": "fpdemo  # a comment\n\n",
    "empty.txt": "# nothing\n",
    "nested.txt": "-r req.txt\nfpdep\n",
    "broken.txt": "fpdemo\n--bogus-option\n",
}
MARKERS = [MARKER, MARKER, MARKER, b"", b"\xff\xfe", b"[externally-managed]\nError=a\nError=b\n", b"junk", None]


@st.composite
def environments(draw: st.DrawFn) -> dict[str, str]:
    names = draw(st.lists(st.sampled_from(sorted(PIP_ENV)), max_size=3, unique=True))
    return {name: draw(st.sampled_from(PIP_ENV[name])) for name in names}


@st.composite
def configurations(draw: st.DrawFn) -> tuple[dict[str, str], dict[str, str]]:
    """Files and the variables that go with them."""
    if draw(st.integers(0, 2)) != 0:
        return {}, {}
    files: dict[str, str] = {}
    env: dict[str, str] = {}
    for place in draw(st.lists(st.sampled_from(PLACES), min_size=1, max_size=2, unique=True)):
        lines = []
        for section in draw(st.lists(st.sampled_from(SECTIONS), min_size=1, max_size=2, unique=True)):
            lines.append(f"[{section}]")
            for key, values in draw(
                st.lists(st.sampled_from(KEYS), min_size=1, max_size=2, unique_by=lambda item: item[0])
            ):
                lines.append(f"{key} = {draw(st.sampled_from(values))}")
        if draw(st.integers(0, 12)) == 0:
            lines.insert(0, draw(st.sampled_from(["user = 1", "[install", "]"])))
        files[place] = "\n".join(lines) + "\n"
        if place == "given.conf":
            env["PIP_CONFIG_FILE"] = draw(st.sampled_from(["given.conf", "given.conf", "absent.conf", "/dev/null"]))
    return files, env


@st.composite
def pip_cases(draw: st.DrawFn) -> Case:
    """A pip command line on a Python, with settings from everywhere."""
    before = draw(st.sampled_from(BEFORE))
    command = draw(
        st.sampled_from(
            ["install"] * 12 + ["uninstall"] * 3 + ["download", "wheel", "list", "freeze", "show", "check", "cache", "index"]
            + ["help", "instal", "config", "hash", "debug", "inspect"]
        )
    )  # fmt: skip
    words: tuple[str, ...]
    if command == "install":
        options = draw(st.lists(st.sampled_from(INSTALL_OPTIONS), max_size=3))
        requirements = draw(st.lists(st.sampled_from(REQUIREMENTS), min_size=1, max_size=2))
        parts = draw(st.permutations([*options, *requirements]))
        words = tuple(word for part in parts for word in part)
    else:
        words = draw(st.sampled_from(OTHER[command]))
    files, env = draw(configurations())
    env |= draw(environments())
    return Case(
        version=draw(st.sampled_from(PIPS)),
        where=draw(st.sampled_from(["managed", "managed", "managed", "plain", "plain", "venv", "ssp-venv"])),
        how=draw(st.sampled_from(["script", "script", "module", "isolated"])),
        words=(*before, command, *words),
        env=env,
        files=FILES | files,
        as_nobody=AS_ROOT and draw(st.booleans()),
        preinstalled=draw(st.booleans()),
        marker=draw(st.sampled_from(MARKERS)),
    )


OTHER: dict[str, list[tuple[str, ...]]] = {
    "uninstall": [
        ("-y", "fppre"), ("fppre",), ("-y", "nosuch"), ("-y",), ("--yes", "--break-system-packages", "fppre"), ("-y", "-r", "req.txt"),
        ("-y", "-r", "missing.txt"), ("-y", "--user", "fppre"), ("-y", "--root-user-action=ignore", "fppre"), ("-y", "./x"),
    ],
    "download": [("-d", "{out}/d", "fpdemo"), ("fpdep",), ("-d", "{out}/d", "nosuch"), ("--user", "fpdep"), ("-q", "-d", "{out}/d", "fpdep")],
    "wheel": [("-w", "{out}/w", "fpdemo"), ("fpdep",), ("nosuch",), ()],
    "list": [(), ("--user",), ("--bogus",), ("--format=json",), ("--format=bad",), ("--outdated", "--no-index")],
    "freeze": [(), ("--all",), ("--user",), ("-r", "req.txt")],
    "show": [("pip",), ("fppre",), ("nosuch",), (), ("nosuch", "pip")],
    "check": [()],
    "cache": [("dir",), (), ("bad",)],
    "index": [("versions", "fpdemo"), ("versions", "nosuch"), ("versions",), ()],
    "help": [(), ("install",), ("nosuch",)],
    "instal": [("fpdemo",)],
    "config": [("list",), ("set", "global.user", "false"), ("get", "global.nosuch"), ("--global", "list"), ("bad",), ("set", "user", "1")],
    "hash": [("req.txt",), ("missing.txt",), ()],
    "debug": [()],
    "inspect": [(), ("--user",)],
}  # fmt: skip


UV_OPTIONS = [
    ("--system",), ("--system",), ("--python", "{python}"), ("--python", "3.11"), ("-p", "{python}"), ("--python", "nosuch"),
    ("--break-system-packages",), ("--break-system-packages",), ("--no-break-system-packages",), ("--target", "{out}/t"),
    ("--prefix", "{out}/p"), ("--user",), ("--dry-run",), ("-q",), ("--upgrade",), ("-U",), ("--reinstall",), ("--no-deps",),
    ("--bogus",), ("--no-index",), ("--no-cache",), ("-nq",), ("--strict",), ("--no-config",), ("--python={python}",), ("-h",),
]  # fmt: skip
UV_ENV = {
    "UV_SYSTEM_PYTHON": VALUES,
    "UV_BREAK_SYSTEM_PACKAGES": VALUES,
    "PIP_BREAK_SYSTEM_PACKAGES": ["1"],
    "VIRTUAL_ENV": ["{out}/none", "{venv}"],
    "UV_PYTHON": ["{python}", "", "nosuch"],
    "UV_NO_CONFIG": ["1"],
    "UV_CONFIG_FILE": ["given.toml", "absent.toml"],
}
UV_FILES = [
    {}, {}, {}, {"uv.toml": "[pip]\nbreak-system-packages = true\n"}, {"uv.toml": "[pip]\nsystem = true\n"},
    {"uv.toml": "[pip]\nsystem = true\nbreak-system-packages = true\n"}, {"~/.config/uv/uv.toml": "[pip]\nsystem = true\n"},
    {"pyproject.toml": "[tool.uv.pip]\nsystem = true\n"}, {"given.toml": "[pip]\nsystem = true\n"}, {"uv.toml": "bad"},
    {"uv.toml": "[pip]\nbogus = 1\n"}, {"uv.toml": "[pip]\nsystem = false\n", "~/.config/uv/uv.toml": "[pip]\nsystem = true\n"},
]  # fmt: skip
UV_OTHER: dict[str, list[tuple[str, ...]]] = {
    "uninstall": [("fppre",), ("--system", "fppre"), ("--system", "--break-system-packages", "fppre"), ("nosuch", "--system"), ()],
    "sync": [("req.txt",), ("--system", "req.txt"), ("--system", "empty.txt"), ("missing.txt",), ("--system", "--break-system-packages", "req.txt")],
    "list": [(), ("--system",), ("--bogus",), ("--python", "nosuch")],
    "freeze": [(), ("--system",)],
    "check": [()],
    "show": [("pip",), ("nosuch",)],
}  # fmt: skip
UV_REQUIREMENTS = [
    ("fpdemo",), ("fpdep",), ("fppre",), ("fpdemo==1.0",), ("fpdemo>=3",), ("nosuchpkg",), ("-r", "req.txt"), ("-r", "missing.txt"),
    ("-r", "empty.txt"), ("./missing",), (), ("bad req!",), ("FpDemo",), ("-e", "./missing"),
]  # fmt: skip


@st.composite
def uv_cases(draw: st.DrawFn) -> Case:
    """A `uv pip` command line."""
    command = draw(st.sampled_from(["install"] * 9 + ["uninstall", "sync", "list", "freeze", "check", "show"]))
    if command == "install":
        options = draw(st.lists(st.sampled_from(UV_OPTIONS), max_size=3, unique_by=lambda item: item[0].split("=")[0]))
        parts = draw(st.permutations([*options, draw(st.sampled_from(UV_REQUIREMENTS))]))
        words = tuple(word for part in parts for word in part)
    else:
        words = draw(st.sampled_from(UV_OTHER[command]))
    names = draw(st.lists(st.sampled_from(sorted(UV_ENV)), max_size=2, unique=True))
    return Case(
        version=draw(st.sampled_from(UVS)),
        where=draw(st.sampled_from(["managed", "managed", "plain"])),
        how="uv",
        words=("pip", command, *words),
        env={name: draw(st.sampled_from(UV_ENV[name])) for name in names},
        files=FILES | draw(st.sampled_from(UV_FILES)),
        as_nobody=AS_ROOT and draw(st.booleans()),
        preinstalled=draw(st.booleans()),
        marker=draw(st.sampled_from(MARKERS)),
    )
