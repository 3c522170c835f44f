"""What stands in for the plan's packages and for the machine's programs other than Python's own.

In: the plan. Out: a `StandIns`: Debian packages and programs of this machine that may be seen, links to them where
the platform has them elsewhere, and what nothing stands in for.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import PurePosixPath

from firstpush.model.plan import Plan
from firstpush.rehearsal.replica import host
from firstpush.rehearsal.values import Difference

_OURS = ("pip", "uv")  # made by build.py and machine_layer.py
_PYTHON_ATTRIBUTE = re.compile(r"python\d*(?:Full|Minimal)?|python\d*(?:Packages|\.pkgs)\.pip")
_PYTHON_APT = re.compile(r"python(?:3|-is-python3)?(?:-(?:pip|venv|full|dev|minimal))?")


@dataclass(frozen=True, slots=True)
class StandIns:
    """`packages`: Debian's; `programs`: names below /usr/bin; `links`: path in the replica → program here."""

    packages: tuple[str, ...]
    programs: tuple[str, ...]
    links: tuple[tuple[str, str], ...]
    missing: tuple[str, ...]
    differences: tuple[Difference, ...]


def stand_ins(plan: Plan) -> StandIns:
    packages: list[str] = []
    missing: list[str] = []
    differences: list[Difference] = []
    for group in plan.packages:
        python = _PYTHON_APT if group.manager == "apt" else _PYTHON_ATTRIBUTE
        words = [word for name in group.names for word in name.value.split() if not python.fullmatch(word)]
        stands, absent = host.stand_ins(words, apt=group.manager == "apt")
        packages += stands
        missing += absent
        if absent:
            names = ", ".join(dict.fromkeys(absent))
            told = f"{group.manager} packages not reproduced: {names}"
            differences.append(Difference(told, "what needs them may fail here and work there"))
        if group.libraries:
            names = ", ".join(dict.fromkeys(library.value for library in group.libraries))
            told = f"{group.manager} libraries of this machine instead of {names}"
            differences.append(Difference(told, "a native module may find another version, or none"))
        if stands:
            shown = ", ".join(sorted({name for name in stands if not re.search(r"[-\d]", name)} or set(stands)))
            differences.append(Difference(f"Debian's {shown} instead of {group.manager}'s", "versions differ"))
    programs: list[str] = []
    links: list[tuple[str, str]] = []
    absent_programs: list[str] = []
    assert plan.machine is not None
    for program in plan.machine.programs:
        if program.kind in _OURS:
            continue
        for path in program.paths:
            name = PurePosixPath(path).name
            here = next(
                (f"/usr/{where}/{name}" for where in ("bin", "sbin") if os.path.exists(f"/usr/{where}/{name}")), None
            )
            if program.interpreter is not None or here is None:
                absent_programs.append(name)
                continue
            programs.append(here.removeprefix("/usr/"))
            if str(PurePosixPath(path).parent) not in ("/usr/bin", "/bin", "/usr/sbin", "/sbin"):
                links.append((path, here))
    texts = " ".join(
        [*(str(step.command) for step in plan.steps if not step.label), str(plan.start and plan.start.command)]
    )
    absent_programs = [name for name in absent_programs if re.search(rf"(?<![\w.-]){re.escape(name)}(?![\w.-])", texts)]
    if absent_programs:
        names = ", ".join(dict.fromkeys(absent_programs))
        differences.append(Difference(f"programs not in the replica: {names}", "commands that call them fail here"))
    missing += absent_programs
    return StandIns(tuple(packages), tuple(programs), tuple(links), tuple(dict.fromkeys(missing)), tuple(differences))
