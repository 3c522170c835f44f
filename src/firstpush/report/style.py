"""How text output looks: colours, characters, width. A `Style` goes into the text renderers; they print nothing."""

from __future__ import annotations

from firstpush.model.value import dataclass

_CODES = {
    "reset": "0",
    "bold": "1",
    "dim": "2",
    "error": "1;31",
    "warning": "1;33",
    "info": "1;36",
    "good": "32",
    "bad": "31",
    "unsure": "33",
    "path": "36",
    "frame": "34",
    "help": "1;32",
    "removed": "31",
    "added": "32",
}
PAINT: dict[str, str] = {role: f"\x1b[{code}m" for role, code in _CODES.items()}

UNICODE = {
    "bar": "│",
    "gap": "┆",
    "arrow": "╭─▶",
    "end": "╰─",
    "primary": "━",
    "related": "─",
    "passes": "✓",
    "fails": "✗",
    "unknown": "?",
    "waiting": "…",
    "cut": "…",
    "dot": "·",
    "dash": "–",
    "point": "▲",
}
ASCII = {
    "bar": "|",
    "gap": ":",
    "arrow": "-->",
    "end": "=",
    "primary": "^",
    "related": "-",
    "passes": "ok",
    "fails": "FAILS",
    "unknown": "?",
    "waiting": "...",
    "cut": "...",
    "dot": "-",
    "dash": "-",
    "point": "^",
}


@dataclass(frozen=True, slots=True)
class Style:
    """`width`: columns that a line may take; `links`: write places as OSC 8 hyperlinks; `folder`: absolute path that
    the links start from."""

    color: bool = False
    unicode: bool = True
    width: int = 100
    links: bool = False
    folder: str = ""

    def paint(self, text: str, role: str) -> str:
        """`text` in the colour of a role; empty text stays empty."""
        return f"{PAINT[role]}{text}{PAINT['reset']}" if self.color and text else text

    def sign(self, name: str) -> str:
        """A frame character or mark, in the chosen character set."""
        return (UNICODE if self.unicode else ASCII)[name]

    def link(self, text: str, path: str, line: int | None = None) -> str:
        """`text` as a hyperlink to a file of the project, where links are on."""
        if not self.links or not self.folder:
            return text
        from urllib.parse import quote

        target = "file://" + quote(f"{self.folder.rstrip('/')}/{path}", errors="surrogateescape")
        fragment = f"#L{line}" if line else ""
        return f"\x1b]8;;{target}{fragment}\x1b\\{text}\x1b]8;;\x1b\\"
