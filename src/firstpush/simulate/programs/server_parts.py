"""What the models of servers share: their options, the port, the app that must be importable."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from firstpush.model.cause import Cause
from firstpush.model.diagnostic import Label
from firstpush.model.outcome import Failure
from firstpush.model.value import dataclass
from firstpush.simulate.imports import ImportCheck, importable
from firstpush.simulate.invocation import Invocation, Result, Serving, Word
from firstpush.simulate.programs.app_object import has_attribute
from firstpush.simulate.programs.arguments import fails

if TYPE_CHECKING:
    from firstpush.simulate.state import PythonView


Model = Callable[[Invocation, "PythonView"], Result]


@dataclass(slots=True)
class Options:
    """Options with values (the last one wins), flags, and the other words."""

    values: dict[str, Word]
    flags: set[str]
    others: list[Word]


def read_options(words: list[Word], with_value: frozenset[str]) -> Options:
    """Split arguments. `with_value`: option names (with their dashes) that take the next word."""
    options = Options({}, set(), [])
    pending = list(words)
    while pending:
        word = pending.pop(0)
        text = word.text
        if text is None or not text.startswith("-") or text == "-":
            options.others.append(word)
            continue
        name, equals, value = text.partition("=")
        if equals and text.startswith("--"):
            options.values[name] = Word(value, word.span, pieces=None)
        elif text in with_value and pending:
            options.values[text] = pending.pop(0)
        elif not text.startswith("--") and text[:2] in with_value and len(text) > 2:
            options.values[text[:2]] = Word(text[2:], word.span)
        else:
            options.flags.add(text)
    return options


def bad_port(invocation: Invocation, word: Word | None) -> Result | None:
    """A failure when the port is the literal text `$PORT` (nothing expanded it) or no number."""
    if word is None or word.text is None or word.text.isdigit():
        return None
    if "$" in word.text:
        why = f"the port is the text `{word.text}`: no shell expands it here"
        return fails(invocation, Cause.PORT_NOT_EXPANDED, why, word, code=2)
    if word.text == "":
        return fails(invocation, Cause.PORT_NOT_EXPANDED, "the port is empty: the variable is not set", word, code=2)
    return fails(invocation, Cause.USAGE_ERROR, f"`{word.text}` is no port", word, code=2)


def app_failure(invocation: Invocation, python: PythonView, app: Word, folder: str) -> tuple[Failure | None, str]:
    """Why `module:attribute` cannot be served from this folder, or None; and why that is not certain."""
    from firstpush.simulate.programs.python import no_module

    if app.text is None:
        return None, app.why
    module, colon, attribute = app.text.partition(":")
    module = module.strip()
    if not module or "/" in module or module.endswith(".py"):
        why = f"`{app.text}` is no import path like `package.module:app`"
        return Failure(Cause.WRONG_ENTRYPOINT_PATH, why, _label(app, why)), ""
    state = invocation.state
    check = ImportCheck(state, python, (folder, *python.python_path))
    path = check.module(module)
    if path is None:
        truth = importable(state, python, module, check.folders)
        if truth is None:
            return None, f"whether `{module}` can be imported is not known"
        if truth is False:
            return _no_app(invocation, app, module, folder), ""
    if check.missing is not None:
        return no_module(state, app.span, python, check.missing, None, invocation.trace), ""
    if path is not None:
        text = state.files.text(path)
        name = (attribute or "app").split("(")[0].split(".")[0]
        if text is not None and colon and has_attribute(text, name) is False:
            why = f"`{module}` has no attribute `{name}`"
            return Failure(Cause.WRONG_ENTRYPOINT_PATH, why, _label(app, why)), ""
    return None, check.doubt


def _label(word: Word, why: str) -> Label | None:
    return Label(word.span, why) if word.span is not None else None


def _no_app(invocation: Invocation, app: Word, module: str, folder: str) -> Failure:
    """The app's module is not where the command looks; says where it lies instead."""
    state = invocation.state
    tail = module.replace(".", "/") + ".py"
    why = f"there is no module `{module}` in {folder}, from where the app is started"
    places = [path for path in state.files.walk(folder) if path.endswith("/" + tail)] if folder != "/" else []
    places = [path for path in places if "/site-packages/" not in path]
    if places:
        why += f"; {places[0]} exists"
    return Failure(Cause.WRONG_ENTRYPOINT_PATH, why, _label(app, why), invocation.trace)


def serve(
    invocation: Invocation, python: PythonView, program: str, app: Word | None, folder: str, serving: Serving
) -> Result:
    """The common end: the app must be importable; then it serves."""
    if app is None:
        return Result(None, unknown=f"which app {program} serves is not known", serves=serving)
    failure, doubt = app_failure(invocation, python, app, folder)
    if failure is not None:
        return Result(3 if program == "gunicorn" else 1, failure)
    if doubt:
        return Result(None, unknown=doubt, serves=serving)
    return Result(serves=serving)


def split_bind(word: Word | None) -> tuple[Word | None, Word | None]:
    """Host and port of `host:port`."""
    if word is None or word.text is None:
        return (word, word) if word is not None else (None, None)
    if word.text.startswith(("unix:", "fd:")):
        return word, None
    host, colon, port = word.text.rpartition(":")
    if not colon:
        return Word(word.text, word.span), None
    return Word(host, word.span), Word(port, word.span)
