"""get-pip.py for a sandbox that reaches nothing but the package index.

In: the plan and what of this machine is hidden. Out: a layer in which `curl` and `wget` hand out a stand-in for
https://bootstrap.pypa.io/get-pip.py (everything else goes to the real programs), and the difference that says so; no
layer when no command names that script. The stand-in runs pip's newest wheel as the script runs the one it carries.
Source: pypa/get-pip, templates/default.py (options, `install --upgrade --force-reinstall`), checked 2026-11-20.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Collection
from pathlib import Path

from firstpush.model.plan import Plan
from firstpush.rehearsal.cache import Cache, key_of
from firstpush.rehearsal.door.store import NotThere, Store
from firstpush.rehearsal.values import Difference

_NAMED = re.compile(r"bootstrap\.pypa\.io/\S*get-pip\.py")
_HOME = "usr/lib/firstpush"
_SCRIPT = """# Stands in for get-pip.py in a rehearsal: pip's own wheel from the index, run as the real script runs it.
import os
import sys

sys.path.insert(0, "/{wheel}")
ours = ("--no-setuptools", "--no-wheel")
words = [word for word in sys.argv[1:] if word not in ours]
if not any(word.split("=")[0].split("<")[0].split(">")[0] == "pip" for word in words):
    words.append("pip")
if sys.version_info < (3, 12):
    for name in ("setuptools", "wheel"):
        if "--no-" + name not in sys.argv and not os.environ.get("PIP_NO_" + name.upper()):
            words.append(name)
from pip._internal.cli.main import main

sys.exit(main(["install", "--upgrade", "--force-reinstall", *words]))
"""
_PROGRAM = """#!/bin/sh
# Hands out firstpush's stand-in for get-pip.py; everything else is the real program's.
url= out={default} want=
for word in "$@"; do
  if [ -n "$want" ]; then out=$word want=; continue; fi
  case $word in
    *bootstrap.pypa.io/*get-pip.py) url=$word ;;
{options}
  esac
done
if [ -z "$url" ]; then exec /{home}/{name} "$@"; fi
if [ "$out" = - ]; then exec cat /{home}/get-pip.py; fi
exec cp /{home}/get-pip.py "$out"
"""
_CURL = """    --output=*) out=${word#*=} ;;
    --output) want=1 ;;
    --remote-name) out=get-pip.py ;;
    --*) ;;
    -*O) out=get-pip.py ;;
    -*o) want=1 ;;
    -o*) out=${word#-o} ;;"""
_WGET = """    --output-document=*) out=${word#*=} ;;
    --output-document) want=1 ;;
    --*) ;;
    -*O) want=1 ;;
    -*O-) out=- ;;
    -O*) out=${word#-O} ;;"""
# Program: where its output goes without an option, and the options that say where.
_OPTIONS = {"curl": ("-", _CURL), "wget": ("get-pip.py", _WGET)}


def layers(
    plan: Plan, hidden: Collection[str], minors: Collection[str], cache: Cache, store: Store, told: list[Difference]
) -> list[str]:
    """The layer's folder, or nothing. `minors`: the replica's Python versions; `told`: gets the difference."""
    start = [str(plan.start.command)] if plan.start is not None else []
    if not any(_NAMED.search(text) for text in [*(str(step.command) for step in plan.steps), *start]):
        return []
    wheel = newest_pip(store, minors)
    if wheel is None:
        told.append(Difference("get-pip.py cannot be fetched in the sandbox", "commands that fetch it fail here"))
        return []
    programs = [name for name in _OPTIONS if f"bin/{name}" not in hidden and os.path.isfile(f"/usr/bin/{name}")]

    def make(folder: Path) -> None:
        home = folder / _HOME
        home.mkdir(parents=True)
        (folder / "usr/bin").mkdir()
        shutil.copy(wheel[1], home / wheel[0])
        (home / "get-pip.py").write_text(_SCRIPT.format(wheel=f"{_HOME}/{wheel[0]}"), "utf-8")
        for name in programs:
            shutil.copy(f"/usr/bin/{name}", home / name)
            place = folder / "usr/bin" / name
            place.write_text(program(name), "utf-8")
            place.chmod(0o755)

    version = wheel[0].split("-")[1]
    told.append(
        Difference(f"get-pip.py is stood in for by pip {version}'s wheel", "the real script may carry another pip")
    )
    return [str(cache.layer("get-pip", key_of("get-pip", wheel[0], programs, _SCRIPT, _PROGRAM, _OPTIONS), make))]


def program(name: str, home: str = _HOME) -> str:
    """The shell script that stands before curl or wget."""
    default, options = _OPTIONS[name]
    return _PROGRAM.format(default=default, options=options, home=home, name=name)


def newest_pip(store: Store, minors: Collection[str]) -> tuple[str, Path] | None:
    """Name and place of the newest wheel of pip that all these Pythons take; None when the index cannot be asked."""
    from packaging.specifiers import InvalidSpecifier, SpecifierSet
    from packaging.utils import InvalidWheelFilename, parse_wheel_filename

    found = []
    try:
        for file in store.project("pip"):
            try:
                _, version, _, _ = parse_wheel_filename(file.name)
                fits = SpecifierSet(file.requires_python or "")
            except (InvalidWheelFilename, InvalidSpecifier):
                continue
            if not version.is_prerelease and not file.yanked and all(fits.contains(f"{minor}.99") for minor in minors):
                found.append((version, file))
        if not found:
            return None
        file = max(found, key=lambda pair: pair[0])[1]
        return file.name, store.path(file)
    except NotThere:
        return None
