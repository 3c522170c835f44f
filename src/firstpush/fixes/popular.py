"""What people try against PEP 668 on Nixpacks, and what comes of it here: a situation goes in, evidence comes out.

Each popular change is made to this project in memory, planned and simulated. Nothing is said that was not simulated.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from firstpush.fixes.compare import python_version
from firstpush.fixes.config_files import ConfigFile, Unreadable
from firstpush.fixes.predict import predict_one
from firstpush.fixes.proposal import Situation
from firstpush.fixes.strategies import nixpacks_install as common
from firstpush.fixes.workspace import Workspace
from firstpush.model.cause import Cause
from firstpush.model.value import dataclass


@dataclass(frozen=True, slots=True)
class Tried:
    """A popular change. `verdict`: what would become of the deployment; `evidence`: the first failure that is left;
    `output`: the words that the platform would print."""

    change: str
    verdict: str
    evidence: str
    output: str = ""


Change = Callable[[ConfigFile, common.Override, str], None]


def tried(situation: Situation) -> Iterator[Tried]:
    """The popular changes and their ends; nothing where the install is not about which Python it goes into."""
    if situation.prediction.plan.builder != "nixpacks" or not situation.found(*_ABOUT):
        return
    found = common.override(situation)
    if found is None or found.config is None or not (found.installs.pip or found.installs.dropped):
        return
    python = "python" + (python_version(situation.prediction.plan) or "3.12").replace(".", "")
    for name, change in _CHANGES.items():
        config = found.config.copy()
        try:
            change(config, found, python)
            edited = Workspace.of(situation.tree).edited(config.edits())
        except (KeyError, ValueError, Unreadable):
            continue
        if not edited.writes():
            continue
        after = predict_one(edited.tree, situation.settings, situation.prediction.key)
        if after is None:
            continue
        first = after.errors[0] if after.errors else None
        output = (first.output or "").strip().split("\n")[0] if first else ""
        evidence = f"{first.message} ({first.code})" if first else _SEEMS.get(name, "")
        yield Tried(name, after.verdict, evidence, output)


_ABOUT = (
    Cause.PEP668_REFUSED,
    Cause.PIP_COMMAND_NOT_FOUND,
    Cause.NO_MODULE_PIP,
    Cause.ENSUREPIP_MISSING,
    Cause.NIX_UNDEFINED_VARIABLE,
)
_SEEMS = {
    "`--break-system-packages`": "it works as root in a build; console scripts stay off PATH, and the Python is Nix's",
}


def _with_packages(config: ConfigFile, found: common.Override, python: str, *names: str) -> None:
    values = [name for name in found.nix_packages if name not in names and "pip" not in name] or [python]
    config.set_strings("phases", "setup", found.nix_key or "nixPkgs", values=[*values, *names])


def _with_commands(config: ConfigFile, found: common.Override, commands: list[str]) -> None:
    config.set_strings("phases", "install", found.key, values=commands)


def _add_pip(config: ConfigFile, found: common.Override, python: str) -> None:
    _with_packages(config, found, python, "pip")


def _add_packaged_pip(config: ConfigFile, found: common.Override, python: str) -> None:
    _with_packages(config, found, python, f"{python}Packages.pip")
    _with_commands(config, found, found.installs.commands)


def _ensurepip(config: ConfigFile, found: common.Override, python: str) -> None:
    commands = [text.replace("pip install", "python -m pip install") for text in found.installs.commands]
    _with_commands(config, found, ["python -m ensurepip --upgrade", *commands])


def _flag(flag: str) -> Change:
    def change(config: ConfigFile, found: common.Override, python: str) -> None:
        _with_packages(config, found, python, f"{python}Packages.pip")
        commands = [text.replace("pip install", f"pip install {flag}", 1) for text in found.installs.commands]
        config.set_strings("phases", "install", found.key, values=commands)

    return change


def _misspelt(config: ConfigFile, found: common.Override, python: str) -> None:
    if found.nix_key is not None:
        config.rename("phases", "setup", found.nix_key, name="nixpkgs")
    else:
        config.set_text("phases", "setup", "nixpkgs", text=config.listed([python]))


_CHANGES: dict[str, Change] = {
    "`pip` among nixPkgs": _add_pip,
    "`python3XXPackages.pip` among nixPkgs": _add_packaged_pip,
    "`python -m ensurepip` first": _ensurepip,
    "`--user`": _flag("--user"),
    "`--break-system-packages`": _flag("--break-system-packages"),
    "`nixpkgs = […]`": _misspelt,
}
