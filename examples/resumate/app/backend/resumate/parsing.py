"""The text of a résumé in, its name, addresses, skills and sections out.

Plain rules, no model: what they cannot tell is left out rather than guessed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from .vocabulary import AMBIGUOUS, HEADINGS, NOT_NAMES, SKILLS

EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)*\.[A-Za-z]{2,}")
PHONE = re.compile(r"(?<![\w/.-])\+?\(?\d[\d()./ \t-]{6,20}\d(?!\w)")
DATES = re.compile(r"^\(?(?:1[5-9]|20)\d\d\D+(?:1[5-9]|20)\d\d$|^\d{1,2}[./-]\d{1,2}[./-](?:19|20)?\d\d(?:\D|$)")
OTHER_NUMBERS = re.compile(r"\b(?:isbn|issn|doi|orcid|iban|vat|no|nr)\b[^\w]*$", re.IGNORECASE)
LABEL = re.compile(r"^(?:full\s+)?name\s*[:\-]\s*(.+)$", re.IGNORECASE)
WORD = re.compile(r"^[^\W\d_]+(?:['’.-][^\W\d_]+)*\.?$")
PARTICLES = {"van", "von", "der", "den", "de", "da", "dos", "di", "del", "la", "le", "bin", "al", "el", "ter", "zu"}


@dataclass(frozen=True, slots=True)
class Resume:
    """What was found."""

    name: str | None
    emails: list[str]
    phones: list[str]
    skills: list[str]
    sections: dict[str, str]


def parse(text: str) -> Resume:
    """Read a résumé's text."""
    lines = [re.sub(r"[ \t]+", " ", line.replace("\u00a0", " ")).strip() for line in text.splitlines()]
    parts = sections(lines)
    return Resume(
        name=name(lines),
        emails=unique(match.group().lower().rstrip(".") for match in EMAIL.finditer(text)),
        phones=phones(lines),
        skills=skills("\n".join(lines), parts.get("skills", "")),
        sections=parts,
    )


def unique(values: object) -> list[str]:
    """The values in order, each once."""
    return list(dict.fromkeys(values))  # type: ignore[call-overload]


def heading(line: str) -> str | None:
    """The section that a line opens, or None. "WORK EXPERIENCE:" opens `experience`."""
    if len(line) > 40:
        return None
    return HEADINGS.get(re.sub(r"[^\w& ]+", "", line).strip().lower())


def sections(lines: list[str]) -> dict[str, str]:
    """Section name to its text, in order; what stands before the first heading is `header`."""
    found: dict[str, list[str]] = {"header": []}
    current = "header"
    for line in lines:
        opened = heading(line)
        if opened is None and ":" in line and (opened := heading(line.partition(":")[0])) is not None:
            # "Skills: Python, SQL" is heading and content in one line.
            found.setdefault(opened, []).append(line.partition(":")[2].strip())
            current = opened
            continue
        if opened is not None:
            current = opened
            found.setdefault(current, [])
            continue
        found[current].append(line)
    return {key: text for key, part in found.items() if (text := "\n".join(part).strip())}


def name(lines: list[str]) -> str | None:
    """The person's name: a labelled one, or the first line near the top that looks like one."""
    top = [line for line in lines if line][:8]
    for line in top:
        if found := LABEL.match(line):
            return tidy(found.group(1))
    for line in top:
        # "Ada Lovelace | ada@example.org | London" has the name first.
        first = re.split(r"\s*[|,•·]\s*|\s{3,}| [-–—] ", line)[0].strip()
        if looks_like_name(first):
            return tidy(first)
    return None


def looks_like_name(text: str) -> bool:
    """Two to five words of letters, the main ones with a capital, none of them a word for a document or a job."""
    words = text.split()
    if not 2 <= len(words) <= 5 or heading(text) is not None:
        return False
    if not all(WORD.match(word) for word in words) or any(word.lower().rstrip(".") in NOT_NAMES for word in words):
        return False
    main = [word for word in words if word.lower() not in PARTICLES]
    return len(main) >= 2 and all(word[0].isupper() for word in main)


def tidy(text: str) -> str:
    """One spelling for names in capitals: ADA LOVELACE becomes Ada Lovelace."""
    text = " ".join(text.split())
    if not text.isupper():
        return text
    return " ".join(word.lower() if word.lower() in PARTICLES else word.title() for word in text.split())


def phones(lines: list[str]) -> list[str]:
    """Phone numbers as digits, with the leading + where it is written. Dates, years and ISBNs are not."""
    found = []
    for line in lines:
        for match in PHONE.finditer(line):
            written = match.group().strip(" .-/")
            digits = re.sub(r"\D", "", written)
            if OTHER_NUMBERS.search(line[: match.start()]) or DATES.match(written):
                continue
            if 8 <= len(digits) <= 15:
                found.append(("+" if written.startswith("+") else "") + digits)
    return unique(found)


def skills(text: str, section: str) -> list[str]:
    """Known skills by their usual spelling. Ambiguous words (Go, R) count in the skills section only."""
    found = {label for label, pattern in SKILLS.items() if pattern.search(text)}
    found |= {label for label, pattern in AMBIGUOUS.items() if pattern.search(section)}
    return sorted(found, key=str.lower)
