"""Serves a function's application over HTTP inside a replica, as a platform's runtime calls it. Never imported here.

In: `MODULE NAME` as arguments, PORT in the environment. Out: a server on 0.0.0.0:PORT until it is killed. The object is
an ASGI or WSGI application or a `BaseHTTPRequestHandler` class. Runs on the replica's Python (3.9 or newer) without any
package; one request a connection, bodies in memory.
"""

from __future__ import annotations

import asyncio
import contextlib
import http.server
import importlib
import inspect
import os
import sys
import traceback
import urllib.parse
import wsgiref.simple_server
from typing import Any

MOST = 1 << 26


def is_asgi(app: Any) -> bool:
    """Whether calling it gives a coroutine."""
    return inspect.iscoroutinefunction(app) or inspect.iscoroutinefunction(getattr(app, "__call__", None))  # noqa: B004


async def request(reader: asyncio.StreamReader) -> tuple[dict[str, Any], bytes] | None:
    """ASGI scope and body of one HTTP request, or None for what is none."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        method, target, _ = first.split(" ", 2)
        pairs = [line.partition(":") for line in lines if line]
        headers = [(name.strip().lower(), value.strip()) for name, _, value in pairs]
        length = min(int(dict(headers).get("content-length") or "0"), MOST)
        body = await reader.readexactly(length)
    except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, ConnectionError, ValueError):
        return None
    parts = urllib.parse.urlsplit(target)
    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": method,
        "scheme": "https",
        "path": urllib.parse.unquote(parts.path),
        "raw_path": parts.path.encode("latin-1"),
        "query_string": parts.query.encode("latin-1"),
        "root_path": "",
        "headers": [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers],
    }
    return scope, body


async def answer(app: Any, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """One HTTP request through the ASGI application."""
    asked = await request(reader)
    try:
        if asked is not None:
            addresses = {
                "client": writer.get_extra_info("peername")[:2],
                "server": writer.get_extra_info("sockname")[:2],
            }
            await app({**asked[0], **addresses}, _receiver(asked[1]), _sender(writer))
    except Exception:
        traceback.print_exc()
        writer.write(b"HTTP/1.1 500 Internal Server Error\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
    with contextlib.suppress(ConnectionError):
        await writer.drain()
        writer.close()


def _receiver(body: bytes) -> Any:
    messages = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> dict[str, Any]:
        if messages:
            return messages.pop()
        await asyncio.sleep(3600)
        return {"type": "http.disconnect"}

    return receive


def _sender(writer: asyncio.StreamWriter) -> Any:
    async def send(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            lines = [b"HTTP/1.1 %d Status\r\nConnection: close\r\n" % message["status"]]
            lines += [bytes(name) + b": " + bytes(value) + b"\r\n" for name, value in message.get("headers", [])]
            writer.write(b"".join(lines) + b"\r\n")
        elif message["type"] == "http.response.body":
            writer.write(message.get("body", b""))
            await writer.drain()

    return send


async def serve_asgi(app: Any, port: int) -> None:
    """Lifespan, where the application has one, then requests."""
    started: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    begin = [{"type": "lifespan.startup"}]

    async def receive() -> dict[str, Any]:
        if begin:
            return begin.pop()
        await asyncio.sleep(10**9)
        return {"type": "lifespan.shutdown"}

    async def send(message: dict[str, Any]) -> None:
        if message["type"] == "lifespan.startup.failed":
            sys.exit(f"the application's start-up failed: {message.get('message', '')}")
        if not started.done():
            started.set_result(None)

    async def lifespan() -> None:
        with contextlib.suppress(Exception):  # an application without lifespan raises; that is allowed
            await app({"type": "lifespan", "asgi": {"version": "3.0"}, "state": {}}, receive, send)
        if not started.done():
            started.set_result(None)

    kept = asyncio.ensure_future(lifespan())
    await started
    server = await asyncio.start_server(lambda reader, writer: answer(app, reader, writer), "0.0.0.0", port)
    async with server:
        await server.serve_forever()
    await kept


def main() -> None:
    """Serve `sys.argv[2]` of module `sys.argv[1]`."""
    sys.path.insert(0, os.getcwd())
    app = getattr(importlib.import_module(sys.argv[1]), sys.argv[2])
    port = int(os.environ["PORT"])
    if isinstance(app, type) and issubclass(app, http.server.BaseHTTPRequestHandler):
        http.server.ThreadingHTTPServer(("0.0.0.0", port), app).serve_forever()
    elif is_asgi(app):
        asyncio.run(serve_asgi(app, port))
    else:
        wsgiref.simple_server.make_server("0.0.0.0", port, app).serve_forever()


if __name__ == "__main__":
    main()
