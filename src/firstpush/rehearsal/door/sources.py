"""Where this machine's pip and uv get packages from: their configuration files, variables and defaults.

Out: `IndexSources`. Credentials in URLs stay in this process. Nothing is started.
"""

from __future__ import annotations

import configparser
import importlib.util
import os
import re
import shlex
import sys
import tomllib
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

_DEFAULT = re.compile(r'PyPI\s*=\s*PackageIndex\(\s*"(?P<url>[^"]+)",\s*file_storage_domain="(?P<files>[^"]+)"')


@dataclass(frozen=True, slots=True)
class IndexSources:
    """`indexes`: base URLs of simple indexes (http, https, file), best first; `links`: folders and pages of pip's
    find-links; `hosts`: every host that may be reached; `certificates`: a bundle, or None for the system's."""

    indexes: tuple[str, ...]
    links: tuple[str, ...] = ()
    hosts: frozenset[str] = frozenset()
    certificates: str | None = None


def read(environment: Mapping[str, str] | None = None) -> IndexSources:
    """The sources as pip and uv would use them when started by us here."""
    env = os.environ if environment is None else environment
    pip, uv = _pip_settings(env), _uv_settings(env)
    default, storage = pip_default()
    primary = pip.get("index-url") or uv.get("index-url") or default
    indexes = [] if _true(pip.get("no-index", "")) else [*primary.split(), *pip.get("extra-index-url", "").split()]
    indexes += uv.get("extra-index-url", "").split()
    links = [*pip.get("find-links", "").split(), *uv.get("find-links", "").split()]
    urls = [*indexes, *(link for link in links if "://" in link)]
    hosts = {urlsplit(url).hostname for url in urls} - {None}
    if default in indexes or any(urlsplit(default).hostname == host for host in hosts):
        hosts.add(storage)
    bundle = pip.get("cert") or env.get("SSL_CERT_FILE") or env.get("REQUESTS_CA_BUNDLE")
    return IndexSources(
        indexes=tuple(dict.fromkeys(indexes)),
        links=tuple(dict.fromkeys(links)),
        hosts=frozenset(host for host in hosts if host),
        certificates=bundle if bundle and os.path.isfile(bundle) else None,
    )


def pip_default() -> tuple[str, str]:
    """(default index URL, host of its files), from the source of a pip of this machine. Empty when there is none."""
    for text in _pip_sources():
        match = _DEFAULT.search(text)
        if match:
            return match["url"].rstrip("/") + "/simple", match["files"]
    return "", ""


def _pip_sources() -> list[str]:
    found = []
    spec = importlib.util.find_spec("pip")
    if spec is not None and spec.origin:
        path = Path(spec.origin).parent / "_internal/models/index.py"
        if path.is_file():
            found.append(path.read_text("utf-8"))
    for base in (
        Path(os.__file__).parent,
        Path(sys.base_prefix) / "share/python-wheels",
        Path("/usr/share/python-wheels"),
    ):
        for wheel in sorted([*base.glob("ensurepip/_bundled/pip-*.whl"), *base.glob("pip-*.whl")]):
            with zipfile.ZipFile(wheel) as archive:
                found.append(archive.read("pip/_internal/models/index.py").decode())
    return found


def _pip_settings(env: Mapping[str, str]) -> dict[str, str]:
    """pip's settings: files from least to most important, then variables. Source: pip's own docs, "Configuration"."""
    home = Path(env.get("HOME") or Path.home())
    files = [Path("/etc/xdg/pip/pip.conf"), Path("/etc/pip.conf"), home / ".pip/pip.conf"]
    files += [Path(env.get("XDG_CONFIG_HOME") or home / ".config") / "pip/pip.conf"]
    if env.get("VIRTUAL_ENV"):
        files.append(Path(env["VIRTUAL_ENV"]) / "pip.conf")
    own = env.get("PIP_CONFIG_FILE")
    files = [] if own == os.devnull else [*files, *([Path(own)] if own else [])]
    found: dict[str, str] = {}
    for file in files:
        parser = configparser.RawConfigParser()
        try:
            parser.read(file, "utf-8")
        except (configparser.Error, UnicodeDecodeError):
            continue
        for section in ("global", "install"):
            if parser.has_section(section):
                found |= {name.replace("_", "-"): value for name, value in parser.items(section)}
    for name in ("index-url", "extra-index-url", "find-links", "no-index", "cert"):
        value = env.get("PIP_" + name.upper().replace("-", "_"))
        if value:
            found[name] = value
    return found


def _uv_settings(env: Mapping[str, str]) -> dict[str, str]:
    """uv's settings of the user and the system. Source: uv's documentation, "Configuration files" and "Indexes"."""
    home = Path(env.get("HOME") or Path.home())
    files = [Path("/etc/uv/uv.toml"), Path(env.get("XDG_CONFIG_HOME") or home / ".config") / "uv/uv.toml"]
    if env.get("UV_CONFIG_FILE"):
        files.append(Path(env["UV_CONFIG_FILE"]))
    found: dict[str, str] = {}
    extra: list[str] = []
    links: list[str] = []
    for file in files:
        try:
            data = tomllib.loads(file.read_text("utf-8"))
        except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError):
            continue
        for table in (data, data.get("pip", {})):
            if isinstance(table.get("index-url"), str):
                found["index-url"] = table["index-url"]
            extra += table.get("extra-index-url", [])
            links += table.get("find-links", [])
        for index in data.get("index", []):
            if index.get("default"):
                found["index-url"] = index["url"]
            elif not index.get("explicit"):
                extra.append(index["url"])
    default = env.get("UV_DEFAULT_INDEX") or env.get("UV_INDEX_URL")
    if default:
        found["index-url"] = default.rpartition("=")[2] if "=" in default.split("://")[0] else default
    extra += [
        part.split("=", 1)[-1] for part in shlex.split(env.get("UV_INDEX", "") or env.get("UV_EXTRA_INDEX_URL", ""))
    ]
    links += env.get("UV_FIND_LINKS", "").replace(",", " ").split()
    found["extra-index-url"] = " ".join(extra)
    found["find-links"] = " ".join(links)
    return found


def _true(text: str) -> bool:
    return text.lower() in ("1", "true", "yes", "on", "y", "t")
