"""`check` against what the real `vercel build` did: the plan and the simulation of its commands together."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from firstpush.api import check
from firstpush.errors import NothingToCheck
from firstpush.model.cause import Cause
from firstpush.model.diagnostic import Severity
from firstpush.model.report import Report
from firstpush.platforms import Settings
from firstpush.project.tree import ProjectTree
from tests.vercel import projects

RESULTS = projects.results()

#: Rules about deployments that are green for Vercel and broken all the same.
GREEN_AND_BROKEN = {"FP508", "FP510", "FP512", "FP516", "FP518", "FP520", "FP524", "FP526", "FP304", "FP305"}
#: What neither the files nor the simulator can tell: sizes of what a command writes, the content of the package index.
UNKNOWABLE = {"size-custom-install", "size-default-install", "deps-no-such-package", "deps-no-such-version"}


def report_of(name: str, version: str, folder: Path) -> Report:
    try:
        report, _ = check(projects.tree(name, folder), projects.settings(name, version))
    except NothingToCheck:
        return Report()
    return report


def stopping(report: Report) -> list[str]:
    """Codes of the errors that stop the build."""
    return [
        item.code
        for item in report.diagnostics
        if item.severity is Severity.ERROR and not item.dormant and item.code not in GREEN_AND_BROKEN
    ]


@pytest.mark.parametrize(("name", "version"), RESULTS)
def test_no_build_is_called_other_than_it_was(name: str, version: str, tmp_path: Path) -> None:
    real = projects.recorded(name)[version]
    report = report_of(name, version, tmp_path)
    told = [(item.code, item.message) for item in report.diagnostics]
    if real["outcome"] == "success":
        assert not stopping(report), told
    elif name not in UNKNOWABLE:
        assert {item.verdict for item in report.deployments} <= {"fails", "unknown"}, real["error"]


@pytest.mark.parametrize(("name", "version"), RESULTS)
def test_a_refusal_by_pep_668_is_called_that(name: str, version: str, tmp_path: Path) -> None:
    real = projects.recorded(name)[version]
    if not real["pep668"]:
        return
    report = report_of(name, version, tmp_path)
    causes = {item.cause for item in report.diagnostics}
    expected = {Cause.PEP668_REFUSED, Cause.ERROR_MASKED}
    assert causes & expected, [(item.code, item.message) for item in report.diagnostics]


def test_few_verdicts_are_unknown(tmp_path: Path) -> None:
    counted: Counter[str] = Counter()
    for number, (name, version) in enumerate(RESULTS):
        report = report_of(name, version, tmp_path / str(number))
        counted.update(item.verdict for item in report.deployments)
    assert counted["unknown"] <= 0.1 * sum(counted.values()), counted


def small(folder: Path, main: str, requirements: str) -> Report:
    (folder / "main.py").write_text(main)
    (folder / "requirements.txt").write_text(requirements)
    (folder / "vercel.json").write_text('{"framework": "fastapi"}\n')
    return check(ProjectTree(folder), Settings())[0]


def test_a_dependency_that_no_manifest_names_fails_the_function(tmp_path: Path) -> None:
    report = small(tmp_path, "import yaml\nfrom fastapi import FastAPI\n\napp = FastAPI()\n", "fastapi==0.115.0\n")
    (found,) = report.diagnostics
    assert (found.cause, found.phase, found.primary.span.path) == (Cause.MISSING_DEPENDENCY, "start", "main.py")


def test_what_only_a_script_imports_is_not_the_function_s(tmp_path: Path) -> None:
    main = 'app = object()\n\nif __name__ == "__main__":\n    import uvicorn\n\n    uvicorn.run(app)\n'
    report = small(tmp_path, main, "six==1.16.0\n")
    assert report.diagnostics == ()
    assert [item.verdict for item in report.deployments] == ["passes"]


@pytest.mark.parametrize(("helper", "severity"), [("import yaml\n", Severity.ERROR), ("", Severity.WARNING)])
def test_a_requirement_that_the_lock_lacks_is_missed_only_by_who_imports_it(
    helper: str, severity: Severity, tmp_path: Path
) -> None:
    files = projects_with_lock(helper)
    for path, text in files.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(text)
    report = check(ProjectTree(tmp_path), Settings())[0]
    (found,) = report.diagnostics
    assert (found.code, found.severity) == ("FP523", severity)
    assert [item.verdict for item in report.deployments] == ["fails" if helper else "passes"]


def projects_with_lock(helper: str) -> dict[str, str]:
    """An app whose module `parts.helper` has the given text, and a lock file without the one requirement."""
    return {
        "main.py": "from parts import helper\n\n\nasync def app(scope, receive, send):\n    helper\n",
        "parts/__init__.py": "",
        "parts/helper.py": helper,
        "vercel.json": '{"framework": "fastapi"}\n',
        "pyproject.toml": '[project]\nname = "sample"\nversion = "1"\nrequires-python = ">=3.12"\n'
        'dependencies = ["pyyaml"]\n',
        "uv.lock": 'version = 1\nrevision = 3\nrequires-python = ">=3.12"\n\n[[package]]\nname = "sample"\n'
        'version = "1"\nsource = { virtual = "." }\n',
    }
