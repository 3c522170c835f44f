"""Repairs: what `check` finds goes in, verified edits come out.

`fix(path, settings)` gives a `FixResult`: for each deployment the verdict before and after, the repair that is chosen,
the other ways that work, and all chosen edits as one `Workspace` whose `writes()` go to `write.write`. Nothing is
written here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    from firstpush.fixes.result import FixResult
    from firstpush.model.report import Report
    from firstpush.platforms import Settings
    from firstpush.project.tree import ProjectTree


def attach(report: Report, tree: ProjectTree, settings: Settings) -> Report:
    """A report of `check` whose diagnostics carry the fixes that cure them (see `curing.attach`)."""
    from firstpush.fixes.curing import attach as run

    return run(report, tree, settings)


def fix(path: Path | str | ProjectTree, settings: Settings | Sequence[Settings], **options: Any) -> FixResult:
    """See `result.fix`. Imported when called: planning and simulating are heavy."""
    from firstpush.fixes.result import fix as run

    return run(path, settings, **options)
