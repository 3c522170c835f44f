"""One run of uv, as its commands see it, and how uv finds a Python. In: invocation, arguments; out: values, `Found`.

Follows crates/uv-python (discovery.rs, environment.rs) and what 14 versions from 0.1.24 to 0.13.8 really did.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator

from firstpush.model.cause import Cause
from firstpush.model.diagnostic import TraceStep
from firstpush.model.value import dataclass
from firstpush.simulate.installers.paths import Environment, absolute, below_home
from firstpush.simulate.installers.results import failed, unsure
from firstpush.simulate.installers.running_python import RunningPython
from firstpush.simulate.installers.uv_arguments import UvArguments
from firstpush.simulate.installers.uv_settings import UvSettings
from firstpush.simulate.installers.versions import at_least
from firstpush.simulate.invocation import Effect, Invocation, Result, Word
from firstpush.simulate.state import PythonView


@dataclass(frozen=True, slots=True)
class UvRun:
    """`env`: the complete environment; `cwd`: after --directory."""

    invocation: Invocation
    version: str
    arguments: UvArguments
    settings: UvSettings
    env: Environment
    cwd: str

    def fail(
        self,
        cause: Cause,
        why: str,
        exit_code: int = 2,
        *,
        word: Word | None = None,
        trace: Iterable[str | TraceStep] = (),
        effects: Iterable[Effect] = (),
        intended: Iterable[Effect] = (),
        output: str | None = None,
    ) -> Result:
        """A failure; unknown when a word that could be an option that changes it is not known."""
        if self.arguments.loose_unknown or self.settings.unknown:
            loose = self.arguments.loose_unknown
            return unsure((loose[0].why if loose else self.settings.unknown) or "a word is not known", intended)
        return failed(
            self.invocation,
            cause,
            why,
            exit_code,
            word=word,
            trace=trace,
            effects=effects,
            intended=intended,
            output=output,
        )

    def at_least(self, version: str) -> bool:
        return at_least(self.version, version)

    def wants(self, name: str) -> bool:
        """A switch of [pip] settings: the command line and the environment before the files."""
        if name in self.arguments.flags:
            return self.arguments.flags[name]
        return bool(self.settings.pip.get(name, False))

    def value(self, name: str) -> str | None:
        """A text of [pip] settings: the same order."""
        if (text := self.arguments.text(name)) is not None:
            return text
        value = self.settings.pip.get(name)
        return str(value) if value is not None else None

    def origin(self, name: str) -> str:
        return self.arguments.origins.get(name) or self.settings.origins.get(name) or "its default"

    def running(self, view: PythonView) -> RunningPython:
        return RunningPython(view, {**self.env, **view.sets_env}, self.invocation.user, self.invocation.state)

    @property
    def index_known(self) -> bool:
        """Whether the index that uv asks is the one that the machine describes."""
        index = self.invocation.state.machine.index
        texts, top = self.arguments.texts, self.settings.top
        url = (
            texts.get("default-index")
            or texts.get("index-url")
            or self.settings.pip.get("index-url")
            or top.get("index-url")
        )
        more = texts.get("find-links") or texts.get("extra-index-url") or texts.get("index") or top.get("index")
        if index.projects is None:
            return True
        return str(url or "https://pypi.org/simple").rstrip("/") == index.url.rstrip("/") and not more


@dataclass(frozen=True, slots=True)
class Found:
    """What the search gave: a Python, or `error`. `explicit`: it was named by its path."""

    view: PythonView | None = None
    error: str | None = None
    explicit: bool = False


def find(run: UvRun, request: str | None, preference: str, *, managed: str) -> Found:
    """`preference`: `any`, `explicit` (a system Python only when named by path), `system` (no virtual environment);
    `managed`: `system` or `managed` first, `only-system`, `only-managed`."""
    if request is None and run.env.get("UV_PYTHON") == "" and run.at_least("0.1.45") and not run.at_least("0.4"):
        return Found(error="found for executable name ``")
    if not run.at_least("0.2"):
        return _find_old(run, request, preference)
    path = _as_path(run, request)
    if path is not None:
        view = _view(run, path)
        return Found(view, explicit=True) if view else Found(error=f"found for path `{request}`")
    for view, error in _candidates(run, preference, managed):
        if error:
            return Found(error=error)
        if view is None or not satisfies(view, request):
            continue
        if (preference == "explicit" and not view.virtual) or (preference == "system" and view.virtual):
            continue
        return Found(view)
    return Found(error=f"found{f' for {request}' if request else ''}")


def _candidates(run: UvRun, preference: str, managed: str) -> Iterator[tuple[PythonView | None, str | None]]:
    if preference != "system":
        for name in ("VIRTUAL_ENV", "CONDA_PREFIX"):
            if root := run.env.get(name):
                yield _view(run, posixpath.join(absolute(root, run.cwd), "bin/python")), None
        yield from _dot_venv(run)
    on_path = ((view, None) for view in _on_path(run))
    own = ((view, None) for view in _managed(run))
    order = {
        "system": (on_path, own),
        "managed": (own, on_path),
        "only-system": (on_path,),
        "only-managed": (own,),
    }[managed]
    for source in order:
        yield from source


def _dot_venv(run: UvRun) -> Iterator[tuple[PythonView | None, str | None]]:
    """`.venv` of the working directory or the nearest folder above that has one."""
    files, folder = run.invocation.state.files, run.cwd
    while True:
        candidate = posixpath.join(folder, ".venv")
        if files.is_folder(candidate):
            if not files.is_file(posixpath.join(candidate, "pyvenv.cfg")):
                yield None, f"Broken virtual environment `{candidate}`: `pyvenv.cfg` is missing"
            yield _view(run, posixpath.join(candidate, "bin/python")), None
            return
        if folder == "/":
            return
        folder = posixpath.dirname(folder)


def _on_path(run: UvRun) -> Iterator[PythonView]:
    seen: set[str] = set()
    for folder in (run.env.get("PATH") or "").split(":"):
        if not folder:
            continue
        names = [name for name in run.invocation.state.files.list(folder) if re.fullmatch(r"python3\.\d+", name)]
        for name in ("python3", "python", *sorted(names, key=lambda name: -int(name[8:]))):
            view = _view(run, posixpath.join(folder, name))
            if view is not None and view.executable not in seen:
                seen.add(view.executable)
                yield view


def _managed(run: UvRun) -> Iterator[PythonView]:
    """uv's own Pythons, newest first."""
    folder = managed_folder(run)
    for name in sorted(run.invocation.state.files.list(folder), key=_version_of, reverse=True):
        for program in ("bin/python3", "bin/python"):
            if view := _view(run, posixpath.join(folder, name, program)):
                yield view
                break


