"""What the models of programs share: options, paths, and failures that point at a word."""

from __future__ import annotations

from collections.abc import Sequence
from posixpath import basename, join, normpath

from firstpush.model.cause import Cause
from firstpush.model.diagnostic import Label
from firstpush.model.outcome import Failure
from firstpush.simulate.invocation import (
    Invocation,
    Result,
    Word,
)


def fails(
    invocation: Invocation, cause: Cause, why: str, word: Word | None = None, code: int = 1, quiet: bool = False
) -> Result:
    """A failing result placed at a word, or at the name."""
    span = (word or invocation.argv[0]).span
    return Result(code, Failure(cause, why, Label(span, why) if span is not None else None), quiet=quiet)


def options(invocation: Invocation, values: str = "", long_values: Sequence[str] = ()) -> tuple[set[str], list[Word]]:
    """Letters and long names of the options, and the other words. `values`: letters that take a value."""
    found: set[str] = set()
    others: list[Word] = []
    words = list(invocation.argv[1:])
    while words:
        word = words.pop(0)
        text = word.text
        if text is None or text == "-" or not text.startswith("-"):
            others.append(word)
        elif text == "--":
            return found, others + words
        elif text.startswith("--"):
            name = text[2:].partition("=")[0]
            found.add(name)
            if name in long_values and "=" not in text and words:
                words.pop(0)
        else:
            for number, letter in enumerate(text[1:], 1):
                found.add(letter)
                if letter in values:
                    if number == len(text) - 1 and words:
                        words.pop(0)
                    break
    return found, others


def path_of(invocation: Invocation, word: Word) -> str:
    return normpath(join(invocation.cwd, word.text or ""))


def blocked_by(invocation: Invocation, path: str, word: Word, doing: str) -> Result | None:
    """A failure when this user may not change the folder that holds `path`."""
    problem = invocation.state.files.writable(path, invocation.user)
    if problem is None:
        return None
    cause = Cause.READ_ONLY_FILESYSTEM if problem == "read-only" else Cause.PERMISSION_DENIED
    said = "Read-only file system" if problem == "read-only" else "Permission denied"
    return fails(
        invocation, cause, f"{basename(invocation.argv[0].text or '')}: cannot {doing} '{word.text}': {said}", word
    )


def unknown_among(words: Sequence[Word]) -> Result | None:
    for word in words:
        if word.text is None:
            return Result(None, unknown=word.why or "an argument is not known", stdout=None)
    return None
