"""What Python's `optparse` makes of an argument vector. In: option table, words; out: `Parsed` or `ParseError`.

Follows CPython's Lib/optparse.py: left to right, `--name=value`, unambiguous abbreviations, clustered short options,
`--` ends the options, `-h` acts at once. Words whose text is not known are positional or an option's value.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from firstpush.model.value import dataclass, field
from firstpush.simulate.installers.options import Option, OptionTable
from firstpush.simulate.invocation import Word


@dataclass(frozen=True, slots=True)
class Given:
    """An option as it stands in the words. `value` None: takes none, or its text is not known."""

    option: Option
    value: str | None
    word: Word
    known: bool = True


@dataclass(frozen=True, slots=True)
class ParseError:
    """A usage error: the message, the guilty word and, for an unknown option, its name."""

    message: str
    word: Word
    unknown_option: str | None = None


@dataclass(slots=True)
class Parsed:
    """What was parsed up to the end, or up to `error` or `help`."""

    given: list[Given] = field(default_factory=list)
    positional: list[Word] = field(default_factory=list)
    rest: list[Word] = field(default_factory=list)  # what an uninterspersed parser leaves
    error: ParseError | None = None
    help: bool = False
    loose_unknown: list[Word] = field(default_factory=list)  # unknown words that may be options

    def last(self, dest: str) -> Given | None:
        return next((given for given in reversed(self.given) if given.option.dest == dest), None)


def match_long(table: OptionTable, name: str) -> Option | str:
    """The option that `--name` means, abbreviations included; else optparse's message."""
    if (option := table.by_name.get(name)) is not None:
        return option
    possible = sorted(long for long in table.long_names if long.startswith(name))
    if len(possible) == 1:
        return table.by_name[possible[0]]
    if possible:
        return f"ambiguous option: {name} ({', '.join(possible)}?)"
    return f"no such option: {name}"


def parse(table: OptionTable, words: Sequence[Word], *, interspersed: bool = True) -> Parsed:
    """Parse `words` (without the program's name)."""
    out = Parsed()
    rest = list(words)
    while rest:
        word = rest[0]
        text = word.text
        if text is None:
            out.loose_unknown.append(word)
        elif text == "--":
            out.positional += rest[1:]
            return out
        elif text.startswith("--"):
            rest = _long(table, rest, out)
            if out.error or out.help:
                return out
            continue
        elif text.startswith("-") and len(text) > 1:
            rest = _short(table, rest, out)
            if out.error or out.help:
                return out
            continue
        if not interspersed:
            out.rest = rest
            return out
        out.positional.append(word)
        rest = rest[1:]
    return out


def _long(table: OptionTable, rest: list[Word], out: Parsed) -> list[Word]:
    word, rest = rest[0], rest[1:]
    assert word.text is not None
    name, equals, explicit = word.text.partition("=")
    option = match_long(table, name)
    if isinstance(option, str):
        unknown = name if option.startswith("no such") else None
        out.error = ParseError(option, word, unknown)
        return rest
    spelling = next(long for long in option.names if long.startswith(name)) if name not in option.names else name
    if option.takes_value:
        if equals:
            return _store(option, explicit, word, rest, out)
        if not rest:
            out.error = ParseError(f"{spelling} option requires 1 argument", word)
            return rest
        return _store(option, rest[0].text, rest[0], rest[1:], out)
    if equals:
        out.error = ParseError(f"{spelling} option does not take a value", word, spelling)
        return rest
    return _store(option, None, word, rest, out)


def _short(table: OptionTable, rest: list[Word], out: Parsed) -> list[Word]:
    word, rest = rest[0], rest[1:]
    assert word.text is not None
    letters = word.text[1:]
    for index, letter in enumerate(letters):
        option = table.by_name.get("-" + letter)
        if option is None:
            out.error = ParseError(f"no such option: -{letter}", word, f"-{letter}")
            return rest
        if not option.takes_value:
            rest = _store(option, None, word, rest, out)
            if out.help:
                return rest
            continue
        attached = letters[index + 1 :]
        if attached:
            return _store(option, attached, word, rest, out)
        if not rest:
            out.error = ParseError(f"-{letter} option requires 1 argument", word)
            return rest
        return _store(option, rest[0].text, rest[0], rest[1:], out)
    return rest


def _store(option: Option, value: str | None, word: Word, rest: list[Word], out: Parsed) -> list[Word]:
    if option.kind == "help":
        out.help = True
        return rest
    if value is not None and (message := wrong_value(option, value)):
        out.error = ParseError(message, word)
        return rest
    out.given.append(Given(option, value, word, known=not option.takes_value or value is not None))
    return rest


def wrong_value(option: Option, value: str) -> str | None:
    """optparse's message for a value of the wrong type, or None."""
    name = option.names[0]
    if option.choices and value not in option.choices:
        choices = ", ".join(repr(choice) for choice in option.choices)
        return f"option {name}: invalid choice: {value!r} (choose from {choices})"
    if option.dest == "python_version" and not re.fullmatch(r"\d+(\.\d+){0,2}", value):
        return f"invalid --python-version value: {value!r}"
    if option.kind in ("int", "float"):
        try:
            float(value) if option.kind == "float" else int(value, 0)
        except ValueError:
            return (
                f"option {name}: invalid {'floating-point' if option.kind == 'float' else 'integer'} value: {value!r}"
            )
    return None
