"""What uv makes of its argument vector and environment. In: words, version, environment; out: `UvArguments` or
`UvUsage`. Follows clap: options anywhere after the command that knows them, no abbreviations, `--name=value`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from firstpush.model.value import dataclass, field
from firstpush.simulate.installers.options import Option, OptionTable, commands, option_table
from firstpush.simulate.installers.versions import at_least
from firstpush.simulate.invocation import Word

_GROUPS = ("pip", "tool", "python", "cache", "self", "auth", "workspace")
_OPEN_ENDED = ("run", "tool.run")  # the first word that is no option begins another command line
_OTHER = frozenset(
    {
        *("init", "tree", "build", "publish", "version", "help", "generate-shell-completion", "format", "check"),
        *("audit", "self", "cache", "auth", "workspace", "python", "tool", "pip", "virtualenv", "v", "clean"),
    }
)
_OTHER_BELOW = {
    "pip": ("tree", "debug"),
    "tool": ("list", "uninstall", "upgrade", "dir", "update-shell", "ensurepath"),
    "python": ("list", "find", "pin", "dir", "uninstall", "upgrade", "update-shell"),
    "workspace": ("list", "dir", "metadata"),
}


@dataclass(frozen=True, slots=True)
class UvUsage:
    """uv refuses its arguments (exit 2)."""

    message: str
    word: Word | None = None
    unknown_option: str | None = None


@dataclass(slots=True)
class UvArguments:
    """`command`: dotted (`pip.install`), None for help and the like; `texts`/`flags`/`lists` by long option name
    without dashes; `modelled`: whether its options were read; `rest`: of `uv run`."""

    command: str | None = None
    modelled: bool = True
    flags: dict[str, bool] = field(default_factory=dict)
    texts: dict[str, str | None] = field(default_factory=dict)
    lists: dict[str, list[str | None]] = field(default_factory=dict)
    words: dict[str, Word] = field(default_factory=dict)
    positional: list[Word] = field(default_factory=list)
    rest: list[Word] = field(default_factory=list)
    loose_unknown: list[Word] = field(default_factory=list)
    origins: dict[str, str] = field(default_factory=dict)
    help: bool = False
    version: bool = False

    def flag(self, name: str) -> bool:
        """Whether it is on; `--no-NAME` given later turns it off."""
        return self.flags.get(name, False)

    def text(self, name: str) -> str | None:
        return self.texts.get(name) or None


def boolish(value: str, version: str) -> bool | None:
    """A boolean variable's value as this uv reads it; None: refused."""
    if not at_least(version, "0.1.45"):
        return {"true": True, "false": False}.get(value)
    word = value.lower()
    if word in ("y", "yes", "t", "true", "on", "1"):
        return True
    return False if word in ("n", "no", "f", "false", "off", "0") else None


def read(
    words: Sequence[Word], version: str, env: Mapping[str, str | None], start: str = "uv"
) -> UvArguments | UvUsage:
    """`start`: the command that is already named (`tool.run` for uvx)."""
    out = UvArguments(command=None if start == "uv" else start)
    rest = list(words)
    table = option_table("uv", version, start)
    while rest:
        word = rest.pop(0)
        text = word.text
        if text is None:
            out.loose_unknown.append(word)
        elif text == "--" and out.command:
            (out.rest if out.command in _OPEN_ENDED else out.positional).extend(rest)
            break
        elif text.startswith("-") and len(text) > 1:
            if text in ("-h", "--help"):
                out.help = True
                return out
            if text in ("-V", "--version") and out.command is None:
                out.version = True
                return out
            if problem := _option(table, word, rest, out):
                return problem
            continue
        elif out.command is None or out.command in _GROUPS:
            if problem := _command(text, word, version, out):
                return problem
            if not out.modelled:
                out.rest = rest
                return out
            if out.command is not None and out.command not in _GROUPS:
                table = option_table("uv", version, out.command)
            continue
        if out.command in _OPEN_ENDED:
            out.rest = [word, *rest]
            break
        out.positional.append(word)
    return _from_environment(table, version, env, out) or out


def _command(text: str, word: Word, version: str, out: UvArguments) -> UvUsage | None:
    name = f"{out.command}.{text}" if out.command else text
    known = commands("uv", version)
    group = any(item.startswith(name + ".") for item in known) or name in _OTHER
    if name in known or (name in _GROUPS and group):
        out.command = name
    elif name in _OTHER or text in _OTHER_BELOW.get(out.command or "", ()) or out.command in ("cache", "self", "auth"):
        out.command, out.modelled = name, False
    else:
        return UvUsage(f"error: unrecognized subcommand '{text}'", word)
    return None


