"""What is found in the text of a résumé, and what is left alone."""

from __future__ import annotations

import pytest

from resumate.parsing import parse


def test_the_sample(sample: bytes) -> None:
    found = parse(sample.decode())
    assert found.name == "Ada Lovelace"
    assert found.emails == ["ada@example.org", "charles.babbage@example.org"]
    assert found.phones == ["+442079460018", "02079460101"]
    assert found.skills == ["C++", "Docker", "FastAPI", "Go", "PostgreSQL", "Python", "R", "scikit-learn", "SQL"]
    assert list(found.sections) == ["header", "summary", "experience", "education", "skills", "references"]
    assert found.sections["skills"] == "Python, C++, SQL, Docker, scikit-learn, R, Go"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Curriculum Vitae\nJosé Núñez-García\n", "José Núñez-García"),
        ("Resume\nName: Ludwig van Beethoven\n", "Ludwig van Beethoven"),
        ("Anna de la Cruz, Data Engineer\n", "Anna de la Cruz"),
        ("MIRIAM O'BRIEN\n", "Miriam O'Brien"),
        ("Senior Software Engineer\nGrace Hopper\n", "Grace Hopper"),
        ("12 Main Street\nbob@example.org\n", None),
        ("EXPERIENCE\nDid things.\n", None),
    ],
)
def test_names(text: str, name: str | None) -> None:
    assert parse(text).name == name


@pytest.mark.parametrize(
    ("text", "phones"),
    [
        ("Tel: (415) 555-0132", ["4155550132"]),
        ("+49 30 901820, +49 (0) 170 1234567", ["+4930901820", "+4901701234567"]),
        ("2019 - 2021", []),
        ("(2019-2021)", []),
        ("01/02/2019 - 03/04/2020", []),
        ("Order 12345", []),
        ("ISBN 978-3-16-148410-0-12345678", []),
        ("555.010.0199", ["5550100199"]),
    ],
)
def test_phones_are_not_dates(text: str, phones: list[str]) -> None:
    assert parse(text).phones == phones


def test_words_with_another_meaning_count_in_the_skills_section_only() -> None:
    assert parse("EXPERIENCE\nI like to Go far. Vitamin C. R. Smith.\n").skills == []
    assert parse("SKILLS\nGo, R, C\n").skills == ["C", "Go", "R"]


def test_one_skill_is_not_found_inside_another() -> None:
    assert parse("SKILLS\nJavaScript, C++, Node.js\n").skills == ["C++", "JavaScript", "Node.js"]


def test_a_heading_and_its_content_in_one_line() -> None:
    assert parse("Skills: Python, SQL\nLanguages: German\n").sections == {
        "skills": "Python, SQL",
        "languages": "German",
    }


def test_an_address_is_found_once_and_without_its_full_stop() -> None:
    assert parse("Write to Bob@Example.org. Or bob@example.org").emails == ["bob@example.org"]
