"""Write facts/installers_pip_options.toml: the option tables of many pip versions, read from their wheels.

In: a folder of pip wheels (`pip download --no-deps pip==X`). Out: the TOML file on standard output. Every pip is
started once, isolated, only to list its own optparse tables; nothing is installed.

    python tasks/read_pip_options.py WHEELS > src/firstpush/facts/installers_pip_options.toml
"""

from __future__ import annotations

import datetime
import json
import re
import subprocess
import sys
import tempfile
import zipfile
from collections import defaultdict
from pathlib import Path

LISTER = """
import json, sys
sys.path.insert(0, sys.argv[1])
from pip._internal.commands import create_command, commands_dict
from pip._internal.cli.main_parser import create_main_parser
def rows(parser):
    out = []
    for o in parser.option_list_all:
        kind = {"store_true": "true", "store_false": "false", "store": "value"}.get(o.action, o.action)
        if o.action == "callback":
            kind = "call-value" if o.takes_value() else "call"
        if o.action == "store" and o.type in ("int", "float"):
            kind = o.type
        if o.choices:
            kind += ":" + "/".join(o.choices)
        out.append((" ".join(o._long_opts + o._short_opts), kind, o.dest or ""))
    return out
table = {"": rows(create_main_parser())}
for name in commands_dict:
    table[name] = rows(create_command(name).parser)
print(json.dumps(table))
"""


def version_key(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split("."))


def boundary(version: str, before: str) -> str:
    """The shortest version number in (before, version]: what lies between was not read."""
    short = ".".join(version.split(".")[:2])
    return short if version_key(short) > version_key(before) else version


def runs(numbers: list[int]) -> list[tuple[int, int]]:
    """First and last of each unbroken run."""
    out: list[tuple[int, int]] = []
    for number in numbers:
        if out and number == out[-1][1] + 1:
            out[-1] = (out[-1][0], number)
        else:
            out.append((number, number))
    return out


def read(wheel: Path) -> dict[str, list[tuple[str, str, str]]]:
    with tempfile.TemporaryDirectory() as folder:
        zipfile.ZipFile(wheel).extractall(folder)
        command = [sys.executable, "-W", "ignore", "-I", "-c", LISTER, folder]
        environment = {"PIP_CONFIG_FILE": "/dev/null", "PATH": "/usr/bin:/bin"}
        text = subprocess.run(command, capture_output=True, text=True, check=True, env=environment).stdout
    table: dict[str, list[tuple[str, str, str]]] = json.loads(text)
    return table


def main() -> None:
    wheels = {
        match[1]: path
        for path in Path(sys.argv[1]).glob("pip-*.whl")
        if (match := re.match(r"pip-([\d.]+)-", path.name))
    }
    versions = sorted(wheels, key=version_key)
    tables = {version: read(wheels[version]) for version in versions}
    present: dict[tuple[str, str, str, str], list[str]] = defaultdict(list)
    for version in versions:
        for command, rows in tables[version].items():
            present[(command, "", "", "")].append(version)
            for names, kind, dest in rows:
                present[(command, names, kind, dest)].append(version)
    grouped: dict[tuple[str, str, str, str, str], list[str]] = defaultdict(list)
    for (command, names, kind, dest), seen in present.items():
        for first, last in runs([versions.index(version) for version in seen]):
            since = "" if first == 0 else boundary(versions[first], versions[first - 1])
            until = "" if last == len(versions) - 1 else boundary(versions[last + 1], versions[last])
            grouped[(names, kind, dest, since, until)].append(command or "pip")
    print("# Written by tasks/read_pip_options.py. Do not edit: run it again with newer wheels.")
    print(
        "# A row: option strings | kind | attribute | since | until (exclusive) | commands (pip: before the command)."
    )
    print("# An empty `since`: already in the oldest version read. Rows without option strings list the commands.")
    print("[[pip]]")
    print('source = "option tables of the wheels on PyPI, listed by each pip itself"')
    print(f'checked = "{datetime.date.today()}"')
    print(f"versions = {json.dumps(versions)}")
    print("rows = [")
    for (names, kind, dest, since, until), where in sorted(grouped.items()):
        print("  " + json.dumps("|".join((names, kind, dest, since, until, " ".join(where)))) + ",")
    print("]")


if __name__ == "__main__":
    main()
