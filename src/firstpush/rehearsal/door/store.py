"""Fetches index pages and files for the door and keeps them: pages for some minutes, files by their SHA-256.

Only this process writes the cache; what does not match its hash is never kept. Wheels get their metadata taken out, so
that the next resolution needs no download (PEP 658).
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import os
import re
import ssl
import threading
import time
import urllib.error
import urllib.request
import zipfile
from collections.abc import Collection, Sequence
from dataclasses import astuple
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

from firstpush.rehearsal.door.pages import HTML_TYPE, JSON_TYPE, IndexFile, fitting, merge, normalized, project_of, read
from firstpush.rehearsal.door.sources import IndexSources

PAGE_SECONDS = 600.0
_MAX_FILE = 2 << 30
_PREFETCHERS = 3


class NotThere(Exception):
    """The index has no such project or file, or cannot be reached; the text says which."""


class Store:
    """`offline`: nothing is fetched; pages are taken whatever their age."""

    def __init__(self, sources: IndexSources, folder: Path, *, offline: bool = False) -> None:
        self.sources = sources
        self.folder = folder
        self.offline = offline
        self.link_hosts: set[str] = set()
        self._pages: dict[str, list[IndexFile]] = {}
        self._locks: dict[str, threading.Lock] = {}
        self._guard = threading.Lock()
        for name in ("pages", "files"):
            (folder / name).mkdir(exist_ok=True, mode=0o700)
        context = ssl.create_default_context(cafile=sources.certificates)
        self._opener = urllib.request.build_opener(urllib.request.HTTPSHandler(context=context))

    # ---- pages

    def project(self, name: str, tags: Collection[str] | None = None) -> list[IndexFile]:
        """The files of a project that fit `tags`, from all sources. Raises NotThere when no source has it."""
        name = normalized(name)
        with self._lock(f"page {name}"):
            if name not in self._pages:
                pages = [self._page(index, name, tags) for index in self.sources.indexes]
                pages += [self._links(link, name) for link in self.sources.links]
                if all(page is None for page in pages):
                    raise NotThere(f"no index has a project {name}")
                self._pages[name] = fitting(merge(page for page in pages if page is not None), tags)
                for file in self._pages[name]:
                    host = urlsplit(file.url).hostname
                    if host:
                        self.link_hosts.add(host)
            return self._pages[name]

    def prefetch(self, names: Collection[str], tags: Collection[str] | None) -> None:
        """Get these projects' pages at once, in threads: an installer asks for them one after the other."""
        for part in range(_PREFETCHERS):
            mine = list(names)[part::_PREFETCHERS]
            threading.Thread(target=self._prefetch, args=(mine, tags), daemon=True).start()

    def _prefetch(self, names: Sequence[str], tags: Collection[str] | None) -> None:
        for name in names:
            with contextlib.suppress(NotThere):
                self.project(name, tags)

    def _page(self, index: str, name: str, tags: Collection[str] | None) -> list[IndexFile] | None:
        address = f"{index.rstrip('/')}/{name}/"
        if urlsplit(index).scheme == "file":
            return self._local_page(Path(unquote(urlsplit(index).path)) / name, address)
        # A page is kept as far as it fits: the whole one can have megabytes.
        kind = hashlib.sha256(" ".join(sorted(tags)).encode()).hexdigest()[:8] if tags is not None else "all"
        kept = self.folder / "pages" / f"{hashlib.sha256(address.encode()).hexdigest()[:32]}-{kind}.json"
        with contextlib.suppress(OSError, ValueError, TypeError):
            if self.offline or kept.stat().st_mtime > time.time() - PAGE_SECONDS:
                return [IndexFile(*entry) for entry in json.loads(kept.read_bytes())]
        if self.offline:
            return None
        try:
            with self._open(address, f"{JSON_TYPE}, {HTML_TYPE.split(';')[0]};q=0.1") as answer:
                files = read(answer.read(), answer.url, answer.headers.get("Content-Type", ""))
        except urllib.error.HTTPError as error:
            if error.code in (404, 410):
                return None
            raise NotThere(f"the index answered {error.code} for {name}") from error
        except OSError as error:
            raise NotThere(f"the index cannot be reached: {error}") from error
        files = fitting(files, tags)
        _write(kept, json.dumps([astuple(file) for file in files]).encode())
        return files

    def _local_page(self, folder: Path, address: str) -> list[IndexFile] | None:
        if (folder / "index.html").is_file():
            return read((folder / "index.html").read_bytes(), address, "text/html")
        if folder.is_dir():
            return [IndexFile(path.name, path.as_uri()) for path in sorted(folder.iterdir()) if path.is_file()]
        return None

    def _links(self, link: str, name: str) -> list[IndexFile] | None:
        path = Path(unquote(urlsplit(link).path)) if link.startswith("file:") else Path(link)
        if "://" in link and not link.startswith("file:"):
            return None  # pip reads such a page for every project; few machines have one
        if path.is_dir():
            here = [IndexFile(file.name, file.absolute().as_uri()) for file in sorted(path.iterdir()) if file.is_file()]
            return [file for file in here if project_of(file.name) == name] or None
        return None

    # ---- files

    def path(self, file: IndexFile) -> Path:
        """The file on this machine, fetched when it is not here yet."""
        parts = urlsplit(file.url)
        if parts.scheme == "file":
            return Path(unquote(parts.path))
        key = file.sha256 or hashlib.sha256(file.url.encode()).hexdigest()
        place = self.folder / "files" / key
        with self._lock(key):
            if not place.exists():
                self._fetch(file, place)
        return place

    def _fetch(self, file: IndexFile, place: Path) -> None:
        if self.offline:
            raise NotThere(f"{file.name} is not in the cache and --offline was given")
        aside = place.with_name(f"{place.name}.{os.getpid()}-{threading.get_ident()}")
        digest = hashlib.sha256()
        try:
            with self._open(file.url, "*/*") as answer, aside.open("wb") as out:
                while block := answer.read(1 << 18):
                    digest.update(block)
                    if out.tell() > _MAX_FILE:
                        raise NotThere(f"{file.name} is larger than {_MAX_FILE >> 30} GiB")
                    out.write(block)
            if file.sha256 and digest.hexdigest() != file.sha256:
                raise NotThere(f"{file.name} does not have the hash that the index names")
            if file.name.endswith(".whl"):
                _keep_metadata(aside, place)
            aside.rename(place)
        except OSError as error:
            raise NotThere(f"{file.name} cannot be fetched: {error}") from error
        finally:
            aside.unlink(missing_ok=True)

    def metadata(self, file: IndexFile) -> Path | None:
        """A wheel's metadata, when the wheel was fetched before."""
        if not file.sha256:
            return None
        place = self.folder / "files" / f"{file.sha256}.metadata"
        return place if place.exists() else None

    # ---- small things

    def _open(self, url: str, accept: str):  # type: ignore[no-untyped-def]
        parts = urlsplit(url)
        headers = {"Accept": accept, "User-Agent": "firstpush"}
        if parts.username:
            token = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
            headers["Authorization"] = "Basic " + base64.b64encode(token.encode()).decode()
            url = parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
        return self._opener.open(
            urllib.request.Request(quote(url, safe=":/?&=%+~,;@!$'()*#"), headers=headers), timeout=60
        )

    def _lock(self, name: str) -> threading.Lock:
        with self._guard:
            return self._locks.setdefault(name, threading.Lock())


def wheel(store: Store, project: str, version: str) -> Path | None:
    """The universal wheel of an exact version, or None when it cannot be had."""
    pattern = re.compile(rf"{re.escape(project)}-{re.escape(version)}-py[23.py]*-none-any\.whl$")
    try:
        for file in store.project(project):
            if pattern.match(file.name):
                return store.path(file)
    except NotThere:
        return None
    return None


def _keep_metadata(wheel_file: Path, place: Path) -> None:
    with contextlib.suppress(OSError, zipfile.BadZipFile, KeyError), zipfile.ZipFile(wheel_file) as archive:
        for name in archive.namelist():
            if re.fullmatch(r"[^/]+\.dist-info/METADATA", name):
                _write(place.with_name(f"{place.name}.metadata"), archive.read(name))
                return


def _write(place: Path, data: bytes) -> None:
    aside = place.with_name(f"{place.name}.{os.getpid()}-{threading.get_ident()}.new")
    aside.write_bytes(data)
    aside.rename(place)


__all__ = ["NotThere", "Store", "wheel"]
