"""Run the real `vercel build` on the small projects of `tests/vercel/projects` and record what it did.

In:  project descriptions (one TOML file each: `about`, `settings`, `cli`, `env`, `files`), a directory for
     the npm installs of the `vercel` package (filled when a version is missing), a CPython 3.12 and a uv.
Out: one JSON file per project under `tests/vercel/recorded`, keyed by CLI version: success or failure, error
     code and message, builders, functions with their bundled distributions and entry point, static files,
     and the commands that ran.

Every build runs on a copy, in bubblewrap, in an image that looks like Vercel's: the project at
`/vercel/path0`, uv-managed Pythons with their EXTERNALLY-MANAGED marker under `/uv/python`, uv at
`/usr/local/bin/uv`, `VERCEL_BUILD_IMAGE` set, and `sh` being bash (the hosted image is Amazon Linux 2023,
whose `/bin/sh` is bash: its logs say `sh: line 1: …`, where dash would say `sh: 1: …`).
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parent.parent
PROJECTS = REPOSITORY / "tests" / "vercel" / "projects"
RECORDED = REPOSITORY / "tests" / "vercel" / "recorded"

NEWEST = "64.0.2"
#: npm cannot resolve `sandbox@4.4.0`, which 64.0.2 asks for, so the next version stands in for it.
OVERRIDES = {"64.0.2": {"sandbox": "4.5.0"}}
UV_VERSION = "0.10.11"
MARKER = "[externally-managed]\nError=This Python installation is managed by uv and should not be modified.\n"

#: What of this process's environment the build may see: how to reach the package index, nothing else.
PASSED = ["SSL_CERT_FILE", "SSL_CERT_DIR", "NODE_EXTRA_CA_CERTS", "PIP_CERT"]
PASSED += [*(PROXIES := ["HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"]), *(name.lower() for name in PROXIES)]

#: Files of a function that are not the project's own.
VENDORED = ("_vendor/", "vc__")

Json = dict[str, Any]


class CannotRun(Exception):
    """The oracle cannot run on this machine; the message says what is missing."""


def load(path: Path) -> Json:
    """Read one project description; raises `ValueError` when a field is unknown or missing."""
    described = tomllib.loads(path.read_text(encoding="utf-8"))
    unknown = described.keys() - {"about", "settings", "cli", "env", "files", "utf16"}
    if unknown or "about" not in described or "files" not in described:
        raise ValueError(f"{path.name}: unknown {sorted(unknown)} or no `about` and `files`")
    return described


def install_cli(version: str, installs: Path) -> Path:
    """The `vc.js` of that version under `installs`, installed with npm when it is not there yet."""
    home = installs / version
    entry = home / "node_modules" / "vercel" / "dist" / "vc.js"
    if entry.exists():
        return entry
    if shutil.which("npm") is None:
        raise CannotRun("npm is not on PATH, so the vercel package cannot be installed")
    home.mkdir(parents=True, exist_ok=True)
    package: Json = {"private": True, "dependencies": {"vercel": version}}
    if version in OVERRIDES:
        package["overrides"] = OVERRIDES[version]
    (home / "package.json").write_text(json.dumps(package))
    command = ["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts"]
    done = subprocess.run(command, cwd=home, capture_output=True, text=True, timeout=600)
    if done.returncode or not entry.exists():
        raise CannotRun(f"npm could not install vercel@{version}: {done.stderr.strip()[-300:]}")
    return entry


def find_python(minor: str = "3.12") -> Path:
    """A CPython of that minor version which really starts: FIRSTPUSH_PYTHON312, this machine's own, or PATH's.

    Raises CannotRun."""
    from firstpush.rehearsal.replica.interpreters import best, find

    named = os.environ.get(f"FIRSTPUSH_PYTHON{minor.replace('.', '')}")
    known = best(minor, find())
    tried = [named, str(known.executable) if known is not None else None, shutil.which(f"python{minor}")]
    for candidate in tried:
        if candidate and subprocess.run([candidate, "-c", ""], capture_output=True, check=False).returncode == 0:
            return Path(candidate)
    raise CannotRun(f"no CPython {minor} that starts")


def default_installs() -> Path:
    """The folder of the npm installs: FIRSTPUSH_VERCEL_INSTALLS, or a cache folder of the user's."""
    cache = Path(os.environ.get("XDG_CACHE_HOME", "~/.cache")).expanduser()
    return Path(os.environ.get("FIRSTPUSH_VERCEL_INSTALLS", cache / "firstpush" / "vercel"))


