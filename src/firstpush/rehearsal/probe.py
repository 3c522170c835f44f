"""Requests to the started app, and what is wrong with the answers.

In: a function that gives a connected socket, a `ProbeSpec`. Out: `ProbeResult`. Redirects are not followed: a
platform's health check takes them as a failure.
"""

from __future__ import annotations

import http.client
import json
import re
import socket
import time
from collections.abc import Callable
from typing import Any

from firstpush.errors import UsageError
from firstpush.rehearsal.values import ProbeResult, ProbeSpec

_MAX_BODY = 1 << 20
_SHOWN = 2000
_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")
# Answers that waiting does not change; others (503 while a model loads) may.
FINAL = frozenset({200, 201, 202, 204, 301, 302, 303, 307, 308, 400, 401, 403, 404, 405, 410, 415, 422})


def send(
    connect: Callable[[float], socket.socket], spec: ProbeSpec, host: str, mask: Callable[[str], str]
) -> ProbeResult:
    """One request. `connect(timeout)` gives a connected socket or raises OSError."""
    begun = time.monotonic()
    headers = {"Host": host, "Accept": "*/*", "Connection": "close", "User-Agent": "firstpush"}
    body: bytes | None = None
    if spec.json is not None:
        body = json.dumps(spec.json).encode()
        headers["Content-Type"] = "application/json"
    elif spec.body is not None:
        body = spec.body.encode()
    headers |= spec.headers
    status: int | None = None
    text = ""
    problem: str | None
    try:
        connection = http.client.HTTPConnection(host, timeout=spec.timeout)
        connection.sock = connect(spec.timeout)
        with connection.sock:
            connection.request(spec.method, spec.path, body=body, headers=headers)
            answer = connection.getresponse()
            status = answer.status
            text = answer.read(_MAX_BODY).decode("utf-8", "replace")
        problem = judge(spec, status, text)
    except (OSError, http.client.HTTPException) as error:
        problem = f"no answer: {str(error) or type(error).__name__}"
    return ProbeResult(
        spec.method,
        spec.path,
        status,
        time.monotonic() - begun,
        mask(text[:_SHOWN]),
        mask(problem) if problem else None,
    )


def judge(spec: ProbeSpec, status: int, text: str) -> str | None:
    """What is wrong with an answer, or None."""
    if spec.status is not None and status != spec.status:
        return f"status {status}, expected {spec.status}"
    if spec.contains is not None and spec.contains not in text:
        return f"the answer does not contain {spec.contains!r}"
    if spec.expect is not None:
        try:
            real = json.loads(text)
        except ValueError:
            return "the answer is no JSON"
        return difference(spec.expect, real)
    return None


def difference(expected: Any, real: Any, place: str = "$") -> str | None:
    """Where `real` does not contain `expected`: objects need at least these keys, lists and scalars are equal."""
    if isinstance(expected, dict):
        if not isinstance(real, dict):
            return f"{place} is no object"
        for key, value in expected.items():
            if key not in real:
                return f"{place}.{key} is missing"
            found = difference(value, real[key], f"{place}.{key}")
            if found:
                return found
        return None
    if isinstance(expected, list):
        if not isinstance(real, list) or len(real) != len(expected):
            return f"{place} is not a list of {len(expected)}"
        return next(
            (found for at, value in enumerate(expected) if (found := difference(value, real[at], f"{place}[{at}]"))),
            None,
        )
    same_kind = isinstance(expected, bool) == isinstance(real, bool)
    return (
        None
        if same_kind and expected == real
        else f"{place} is {json.dumps(real)[:80]}, expected {json.dumps(expected)[:80]}"
    )


def parse(text: str) -> ProbeSpec:
    """`[METHOD] /path [JSON or text] [=> [STATUS] [JSON subset or text]]`: `POST /predict {"a": 1} => 200 {"b": 2}`."""
    request, arrow, answer = text.partition("=>")
    match = re.fullmatch(r"\s*(?:(" + "|".join(_METHODS) + r")\s+)?(/\S*)(?:\s+(.*?))?\s*", request, re.S | re.I)
    if match is None:
        raise UsageError(
            f"the probe {text!r} cannot be read",
            why="a probe is `[METHOD] /path [JSON or text] [=> [STATUS] [JSON or text]]`",
            next_step="""For example: --probe 'POST /predict {"smiles": "CCO"} => 200 {"model": "xgboost"}'""",
        )
    method, path, payload = match.groups()
    status: int | None = None
    expect: Any = None
    contains: str | None = None
    if arrow:
        wanted = re.fullmatch(r"\s*(\d{3})?\s*(.*?)\s*", answer, re.S)
        assert wanted is not None
        status = int(wanted[1]) if wanted[1] else None
        if wanted[2]:
            expect, contains = _json_or_text(wanted[2])
    value, body = _json_or_text(payload) if payload else (None, None)
    chosen = method.upper() if method else ("POST" if payload else "GET")
    if not arrow:
        status = 200
    return ProbeSpec(chosen, path, json=value, body=body, status=status, expect=expect, contains=contains)


def _json_or_text(text: str) -> tuple[Any, str | None]:
    try:
        return json.loads(text), None
    except ValueError:
        return None, text


def from_table(row: dict[str, Any]) -> ProbeSpec:
    """A row of `[[tool.firstpush.probe]]`. Raises UsageError for a key or type that cannot be taken."""
    allowed = {"name", "method", "path", "headers", "json", "body", "status", "expect", "contains", "timeout"}
    unknown = sorted(set(row) - allowed)
    if unknown:
        raise UsageError(
            f"[[tool.firstpush.probe]] has unknown keys: {', '.join(unknown)}",
            next_step=f"Known: {', '.join(sorted(allowed))}",
        )
    path = row.get("path", "/")
    if not isinstance(path, str) or not path.startswith("/"):
        raise UsageError("[[tool.firstpush.probe]] path must be text that begins with /")
    method = str(row.get("method", "POST" if "json" in row or "body" in row else "GET")).upper()
    return ProbeSpec(
        method=method,
        path=path,
        headers={str(name): str(value) for name, value in row.get("headers", {}).items()},
        json=row.get("json"),
        body=row.get("body"),
        status=int(row.get("status", 200)),
        expect=row.get("expect"),
        contains=row.get("contains"),
        timeout=float(row.get("timeout", 30.0)),
    )
