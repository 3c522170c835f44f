"""JSON, SARIF, GitHub, Markdown, statistics: what other programs rely on."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tarfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from firstpush.model.diagnostic import Label
from firstpush.model.report import Report
from firstpush.model.text import Span
from firstpush.report import Options, render, statistics
from firstpush.report.github import data, property
from tests.report.sample import CLEAN, REFUSED, REPORT, source

OPTIONS = Options(version="0.1.0", summaries={"FP101": "A Python that is managed."})


def as_json(report: Report, format: str = "json") -> Any:
    return json.loads(render(format, report, source, OPTIONS))


def test_json_keeps_its_contract() -> None:
    whole = as_json(REPORT)
    assert (whole["format"], whole["version"]) == (1, "0.1.0")
    assert (
        whole["deployments"][0].items()
        >= {
            "platform": "railway",
            "builder": "nixpacks",
            "root": ".",
            "verdict": "fails",
            "first_failure": 1,
        }.items()
    )
    found = whole["diagnostics"][1]
    assert (
        found.items()
        >= {
            "code": "FP101",
            "name": "pip-into-managed-python",
            "cause": "pep668-refused",
            "severity": "error",
            "certainty": "certain",
            "dormant": False,
            "phase": "install",
            "deployment": 0,
        }.items()
    )
    assert found["primary"] == {
        "path": "nixpacks.toml",
        "line": 5,
        "column": 10,
        "end_line": 5,
        "end_column": 21,
        "start_byte": 91,
        "end_byte": 102,
        "label": "this pip is /root/.nix-profile/bin/pip",
    }
    assert found["trace"][0]["path"] == "nixpacks.toml"
    assert found["trace"][0]["line"] == 5
    assert found["trace"][1]["path"] is None
    assert found["fixes"][0] == {
        "strategy": "provider",
        "applicability": "safe",
        "title": "delete the override",
        "edits": [{"path": "nixpacks.toml", "start_byte": 65, "end_byte": 134, "text": ""}],
        "before": "fails",
        "after": "passes",
    }
    assert found["fixes"][1]["files"] == [{"path": "Procfile", "content": "web: uvicorn\n"}]
    assert whole["diagnostics"][3]["deployment"] is None
    assert whole["suppressed"][0]["reason"] == "tried by hand"


def test_columns_count_characters_and_bytes_count_bytes() -> None:
    found = as_json(REPORT)["diagnostics"][0]["primary"]
    assert (found["line"], found["column"], found["start_byte"]) == (2, 32, 34)


def sarif_schema() -> Any:
    """OASIS' schema: a file that FIRSTPUSH_SARIF_SCHEMA names, or the copy in the npm package @microsoft/jest-sarif."""
    named = os.environ.get("FIRSTPUSH_SARIF_SCHEMA")
    if named:
        return json.loads(Path(named).read_text(encoding="utf-8"))
    return None


def downloaded_schema(folder: Path) -> Any:
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("needs npm, or FIRSTPUSH_SARIF_SCHEMA")
    run = subprocess.run(
        [npm, "pack", "@microsoft/jest-sarif@1.0.0-beta.0"], cwd=folder, capture_output=True, text=True, timeout=120
    )
    archives = list(folder.glob("*.tgz"))
    if run.returncode or not archives:
        pytest.skip("no package registry can be reached")
    with tarfile.open(archives[0]) as archive:
        member = archive.extractfile("package/lib/schemas/sarif-2.1.0-rtm.5.json")
        assert member is not None
        return json.load(member)


@pytest.mark.oracle
@pytest.mark.network
@pytest.mark.parametrize("report", [REPORT, CLEAN, Report()], ids=["full", "clean", "empty"])
def test_sarif_validates_against_the_oasis_schema(report: Report, tmp_path: Path) -> None:
    import jsonschema

    schema = sarif_schema() or downloaded_schema(tmp_path)
    validator = jsonschema.validators.validator_for(schema)(schema)
    assert [error.message for error in validator.iter_errors(as_json(report, "sarif"))] == []


ALLOWED = {
    "": {"$schema", "version", "runs"},
    "runs": {"tool", "columnKind", "originalUriBaseIds", "artifacts", "invocations", "results", "properties"},
    "results": {
        "ruleId", "ruleIndex", "level", "rank", "message", "locations", "partialFingerprints", "properties",
        "relatedLocations", "codeFlows", "fixes", "suppressions",
    },
    "region": {"startLine", "startColumn", "endLine", "endColumn", "byteOffset", "byteLength"},
    "physicalLocation": {"artifactLocation", "region"},
    "rules": {"id", "name", "shortDescription", "helpUri", "help"},
}  # fmt: skip


