"""The interpreter against real bash: generated scripts of harmless commands, compared by exit code."""

from __future__ import annotations

import random
import subprocess
from pathlib import Path

import pytest

from firstpush.model.machine import InstalledProgram, Machine, User
from firstpush.model.outcome import Verdict
from firstpush.simulate import simulate

FILES = {
    "a.txt": ("foo\nbar\n", 0o644),
    "yes.sh": ("#!/bin/sh\nexit 0\n", 0o755),
    "three.sh": ("#!/bin/bash\nexit 3\n", 0o755),
    "plain.sh": ("exit 4\n", 0o755),
    "cannot.sh": ("#!/bin/sh\nexit 0\n", 0o644),
    "gone.sh": ("#!/no/such/interpreter\n", 0o755),
    "set.sh": ("X=9\ncd dir\nexport Y=1\n", 0o644),
    "dir/inner.txt": ("x\n", 0o644),
    "dir/b c.txt": ("x\n", 0o644),
}
SIMPLE = [
    "true", "false", ":", "cd dir", "cd nope", "cd ..", "cd", "test -f a.txt", "[ -d dir ]", "[ -d nope ]",
    "export X=1", 'X=2', '[ "$X" = 1 ]', '[ "$X" -eq 2 ]', '[[ $X == [12] ]]', "[[ -f a.txt && -d dir ]]", "[ -z $Z ]",
    "[ -n $Z ]", '[ -n "$Z" ]', "echo hi > out.txt", "echo hi > nope/out.txt", "cat a.txt", "cat nope", "cat < nope",
    "cat < a.txt", "grep -q foo a.txt", "grep -q zap a.txt", "command -v ls", "command -v nosuch", "nosuch",
    "./yes.sh", "./three.sh", "./plain.sh", "./cannot.sh", "./gone.sh", "./nope.sh", "./dir", "bash three.sh",
    "sh yes.sh", "bash nope.sh", ". ./set.sh", ". ./nope.sh", "mkdir new", "mkdir -p new/deep", "mkdir nope/deep",
    "rm a.txt", "rm -f nope", "rm nope", "rm dir", "rm -r dir", "mv a.txt b.txt", "mv nope b.txt", "cp a.txt dir",
    "cp dir new2", "cp -r dir new2", "touch t.txt", "ls dir", "ls nope", "ls *.txt", "ls *.zip", "rmdir dir",
    "ln -s dir link", "cd link", "chmod +x cannot.sh", "set -e", "set +e", "set -o pipefail", "set -u",
    "false | true", "true | false", "cat a.txt | grep -q foo", "cat a.txt | grep -q zap", "echo foo | grep -q foo",
    "(cd dir)", "(exit 5)", "f() { return 2; }; f", "g() { false; true; }; g", 'eval "false"', "eval 'X=1'",
    "bash -c 'cd dir && ls inner.txt'", "bash -c 'exit 7'", "X=1 sh -c '[ \"$X\" = 1 ]'", "sh -c '[ \"$X\" = 1 ]'",
    "env X=1 sh -c '[ \"$X\" = 1 ]'", "env -u X sh -c '[ \"$X\" = 1 ]'", "env nosuch", "nohup true", "timeout 5 false",
    "xargs false < a.txt", "echo a.txt | xargs cat", "echo nope | xargs cat", "type ls", "hash ls", "hash nosuch",
    'case "$X" in 1) true;; 2|3) false;; *) cat nope;; esac', "for i in a b; do [ $i = b ]; done",
    "for f in *.txt; do cat $f; done", "while false; do :; done", "until true; do :; done",
    "for i in 1 2; do break; false; done", "for i in 1 2; do continue; done", "[ $(echo 1) = 1 ]", "Y=$(false)",
    'Y=$(cat a.txt); [ "$Y" = foo ]', "[ ${X:-d} = d ]", "[ ${X%1} = '' ]", "[ $((1+2)) -eq 3 ]", "exec true",
    "test a.txt -nt nope || true", "which ls", "which nosuch", "readlink -f a.txt", "[ -x yes.sh ]", "[ -x a.txt ]",
    "exit 6", "exit", "readonly R=1", "unset X", "cat <<E | grep -q $X$X\nfoo\nE\n", "cat 'dir/b c.txt'",
    "cat dir/b*", "cat dir/b c.txt", "if grep -q foo a.txt; then false; fi", "if false; then false; fi",
    "find dir -name inner.txt -delete", "printf x > a.txt", "basename a/b", "tee t2.txt < a.txt", "dirname a/b",
]  # fmt: skip
OPERATORS = [" && ", " || ", "; ", "\n", " && ", "; "]


