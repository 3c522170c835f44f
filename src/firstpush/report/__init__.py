"""Reports as text: pure renderers, a file a format. In: a `Report`, the sources, options; out: a string.

`FORMATS` maps a format to its module, which is imported when it is used. Every module has
`render(report, source, options) -> str`; adding a format touches its module and one line here.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING

from firstpush.model.value import dataclass, field
from firstpush.report.style import Style

if TYPE_CHECKING:
    from firstpush.model.report import Report
    from firstpush.report.places import Sources

FORMATS: dict[str, str] = {
    "text": "firstpush.report.text",
    "concise": "firstpush.report.concise",
    "json": "firstpush.report.json",
    "sarif": "firstpush.report.sarif",
    "github": "firstpush.report.github",
    "markdown": "firstpush.report.markdown",
}


@dataclass(frozen=True, slots=True)
class Options:
    """What the user asked of the output. `show_output`: quote the platform's words in full; `version`: of firstpush;
    `summaries`: code → what the rule is about, for formats that list rules."""

    style: Style = field(default_factory=Style)
    show_output: bool = False
    version: str = ""
    summaries: Mapping[str, str] = field(default_factory=dict)


def render(format: str, report: Report, source: Sources, options: Options) -> str:
    """The report in one of `FORMATS`. Raises KeyError for another."""
    text: str = import_module(FORMATS[format]).render(report, source, options)
    return text
