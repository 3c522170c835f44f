"""Which provider Nixpacks takes for a folder: the first of its list that recognises it.

In: a `View`; out: the provider's name (as `providers = [...]` spells it) and what made it so. Its globs have no path
separator: `*.csproj` means any file below the folder. Source: railwayapp/nixpacks src/lib.rs, src/providers at f51d7fd.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from firstpush.platforms.nixpacks import python, staticfile
from firstpush.platforms.nixpacks.view import View

_DENO = re.compile(r"""import .+ from (?:"|'|`)https://deno.land/[^"`']+\.(?:ts|js|tsx|jsx)(?:"|'|`);?""")
_LUNATIC = re.compile(r'runner\s*=\s*"lunatic"')

Detector = Callable[[View], str | None]


def _files(*names: str) -> Detector:
    def found(view: View) -> str | None:
        return next((f"{name} exists" for name in names if view.has(name)), None)

    return found


def _ending(*endings: str) -> Detector:
    def found(view: View) -> str | None:
        return next((f"{path} exists" for path in view.files(*endings)), None)

    return found


def _deno(view: View) -> str | None:
    named = _files("deno.json", "deno.jsonc")(view)
    if named is not None:
        return named
    for path in view.files(".ts", ".tsx", ".js", ".jsx"):
        if _DENO.search(view.read(path)):
            return f"{path} imports from deno.land"
    return None


def _haskell(view: View) -> str | None:
    return _ending(".hs")(view) if view.has("package.yaml") else None


def _gleam(view: View) -> str | None:
    return "gleam.toml exists" if view.has("gleam.toml") and view.has("manifest.toml") else None


def _java(view: View) -> str | None:
    found = _files("pom.xml", "pom.rb", "pom.scala", "pom.yaml", "pom.yml", "gradlew")(view)
    folders = ("pom.atom", "pom.clj", "pom.groovy")
    return found or next((f"{name}/ exists" for name in folders if view.has_folder(name)), None)


def _lunatic(view: View) -> str | None:
    if not (view.has("Cargo.toml") and view.has(".cargo/config.toml")):
        return None
    return "Cargo.toml names lunatic" if _LUNATIC.search(view.read(".cargo/config.toml")) else None


def _clojure(view: View) -> str | None:
    return _files("project.clj", "build.clj")(view)


def _python(view: View) -> str | None:
    return _files(*python.DETECTED_BY)(view)


def _static(view: View) -> str | None:
    return staticfile.reason(view) if staticfile.detected(view) else None


# In Nixpacks' order.
PROVIDERS: tuple[tuple[str, Detector], ...] = (
    ("crystal", _files("shard.yml")),
    ("c#", _ending(".csproj")),
    ("dart", _files("pubspec.yaml")),
    ("elixir", _files("mix.exs")),
    ("deno", _deno),
    ("f#", _ending(".fsproj")),
    ("clojure", _clojure),
    ("gleam", _gleam),
    ("go", _files("main.go", "go.mod")),
    ("haskell", _haskell),
    ("scheme", _files("haunt.scm")),
    ("java", _java),
    ("lunatic", _lunatic),
    ("scala", _files("build.sbt")),
    ("php", _files("composer.json", "index.php")),
    ("ruby", _files("Gemfile")),
    ("node", _files("package.json")),
    ("python", _python),
    ("rust", _files("Cargo.toml")),
    ("swift", _files("Package.swift")),
    ("staticfile", _static),
    ("zig", _ending(".zig")),
    ("cobol", _ending(".cbl")),
)
NAMES = tuple(name for name, _ in PROVIDERS)


def detect(view: View) -> tuple[str, str] | None:
    """The provider and why, or None: no provider recognises the folder."""
    return next(detections(view), None)


def detections(view: View) -> Iterator[tuple[str, str]]:
    """All that would recognise the folder, in order. Nixpacks takes the first."""
    for name, detector in PROVIDERS:
        why = detector(view)
        if why is not None:
            yield name, why
