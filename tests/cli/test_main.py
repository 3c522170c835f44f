"""The frame of the command line: dispatch, exit codes, messages. In process: nothing is started."""

from __future__ import annotations

import io
import sys
import types
from pathlib import Path

import pytest

from firstpush.cli import main as frame
from firstpush.cli.failure import note, without_secrets
from firstpush.cli.output import Terminal, takes_unicode, wants_color, width_of, write
from firstpush.errors import CannotRehearse, ConfigurationError, NothingToCheck, RehearsalFailed

main = frame.main


def test_help_names_every_command_and_exit_code(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    text = capsys.readouterr().out
    for name in (*frame.COMMANDS, *frame.PLUMBING):
        assert f"\n  {name} " in text
    for code in (0, 1, 2, 3, 4, 5, 6, 130):
        assert f"\n  {code} " in text
    assert main([]) == 0
    assert capsys.readouterr().out == text


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    line = capsys.readouterr().out
    assert line.startswith("firstpush 0.")
    assert main(["check", "--version"]) == 0
    assert capsys.readouterr().out == line


@pytest.mark.parametrize("name", [*frame.COMMANDS, *frame.PLUMBING])
def test_every_command_has_help_with_examples(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    code = main([name, "--help"])
    out, err = capsys.readouterr()
    if code == 2 and "is not in this version" in err:
        pytest.skip("not written yet")
    assert code == 0
    assert f"usage: firstpush {name}" in out
    assert "xamples:" in out or name in frame.PLUMBING
    assert "--version" in out
    assert main(["help", name]) == 0
    assert capsys.readouterr().out == out


def test_the_table_and_the_modules_agree() -> None:
    from importlib import import_module

    for name, (module_name, summary) in {**frame.COMMANDS, **frame.PLUMBING}.items():
        try:
            module = import_module(module_name)
        except ModuleNotFoundError:
            continue
        assert getattr(module, "SUMMARY", summary), name


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (["chekc"], "Did you mean: firstpush check"),
        (["xyzzy"], "Run `firstpush --help`"),
        (["--format", "json"], "no option --format before a command"),
        (["."], "Did you mean: firstpush check ."),
        (["check", "--formt", "json"], "unrecognized arguments: --formt"),
        (["check", "--format", "xml"], "invalid choice: 'xml'"),
        (["check", "--env", "A B=1", "."], "--env takes NAME=VALUE"),
        (["check", "--as-of", "yesterday", "."], "--as-of takes a date"),
        (["check", "--as-of", "2026-02-30", "."], "--as-of takes a date"),
        (["check", "--statistics", "--format", "sarif", "."], "--statistics cannot be combined"),
        (["check", "/no/such/folder"], "no folder /no/such/folder"),
        (["check", __file__], "is a file"),
        (["check", "--root", "nowhere", str(Path(__file__).parent)], "there is no folder 'nowhere'"),
        (["check", "--root", "../x", "."], "leads out of the project"),
        (["explain", "pip-into-manged-python"], "Did you mean: firstpush explain pip-into-managed-python"),
    ],
)
def test_wrong_usage_is_2_with_a_hint(argv: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(argv) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert message in err
    assert "Traceback" not in err


def command(monkeypatch: pytest.MonkeyPatch, run: object) -> None:
    """Put a command `boom` into the table."""
    module = types.ModuleType("firstpush.cli.boom")
    module.add_arguments = lambda parser: parser.add_argument("words", nargs="*")  # type: ignore[attr-defined]
    module.run = run  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "firstpush.cli.boom", module)
    monkeypatch.setitem(frame.COMMANDS, "boom", ("firstpush.cli.boom", "fails"))


