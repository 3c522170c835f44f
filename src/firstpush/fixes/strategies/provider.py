"""`provider`: let Nixpacks' own Python provider do it.

Where the app's requirements lie in the root folder, that means to delete the override: the provider makes /opt/venv,
installs into it and puts it on PATH. Elsewhere the provider brings Python, and one command makes the same venv.
"""

from __future__ import annotations

from collections.abc import Iterator

from firstpush.fixes.config_files import ConfigFile, Route
from firstpush.fixes.proposal import Proposal, Situation
from firstpush.fixes.strategies import nixpacks_install as common
from firstpush.fixes.strategies.venv import one_command
from firstpush.model.diagnostic import FileChange

NAME = "provider"
INSTALL = True
COST = "Nothing: it is what Nixpacks does for every app that does not override it."
NAMES = frozenset({"packages", "libraries", "variables", "phase:*"})


def propose(situation: Situation) -> Iterator[Proposal]:
    plan = situation.prediction.plan
    if plan.builder != "nixpacks" or not situation.found(*common.CAUSES):
        return
    found = common.override(situation)
    if found is None:
        return
    if found.config is not None and common.provider_does_it(situation, found.installs):
        pin = common.python_pin(found.nix_packages)
        for version in (None, pin) if pin else (None,):
            yield from _delete_override(situation, found.config, found, version)
        if not found.installs.pip and not found.installs.dropped and not found.nix_packages:
            return  # nothing is overridden: which provider it is must be said, and no more (provider_choice)
    yield from one_command(situation, found, NAME, keep_python=False)


def _delete_override(
    situation: Situation, config: ConfigFile, found: common.Override, version: str | None
) -> Iterator[Proposal]:
    """Without the override. `version`: keep this Python by a `.python-version`, which the provider reads."""
    files: list[FileChange] = []
    kept = ""
    if version is not None:
        path = situation.path(".python-version")
        if situation.tree.exists(path) or any(
            situation.tree.exists(situation.path(name)) for name in ("runtime.txt", ".tool-versions")
        ):
            return
        files.append(FileChange(path, version + "\n"))
        kept = f"; Python {version} is kept by .python-version"
    packages = common.clean_packages(found.nix_packages, keep_python=False)
    routes = _routes(situation, config, found, packages is None)
    if not routes and packages is None:
        return
    if packages is None and config.empty_without(*routes):
        title = f"delete {config.path}: all that it does is keep Nixpacks from making its own venv{kept}"
        yield Proposal(NAME, title, files=(*files, FileChange(config.path, None)), names=NAMES, cost=COST)
        return
    config = config.copy()
    for route in routes:
        config.delete(*route)
    if packages is not None:
        common.write_packages(config, found, packages)
    title = f"delete the override of the install in {config.path}: Nixpacks makes /opt/venv by itself{kept}"
    yield Proposal(NAME, title, config.edits(), tuple(files), NAMES, COST)


def _routes(situation: Situation, config: ConfigFile, found: common.Override, without_packages: bool) -> list[Route]:
    """What is deleted: the commands and the packages, with the tables that nothing else is left in."""
    routes: list[Route] = []
    keys = set(config.keys("phases", "install"))
    venv_paths = set(config.strings("phases", "install", "paths")) <= {f"{common.VENV}/bin"}
    gone = {found.key, "dependsOn", *common.ignored_keys(config, "install"), *({"paths"} if venv_paths else set())}
    if keys and keys <= gone:
        routes.append(("phases", "install"))
    elif found.key in keys:
        routes.append(("phases", "install", found.key))
    keys = set(config.keys("phases", "setup"))
    ignored = common.ignored_keys(config, "setup")
    if keys and without_packages and keys <= {found.nix_key, *ignored}:
        routes.append(("phases", "setup"))
    elif found.nix_key and without_packages:
        routes.append(("phases", "setup", found.nix_key))
    for phase in found.elsewhere:
        only = config.keys("phases", phase) == ("cmds",)
        routes.append(("phases", phase) if only else ("phases", phase, "cmds"))
    if routes and config.is_json and {route[1] for route in routes if len(route) == 2} == set(config.keys("phases")):
        routes = [("phases",)]
    idle = _idle(situation, config)
    return [*routes, *idle] if routes and config.empty_without(*routes, *idle) else routes


def _idle(situation: Situation, config: ConfigFile) -> list[Route]:
    """Keys that change nothing, so that they need not keep a file alive: the provider that is detected anyway, a start
    command that another file's overrules."""
    idle: list[Route] = []
    if config.strings("providers") == ("python",) and common.detected(situation):
        idle.append(("providers",))
    start = situation.prediction.plan.start
    if config.keys("start") == ("cmd",) and start is not None and start.command.text.path not in (None, config.path):
        idle.append(("start",))
    return idle
