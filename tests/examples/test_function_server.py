"""The server that stands for a platform's runtime: ASGI, WSGI and handler classes, as they are and as they fail."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from firstpush.rehearsal.replica import function_server

pytestmark = pytest.mark.process
APPS = {
    "asgi": """
async def app(scope, receive, send):
    if scope["type"] == "lifespan":
        raise RuntimeError("no lifespan here")
    body = (await receive())["body"]
    if scope["path"] == "/boom":
        raise ValueError("boom")
    text = b" ".join([scope["method"].encode(), scope["path"].encode(), scope["query_string"], body])
    await send({"type": "http.response.start", "status": 201, "headers": [(b"content-type", b"text/plain")]})
    await send({"type": "http.response.body", "body": text, "more_body": True})
    await send({"type": "http.response.body", "body": b"!"})
""",
    "wsgi": """
def app(environ, start_response):
    start_response("201 Created", [("Content-Type", "text/plain")])
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    parts = [environ["REQUEST_METHOD"], environ["PATH_INFO"], environ["QUERY_STRING"], body.decode() + "!"]
    return [" ".join(parts).encode()]
""",
    "handler": """
from http.server import BaseHTTPRequestHandler

class app(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        path, _, query = self.path.partition("?")
        text = f"POST {path} {query} {body}!".encode()
        self.send_response(201)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)
""",
}


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def serving(request: pytest.FixtureRequest, tmp_path: Path, port: int) -> Iterator[int]:
    """The wanted application behind the server, on a free port."""
    (tmp_path / "made.py").write_text(APPS[request.param])
    command = [sys.executable, "-B", function_server.__file__, "made", "app"]
    with subprocess.Popen(command, cwd=tmp_path, env={**os.environ, "PORT": str(port)}, stderr=subprocess.PIPE) as run:
        for _ in range(100):
            with socket.socket() as attempt:
                if attempt.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield port
        run.terminate()


def ask(port: int, method: str, path: str, body: bytes = b"") -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request(method, path, body)
    answer = connection.getresponse()
    return answer.status, answer.read()


@pytest.mark.parametrize("serving", list(APPS), indirect=True)
def test_an_application_gets_the_request_and_its_answer_comes_back(serving: int) -> None:
    assert ask(serving, "POST", "/a%20b?c=d", b"body") in (
        (201, b"POST /a b c=d body!"),
        (201, b"POST /a%20b c=d body!"),  # a handler class sees the path as it was sent
    )


@pytest.mark.parametrize("serving", ["asgi"], indirect=True)
def test_an_exception_is_a_500_and_the_next_request_is_answered(serving: int) -> None:
    assert ask(serving, "GET", "/boom")[0] == 500
    assert ask(serving, "GET", "/")[0] == 201
