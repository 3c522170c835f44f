"""Comments and configuration that silence findings: what they cover, and what is said about those that do not hold."""

from __future__ import annotations

from dataclasses import replace

import pytest

from firstpush.config.own import OwnConfig, Silence
from firstpush.model.cause import Cause
from firstpush.model.diagnostic import Diagnostic, Label, Severity
from firstpush.model.report import Deployment, PhaseOutcome, Report
from firstpush.model.text import Span
from firstpush.report.comments import directives
from firstpush.report.selection import joined, names_rule, parse_codes, select
from firstpush.report.silence import path_matches, silence
from firstpush.syntax.source import Source

TODAY = "2026-11-20"


def report(path: str, text: str, word: str, code: str = "FP101") -> tuple[Report, Source]:
    """A failing deployment whose one error stands on `word`."""
    source = Source(path, text.encode())
    start = source.data.index(word.encode())
    error = Diagnostic(
        code, "pip-into-managed-python", Cause.PEP668_REFUSED, Severity.ERROR, "refused",
        Label(Span(path, start, start + len(word))), phase="install", deployment=0,
    )  # fmt: skip
    deployment = Deployment("railway", "nixpacks", None, ".", "fails", 0, phases=(PhaseOutcome("install", "fails"),))
    return Report((deployment,), (error,), looked_at=(path,)), source


def run(path: str, text: str, word: str = "pip", own: OwnConfig | None = None, **more: bool) -> Report:
    found, source = report(path, text, word)
    return silence(found, {path: source}.get, own or OwnConfig(), TODAY, **more)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("nixpacks.toml", 'cmds = ["pip"] # firstpush: ignore[FP101] the image is patched'),
        ("nixpacks.toml", '# firstpush: ignore[FP101] the image is patched\ncmds = ["pip"]'),
        ("nixpacks.toml", 'cmds = [\r\n  # firstpush: ignore[FP101]: patched\r\n  "pip"\r\n]'),
        ("ci.yml", "run: pip # firstpush: ignore[FP101] patched"),
        ("ci.yml", "run: |\n  # firstpush:ignore[fp101] patched\n  pip"),
        ("start.sh", 'echo "#"; pip # firstpush: ignore[pip-into-managed-python] patched'),
        ("Dockerfile", "# firstpush: ignore[FP1] patched\nRUN pip"),
        ("requirements.txt", "pip # firstpush: ignore[FP101,FP203] patched"),
        ("vercel.jsonc", '{\n // firstpush: ignore[FP101] patched\n "a": "pip"}'),
        ("vercel.json", '{ /* firstpush: ignore[FP101] patched */ "a": "pip"}'),
        ("main.py", "x = 'é'; pip # firstpush: ignore[FP101] patched"),
    ],
)
def test_a_comment_silences(path: str, text: str) -> None:
    found = run(path, text)
    assert [each.reason for each in found.suppressed] == ["the image is patched" if "the image" in text else "patched"]
    assert all(each.code == "FP990" for each in found.diagnostics)  # FP203 of the list is unused
    deployment = found.deployments[0]
    assert (deployment.verdict, deployment.first_failure) == ("unknown", None)
    assert "FP101" in deployment.why
    assert deployment.phases[0].verdict == "unknown"


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("nixpacks.toml", 'note = "# firstpush: ignore[FP101] no comment"\ncmds = ["pip"]'),
        ("nixpacks.toml", '# firstpush: ignore[FP101] too far\n\n\ncmds = ["pip"]'),
        ("nixpacks.toml", 'a = 1 # firstpush: ignore[FP101] another line\ncmds = ["pip"]'),
        ("nixpacks.toml", '# firstpush: ignore[FP102] another rule\ncmds = ["pip"]'),
        ("Dockerfile", "RUN pip # firstpush: ignore[FP101] in a Dockerfile this is an argument"),
        ("main.py", "'''\n# firstpush: ignore[FP101] in a string\n'''\npip"),
        ("start.sh", "echo '# firstpush: ignore[FP101] quoted'; pip"),
    ],
)
def test_what_is_no_comment_or_stands_elsewhere_silences_nothing(path: str, text: str) -> None:
    found = run(path, text)
    assert found.suppressed == ()
    assert found.diagnostics[0].code == "FP101"
    assert found.deployments[0].first_failure == 0


def test_a_reason_is_required() -> None:
    found = run("nixpacks.toml", 'cmds = ["pip"] # firstpush: ignore[FP101]')
    assert [each.code for each in found.diagnostics] == ["FP101", "FP991"]
    assert found.suppressed == ()


