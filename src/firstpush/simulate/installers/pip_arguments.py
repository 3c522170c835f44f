"""What pip makes of its argument vector and settings. In: words, settings, version; out: `Arguments` or `UsageError`.

Order as in pip: the main parser (options before the command), then the command's parser over all the words without the
command's name, each with defaults from the configuration files and the environment.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from firstpush.model.value import dataclass, field
from firstpush.simulate.installers.options import Option, OptionTable, commands, option_table
from firstpush.simulate.installers.optparse_model import Given, Parsed, parse, wrong_value
from firstpush.simulate.installers.pip_config import Setting, Settings, truth
from firstpush.simulate.invocation import Word

LoadSettings = Callable[[bool], Settings]  # whether isolated → settings


@dataclass(frozen=True, slots=True)
class UsageError:
    """pip refuses its arguments: message, exit code (2; 3 for a wrong choice in a file; 1 for an unknown command)."""

    message: str
    exit_code: int = 2
    word: Word | None = None
    unknown_option: str | None = None


@dataclass(slots=True)
class Values:
    """A command's options: attribute → value, the word or setting that gave it, and what is not certain."""

    texts: dict[str, str | None] = field(default_factory=dict)
    flags: dict[str, bool] = field(default_factory=dict)
    lists: dict[str, list[str | None]] = field(default_factory=dict)
    given: dict[str, Given] = field(default_factory=dict)
    settings: dict[str, Setting] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    unknown: set[str] = field(default_factory=set)
    formats: list[tuple[str, str]] = field(default_factory=list)  # --no-binary and --only-binary, in order

    def is_set(self, dest: str) -> bool:
        """`options.X is not None` for an option with a value; an unknown value counts as set."""
        return dest in self.texts

    def flag(self, dest: str) -> bool:
        return self.flags.get(dest, False)

    def origin(self, dest: str) -> str:
        """Where a value comes from, for a rung of the trace."""
        if dest in self.given:
            return "the option on the command line"
        if dest in self.settings:
            setting = self.settings[dest]
            return setting.source if setting.section == ":env:" else f"[{setting.section}] in {setting.source}"
        return "its default"


@dataclass(slots=True)
class Arguments:
    """`command`: None when pip only prints help or its version; `values` and `positional` are the command's."""

    command: str | None
    values: Values
    positional: list[Word]
    loose_unknown: list[Word]
    other_python: bool = False
    python: str | None = None
    help: bool = False
    version: bool = False


def read(
    words: Sequence[Word], version: str, load: LoadSettings, *, started_again: bool = False
) -> Arguments | UsageError:
    """`load(isolated)`: the settings; `started_again`: by `--python`, which is then spent."""
    settings = load(False)
    table = option_table("pip", version, "pip")
    values = Values()
    if settings.error:
        return UsageError(settings.error)
    parsed = parse(table, words, interspersed=False)
    if error := _take(values, table, settings.for_command("global"), parsed):
        return error
    if parsed.help:
        return Arguments(None, values, [], parsed.loose_unknown, help=True)
    arguments = Arguments(None, values, [], list(parsed.loose_unknown))
    if values.texts.get("python", "") != "" and not started_again:
        arguments.other_python = True
        arguments.python = values.texts["python"]
        return arguments
    if values.flag("version"):
        arguments.version = True
        return arguments
    rest = parsed.positional + parsed.rest
    name = rest[0].text if rest else None
    if not rest or (name == "help" and len(rest) == 1):
        arguments.help = True
        return arguments
    if name is None:
        arguments.loose_unknown.append(rest[0])
        return arguments
    known = commands("pip", version)
    if name not in known:
        from difflib import get_close_matches

        guess = get_close_matches(name.lower(), sorted(known), n=1)
        message = f'unknown command "{name}"' + (f' - maybe you meant "{guess[0]}"' if guess else "")
        return UsageError(message, 1, rest[0])
    return _command(name, words, version, load, arguments)


def _command(
    name: str, words: Sequence[Word], version: str, load: LoadSettings, main: Arguments
) -> Arguments | UsageError:
    own = list(words)
    own.remove(next(word for word in own if word.text == name))
    settings = load(any(word.text == "--isolated" for word in own))
    table = option_table("pip", version, name)
    values = Values()
    if settings.error:
        return UsageError(settings.error)
    parsed = parse(table, own)
    if error := _take(values, table, settings.for_command(name), parsed):
        return error
    return Arguments(name, values, parsed.positional, main.loose_unknown + parsed.loose_unknown, help=parsed.help)


def _take(values: Values, table: OptionTable, settings: list[Setting], parsed: Parsed) -> UsageError | None:
    """Fill `values` from the settings, then from what was parsed up to its error."""
    for setting in settings:
        option = table.by_name.get("--" + setting.key)
        if option is None:
            continue
        if setting.value is None:
            values.unknown.add(option.dest)
            continue
        if option.kind in ("true", "false"):
            answer = truth(setting.value)
            if answer is None:
                return UsageError(
                    f"{setting.value} is not a valid value for {setting.key} option, please specify a boolean value"
                    " like yes/no, true/false or 1/0 instead."
                )
            values.flags[option.dest] = answer
        elif option.kind == "count":
            answer = truth(setting.value)
            if answer is None and not setting.value.isdigit():
                return UsageError(f"{setting.value} is not a valid value for {setting.key} option")
            values.counts[option.dest] = int(answer) if answer is not None else int(setting.value)
        elif option.kind == "append":
            for part in setting.value.split():
                if wrong_value(option, part):
                    return UsageError(f"An error occurred during configuration: {wrong_value(option, part)}", 3)
            values.lists[option.dest] = list(setting.value.split())
        elif option.kind == "call":
            values.flags[option.dest] = True
        else:
            if option.kind != "call-value" and (message := wrong_value(option, setting.value)):
                return UsageError(f"An error occurred during configuration: {message}", 3)
            values.texts[option.dest] = setting.value
            _note_format(values, option, setting.value)
        values.settings[option.dest] = setting
    for given in parsed.given:
        option = given.option
        values.given[option.dest] = given
        values.unknown.discard(option.dest)
        if option.kind in ("true", "false", "call", "store_const"):
            values.flags[option.dest] = option.kind != "false"
        elif option.kind == "count":
            values.counts[option.dest] = values.counts.get(option.dest, 0) + 1
        elif option.kind == "append":
            values.lists.setdefault(option.dest, []).append(given.value)
        else:
            values.texts[option.dest] = given.value
            _note_format(values, option, given.value)
    if parsed.error:
        return UsageError(parsed.error.message, 2, parsed.error.word, parsed.error.unknown_option)
    return None


def _note_format(values: Values, option: Option, value: str | None) -> None:
    if option.dest == "format_control" and value is not None:
        values.formats.append((option.names[0], value))
