"""The text that people read, whole: a change of it shows here."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest

from firstpush.model.diagnostic import Label
from firstpush.model.report import Report
from firstpush.model.text import Span
from firstpush.report import Options, render
from firstpush.report.style import Style
from firstpush.report.width import width_of
from firstpush.syntax.source import Source
from tests.report.sample import CLEAN, REFUSED, REPORT, SOURCES, source

ONE = replace(REPORT, diagnostics=(REFUSED,), deployments=(replace(REPORT.deployments[0], first_failure=0),))

EXPECTED = """\
railway with nixpacks 1.41.0: will fail
  setup ✓  install ✗  build …  start ✗  health ?
  health: the app's routes are made at run time
  note: the start command of nixpacks.toml wins over Procfile

error[FP101]: `pip install` reaches the Python of Nix, which is externally managed (PEP 668)
  ╭─▶ nixpacks.toml:5:10
  │
1 │ [phases.setup]
2 │ nixPkgs = ["python311", "python311Packages.pip"]
  │                          ───────────────────── it comes from here
  ┆
4 │ [phases.install]
5 │ cmds = ["pip install -r backend/requirements.txt"]
  │ ────     ━━━━━━━━━━━ this pip is /root/.nix-profile/bin/pip
  │ ╰─ replaces the builder's own commands
  why
  1  nixpacks.toml:5  your cmds replace the provider's own, which makes a venv
  2                   so PATH has no /opt/venv/bin [nixpacks src/providers/python.rs]
  3  nixpacks.toml:2  pip runs on the Python of the Nix store
  you would see
    error: externally-managed-environment
  help: delete [phases.install] and let the builder make its own virtual environment
  fix: delete the override [provider, safe]
  fix: override the marker (the image is then what no package manager knows) [break-system-packages,
       unsafe]
  note: pip-into-managed-python; install phase; predicted, certain

note: data.bin was not read: larger than 16 MiB

1 deployment will fail: 1 error (1 silenced).
Looked at nixpacks.toml, railway.json and backend/requirements.txt.
1 finding can be repaired: firstpush fix
More about a finding: firstpush explain FP101
"""


def text(report: Report = REPORT, **style: object) -> str:
    return render("text", report, source, Options(style=Style(**style), version="0.1.0"))  # type: ignore[arg-type]


def test_a_whole_report() -> None:
    assert text(ONE) == EXPECTED


def test_the_first_failure_comes_first_and_the_rest_behind_it() -> None:
    whole = text()
    assert whole.index("FP101") < whole.index("Waiting behind") < whole.index("FP303") < whole.index("FP310")
    assert whole.index("vercel in web: cannot be predicted") < whole.index("FP401")


def test_a_clean_run_says_what_was_looked_at() -> None:
    assert text(CLEAN).endswith("1 deployment will pass: no problems.\nLooked at nixpacks.toml and requirements.txt.\n")


@pytest.mark.parametrize("width", [40, 60, 80, 120])
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    words = 30  # a single word may be longer than the room that is left for it
    assert all(width_of(line) <= width + words for line in text(width=width).splitlines())
    assert width < 60 or all(width_of(line) <= width for line in text(width=width).splitlines())


def test_ascii_when_the_encoding_has_no_more() -> None:
    assert text(unicode=False).isascii()


def test_colour_changes_nothing_but_colour() -> None:
    assert re.sub(r"\x1b\[[0-9;]*m", "", text(color=True)) == text()


def test_links_lead_to_the_file_and_line() -> None:
    linked = text(color=True, links=True, folder="/my project")
    assert "\x1b]8;;file:///my%20project/nixpacks.toml#L5\x1b\\" in linked
    assert linked.count("\x1b]8;;\x1b\\") == linked.count("\x1b]8;;file")


def test_the_platform_is_quoted_in_full_on_request() -> None:
    quoted = render("text", ONE, source, Options(show_output=True))
    assert "× This environment is externally managed" in quoted
    assert "× This environment" not in text(ONE)


def test_files_that_vanished_do_not_matter() -> None:
    assert "nixpacks.toml:1:1" in render("text", ONE, lambda path: None, Options())


def test_concise_is_one_line_a_finding() -> None:
    lines = render("concise", REPORT, source, Options()).splitlines()
    assert len(lines) == len(REPORT.diagnostics) + 1
    assert lines[0].startswith("nixpacks.toml:5:10: error[FP101] `pip install` reaches")
    assert lines[0].endswith("[fixable: provider, break-system-packages (unsafe)]")
    assert lines[2].startswith("railway.json:2:32: warning[FP310]")


def test_a_thousand_findings_render_fast() -> None:
    import time

    many = replace(ONE, diagnostics=(REFUSED,) * 1000)
    before = time.process_time()
    render("text", many, SOURCES.get, Options())
    assert time.process_time() - before < 2.0


NASTY = "a\udcff\x1b[2J\u202eb,:%.toml"


@pytest.mark.parametrize("format", ["text", "concise", "json", "sarif", "github", "markdown"])
def test_names_of_files_can_be_anything(format: str) -> None:
    """A name that is no UTF-8, holds a terminal's control codes and turns the line's direction."""
    bad = replace(REFUSED, primary=Label(Span(NASTY, 0, 3), "\x1b[31m"), message="\x1b[2J", deployment=None)
    report = replace(REPORT, diagnostics=(bad,), looked_at=(NASTY,), deployments=(), unreadable={NASTY: "\x1b"})
    written = render(format, report, lambda path: Source(path, b"abc\x1b[1m"), Options(version="1"))
    assert "\x1b" not in written
    if format in ("json", "sarif"):
        json.loads(written.encode("utf-8", "backslashreplace"))


def test_services_that_fail_alike_are_told_once() -> None:
    first = REPORT.deployments[0]
    roots = ("api", "worker", "web")
    deployments = tuple(replace(first, root=root, first_failure=index) for index, root in enumerate(roots))
    found = tuple(
        replace(REFUSED, deployment=index, message=f"refused in {root}" + "!" * (root == "web"))
        for index, root in enumerate(roots)
    )
    told = text(Report(deployments, found))
    assert told.count("╭─▶") == 2  # api, and web, which says something else
    assert "  the same as railway with nixpacks 1.41.0 in api:\n    error[FP101] nixpacks.toml:5:10\n" in told
    assert "3 deployments will fail: 3 errors." in told
