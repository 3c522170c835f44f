"""`break-system-packages`: pip writes into the Nix store's Python after all.

It works on Nixpacks because a build runs as root and the image is not updated afterwards; scripts that it installs are
off PATH, so the start must use `python -m`.
"""

from __future__ import annotations

from collections.abc import Iterator

from firstpush.fixes.compare import python_version
from firstpush.fixes.proposal import Proposal, Situation
from firstpush.fixes.strategies import nixpacks_install as common

NAME = "break-system-packages"
INSTALL = True
COST = (
    "Packages are mixed into a Python that Nix manages: console scripts are off PATH (start with `python -m …`), a "
    "package that Nix brought can be shadowed, and the next image may undo it."
)
NAMES = frozenset({"packages", "libraries", "variables", "phase:setup", "phase:install"})


def propose(situation: Situation) -> Iterator[Proposal]:
    plan = situation.prediction.plan
    if plan.builder != "nixpacks" or not situation.found(*common.CAUSES):
        return
    found = common.override(situation)
    if found is None or found.config is None:
        return
    commands = common.install_commands(situation, found.installs)
    if not commands:
        return
    config = found.config.copy()
    pin = common.python_pin(found.nix_packages) or python_version(plan) or "3.12"
    python = "python" + pin.replace(".", "")
    others = [
        name
        for name in common.clean_packages(found.nix_packages, keep_python=True) or []
        if not name.strip().startswith("python3") and name != "..."
    ]
    values = [python, f"{python}Packages.pip", *others]
    if found.nix_key is None:
        config.set_text("phases", "setup", "nixPkgs", text=config.listed(values))
    else:
        config.set_strings("phases", "setup", found.nix_key, values=values)
    commands = [text.replace("pip install ", "pip install --break-system-packages ", 1) for text in commands]
    config.set_strings("phases", "install", found.key, values=[" && ".join(commands)])
    yield Proposal(
        NAME,
        f"install into the Nix Python with --break-system-packages in {config.path}",
        config.edits(),
        (),
        NAMES,
        COST,
        behaviour="packages are installed into the interpreter that Nix manages",
    )