def managed_folder(run: UvRun) -> str:
    given = run.env.get("UV_PYTHON_INSTALL_DIR")
    if given:
        return absolute(given, run.cwd)
    return posixpath.join(data_home(run), "uv/python")


def data_home(run: UvRun) -> str:
    user = run.invocation.user
    env = run.env if run.env.get("HOME") else {**run.env, "HOME": None}
    return run.env.get("XDG_DATA_HOME") or below_home(env, user, ".local", "share")


def _version_of(name: str) -> tuple[int, ...]:
    match = re.search(r"-(\d+(?:\.\d+)*)", name)
    return tuple(int(part) for part in match[1].split(".")) if match else ()


def _view(run: UvRun, path: str) -> PythonView | None:
    return run.invocation.state.python(path, run.env, run.invocation.user)


def _as_path(run: UvRun, request: str | None) -> str | None:
    """The executable, where the request names a file or a folder."""
    if request is None or _is_version(request):
        return None
    full, files = absolute(request, run.cwd), run.invocation.state.files
    if files.is_folder(full) and run.at_least("0.1.45"):
        return posixpath.join(full, "bin/python")
    return full if files.is_file(full) or "/" in request else None


def _is_version(request: str) -> bool:
    return bool(
        re.fullmatch(r"(?:(?:cpython|python|pypy|graalpy|cp|pp)[@-]?)?\d+(?:\.\d+)*(?:[a-z]+\d*)?t?|[<>=!~].*", request)
    )


def satisfies(view: PythonView, request: str | None) -> bool:
    """Whether this Python is what a request that is no path asks for."""
    if request is None or request in ("any", "default", "cpython", "python", "python3"):
        return True
    if request[0] in "<>=!~":
        from packaging.specifiers import InvalidSpecifier, SpecifierSet

        try:
            return SpecifierSet(request).contains(view.version, prereleases=True)
        except InvalidSpecifier:
            return False
    match = re.fullmatch(r"(?:(?:cpython|python|cp)[@-]?)?(\d+(?:\.\d+)*)", request)
    if match is None:
        return view.executable.rpartition("/")[2] == request
    digits = match[1]
    if "." not in digits and len(digits) > 1:
        digits = f"{digits[0]}.{digits[1:]}"
    wanted = digits.split(".")
    return view.version.split(".")[: len(wanted)] == wanted


def _find_old(run: UvRun, request: str | None, preference: str) -> Found:
    """uv 0.1: --system and --python take the first Python on PATH, virtual or not."""
    if request is not None:
        path = _as_path(run, request)
        if path is not None:
            view = _view(run, path)
            return (
                Found(view, explicit=True)
                if view
                else Found(error=f"Failed to locate Python interpreter at: `{request}`")
            )
        found = next((view for view in _on_path(run) if satisfies(view, request)), None)
        return Found(found) if found else Found(error=f"Failed to locate Python interpreter at: `{request}`")
    if preference != "system":
        for name in ("VIRTUAL_ENV", "CONDA_PREFIX"):
            if root := run.env.get(name):
                view = _view(run, posixpath.join(absolute(root, run.cwd), "bin/python"))
                return Found(view) if view else Found(error=f"Virtualenv does not exist at: `{root}`")
        for view, error in _dot_venv(run):
            return Found(view, error)
        if preference == "explicit":
            return Found(error="Failed to locate a virtualenv or Conda environment")
    found = next(iter(_on_path(run)), None)
    return Found(found) if found else Found(error="Neither `python` nor `python3` are in `PATH`. Is Python installed?")


def managed_preference(run: UvRun, *, pip: bool) -> str:
    """Which Pythons come first. `pip`: for `uv pip`, which looks at the system's first."""
    flags = run.arguments.flags
    given = run.arguments.text("python-preference") or run.settings.top.get("python-preference")
    given = given or (run.env.get("UV_PYTHON_PREFERENCE") if run.at_least("0.3") else None)
    if flags.get("managed-python") or given == "only-managed":
        return "only-managed"
    if flags.get("no-managed-python") or given == "only-system":
        return "only-system"
    if given in ("managed", "system"):
        return str(given)
    if pip:
        return "system" if run.at_least("0.8") else "only-system"
    return "managed" if run.at_least("0.3") else "only-system"
