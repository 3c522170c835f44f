"""Counts by rule: how many, how many repairable, the code and name. For people who adopt firstpush on old projects."""

from __future__ import annotations

import json
from typing import Any

from firstpush.model.report import Report
from firstpush.report import Options
from firstpush.report.order import SEVERITY_RANK
from firstpush.report.words import found_words, verdict_line


def rows(report: Report) -> list[dict[str, Any]]:
    """A row for each rule and severity, the most frequent first."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for diagnostic in report.diagnostics:
        key = (diagnostic.code, diagnostic.severity.value)
        row = found.setdefault(
            key,
            {
                "code": diagnostic.code,
                "name": diagnostic.name,
                "severity": diagnostic.severity.value,
                "causes": [],
                "count": 0,
                "fixable": 0,
            },
        )
        row["count"] += 1
        row["fixable"] += bool(diagnostic.fixes)
        if diagnostic.cause.value not in row["causes"]:
            row["causes"].append(diagnostic.cause.value)
    rank = {severity.value: number for severity, number in SEVERITY_RANK.items()}
    return sorted(found.values(), key=lambda row: (-row["count"], rank[row["severity"]], row["code"]))


def render(report: Report, options: Options) -> str:
    """A table in text."""
    lines = []
    for row in rows(report):
        mark = "[*]" if row["fixable"] else "   "
        severity = options.style.paint(row["severity"].ljust(7), row["severity"])
        lines.append(f"{row['count']:>4}  {severity}  {row['code']}  {mark}  {row['name']}")
    lines.append(f"{verdict_line(report)}: {found_words(report)}")
    if any(row["fixable"] for row in rows(report)):
        lines.append("[*] firstpush fix can repair it")
    return "\n".join(lines) + "\n"


def render_json(report: Report, options: Options) -> str:
    """The same rows as a JSON object."""
    return json.dumps({"format": 1, "version": options.version, "statistics": rows(report)}, indent=2) + "\n"
