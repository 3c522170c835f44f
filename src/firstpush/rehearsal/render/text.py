"""The timeline and the verdict for a terminal. `paint(text, role)` and `sign(name)` say what the terminal can show."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from firstpush.model.outcome import Verdict
from firstpush.rehearsal.values import CommandResult, ProbeResult, Rehearsal, StartResult

_PHASE = 9
_TAIL = 12  # lines of output shown for a failure that has no deciding lines


def _plain(text: str, role: str) -> str:
    return text


def _ascii(name: str) -> str:
    return {"passes": "ok", "fails": "FAILS", "unknown": "?", "dot": "-", "dash": "-"}.get(name, "-")


@dataclass(frozen=True, slots=True)
class Text:
    """`width`: columns."""

    paint: Callable[[str, str], str] = _plain
    sign: Callable[[str], str] = _ascii
    width: int = 100

    # ---- lines of the timeline

    def title(self, platform: str, builder: str, root: str) -> str:
        where = "" if root in ("", ".") else f" in {root}"
        return self.paint(f"{platform} {self.sign('dot')} {builder}{where}", "bold")

    def command(self, result: CommandResult) -> list[str]:
        if result.skipped:
            return [self._line("unknown", result.phase, None, result.command, f"not run: {result.skipped}")]
        note = "unchanged, taken from an earlier rehearsal" if result.reused else ""
        name = (
            "passes"
            if result.verdict is Verdict.SUCCEEDS
            else "fails"
            if result.verdict is Verdict.FAILS
            else "unknown"
        )
        lines = [self._line(name, result.phase, result.seconds, result.command, note)]
        if result.verdict is not Verdict.SUCCEEDS:
            lines += self._explain(result.lines or result.output.splitlines()[-_TAIL:], result.cause, result.why)
        return lines

    def start(self, result: StartResult) -> list[str]:
        where = f"listens on {', '.join(result.listening)}" if result.listening else ""
        name = "fails" if result.problem else "passes"
        lines = [self._line(name, "start", result.seconds, result.command, where)]
        if result.problem:
            shown = result.lines or result.output.splitlines()[-_TAIL:]
            lines += self._explain(shown, result.cause, result.problem)
            if result.doubt:
                lines.append(f"      {self.paint(result.doubt, 'unsure')}")
        return lines

    def probe(self, result: ProbeResult) -> list[str]:
        answer = "no answer" if result.status is None else f"{result.status} {' '.join(result.body.split())}"
        tried = f" after {result.attempts} attempts" if result.attempts > 1 else ""
        what = f"{result.method} {result.path} {self.sign('dot')} {answer[: self.width]}{tried}"
        name = "fails" if result.problem else "passes"
        lines = [self._line(name, "health" if result.health else "probe", result.seconds, what, "")]
        if result.problem:
            lines.append(f"      {self.paint(result.problem, 'bad')}")
        return lines

    def _line(self, name: str, phase: str, seconds: float | None, what: str, note: str) -> str:
        role = {"passes": "good", "fails": "bad"}.get(name, "unsure")
        time = "" if seconds is None else f"{seconds:.2f} s" if seconds < 10 else f"{seconds:.0f} s"
        one_line = " ".join(what.split())
        room = max(30, self.width - _PHASE - 14)
        if len(one_line) > room:
            one_line = one_line[: room - 1] + self.sign("cut")
        mark = self.paint(f"{self.sign(name):>5}" if len(self.sign(name)) > 1 else self.sign(name), role)
        end = f"  {self.paint(f'({note})', 'dim')}" if note else ""
        return f"  {mark} {phase:<{_PHASE}}{time:>7}  {one_line}{end}"

    def _explain(self, lines: Iterable[str], cause: object, why: str) -> list[str]:
        shown = [f"      {self.sign('bar')} {line}" for line in lines]
        told = f"{why}" + (f" ({cause})" if cause else "")
        return [*shown, f"      {self.paint(told, 'bad')}"]

    # ---- the end

    def ending(self, result: Rehearsal) -> list[str]:
        lines: list[str] = []
        if result.differences:
            lines.append("")
            lines.append(self.paint("The replica is not the platform:", "bold"))
            lines += [f"  {self.sign('dash')} {one.what}: {one.effect}" for one in result.differences]
        if result.compared or result.disagreements:
            lines.append("")
            agreed = result.compared - len(result.disagreements)
            lines.append(f"Prediction: {agreed} of {result.compared} commands ended as `check` predicts.")
        for one in result.disagreements:
            text = f"`{one.command}`: predicted {one.predicted}, really {one.real}. This is a bug of firstpush."
            lines.append(f"  {self.paint(text, 'warning')}")
        lines.append("")
        role = {"passes": "good", "fails": "bad"}.get(result.verdict, "unsure")
        ends = f": {result.first_failure}" if result.first_failure else ""
        taken = f", reusing what was installed {result.reused_from}" if result.reused_from else ""
        said = "Not known" if result.verdict == "unknown" else f"The rehearsal {result.verdict}"
        lines.append(f"{self.paint(said, role)}{ends}")
        lines.append(self.paint(f"{result.seconds:.2f} s{taken}", "dim"))
        if result.kept:
            lines.append(f"Logs and files: {result.kept}")
        return lines

    def whole(self, result: Rehearsal) -> str:
        """Everything, as the timeline would have shown it."""
        lines = [self.title(result.platform, result.builder, result.root)]
        for command in result.commands:
            lines += self.command(command)
        if result.start is not None:
            lines += self.start(result.start)
        for probe in result.probes:
            lines += self.probe(probe)
        return "\n".join([*lines, *self.ending(result)]) + "\n"
