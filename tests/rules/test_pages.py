"""Every rule's page is run: the broken example gives exactly what the page says, the repaired one is clean."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest

from firstpush.api import check
from firstpush.cli.options import add_project, single_settings
from firstpush.errors import NothingToCheck
from firstpush.model.diagnostic import Diagnostic
from firstpush.model.report import Report
from firstpush.platforms import Settings
from firstpush.rules.registry import TRIGGERS, all_rules, rule_module
from tests.rules.pages import Page, read_page

PAGES = Path(__file__).parents[2] / "docs" / "rules"
HEADINGS = ("What it means", "Example", "Instead", "Sources")
pages = [read_page(path) for path in sorted(PAGES.glob("FP*.md"))]


def write(files: dict[str, str], folder: Path) -> Path:
    for name, body in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(body, encoding="utf-8")
    return folder


def settings_of(page: Page, folder: Path) -> Settings:
    parser = argparse.ArgumentParser()
    add_project(parser)
    return single_settings(parser.parse_args([*page.options, "--no-config", str(folder)]))


def run(files: dict[str, str], folder: Path, page: Page) -> tuple[Report, set[tuple[str, int, str, str]]]:
    write(files, folder)
    try:
        report, tree = check(folder, settings_of(page, folder))
    except NothingToCheck:
        return Report(), set()

    def place(diagnostic: Diagnostic) -> tuple[str, int, str, str]:
        span = diagnostic.primary.span
        source = tree.source(span.path)
        line = source.position(span.start).line if source is not None else 1
        return (span.path, line, diagnostic.severity.value, diagnostic.code)

    return report, {place(diagnostic) for diagnostic in report.diagnostics}


@pytest.mark.parametrize("page", pages, ids=lambda page: page.code)
def test_the_example_gives_what_the_page_says(page: Page, tmp_path: Path) -> None:
    assert any(code == page.code for _, _, _, code in page.expected), "the page must expect its own code"
    report, found = run(page.broken, tmp_path, page)
    told = {code for _, _, _, code in page.expected}
    relevant = {entry for entry in found if entry[2] == "error" or entry[3] in told}
    assert relevant == set(page.expected), [(diagnostic.code, diagnostic.message) for diagnostic in report.diagnostics]


@pytest.mark.parametrize("page", pages, ids=lambda page: page.code)
def test_the_repaired_example_is_clean(page: Page, tmp_path: Path) -> None:
    assert page.repaired != page.broken
    report, found = run(page.repaired, tmp_path, page)
    assert not [entry for entry in found if entry[2] == "error" or entry[3] == page.code], [
        (diagnostic.code, diagnostic.message) for diagnostic in report.diagnostics
    ]


@pytest.mark.parametrize("page", pages, ids=lambda page: page.code)
def test_the_page_has_its_headings(page: Page) -> None:
    assert page.headings == HEADINGS


def test_every_rule_has_a_page_and_every_page_a_rule() -> None:
    rules = {(rule.code, rule.name) for rule in all_rules()}
    assert rules == {(page.code, page.name) for page in pages}
    assert all(page.path.name == f"{page.code}-{page.name}.md" for page in pages)


def test_codes_and_names_are_unique() -> None:
    rules = all_rules()
    assert len({rule.code for rule in rules}) == len(rules)
    assert len({rule.name for rule in rules}) == len(rules)


def test_the_trigger_table_says_what_the_rules_say() -> None:
    told: dict[str, set[str]] = {}
    for trigger, module in TRIGGERS.items():
        told.setdefault(module, set()).add(trigger)
    assert told == {module: set(rule_module(module).RULE.triggers) for module in told}


def test_rules_say_what_to_do() -> None:
    assert [rule.code for rule in all_rules() if not rule.help] == ["FP100"]
