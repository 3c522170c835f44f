"""JSON of a `FixResult`: one object, the same shapes of places and edits as `check --format json`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from firstpush._version import __version__
from firstpush.fixes.engine import Link, Repair
from firstpush.fixes.popular import Tried
from firstpush.fixes.result import DeploymentFix, FixResult
from firstpush.model.diagnostic import Diagnostic, Edit, FileChange
from firstpush.project.tree import ProjectTree

FORMAT = 1


def as_json(result: FixResult, evidence: Sequence[Sequence[Tried]], *, written: bool, message: str) -> dict[str, Any]:
    """`edits` and `files` at the top are all that is changed; a deployment's `fixes` are its ways, best first."""
    return {
        "format": FORMAT,
        "version": __version__,
        "written": written,
        "edits": [edit_json(edit) for edit in result.workspace.edits()],
        "files": [file_json(change) for change in result.workspace.files()],
        "commit_message": message,
        "deployments": [
            _deployment(result.tree, each, tried) for each, tried in zip(result.deployments, evidence, strict=True)
        ],
    }


def edit_json(edit: Edit) -> dict[str, Any]:
    return {
        "path": edit.span.path,
        "start_byte": edit.span.start,
        "end_byte": edit.span.end,
        "text": edit.text,
    }


def file_json(change: FileChange) -> dict[str, Any]:
    """A whole file: `content` null deletes it."""
    return {"path": change.path, "content": change.content}


def _deployment(tree: ProjectTree, each: DeploymentFix, tried: Sequence[Tried]) -> dict[str, Any]:
    platform, root = each.key
    return {
        "platform": platform,
        "builder": each.before.plan.builder,
        "root": root,
        "before": each.before.verdict,
        "after": each.verdict_after,
        "chosen": each.ways.index(each.chosen) if each.chosen is not None else None,
        "left": [_finding(tree, found) for found in (each.after.errors if each.after is not None else ())],
        "fixes": [_repair(tree, way) for way in each.ways],
        "popular": [
            {"change": one.change, "verdict": one.verdict, "evidence": one.evidence, "output": one.output}
            for one in tried
        ],
    }


def _repair(tree: ProjectTree, way: Repair) -> dict[str, Any]:
    fix = way.fix()
    return {
        "strategy": fix.strategy,
        "applicability": fix.applicability.value,
        "title": fix.title,
        "cost": fix.cost,
        "question": fix.question,
        "before": fix.before,
        "after": fix.after,
        "edits": [edit_json(edit) for edit in fix.edits],
        "files": [file_json(change) for change in fix.files],
        "steps": [_link(tree, link) for link in way.links],
    }


def _link(tree: ProjectTree, link: Link) -> dict[str, Any]:
    return {
        "strategy": link.proposal.strategy,
        "title": link.proposal.title,
        "applicability": link.applicability.value,
        "behaviour": link.proposal.behaviour,
        "also_changes": sorted(link.also_changes),
        "closes": [_finding(tree, found) for found in link.closes],
    }


def _finding(tree: ProjectTree, found: Diagnostic) -> dict[str, Any]:
    span = found.primary.span
    source = tree.source(span.path) if tree.exists(span.path) else None
    position = source.position(span.start) if source is not None else None
    return {
        "code": found.code,
        "name": found.name,
        "cause": found.cause.value,
        "severity": found.severity.value,
        "message": found.message,
        "path": span.path,
        "line": position.line if position else None,
        "column": position.column if position else None,
    }
