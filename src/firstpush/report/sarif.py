"""SARIF 2.1.0 for code scanning: results with regions, the trace as a code flow, related places, fixes, suppressions.

Columns count Unicode characters (`columnKind` `unicodeCodePoints`), as everywhere in firstpush.
Source of the format: OASIS, Static Analysis Results Interchange Format (SARIF) Version 2.1.0.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any
from urllib.parse import quote

from firstpush.model.diagnostic import Diagnostic, Edit, FileChange, Fix, Label, TraceStep
from firstpush.model.report import Report
from firstpush.model.text import Span
from firstpush.report import Options
from firstpush.report.places import Sources, is_whole_file, place_of

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
HOME = "https://github.com/firstpush/firstpush"
LEVELS = {"error": "error", "warning": "warning", "info": "note"}
RANKS = {"certain": 100.0, "likely": 70.0, "possible": 40.0}
ROOT = "PROJECT"


def render(report: Report, source: Sources, options: Options) -> str:
    """One SARIF log and a newline."""
    return json.dumps(as_sarif(report, source, options), ensure_ascii=False, indent=2) + "\n"


def as_sarif(report: Report, source: Sources, options: Options) -> dict[str, Any]:
    """The log as JSON values: one run."""
    silenced = [each.diagnostic for each in report.suppressed]
    names = {each.code: each.name for each in (*report.diagnostics, *silenced)}
    codes = sorted(names)
    results = [_result(each, codes, report, source) for each in report.diagnostics]
    for each in report.suppressed:
        result = _result(each.diagnostic, codes, report, source)
        result["suppressions"] = [{"kind": "external", "justification": each.reason}]
        results.append(result)
    run = {
        "tool": {
            "driver": {
                "name": "firstpush",
                "informationUri": HOME,
                "version": options.version,
                "semanticVersion": options.version,
                "rules": [_rule(code, names[code], options) for code in codes],
            }
        },
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {ROOT: {"description": {"text": "The folder that was checked."}}},
        "artifacts": [{"location": _artifact(path)} for path in report.looked_at],
        "invocations": [{"executionSuccessful": True, "toolExecutionNotifications": _unreadable(report)}],
        "results": results,
        "properties": {
            "deployments": [
                {
                    "platform": each.platform,
                    "builder": each.builder,
                    "root": each.root,
                    "verdict": each.verdict,
                    "why": each.why,
                }
                for each in report.deployments
            ]
        },
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(code: str, name: str, options: Options) -> dict[str, Any]:
    summary = options.summaries.get(code) or name.replace("-", " ")
    return {
        "id": code,
        "name": "".join(word.capitalize() for word in name.split("-")),
        "shortDescription": {"text": summary},
        "helpUri": f"{HOME}/blob/main/docs/rules/{quote(code)}-{quote(name)}.md",
        "help": {"text": f"firstpush explain {code}"},
    }


def _result(diagnostic: Diagnostic, codes: list[str], report: Report, source: Sources) -> dict[str, Any]:
    message = diagnostic.message + (f"\n\nHelp: {diagnostic.help}" if diagnostic.help else "")
    properties: dict[str, Any] = {"cause": diagnostic.cause.value, "certainty": diagnostic.certainty.value}
    if diagnostic.phase:
        properties["phase"] = diagnostic.phase
    index = diagnostic.deployment
    if index is not None and index < len(report.deployments):
        deployment = report.deployments[index]
        properties["platform"], properties["root"] = deployment.platform, deployment.root
    result: dict[str, Any] = {
        "ruleId": diagnostic.code,
        "ruleIndex": codes.index(diagnostic.code),
        "level": LEVELS[diagnostic.severity.value],
        "rank": RANKS[diagnostic.certainty.value],
        "message": {"text": message},
        "locations": [_location(diagnostic.primary, source)],
        "partialFingerprints": {"firstpush/v1": fingerprint(diagnostic, source)},
        "properties": properties,
    }
    if diagnostic.related:
        result["relatedLocations"] = [
            {"id": number, **_location(label, source)} for number, label in enumerate(diagnostic.related, 1)
        ]
    if diagnostic.trace:
        steps = [_step(number, step, diagnostic, source) for number, step in enumerate(diagnostic.trace, 1)]
        result["codeFlows"] = [{"threadFlows": [{"locations": steps}]}]
    fixes = [
        _fix(fix, source)
        for fix in diagnostic.fixes
        if fix.edits or any(each.content is not None for each in fix.files)
    ]
    if fixes:
        result["fixes"] = fixes
    return result


def fingerprint(diagnostic: Diagnostic, source: Sources) -> str:
    """Stays the same when the finding moves to another line: rule, file, and the guilty words."""
    span = diagnostic.primary.span
    file = source(span.path)
    words = file.data[span.start : span.end] if file is not None else b""
    parts = (
        diagnostic.code.encode(),
        span.path.encode("utf-8", "surrogateescape"),
        words or diagnostic.message.encode("utf-8", "replace"),
    )
    return hashlib.sha256(b"\0".join(parts)).hexdigest()[:32]


def _artifact(path: str) -> dict[str, Any]:
    if path in ("", "."):
        return {"uri": "./", "uriBaseId": ROOT}
    return {"uri": quote(path, errors="surrogateescape"), "uriBaseId": ROOT}


def _location(label: Label, source: Sources) -> dict[str, Any]:
    location = _place(label.span, source)
    if label.text:
        location["message"] = {"text": label.text}
    return location


def _place(span: Span, source: Sources) -> dict[str, Any]:
    physical: dict[str, Any] = {"artifactLocation": _artifact(span.path)}
    if not is_whole_file(span):
        place = place_of(span, source)
        physical["region"] = {
            "startLine": place.line,
            "startColumn": place.column,
            "endLine": place.end_line,
            "endColumn": place.end_column,
            "byteOffset": span.start,
            "byteLength": span.end - span.start,
        }
    return {"physicalLocation": physical}


def _step(number: int, step: TraceStep, diagnostic: Diagnostic, source: Sources) -> dict[str, Any]:
    """A rung without a place of its own is shown at the finding's."""
    text = step.text + (f" [{step.source}]" if step.source else "")
    location = _place(step.span or diagnostic.primary.span, source)
    location["message"] = {"text": text}
    return {"executionOrder": number, "location": location}


def _fix(fix: Fix, source: Sources) -> dict[str, Any]:
    changes: dict[str, list[dict[str, Any]]] = {}
    for edit in fix.edits:
        changes.setdefault(edit.span.path, []).append(_replacement(edit))
    for file in fix.files:
        if file.content is not None:
            changes.setdefault(file.path, []).append(_whole(file, source))
    return {
        "description": {"text": f"{fix.title} ({fix.strategy}, {fix.applicability.value})"},
        "artifactChanges": [
            {"artifactLocation": _artifact(path), "replacements": replacements}
            for path, replacements in changes.items()
        ],
    }


def _replacement(edit: Edit) -> dict[str, Any]:
    region = {"byteOffset": edit.span.start, "byteLength": edit.span.end - edit.span.start}
    return {"deletedRegion": region, "insertedContent": {"text": edit.text}}


def _whole(file: FileChange, source: Sources) -> dict[str, Any]:
    old = source(file.path)
    region = {"byteOffset": 0, "byteLength": len(old.data) if old is not None else 0}
    return {"deletedRegion": region, "insertedContent": {"text": file.content}}


def _unreadable(report: Report) -> list[dict[str, Any]]:
    return [
        {"level": "warning", "message": {"text": f"{path} was not read: {why}"}}
        for path, why in report.unreadable.items()
    ]
