"""The short way of reading common specifiers agrees with `packaging`, which is imported only for the others."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st
from packaging.specifiers import InvalidSpecifier, SpecifierSet

from firstpush.simulate.installers.requirements import _COMMON, _good_specifier

pieces = st.sampled_from(
    ["==", ">=", "~=", "<", ">", "!=", "<=", "=", "===", "1", "2", ".", "1.2", ".*", ",", " ", "a1"]
)


@given(st.lists(pieces, min_size=1, max_size=8).map("".join))
@example("~=1")
@example("~=1.4")
@example("==1.*")
@example(">=1,")
def test_both_ways_agree(specifier: str) -> None:
    try:
        SpecifierSet(specifier)
        good = True
    except InvalidSpecifier:
        good = False
    assert _good_specifier(specifier) is good


def test_the_common_ones_need_no_library() -> None:
    assert all(_COMMON.fullmatch(one) for one in ("==1.2.3", ">=0.30", "~=1.4", ">=1,<2", "!=1.5, >= 1.0"))
