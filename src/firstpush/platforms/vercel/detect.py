"""Which builders Vercel runs. In: files, vercel.json, a framework preset; out: a `Selection`.

The rules are those of Vercel's own detection: `builds` win over everything; without them every file under `api/` with
an application object is a function, and the front end is the preset's builder, static-build when there is a build
command or script, or plain static files.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from firstpush import facts
from firstpush.config.vercel_glob import matches
from firstpush.config.vercel_json import FunctionRule, VercelJson
from firstpush.model.text import Span
from firstpush.model.value import dataclass, field
from firstpush.platforms.vercel.entry import find_object
from firstpush.project.tree import ProjectTree

API_EXTENSIONS = {
    ".js": "node",
    ".mjs": "node",
    ".ts": "node",
    ".tsx": "node",
    ".go": "go",
    ".rb": "ruby",
    ".rs": "rust",
}
#: Files that static-build takes for its source, where there is no package.json.
SOURCES = ("config.yaml", "config.toml", "config.json", "_config.yml", "config.yml", "config.rb")


@dataclass(frozen=True, slots=True)
class Job:
    """One builder's run. `use`: `python`, `static`, `static-build`, … (without `@vercel/`); `src`: its source,
    `<detect>` for a preset; `zero`: chosen by detection, not by `builds`; `span`: the item of `builds`; `spec`: its
    `use` as written."""

    use: str
    src: str
    zero: bool = True
    framework: str | None = None
    span: Span | None = None
    spec: str = ""
    config: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why detection stops the build: Vercel's code, its words, the place."""

    code: str
    message: str
    span: Span | None


@dataclass(frozen=True, slots=True)
class Selection:
    """`jobs` in the order in which they run; `refusal`: what stops everything; `unmatched`: items of `builds` that
    match no file; `silent`: files under api/ that make no function; `static_because`: the empty setting that turned
    the front end into plain files; `unsure`: what could not be known."""

    jobs: tuple[Job, ...] = ()
    refusal: Refusal | None = None
    unmatched: tuple[Job, ...] = ()
    silent: tuple[str, ...] = ()
    static_because: str | None = None
    unsure: str | None = None

    def of(self, use: str) -> list[Job]:
        return [job for job in self.jobs if job.use == use]

    @property
    def front(self) -> Job | None:
        """The builder of the front end: the preset's or static-build."""
        return next(
            (job for job in self.jobs if job.zero and not job.src.startswith("api/") and job.use != "static"), None
        )


def uploaded(tree: ProjectTree, root: str) -> list[str]:
    """The files that Vercel sees, relative to the root: without what it always leaves out and without .vercelignore."""
    ignored = set(facts.table("vercel")["ignored_files"]["names"])
    prefix = "" if root in ("", ".") else root + "/"
    ignore = _Ignore(_ignore_rules(tree, prefix))
    found = []
    for path in tree.below(root):
        inner = path[len(prefix) :]
        if ignored.isdisjoint(inner.split("/")) and not ignore.hides(inner):
            found.append(inner)
    return found


def select(
    tree: ProjectTree,
    root: str,
    config: VercelJson | None,
    framework: str | None,
    settings: Mapping[str, str | None],
    *,
    api_filter: bool = True,
    max_duration: int = 3600,
) -> Selection:
    """The builders for a preset (`None`: Other). `settings`: the commands and the output directory in force (a missing
    key: not set)."""
    files = uploaded(tree, root)
    if config is not None and config.builds:
        if config.functions:
            entry = config.entry("functions")
            message = facts.table("vercel")["messages"]["functions_and_builds"]
            return Selection(refusal=Refusal("FUNCTIONS_AND_BUILDS", message, entry.key_span if entry else None))
        return _from_builds(files, config)
    functions = config.functions if config is not None else ()
    refusal = _check_functions(functions)
    if refusal is not None:
        return Selection(refusal=refusal)
    return _zero_config(tree, root, files, functions, framework, settings, api_filter)


