"""Our reading of pip's command lines against Python's own optparse, on the same option tables."""

from __future__ import annotations

import optparse
from typing import NoReturn

from hypothesis import given, settings
from hypothesis import strategies as st

from firstpush.simulate.installers.options import OptionTable, option_table
from firstpush.simulate.installers.optparse_model import parse
from firstpush.simulate.invocation import Word

VERSIONS = ["20.3.4", "22.3.1", "23.0", "23.0.1", "24.0", "26.3"]


class Stopped(Exception):
    """optparse ends the program."""


class Parser(optparse.OptionParser):
    def error(self, msg: str) -> NoReturn:
        raise Stopped(msg)


def real(table: OptionTable, interspersed: bool) -> Parser:
    parser = Parser(add_help_option=False)
    if not interspersed:
        parser.disable_interspersed_args()
    for number, option in enumerate(table.options):
        dest = f"o{number}"
        if option.kind == "help":
            parser.add_option(*option.names, action="store_true", dest="help_wanted")
        elif option.kind in ("int", "float"):
            parser.add_option(*option.names, action="append", type=option.kind, dest=dest)
        elif option.choices:
            parser.add_option(*option.names, action="append", type="choice", choices=option.choices, dest=dest)
        elif option.takes_value:
            parser.add_option(*option.names, action="append", dest=dest)
        else:
            parser.add_option(*option.names, action="count", dest=dest)
    return parser


TYPICAL = (
    "install fpdemo -q -qq -qU -rreq.txt -r --requirement --req --break-system --break-system-packages=1 --user --use"
    " --target --target=t -t -tx --upgrade-strategy eager bad --retries x 3 --no- --no-user --pre -- - -e -e. --log l"
    " --progress-bar=off --root-user-action ignore --bogus -z --dry-run --report --python p --timeout 1.5 --abi -I"
    " --exists-action w --platform -v -vv --iso"
)
WORDS = st.one_of(st.sampled_from([*TYPICAL.split(" "), ""]), st.text("-abqUrt=x ", max_size=5))


@settings(max_examples=400, deadline=None)
@given(
    st.sampled_from(VERSIONS), st.sampled_from(["pip", "install", "uninstall", "download"]), st.lists(WORDS, max_size=6)
)
def test_we_read_as_optparse_does(version: str, command: str, words: list[str]) -> None:
    table = option_table("pip", version, command)
    interspersed = command != "pip"
    ours = parse(table, [Word(text) for text in words], interspersed=interspersed)
    if ours.error is not None and "python-version" in ours.error.message:
        return  # pip's own check, not optparse's
    if ours.help:
        return  # ours acts at once; the stand-in goes on
    try:
        values, rest = real(table, interspersed).parse_args(list(words))
    except Stopped:
        values, rest = None, []
    if ours.error is not None and "--python-version" in ours.error.message:
        return  # pip checks this value in a callback of its own, which the stand-in lacks
    assert (ours.error is not None) == (values is None)
    if values is None:
        return
    assert [word.text for word in ours.positional + ours.rest] == rest
    for number, option in enumerate(table.options):
        given_ = [item for item in ours.given if item.option is option]
        theirs = getattr(values, f"o{number}", None)
        if option.takes_value:
            assert [item.value for item in given_] == [str(value) for value in theirs or []] or option.kind in (
                "int",
                "float",
            )
        elif option.kind != "help":
            assert len(given_) == (theirs or 0)


def test_an_unknown_word_is_an_option_s_value_or_a_doubt() -> None:
    table = option_table("pip", "24.0", "install")
    parsed = parse(table, [Word("-r"), Word(None), Word(None), Word("x")])
    assert parsed.last("requirements") is not None
    assert len(parsed.loose_unknown) == 1
    assert [word.text for word in parsed.positional] == [None, "x"]
