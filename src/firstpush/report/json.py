"""The JSON contract (`"format": 1`, docs/output.md): stable names, lines and columns from 1, byte offsets from 0.

Keys are only ever added within a format; a key that is renamed or removed makes a new format.
"""

from __future__ import annotations

import json
from typing import Any

from firstpush.model.diagnostic import Diagnostic, Fix, Label, TraceStep
from firstpush.model.report import Deployment, Report
from firstpush.report import Options
from firstpush.report.places import Sources, is_whole_file, place_of

FORMAT = 1


def render(report: Report, source: Sources, options: Options) -> str:
    """One JSON object and a newline."""
    return json.dumps(as_json(report, source, options.version), ensure_ascii=False, indent=2) + "\n"


def as_json(report: Report, source: Sources, version: str) -> dict[str, Any]:
    """The report as JSON values."""
    return {
        "format": FORMAT,
        "version": version,
        "deployments": [_deployment(each) for each in report.deployments],
        "diagnostics": [diagnostic_as_json(each, source) for each in report.diagnostics],
        "suppressed": [
            {**diagnostic_as_json(each.diagnostic, source), "reason": each.reason} for each in report.suppressed
        ],
        "looked_at": list(report.looked_at),
        "unreadable": dict(report.unreadable),
    }


def _deployment(deployment: Deployment) -> dict[str, Any]:
    return {
        "platform": deployment.platform,
        "builder": deployment.builder,
        "builder_version": deployment.builder_version,
        "root": deployment.root,
        "verdict": deployment.verdict,
        "first_failure": deployment.first_failure,
        "why": deployment.why or None,
        "phases": [
            {"phase": each.phase, "verdict": each.verdict, "commands": each.commands, "why": each.why or None}
            for each in deployment.phases
        ],
        "notes": list(deployment.notes),
    }


def diagnostic_as_json(diagnostic: Diagnostic, source: Sources) -> dict[str, Any]:
    """One finding as JSON values."""
    return {
        "code": diagnostic.code,
        "name": diagnostic.name,
        "cause": diagnostic.cause.value,
        "severity": diagnostic.severity.value,
        "certainty": diagnostic.certainty.value,
        "dormant": diagnostic.dormant,
        "phase": diagnostic.phase,
        "deployment": diagnostic.deployment,
        "message": diagnostic.message,
        "primary": _label(diagnostic.primary, source),
        "related": [_label(each, source) for each in diagnostic.related],
        "trace": [_step(each, source) for each in diagnostic.trace],
        "help": diagnostic.help or None,
        "output": diagnostic.output,
        "fixes": [fix_as_json(each) for each in diagnostic.fixes],
    }


def _label(label: Label, source: Sources) -> dict[str, Any]:
    place = place_of(label.span, source)
    return {
        "path": place.path,
        "line": place.line,
        "column": place.column,
        "end_line": place.end_line,
        "end_column": place.end_column,
        "start_byte": label.span.start,
        "end_byte": label.span.end,
        "label": label.text,
    }


def _step(step: TraceStep, source: Sources) -> dict[str, Any]:
    found: dict[str, Any] = {"text": step.text, "path": None, "line": None}
    if step.span is not None:
        found["path"] = step.span.path
        if not is_whole_file(step.span):
            place = place_of(step.span, source)
            found["line"], found["column"] = place.line, place.column
    if step.source:
        found["source"] = step.source
    return found


def fix_as_json(fix: Fix) -> dict[str, Any]:
    """A fix: `edits` replace bytes of files, `files` are written whole (`content` null: deleted)."""
    found: dict[str, Any] = {
        "strategy": fix.strategy,
        "applicability": fix.applicability.value,
        "title": fix.title,
        "edits": [
            {"path": each.span.path, "start_byte": each.span.start, "end_byte": each.span.end, "text": each.text}
            for each in fix.edits
        ],
    }
    if fix.files:
        found["files"] = [{"path": each.path, "content": each.content} for each in fix.files]
    more = {"cost": fix.cost, "question": fix.question, "before": fix.before, "after": fix.after}
    return found | {key: value for key, value in more.items() if value}
