"""Sessions: `nox -s lint types tests`, `nox -s slow`, `nox -t update`.

They run in the environment that `./dev` made (`--no-venv`) or in one of their own.
"""

from __future__ import annotations

import nox

nox.options.default_venv_backend = "none"
nox.options.sessions = ["lint", "types", "tests"]


@nox.session
def lint(session: nox.Session) -> None:
    """Style, and the direction of imports."""
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")
    session.run("lint-imports")


@nox.session
def types(session: nox.Session) -> None:
    """mypy, strict."""
    session.run("mypy")


@nox.session
def tests(session: nox.Session) -> None:
    """The default tests: everything but the slow suites."""
    session.run("pytest", "-q", "-n", "2", *session.posargs)


@nox.session
def slow(session: nox.Session) -> None:
    """The slow suites: real pip, uv and vercel, sandboxes under attack, whole examples."""
    session.run("pytest", "-q", "-m", "slow or oracle", *session.posargs)