def _option(table: OptionTable, word: Word, rest: list[Word], out: UvArguments) -> UvUsage | None:
    assert word.text is not None
    name, equals, explicit = word.text.partition("=")
    if not name.startswith("--"):
        return _letters(table, word, rest, out)
    option = table.by_name.get(name)
    if option is None:
        return UvUsage(f"error: unexpected argument '{name}' found", word, name)
    if option.kind != "value":
        if equals:
            return UvUsage(
                f"error: unexpected value '{explicit}' for '{name}' found; no more were expected", word, name
            )
        return _set(option, name, None, word, out)
    if equals:
        return _set(option, name, explicit, word, out)
    if not rest:
        return UvUsage(f"error: a value is required for '{name}' but none was supplied", word)
    value = rest.pop(0)
    if value.text is not None and value.text.startswith("-") and len(value.text) > 1:
        return UvUsage(f"error: a value is required for '{name}' but none was supplied", word)
    return _set(option, name, value.text, value, out)


def _letters(table: OptionTable, word: Word, rest: list[Word], out: UvArguments) -> UvUsage | None:
    text = word.text or ""
    for index, letter in enumerate(text[1:], 1):
        option = table.by_name.get(f"-{letter}")
        if option is None:
            return UvUsage(f"error: unexpected argument '-{letter}' found", word, f"-{letter}")
        if option.kind != "value":
            if problem := _set(option, option.names[0], None, word, out):
                return problem
            continue
        attached = text[index + 1 :].removeprefix("=")
        if attached:
            return _set(option, option.names[0], attached, word, out)
        if not rest:
            return UvUsage(f"error: a value is required for '-{letter}' but none was supplied", word)
        value = rest.pop(0)
        return _set(option, option.names[0], value.text, value, out)
    return None


_SAME = {
    "requirement": "requirements",
    "constraint": "constraints",
    "override": "overrides",
    "no-cache-dir": "no-cache",
}


# Options with one value; the others with values collect them. -v and -q (from 0.7 on) count.
_ONCE = frozenset(
    {
        *("python", "target", "prefix", "python-version", "python-platform", "index-url", "default-index", "cache-dir"),
        *("config-file", "directory", "project", "resolution", "link-mode", "color", "exclude-newer"),
    }
)


def _set(option: Option, name: str, value: str | None, word: Word, out: UvArguments) -> UvUsage | None:
    key = name.removeprefix("--")
    key = _SAME.get(key, key)
    again = key in out.words and key not in ("quiet", "verbose")
    if again and (option.kind != "value" or key in _ONCE):
        return UvUsage(f"error: the argument '{name}' cannot be used multiple times", word)
    out.words[key] = word
    out.origins[key] = "the option on the command line"
    if option.kind == "value":
        out.texts[key] = value
        out.lists.setdefault(key, []).append(value)
        return None
    if key.startswith("no-") and key.removeprefix("no-") in ("system", "break-system-packages", "active", "dry-run"):
        out.flags[key.removeprefix("no-")] = False
    else:
        out.flags[key] = True
    return None


def _from_environment(
    table: OptionTable, version: str, env: Mapping[str, str | None], out: UvArguments
) -> UvUsage | None:
    """Variables stand in for options that were not given."""
    for option in table.options:
        if not option.dest or option.dest not in env:
            continue
        key = option.names[0].removeprefix("--")
        key = _SAME.get(key, key)
        if f"no-{key}" in out.words and option.kind != "value":
            return UvUsage(f"error: the argument '--no-{key}' cannot be used with '--{key}'", out.words[f"no-{key}"])
        if key in out.origins:
            continue
        value = env[option.dest]
        if value is None:
            out.loose_unknown.append(Word(None, why=f"{option.dest} is not known"))
            continue
        if option.kind == "value":
            if value:
                out.texts[key] = value
                out.lists.setdefault(key, []).extend(value.split())
                out.origins[key] = option.dest
            continue
        answer = boolish(value, version)
        if answer is None:
            return UvUsage(f"error: invalid value '{value}' for '--{key}': value was not a boolean")
        if answer:  # "no" is as if it were not set: a file may still say yes
            out.flags[key] = True
            out.origins[key] = option.dest
    return None
