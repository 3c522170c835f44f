"""What is to be said about a Railway service besides its build: ignored files, coming ends, assumptions.

In: the tree, the file, the chosen builder; out: problems of severity warning and info.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from firstpush.config.railway_file import RailwayFile
from firstpush.facts import table
from firstpush.model.cause import Cause
from firstpush.model.diagnostic import Label, Severity
from firstpush.model.plan import Dormant, PlanProblem
from firstpush.model.text import Span
from firstpush.platforms.railway.builder import NIXPACKS_FILES, Choice
from firstpush.project.tree import ProjectTree


def dormant_problems(rows: Iterable[Dormant], choice: Choice) -> Iterator[PlanProblem]:
    """A dormant file is worth a warning where somebody wrote it to steer this very build."""
    for row in rows:
        name = row.path.rsplit("/", 1)[-1]
        if name not in (*NIXPACKS_FILES, "railpack.json", "railway.json", "railway.toml"):
            continue
        yield PlanProblem(
            key="dormant-file",
            cause=Cause.DORMANT_CONFIG,
            severity=Severity.WARNING,
            message=f"{row.path} has no effect: {row.why}",
            primary=Label(Span(row.path, 0, 0), "not read"),
            help=f"remove it, or make its builder win (now: {choice.name})",
            data={"path": row.path},
        )


def notices(
    tree: ProjectTree,
    root: str,
    file: RailwayFile | None,
    choice: Choice,
    ended: bool,
) -> Iterator[PlanProblem]:
    """Everything else."""
    prefix = "" if root == "." else root + "/"
    dates = table("railway")["dates"]
    if file is not None and not ended and not file.refused:
        end = dates["config_files_end"]
        yield PlanProblem(
            key="railway-config-files-end",
            cause=Cause.BUILDER_END_OF_LIFE,
            severity=Severity.INFO,
            message=f"Railway says that it stops reading {file.path.rsplit('/', 1)[-1]} on {end}",
            primary=Label(Span(file.path, 0, 0)),
            help="plan the move to .railway/railway.ts (`railway config migrate`)",
        )
    configured = file.node("build.builder") if file is not None and not ended else None
    if choice.name == "docker" and configured is not None and str(configured.value).upper() != "DOCKERFILE":
        yield PlanProblem(
            key="railway-builder-loses",
            cause=Cause.DORMANT_CONFIG,
            severity=Severity.WARNING,
            message=f"`builder: {configured.value}` has no effect: {choice.dockerfile} exists, and a Dockerfile wins",
            primary=Label(configured.span, "loses against the Dockerfile"),
            related=(Label(Span(choice.dockerfile or "Dockerfile", 0, 0), "wins"),),
            help="remove or rename the Dockerfile, or say DOCKERFILE",
        )
    if choice.name == "nixpacks" and not choice.known:
        name = next((name for name in NIXPACKS_FILES if tree.exists(prefix + name)), None)
        if name is not None:
            yield PlanProblem(
                key="railway-nixpacks-file-under-railpack",
                cause=Cause.DORMANT_CONFIG,
                severity=Severity.WARNING,
                message=f"services that Railway made since {dates['railpack_default']} build with Railpack, "
                f"which does not read {prefix}{name}",
                primary=Label(Span(prefix + name, 0, 0), "read by Nixpacks only"),
                help='where Railway builds this, say which builder: `"build": {"builder": "NIXPACKS"}` in railway.json',
            )


def assumptions(file: RailwayFile | None, root: str, choice: Choice, assumed: bool) -> Iterator[str]:
    """What the plan rests on, in sentences for the reader."""
    if assumed and root != ".":
        own = file is not None and file.path.startswith(root + "/")
        setting = f" and its config file path `/{file.path}`" if own and file is not None else ""
        yield f"assumes that the service's root directory is `{root}`{setting}"
    elif assumed and file is not None and "/" in file.path:
        yield f"assumes that the service's config file path is `/{file.path}`, and its root directory the repository"
    if choice.name == "nixpacks":
        yield "Nixpacks is in maintenance mode; Railway's own builder is Railpack"
