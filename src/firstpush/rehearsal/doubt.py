"""When a failure here says nothing of the platform: what the command missed exists only there.

In: what a failed command or app printed. Out: one sentence with what to do, or None. A service variable that is set in
the dashboard, the network at run time, a database: a rehearsal has none of them unless it is told.
"""

from __future__ import annotations

import re

_VARIABLES = (
    re.compile(r"KeyError: '([A-Z][A-Z0-9_]{2,})'"),
    re.compile(r"UndefinedValueError: ([A-Z][A-Z0-9_]+) not found"),
    re.compile(r"ImproperlyConfigured: (?:Set the|The) ([A-Z][A-Z0-9_]+) (?:environment variable|setting)"),
    re.compile(r'EnvError: Environment variable "([A-Z][A-Z0-9_]+)" not set'),
    re.compile(
        r"(?i)(?:missing|required|set the|no) (?:required )?(?:environment|env) (?:variable|var)s?:? "
        r"[`'\"]?([A-Z][A-Z0-9_]{2,})"
    ),
    re.compile(r"(?i)environment variable [`'\"]?([A-Z][A-Z0-9_]{2,})[`'\"]? (?:is )?(?:not set|required|missing)"),
)
_ENVIRON = re.compile(r'environ|(?:<frozen os>|/os\.py)", line \d+, in __getitem__')
_SETTINGS = re.compile(
    r"pydantic_core\._pydantic_core\.ValidationError: \d+ validation errors? for (\w*(?:Settings|Config)\w*)"
)
_FIELD = re.compile(r"^(\w+)\n\s+Field required", re.M)
_DATABASE = re.compile(
    r"could not translate host name|connection to server at .* failed|Can't connect to MySQL server|"
    r"ServerSelectionTimeoutError|redis\.exceptions\.ConnectionError|"
    r"(?:asyncpg|psycopg\d?|sqlalchemy)\S*(?:Operational|Connection)\w*Error"
)
_NETWORK = re.compile(
    r"Temporary failure in name resolution|Name or service not known|Network is unreachable|"
    r"Failed to establish a new connection|ConnectError|Could not resolve host|getaddrinfo failed"
)


def doubt(output: str, *, known: frozenset[str] = frozenset(), at_start: bool = False) -> str | None:
    """`known`: names of the variables that were given; `at_start`: the network is cut then."""
    tail = output[-20_000:]
    for pattern in _VARIABLES:
        match = pattern.search(tail)
        if match and match[1] not in known and (pattern is not _VARIABLES[0] or _ENVIRON.search(tail)):
            return f"it needs the variable {match[1]}, which may be set on the platform (--env {match[1]}=…)"
    settings = _SETTINGS.search(tail)
    if settings:
        names = [name.upper() for name in _FIELD.findall(tail) if name.upper() not in known]
        if names:
            return f"{settings[1]} needs {', '.join(names[:5])}, which may be set on the platform (--env {names[0]}=…)"
    if _DATABASE.search(tail):
        return "it needs a database or another service, which a rehearsal has only on request (--with postgres, --env)"
    if at_start and _NETWORK.search(tail):
        return "it asks the network when it starts, which a rehearsal does not give"
    return None
