"""What is left of install commands inside a venv."""

from __future__ import annotations

import pytest

from firstpush.fixes.install_commands import read

CASES = [
    (["pip install -r requirements.txt"], ["pip install -r requirements.txt"], ["requirements.txt"]),
    (
        [
            "python3.11 -m ensurepip --upgrade",
            "python3.11 -m pip install --upgrade pip",
            "python3.11 -m pip install -r requirements.txt",
        ],
        ["pip install -r requirements.txt"],
        ["requirements.txt"],
    ),
    (
        [
            'curl -sS https://x/get-pip.py -o get-pip.py && python3 get-pip.py && export PATH="$HOME/.local/bin:$PATH"',
            "python3 -m pip install -r backend/requirements.txt --break-system-packages",
        ],
        ["pip install -r backend/requirements.txt"],
        ["backend/requirements.txt"],
    ),
    (
        ["python3 -m venv venv", "source venv/bin/activate", "pip install -r backend/requirements.txt"],
        ["pip install -r backend/requirements.txt"],
        ["backend/requirements.txt"],
    ),
    (
        ["cd backend && pip install --user -r requirements.txt", "cd frontend && npm ci"],
        ["(cd backend && pip install -r requirements.txt)", "(cd frontend && npm ci)"],
        ["backend/requirements.txt"],
    ),
    (["PIP_BREAK_SYSTEM_PACKAGES=1 FOO=1 pip3 install 'a[x]>=1' || true"], ["FOO=1 pip install 'a[x]>=1'"], []),
    (["pip install a; pip install b > log 2>&1"], ["pip install a && pip install b > log 2>&1"], []),
    (["curl https://x/get-pip.py | python3", "uv pip install --system -r r.txt"], ["uv pip install -r r.txt"], []),
    (
        ["/opt/venv/bin/pip install -r r.txt", "venv/bin/python x.py"],
        ["pip install -r r.txt", "python x.py"],
        ["r.txt"],
    ),
    (
        ["pip install -rdev.txt --requirement=x.txt -c c.txt"],
        ["pip install -rdev.txt --requirement=x.txt -c c.txt"],
        ["dev.txt", "x.txt"],
    ),
    (["cd backend"], [], []),
]


@pytest.mark.parametrize(("texts", "commands", "files"), CASES)
def test_commands(texts: list[str], commands: list[str], files: list[str]) -> None:
    found = read(texts)
    assert found is not None
    assert found.commands == commands
    assert found.requirements == files


def test_what_cannot_be_read_is_left_alone() -> None:
    assert read(["pip install 'a"]) is None
    assert read(["server & pip install a"]) is None