def raising(error: BaseException) -> object:
    def run(args: object) -> int:
        raise error

    return run


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ConfigurationError("wrong"), 2),
        (NothingToCheck("nothing"), 3),
        (RehearsalFailed("failed"), 5),
        (CannotRehearse("no sandbox"), 6),
        (KeyboardInterrupt(), 130),
        (RuntimeError("bug"), 4),
        (RecursionError("deep"), 4),
        (BrokenPipeError(), 0),
    ],
)
def test_every_end_has_its_exit_code(
    error: BaseException, code: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("firstpush.cli.output.abandon_stdout", lambda: None)
    command(monkeypatch, raising(error))
    assert main(["boom"]) == code
    assert "Traceback" not in capsys.readouterr().err


def test_a_fatal_error_has_four_parts(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    error = ConfigurationError("It is wrong.", found="This was found.", why="It matters.", next_step="Do this.")
    command(monkeypatch, raising(error))
    main(["boom"])
    assert capsys.readouterr().err == "error: It is wrong.\n  This was found.\n  It matters.\n  Do this.\n"


def test_an_internal_error_gives_a_note_to_paste(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    command(monkeypatch, raising(ValueError("no s3cret here")))
    assert main(["boom", "x"]) == 4
    err = capsys.readouterr().err
    assert "internal error: this is a defect of firstpush, not of your project" in err
    assert "ValueError: no s3cret here" in err
    assert "firstpush/cli/main.py:" in err.replace("\\", "/")
    assert "command: firstpush boom x" in err


def test_the_note_holds_no_secret_and_no_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/somebody")
    argv = ["check", "/home/somebody/app", "--env", "TOKEN=hunter2", "--env=KEY=swordfish"]
    assert without_secrets(argv) == (
        ["check", "~/app", "--env", "TOKEN=…", "--env=KEY=…"],
        ["hunter2", "swordfish"],
    )
    lines = "\n".join(note(RuntimeError("hunter2 in /home/somebody/app"), argv))
    assert "hunter2" not in lines
    assert "somebody" not in lines


class Encoded(io.TextIOWrapper):
    def __init__(self, encoding: str) -> None:
        super().__init__(io.BytesIO(), encoding=encoding)

    def text(self) -> str:
        self.flush()
        assert isinstance(self.buffer, io.BytesIO)
        return self.buffer.getvalue().decode(self.encoding)


def test_what_the_encoding_lacks_is_escaped() -> None:
    stream = Encoded("ascii")
    write(stream, "é ✓\n")
    assert stream.text() == "\\xe9 \\u2713\n"
    assert not takes_unicode(stream)
    assert takes_unicode(Encoded("utf-8"))
    assert not takes_unicode(Encoded("cp1252"))


def test_a_lone_surrogate_is_escaped() -> None:
    stream = Encoded("utf-8")
    write(stream, "a\udcffb\n")
    assert stream.text() == "a\\udcffb\n"


@pytest.mark.parametrize(
    ("choice", "tty", "env", "expected"),
    [
        ("auto", True, {}, True),
        ("auto", False, {}, False),
        ("auto", True, {"NO_COLOR": "1"}, False),
        ("auto", True, {"NO_COLOR": ""}, True),
        ("auto", False, {"FORCE_COLOR": "1"}, True),
        ("auto", False, {"FORCE_COLOR": "0"}, False),
        ("auto", True, {"FORCE_COLOR": "0"}, False),
        ("auto", False, {"CLICOLOR_FORCE": "1"}, True),
        ("auto", True, {"CLICOLOR": "0"}, False),
        ("auto", True, {"TERM": "dumb"}, False),
        ("auto", True, {"NO_COLOR": "1", "FORCE_COLOR": "1"}, False),
        ("always", False, {"NO_COLOR": "1"}, True),
        ("never", True, {"FORCE_COLOR": "1"}, False),
    ],
)
def test_colour_rules(choice: str, tty: bool, env: dict[str, str], expected: bool) -> None:
    assert wants_color(choice, tty, env) is expected


def test_width() -> None:
    assert width_of(io.StringIO(), False, {}) == 100
    assert width_of(io.StringIO(), False, {"COLUMNS": "72"}) == 72
    assert width_of(io.StringIO(), False, {"COLUMNS": "3"}) == 40
    assert width_of(io.StringIO(), True, {"COLUMNS": "no"}) == 100


def test_links_only_on_a_terminal_with_colour() -> None:
    class Tty(io.StringIO):
        encoding = "utf-8"

        def isatty(self) -> bool:
            return True

    assert Terminal.of(Tty(), env={"TERM": "xterm"}).links
    assert not Terminal.of(Tty(), env={"NO_COLOR": "1"}).links
    assert not Terminal.of(io.StringIO(), "always", {}).links