def find_uv(installs: Path, python: Path) -> Path:
    """A uv of exactly the builder's pinned version, from a venv under `installs`."""
    uv = installs / f"uv-{UV_VERSION}" / "bin" / "uv"
    if not uv.exists():
        venv = uv.parent.parent
        pip = [str(venv / "bin" / "pip"), "install", "-q", f"uv=={UV_VERSION}"]
        for command in ([str(python), "-m", "venv", str(venv)], pip):
            done = subprocess.run(command, capture_output=True, text=True, timeout=300)
            if done.returncode:
                raise CannotRun(f"uv {UV_VERSION} cannot be installed: {done.stderr.strip()[-300:]}")
    return uv


def make_image(root: Path, pythons: list[Path], uv: Path, other: list[Path]) -> None:
    """Lay out `/uv` as on the build image: copies of `pythons`, marked, linked in `bin`, beside uv.

    `other`: Pythons that the image lacks and that uv would download; they stand at the end of PATH instead, because
    this machine may not reach the place that uv downloads from.
    """
    (root / "other").mkdir(parents=True)
    for python in other:
        (root / "other" / python.name).symlink_to(python.resolve())
    (root / "python" / "bin").mkdir(parents=True)
    shutil.copy2(uv, root / "uv")
    for python in pythons:
        asked = "import sys, platform; print(sys.base_prefix, platform.python_version())"
        told = subprocess.run([python, "-c", asked], capture_output=True, text=True, timeout=60)
        if told.returncode:  # a launcher of a version manager that has no such version
            raise CannotRun(f"{python.name} does not start: {told.stderr.strip()[:200]}")
        prefix, version = told.stdout.split()
        short = ".".join(version.split(".")[:2])
        copy = root / "python" / f"cpython-{version}-linux-x86_64-gnu"
        skipped = shutil.ignore_patterns("test", "idlelib", "config-*", "*.a", "__pycache__", "share", "*.pth")
        shutil.copytree(prefix, copy, symlinks=True, ignore=skipped)
        (copy / "lib" / f"python{short}" / "EXTERNALLY-MANAGED").write_text(MARKER)
        for script in (copy / "bin").glob("pip*"):
            script.write_text(re.sub(r"\A#!.*", f"#!/uv/python/{copy.name}/bin/python{short}", script.read_text()))
        names = [f"python{short}", f"pip{short}"]
        if short == "3.12":  # the default version owns the bare names
            names += ["python3", "python", "pip3", "pip"]
        for name in names:
            (root / "python" / "bin" / name).symlink_to(f"../{copy.name}/bin/{name}")


def write_project(described: Json, where: Path) -> None:
    """The project's files, `.vercel/project.json` included."""
    for name, text in described["files"].items():
        target = where / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-16" if name in described.get("utf16", []) else "utf-8")
        if text.startswith("#!"):
            target.chmod(0o755)
    (where / ".vercel").mkdir(exist_ok=True)
    settings = described.get("settings", {})
    # TOML has no null: the preset "Other" is written as the string "other" and stored as null, as Vercel does.
    stored = {key: None if (key, value) == ("framework", "other") else value for key, value in settings.items()}
    # Ids are never looked up by a build, but CLI 50 refuses a file without them.
    linked = {"projectId": "prj_oracle", "orgId": "team_oracle", "settings": stored}
    (where / ".vercel" / "project.json").write_text(json.dumps(linked))


