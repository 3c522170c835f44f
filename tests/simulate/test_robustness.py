"""Nothing that can be written makes the simulator raise, hang, or run away."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firstpush.model.machine import Venv
from firstpush.model.outcome import Outcome, Verdict
from firstpush.simulate import simulate
from tests.simulate.machines import debian, with_files

TEXT = r"""
pip install -r requirements.txt demo && || ; | ( ) { } < > >> 2>&1 & ! if then else fi for in do done while case esac
$X ${X:-y} $( ) ` ' " cd /opt/venv . source export PATH=$PATH:/x env -i sudo xargs bash -c sh eval exec exit 1
function f() python3 -m venv -c make [ ] [[ ]] == -f test rm -rf mv cp * ? ~ {a,b} <<EOF # \ é 🐍 set -e
trap alias x=1 unset shift $@ $1 $? $$ command -v hash return break 3 time uv poetry apt-get get-pip.py --user
"""
WORDS = [*TEXT.split(), "\n", "\t", "\0"]
MACHINE = replace(
    with_files(debian(), {"/src/requirements.txt": "demo\n", "/src/f": "x\n"}),
    venvs=(Venv("/opt/venv", "/usr/bin/python3.11", "24.0"),),
)


def outcome(text: str) -> Outcome:
    begun = time.monotonic()
    found = simulate(MACHINE, text).outcome
    assert time.monotonic() - begun < 10
    return found


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(WORDS), max_size=14).map(" ".join))
def test_mixed_words(text: str) -> None:
    outcome(text)


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=60))
def test_any_text(text: str) -> None:
    outcome(text)


@pytest.mark.parametrize(
    "text",
    [
        "f() { f; }; f",
        "f() { f & f | f; }; f",
        "while true; do :; done",
        "until false; do cd .; done",
        "for i in {1..9999}; do for j in {1..9999}; do echo $i; done; done",
        "bash -c 'bash f.sh'; bash ./f",
        "x=$(x=$(x=$(echo 1))); " * 50,
        "(" * 500,
        "$(" * 500,
        "{ " * 400 + "true" + "; }" * 400,
        "echo " + "{a,b}" * 30,
        "a" * 200_000,
        "true; " * 20_000,
        "python3 x && " * 30 + "true",
        "if python3 x; then true; fi; " * 30,
        "eval 'eval \"eval eval\"'",
        "alias a='a b'; shopt -s expand_aliases\na",
        "ln -s a b; ln -s b a; cat a; cd b",
        "mv /opt /opt/venv; cp -r / /tmp/all; rm -rf /; pip install demo",
        "PATH=; pip install demo",
        "IFS=; x='a b'; $x",
        "echo ${x/$(yes)/y} ${x:$(( 1 / 0 ))}",
        "exec 3<>f; read -u 3 x",
        "cat <<A <<B\nA\n",
    ],
)
def test_runaways_end(text: str) -> None:
    outcome(text)


def test_a_script_that_calls_itself_is_unknown() -> None:
    machine = with_files(debian(), {"/src/self.sh": "bash self.sh\n"})
    assert simulate(machine, "bash self.sh").verdict is Verdict.UNKNOWN


def test_many_unknown_conditions_stay_bounded() -> None:
    machine = with_files(debian(), {"/src/maybe.py": "import sys\nsys.exit(int(input()))\n"})
    text = "; ".join("if python3 maybe.py; then true; else false; fi" for _ in range(40))
    assert simulate(machine, text).verdict is Verdict.UNKNOWN
