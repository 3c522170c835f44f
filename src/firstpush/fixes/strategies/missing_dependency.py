"""The app imports a distribution that nothing installs: add it to the requirements file."""

from __future__ import annotations

import re
from collections.abc import Iterator

from firstpush.fixes.proposal import Proposal, Situation
from firstpush.fixes.strategies.nixpacks_install import override, requirement_files
from firstpush.model.cause import Cause
from firstpush.packages.names import distributions_for, known
from firstpush.syntax.line_edit import append_line

NAME = "missing-dependency"
INSTALL = False
_MODULE = re.compile(r"No module named '?([A-Za-z_][A-Za-z0-9_]*)|`([A-Za-z0-9][A-Za-z0-9._-]*)`")


def propose(situation: Situation) -> Iterator[Proposal]:
    for found in situation.found(Cause.MISSING_DEPENDENCY):
        match = _MODULE.search(found.output or "") or _MODULE.search(found.message)
        if match is None:
            continue
        name = distributions_for(match[1])[0] if match[1] else match[2]
        overridden = override(situation)
        files = requirement_files(situation, overridden.installs) if overridden else ["requirements.txt"]
        for path in files[:1]:
            source = (
                situation.tree.source(situation.path(path)) if situation.tree.exists(situation.path(path)) else None
            )
            if source is None:
                continue
            yield Proposal(
                NAME,
                f"add {name} to {path}",
                (append_line(source, name),),
                cost="" if known(name) else f"firstpush does not know {name}: make sure that it is the one you mean.",
                behaviour="" if known(name) and situation.broken else f"{name} is installed in its newest version",
            )
