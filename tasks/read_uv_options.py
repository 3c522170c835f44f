"""Write facts/installers_uv_options.toml: the options of many uv versions, found by asking each uv itself.

In: a folder with `VERSION/uv` programs. Out: the TOML file on standard output. An option is asked for by
`uv COMMAND --option --help`: an unknown one is refused by name, one that wants a value asks for it, a flag prints the
help. Nothing is installed. Candidates are the long options that the help of any version names for the command (and
their negations), and for `uv pip` those of pip.

    python tasks/read_uv_options.py UVS > src/firstpush/facts/installers_uv_options.toml
"""

from __future__ import annotations

import datetime
import json
import re
import subprocess
import sys
import tomllib
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from read_pip_options import boundary, runs, version_key

FACTS = Path(__file__).parent.parent / "src/firstpush/facts"
COMMANDS = (
    "", "pip install", "pip uninstall", "pip sync", "pip compile", "pip list", "pip freeze", "pip check", "pip show",
    "venv", "sync", "add", "remove", "lock", "run", "export", "tool install", "tool run", "python install",
)  # fmt: skip
OPTION = re.compile(r"^ +(?:-(\w), )?--([a-z][\w-]+)(.*)$")


def ask(uv: Path, command: str, *words: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": "/usr/bin:/bin", "HOME": "/nonexistent", "UV_NO_CONFIG": "1", "NO_COLOR": "1"}
    line = [str(uv), *command.split(), *words]
    return subprocess.run(line, capture_output=True, text=True, env=environment, cwd="/", check=False)


def kind_of(uv: Path, command: str, option: str) -> str | None:
    """value, flag, or None when this uv does not know the option there."""
    done = ask(uv, command, option, "--help")
    if done.returncode == 0:
        return "flag"
    text = done.stderr
    if "unexpected argument" in text or "wasn't expected" in text:
        return None
    return (
        "value"
        if "value is required" in text or "requires a value" in text or "equal sign" in text
        else "?" + text[:80]
    )


def main() -> None:
    folder = Path(sys.argv[1])
    versions = sorted((path.name for path in folder.iterdir()), key=version_key)
    pip = tomllib.loads((FACTS / "installers_pip_options.toml").read_text())["pip"][0]["rows"]
    of_pip = {word for row in pip for word in row.split("|")[0].split() if word.startswith("--")}
    longs: dict[str, set[str]] = defaultdict(set)
    helps: dict[tuple[str, str], str] = {}
    envs: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
    shorts: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
    for version in versions:
        for command in COMMANDS:
            uv = folder / version / "uv"
            done = ask(uv, command, "--help")
            usage = re.search(r"Usage: uv ?(.*)", done.stdout)
            if done.returncode or (command and (usage is None or not usage[1].startswith(command))):
                continue
            helps[version, command] = done.stdout
            name, blocks = "", dict[str, str]()
            for line in done.stdout.splitlines():
                if match := OPTION.match(line):
                    name = "--" + match[2]
                    bare = match[2].removeprefix("no-")
                    longs[command] |= {name, f"--no-{bare}", f"--{bare}"}
                    if match[1]:
                        shorts[version, command][name] = "-" + match[1]
                blocks[name] = blocks.get(name, "") + " " + line.strip()
            for name, block in blocks.items():
                if name and (env := re.search(r"\[env: `?(UV_\w+)`?=?\]", block)):
                    envs[version, command][name] = env[1]
    present: dict[tuple[str, str, str, str], list[int]] = defaultdict(list)

    def probe(key: tuple[str, str]) -> list[tuple[str, str, str, str]]:
        version, command = key
        uv, out = folder / version / "uv", []
        known = {}
        names = longs[command] | (of_pip if command in ("pip install", "pip uninstall") else set())
        names |= set(shorts[key].values())
        for option in sorted(names - {"--help", "--version", "-h", "-V"}):
            kind = kind_of(uv, command, option)
            if kind:
                known[option] = kind
        paired = set(shorts[key].values())
        for option, kind in known.items():
            if option in paired:
                continue
            short = shorts[key].get(option, "")
            out.append((command, f"{option} {short}".strip(), kind, envs[key].get(option, "")))
        return out

    with ThreadPoolExecutor(2) as pool:
        for key, found in zip(helps, pool.map(probe, helps), strict=True):
            for row in [(key[1], "", "", ""), *found]:
                present[row].append(versions.index(key[0]))
    grouped: dict[tuple[str, str, str, str, str], list[str]] = defaultdict(list)
    for (command, names, kind, env), seen in present.items():
        for first, last in runs(seen):
            since = "" if first == 0 else boundary(versions[first], versions[first - 1])
            until = "" if last == len(versions) - 1 else boundary(versions[last + 1], versions[last])
            grouped[names, kind, env, since, until].append(command.replace(" ", ".") or "uv")
    print("# Written by tasks/read_uv_options.py. Do not edit: run it again with newer programs.")
    print("# A row: option strings | kind | variable | since | until (exclusive) | commands (uv: before any command).")
    print("[[uv]]")
    print('source = "asked of each uv of PyPI: `uv COMMAND --option --help`"')
    print(f'checked = "{datetime.date.today()}"')
    print(f"versions = {json.dumps(versions)}")
    print("rows = [")
    for (names, kind, env, since, until), where in sorted(grouped.items()):
        print("  " + json.dumps("|".join((names, kind, env, since, until, " ".join(where)))) + ",")
    print("]")


if __name__ == "__main__":
    main()
