"""Failed logs: a text in, its causes out, best first. Deterministic, offline; says nothing rather than guess.

`log` cleans lines, `signatures` finds those that say something (`facts/log_signatures.toml`), `context` says where they
stand, `refine` and `judge` make causes of them, `document` finds those quoted in a text that is no log, `join` holds
them against the project.
"""

from __future__ import annotations

from collections.abc import Callable

from firstpush.diagnose.context import ended_well, scene
from firstpush.diagnose.log import Log, decode
from firstpush.diagnose.values import Diagnosis, LogCause
from firstpush.model.plan import Plan
from firstpush.model.report import Report
from firstpush.syntax.source import Source

__all__ = ["Diagnosis", "LogCause", "decode", "diagnose"]


def diagnose(
    text: str,
    report: Report | None = None,
    plans: tuple[Plan, ...] = (),
    source: Callable[[str], Source | None] = lambda path: None,
) -> Diagnosis:
    """The causes in a log. `report`, `plans`, `source`: what `check` says of the project, and its files, for the guilty
    place. Never raises."""
    from firstpush.diagnose.judge import judged
    from firstpush.diagnose.signatures import matches

    log = Log(text)
    where = scene(log)
    found = matches(log)
    causes = judged(log, found, where) if found else []
    well = ended_well(log) if found else False
    if well:
        causes = []
    if found and not causes:
        from firstpush.diagnose.document import quoted

        causes = quoted(log, found, where)
        well = well and not causes
    if report is not None:
        from firstpush.diagnose.join import joined

        causes = [joined(cause, report, plans, log, source) for cause in causes]
    return Diagnosis(tuple(causes), log.count, where.platform, where.builder, well)