def run_build(described: Json, entry: Path, image: Path, work: Path, timeout: float) -> Json:
    """Build one described project in the emulated image and say what happened, as a record."""
    if shutil.which("bwrap") is None or shutil.which("node") is None:
        raise CannotRun("bubblewrap and node are needed to run the real `vercel build`")
    project, uv_root = work / "project", work / "uv"
    write_project(described, project)
    shutil.copytree(image, uv_root, symlinks=True)
    env = {name: os.environ[name] for name in PASSED if name in os.environ}
    env |= {
        "PATH": "/uv/python/bin:/usr/local/bin:/usr/bin:/bin:/uv/other",
        "HOME": "/tmp/home",
        "VERCEL_BUILD_IMAGE": "1",
    }
    env |= {"VERCEL_TELEMETRY_DISABLED": "1", "CI": "1", "LANG": "C.UTF-8"} | described.get("env", {})
    bash, shell = shutil.which("bash") or "/bin/bash", os.path.realpath("/bin/sh")
    local = work / "local"
    (local / "bin").mkdir(parents=True)
    (local / "bin" / "uv").symlink_to("/uv/uv")
    command = ["bwrap", "--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc", "--tmpfs", "/tmp"]
    command += ["--tmpfs", "/uv", "--bind", str(uv_root), "/uv"] if Path("/uv").exists() else []
    # A new root directory cannot be made on a read-only bind of `/`, so the root is assembled entry by entry.
    if not Path("/uv").exists():
        command = ["bwrap", "--dev", "/dev", "--proc", "/proc", "--tmpfs", "/tmp", "--bind", str(uv_root), "/uv"]
        for path in sorted(Path("/").iterdir()):
            if path.is_symlink():
                command += ["--symlink", os.readlink(path), str(path)]
            elif path.name not in {"dev", "proc", "tmp", "uv", "vercel", "sys", "run"}:
                command += ["--ro-bind", str(path), str(path)]
    command += ["--bind", str(local), "/usr/local", "--bind", str(project), "/vercel/path0"]
    if shell != bash:
        command += ["--ro-bind", bash, shell]
    node = os.path.realpath(shutil.which("node") or "node")
    modules = entry.parent.parent.parent
    command += ["--ro-bind", str(modules), "/cli/node_modules", "--chdir", "/vercel/path0", "--clearenv"]
    for name, value in env.items():
        command += ["--setenv", name, value]
    command += ["--die-with-parent", "--unshare-pid", node, "/cli/node_modules/vercel/dist/vc.js", "build"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=timeout, stdin=subprocess.DEVNULL)
    return read_output(project, done.returncode, done.stdout + done.stderr)


def read_output(project: Path, code: int, log: str) -> Json:
    """What `.vercel/output` and the log say of a finished build, without anything of this machine."""
    output = project / ".vercel" / "output"
    builds: Json = {}
    if (output / "builds.json").exists():
        builds = json.loads((output / "builds.json").read_text())
    error = builds.get("error")
    if error is None:
        error = next((build["error"] for build in builds.get("builds", []) if "error" in build), None)
    message = plain(str(error.get("message", ""))) if error else ""
    log = plain(log)
    if code and not message:
        message = next((line for line in log.splitlines() if line.startswith("Error:")), "")
    functions = sorted(output.glob("functions/**/*.func"))
    published = output / "static"
    static = sorted(str(path.relative_to(published)) for path in published.rglob("*") if path.is_file())
    return {
        "outcome": "failure" if code else "success",
        "error": {"code": (error or {}).get("code"), "message": message} if code else None,
        "builders": [
            {"use": build["use"], "src": build.get("src"), "framework": (build.get("config") or {}).get("framework")}
            for build in builds.get("builds", [])
        ],
        "functions": [] if code else [read_function(path, output) for path in functions],
        "static": [] if code else static[:40],
        "pep668": "externally-managed-environment" in log or "is externally managed" in log,
        "said": said(log),
    }