def _from_builds(files: list[str], config: VercelJson) -> Selection:
    jobs: list[Job] = []
    unmatched: list[Job] = []
    for build in config.builds:
        pattern = (build.src.value if build.src is not None else "**").lstrip("/").removeprefix("./")
        use = short_use(build.use.value)
        found = [name for name in files if name == pattern or matches(pattern, name, dot=True)]
        jobs += [Job(use, name, False, None, build.span, build.use.value, build.config) for name in found]
        if not found:
            unmatched.append(Job(use, pattern, False, None, build.span, build.use.value, build.config))
    return Selection(tuple(sorted(jobs, key=lambda job: job.use == "static-build")), unmatched=tuple(unmatched))


def short_use(spec: str) -> str:
    """`@vercel/python@3.0.0` as `python`; anything that is not Vercel's own stays as it is."""
    found = re.match(r"@(?:vercel|now)/([\w-]+)", spec)
    return found[1] if found is not None else spec


def _check_functions(functions: tuple[FunctionRule, ...]) -> Refusal | None:
    """What detection refuses in `functions` beyond the schema."""
    for rule in functions:
        if rule.entry.node.kind == "map" and not rule.values:
            return Refusal("invalid_function", "Function must contain at least one property.", rule.entry.span)
        if rule.pattern.startswith("/"):
            message = (
                f'The function path "{rule.pattern}" is invalid. The path must be relative to your project root and '
                "therefore cannot start with a slash."
            )
            return Refusal("invalid_function_source", message, rule.span)
        runtime = rule.values.get("runtime")
        if isinstance(runtime, str) and not _is_version(runtime.rpartition("@")[2]):
            entry = rule.entry.node.entries["runtime"]
            message = facts.table("vercel")["messages"]["function_runtime"]
            return Refusal("invalid_function_runtime", message, entry.span)
    return None


def _is_version(tag: str) -> bool:
    return re.fullmatch(r"v?\d+\.\d+\.\d+(?:-[\w.-]+)?(?:\+[\w.-]+)?", tag) is not None


def _zero_config(
    tree: ProjectTree,
    root: str,
    files: list[str],
    functions: tuple[FunctionRule, ...],
    framework: str | None,
    settings: Mapping[str, str | None],
    api_filter: bool,
) -> Selection:
    presets = facts.table("vercel_frameworks")["presets"]
    python_preset = framework in presets["python"]
    package = _package(tree, root)
    jobs: list[Job] = []
    silent: list[str] = []
    used: set[str] = set()
    unsure: str | None = None
    for name in files:
        extension = "." + name.rpartition(".")[2]
        if not name.startswith("api/") or "/." in name or "/_" in name or name.endswith(".d.ts"):
            continue
        rule = next((rule for rule in functions if rule.pattern == name or matches(rule.pattern, name)), None)
        use = "python" if extension == ".py" else API_EXTENSIONS.get(extension)
        # FastHTML's preset is the only one of Python that leaves `api/` alone.
        if use == "python" and python_preset and framework != "fasthtml":
            use = None
        if extension == ".py" and api_filter:
            variable, _, unclear = find_object(tree, f"{root}/{name}" if root not in ("", ".") else name)
            if unclear:
                unsure = f"{name} has syntax that this Python cannot read"
            if variable is None:
                silent.append(name)
                continue
        if rule is not None and isinstance(rule.values.get("runtime"), str):
            use = short_use(rule.values["runtime"])
        if use is None:
            continue
        if rule is not None:
            used.add(rule.pattern)
        jobs.append(Job(use, name))
    front, because = _front(files, framework, settings, package, bool(jobs), silent)
    unused = next((rule for rule in functions if rule.pattern not in used), None)
    tolerant = front is not None and front.use in ("python", "express", "hono", "backends", "next")
    if unused is not None and not tolerant:
        message = facts.table("vercel")["messages"]["unused_function"].format(pattern=unused.pattern)
        return Selection(refusal=Refusal("unused_function", message, unused.span), unsure=unsure)
    if front is not None:
        if front.use == "python":
            jobs.append(Job("static", "public/**/*"))
        jobs.append(front)
    elif not jobs:
        jobs.append(Job("static", "**"))
    return Selection(tuple(jobs), silent=tuple(silent), static_because=because, unsure=unsure)