def keys_at(value: Any, name: str = "") -> list[tuple[str, set[str]]]:
    found = []
    if isinstance(value, dict):
        found.append((name, set(value)))
        for key, inner in value.items():
            found += keys_at(inner, key)
    elif isinstance(value, list):
        for inner in value:
            found += keys_at(inner, name)
    return found


def test_sarif_has_only_keys_that_the_standard_knows() -> None:
    whole = as_json(REPORT, "sarif")
    for name, keys in keys_at(whole):
        assert keys <= ALLOWED.get(name, keys), name
    run = whole["runs"][0]
    assert len(run["results"]) == len(REPORT.diagnostics) + len(REPORT.suppressed)
    for result in run["results"]:
        assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
    assert {"none", "note", "warning", "error"} >= {result["level"] for result in run["results"]}


def test_sarif_carries_the_trace_the_fixes_and_the_silence() -> None:
    results = as_json(REPORT, "sarif")["runs"][0]["results"]
    refused = results[1]
    steps = refused["codeFlows"][0]["threadFlows"][0]["locations"]
    assert [step["executionOrder"] for step in steps] == [1, 2, 3]
    assert "PATH has no" in steps[1]["location"]["message"]["text"]
    change = refused["fixes"][0]["artifactChanges"][0]
    assert change["replacements"][0] == {
        "deletedRegion": {"byteOffset": 65, "byteLength": 69},
        "insertedContent": {"text": ""},
    }
    assert results[-1]["suppressions"] == [{"kind": "external", "justification": "tried by hand"}]


def test_a_fingerprint_survives_new_lines_above() -> None:
    from firstpush.report.sarif import fingerprint
    from firstpush.syntax.source import Source

    old = source("nixpacks.toml")
    assert old is not None
    moved = Source("nixpacks.toml", b"# new\n" + old.data)
    shifted = replace(REFUSED, primary=Label(Span("nixpacks.toml", 97, 108)))
    assert fingerprint(REFUSED, source) == fingerprint(shifted, {"nixpacks.toml": moved}.get)


def test_github_escapes() -> None:
    assert data("50%\r\nof a:b, c") == "50%25%0D%0Aof a:b, c"
    assert property("a:b,c%\n") == "a%3Ab%2Cc%25%0A"


def test_github_annotations() -> None:
    lines = render("github", REPORT, source, OPTIONS).splitlines()
    assert lines[0].startswith(
        "::error file=nixpacks.toml,line=5,endLine=5,col=10,endColumn=21,title=FP101 pip-into-managed-python::"
    )
    assert "%0A1. nixpacks.toml:5 your cmds" in lines[0]
    assert lines[2].startswith("::warning file=railway.json,line=2")
    assert "100%25 of" in lines[2]
    assert len(lines) == 5


def test_github_shows_ten_and_counts_the_rest() -> None:
    many = replace(REPORT, diagnostics=(REPORT.diagnostics[0],) * 7 + (REFUSED,) * 8, deployments=())
    lines = render("github", many, source, OPTIONS).splitlines()
    assert [line.startswith("::error") for line in lines[:8]] == [True] * 8
    assert [line.startswith("::warning") for line in lines[8:10]] == [True] * 2
    assert lines[10] == "::notice title=firstpush::+ 5 more findings (FP310); `firstpush check` shows all."


def test_markdown_cannot_be_broken_out_of() -> None:
    nasty = replace(REFUSED, message="<img src=x> | @me [a](b) ``` **x**", output="```\n<b>")
    text = render("markdown", replace(REPORT, diagnostics=(nasty,)), source, OPTIONS)
    assert "<img" not in text.replace("\\<img", "")
    assert "````text\n```\n<b>\n````" in text
    assert " @me" not in text


def test_markdown_of_a_clean_run() -> None:
    text = render("markdown", CLEAN, source, OPTIONS)
    assert "✅ will pass" in text
    assert "Looked at nixpacks.toml and requirements.txt." in text


def test_statistics() -> None:
    rows = statistics.rows(replace(REPORT, diagnostics=(REFUSED, REFUSED, *REPORT.diagnostics)))
    assert (rows[0]["code"], rows[0]["count"], rows[0]["fixable"]) == ("FP101", 3, 3)
    text = statistics.render(REPORT, OPTIONS)
    assert "   1  error    FP101  [*]  pip-into-managed-python" in text
    assert json.loads(statistics.render_json(REPORT, OPTIONS))["statistics"][0]["causes"] == ["pep668-refused"]


def test_markdown_fits_into_a_comment() -> None:
    many = replace(REPORT, diagnostics=(REPORT.diagnostics[0],) + (REFUSED,) * 200, deployments=())
    loose = replace(many, diagnostics=tuple(replace(each, deployment=None) for each in many.diagnostics))
    text = render("markdown", loose, source, OPTIONS)
    assert 40_000 < len(text) < 65_000
    assert "more findings: `firstpush check` shows all." in text
