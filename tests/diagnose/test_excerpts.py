"""Logs in the forms that platforms give them, and what they must be taken for."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from firstpush.diagnose import Diagnosis, decode, diagnose
from firstpush.diagnose.log import Log, clean
from firstpush.diagnose.signatures import signatures
from firstpush.model.cause import Cause

EXCERPTS: list[dict[str, Any]] = tomllib.loads((Path(__file__).parent / "excerpts.toml").read_text(encoding="utf-8"))[
    "excerpt"
]


@pytest.mark.parametrize("excerpt", EXCERPTS, ids=lambda excerpt: excerpt["name"])
def test_an_excerpt(excerpt: dict[str, Any]) -> None:
    found = diagnose(excerpt["text"])
    causes = [cause.cause.value for cause in found.causes]
    if not excerpt["cause"]:
        assert causes == []
        return
    assert causes[:1] == [excerpt["cause"]]
    best = found.causes[0]
    assert causes[1 : 1 + len(excerpt.get("also", []))] == excerpt.get("also", [])
    for key in ("platform", "builder", "phase", "command"):
        if key in excerpt:
            assert getattr(best, key) == excerpt[key]
    assert set(best.lines) >= set(excerpt.get("lines", []))
    assert excerpt.get("says", "") in best.message
    assert "{" not in best.message
    assert best.line == Log(excerpt["text"]).line(best.lines[0]).strip() or best.line in best.texts


def test_every_signature_is_sound() -> None:
    import re

    rows = signatures()
    assert len({row.id for row in rows}) == len(rows)
    for row in rows:
        compiled = re.compile(row.pattern)
        groups = set(re.findall(r"{(\w+)}", row.message)) - {"manager"}
        assert groups <= {*compiled.groupindex, "what", "module"}, row.id
        assert row.certainty in ("certain", "likely", "possible")
        for expression in (row.near, row.unless):
            assert expression is None or re.compile(expression)


@pytest.mark.parametrize(
    "line",
    [
        "2026-04-17T10:11:12.123Z pip: not found",
        "2026-04-17 10:11:12 UTC pip: not found",
        "2026-Apr-17 10:11:12.123456 pip: not found",
        "[10:11:12.123] pip: not found",
        "10:11:12 AM: pip: not found",
        "Apr 17 10:11:12 AM  pip: not found",
        "10:11:12.123 | pip: not found",
        "#12 0.345 pip: not found",
        "2026-04-17T10:11:12.123Z #12 0.345 pip: not found",
        "2026-04-17T10:11:12.123456+00:00 app[web.1]: pip: not found",
        "remote:        pip: not found",
        "web-1  | pip: not found",
        "\x1b[31mpip\x1b[0m: not found",
        "10%\r50%\rpip: not found\r",
        '{"message": "pip: not found", "level": "error"}',
        "[err]  pip: not found",
    ],
)
def test_prefixes_are_taken_off(line: str) -> None:
    assert clean(line).strip() == "pip: not found"


def test_what_is_no_prefix_stays() -> None:
    assert clean("    `/nix/store` filesystem.") == "    `/nix/store` filesystem."
    assert clean("1.2.3 is not a version") in ("1.2.3 is not a version",)


def test_encodings() -> None:
    text = "error: externally-managed-environment\n"
    for data in (text.encode(), text.encode("utf-16"), b"\xef\xbb\xbf" + text.encode(), b"\xff" + text.encode()):
        assert [cause.cause for cause in diagnose(decode(data)).causes] == [Cause.PEP668_REFUSED]


@pytest.mark.parametrize("data", [b"", b"\0" * 100, b"\xff\xfe", bytes(range(256)) * 4, b"\n" * 1000, b"{}" * 10])
def test_any_bytes(data: bytes) -> None:
    assert isinstance(diagnose(decode(data)), Diagnosis)


def test_a_long_log_is_read_fast() -> None:
    import time

    boring = "".join(
        f"#12 3.4 Collecting package-{number} (from -r requirements.txt (line 3))\n" for number in range(30000)
    )
    before = time.process_time()
    found = diagnose(boring + "#12 9.9 error: externally-managed-environment\n")
    assert time.process_time() - before < 2.0
    assert found.causes[0].lines == (30001,)


def test_a_line_of_a_megabyte() -> None:
    assert diagnose("x" * 1_000_000 + " error: externally-managed-environment").causes == ()