def _front(
    files: list[str],
    framework: str | None,
    settings: Mapping[str, str | None],
    package: Mapping[str, Any] | None,
    functions: bool,
    silent: list[str],
) -> tuple[Job | None, str | None]:
    """The front end's builder, and the empty setting that forces plain files."""
    because = next((key for key in ("buildCommand", "outputDirectory") if settings.get(key) == ""), None)
    scripts = package.get("scripts") if package is not None else None
    script = bool(isinstance(scripts, dict) and scripts.get("build"))
    if because is None and (script or settings.get("buildCommand") or framework):
        return _front_builder(files, framework, settings, package), None
    output = settings.get("outputDirectory")
    folder = output or "public"
    if output != "" and any(name.startswith(folder + "/") for name in files):
        return Job("static", f"{folder}/**/*"), because
    others = any(not name.startswith("api/") and name != "package.json" for name in files)
    if functions and (others or silent):
        return Job("static", "!{api/**,…}"), because
    return None, because


def _front_builder(
    files: list[str],
    framework: str | None,
    settings: Mapping[str, str | None],
    package: Mapping[str, Any] | None,
) -> Job:
    if framework in facts.table("vercel_frameworks")["presets"]["python"]:
        return Job("python", "main.py" if framework == "fasthtml" else "<detect>", framework=framework)
    if framework is None and package is not None:
        dependencies = {**_dict(package.get("dependencies")), **_dict(package.get("devDependencies"))}
        if "next" in dependencies and "framework" not in settings:
            return Job("next", "package.json")
    if framework == "nextjs":
        return Job("next", "package.json", framework=framework)
    if package is not None:
        source = "package.json"
    else:
        source = next((name for name in files if name in SOURCES), "")
        top = [name for name in files if "/" not in name and name not in ("vercel.json", "now.json", "vercel.toml")]
        if not source and settings.get("buildCommand") and top:
            source = sorted(top)[0]
    return Job("static-build", source or "package.json", framework=framework)


def _package(tree: ProjectTree, root: str) -> Mapping[str, Any] | None:
    text = tree.text("package.json" if root in ("", ".") else f"{root}/package.json")
    if text is None:
        return None
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _ignore_rules(tree: ProjectTree, prefix: str) -> list[tuple[bool, str]]:
    """The lines of .vercelignore as (kept again, pattern)."""
    text = tree.text(prefix + ".vercelignore") or ""
    lines = [line.strip() for line in text.splitlines()]
    return [(line.startswith("!"), line.lstrip("!")) for line in lines if line and not line.startswith("#")]


class _Ignore:
    """.vercelignore, which is read as a .gitignore: what lies in a folder that is left out is left out; else the last
    line that matches decides."""

    def __init__(self, rules: list[tuple[bool, str]]) -> None:
        self.kept = [kept for kept, _ in rules]
        bare = [pattern.rstrip("/") for _, pattern in rules]
        # A pattern with a slash is one for the whole path, another one for every name on it.
        self.whole = [(number, text.lstrip("/")) for number, text in enumerate(bare) if "/" in text]
        self.single = [(number, text) for number, text in enumerate(bare) if "/" not in text]
        self.by_name: dict[str, int] = {}
        self.by_path: dict[str, bool] = {"": False}

    def hides(self, path: str) -> bool:
        if not self.kept:
            return False
        found = self.by_path.get(path)
        if found is None:
            folder, _, name = path.rpartition("/")
            found = self.by_path[path] = self.hides(folder) or self._left_out(path, name)
        return found

    def _left_out(self, path: str, name: str) -> bool:
        if name not in self.by_name:
            self.by_name[name] = max((n for n, text in self.single if matches(text, name, dot=True)), default=-1)
        whole = max((number for number, text in self.whole if matches(text, path, dot=True)), default=-1)
        last = max(whole, self.by_name[name])
        return last >= 0 and not self.kept[last]
