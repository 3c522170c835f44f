"""apt, apk, dnf, pacman, brew, nix, conda, as far as they bring a Python or packages. In: invocation; out: `Result`.

What their packages contain is in facts/markers.toml; other packages are taken to install.
"""

from __future__ import annotations

import re

from firstpush.model.cause import Cause
from firstpush.model.outcome import Place
from firstpush.model.value import dataclass
from firstpush.simulate.installers.base_systems import base_row, brings, family, register
from firstpush.simulate.installers.results import done, failed, unsure
from firstpush.simulate.invocation import AddPackages, Effect, Install, Installed, Invocation, Result, Word

_INSTALL = {
    "apt": ("install", "reinstall"),
    "apk": ("add",),
    "dnf": ("install",),
    "pacman": ("-S", "-Sy", "-Syu", "-Syyu"),
}
_YES = ("-y", "--yes", "--assume-yes", "-qq", "-qy", "-yq", "-qqy", "-yqq", "--noconfirm", "--assumeyes")
_VALUES = {
    "apt": ("-t", "--target-release", "-o", "--option", "-c", "--config-file"),
    "apk": ("-t", "--virtual", "-X", "--repository", "-p", "--root", "--arch", "--keys-dir", "--cache-dir"),
    "dnf": ("--enablerepo", "--disablerepo", "--repo", "--releasever", "--setopt", "--installroot", "-c", "-x"),
    "pacman": ("--root", "--dbpath", "--cachedir", "--config"),
}
_ROOT_WORDS = {
    "apt": ("E: Could not open lock file /var/lib/dpkg/lock-frontend - open (13: Permission denied)", 100),
    "apk": ("ERROR: Unable to lock database: Permission denied", 99),
    "dnf": ("Error: This command has to be run with superuser privileges (under the root user on most systems).", 1),
    "pacman": ("error: you cannot perform this operation unless you are root.", 1),
}


@dataclass(frozen=True, slots=True)
class _Line:
    """A manager's command line: its command, the packages, whether it may ask."""

    command: str | None
    packages: tuple[Word, ...]
    yes: bool


def _read(invocation: Invocation, manager: str) -> _Line:
    command: str | None = None
    packages: list[Word] = []
    yes = manager == "apk"
    words = list(invocation.argv[1:])
    while words:
        word = words.pop(0)
        text = word.text
        if text is None:
            packages.append(word)
        elif text in _VALUES[manager] and words:
            words.pop(0)
        elif manager == "pacman" and re.fullmatch(r"-[SQRUDTF]\w*", text):
            command = text
        elif text.startswith("-"):
            yes = yes or text in _YES or (re.fullmatch(r"-\w*y\w*", text) is not None and manager != "pacman")
        elif command is None:
            command = text
        else:
            packages.append(word)
    return _Line(command, tuple(packages), yes)


def run_manager(invocation: Invocation, manager: str) -> Result:
    """apt, apk, dnf, pacman."""
    register()
    line = _read(invocation, manager)
    asks_root = (*_INSTALL[manager], "update", "upgrade", "dist-upgrade", "remove", "purge", "del", "-R", "autoremove")
    if line.command in asks_root and invocation.user.uid != 0:
        why, code = _ROOT_WORDS[manager]
        return failed(
            invocation, Cause.PERMISSION_DENIED, why, code, trace=(f"{manager} runs as {invocation.user.name}",)
        )
    if line.command not in _INSTALL[manager]:
        return done()
    known = [word for word in line.packages if word.text and brings(manager, word.text)]
    names = tuple(word.text for word in line.packages if word.text)
    if not line.yes and known:
        if invocation.stdin is None:
            return unsure(f"{manager} asks whether to continue, and the answer is not known")
        if not invocation.stdin.strip().lower().startswith("y"):
            why = f"{manager} asks whether to continue, gets no answer and aborts (there is no -y)"
            return failed(invocation, Cause.OTHER, why, 1, intended=_effects(invocation, manager, names))
    return done(effects=_effects(invocation, manager, names))


def _effects(invocation: Invocation, manager: str, names: tuple[str, ...]) -> tuple[Effect, ...]:
    effects: list[Effect] = [AddPackages(family(manager), names)]
    row = base_row(invocation.state.machine.os_id, invocation.state.machine.os_version)
    prefixes = {"apt": "python3-", "apk": "py3-", "dnf": "python3-", "pacman": "python-"}
    prefix = prefixes[manager]
    modules = [name.removeprefix(prefix) for name in names if name.startswith(prefix) and not brings(manager, name)]
    if row is not None and modules:
        items = tuple(Installed(name.split("=")[0]) for name in modules)
        effects.append(Install(items, row["site"][-1], "/usr/bin", "/usr", Place.SYSTEM))
    return tuple(effects)


def run_other_manager(invocation: Invocation, name: str) -> Result | None:
    """conda and its kin, nix, brew: their packages are not followed."""
    words = [word.text or "" for word in invocation.argv[1:]]
    reading = {"--version", "info", "list", "search", "config", "--help", "clean", "update", "init", "shell"}
    if not words or words[0] in reading:
        return done()
    if name in ("conda", "mamba", "micromamba") and words[0] in ("install", "create", "env", "activate", "run"):
        return unsure(f"what {name} {words[0]} leaves on the machine is not followed")
    if name.startswith("nix") or name == "brew":
        return unsure(f"what {name} {words[0]} leaves on the machine is not followed")
    return None
