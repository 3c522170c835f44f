"""The rehearsal as one HTML file without scripts or anything loaded from elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from firstpush.model.outcome import Verdict
from firstpush.rehearsal.values import Rehearsal

_STYLE = """
:root{color-scheme:light dark;--ok:#1a7f37;--bad:#cf222e;--unsure:#9a6700}
body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}
table{border-collapse:collapse;width:100%}
td,th{text-align:left;vertical-align:top;padding:.35rem .6rem;border-bottom:1px solid #8884}
td:last-child{text-align:right;white-space:nowrap}code,pre{font:13px/1.45 ui-monospace,monospace}
pre{overflow:auto;padding:.8rem;background:#8881;border-radius:.4rem;max-height:30rem}
.passes,.succeeds{color:var(--ok)}.fails{color:var(--bad)}.unknown{color:var(--unsure)}summary{cursor:pointer}
"""


def render(results: Sequence[Rehearsal]) -> str:
    parts = "\n".join(_one(result) for result in results)
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>firstpush rehearsal</title><style>{_STYLE}</style></head><body>\n{parts}\n</body></html>\n"
    )


def _one(result: Rehearsal) -> str:
    rows: list[str] = []
    for command in result.commands:
        said = command.skipped or (
            command.why if command.verdict is Verdict.FAILS else "reused" if command.reused else ""
        )
        rows.append(_row(str(command.verdict), command.phase, command.command, said, command.seconds, command.output))
    start = result.start
    if start is not None:
        said = start.problem or f"listens on {', '.join(start.listening)}"
        rows.append(
            _row("fails" if start.problem else "passes", "start", start.command, said, start.seconds, start.output)
        )
    for probe in result.probes:
        said = probe.problem or str(probe.status)
        name = "health" if probe.health else "probe"
        title = f"{probe.method} {probe.path}"
        rows.append(_row("fails" if probe.problem else "passes", name, title, said, probe.seconds, probe.body))
    where = "" if result.root in ("", ".") else f" in {escape(result.root)}"
    failure = f"<p>{escape(result.first_failure)}</p>" if result.first_failure else ""
    differences = "".join(f"<li>{escape(one.what)}: {escape(one.effect)}</li>" for one in result.differences)
    return (
        f"<h1>{escape(result.platform)} · {escape(result.builder)}{where}: "
        f'<span class="{escape(result.verdict)}">{escape(result.verdict)}</span></h1>{failure}'
        f"<table><tr><th>phase</th><th>command or request</th><th>seconds</th></tr>{''.join(rows)}</table>"
        + (f"<h2>The replica is not the platform</h2><ul>{differences}</ul>" if differences else "")
    )


def _row(verdict: str, phase: str, what: str, said: str, seconds: float, log: str) -> str:
    folded = f"<details><summary>log</summary><pre>{escape(log)}</pre></details>" if log.strip() else ""
    return (
        f'<tr><td class="{escape(verdict)}">{escape(phase)}</td><td><code>{escape(what)}</code>'
        f"<div>{escape(said)}</div>{folded}</td><td>{seconds:.2f}</td></tr>"
    )
