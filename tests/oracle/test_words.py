"""The exact words: what firstpush prints for a refusal is byte for byte what real pip and uv print."""

from __future__ import annotations

from pathlib import Path

import pytest

import firstpush.facts
from firstpush.simulate.installers import wording
from tests.oracle.laboratory import Laboratory
from tests.oracle.replica import run
from tests.oracle.strategies import PIPS, UVS

pytestmark = [pytest.mark.oracle, pytest.mark.slow, pytest.mark.process, pytest.mark.network]

MARKER_FILES = sorted((Path(firstpush.facts.__file__).parent / "markers").iterdir())
OTHER_MARKERS = {
    "empty": b"",
    "no key": b"[externally-managed]\nName=x\n",
    "no section": b"hello\n",
    "not utf-8": b"[externally-managed]\nError=caf\xe9\n",
    "byte order mark": b"\xef\xbb\xbf[externally-managed]\nError=bom\n",
    "crlf": b"[externally-managed]\r\nError=text\r\n more\r\n",
    "first line empty": b"[externally-managed]\nError=\n The first\n\n\n The second\n",
    "signs": "[externally-managed]\nError=100% {x} [b]bold[/b] :smile: naïve – “quoted”\n\tafter\ta tab\n".encode(),
    "comments": b"[externally-managed]\nError=a ; b # c\n d: e = f\n\n ; g\n # h\n x\n",
    "two": b"[externally-managed]\nError=a\n\n[other]\nError=b\n",
}
MARKERS = {path.name: path.read_bytes() for path in MARKER_FILES} | OTHER_MARKERS
ENVIRONMENTS = {
    "utf-8": {"LANG": "C.UTF-8"},
    "ascii": {"LANG": "C.UTF-8", "PYTHONIOENCODING": "ascii"},
    "latin-1": {"LANG": "C.UTF-8", "PYTHONIOENCODING": "latin-1"},
    "plain C": {"LANG": "C"},
    "C without help": {"LANG": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"},
    "nothing": {},
    "narrow": {"LANG": "C.UTF-8", "COLUMNS": "30"},
}


@pytest.fixture(autouse=True)
def _nothing_is_left(laboratory: Laboratory) -> None:
    laboratory.clean()


@pytest.mark.parametrize("version", [version for version in PIPS if version >= "23"])
def test_pip_says_what_we_say(laboratory: Laboratory, version: str) -> None:
    prefix = laboratory.prefixes[version, "managed"]
    markers = MARKERS if version == PIPS[-1] else dict(list(MARKERS.items())[:4])
    environments = ENVIRONMENTS if version == PIPS[-1] else dict(list(ENVIRONMENTS.items())[:2])
    for marker_name, marker in markers.items():
        for name, own in environments.items():
            if name not in ("utf-8", "ascii") and marker_name not in ("signs", MARKER_FILES[0].name):
                continue
            prefix.write_marker(marker)
            env = {"HOME": str(laboratory.root / "home"), "LD_LIBRARY_PATH": f"{prefix.folder}/lib", **own}
            env["PIP_DISABLE_PIP_VERSION_CHECK"] = "1"  # it reads the marker, too, and warns of a broken one again
            real = run([f"{prefix.folder}/bin/pip", "install", "fpdemo"], env, laboratory.work)
            ours = wording.pip_refusal(
                wording.pip_marker(marker, wording.locale_language(env)),
                version,
                str(prefix.folder),
                encoding=wording.stderr_encoding(env),
                path=str(prefix.stdlib / "EXTERNALLY-MANAGED"),
            )
            assert real.code == 1
            said = real.stderr
            assert said == ours.encode(wording.stderr_encoding(env)), (marker_name, name, said)


@pytest.mark.parametrize("options", [("-q",), ("-qq",), ("-qqq",), ("--no-color",)])
def test_pip_is_as_quiet_as_we_say(laboratory: Laboratory, options: tuple[str, ...]) -> None:
    version = PIPS[-1]
    prefix = laboratory.prefixes[version, "managed"]
    prefix.write_marker(MARKERS["signs"])
    env = {"HOME": str(laboratory.root / "home"), "LD_LIBRARY_PATH": f"{prefix.folder}/lib", "LANG": "C.UTF-8"}
    real = run([f"{prefix.folder}/bin/pip", "install", *options, "fpdemo"], env, laboratory.work)
    quiet = -options[0].count("q")
    ours = wording.pip_refusal(wording.pip_marker(MARKERS["signs"]), version, str(prefix.folder), verbosity=quiet)
    assert ours.encode() == real.stderr


@pytest.mark.parametrize("version", UVS)
def test_uv_says_what_we_say(laboratory: Laboratory, version: str) -> None:
    prefix = laboratory.prefixes[PIPS[-1], "managed"]
    for name, marker in MARKERS.items():
        if name == "not utf-8":
            continue  # uv takes such a marker for none
        prefix.write_marker(marker)
        env = {
            "HOME": str(laboratory.root / "home"),
            "PATH": f"{prefix.folder}/bin",
            "LD_LIBRARY_PATH": f"{prefix.folder}/lib",
            "UV_INDEX_URL": laboratory.url,
        }
        for options, system in ((("--system",), True), (("--python", str(prefix.executable)), False)):
            program = str(laboratory.uvs[version])
            real = run([program, "pip", "install", *options, "fpdemo"], env, laboratory.work)
            error = wording.uv_error(marker, version)
            ours = wording.uv_refusal(error, version, str(prefix.folder), prefix.version, system=system)
            assert real.code == 2
            assert ours.encode() == real.stderr, (name, options)
