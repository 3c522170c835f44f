"""The rules' pages: Markdown files named `<code>-<name>.md`, in the wheel (`firstpush/pages`) or in the checkout."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

SILENCES = "suppressions.md"  # one page for the three rules about silences
FILE = re.compile(r"(?P<code>FP\d{3})-(?P<name>[a-z0-9-]+)\.md\Z")


@cache
def folder() -> Path | None:
    """Where the pages are, or None when they were left out of the installation."""
    package = Path(__file__).resolve().parents[1]
    for candidate in (package / "pages", package.parents[1] / "docs" / "rules"):
        if candidate.is_dir():
            return candidate
    return None


@cache
def pages() -> dict[str, Path]:
    """Code → page, in the order of the codes."""
    base = folder()
    found = {}
    for path in sorted(base.iterdir()) if base is not None else ():
        match = FILE.match(path.name)
        if match:
            found[match["code"]] = path
    if base is not None and (base / SILENCES).is_file():
        found |= dict.fromkeys(("FP990", "FP991", "FP992"), base / SILENCES)
    return found


@cache
def known_rules() -> tuple[tuple[str, str], ...]:
    """(code, name) of every rule, those of suppressions included."""
    from firstpush.report import silence
    from firstpush.rules.registry import all_rules

    found = {rule.code: rule.name for rule in all_rules()}
    found |= dict((silence.UNUSED, silence.WITHOUT_REASON, silence.EXPIRED))
    return tuple(sorted(found.items()))


def summaries() -> dict[str, str]:
    """Code → one sentence."""
    from firstpush.rules.registry import all_rules

    return {
        "FP990": "An ignore comment or entry silences nothing.",
        "FP991": "An ignore comment names no rule or no reason.",
        "FP992": "An ignore entry is past its date.",
    } | {rule.code: rule.summary for rule in all_rules()}


def text_of(path: Path) -> str:
    """A page without the notes for its test."""
    lines = path.read_text(encoding="utf-8").splitlines()
    text = "\n".join(line for line in lines if not line.startswith("<!--"))
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"
