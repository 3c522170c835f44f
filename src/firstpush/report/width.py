"""How wide text is on a terminal, and text made safe to show: tabs, wide, combining and control characters."""

from __future__ import annotations

TAB = "    "


def cells(text: str) -> list[str]:
    """What to show for each character, as a string whose width is `width_of` it. A tab is four spaces; control and
    direction-changing characters (which could make a line look like another one) become visible."""
    if text.isascii() and text.isprintable():
        return list(text)
    return [_shown(character) for character in text]


def _shown(character: str) -> str:
    if character == "\t":
        return TAB
    if character.isprintable():
        return character
    code = ord(character)
    if code < 0x20:
        return chr(0x2400 + code)
    return f"<{code:02x}>" if code < 0x100 else f"<U+{code:04X}>"


def visible(text: str) -> str:
    """Text whose control and direction characters are shown instead of obeyed; line breaks stay."""
    if text.isprintable():
        return text
    return "".join(character if character == "\n" else _shown(character) for character in text)


def width_of(text: str) -> int:
    """Columns that printable text takes."""
    if text.isascii():
        return len(text)
    from unicodedata import combining, east_asian_width

    total = 0
    for character in text:
        if combining(character) or character in "\u200b\u200c\u200d\ufe0e\ufe0f":
            continue
        total += 2 if east_asian_width(character) in ("W", "F") else 1
    return total


def to_ascii(text: str) -> str:
    """Text for a terminal that takes only ASCII: common typography replaced, the rest escaped."""
    if text.isascii():
        return text
    return text.translate(_TYPOGRAPHY).encode("ascii", "backslashreplace").decode("ascii")


_TYPOGRAPHY = str.maketrans(
    {"…": "...", "–": "-", "—": "-", "’": "'", "‘": "'", "“": '"', "”": '"', "→": "->", "·": "-", "×": "x", "≥": ">="}
)


def wrap(text: str, width: int) -> list[str]:
    """Lines of at most `width` columns; words longer than that (paths, URLs) are kept whole. Line breaks are kept."""
    lines: list[str] = []
    for paragraph in text.splitlines() or [""]:
        indent = len(paragraph) - len(paragraph.lstrip())
        line, used = " " * indent, indent
        for word in paragraph.split():
            size = width_of(word)
            if used > indent and used + 1 + size > width:
                lines.append(line)
                line, used = " " * indent, indent
            if used > indent:
                line, used = line + " ", used + 1
            line, used = line + word, used + size
        lines.append(line.rstrip())
    return lines
