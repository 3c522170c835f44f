"""How often the simulator agrees with measurements: by tool and version, and the disagreements.

In: a file of requests of `firstpush simulate --batch` with what really happened (`expected`), one JSON object a line,
plain or gzip; out: tables, and with `--misses N` the first N disagreements. Exit code 0 when every row that counts is
right, else 1.

    python benchmarks/matrix_agreement.py MATRIX [--tool pip] [--group B.envs] [--misses 20] [--not-counted GROUP …]

Right: the outcome is equal, and the cause (a failure) or the place (a success) is one that the measurement allows,
where it knows it (`null` or only `other`: it does not). An unknown is an abstention.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import sys
import time
from collections import Counter, defaultdict
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent / "src"))


def rows(path: Path) -> list[dict[str, Any]]:
    text = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    return [json.loads(line) for line in text.splitlines() if line.strip()]


def predict(row: dict[str, Any]) -> dict[str, Any]:
    """The answer as the command prints it; `error` for a crash."""
    from firstpush.simulate import simulate

    try:
        return simulate(row["machine"], row["command"]).to_answer()
    except Exception as error:  # a defect of ours must not hide the other rows
        return {"outcome": "crash", "cause": None, "where": None, "why": f"{type(error).__name__}: {error}"}


def judge(expected: dict[str, Any], answer: dict[str, Any]) -> str:
    """right, unknown, or what is wrong: outcome, cause, place, crash."""
    if answer["outcome"] in ("unknown", "crash"):
        return str(answer["outcome"])
    if answer["outcome"] != expected["outcome"]:
        return "outcome"
    if answer["outcome"] == "fails":
        allowed = expected["causes"]
        return "right" if not allowed or answer["cause"] in allowed else "cause"
    allowed = expected["where"]
    return "right" if not allowed or allowed == ["other"] or answer["where"] in allowed else "place"


def version_of(row: dict[str, Any]) -> str:
    """The version of the tool that the row is about, as far as the machine tells."""
    if match := re.search(r"/uv/([\d.]+)/uv", row["command"]):
        return match[1]
    if match := re.search(r"pip-([\d.]+)-py3", row["command"]):
        return match[1]
    kind = row["tool"]
    found = {program["version"] for program in row["machine"]["programs"] if program["is"] == kind}
    if kind in ("setuptools", "easy_install"):
        return row["machine"]["env"].get("PYTHONPATH", "").rsplit("/", 1)[-1]
    return next(iter(found)) if len(found) == 1 else "several" if found else "-"


def table(title: str, counts: dict[tuple[str, ...], Counter[str]]) -> None:
    print(f"\n{title:40} {'rows':>6} {'right':>6} {'unknown':>8} {'wrong':>6}  agreement")
    for key in sorted(counts):
        count = counts[key]
        total, right, unknown = sum(count.values()), count["right"], count["unknown"]
        share = 100 * right / total
        print(f"{' '.join(key):40} {total:6} {right:6} {unknown:8} {total - right - unknown:6}  {share:6.2f} %")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("matrix", type=Path)
    parser.add_argument("--tool")
    parser.add_argument("--group")
    parser.add_argument("--misses", type=int, default=0, metavar="N")
    parser.add_argument("--not-counted", nargs="*", default=["T.tools", "E.setuppy"], metavar="GROUP")
    parser.add_argument("--jobs", type=int, default=2)
    arguments = parser.parse_args()
    chosen = [
        row
        for row in rows(arguments.matrix)
        if (not arguments.tool or row["tool"] == arguments.tool)
        and (not arguments.group or row["group"].startswith(arguments.group))
    ]
    start = time.perf_counter()
    with ProcessPoolExecutor(arguments.jobs) as pool:
        answers = list(pool.map(predict, chosen, chunksize=64))
    seconds = time.perf_counter() - start
    by_tool: dict[tuple[str, ...], Counter[str]] = defaultdict(Counter)
    by_group: dict[tuple[str, ...], Counter[str]] = defaultdict(Counter)
    counted: Counter[str] = Counter()
    misses: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for row, answer in zip(chosen, answers, strict=True):
        verdict = judge(row["expected"], answer)
        by_tool[row["tool"], version_of(row)][verdict] += 1
        by_group[(row["group"],)][verdict] += 1
        if row["group"] not in arguments.not_counted:
            counted[verdict] += 1
        if verdict != "right":
            machine, expected = row["machine"], row["expected"]
            said = f"{answer['outcome']} {answer['cause'] or answer['where']}: {answer.get('why')}"
            really = f"{expected['outcome']} {expected['causes'] or expected['where']}"
            user = machine["user"]["name"]
            key = (verdict, row["group"], row["command"], really, said[:110])
            misses[key].append(f"{row['id']} {machine['name']}/{user}")
    table("tool and version", by_tool)
    table("group", by_group)
    for key, where in sorted(misses.items(), key=lambda item: item[0][1:3])[: arguments.misses]:
        print(f"\n{key[0]}: [{key[1]}] {key[2][:150]}\n   really: {key[3]}\n   said:   {key[4]}")
        print(f"   {len(where)}: {', '.join(where[:4])}")
    total = sum(counted.values())
    wrong = total - counted["right"] - counted["unknown"]
    print(
        f"\ncounted rows: {total}, right {counted['right']} ({100 * counted['right'] / max(total, 1):.2f} %), "
        f"unknown {counted['unknown']}, wrong {wrong} ({dict(counted)}), {seconds:.1f} s"
    )
    return 0 if wrong == 0 and counted["unknown"] <= total / 100 else 1


if __name__ == "__main__":
    raise SystemExit(main())
