"""firstpush's own configuration: what it takes, and how it says what it does not take."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from firstpush.config.own import OwnConfig, read_folder
from firstpush.config.own_schema import PROBE, REHEARSE, SCHEMA
from firstpush.errors import ConfigurationError

DOCS = Path(__file__).parents[2] / "docs" / "configuration.md"

FULL = """\
[tool.firstpush]
select = ["FP1", "FP3"]
ignore = ["FP401", { rule = "FP308", path = "worker/**", reason = "no HTTP here", until = 2027-01-31 }]
fail-on = "warning"
platforms = ["railway"]
builder = "nixpacks@1.38"
roots = ["api", "worker"]
environment = "staging"
vercel-framework = "fastapi"
as-of = "2026-11-20"
strategy = "venv"

[tool.firstpush.env]
NIXPACKS_PYTHON_VERSION = "3.12"
DEBUG = 1

[[tool.firstpush.probe]]
name = "predict"
method = "POST"
path = "/predict"
json = { smiles = "CCO" }
status = 200

[tool.firstpush.rehearse]
services = ["postgres"]
start-timeout = 90
"""


def read(folder: Path, text: str, name: str = "pyproject.toml") -> OwnConfig:
    (folder / name).write_text(text, encoding="utf-8")
    return read_folder(folder)


def wrong(folder: Path, text: str) -> str:
    with pytest.raises(ConfigurationError) as caught:
        read(folder, text)
    assert caught.value.exit_code == 2
    return "\n".join(caught.value.lines())


def test_every_key(tmp_path: Path) -> None:
    own = read(tmp_path, FULL)
    assert (own.select, own.ignore, own.fail_on) == (("FP1", "FP3"), ("FP401",), "warning")
    assert [(each.rule, each.path, each.reason, each.until) for each in own.silenced] == [
        ("FP308", "worker/**", "no HTTP here", "2027-01-31")
    ]
    assert (own.platforms, own.builder, own.roots) == (("railway",), "nixpacks@1.38", ("api", "worker"))
    assert own.env == {"NIXPACKS_PYTHON_VERSION": "3.12", "DEBUG": "1"}
    assert own.probes[0]["path"] == "/predict"
    assert own.rehearse == {"services": ["postgres"], "start-timeout": 90}
    assert (own.environment, own.vercel_framework, own.as_of, own.strategy) == (
        "staging",
        "fastapi",
        "2026-11-20",
        "venv",
    )


def test_a_file_of_its_own_needs_no_prefix(tmp_path: Path) -> None:
    assert read(tmp_path, FULL.replace("tool.firstpush.", "").replace("[tool.firstpush]\n", ""), "firstpush.toml") == (
        OwnConfig(**as_dict(read_folder(tmp_path)))
    )
    assert read_folder(tmp_path).path == "firstpush.toml"


def as_dict(own: OwnConfig) -> dict[str, object]:
    return {name: getattr(own, name) for name in OwnConfig.__dataclass_fields__}


def test_ignore_tables(tmp_path: Path) -> None:
    text = '[[tool.firstpush.ignore]]\nrule = "FP101"\nreason = "patched"\n'
    assert read(tmp_path, text).silenced[0].path == "**"


def test_nothing_is_configured(tmp_path: Path) -> None:
    assert read_folder(tmp_path) == OwnConfig()
    assert read(tmp_path, '[project]\nname = "firstpush-user"\n') == OwnConfig()


def test_a_broken_pyproject_is_not_our_error(tmp_path: Path) -> None:
    assert read(tmp_path, "[tool.firstpush\n") == OwnConfig()


def test_an_unknown_key_is_an_error_with_a_place_and_a_suggestion(tmp_path: Path) -> None:
    message = wrong(tmp_path, '[project]\nname = "x"\n\n[tool.firstpush]\nslect = ["FP1"]\n')
    assert "pyproject.toml:5:1: unknown key `slect` in [tool.firstpush]" in message
    assert '5 | slect = ["FP1"]' in message
    assert "^^^^^ did you mean `select`?" in message


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("select = 'FP1'", "pyproject.toml:2:10: `tool.firstpush.select` is a list, not a text"),
        ("select = 'FP1'", 'write ["FP1"]'),
        ("select = ['FP1x!']", "takes codes of rules"),
        ("fail-on = 'eror'", "did you mean `error`?"),
        ("env = { 'A-B' = '1' }", "'A-B' is no name of a variable"),
        ("env = { A = [1] }", "a variable is a text, not a list"),
        ("ignore = [{ rule = 'FP1' }]", "an ignore needs a `reason`"),
        ("ignore = [{ reason = 'x' }]", "an ignore needs a `rule`"),
        ("ignore = [{ rule = 'FP1', reason = 'x', untl = '2026-01-01' }]", "did you mean `until`?"),
        ("ignore = [{ rule = 'FP1', reason = 'x', until = 'soon' }]", "is a date as YYYY-MM-DD"),
        ("probe = [{ pth = '/x' }]", "did you mean `path`?"),
        ("rehearse = { offline = 'yes' }", "is true or false, not a text"),
        ("as-of = 3", "is a date"),
        ("nonsense = 3", "known: select, ignore,"),
    ],
)
def test_wrong_values(tmp_path: Path, line: str, expected: str) -> None:
    assert expected in wrong(tmp_path, f"[tool.firstpush]\n{line}\n")


def test_everything_wrong_is_told_at_once(tmp_path: Path) -> None:
    message = wrong(tmp_path, "[tool.firstpush]\na = 1\nb = 2\n")
    assert message.startswith("2 things are wrong")
    assert "pyproject.toml:2:1" in message
    assert "pyproject.toml:3:1" in message


def test_two_configurations_are_one_too_many(tmp_path: Path) -> None:
    (tmp_path / "firstpush.toml").write_text("")
    assert "both firstpush.toml and [tool.firstpush]" in wrong(tmp_path, "[tool.firstpush]\n")


def test_a_syntax_error_has_a_place(tmp_path: Path) -> None:
    (tmp_path / "firstpush.toml").write_text("select = [\n")
    with pytest.raises(ConfigurationError, match=r"firstpush.toml:\d+:\d+: "):
        read_folder(tmp_path)


def test_the_documentation_names_every_key() -> None:
    documented = set(re.findall(r"^\| `([a-z.-]+)`", DOCS.read_text(encoding="utf-8"), re.MULTILINE))
    keys = set(SCHEMA) | {f"probe.{key}" for key in PROBE} | {f"rehearse.{key}" for key in REHEARSE}
    keys |= {"ignore.rule", "ignore.path", "ignore.reason", "ignore.until"}
    assert documented == keys
