"""The index door: pages, configuration, what it refuses."""

from __future__ import annotations

import hashlib
import http.client
import json
import socket
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from firstpush.rehearsal.door import pages, sources
from firstpush.rehearsal.door.server import Door
from firstpush.rehearsal.door.sources import IndexSources
from firstpush.rehearsal.door.store import Store
from firstpush.rehearsal.replica.tags import tags_of

HTML = """<!DOCTYPE html><html><body>
<a href="../../files/demo-1.0-py3-none-any.whl#sha256=aa" data-requires-python="&gt;=3.8">demo-1.0-py3-none-any.whl</a>
<a href="https://files.example/demo-1.1.tar.gz" data-yanked="broken">demo-1.1.tar.gz</a>
<a href="demo-1.2-cp39-cp39-win_amd64.whl">x</a> <a href="../">up</a>
</body></html>"""


def test_reading_html() -> None:
    found = pages.read(HTML.encode(), "https://index.example/simple/demo/", "text/html")
    assert [file.name for file in found] == [
        "demo-1.0-py3-none-any.whl",
        "demo-1.1.tar.gz",
        "demo-1.2-cp39-cp39-win_amd64.whl",
    ]
    assert found[0].url == "https://index.example/files/demo-1.0-py3-none-any.whl"
    assert (found[0].sha256, found[0].requires_python) == ("aa", ">=3.8")
    assert found[1].yanked == "broken"


def test_json_and_html_say_the_same() -> None:
    files = pages.read(HTML.encode(), "https://index.example/simple/demo/", "text/html")
    again = pages.read(pages.write_json("demo", files, {}), "https://index.example/simple/demo/", "application/json")
    assert again == files
    assert pages.read(pages.write_html("demo", files), "https://index.example/simple/demo/", "text/html") == files


def test_only_wheels_that_never_fit_are_left_out() -> None:
    files = pages.read(HTML.encode(), "https://index.example/simple/demo/", "text/html")
    kept = pages.fitting(files, tags_of(("3.11",)))
    assert [file.name for file in kept] == ["demo-1.0-py3-none-any.whl", "demo-1.1.tar.gz"]


def test_first_index_wins() -> None:
    one, two = pages.IndexFile("a-1.tar.gz", "https://one/a"), pages.IndexFile("a-1.tar.gz", "https://two/a")
    assert pages.merge([[one], [two]]) == [one]


@pytest.mark.parametrize(
    ("name", "project"),
    [
        ("Foo_Bar-1.0-py3-none-any.whl", "foo-bar"),
        ("zope.interface-5.0.tar.gz", "zope-interface"),
        ("a-b-1.0.zip", "a-b"),
    ],
)
def test_project_of_a_file(name: str, project: str) -> None:
    assert pages.project_of(name) == project


def test_hosts_come_from_the_configuration(tmp_path: Path) -> None:
    (tmp_path / "pip.conf").write_text(
        "[global]\nindex-url = https://user:secret@index.example/simple\n"
        "extra-index-url =\n    https://more.example/x\n    file:///srv/x\n"
    )
    env = {
        "HOME": str(tmp_path),
        "PIP_CONFIG_FILE": str(tmp_path / "pip.conf"),
        "UV_INDEX": "named=https://uv.example/simple",
    }
    found = sources.read(env)
    assert found.indexes[0] == "https://user:secret@index.example/simple"
    assert {"index.example", "more.example", "uv.example"} <= found.hosts
    assert "file:///srv/x" in found.indexes


def test_variables_win_over_files(tmp_path: Path) -> None:
    found = sources.read({"HOME": str(tmp_path), "PIP_INDEX_URL": "https://variable.example/simple"})
    assert found.indexes[0] == "https://variable.example/simple"


def test_the_default_index_is_read_from_pip() -> None:
    url, files = sources.pip_default()
    assert url.startswith("https://")
    assert "." in files


def test_no_index_host_stands_in_our_code() -> None:
    url, files = sources.pip_default()
    host = url.split("/")[2]
    for path in Path(sources.__file__).parents[1].rglob("*.py"):
        text = path.read_text("utf-8")
        assert host not in text, path
        assert files not in text, path


@pytest.fixture
def index(tmp_path: Path) -> IndexSources:
    """A file index with one wheel, beside a file that it must not give out."""
    folder = tmp_path / "index/demo"
    folder.mkdir(parents=True)
    with zipfile.ZipFile(folder / "demo-1.0-py3-none-any.whl", "w") as archive:
        archive.writestr("demo-1.0.dist-info/METADATA", "Name: demo\n")
    (tmp_path / "secret").write_text("secret")
    return IndexSources(((tmp_path / "index").as_uri(),))


@pytest.fixture
def client(index: IndexSources, tmp_path: Path) -> Iterator[http.client.HTTPConnection]:
    (tmp_path / "cache").mkdir()
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    door = Door(listener, Store(index, tmp_path / "cache"))
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    yield connection
    connection.close()
    door.close()
    listener.close()


def ask(client: http.client.HTTPConnection, method: str, path: str, **headers: str) -> tuple[int, bytes]:
    client.request(method, path, headers=headers)
    answer = client.getresponse()
    return answer.status, answer.read()


@pytest.mark.process
def test_pages_and_files(client: http.client.HTTPConnection, tmp_path: Path) -> None:
    status, page = ask(client, "GET", "/simple/Demo/", Accept=pages.JSON_TYPE)
    [file] = json.loads(page)["files"]
    assert (status, file["filename"]) == (200, "demo-1.0-py3-none-any.whl")
    status, data = ask(client, "GET", file["url"])
    wheel = tmp_path / "index/demo/demo-1.0-py3-none-any.whl"
    assert (status, hashlib.sha256(data).digest()) == (200, hashlib.sha256(wheel.read_bytes()).digest())
    status, page = ask(client, "GET", "/simple/demo/")
    assert b"demo-1.0-py3-none-any.whl" in page


@pytest.mark.process
@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/secret",
        "/simple/..",
        "/simple/../secret/",
        "/simple/%2e%2e/",
        "/files/demo/0000000000000000/../../secret",
        "/files/demo/0000000000000000/secret",
        "http://example.org/",
        "file:///etc/passwd",
        "/simple/nothing-like-this/",
    ],
)
def test_what_is_not_given_out(client: http.client.HTTPConnection, path: str) -> None:
    status, body = ask(client, "GET", path)
    assert status in (403, 404)
    assert b"secret" not in body.replace(path.encode(), b"")


@pytest.mark.process
@pytest.mark.parametrize(
    "target", ["example.org:443", "127.0.0.1:22", "localhost:443", "169.254.169.254:443", "[::1]:443", ":443", "x"]
)
def test_tunnels_to_other_hosts_are_refused(client: http.client.HTTPConnection, target: str) -> None:
    status, _body = ask(client, "CONNECT", target)
    assert status == 403


@pytest.mark.process
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PROPFIND"])
def test_other_methods(client: http.client.HTTPConnection, method: str) -> None:
    assert ask(client, method, "/simple/demo/")[0] == 501
