"""A report made by hand, with everything in it that a renderer has to show; and its files."""

from __future__ import annotations

from firstpush.model.cause import Cause
from firstpush.model.diagnostic import (
    Applicability,
    Certainty,
    Diagnostic,
    Edit,
    FileChange,
    Fix,
    Label,
    Severity,
    TraceStep,
)
from firstpush.model.report import Deployment, PhaseOutcome, Report, Suppressed
from firstpush.model.text import Span
from firstpush.syntax.source import Source

NIXPACKS = b"""\
[phases.setup]
nixPkgs = ["python311", "python311Packages.pip"]

[phases.install]
cmds = ["pip install -r backend/requirements.txt"]

[start]
cmd = "cd backend && uvicorn main:app --port $PORT"
"""
RAILWAY = b'{\r\n\t"deploy": {"healthcheckPath": "/helth"}\r\n}'
SOURCES = {"nixpacks.toml": Source("nixpacks.toml", NIXPACKS), "railway.json": Source("railway.json", RAILWAY)}


def source(path: str) -> Source | None:
    return SOURCES.get(path)


def span(path: str, words: str) -> Span:
    """The first occurrence of some words (tests may search; the product does not)."""
    start = SOURCES[path].data.index(words.encode())
    return Span(path, start, start + len(words.encode()))


REFUSED = Diagnostic(
    code="FP101",
    name="pip-into-managed-python",
    cause=Cause.PEP668_REFUSED,
    severity=Severity.ERROR,
    message="`pip install` reaches the Python of Nix, which is externally managed (PEP 668)",
    primary=Label(span("nixpacks.toml", "pip install"), "this pip is /root/.nix-profile/bin/pip"),
    related=(
        Label(span("nixpacks.toml", "python311Packages.pip"), "it comes from here"),
        Label(span("nixpacks.toml", "cmds"), "replaces the builder's own commands"),
    ),
    phase="install",
    deployment=0,
    trace=(
        TraceStep("your cmds replace the provider's own, which makes a venv", span("nixpacks.toml", "cmds")),
        TraceStep("so PATH has no /opt/venv/bin", None, "nixpacks src/providers/python.rs"),
        TraceStep("pip runs on the Python of the Nix store", span("nixpacks.toml", '"python311"')),
    ),
    help="delete [phases.install] and let the builder make its own virtual environment",
    output="error: externally-managed-environment\n\n× This environment is externally managed\n",
    fixes=(
        Fix(
            "provider",
            Applicability.SAFE,
            "delete the override",
            (Edit(Span("nixpacks.toml", 65, 134), ""),),
            before="fails",
            after="passes",
        ),
        Fix(
            "break-system-packages",
            Applicability.UNSAFE,
            "override the marker",
            (Edit(Span("nixpacks.toml", 101, 101), " --break-system-packages"),),
            (FileChange("Procfile", "web: uvicorn\n"),),
            cost="the image is then what no package manager knows",
        ),
    ),
    order=3,
)
OFF_PATH = Diagnostic(
    code="FP303",
    name="script-not-on-path",
    cause=Cause.SCRIPT_NOT_ON_PATH,
    severity=Severity.ERROR,
    message="`uvicorn` is installed outside of PATH",
    primary=Label(span("nixpacks.toml", "uvicorn")),
    certainty=Certainty.LIKELY,
    phase="start",
    deployment=0,
    order=7,
)
HEALTH = Diagnostic(
    code="FP310",
    name="health-check",
    cause=Cause.MISSING_ROUTE,
    severity=Severity.WARNING,
    message="no route answers /helth: 100% of the checks, will fail",
    primary=Label(span("railway.json", '"/helth"'), "did you mean /health?"),
    phase="health",
    deployment=0,
    order=9,
)
DORMANT = Diagnostic(
    code="FP401",
    name="dormant-config",
    cause=Cause.DORMANT_CONFIG,
    severity=Severity.INFO,
    message="Procfile is not read: railway.json sets the start command",
    primary=Label(Span("Procfile", 0, 0), "ignored"),
    dormant=True,
)
REPORT = Report(
    deployments=(
        Deployment(
            "railway",
            "nixpacks",
            "1.41.0",
            ".",
            "fails",
            1,
            phases=(
                PhaseOutcome("setup", "passes", 1),
                PhaseOutcome("install", "fails", 1, "pip is refused"),
                PhaseOutcome("build", "passes", 0),
                PhaseOutcome("start", "fails", 1),
                PhaseOutcome("health", "unknown", 0, "the app's routes are made at run time"),
            ),
            notes=("the start command of nixpacks.toml wins over Procfile",),
        ),
        Deployment("vercel", "vercel", None, "web", "unknown", why="the framework preset is a dashboard setting"),
    ),
    diagnostics=(HEALTH, REFUSED, OFF_PATH, DORMANT),
    suppressed=(Suppressed(OFF_PATH, "tried by hand"),),
    looked_at=("nixpacks.toml", "railway.json", "backend/requirements.txt"),
    unreadable={"data.bin": "larger than 16 MiB"},
)
CLEAN = Report(
    deployments=(
        Deployment("railway", "nixpacks", "1.41.0", ".", "passes", phases=(PhaseOutcome("setup", "passes"),)),
    ),
    looked_at=("nixpacks.toml", "requirements.txt"),
)
