"""Which names --no-binary and --only-binary leave to be built from source."""

from __future__ import annotations

import pytest

from firstpush.simulate.installers.format_control import built, from_source

NO, ONLY = "--no-binary", "--only-binary"


@pytest.mark.parametrize(
    ("given", "name", "expected"),
    [
        ([], "a", False),
        ([(NO, "A_b")], "a-b", True),
        ([(NO, ":all:")], "a", True),
        ([(NO, ":all:"), (ONLY, "a")], "a", False),
        ([(NO, ":all:"), (ONLY, "a")], "b", True),
        ([(NO, ":all:"), (NO, ":none:")], "a", False),
        ([(NO, "a"), (ONLY, ":all:")], "a", False),
        ([(NO, "x,:all:,:none:,a")], "a", True),
        ([(NO, "x,:all:,:none:,a")], "x", False),
        ([(ONLY, "a"), (NO, "a")], "a", True),
    ],
)
def test_the_last_word_about_a_name_holds(given: list[tuple[str, str]], name: str, expected: bool) -> None:
    assert built(name, from_source(given)) is expected
