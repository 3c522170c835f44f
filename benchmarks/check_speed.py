"""How fast `firstpush` starts and checks, as ratios measured in one run.

    python benchmarks/check_speed.py [--repositories 500] [--runs 10]

Compared with bare Python and, where they are installed (`pip install .[bench]`), with zizmor on as many workflows and
hadolint on as many Dockerfiles. Every figure is the minimum of interleaved runs; a machine's absolute times mean
little, the ratios do.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

WORKFLOW = """name: ci
on: [push]
jobs:
  test:
    runs-on: ubuntu-24.04
    steps:
      - uses: actions/checkout@v4
      - run: pip install -r requirements-{n}.txt
"""
DOCKERFILE = """FROM python:3.12-slim
WORKDIR /app
COPY requirements-{n}.txt .
RUN pip install -r requirements-{n}.txt
CMD ["python", "main.py"]
"""
INSTALLS = (
    "pip install -r requirements.txt",
    "python -m pip install -r requirements.txt",
    "python -m venv --copies /opt/venv && . /opt/venv/bin/activate && pip install -r requirements.txt",
    "python -m ensurepip --upgrade && python -m pip install -r requirements.txt",
    "pip install --break-system-packages -r requirements.txt",
)


def generate(folder: Path, count: int) -> list[Path]:
    """`count` small repositories, no two alike."""
    repositories = []
    for number in range(count):
        root = folder / f"repository-{number:04}"
        root.mkdir(parents=True)
        (root / "requirements.txt").write_text(f"fastapi==0.115.{number % 13}\nuvicorn\nhttpx>=0.{20 + number % 8}\n")
        (root / "main.py").write_text(
            f"import httpx\nfrom fastapi import FastAPI\n\napp = FastAPI(title='service {number}')\n\n\n"
            f"@app.get('/health')\ndef health() -> dict[str, str]:\n    return {{'status': 'ok'}}\n"
        )
        (root / "nixpacks.toml").write_text(
            f'# service {number}\n[phases.install]\ncmds = ["{INSTALLS[number % len(INSTALLS)]}"]\n\n'
            '[start]\ncmd = "uvicorn main:app --host 0.0.0.0 --port $PORT"\n'
        )
        (root / "railway.json").write_text(
            '{"build": {"builder": "NIXPACKS"}, "deploy": {"healthcheckPath": "/health"}}\n'
        )
        repositories.append(root)
    return repositories


def seconds(command: list[str], cwd: Path | None = None) -> float:
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    start = time.perf_counter()
    subprocess.run(command, cwd=cwd, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    return time.perf_counter() - start


def best(runs: int, measures: dict[str, Callable[[], float]]) -> dict[str, float]:
    """The minimum of each measure, all of them taken in turn."""
    found: dict[str, float] = {}
    for _ in range(runs):
        for name, measure in measures.items():
            found[name] = min(found.get(name, float("inf")), measure())
    return found


def throughput(repositories: list[Path]) -> float:
    """Seconds to check all of them in one process on one core."""
    code = (
        "import sys, time\n"
        "from firstpush.api import check\n"
        "folders = sys.stdin.read().split()\n"
        "check(folders[0])\n"
        "start = time.perf_counter()\n"
        "for folder in folders: check(folder)\n"
        "print(time.perf_counter() - start)\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", code],
        input="\n".join(str(path) for path in repositories),
        capture_output=True,
        text=True,
        check=True,
    )
    return float(run.stdout)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repositories", type=int, default=500)
    parser.add_argument("--runs", type=int, default=10)
    arguments = parser.parse_args()
    scratch = Path(tempfile.mkdtemp(prefix="firstpush-bench-"))
    try:
        report(scratch, arguments.repositories, arguments.runs)
    finally:
        shutil.rmtree(scratch)


def report(scratch: Path, count: int, runs: int) -> None:
    repositories = generate(scratch / "repositories", count)
    python = [sys.executable]
    firstpush = [*python, "-m", "firstpush"]
    single = best(
        runs,
        {
            "bare python": lambda: seconds([*python, "-c", "pass"]),
            "firstpush --version": lambda: seconds([*firstpush, "--version"]),
            "firstpush --help": lambda: seconds([*firstpush, "--help"]),
            "firstpush check (one repository)": lambda: seconds([*firstpush, "check", str(repositories[1])]),
            "pip --version": lambda: seconds([*python, "-m", "pip", "--version"]),
        },
    )
    base = single["bare python"]
    print(f"{'start-up':38}{'ms':>9}{'over bare python':>20}{'ratio':>8}")
    for name, value in single.items():
        print(f"{name:38}{value * 1000:9.1f}{(value - base) * 1000:17.1f} ms{value / base:8.1f}")

    many = {f"firstpush check, {count} repositories": lambda: throughput(repositories)}
    for name, text, pattern, options in (
        ("zizmor", WORKFLOW, ".github/workflows/w{n}.yml", ["--offline", "--no-progress", "--no-exit-codes", "."]),
        ("hadolint", DOCKERFILE, "Dockerfile.{n}", None),
    ):
        program = shutil.which(name)
        if program is None:
            print(f"\n{name} is not installed: not compared", file=sys.stderr)
            continue
        folder = scratch / name
        for number in range(count):
            path = folder / pattern.format(n=number)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text.format(n=number))
        files = options or [f"Dockerfile.{number}" for number in range(count)]
        many[f"{name}, {count} files"] = lambda p=program, f=files, d=folder: seconds([p, *f], d)  # type: ignore[misc]
    measured = best(3, many)
    own = measured[f"firstpush check, {count} repositories"]
    print(f"\n{'throughput (one process)':38}{'s':>9}{'per second':>14}{'time / firstpush':>20}")
    for name, value in measured.items():
        print(f"{name:38}{value:9.2f}{count / value:14.0f}{value / own:20.2f}")


if __name__ == "__main__":
    main()
