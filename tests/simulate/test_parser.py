"""The shell's grammar: structure, places, and agreement with `bash -n`."""

from __future__ import annotations

import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firstpush.simulate.shell.ast import AndOr, Command, Group, Literal, Parameter, Pipeline, Simple
from firstpush.simulate.shell.parser import parse


def only(text: str) -> Command:
    script = parse(text)
    assert script.problem is None
    assert len(script.items) == 1
    return script.items[0].command


def words(command: Command) -> list[str | None]:
    assert isinstance(command, Simple)
    return [word.literal for word in command.words]


def test_a_redirection_in_a_list_belongs_to_its_command() -> None:
    """tree-sitter-bash 0.25 reads `(a && b 2>&1) | c` here."""
    command = only("a && b 2>&1 | c")
    assert isinstance(command, AndOr)
    assert isinstance(command.right, Pipeline)
    first = command.right.commands[0]
    assert isinstance(first, Simple)
    assert [redirect.operator for redirect in first.redirects] == [">&"]


def test_and_or_is_left_associative() -> None:
    command = only("a || b && c")
    assert isinstance(command, AndOr)
    assert command.operator == "&&"
    assert isinstance(command.left, AndOr)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("pip install uvicorn[standard]==0.1", ["pip", "install", "uvicorn[standard]==0.1"]),
        ("echo 'a b' \"c d\" e\\ f", ["echo", "a b", "c d", "e f"]),
        ("echo $'a\\nb'", ["echo", "a\nb"]),
        ("echo a#b # comment", ["echo", "a#b"]),
        ("echo if then }", ["echo", "if", "then", "}"]),
        ("echo a \\\n  b", ["echo", "a", "b"]),
    ],
)
def test_words(text: str, expected: list[str]) -> None:
    assert words(only(text)) == expected


def test_an_unquoted_version_is_a_redirection() -> None:
    command = only("pip install fastapi>=0.100")
    assert words(command) == ["pip", "install", "fastapi"]
    assert isinstance(command, Simple)
    assert command.redirects[0].operator == ">"


def test_places_of_parts() -> None:
    text = 'pip install "$NAME==1" x'
    command = only(text)
    assert isinstance(command, Simple)
    parameter, literal = command.words[2].parts
    assert isinstance(parameter, Parameter)
    assert isinstance(literal, Literal)
    assert text[parameter.start : parameter.end] == "$NAME"
    assert text[literal.start : literal.end] == "==1"


def test_a_here_document_is_no_command() -> None:
    script = parse("cat <<EOF > f && echo done\nhello $X\nEOF\necho after")
    assert script.problem is None
    assert len(script.items) == 2


def test_lines_before_an_error_are_kept() -> None:
    script = parse('echo a\necho "b')
    assert len(script.items) == 1
    assert script.problem is not None
    assert script.problem.quote


def test_subshell_and_group() -> None:
    subshell, group = only("(a; b)"), only("{ a; b; }")
    assert isinstance(subshell, Group)
    assert isinstance(group, Group)
    assert (subshell.subshell, group.subshell) == (True, False)


SCRIPTS = r"""
a && b 2>&1 | c
if [ -f x ]; then echo a; elif true; then b; else c; fi
if true; then fi
for i in 1 2 3; do echo $i; done
for ((i=0;i<3;i++)); do echo $i; done
while read -r l; do echo "$l"; done < f
case "$1" in a|b) echo x;; (c) y ;; *) z; esac
foo() { echo a; }; foo
function foo { echo a; }
{ echo a }
[[ $a == b* && ( -f x || ! -d y ) ]] && echo
[[ $a =~ ^(a|b)$ ]]
a=(1 2 "3 4"); echo ${a[@]} ${#a[@]} ${a[0]:-x}
echo ${x:-${y:-z}} ${x%%/*} ${x//a/b} ${!x} ${#x} ${x^^} ${x:1:2}
a & b &
a; ; b
a ;; b
&& a
a &&
a |
a | | b
(a
a)
echo a(b
diff <(ls a) <(ls b)
x=$(echo ")" ; echo "(")
x=`echo \`ls\``
echo $((1+(2*3)))
! ! ls
>f
do
}
echo "a $(echo "b $(echo c)") d"
echo "${x:-"quoted"}" "${x:-'q'}"
echo ${
echo $(
echo `ls
echo 'unclosed
echo "unclosed
if ! command -v pip; then echo; fi
f() { return 1; }; f || exit 1
source venv/bin/activate && pip install -r requirements.txt
""".strip().splitlines()


def accepted_by_bash(text: str) -> bool:
    done = subprocess.run(["bash", "-n", "-c", text], capture_output=True, text=True, check=False, timeout=10)
    return done.returncode == 0


@pytest.mark.process
@pytest.mark.parametrize("text", SCRIPTS)
def test_bash_accepts_the_same(text: str) -> None:
    assert (parse(text).problem is None) == accepted_by_bash(text)


PIECES = st.sampled_from(
    ["a", "b c", "'q'", '"d $x"', "$x", "$(e)", "&&", "||", ";", "|", "\n", "(", ")", "{ ", " }", "if ", "; then ",
     "; fi", " ", ">f", "2>&1", "!", " in ", "for i", "; do ", "; done", "#", "=", "x=1", "`t`", "\\", "<<E\n",
     "[[ a ]] ", "case ", " esac", ";;", "f() "]
)  # fmt: skip


@pytest.mark.process
@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.lists(PIECES, max_size=8).map("".join))
def test_bash_accepts_the_same_of_mixed_pieces(text: str) -> None:
    assert (parse(text).problem is None) == accepted_by_bash(text), text
