"""Makes a relocated CPython behave as Debian's: installs go to /usr/local/…/dist-packages, Debian's own are seen.

In: the layer that holds the interpreter below /usr. Out: the layer with an amended sysconfig, a path file and, unless
the machine has python3-venv, without ensurepip. Source: Debian's patches to python3.11 (sysconfig-debian-schemes.diff,
distutils-install-layout.diff) as they show in its `sysconfig.get_preferred_scheme("prefix")`, checked 2026-11-20.
"""

from __future__ import annotations

import shutil
from pathlib import Path

_SCHEMES = """

# Debian's schemes: what pip installs outside of an environment goes below /usr/local.
_INSTALL_SCHEMES["posix_local"] = {
    "stdlib": "{installed_base}/{platlibdir}/python{py_version_short}",
    "platstdlib": "{platbase}/{platlibdir}/python{py_version_short}",
    "purelib": "{base}/local/lib/python{py_version_short}/dist-packages",
    "platlib": "{platbase}/local/lib/python{py_version_short}/dist-packages",
    "include": "{installed_base}/local/include/python{py_version_short}{abiflags}",
    "platinclude": "{installed_platbase}/local/include/python{py_version_short}{abiflags}",
    "scripts": "{base}/local/bin",
    "data": "{base}/local",
}


def _get_preferred_schemes():
    prefix = "posix_prefix" if sys.prefix != sys.base_prefix else "posix_local"
    return {"prefix": prefix, "home": "posix_home", "user": "posix_user"}
"""

_VENV = '''

# Debian's venv says so when python3-venv is not installed.
def _setup_pip(self, context, _of_cpython=EnvBuilder._setup_pip):
    import importlib.util

    if importlib.util.find_spec("ensurepip") is None:
        print("""\\
The virtual environment was not created successfully because ensurepip is not
available.  On Debian/Ubuntu systems, you need to install the python3-venv
package using the following command.

    apt install python{minor}-venv

You may need to use sudo with that command.  After installing the python3-venv
package, recreate your virtual environment.

Failing command: %s
""" % context.env_exe)
        sys.exit(1)
    _of_cpython(self, context)


EnvBuilder._setup_pip = _setup_pip
'''


def amend(layer: Path, prefix: str, minor: str, *, ensurepip: bool) -> None:
    """`prefix`: the interpreter's in the replica (`/usr`)."""
    library = layer / prefix.lstrip("/") / f"lib/python{minor}"
    module = library / "sysconfig.py"
    if not module.is_file():
        module = library / "sysconfig/__init__.py"
    text = module.read_text("utf-8")
    module.write_text(
        text.replace("def get_preferred_scheme(", _SCHEMES.lstrip("\n") + "\n\ndef get_preferred_scheme(", 1)
    )
    venv = library / "venv/__init__.py"
    venv.write_text(venv.read_text("utf-8") + _VENV.replace("{minor}", minor), "utf-8")
    (library / "site-packages/debian.pth").write_text(
        f"/usr/local/lib/python{minor}/dist-packages\n/usr/lib/python3/dist-packages\n", "utf-8"
    )
    if not ensurepip:
        shutil.rmtree(library / "ensurepip", ignore_errors=True)
    (layer / f"usr/local/lib/python{minor}/dist-packages").mkdir(parents=True, exist_ok=True)
    for name in (
        "python",
        "python3",
    ):  # `python` is a package of its own; the machine's paths say which links there are
        (layer / prefix.lstrip("/") / "bin" / name).unlink(missing_ok=True)
