"""Pages of simple indexes: read HTML or JSON, merge, leave out what an interpreter can never take, write JSON or HTML.

Pure. In: a page's bytes and its address. Out: `IndexFile` values or a page's bytes.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

JSON_TYPE = "application/vnd.pypi.simple.v1+json"
HTML_TYPE = "text/html; charset=utf-8"
_ARCHIVES = (".whl", ".tar.gz", ".zip", ".tar.bz2", ".tar.xz")


@dataclass(frozen=True, slots=True)
class IndexFile:
    """A file that an index offers. `yanked`: False, True or the reason."""

    name: str
    url: str
    sha256: str | None = None
    requires_python: str | None = None
    yanked: bool | str = False


def normalized(project: str) -> str:
    return re.sub(r"[-_.]+", "-", project).lower()


def project_of(filename: str) -> str:
    """The project that a wheel or sdist belongs to, normalized."""
    if filename.endswith(".whl"):
        return normalized(filename.split("-", 1)[0])
    stem = next((filename[: -len(end)] for end in _ARCHIVES if filename.endswith(end)), filename)
    return normalized(re.sub(r"-\d.*$", "", stem))


def read(page: bytes, address: str, kind: str) -> list[IndexFile]:
    """The files of a page at `address` with content type `kind`."""
    if "json" in kind:
        return [_from_json(entry, address) for entry in json.loads(page).get("files", [])]
    parser = _Links(address)
    parser.feed(page.decode("utf-8", "replace"))
    return [file for file in parser.files if file.name.endswith(_ARCHIVES)]


def _from_json(entry: Mapping[str, object], address: str) -> IndexFile:
    hashes = entry.get("hashes")
    yanked = entry.get("yanked", False)
    return IndexFile(
        name=str(entry["filename"]),
        url=urljoin(address, str(entry["url"])),
        sha256=str(hashes["sha256"]) if isinstance(hashes, dict) and "sha256" in hashes else None,
        requires_python=str(entry["requires-python"]) if entry.get("requires-python") else None,
        yanked=yanked if isinstance(yanked, (bool, str)) else False,
    )


class _Links(HTMLParser):
    def __init__(self, address: str) -> None:
        super().__init__()
        self.base = address
        self.files: list[IndexFile] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        values = dict(attributes)
        href = values.get("href")
        if tag == "base" and href:
            self.base = urljoin(self.base, href)
        if tag != "a" or not href:
            return
        url, fragment = urldefrag(urljoin(self.base, href))
        name = unquote(urlsplit(url).path.rpartition("/")[2])
        digest = fragment.removeprefix("sha256=") if fragment.startswith("sha256=") else None
        yanked: bool | str = (values["data-yanked"] or True) if "data-yanked" in values else False
        self.files.append(IndexFile(name, url, digest, values.get("data-requires-python"), yanked))


def merge(pages: Iterable[Iterable[IndexFile]]) -> list[IndexFile]:
    """All files, each name once, the first page wins (as pip prefers the first of equal candidates)."""
    found: dict[str, IndexFile] = {}
    for page in pages:
        for file in page:
            found.setdefault(file.name, file)
    return list(found.values())


def fitting(files: Iterable[IndexFile], tags: Collection[str] | None) -> list[IndexFile]:
    """Without the wheels that no interpreter with these tags takes. pip does the same, file by file, slowly."""
    if tags is None:
        return list(files)
    return [file for file in files if not file.name.endswith(".whl") or _fits(file.name, tags)]


def _fits(name: str, tags: Collection[str]) -> bool:
    parts = name[:-4].split("-")
    if len(parts) < 5:
        return False
    python, abi, platform = parts[-3:]
    return any(
        f"{one}-{two}-{three}" in tags
        for one in python.split(".")
        for two in abi.split(".")
        for three in platform.split(".")
    )


def write_json(project: str, files: Iterable[IndexFile], metadata: Mapping[str, str]) -> bytes:
    """A page of PEP 691. `url` of the files is taken as it is; `metadata`: URL → sha256 of its metadata (PEP 658)."""
    entries = []
    for file in files:
        entry: dict[str, object] = {
            "filename": file.name,
            "url": file.url,
            "hashes": {"sha256": file.sha256} if file.sha256 else {},
        }
        if file.requires_python:
            entry["requires-python"] = file.requires_python
        if file.yanked:
            entry["yanked"] = file.yanked
        if file.url in metadata:
            entry["core-metadata"] = entry["dist-info-metadata"] = {"sha256": metadata[file.url]}
        entries.append(entry)
    return json.dumps({"meta": {"api-version": "1.0"}, "name": project, "files": entries}).encode()


def write_html(project: str, files: Iterable[IndexFile]) -> bytes:
    """The same for tools that know HTML only (pip before 22.2)."""
    lines = [f"<!DOCTYPE html><html><head><title>{html.escape(project)}</title></head><body>"]
    for file in files:
        href = file.url + (f"#sha256={file.sha256}" if file.sha256 else "")
        extra = f' data-requires-python="{html.escape(file.requires_python)}"' if file.requires_python else ""
        if file.yanked:
            extra += f' data-yanked="{html.escape(file.yanked) if isinstance(file.yanked, str) else ""}"'
        lines.append(f'<a href="{html.escape(href)}"{extra}>{html.escape(file.name)}</a><br>')
    return "\n".join([*lines, "</body></html>"]).encode()
