"""The rehearsal for a pull request or a job summary: a table, the differences, the logs folded."""

from __future__ import annotations

from collections.abc import Sequence

from firstpush.model.outcome import Verdict
from firstpush.rehearsal.values import Rehearsal

_MARKS = {"passes": "✅", "fails": "❌", "unknown": "❔"}


def render(results: Sequence[Rehearsal]) -> str:
    return "\n".join(_one(result) for result in results)


def _one(result: Rehearsal) -> str:
    where = "" if result.root in ("", ".") else f" (`{result.root}`)"
    lines = [f"## {_MARKS[result.verdict]} {result.platform} · {result.builder}{where}: {result.verdict}", ""]
    if result.first_failure:
        lines += [f"**{_cell(result.first_failure)}**", ""]
    lines += ["| | phase | command or request | result | seconds |", "|---|---|---|---|---|"]
    for command in result.commands:
        mark = {Verdict.SUCCEEDS: "✅", Verdict.FAILS: "❌"}.get(command.verdict, "❔")
        said = command.skipped or (
            command.why if command.verdict is Verdict.FAILS else "reused" if command.reused else ""
        )
        lines.append(f"| {mark} | {command.phase} | {_code(command.command)} | {_cell(said)} | {command.seconds:.2f} |")
    if result.start is not None:
        mark = "❌" if result.start.problem else "✅"
        said = result.start.problem or f"listens on {', '.join(result.start.listening)}"
        lines.append(f"| {mark} | start | {_code(result.start.command)} | {_cell(said)} | {result.start.seconds:.2f} |")
    for probe in result.probes:
        mark = "❌" if probe.problem else "✅"
        said = probe.problem or f"{probe.status} {probe.body[:120]}"
        phase = "health" if probe.health else "probe"
        lines.append(
            f"| {mark} | {phase} | {_code(f'{probe.method} {probe.path}')} | {_cell(said)} | {probe.seconds:.3f} |"
        )
    lines.append("")
    if result.differences:
        lines += ["The replica is not the platform:", ""]
        lines += [f"- {_cell(one.what)}: {_cell(one.effect)}" for one in result.differences]
        lines.append("")
    for one in result.disagreements:
        lines.append(f"⚠️ {_code(one.command)}: predicted {one.predicted}, really {one.real}")
    logs = [(f"{command.phase}: {command.command}", command.output) for command in result.commands if command.output]
    if result.start is not None and result.start.output:
        logs.append((f"start: {result.start.command}", result.start.output))
    for title, output in logs:
        fence = "````" if "```" in output else "```"
        lines += [
            f"<details><summary>{_html(title)}</summary>",
            "",
            fence,
            output.rstrip("\n"),
            fence,
            "",
            "</details>",
            "",
        ]
    return "\n".join(lines)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;")


def _code(text: str) -> str:
    flat = " ".join(text.split()).replace("|", "\\|")
    return f"`` {flat} ``" if "`" in flat else f"`{flat}`"


def _html(text: str) -> str:
    from html import escape

    return escape(" ".join(text.split()))
