"""What Python's `argparse` makes of simple option lists. In: a table, words; out: flags, values, positionals, error.

Enough for ensurepip, venv, virtualenv, pipx: flags, options with one value, abbreviations of long options, `--`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from firstpush.model.value import dataclass, field
from firstpush.simulate.invocation import Word


@dataclass(slots=True)
class Arguments:
    """`values`: destination → text (None: unknown); `error`: argparse exits 2 with it; `help`: it exits 0."""

    flags: set[str] = field(default_factory=set)
    values: dict[str, str | None] = field(default_factory=dict)
    positional: list[Word] = field(default_factory=list)
    error: str | None = None
    word: Word | None = None
    help: bool = False
    loose_unknown: bool = False


def parse(words: Sequence[Word], flags: Mapping[str, str], values: Mapping[str, str]) -> Arguments:
    """`flags` and `values`: spelling → destination. Stops at the first error or help."""
    out = Arguments()
    rest = list(words)
    while rest:
        word = rest.pop(0)
        text = word.text
        if text is None:
            out.loose_unknown = True
            out.positional.append(word)
        elif text == "--":
            out.positional += rest
            return out
        elif text in ("-h", "--help"):
            out.help = True
            return out
        elif text.startswith("-") and len(text) > 1:
            name, equals, explicit = text.partition("=")
            if not text.startswith("--") and len(text) > 2:
                name, equals, explicit = text[:2], "", text[2:]
            name = _full(name, (*flags, *values))
            if name in flags and not equals and not explicit:
                out.flags.add(flags[name])
            elif name in flags and not text.startswith("--") and explicit:
                out.flags.add(flags[name])
                rest.insert(0, Word("-" + explicit, word.span))
            elif name in values:
                if not equals and not explicit and not rest:
                    out.error, out.word = f"argument {name}: expected one argument", word
                    return out
                out.values[values[name]] = explicit if equals or explicit else rest.pop(0).text
            else:
                out.error, out.word = f"unrecognized arguments: {text}", word
                return out
        else:
            out.positional.append(word)
    return out


def _full(name: str, known: Iterable[str]) -> str:
    """The one long option that an abbreviation means."""
    names = list(known)
    if name in names or not name.startswith("--"):
        return name
    possible = [long for long in names if long.startswith(name)]
    return possible[0] if len(possible) == 1 else name
