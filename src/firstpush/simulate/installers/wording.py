"""The exact words of the refusals. In: the marker's bytes, the program's version, the environment; out: the text that
the user sees on standard error, byte for byte.

Follows pip/_internal/exceptions (`ExternallyManagedEnvironment`, `DiagnosticPipError`) and the messages of uv's
`pip install`; tests hold both against the real programs.
"""

from __future__ import annotations

import configparser
import re
from collections.abc import Mapping

from firstpush.facts import table
from firstpush.model.value import dataclass
from firstpush.simulate.installers.versions import at_least, between

Environment = Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class MarkerText:
    """What pip makes of a marker: `error` None: its general words; `unreadable`: it warns first; `crash`: a traceback
    (exit 2) instead of the refusal."""

    error: str | None
    unreadable: bool = False
    crash: str | None = None


def locale_language(env: Environment, installed: frozenset[str] = frozenset()) -> str | None:
    """`locale.getlocale(LC_MESSAGES)` after `setlocale(LC_ALL, "")`. `installed`: locales that the machine has besides
    C, POSIX and C.UTF-8; with another one setlocale fails and the language is none."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := env.get(name):
            language = value.split(".")[0].split("@")[0]
            if language in ("C", "POSIX") or not ({value, language} & installed):
                return None
            return language
    return None


def pip_marker(content: bytes | None, language: str | None = None) -> MarkerText:
    """Read a marker as pip does. `content` None: it cannot be opened (pip then shows its general words)."""
    if content is None:
        return MarkerText(None)
    parser = configparser.ConfigParser(interpolation=None)
    try:
        parser.read_string(content.decode("utf-8"))
        section = parser["externally-managed"]
    except KeyError:
        return MarkerText(None)
    except (UnicodeDecodeError, configparser.ParsingError):
        return MarkerText(None, unreadable=True)
    except configparser.Error as error:
        return MarkerText(None, crash=type(error).__name__)
    keys = []
    if language:
        keys.append(f"Error-{language}")
        keys += [f"Error-{language.partition(mark)[0]}" for mark in ("-", "_") if mark in language]
    for key in (*keys, "Error"):
        if key in section:
            return MarkerText(section[key])
    return MarkerText(None)


def stderr_encoding(env: Environment) -> str:
    """The encoding of CPython's standard error on Linux (3.7 and newer) in this environment."""
    if given := (env.get("PYTHONIOENCODING") or "").split(":")[0]:
        return given
    if env.get("PYTHONUTF8") == "1":
        return "utf-8"
    value = next((env[name] for name in ("LC_ALL", "LC_CTYPE", "LANG") if env.get(name)), "C") or "C"
    if value in ("C", "POSIX"):
        coerced = env.get("PYTHONCOERCECLOCALE") != "0" and not env.get("LC_ALL")
        utf8_mode = env.get("PYTHONUTF8") != "0"
        return "utf-8" if coerced or utf8_mode else "ascii"
    charset = value.partition(".")[2].partition("@")[0]
    return charset or "utf-8"


def _words(name: str, version: str) -> str:
    for row in table("installers_words")["words"]:
        if row["id"] == name and between(version, row.get("since", ""), row.get("until", "")):
            return str(row["text"])
    raise KeyError(f"{name} {version}")


def _plain(text: str) -> str:
    """What rich prints of a text: no control codes. Tabs are expanded in the finished line, its indent included."""
    return re.sub("[\x07\x08\x0b\x0c\r]", "", text)


def pip_refusal(
    marker: MarkerText, version: str, prefix: str, *, encoding: str = "utf-8", path: str = "", verbosity: int = 0
) -> str:
    """pip's refusal on standard error without colours. `prefix`: `sys.prefix`; `path`: of the marker; `verbosity`: -v
    minus -q; at -3 pip says nothing."""
    if verbosity <= -3:
        return ""
    error = marker.error if marker.error is not None else _words("pip-default-context", version).format(prefix=prefix)
    context = _plain(error).split("\n")
    lines = []
    if marker.unreadable and verbosity > -2:
        lines.append(f"WARNING: Failed to read {path}")
    lines += ["error: externally-managed-environment", ""]
    if encoding.lower().startswith("utf"):
        lines.append(f"× {_words('pip-message', version)}")
        lines.append(f"╰─> {context[0]}")
        lines += [f"    {line}" for line in context[1:]]
    else:
        lines += [_words("pip-message", version), "", *context]
    lines += ["", f"note: {_words('pip-note', version)}", f"hint: {_words('pip-hint', version)}"]
    text = "\n".join(line.expandtabs(8) for line in lines) + "\n"
    return text.encode(encoding, "backslashreplace").decode(encoding)


def uv_error(content: bytes | None, version: str) -> str | None:
    """The text that uv takes from a marker: `Error` of the section; None when uv finds none and says only that the
    interpreter is managed. Before 0.13 a `;` or `#` anywhere ends a line; from then on a key that stands twice makes
    the file invalid. Before 0.2 blank lines are dropped."""
    if content is None:
        return None
    strict = at_least(version, "0.13")
    values: dict[str, list[str]] = {}
    section, key, blanks = None, None, 0
    for line in content.decode("utf-8", "replace").splitlines():
        cut = line if strict and not line.lstrip().startswith((";", "#")) else re.split("[;#]", line)[0]
        if not cut.strip():
            blanks += not line.strip()
        elif cut.strip().startswith("[") and cut.strip().endswith("]"):
            section, key, blanks = cut.strip()[1:-1].strip(), None, 0
        elif line[0].isspace() and key is not None:
            values[key] += [""] * (blanks if at_least(version, "0.2") else 0) + [cut.strip()]
            blanks = 0
        else:
            name, delimiter, value = re.match(r"([^=:]*)([=:]?)(.*)", cut, re.DOTALL).groups()  # type: ignore[union-attr]
            key, blanks = f"{section}.{name.strip()}", 0
            if not delimiter or (strict and key in values):
                return None
            values[key] = [value.strip()]
    found = values.get("externally-managed.Error")
    return "\n".join(found) if found is not None else None


def uv_refusal(error: str | None, version: str, prefix: str, python_version: str, *, system: bool) -> str:
    """uv's refusal on standard error. `error`: from `uv_error`; `prefix`: of the interpreter; `system`: whether
    --system (its variable, its setting) chose it."""
    lines: list[str] = []
    if using := _optional("uv-using", version):
        lines.append(using.format(version=python_version, prefix=prefix))
    quoted = f"`{prefix}`" if at_least(version, "0.12") else prefix
    if error is None:
        lines.append(_words("uv-refused-bare", version).format(prefix=quoted))
        if not at_least(version, "0.9"):
            return "\n".join(lines) + "\n"
    else:
        lines += [_words("uv-refused", version).format(prefix=quoted), ""]
        lines += [f"  {line}" if line else "" for line in error.split("\n")]
    hint = (_optional("uv-hint-system", version) if system else None) or _words("uv-hint", version)
    return "\n".join([*lines, "", hint]) + "\n"


def _optional(name: str, version: str) -> str | None:
    try:
        return _words(name, version)
    except KeyError:
        return None
