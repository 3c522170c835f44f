"""One run of pip, as its commands see it. In: invocation, Python, version; out: the values that every command needs."""

from __future__ import annotations

from collections.abc import Iterable

from firstpush.model.cause import Cause
from firstpush.model.diagnostic import TraceStep
from firstpush.model.machine import Index
from firstpush.model.value import dataclass
from firstpush.simulate.installers import wording
from firstpush.simulate.installers.format_control import from_source
from firstpush.simulate.installers.pip_arguments import Arguments
from firstpush.simulate.installers.requirements import Problem, Requirement, Unsure, read_file, read_word
from firstpush.simulate.installers.resolution import Found, Wish, visible
from firstpush.simulate.installers.results import failed, unsure
from firstpush.simulate.installers.running_python import RunningPython
from firstpush.simulate.installers.versions import behaves
from firstpush.simulate.invocation import Effect, Invocation, Result, Word


@dataclass(frozen=True, slots=True)
class Pip:
    """`version`: as the program says it; `module_dir`: where its package lies, when that is no site directory of the
    Python; `index`: what it finds there instead of the machine's index (ensurepip's wheels)."""

    version: str
    module_dir: str | None = None
    index: Index | None = None

    @property
    def debian(self) -> bool:
        """Debian's package, with its patches."""
        return "dfsg" in self.version


@dataclass(frozen=True, slots=True)
class PipRun:
    """Everything that a command of pip looks at."""

    invocation: Invocation
    python: RunningPython
    pip: Pip
    arguments: Arguments

    @property
    def settled(self) -> bool:
        """Whether every word and setting that may decide is known."""
        return not self.arguments.loose_unknown and not self.arguments.values.unknown

    def fail(
        self,
        cause: Cause,
        why: str,
        exit_code: int = 1,
        *,
        word: Word | None = None,
        trace: Iterable[str | TraceStep] = (),
        intended: Iterable[Effect] = (),
        output: str | None = None,
        label: str = "",
    ) -> Result:
        """A failure; unknown when a word that could be an option that changes it is not known."""
        if self.arguments.loose_unknown:
            return unsure(
                f"{self.arguments.loose_unknown[0].why or 'a word is not known'}: it may be an option", intended
            )
        if self.arguments.values.unknown:
            names = ", ".join(sorted(self.arguments.values.unknown))
            return unsure(f"the value of pip's setting {names} is not known", intended)
        return failed(
            self.invocation,
            cause,
            why,
            exit_code,
            word=word,
            trace=trace,
            intended=intended,
            output=output,
            label=label,
        )

    def installed(self) -> dict[str, Found]:
        return visible(self.python, (self.pip.module_dir,) if self.pip.module_dir else ())

    def named(self, *, lenient: bool = False) -> list[Requirement] | Problem | Unsure:
        """The requirements of the command line and of its files, in pip's order: words, editables, files. `lenient`:
        what cannot be read is left out."""
        values, state, cwd = self.arguments.values, self.python.state, self.invocation.cwd
        out: list[Requirement] = []
        doubt: str | None = None
        blank = behaves("pip", "blank-words-ignored", self.pip.version)
        positional = self.arguments.positional
        words = [(word, False) for word in positional if word.text is None or word.text.strip() or not blank]
        editables = [(Word(text, self._word("editables").span), True) for text in values.lists.get("editables", [])]
        for word, editable in (*words, *editables):
            read = read_word(word, state, cwd, editable=editable)
            if isinstance(read, Problem):
                if not lenient:
                    return read
            elif isinstance(read, Unsure):
                doubt = read.why
            else:
                out.append(read)
        files = [(name, "constraints") for name in values.lists.get("constraints", [])]
        files += [(name, "requirements") for name in values.lists.get("requirements", [])]
        for name, dest in files:
            if name is None:
                doubt = "the name of a requirements file is not known"
                continue
            at = self._file_word(dest, name)
            content = read_file(name, state, cwd, self.python.user, at, lenient=lenient)
            if isinstance(content, Problem):
                if not lenient:
                    return content
                continue
            doubt = doubt or (content.unsure if dest == "requirements" else None)
            if dest == "requirements":
                out += content.requirements
        return Unsure(doubt) if doubt and not out else out

    def _word(self, dest: str) -> Word:
        given = self.arguments.values.given.get(dest)
        return given.word if given else Word(None)

    def _file_word(self, dest: str, text: str) -> Word | None:
        for word in self.invocation.argv:
            if word.text is not None and word.text.endswith(text):
                return word
        given = self.arguments.values.given.get(dest)
        return given.word if given else None

    @property
    def wish(self) -> Wish:
        """The options that decide what is chosen."""
        values = self.arguments.values
        if self.pip.index is not None:
            return Wish(upgrade=values.flag("upgrade"), force_reinstall=values.flag("force_reinstall"))
        url = values.texts.get("index_url")
        index = self.python.state.machine.index
        default = "https://pypi.org/simple"
        known = index.projects is None or (url or default).rstrip("/") == index.url.rstrip("/")
        more = (
            values.lists.get("find_links")
            or values.lists.get("extra_index_urls")
            or values.texts.get("extra_index_urls")
        )
        return Wish(
            upgrade=values.flag("upgrade"),
            force_reinstall=values.flag("force_reinstall"),
            ignore_installed=values.flag("ignore_installed"),
            no_deps=values.flag("ignore_dependencies"),
            pre=values.flag("pre"),
            no_index=values.flag("no_index") and not more,
            index_known=known and (index.projects is None or not more),
            build_isolation="build_isolation" not in values.flags or values.flags["build_isolation"],
            from_source=from_source(values.formats),
        )


def managed(run: PipRun, intended: Iterable[Effect] = ()) -> Result | None:
    """PEP 668: the refusal, or None when this pip goes on here."""
    python, version = run.python, run.pip.version
    if not behaves("pip", "refuses-managed", version) or python.virtual:
        return None
    files = python.state.files
    there = files.is_file(python.marker)
    if there is False:
        return None
    if there is None:
        return unsure(f"it is not known whether {python.marker} exists", intended)
    try:
        content = files.read(python.marker, python.user)
        raw = content.encode("utf-8") if isinstance(content, str) else content
    except OSError:
        raw = None
    marker = wording.pip_marker(raw, wording.locale_language(python.env))
    if marker.crash is not None:
        why = f"pip crashes while it reads {python.marker}: {marker.crash}"
        return run.fail(Cause.PEP668_REFUSED, why, 2, intended=intended, trace=(why,))
    verbosity = run.arguments.values.counts.get("verbose", 0) - run.arguments.values.counts.get("quiet", 0)
    encoding = wording.stderr_encoding(python.env)
    output = wording.pip_refusal(
        marker, version, python.view.prefix, encoding=encoding, path=python.marker, verbosity=verbosity
    )
    trace = (
        f"pip {version} runs on {python.view.executable} (sys.prefix {python.view.prefix}, no virtual environment)",
        f"{python.marker} exists: this Python is externally managed (PEP 668)",
        f"pip {version} refuses to change it and exits 1",
    )
    why = f"pip {version} refuses: the Python at {python.view.prefix} is externally managed ({python.marker})"
    return run.fail(
        Cause.PEP668_REFUSED,
        why,
        word=_command_word(run),
        trace=trace,
        intended=intended,
        output=output,
        label="externally-managed-environment",
    )


def _command_word(run: PipRun) -> Word | None:
    return run.invocation.argv[0] if run.invocation.argv else None
