"""From matching lines to causes, best first: doubles are joined, survived failures dropped, symptoms told last."""

from __future__ import annotations

from firstpush.diagnose.context import Scene, command_of, phase_of, survived
from firstpush.diagnose.log import Log
from firstpush.diagnose.refine import refined
from firstpush.diagnose.signatures import Match
from firstpush.diagnose.values import LogCause
from firstpush.model.cause import Cause
from firstpush.model.diagnostic import Certainty
from firstpush.model.value import replace

SYMPTOM = 60  # rows below this weight are told only when nothing explains the failure better
MAX_CAUSES = 5
# A survived failure of these is told when the app then lacks something: it is what the lack comes from.
INSTALLS = frozenset(
    {
        Cause.PEP668_REFUSED,
        Cause.PIP_COMMAND_NOT_FOUND,
        Cause.NO_MODULE_PIP,
        Cause.ENSUREPIP_MISSING,
        Cause.WRONG_REQUIREMENTS_PATH,
        Cause.NO_MATCHING_DISTRIBUTION,
        Cause.NOT_A_VIRTUALENV,
        Cause.USER_SITE_UNAVAILABLE,
        Cause.BREAK_FLAG_UNSUPPORTED,
    }
)
LACKS = frozenset({Cause.MODULE_NOT_FOUND_AT_START, Cause.COMMAND_NOT_FOUND, Cause.SCRIPT_NOT_ON_PATH})


def judged(log: Log, found: list[Match], scene: Scene, *, quoted: bool = False) -> list[LogCause]:
    """The causes of a failed run, best first. `quoted`: the lines are quoted in a text that is no log, so that what
    stands behind them says nothing about them."""
    kept: list[tuple[Match, LogCause]] = []
    seen: list[set[str]] = []  # the signatures that each cause was found by
    for match in found:
        cause, certainty, message = refined(match, log, scene)
        twin = next((index for index, (_, other) in enumerate(kept) if _same(other, cause, message)), None)
        if twin is not None:
            first, old = kept[twin]
            # A build log repeats the output of the step that failed: the first copy is quoted, the last one decides
            # whether the failure was survived.
            new = match.signature.id not in seen[twin] and match.number - max(old.lines) <= 20
            seen[twin].add(match.signature.id)
            lines = tuple(dict.fromkeys((*old.lines, *match.lines))) if new else old.lines
            kept[twin] = (
                match if match.signature.weight > first.signature.weight else first,
                replace(old, lines=lines, survived=not quoted and _went_on(log, match, cause)),
            )
            continue
        command = command_of(log, match.number)
        seen.append({match.signature.id})
        kept.append(
            (
                match,
                LogCause(
                    cause=cause,
                    certainty=certainty,
                    message=message,
                    lines=match.lines,
                    line=match.text.strip(),
                    platform=match.signature.platform or scene.platform,
                    builder=match.signature.builder or scene.builder,
                    phase=phase_of(log, match.number, command, match.signature.phase),
                    command=command,
                    survived=not quoted and _went_on(log, match, cause),
                ),
            )
        )
    return [_quoted(log, cause) for cause in _ranked(kept)]


def _quoted(log: Log, cause: LogCause) -> LogCause:
    lines = tuple(sorted(set(cause.lines))[:8])
    return replace(cause, lines=lines, texts=tuple(log.line(number).strip() for number in lines))


def _went_on(log: Log, match: Match, cause: Cause) -> bool:
    starting = cause in LACKS or match.signature.phase in ("start", "health")
    return survived(log, match.number, starting=starting)


def _same(one: LogCause, cause: Cause, message: str) -> bool:
    """One cause is told once, but for things that are missing: each has its name."""
    if one.cause is not cause:
        return False
    return (
        cause not in (Cause.MODULE_NOT_FOUND_AT_START, Cause.COMMAND_NOT_FOUND, Cause.OTHER) or one.message == message
    )


def _ranked(kept: list[tuple[Match, LogCause]]) -> list[LogCause]:
    """The last thing that was not survived ended the run; symptoms and generic errors stand behind causes."""
    alive = [(match, cause) for match, cause in kept if not cause.survived]
    lacks = [cause for _, cause in alive if cause.cause in LACKS]
    masked = [
        (match, replace(cause, certainty=Certainty.LIKELY))
        for match, cause in kept
        if cause.survived and cause.cause in INSTALLS and lacks and match.number < lacks[0].lines[0]
    ]
    strong = [pair for pair in alive if pair[0].signature.weight >= SYMPTOM]
    weak = [pair for pair in alive if pair[0].signature.weight < SYMPTOM]
    if strong:
        weak = []
    order = sorted((*strong, *weak), key=lambda pair: (-(pair[0].signature.weight // 10), pair[0].number))
    return [cause for _, cause in (*masked[:1], *order)][:MAX_CAUSES]
