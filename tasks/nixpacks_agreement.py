"""Compare our Nixpacks plans with the builder's own snapshots: python tasks/nixpacks_agreement.py CHECKOUT

CHECKOUT is a folder with the builder's repository (its `examples/` and `tests/snapshots/`). Prints one line an example
and the counts; exit code 1 when a Python or generic example disagrees. Static assets are compared by name only.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from firstpush.config.nixpacks_layer import Layer, PhaseLayer, StartLayer, piece, pieces
from firstpush.model.origin import OptionOrigin
from firstpush.platforms import nixpacks
from firstpush.platforms.nixpacks.detect import detect
from firstpush.platforms.nixpacks.view import View
from firstpush.project.tree import ProjectTree

PREFIX = "generate_plan_tests__"
GENERIC = [
    "nested",
    "procfile",
    "config_toml_file",
    "config_json_file",
    "config_from_environment_variables",
    "custom_plan_path",
    "custom_pkgs",
    "custom_user",
    "apt_ffmpeg",
    "node_python",
    "shell_hello",
    "overriding_environment_variables",
    "pin_archive",
]


def test_env(folder: Path) -> dict[str, str]:
    """The example's test.env (dotenv: K=V, quotes taken off)."""
    values: dict[str, str] = {}
    file = folder / "test.env"
    if not file.exists():
        return values
    for line in file.read_text().splitlines():
        name, sign, value = line.strip().partition("=")
        if sign and not name.startswith("#"):
            values[name] = value.strip("'\"")
    return values


def options(env: dict[str, str]) -> Layer | None:
    """The plan that the builder's tests pass on the command line."""
    if not env:
        return None
    origin = OptionOrigin("test.env")
    packages = pieces(env["CUSTOM_PKGS"].split(","), origin) if "CUSTOM_PKGS" in env else None
    command = piece(env["CUSTOM_START_CMD"], origin) if "CUSTOM_START_CMD" in env else None
    return Layer(phases={"setup": PhaseLayer("setup", nix_pkgs=packages)}, start=StartLayer(cmd=command))


def masked(native: Mapping[str, Any]) -> dict[str, Any]:
    """The plan as the snapshots show it."""
    plan: dict[str, Any] = json.loads(json.dumps(dict(native)))
    plan["buildImage"] = "[build_image]"
    for phase in plan["phases"].values():
        if "nixpkgsArchive" in phase:
            phase["nixpkgsArchive"] = "[archive]"
    if "staticAssets" in plan:
        plan["staticAssets"] = sorted(plan["staticAssets"])
    return plan


def detection(folder: Path, expected: dict[str, Any]) -> bool | None:
    """Whether we recognise the provider that the snapshot names first; None: it names none."""
    named = (expected.get("variables") or {}).get("NIXPACKS_METADATA", "").split(",")[0]
    if not named:
        return None
    found = detect(View(ProjectTree(folder), "", {}, (1, 41), "1.41"))
    return found is not None and found[0] == named


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("checkout", type=Path)
    parser.add_argument("--verbose", action="store_true")
    arguments = parser.parse_args()
    counts: dict[tuple[str, str], int] = {}
    disagree: list[str] = []
    detected: list[bool] = []
    examples = {folder.name.replace("-", "_"): folder for folder in (arguments.checkout / "examples").iterdir()}
    for snapshot in sorted((arguments.checkout / "tests/snapshots").glob(f"{PREFIX}*.snap")):
        name = snapshot.stem.removeprefix(PREFIX)
        folder = examples.get(name)
        if folder is None:
            continue
        expected = json.loads(snapshot.read_text().split("---", 2)[2])
        if "staticAssets" in expected:
            expected["staticAssets"] = sorted(expected["staticAssets"])
        found = detection(folder, expected)
        if found is not None:
            detected.append(found)
            if not found:
                print(f"{name}: its first provider is not the one that the folder shows")
        env = test_env(folder)
        variables = dict(item.partition("=")[::2] for item in env["ENVS"].split(", ")) if "ENVS" in env else {}
        config = "custom-nixpacks.toml" if name == "custom_plan_path" else None
        plan = nixpacks.plan(ProjectTree(folder), ".", variables, None, options(env), config)
        group = "python" if name.startswith("python") else "generic" if name in GENERIC else name.split("_")[0]
        if plan.unknown is not None:
            verdict = f"not modelled: {plan.unknown}"
        elif not plan.native:
            verdict = "stopped: " + "; ".join(problem.message for problem in plan.problems)
        else:
            verdict = "equal" if masked(plan.native) == expected else "differs"
        kind = verdict.split(":")[0]
        counts[group, kind] = counts.get((group, kind), 0) + 1
        if kind != "equal" and (arguments.verbose or group in ("python", "generic", "node", "staticfile")):
            print(f"{name}: {verdict}")
            if arguments.verbose and kind == "differs":
                print(" ours  ", json.dumps(masked(plan.native), sort_keys=True))
                print(" theirs", json.dumps(expected, sort_keys=True))
        if kind != "equal" and group in ("python", "generic"):
            disagree.append(name)
    for (group, kind), count in sorted(counts.items()):
        print(f"{group:12} {kind:12} {count}")
    print(f"detection    equal        {sum(detected)} of {len(detected)}")
    return 1 if disagree else 0


if __name__ == "__main__":
    sys.exit(main())
