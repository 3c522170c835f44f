"""What is said when the framework preset is not known."""

from __future__ import annotations

from firstpush.model.cause import Cause
from firstpush.model.diagnostic import Diagnostic, Label, Severity
from firstpush.model.plan import Plan
from firstpush.model.report import Deployment, DeploymentVerdict
from firstpush.model.text import Span
from firstpush.rules.vercel_readings import settle


def plan(slug: str | None, readings: int = 2, root: str = ".") -> Plan:
    return Plan("vercel", "python", None, root, None, "/vercel/path0", native={"framework": slug, "readings": readings})


def deployment(verdict: DeploymentVerdict, first: int | None = None) -> Deployment:
    return Deployment("vercel", "python", verdict=verdict, first_failure=first)


def error(code: str, number: int, at: int = 0) -> Diagnostic:
    label = Label(Span("vercel.json", at, at + 1))
    return Diagnostic(code, code.lower(), Cause.OTHER, Severity.ERROR, "It fails.", label, deployment=number)


def test_a_failure_of_one_reading_alone_is_a_condition() -> None:
    deployments, diagnostics = settle(
        [plan("fastapi"), plan(None)], [deployment("passes"), deployment("fails", 0)], [error("FP510", 1)]
    )
    assert [item.verdict for item in deployments] == ["passes", "unknown"]
    assert deployments[1].first_failure is None
    assert "dashboard" in deployments[1].why
    (only,) = diagnostics
    assert only.severity is Severity.WARNING
    assert only.message == "If the framework preset is Other: It fails."


def test_what_both_readings_find_is_told_once_and_stays_an_error() -> None:
    found = [error("FP516", 0), error("FP511", 0, 5), error("FP516", 1)]
    deployments, diagnostics = settle(
        [plan("fastapi"), plan(None)], [deployment("fails", 0), deployment("fails", 2)], found
    )
    assert [item.verdict for item in deployments] == ["fails", "fails"]
    assert [(item.code, item.severity) for item in diagnostics] == [
        ("FP516", Severity.ERROR),
        ("FP511", Severity.WARNING),
    ]
    assert [item.first_failure for item in deployments] == [0, 0]


def test_two_readings_that_fail_for_different_reasons_both_stay_errors() -> None:
    found = [error("FP504", 0), error("FP501", 1)]
    deployments, diagnostics = settle(
        [plan("fastapi"), plan(None)], [deployment("fails", 0), deployment("fails", 1)], found
    )
    assert [item.verdict for item in deployments] == ["fails", "fails"]
    assert all(item.severity is Severity.ERROR for item in diagnostics)
    assert [item.first_failure for item in deployments] == [0, 1]


def test_other_deployments_are_left_alone() -> None:
    found = [error("FP510", 1), error("FP101", 2)]
    deployments, diagnostics = settle(
        [plan("fastapi"), plan(None), plan(None, 1, "web")],
        [deployment("passes"), deployment("fails", 0), deployment("fails", 1)],
        found,
    )
    assert deployments[2].verdict == "fails"
    assert diagnostics[1].severity is Severity.ERROR
    assert deployments[2].first_failure == 1
