"""How long a rehearsal takes, against the same installs without it.

    python benchmarks/rehearse.py [--rounds N] [--vercel PATH/TO/vc.js] [--json FILE]

Rows: the plan's own commands in a plain virtual environment (the floor); a cold rehearsal (nothing of the project is
known, the replica's interpreter and the index files may be: both are given); a warm one with changed requirements; one
with nothing changed, from the command to the health answer. With `--vercel`, `vercel build` and the rehearsal of the
same project in Vercel's replica take turns.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from firstpush import api
from firstpush.model.plan import Plan
from firstpush.platforms import Settings
from firstpush.rehearsal import Rehearsal, RehearsalOptions, rehearse
from firstpush.rehearsal.replica import interpreters

APP = """\
from fastapi import FastAPI

app = FastAPI()


@app.get("/health")
def health():
    return {"status": "healthy"}
"""
REQUIREMENTS = "fastapi==0.115.6\nuvicorn[standard]==0.34.0\n"
FILES = {
    "main.py": APP,
    "requirements.txt": REQUIREMENTS,
    "Procfile": "web: uvicorn main:app --host 0.0.0.0 --port $PORT\n",
    "railway.json": '{"build": {"builder": "NIXPACKS"}, "deploy": {"healthcheckPath": "/health"}}\n',
    ".python-version": "3.11\n",
}


def timed(run: Callable[[], object]) -> float:
    begun = time.perf_counter()
    run()
    return time.perf_counter() - begun


def plain(folder: Path, python: Path) -> None:
    """The floor: what the builder runs, here, without anything of ours."""
    venv = folder.parent / "plain-venv"
    shutil.rmtree(venv, ignore_errors=True)
    install = "PIP_NO_CACHE_DIR=1 pip install -q -r requirements.txt"
    line = f"{python} -m venv --copies {venv} && . {venv}/bin/activate && {install}"
    subprocess.run(["bash", "-c", line], cwd=folder, check=True, capture_output=True)


def checked(result: Rehearsal) -> Rehearsal:
    if result.verdict == "fails":
        raise SystemExit(f"the rehearsal fails: {result.first_failure}\n{result.commands}\n{result.start}")
    return result


def railway(folder: Path) -> Plan:
    [plan] = api.plan(folder, Settings(platforms=("railway",)))[0]
    return plan


def measure(rounds: int) -> dict[str, list[float]]:
    rows: dict[str, list[float]] = {
        name: [] for name in ("plain", "first", "cold", "cold, index known", "changed", "unchanged")
    }
    found = interpreters.best("3.11", interpreters.find())
    if found is None:
        raise SystemExit("no CPython 3.11 to compare with")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "app"
        folder.mkdir()
        for file, text in FILES.items():
            (folder / file).write_text(text)
        cache = Path(name) / "cache"
        options = RehearsalOptions(cache=cache)
        rows["first"].append(checked(rehearse(railway(folder), folder, options=options)).seconds)
        for number in range(rounds):
            rows["plain"].append(timed(lambda: plain(folder, found.executable)))
            shutil.rmtree(cache / "index")
            fresh = replace(options, fresh=True)
            rows["cold"].append(checked(rehearse(railway(folder), folder, options=fresh)).seconds)
            rows["cold, index known"].append(checked(rehearse(railway(folder), folder, options=fresh)).seconds)
            (folder / "requirements.txt").write_text(f"{REQUIREMENTS}# {number} {time.time()}\n")
            rows["changed"].append(checked(rehearse(railway(folder), folder, options=options)).seconds)
            rows["unchanged"].append(checked(rehearse(railway(folder), folder, options=options)).seconds)
    return rows


def against_vercel(rounds: int, program: str) -> dict[str, list[float]]:
    """`vercel build` and the rehearsal of Vercel's plan in turns, on copies of one project."""
    rows: dict[str, list[float]] = {"vercel build": [], "rehearsal of Vercel's plan": [], "the same, unchanged": []}
    with tempfile.TemporaryDirectory() as name:
        cache = Path(name) / "cache"
        settings = Settings(platforms=("vercel",), vercel_framework="fastapi")
        for number in range(rounds):
            folder = Path(name) / f"app{number}"
            folder.mkdir()
            (folder / "main.py").write_text(APP)
            (folder / "requirements.txt").write_text("fastapi==0.115.6\n")
            copy = shutil.copytree(folder, Path(name) / f"copy{number}")
            (copy / ".vercel").mkdir()
            (copy / ".vercel/project.json").write_text('{"settings": {"framework": "fastapi"}}')
            begun = time.perf_counter()
            subprocess.run(["node", program, "build"], cwd=copy, check=True, capture_output=True)
            rows["vercel build"].append(time.perf_counter() - begun)
            [plan] = api.plan(folder, settings)[0]
            options = RehearsalOptions(cache=cache)
            rows["rehearsal of Vercel's plan"].append(checked(rehearse(plan, folder, options=options)).seconds)
            rows["the same, unchanged"].append(checked(rehearse(plan, folder, options=options)).seconds)
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--vercel", metavar="VC_JS")
    parser.add_argument("--json", metavar="FILE")
    args = parser.parse_args()
    rows = measure(args.rounds)
    if args.vercel:
        rows |= against_vercel(args.rounds, args.vercel)
    print(f"{'seconds':<28}{'min':>8}{'median':>9}")
    for name, values in rows.items():
        print(f"{name:<28}{min(values):8.2f}{statistics.median(values):9.2f}")
    if args.json:
        Path(args.json).write_text(json.dumps(rows, indent=1) + "\n")


if __name__ == "__main__":
    main()
