"""Options that several commands share, and what they become: the platforms' `Settings`, firstpush's configuration.

Use: `add_project(parser)` in a command's `add_arguments`, `project_settings(args)` in its `run`.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from firstpush.errors import UsageError
from firstpush.model.value import replace

if TYPE_CHECKING:
    from firstpush.config.own import OwnConfig
    from firstpush.platforms import Settings

VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
DATE = re.compile(r"\d{4}-\d{2}-\d{2}\Z")


def add_path(parser: argparse.ArgumentParser) -> None:
    """The folder that is deployed."""
    parser.add_argument("path", nargs="?", default=".", metavar="PATH", help="folder of the project (default: .)")


def add_project(parser: argparse.ArgumentParser) -> None:
    """PATH and what the files do not say: the options that stand for dashboard settings."""
    add_path(parser)
    group = parser.add_argument_group("what the files do not say")
    group.add_argument(
        "--platform", action="append", default=[], metavar="NAME", help="only this platform (repeatable)"
    )
    group.add_argument("--builder", metavar="NAME[@VERSION]", help="plan with this builder, whatever the tree says")
    group.add_argument("--root", action="append", default=[], metavar="FOLDER", help="root directory (repeatable)")
    group.add_argument("--env", action="append", default=[], metavar="NAME=VALUE", help="a variable of the service")
    group.add_argument("--environment", metavar="NAME", help="the platform's environment (production, …)")
    group.add_argument("--vercel-framework", metavar="NAME", help="Framework Preset of the Vercel dashboard")
    group.add_argument("--as-of", metavar="DATE", help="plan for this day, YYYY-MM-DD (default: today)")
    group.add_argument("--no-config", action="store_true", help="do not read firstpush's own configuration")


def add_color(parser: argparse.ArgumentParser) -> None:
    """`--color`."""
    parser.add_argument("--color", choices=("auto", "always", "never"), default="auto", help="colours (default: auto)")


def own_config(args: argparse.Namespace) -> OwnConfig:
    """firstpush's own configuration of the project. Raises ConfigurationError; empty with `--no-config`."""
    from firstpush.config.own import OwnConfig, read_folder

    if getattr(args, "no_config", False):
        return OwnConfig()
    return read_folder(Path(args.path))


def project_settings(args: argparse.Namespace, own: OwnConfig | None = None) -> list[Settings]:
    """One `Settings` for each `--root` (one in all without it); options win over the configuration.

    Raises UsageError for a value that cannot be taken, ConfigurationError for a wrong configuration.
    """
    from firstpush.platforms import Settings

    own = own_config(args) if own is None else own
    base = Settings(
        platforms=tuple(args.platform) or own.platforms,
        builder=args.builder or own.builder,
        env={**own.env, **variables(args.env)},
        as_of=day(args.as_of) or own.as_of,
        vercel_framework=args.vercel_framework or own.vercel_framework,
        environment=args.environment or own.environment,
    )
    roots = [clean_root(root, Path(args.path)) for root in (args.root or own.roots)]
    return [replace(base, root=root) for root in roots] or [base]


def single_settings(args: argparse.Namespace, own: OwnConfig | None = None) -> Settings:
    """The same for commands that work on one root. Raises UsageError when several are named."""
    found = project_settings(args, own)
    if len(found) > 1:
        named = ", ".join(each.root or "." for each in found)
        raise UsageError(
            "this command works on one root", found=f"Several are named: {named}", next_step="Name one: --root FOLDER"
        )
    return found[0]


def variables(pairs: Sequence[str]) -> dict[str, str]:
    """`NAME=VALUE` texts as a mapping; the last of a name wins. Raises UsageError."""
    found: dict[str, str] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals or not VARIABLE.match(name):
            shown = name if equals and name else pair
            raise UsageError(f"--env takes NAME=VALUE, not {shown!r}", next_step="For an empty value write NAME=")
        found[name] = value
    return found


def day(text: str | None) -> str | None:
    """A date as given. Raises UsageError for what is no date."""
    if text is None:
        return None
    from datetime import date

    try:
        if not DATE.match(text):
            raise ValueError
        date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"--as-of takes a date as YYYY-MM-DD, not {text!r}") from None
    return text


def today(args: argparse.Namespace, own: OwnConfig) -> str:
    """The day to judge by: `--as-of`, the configuration's, or the real one."""
    given = day(getattr(args, "as_of", None)) or own.as_of
    if given:
        return given
    from datetime import date

    return date.today().isoformat()


def clean_root(root: str, folder: Path) -> str:
    """A root directory as platforms write it: relative to the checked folder, with `/`. Raises UsageError."""
    text = root.replace("\\", "/").strip("/")
    parts = [part for part in text.split("/") if part not in ("", ".")]
    if ".." in parts:
        raise UsageError(f"--root {root} leads out of the project", next_step="Check the folder above it instead.")
    cleaned = "/".join(parts)
    if folder.is_dir() and not (folder / cleaned).is_dir():
        names = sorted(entry.name for entry in folder.iterdir() if entry.is_dir() and not entry.name.startswith("."))
        near = f"Folders there: {', '.join(names[:8])}" if names else ""
        raise UsageError(f"there is no folder {cleaned!r} in {folder}", found=near)
    return cleaned or "."
