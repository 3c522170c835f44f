"""Text of a `FixResult` for people: verdicts before and after, the repair and why, other ways, popular errors."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from textwrap import wrap

from firstpush.fixes.diff import unified
from firstpush.fixes.engine import Repair
from firstpush.fixes.popular import Tried
from firstpush.fixes.result import DeploymentFix, FixResult
from firstpush.model.diagnostic import Applicability, Diagnostic

Paint = Callable[[str, str], str]


def text(
    result: FixResult,
    evidence: Sequence[Sequence[Tried]],
    paint: Paint,
    *,
    width: int = 100,
    arrow: str = "→",
    diff: bool = True,
) -> str:
    """`paint(text, role)` colours; the roles are those of the text report (good, bad, warning, bold, added, …)."""
    lines: list[str] = []
    groups: dict[object, list[tuple[DeploymentFix, Sequence[Tried]]]] = {}
    for each, tried in zip(result.deployments, evidence, strict=True):
        groups.setdefault(_alike(each), []).append((each, tried))
    for group in groups.values():
        lines += _deployment(*group[0], paint, width, arrow)
        if len(group) > 1:
            roots = ", ".join(each.key[1] for each, _ in group[1:])
            lines += [*_wrapped(f"The same in {len(group) - 1} more: {roots}", "  ", "  ", width), ""]
    if diff and (writes := result.workspace.writes()):
        lines += [*colored(unified(writes), paint), ""]
    return "\n".join(lines).rstrip("\n") + "\n" if lines else ""


def _alike(each: DeploymentFix) -> object:
    """What makes two deployments one story."""
    codes = tuple(found.code for found in (*each.before.errors, *each.before.warnings))
    chosen = (each.chosen.strategies, each.chosen.applicability) if each.chosen is not None else None
    return each.key[0], each.before.plan.builder, each.before.verdict, each.verdict_after, codes, chosen


def colored(diff: str, paint: Paint) -> Iterator[str]:
    """The lines of a diff."""
    for line in diff.split("\n")[:-1]:
        if line.startswith(("+++", "---", "diff ")):
            yield paint(line, "bold")
        elif line.startswith("+"):
            yield paint(line, "added")
        elif line.startswith("-"):
            yield paint(line, "removed")
        else:
            yield line


def _deployment(each: DeploymentFix, tried: Sequence[Tried], paint: Paint, width: int, arrow: str) -> Iterator[str]:
    platform, root = each.key
    name = " · ".join([platform, each.before.plan.builder, *([root] if root != "." else [])])
    verdicts = [paint(each.before.verdict, _role(each.before.verdict))]
    if each.chosen is not None:
        verdicts.append(paint(each.verdict_after, _role(each.verdict_after)))
    yield paint(name, "bold") + "  " + f" {arrow} ".join(verdicts)
    wrong = [*each.before.errors, *each.before.warnings]
    for told in dict.fromkeys(f"{found.code} {found.message}" for found in wrong):
        yield from _wrapped(told, "  ", "        ", width)
    if not wrong:
        yield "  nothing to repair"
        yield ""
        return
    if each.chosen is None:
        yield ""
        yield "  " + paint("no repair is made", "warning") + (": see below" if each.ways else " that firstpush knows")
    else:
        yield ""
        yield from _repair(each.chosen, paint, width)
    yield from _others(each, paint, width)
    if tried:
        yield ""
        yield "  What people try here, simulated on this project:"
        for one in tried:
            end = paint(one.verdict, _role(one.verdict))
            yield from _wrapped(f"{one.change}: {end}. {one.output or one.evidence}", "  - ", "    ", width)
    left = each.after.errors if each.after is not None and each.chosen is not None else ()
    if left:
        yield ""
        yield "  " + paint("Still wrong, and for you to decide:", "warning")
        for found in left:
            yield from _wrapped(f"{found.code} {found.message}", "  - ", "    ", width)
            yield from _help(found, width)
    yield ""


def _help(found: Diagnostic, width: int) -> Iterator[str]:
    if found.help:
        yield from _wrapped(found.help, "    ", "    ", width)


def _repair(way: Repair, paint: Paint, width: int) -> Iterator[str]:
    level = way.applicability.value
    yield "  " + paint(f"Repair ({way.name}, {level}):", "bold")
    for number, link in enumerate(way.links, 1):
        codes = ", ".join(dict.fromkeys(found.code for found in link.closes))
        told = f"{number}. {link.proposal.title}" + (f"  [closes {codes}]" if codes else "")
        yield from _wrapped(told, "  ", "     ", width)
        if link.applicability is Applicability.UNSAFE:
            why = link.proposal.behaviour or "it also changes " + ", ".join(sorted(link.also_changes))
            yield from _wrapped(f"unsafe: {why}", "     ", "     ", width)
    for cost in dict.fromkeys(link.proposal.cost for link in way.links if link.proposal.cost):
        yield from _wrapped(f"Cost: {cost}", "  ", "     ", width)


def _others(each: DeploymentFix, paint: Paint, width: int) -> Iterator[str]:
    others = [way for way in each.ways if way is not each.chosen]
    if not others:
        return
    yield ""
    yield "  Other ways (--strategy):" if each.chosen is not None else "  Ways (--strategy, --unsafe):"
    for way in others:
        end = paint(way.after.verdict, _role(way.after.verdict))
        yield from _wrapped(f"{way.name} ({way.applicability.value}): {end}. {way.fix().cost}", "  - ", "    ", width)
        for link in way.links:
            if link.proposal.question:
                yield from _wrapped(f"To decide: {link.proposal.question}", "    ", "    ", width)


def _wrapped(told: str, first: str, rest: str, width: int) -> list[str]:
    lines = wrap(
        told,
        width,
        initial_indent=first,
        subsequent_indent=rest,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return lines or [first.rstrip()]


def _role(verdict: str) -> str:
    return {"passes": "good", "fails": "bad"}.get(verdict, "warning")