def test_a_rule_is_required() -> None:
    found = run("nixpacks.toml", 'cmds = ["pip"] # firstpush: ignore because')
    assert [each.code for each in found.diagnostics] == ["FP101", "FP991"]


def test_an_unused_comment_is_reported_where_it_stands() -> None:
    found = run("nixpacks.toml", 'cmds = ["pip"]\n# firstpush: ignore[FP307] once needed\n')
    assert [each.code for each in found.diagnostics] == ["FP101", "FP990"]
    assert found.diagnostics[1].primary.span == Span("nixpacks.toml", 15, 53)
    assert run("nixpacks.toml", 'cmds = ["pip"]\n# firstpush: ignore[FP307] x\n', complete=False).diagnostics[1:] == ()


def test_a_comment_inside_a_long_finding() -> None:
    text = "cmds = [\n  'a',\n  # firstpush: ignore[FP101] inside\n  'b',\n]"
    found, source = report("nixpacks.toml", text, "cmds")
    wide = replace(found.diagnostics[0], primary=Label(Span("nixpacks.toml", 0, len(text))))
    assert silence(replace(found, diagnostics=(wide,)), {"nixpacks.toml": source}.get, OwnConfig(), TODAY).suppressed


def entry(rule: str = "FP101", path: str = "**", until: str | None = None) -> OwnConfig:
    return OwnConfig(
        path="pyproject.toml", silenced=(Silence(rule, path, "known", Span("pyproject.toml", 0, 1), until),)
    )


def test_the_configuration_silences() -> None:
    assert run("api/railway.json", '"pip"', own=entry(path="api")).suppressed[0].reason == "known"
    assert run("api/railway.json", '"pip"', own=entry(until=TODAY)).suppressed
    assert [each.code for each in run("a.json", '"pip"', own=entry(path="api/*")).diagnostics] == ["FP101", "FP990"]


def test_an_expired_entry_does_not_hold() -> None:
    found = run("a.json", '"pip"', own=entry(until="2026-11-19"))
    assert [each.code for each in found.diagnostics] == ["FP101", "FP992"]
    assert found.suppressed == ()


@pytest.mark.parametrize(
    ("path", "pattern", "expected"),
    [
        ("a/b/c.toml", "**", True),
        ("a/b/c.toml", "a", True),
        ("a/b/c.toml", "a/", True),
        ("a/b/c.toml", "./a/b/c.toml", True),
        ("a/b/c.toml", "**/c.toml", True),
        ("c.toml", "**/c.toml", True),
        ("a/b/c.toml", "*/c.toml", False),
        ("a/b/c.toml", "a/*/*.toml", True),
        ("ab/c.toml", "a", False),
        ("a/b/cxtoml", "a/b/c.toml", False),
    ],
)
def test_path_patterns(path: str, pattern: str, expected: bool) -> None:
    assert path_matches(path, pattern) is expected


def test_any_bytes_have_directives_or_none() -> None:
    for path in ("a.toml", "a.json", "a.py", "Dockerfile", "a.sh"):
        assert directives(Source(path, b"\xff# firstpush: ignore[\x00")) is not None


def two() -> Report:
    first, _ = report("a.toml", "pip", "pip")
    second = replace(first.diagnostics[0], code="FP303", name="script-not-on-path", order=5)
    return replace(first, diagnostics=(*first.diagnostics, second))


def test_selection_moves_the_first_failure() -> None:
    cut = select(two(), ("FP3",), ())
    assert [each.code for each in cut.diagnostics] == ["FP303"]
    assert (cut.deployments[0].first_failure, cut.deployments[0].verdict) == (0, "fails")
    nothing = select(two(), ("FP9",), ())
    assert (nothing.deployments[0].first_failure, nothing.deployments[0].verdict) == (None, "fails")


def test_the_longer_code_wins() -> None:
    assert [each.code for each in select(two(), ("FP101", "FP3"), ("FP1",)).diagnostics] == ["FP101", "FP303"]
    assert [each.code for each in select(two(), ("FP",), ("FP101",)).diagnostics] == ["FP303"]


def test_codes_and_names() -> None:
    assert parse_codes(["FP1,FP307", "pip-not-found"]) == ("FP1", "FP307", "pip-not-found")
    assert names_rule("fp1", "FP101", "x")
    assert not names_rule("FP1010", "FP101", "x")
    assert not names_rule("pip", "FP101", "pip-into-managed-python")


def test_reports_of_several_roots_are_joined() -> None:
    both = joined([two(), two()])
    assert [each.first_failure for each in both.deployments] == [0, 2]
    assert [each.deployment for each in both.diagnostics] == [0, 0, 1, 1]
