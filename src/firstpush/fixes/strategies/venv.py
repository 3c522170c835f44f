"""`venv`: a virtual environment, made, activated and filled in one command, with its `bin` on PATH through `paths`.

One command, because each command of a phase is a `RUN` of its own and starts in a fresh shell; `paths`, because nothing
that a shell exports reaches the next command or the start.
"""

from __future__ import annotations

from collections.abc import Iterator

from firstpush.fixes.config_files import ConfigFile
from firstpush.fixes.proposal import Proposal, Situation
from firstpush.fixes.strategies import nixpacks_install as common
from firstpush.model.diagnostic import FileChange

NAME = "venv"
INSTALL = True
COST = "Two lines of configuration to keep: the command that makes the venv, and the folder on PATH."
NAMES = frozenset({"packages", "libraries", "variables", "phase:*"})


def propose(situation: Situation) -> Iterator[Proposal]:
    plan = situation.prediction.plan
    if plan.builder != "nixpacks" or not situation.found(*common.CAUSES):
        return
    found = common.override(situation)
    if found is not None:
        yield from one_command(situation, found, NAME, keep_python=True)
        if common.python_pin(found.nix_packages) is None:
            yield from one_command(situation, found, NAME, keep_python=False)


def one_command(
    situation: Situation, found: common.Override, name: str, *, keep_python: bool, before: str = "", cost: str = COST
) -> Iterator[Proposal]:
    """Install in a venv. `keep_python`: nixPkgs keeps its Python, else the provider brings it; `before`: a command to
    run in the venv first, as `&& …`."""
    commands = common.install_commands(situation, found.installs)
    if not commands:
        return
    command = f"{common.MAKE_VENV}{before} && {' && '.join(commands)}"
    if name == "uv":
        command = command.replace("&& pip install -r", "&& uv pip install -r").replace(
            "(pip install", "(uv pip install"
        )
    if found.config is None:
        yield from _new_file(situation, command, name, cost)
        return
    config = found.config.copy()
    packages = common.clean_packages(found.nix_packages, keep_python=keep_python)
    common.write_packages(config, found, packages)
    config.set_strings("phases", "install", found.key, values=[command])
    _put_on_path(config)
    common.delete_elsewhere(config, found)
    told = ""
    brings_python = keep_python and packages is not None
    if not brings_python and not common.detected(situation) and config.get("providers") is None:
        config.set_text("providers", text=config.listed(["python"]))
        told = ", with the Python provider named"
    title = f"install into {common.VENV} in one command and put it on PATH by `paths` in {config.path}{told}"
    yield Proposal(name, title, config.edits(), (), NAMES, cost)
    pin = common.python_pin(found.nix_packages) if not keep_python else None
    path = situation.path(".python-version")
    if pin is not None and not situation.tree.exists(path):
        title += f"; Python {pin} is kept by .python-version"
        yield Proposal(name, title, config.edits(), (FileChange(path, pin + "\n"),), NAMES, cost)


def _put_on_path(config: ConfigFile) -> None:
    key = "envPaths" if "envPaths" in config.keys("phases", "install") else "paths"
    current = config.strings("phases", "install", key)
    folder = f"{common.VENV}/bin"
    if folder in current:
        return
    if current:
        config.insert_item("phases", "install", key, index=0, value=folder)
    else:
        config.set_text("phases", "install", key, text=config.listed([folder]))


def _new_file(situation: Situation, command: str, name: str, cost: str) -> Iterator[Proposal]:
    """Where the app overrides nothing yet and lies in a subfolder."""
    path = situation.path("nixpacks.toml")
    lines = [] if common.detected(situation) else ['providers = ["python"]', ""]
    lines += ["[phases.install]", f'cmds = ["{command}"]', f'paths = ["{common.VENV}/bin"]', ""]
    title = f"add {path}: install the requirements of the subfolder into {common.VENV}"
    yield Proposal(name, title, (), (FileChange(path, "\n".join(lines)),), NAMES, cost)
