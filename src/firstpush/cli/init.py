"""`firstpush init`: the smallest right configuration for a platform, which may be none."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from firstpush.cli import options as shared
from firstpush.cli.output import Terminal, note, result, write
from firstpush.errors import NothingToCheck
from firstpush.model.value import replace

if TYPE_CHECKING:
    from firstpush.fixes.result import FixResult
    from firstpush.platforms import Settings
    from firstpush.project.tree import ProjectTree

SUMMARY = "write the smallest right configuration for a platform"
DESCRIPTION = """\
Looks at the app in this folder, predicts what the platform does with it as it is, and adds only what is missing: often
nothing at all. What is written has been planned and simulated first. Railway's Railpack is not modelled yet: where it
would be the builder by default, the app is judged with Nixpacks.
"""
EXAMPLES = """\
  firstpush init --platform railway --diff
  firstpush init --platform vercel backend
  firstpush init --platform railway --builder nixpacks --diff
"""
EPILOG = (
    "Exit codes: 0 the configuration is right, 1 something is left that only you can decide, 2 usage, 3 no app here."
)
PLATFORMS = ("railway", "vercel")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    shared.add_path(parser)
    parser.add_argument("--platform", choices=PLATFORMS, required=True, help="where the app is to be deployed")
    parser.add_argument("--builder", metavar="NAME[@VERSION]", help="the builder that the platform is set to")
    parser.add_argument("--root", metavar="FOLDER", help="root directory")
    parser.add_argument("--env", action="append", default=[], metavar="NAME=VALUE", help="a variable of the service")
    parser.add_argument("--diff", action="store_true", help="show what would be written, write nothing")
    parser.add_argument("--allow-dirty", action="store_true", help="write files with uncommitted changes too")
    parser.add_argument("--rehearse", action="store_true", help="run the deployment here afterwards")
    parser.add_argument("--format", choices=("text", "json"), default="text", help="default: text")
    shared.add_color(parser)


def run(args: argparse.Namespace) -> int:
    """Raises FirstpushError for what ends the run."""
    folder = Path(args.path)
    try:
        found = _found(args, folder)
    except NothingToCheck as error:
        from firstpush.cli.fix import nothing

        return nothing(args.format, error)
    writes = found.workspace.writes()
    written = False
    if writes and not args.diff:
        from firstpush.cli.fix import write_files

        write_files(folder, found, allow_dirty=args.allow_dirty)
        written = True
    if args.format == "json":
        import json

        from firstpush.fixes.as_json import as_json

        none: list[list[object]] = [[] for _ in found.deployments]
        shown = as_json(found, none, written=written, message="")  # type: ignore[arg-type]
        result(json.dumps(shown, ensure_ascii=False, indent=2))
    else:
        _show(args, found, written=written)
    if not found.closed or any(each.verdict_after != "passes" for each in found.deployments):
        return 1
    if args.rehearse and not args.diff:
        from firstpush.cli.fix import rehearse

        builders = {each.settings.builder for each in found.deployments}
        return rehearse(_as_fix_arguments(args, builders.pop() if len(builders) == 1 else args.builder))
    return 0


def _found(args: argparse.Namespace, folder: Path) -> FixResult:
    from firstpush import api
    from firstpush.fixes.result import fix
    from firstpush.platforms import Settings

    tree = api.open_project(folder)
    settings = Settings(platforms=(args.platform,), builder=args.builder, env=shared.variables(args.env))
    if args.root:
        settings = replace(settings, root=shared.clean_root(args.root, folder))
    every = _with_nixpacks(tree, settings)
    found = fix(tree, every or settings, unsafe=True)  # nothing runs yet that could change
    if not found.deployments or _nothing_there(found):
        raise NothingToCheck(
            f"No app that {args.platform.capitalize()} could deploy was found in {folder}.",
            next_step="Name the app's folder: firstpush init --platform NAME FOLDER",
        )
    if every:
        told = "Railpack is Railway's default for new services and not modelled yet; judged with Nixpacks"
        if any(each.path.rpartition("/")[2].startswith("nixpacks.") for each in found.workspace.writes()):
            told += ", which the service must be set to: Railpack does not read the file"
        note(f"note: {told}.")
    return found


def _with_nixpacks(tree: ProjectTree, settings: Settings) -> list[Settings]:
    """Settings that judge with Nixpacks what Railpack would build only because it is the default; none without any."""
    if "railway" not in settings.platforms or settings.builder is not None:
        return []
    from datetime import date, timedelta

    from firstpush import api
    from firstpush.facts import table

    since = date.fromisoformat(str(table("railway")["dates"]["railpack_default"]))
    before = replace(settings, as_of=(since - timedelta(days=1)).isoformat())
    earlier = {plan.root: plan.builder for plan in api.plan(tree, before)[0]}
    plans = api.plan(tree, settings)[0]
    by_default = {
        plan.root
        for plan in plans
        if plan.builder == "railpack"
        and earlier.get(plan.root) == "nixpacks"
        and not tree.exists("railpack.json" if plan.root in ("", ".") else f"{plan.root}/railpack.json")
    }
    if len(by_default) == len(plans):
        return [replace(settings, builder="nixpacks")] if plans else []
    if not by_default:
        return []
    return [
        replace(settings, root=plan.root, builder="nixpacks" if plan.root in by_default else None) for plan in plans
    ]


def _nothing_there(found: FixResult) -> bool:
    """Whether no folder holds anything that a builder or a Python could run: a provider's name would not help."""
    return not found.tree.files or all(
        any(error.code == "FP404" for error in each.before.errors) and not any(found.tree.below(each.key[1], ".py"))
        for each in found.deployments
    )


def _show(args: argparse.Namespace, found: FixResult, *, written: bool) -> None:
    terminal = Terminal.of(sys.stdout, args.color)
    writes = found.workspace.writes()
    for each in found.deployments:
        platform, root = each.key
        where = platform.capitalize() + (f" ({root})" if root != "." else "")
        if not writes and each.before.verdict == "passes":
            write(sys.stdout, f"{where}: no file is needed. {each.before.plan.builder} gets it right by itself.\n")
        elif each.before.verdict == "unknown" and each.chosen is None:
            why = each.before.plan.unknown or (each.before.simulation.why if each.before.simulation else "")
            write(sys.stdout, f"{where}: nothing was written, because the outcome cannot be known: {why}\n")
        else:
            from firstpush.fixes.show import text

            none: list[list[object]] = [[]]
            one = replace(found, deployments=(each,))
            shown = text(one, none, terminal.paint, width=terminal.width, diff=False)  # type: ignore[arg-type]
            terminal.write(shown)
    if writes and not written:
        from firstpush.fixes.diff import unified

        terminal.write(unified(writes))
        note("Nothing was written: leave out --diff.")
    elif writes:
        note("wrote " + ", ".join(each.path for each in writes))


def _as_fix_arguments(args: argparse.Namespace, builder: str | None) -> argparse.Namespace:
    return argparse.Namespace(
        path=args.path,
        platform=[args.platform],
        root=[args.root] if args.root else [],
        env=args.env,
        builder=builder,
        environment=None,
        vercel_framework=None,
        as_of=None,
        no_config=False,
        format=args.format,
    )
