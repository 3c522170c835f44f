"""`nix`: every package out of nixpkgs, no pip at all.

Offered as a draft: which attribute provides a package, and whether it builds at the pinned nixpkgs, cannot be known
without asking Nix.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from firstpush.fixes.compare import python_version
from firstpush.fixes.proposal import Proposal, Situation
from firstpush.fixes.strategies import nixpacks_install as common

NAME = "nix"
INSTALL = True
COST = "Versions are those of the pinned nixpkgs, not those of requirements.txt; what is missing there blocks you."
_NAME = re.compile(r"\s*([A-Za-z0-9][A-Za-z0-9._-]*)")


def propose(situation: Situation) -> Iterator[Proposal]:
    plan = situation.prediction.plan
    if plan.builder != "nixpacks" or not situation.found(*common.CAUSES):
        return
    found = common.override(situation)
    if found is None or found.config is None:
        return
    names = [*found.installs.packages]
    for path in common.requirement_files(situation, found.installs):
        text = situation.tree.text(situation.path(path.removeprefix("./"))) or ""
        names += [line for line in text.splitlines() if line.strip() and not line.strip().startswith(("#", "-"))]
    attributes = sorted({match[1].lower().replace(".", "-") for name in names if (match := _NAME.match(name))})
    if not attributes:
        return
    config = found.config.copy()
    python = "python" + (common.python_pin(found.nix_packages) or python_version(plan) or "3.12").replace(".", "")
    expression = f"({python}.withPackages (ps: with ps; [ {' '.join(attributes)} ]))"
    key = found.nix_key or "nixPkgs"
    config.set_text("phases", "setup", key, text=config.listed([expression]))
    config.set_text("phases", "install", found.key, text="[]")
    yield Proposal(
        NAME,
        f"take every package from nixpkgs in {config.path}",
        config.edits(),
        (),
        frozenset({"packages", "libraries", "variables", "phase:setup", "phase:install"}),
        COST,
        question=(
            "Does nixpkgs have each of these attributes at the commit that Nixpacks pins, in a version that your app "
            "takes? Look them up at search.nixos.org; firstpush cannot know offline."
        ),
    )
