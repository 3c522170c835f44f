"""Virtual environments that the platform made before the first command (Vercel's build venv), as files.

Fills a layer's folder; nothing is run. What `venv` and uv write is a pyvenv.cfg, links to the interpreter and, when
seeded, pip; that is all that makes an environment (PEP 405).
"""

from __future__ import annotations

import os
import zipfile
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from firstpush.model.machine import Machine

_ACTIVATE = """\
deactivate () {{
    if [ -n "${{_OLD_VIRTUAL_PATH:-}}" ] ; then
        PATH="$_OLD_VIRTUAL_PATH"
        export PATH
        unset _OLD_VIRTUAL_PATH
    fi
    unset VIRTUAL_ENV
    if [ ! "${{1:-}}" = "nondestructive" ] ; then
        unset -f deactivate
    fi
}}
deactivate nondestructive
VIRTUAL_ENV="{path}"
export VIRTUAL_ENV
_OLD_VIRTUAL_PATH="$PATH"
PATH="$VIRTUAL_ENV/bin:$PATH"
export PATH
"""
_PIP = "#!{python}\nimport sys\nfrom pip._internal.cli.main import main\nsys.exit(main())\n"


def fill(folder: Path, machine: Machine, wheels: Mapping[str, Path]) -> None:
    """All of `machine.venvs`. `wheels`: `pip VERSION` → wheel."""
    by_path = {path: one for one in machine.interpreters for path in (one.executable, *one.paths)}
    for venv in machine.venvs:
        interpreter = by_path.get(venv.interpreter)
        if interpreter is None:
            continue
        minor = ".".join(interpreter.version.split(".")[:2])
        place = folder / venv.path.lstrip("/")
        library = place / f"lib/python{minor}/site-packages"
        library.mkdir(parents=True)
        (place / "bin").mkdir()
        system = str(venv.system_site_packages).lower()
        home = PurePosixPath(interpreter.executable).parent
        (place / "pyvenv.cfg").write_text(
            f"home = {home}\ninclude-system-site-packages = {system}\nversion = {interpreter.version}\n", "utf-8"
        )
        os.symlink(interpreter.executable, place / "bin/python")
        for name in ("python3", f"python{minor}"):
            os.symlink("python", place / "bin" / name)
        (place / "bin/activate").write_text(_ACTIVATE.format(path=venv.path), "utf-8")
        wheel = wheels.get(f"pip {venv.pip}") if venv.pip else None
        if wheel is not None:
            with zipfile.ZipFile(wheel) as archive:
                archive.extractall(library)
            for name in ("pip", "pip3", f"pip{minor}"):
                script = place / "bin" / name
                script.write_text(_PIP.format(python=f"{venv.path}/bin/python"), "utf-8")
                script.chmod(0o755)
