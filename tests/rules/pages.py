"""Reads a rule's page as the test that it is.

A page has fenced files (` ```toml title="nixpacks.toml" `) under `## Example` (the broken project) and `## Instead`
(the repaired one: the same project with these files put over it; an empty block deletes the file). What is expected
stands on the guilty line of a file as a comment `# error: [FP101]`, or, for files that take no comments, behind the
block as `<!-- railway.json:3 error: [FP403] -->`. `<!-- options: --builder nixpacks --env A=B -->` gives the page's
options.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

FENCE = re.compile(
    r'^(?P<fence>`{3,})(?P<language>\w*) title="(?P<title>[^"]+)"\n(?P<body>.*?)^(?P=fence)$', re.S | re.M
)
COMMENT = re.compile(r"(?:#|//)\s*(?P<all>(?:error|warning|info): \[FP\d+\].*)$")
EXPECTATION = re.compile(r"(?P<severity>error|warning|info): \[(?P<code>FP\d+)\]")
OUTSIDE = re.compile(r"<!-- (?P<path>\S+):(?P<line>\d+) (?P<severity>error|warning|info): \[(?P<code>FP\d+)\] -->")
OPTIONS = re.compile(r"<!-- options: (?P<options>.*?) -->")

Expected = tuple[str, int, str, str]  # path, line, severity, code


@dataclass(frozen=True)
class Page:
    """A rule's page. `broken` and `repaired`: path → content."""

    path: Path
    code: str
    name: str
    broken: dict[str, str]
    repaired: dict[str, str]
    expected: frozenset[Expected]
    options: tuple[str, ...] = ()
    headings: tuple[str, ...] = field(default=())


def read_page(path: Path) -> Page:
    text = path.read_text(encoding="utf-8")
    title = re.match(r"# (FP\d+) ([a-z0-9-]+)\n", text)
    assert title is not None, f"{path.name} must begin with '# CODE name'"
    sections = dict(re.findall(r"^## (.+?)\n(.*?)(?=^## |\Z)", text, re.S | re.M))
    broken, expected = _files(sections.get("Example", ""))
    changes, _ = _files(sections.get("Instead", ""))
    repaired = {name: body for name, body in {**broken, **changes}.items() if body.strip() or name not in changes}
    options = OPTIONS.search(text)
    return Page(
        path,
        title[1],
        title[2],
        broken,
        repaired,
        frozenset(expected),
        tuple(options["options"].split()) if options else (),
        tuple(re.findall(r"^## (.+)$", text, re.M)),
    )


def _files(section: str) -> tuple[dict[str, str], set[Expected]]:
    files: dict[str, str] = {}
    expected: set[Expected] = set()
    for block in FENCE.finditer(section):
        lines = []
        for number, line in enumerate(block["body"].splitlines(), 1):
            comment = COMMENT.search(line)
            if comment:
                for found in EXPECTATION.finditer(comment["all"]):
                    expected.add((block["title"], number, found["severity"], found["code"]))
            lines.append(line[: comment.start()].rstrip() if comment else line)
        files[block["title"]] = "".join(line + "\n" for line in lines)
    for found in OUTSIDE.finditer(section):
        expected.add((found["path"], int(found["line"]), found["severity"], found["code"]))
    return files, expected
