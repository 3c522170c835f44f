"""Makes a copy of Debian's or Ubuntu's own CPython behave as one that nobody patched.

In: the copied standard library (a folder of the layer) and the wheels for its ensurepip. Out: the folder amended. What
is undone, as it shows in Debian's python3.11 3.11.2-6+deb12u6 (checked 2026-11-20): sysconfig's schemes `posix_local`
and `deb_system`; site's dist-packages; distutils' install layout; the ensurepip that refuses, or is in a package of its
own. The patches that no install can see (build flags, multiarch) stay.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

_SCHEMES = """
# As CPython has it: one scheme outside of environments.
for _debian in ("posix_local", "deb_system"):
    _INSTALL_SCHEMES.pop(_debian, None)


def _get_preferred_schemes():
    return {"prefix": "posix_prefix", "home": "posix_home", "user": "posix_user"}


"""
_SCHEMES_BEFORE = "def get_preferred_scheme("

# `site` is frozen into the executable, so that a changed site.py would not be read.
_SITECUSTOMIZE = '''"""Lets Debian's frozen `site` look for packages where CPython's does."""

import os
import site
import sys


def getsitepackages(prefixes=None):
    found = []
    for prefix in dict.fromkeys(site.PREFIXES if prefixes is None else prefixes):
        for folder in dict.fromkeys((sys.platlibdir, "lib")):
            if prefix:
                name = "python%d.%d" % sys.version_info[:2]
                found.append(os.path.join(prefix, folder, name, "site-packages"))
    return found


def _unpatch():
    debians = {folder for folder in site.getsitepackages() if folder.endswith("dist-packages")}
    site.getsitepackages = getsitepackages
    sys.path[:] = [folder for folder in sys.path if folder not in debians]
    for folder in getsitepackages():
        if folder not in sys.path and os.path.isdir(folder):
            site.addsitedir(folder)


_unpatch()
'''

_DISTUTILS = {
    "sysconfig.py": """

# Debian's patches do in an environment what CPython does everywhere.
def is_virtual_environment():
    return True
""",
    "command/install.py": """

for _debian in ("unix_local", "deb_system"):
    INSTALL_SCHEMES.pop(_debian, None)
""",
}

# CPython's command-line contract (library reference, "ensurepip"), by way of the wheels' own pip.
_ENSUREPIP = '''"""Bootstraps pip from the wheels in _bundled."""

import os
import subprocess
import sys
import tempfile

__all__ = ["version", "bootstrap"]
_WHEELS = {wheels!r}
_PIP_VERSION = {version!r}


def version():
    return _PIP_VERSION


def bootstrap(*, root=None, upgrade=False, user=False, altinstall=False, default_pip=False, verbosity=0):
    _bootstrap(
        root=root, upgrade=upgrade, user=user, altinstall=altinstall, default_pip=default_pip, verbosity=verbosity
    )


def _bootstrap(*, root=None, upgrade=False, user=False, altinstall=False, default_pip=False, verbosity=0):
    if altinstall and default_pip:
        raise ValueError("Cannot use altinstall and default_pip together")
    sys.audit("ensurepip.bootstrap", root)
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        del os.environ[name]
    os.environ["PIP_CONFIG_FILE"] = os.devnull
    if altinstall:
        os.environ["ENSUREPIP_OPTIONS"] = "altinstall"
    elif not default_pip:
        os.environ["ENSUREPIP_OPTIONS"] = "install"
    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for wheel in _WHEELS:
            path = os.path.join(folder, wheel)
            with open(os.path.join(os.path.dirname(__file__), "_bundled", wheel), "rb") as source:
                with open(path, "wb") as target:
                    target.write(source.read())
            paths.append(path)
        args = ["install", "--no-cache-dir", "--no-index", "--find-links", folder]
        if root:
            args += ["--root", root]
        if upgrade:
            args += ["--upgrade"]
        if user:
            args += ["--user"]
        if verbosity:
            args += ["-" + "v" * verbosity]
        return _run_pip([*args, *(wheel.split("-")[0] for wheel in _WHEELS)], paths)


def _run_pip(args, additional_paths=None):
    code = f"""
import runpy
import sys
sys.path = {{additional_paths or []}} + sys.path
sys.argv[1:] = {{args}}
runpy.run_module("pip", run_name="__main__", alter_sys=True)
"""
    command = [sys.executable, "-W", "ignore::DeprecationWarning", "-c", code]
    if sys.flags.isolated:
        command.insert(1, "-I")
    return subprocess.run(command, check=True).returncode


def _main(argv=None):
    import argparse

    parser = argparse.ArgumentParser(prog="python -m ensurepip")
    parser.add_argument("--version", action="version", version=f"pip {{version()}}")
    parser.add_argument("-v", "--verbose", action="count", default=0, dest="verbosity")
    parser.add_argument("-U", "--upgrade", action="store_true")
    parser.add_argument("--user", action="store_true")
    parser.add_argument("--root")
    parser.add_argument("--altinstall", action="store_true")
    parser.add_argument("--default-pip", action="store_true")
    return _bootstrap(**vars(parser.parse_args(argv)))
'''
_ENSUREPIP_MAIN = "import ensurepip\nimport sys\n\nif __name__ == '__main__':\n    sys.exit(ensurepip._main())\n"


def unpatch(library: Path, wheels: Mapping[str, Path]) -> None:
    """`library`: the layer's lib/python3.X; `wheels`: what ensurepip installs, file name (`pip-24.0-…whl`) →
    file; without a pip there is no ensurepip."""
    for name in ("_distutils_system_mod.py", "sitecustomize.py"):
        (library / name).unlink(missing_ok=True)
    for link in library.rglob("*"):
        if link.is_symlink() and not link.exists():  # to folders of the host that no replica has
            link.unlink()
    module = library / "sysconfig.py"
    if not module.is_file():
        module = library / "sysconfig/__init__.py"
    before, anchor, after = module.read_text("utf-8").partition(_SCHEMES_BEFORE)
    module.write_text(before + _SCHEMES.lstrip("\n") + anchor + after, "utf-8")
    (library / "sitecustomize.py").write_text(_SITECUSTOMIZE, "utf-8")
    for name, text in _DISTUTILS.items():
        patched = library / "distutils" / name
        if patched.is_file():
            patched.write_text(patched.read_text("utf-8") + text, "utf-8")
    _ensurepip(library / "ensurepip", wheels)


def _ensurepip(folder: Path, wheels: Mapping[str, Path]) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    version = next((name.split("-")[1] for name in wheels if name.startswith("pip-")), None)
    if version is None:
        return
    (folder / "_bundled").mkdir(parents=True)
    for name, path in wheels.items():
        shutil.copyfile(path, folder / "_bundled" / name)
    text = _ENSUREPIP.format(wheels=list(wheels), version=version)
    (folder / "__init__.py").write_text(text, "utf-8")
    (folder / "__main__.py").write_text(_ENSUREPIP_MAIN, "utf-8")