def read_function(path: Path, output: Path) -> Json:
    """Runtime, entry point and bundled distributions of one `.func` directory."""
    config = json.loads((path / ".vc-config.json").read_text())
    names = set(config.get("filePathMap") or {}) | {str(p.relative_to(path)) for p in path.rglob("*") if p.is_file()}
    found = {match[1] for name in names if (match := re.match(r"_vendor/([^/]+)\.dist-info/", name))}
    handler = path / "vc__handler__python.py"
    told = handler.read_text() if handler.exists() else ""
    entry = re.search(r'"__VC_HANDLER_ENTRYPOINT": "([^"]*)"', told) or re.search(
        r'__vc_handler_entrypoint = "([^"]*)"', told
    )
    variable = re.search(r'"__VC_HANDLER_VARIABLE_NAME": "([^"]*)"', told)
    return {
        "path": str(path.relative_to(output / "functions")),
        "runtime": config.get("runtime"),
        "entrypoint": entry[1] if entry else None,
        "variable": variable[1] if variable else None,
        "distributions": sorted(re.sub(r"[-_.]+", "-", name.rsplit("-", 1)[0]).lower() for name in found),
        "sources": sorted(name for name in names if name.endswith(".py") and not name.startswith(("_vendor/", "vc__")))[
            :20
        ],
    }


def plain(text: str) -> str:
    """Without colours and without paths that differ from run to run."""
    return re.sub(r"\x1b\[[0-9;]*m", "", text).strip()


def said(log: str) -> list[str]:
    """The lines of the log that tell which commands ran and what was refused."""
    key = re.compile(
        r'^(Running "|Skipping|Executing:|Installing required|No Python|Using [Pp]ython|Using uv|Warning:|WARN|'
        r"error:|ERROR:|sh: |Error:|Due to)|externally.managed|No Python manifest|is not installed and will be ignored"
    )
    return [line[:300] for line in log.splitlines() if key.search(line)][:30]


def main() -> int:
    """Run the oracle; exit code 0, 1 when a recorded result changed, 6 when this machine cannot run it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--installs", type=Path, required=True, help="directory of the npm installs; filled when missing"
    )
    parser.add_argument("--python", type=Path, action="append", help="CPython of the image; repeatable, 3.12 is needed")
    parser.add_argument("--other-python", type=Path, action="append", default=[], help="CPython 3.9, for uv to find")
    parser.add_argument("--only", action="append", default=[], help="name of one project; repeatable")
    parser.add_argument("--missing", action="store_true", help="only what has no recorded result yet")
    parser.add_argument("--write", action="store_true", help="record the results instead of comparing them")
    parser.add_argument("--timeout", type=float, default=180, help="seconds for one build")
    asked = parser.parse_args()
    found = shutil.which("python3.12")
    pythons: list[Path] = asked.python or ([Path(found)] if found else [])
    try:
        if not pythons:
            raise CannotRun("a CPython 3.12 is needed: --python /path/to/python3.12")
        changed = run_all(asked, pythons)
    except CannotRun as reason:
        print(f"the oracle cannot run here: {reason}", file=sys.stderr)
        return 6
    return 1 if changed and not asked.write else 0


def run_all(asked: argparse.Namespace, pythons: list[Path]) -> int:
    """Run every wanted project on every CLI version it names; returns how many results changed."""
    changed = 0
    with tempfile.TemporaryDirectory(prefix="vercel-oracle-") as scratch:
        image = Path(scratch) / "image"
        make_image(image, pythons, find_uv(asked.installs, pythons[0]), asked.other_python)
        for path in sorted(PROJECTS.glob("*.toml")):
            if asked.only and path.stem not in asked.only:
                continue
            target = RECORDED / f"{path.stem}.json"
            before: Json = json.loads(target.read_text()) if target.exists() else {}
            described, now = load(path), dict(before)
            for version in described.get("cli", [NEWEST]):
                if asked.missing and version in before:
                    continue
                with tempfile.TemporaryDirectory(prefix="build-", dir=scratch) as work:
                    now[version] = run_build(
                        described, install_cli(version, asked.installs), image, Path(work), asked.timeout
                    )
                told = now[version]
                same = before.get(version) == told
                changed += not same
                code = (told["error"] or {}).get("code", "")
                print(
                    f"{path.stem:34} {version:8} {told['outcome']:8} {code or ''} {'' if same else '(changed)'}",
                    flush=True,
                )
            if asked.write:
                target.write_text(json.dumps(now, indent=1, ensure_ascii=False, sort_keys=True) + "\n")
    return changed


if __name__ == "__main__":
    raise SystemExit(main())
