"""Python scripts that install: pip's wheel run as a file, get-pip.py, setup.py. In: invocation, Python; out: `Result`,
or None when the file is none of these."""

from __future__ import annotations

import posixpath
import re

from firstpush.facts import table
from firstpush.model.value import replace
from firstpush.simulate.filesystem import File
from firstpush.simulate.installers.paths import absolute
from firstpush.simulate.installers.pip import run_pip
from firstpush.simulate.installers.pip_run import Pip
from firstpush.simulate.installers.running_python import RunningPython
from firstpush.simulate.invocation import Invocation, Result, Word

_WHEEL = re.compile(r"^(.*\.whl)(?:/pip)?/?$")


def run_script_file(invocation: Invocation, python: RunningPython) -> Result | None:
    """What `python FILE …` does. `invocation.argv[0]` is the file's word."""
    text = invocation.argv[0].text
    if text is None:
        return None
    name = posixpath.basename(text)
    if (match := _WHEEL.match(text)) or name in ("pip.pyz", "pip"):
        version = _wheel_version(python, absolute(match[1] if match else text, invocation.cwd))
        return run_pip(invocation, python, Pip(version)) if version else None
    if name == "get-pip.py":
        return _get_pip(invocation, python)
    if name == "setup.py":
        from firstpush.simulate.installers.setup_py import run_setup_py

        return run_setup_py(invocation, python)
    return None


def _wheel_version(python: RunningPython, path: str) -> str | None:
    node = python.state.files.node(path)
    if isinstance(node, File) and node.program is not None and node.program.kind == "wheel:pip":
        return node.program.version
    match = re.match(r"pip-([\d.]+)-", posixpath.basename(path))
    return match[1] if match and python.state.files.is_file(path) else None


def _get_pip(invocation: Invocation, python: RunningPython) -> Result | None:
    """get-pip.py holds the newest pip and runs `pip install --upgrade --force-reinstall pip` with the options given."""
    if not python.state.files.exists(absolute(invocation.argv[0].text or "", invocation.cwd)):
        return None
    version = str(table("installers_pip_options")["pip"][0]["versions"][-1])
    words = ("install", "--upgrade", "--force-reinstall", "pip")
    argv = (invocation.argv[0], *(Word(text) for text in words), *invocation.argv[1:])
    return run_pip(replace(invocation, argv=argv), python, Pip(version))