def script(choose: random.Random, depth: int = 0) -> str:
    count = choose.randint(1, 4 if depth == 0 else 2)
    parts: list[str] = []
    for number in range(count):
        if number:
            last = parts[-1]
            parts.append("\n" if last.endswith("\n") else choose.choice(OPERATORS))
        roll = choose.random()
        if depth < 2 and roll < 0.08:
            parts.append(f"{{ {script(choose, depth + 1).rstrip()}\n}}")
        elif depth < 2 and roll < 0.14:
            parts.append(f"( {script(choose, depth + 1)}\n)")
        elif depth < 2 and roll < 0.18:
            parts.append(f"if {script(choose, depth + 1)}\nthen {script(choose, depth + 1)}\nelse true\nfi")
        elif roll < 0.22:
            parts.append("! " + choose.choice(["true", "false", "cat nope", "grep -q foo a.txt"]))
        else:
            parts.append(choose.choice(SIMPLE))
    return "".join(parts)


def fill(folder: Path) -> None:
    for name, (content, mode) in FILES.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(content)
        path.chmod(mode)


def machine(folder: str, shell: str = "/bin/bash") -> Machine:
    files = {f"{folder}/{name}": {"text": text, "mode": f"{mode:o}"} for name, (text, mode) in FILES.items()}
    return Machine(
        cwd=folder,
        shell=shell,
        user=User("root", 0, folder),
        env={"PATH": "/usr/bin:/bin", "HOME": folder},
        writable_by_user=("/",),
        programs=(InstalledProgram("which", ("/usr/bin/which",), ""),),
        files=files,
    )


def reality(text: str, folder: Path, shell: str = "/bin/bash") -> int:
    done = subprocess.run(
        [shell, "-c", text],
        cwd=folder,
        env={"PATH": "/usr/bin:/bin", "HOME": str(folder)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        timeout=20,
    )
    return done.returncode


@pytest.mark.process
@pytest.mark.parametrize("seed", range(4))
def test_the_exit_code_is_that_of_bash(seed: int, tmp_path: Path) -> None:
    choose = random.Random(seed)
    unknown = 0
    total = 60
    for number in range(total):
        text = script(choose)
        folder = tmp_path / str(number) / "inner"
        folder.mkdir(parents=True)
        fill(folder)
        answer = simulate(machine(str(folder)), text).outcome
        if answer.verdict is Verdict.UNKNOWN:
            unknown += 1
            continue
        real = reality(text, folder)
        assert answer.exit_code == real, f"{text!r}: {answer.why}"
    assert unknown <= total * 0.1


DASH = "/bin/dash"
ONLY_BASH = ["[[ -f a.txt ]]", "cat {a,dir/inner}.txt", "echo ${X/a/b}", "source ./set.sh", "cat <<< x"]


@pytest.mark.process
@pytest.mark.skipif(not Path(DASH).exists(), reason="no dash here")
@pytest.mark.parametrize("seed", range(2))
def test_dash_succeeds_and_fails_as_predicted(seed: int, tmp_path: Path) -> None:
    choose = random.Random(seed + 100)
    for number in range(60):
        text = script(choose)
        if "pipefail" in text or "hash" in text or "<<<" in text:
            continue  # what dash's version says to these differs
        if number % 4 == 0:
            text = choose.choice(ONLY_BASH[:4]) + choose.choice(OPERATORS) + text
        folder = tmp_path / str(number) / "inner"
        folder.mkdir(parents=True)
        fill(folder)
        answer = simulate(machine(str(folder), "/bin/sh"), text).outcome
        if answer.verdict is not Verdict.UNKNOWN:
            worked = reality(text, folder, DASH) == 0
            assert (answer.verdict is Verdict.SUCCEEDS) == worked, f"{text!r}: {answer.why}"
