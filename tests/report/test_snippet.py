"""Marks stand under the words that they mean, whatever the line is made of."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from firstpush.model.text import Span
from firstpush.report.snippet import Mark, snippet
from firstpush.report.style import Style
from firstpush.report.width import cells, width_of
from firstpush.syntax.source import Source

PLAIN = Style(width=100)


def shown(data: bytes, *marks: tuple[int, int, str], style: Style = PLAIN) -> list[str]:
    values = [Mark(Span("f", start, end), text, index == 0) for index, (start, end, text) in enumerate(marks)]
    return snippet(Source("f", data), values, style)


def test_one_word() -> None:
    assert shown(b"a = 1\nb = two\n", (10, 13, "here")) == [
        "  │",
        "1 │ a = 1",
        "2 │ b = two",
        "  │     ━━━ here",
    ]


def test_tabs_take_four_columns() -> None:
    assert shown(b"\tx: y", (4, 5, ""))[-1] == "  │        ━"


def test_wide_characters_are_marked_in_full() -> None:
    data = "名 = '值'".encode()
    start = data.index("值".encode())
    assert shown(data, (start, start + 3, ""))[-1] == "  │       ━━"


def test_a_combining_character_takes_no_column() -> None:
    data = "e\u0301 x".encode()
    assert shown(data, (4, 5, ""))[-1] == "  │   ━"


def test_crlf_and_no_final_newline() -> None:
    assert shown(b"a\r\nbc", (3, 5, "end"))[-2:] == ["2 │ bc", "  │ ━━ end"]


def test_the_end_of_the_file() -> None:
    assert shown(b"abc", (3, 3, "missing"))[-1] == "  │    ━ missing"


def test_an_empty_file() -> None:
    assert shown(b"", (0, 0, "empty"))[-1] == "  │ ━ empty"


def test_a_bom_takes_no_column() -> None:
    assert shown(b"\xef\xbb\xbfabc", (3, 4, ""))[-2:] == ["1 │ abc", "  │ ━"]


def test_bytes_that_are_no_utf8() -> None:
    assert shown(b"\xff\xfeabc", (2, 3, ""))[-1] == "  │   ━"


def test_control_characters_become_visible() -> None:
    lines = shown(b"a\x1b[31mb", (6, 7, ""))
    assert "\x1b" not in "".join(lines)
    assert lines[-2:] == ["1 │ a␛[31mb", "  │       ━"]


def test_direction_characters_become_visible() -> None:
    assert "<U+202E>" in shown("a\u202eb".encode(), (4, 5, ""))[1]


def test_two_marks_on_a_line() -> None:
    assert shown(b"pip install -r x", (0, 3, "this"), (15, 16, "that"))[-2:] == [
        "  │ ━━━            ─ that",
        "  │ ╰─ this",
    ]


def test_a_mark_over_lines_is_drawn_under_each() -> None:
    lines = shown(b"a = [\n  1,\n  2,\n]\n", (4, 17, "list"))
    assert lines == [
        "  │",
        "1 │ a = [",
        "  │     ━",
        "2 │   1,",
        "  │   ━━",
        "3 │   2,",
        "  │   ━━",
        "4 │ ]",
        "  │ ━ list",
    ]


def test_the_middle_of_a_long_mark_is_left_out() -> None:
    data = b"".join(b"line %d\n" % number for number in range(50))
    lines = shown(data, (0, len(data), "all"))
    assert len(lines) < 20
    assert any("┆" in line for line in lines)
    assert "all" in lines[-1]


def test_a_long_line_is_cut_around_its_mark() -> None:
    data = b"x" * 500 + b" guilty " + b"y" * 500
    lines = shown(data, (501, 507, "here"), style=Style(width=60))
    assert all(width_of(line) <= 60 for line in lines)
    assert "guilty" in lines[1]
    assert lines[1].count("…") == 2
    assert lines[2].index("━") == lines[1].index("guilty")


def test_ascii() -> None:
    lines = shown("a = 'é' # bad".encode(), (0, 1, "→ this"), style=Style(unicode=False))
    assert all(line.isascii() for line in lines)
    assert lines[-1] == "  | ^ -> this"


def test_colours_do_not_move_anything() -> None:
    data = b"pip install -r x"
    plain = shown(data, (0, 3, "this"), (15, 16, "that"))
    colored = shown(data, (0, 3, "this"), (15, 16, "that"), style=Style(color=True))
    assert [re.sub(r"\x1b\[[0-9;]*m", "", line) for line in colored] == plain


@given(st.binary(max_size=200), st.data())
def test_any_bytes_any_span(data: bytes, choose: st.DataObject) -> None:
    start = choose.draw(st.integers(0, len(data)))
    end = choose.draw(st.integers(start, len(data)))
    width = choose.draw(st.integers(40, 120))
    lines = shown(data, (start, end, "label"), style=Style(width=width))
    assert any("━" in line for line in lines)
    assert all(character.isprintable() or character in "\u200b" for line in lines for character in line)


@given(st.text(max_size=60), st.integers(0, 59))
def test_the_mark_starts_where_the_character_is_shown(text: str, index: int) -> None:
    line = text.replace("\n", " ").replace("\r", " ")
    if index >= len(line) or line.startswith("\ufeff"):
        return
    data = line.encode("utf-8", "replace")
    decoded = data.decode()
    start = len(decoded[:index].encode())
    lines = shown(data, (start, start + len(decoded[index].encode()), ""), style=Style(width=10_000))
    before = "".join(cells(decoded)[:index])
    assert lines[-1].index("━") == 4 + width_of(before)


def test_a_span_beyond_the_file() -> None:
    assert shown(b"abc\n", (2, 400, "gone"))
    assert shown(b"", (300, 400, "gone"))
