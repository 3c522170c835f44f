"""Answers the requests of one sandbox on its door: index pages, files, and tunnels to hosts on the list.

In: the listening socket that the keeper made inside the sandbox's network. Runs in threads of this process, so it ends
with it. Everything that is refused is remembered, for the report.
"""

from __future__ import annotations

import contextlib
import hashlib
import http.server
import os
import re
import select
import socket
import socketserver
import threading
import time
import urllib.parse
from collections.abc import Collection
from dataclasses import replace
from http import HTTPStatus
from typing import Any

from firstpush.rehearsal.door.pages import HTML_TYPE, JSON_TYPE, IndexFile, normalized, write_html, write_json
from firstpush.rehearsal.door.store import NotThere, Store

_PAGE = re.compile(r"/simple/([A-Za-z0-9._-]+)/?")
_FILE = re.compile(r"/files/([A-Za-z0-9._-]+)/([0-9a-f]{16})/([A-Za-z0-9._+!%~-]+?)(\.metadata)?")
_IDLE = 120.0
_TUNNELS = 64


class Door:
    """Serves until `close`. `tags`: of the replica's interpreters (None: every wheel is offered); `hosts`: besides the
    index's own."""

    def __init__(
        self,
        listener: socket.socket,
        store: Store,
        *,
        tags: Collection[str] | None = None,
        hosts: Collection[str] = (),
        refused: set[str] | None = None,
    ) -> None:
        self.store = store
        self.tags = tags
        self.hosts = frozenset(hosts) | store.sources.hosts
        self.refused: set[str] = set() if refused is None else refused
        self.problems: list[str] = []
        self.asked: dict[str, None] = {}
        self.pages: dict[str, bytes] = {}
        self._server = _Server(listener, self)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join(5)
        self._server.hang_up()

    def may_reach(self, host: str) -> bool:
        return not self.store.offline and (host in self.hosts or host in self.store.link_hosts)

    def files(self, project: str) -> list[tuple[str, IndexFile]]:
        """(address at the door, file) pairs."""
        found = self.store.project(project, self.tags)
        name = normalized(project)
        self.asked[name] = None
        return [(f"/files/{name}/{_key(file)}/{urllib.parse.quote(file.name)}", file) for file in found]


def _key(file: IndexFile) -> str:
    return hashlib.sha256(f"{file.url} {file.sha256}".encode()).hexdigest()[:16]


class _Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads = True

    def __init__(self, listener: socket.socket, door: Door) -> None:
        socketserver.BaseServer.__init__(self, ("127.0.0.1", 0), _Handler)
        self.socket = listener
        self.server_name, self.server_port = "door", 0
        self.door = door

        self.open: set[socket.socket] = set()

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        self.open.add(request)
        try:
            super().process_request_thread(request, client_address)
        finally:
            self.open.discard(request)

    def hang_up(self) -> None:
        """End what is still open: the threads that serve it then end by themselves."""
        for request in list(self.open):
            with contextlib.suppress(OSError):
                request.shutdown(socket.SHUT_RDWR)
        until = time.monotonic() + 2.0
        while self.open and time.monotonic() < until:
            time.sleep(0.001)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away is no event."""


class _Handler(http.server.BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # 40 ms for each of some 40 requests otherwise
    wbufsize = 1 << 16

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing is logged: the sandbox chooses what would stand there."""

    def do_GET(self) -> None:
        door = self.server.door
        try:
            if page := _PAGE.fullmatch(self.path):
                self._page(door, page[1])
            elif asked := _FILE.fullmatch(self.path):
                self._file(door, *asked.groups())
            else:
                host = urllib.parse.urlsplit(self.path).hostname
                if host:
                    door.refused.add(host)
                self.send_error(HTTPStatus.FORBIDDEN if host else HTTPStatus.NOT_FOUND)
        except NotThere as error:
            door.problems.append(str(error))
            self.send_error(HTTPStatus.NOT_FOUND, "not there")

    def do_HEAD(self) -> None:
        self.do_GET()

    def _page(self, door: Door, project: str) -> None:
        as_json = JSON_TYPE in self.headers.get("Accept", "")
        key = f"{normalized(project)} {as_json}"
        if key not in door.pages:
            files = []
            metadata: dict[str, str] = {}
            for address, file in door.files(project):
                files.append(replace(file, url=address))
                kept = door.store.metadata(file)
                if kept is not None:
                    metadata[address] = hashlib.sha256(kept.read_bytes()).hexdigest()
            door.pages[key] = write_json(project, files, metadata) if as_json else write_html(project, files)
        self._send(door.pages[key], JSON_TYPE if as_json else HTML_TYPE)

    def _file(self, door: Door, project: str, key: str, _name: str, metadata: str | None) -> None:
        file = next((file for _address, file in door.files(project) if _key(file) == key), None)
        if file is None:
            self.send_error(HTTPStatus.NOT_FOUND)
            return
        place = door.store.metadata(file) if metadata else door.store.path(file)
        if place is None or not place.is_file():
            self.send_error(HTTPStatus.NOT_FOUND)
            return
        with place.open("rb") as source:
            self.send_response(HTTPStatus.OK)
            self.send_header("Content-Type", "application/octet-stream")
            self.send_header("Content-Length", str(os.fstat(source.fileno()).st_size))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.flush()
                self.connection.sendfile(source)

    def _send(self, body: bytes, kind: str) -> None:
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def do_CONNECT(self) -> None:
        door = self.server.door
        host, _, port = self.path.rpartition(":")
        if port != "443" or not door.may_reach(host) or threading.active_count() > _TUNNELS:
            door.refused.add(host)
            self.send_error(HTTPStatus.FORBIDDEN, "this host is no package index of this machine")
            return
        try:
            outside = _connect(host)
        except OSError as error:
            self.send_error(HTTPStatus.BAD_GATEWAY, str(error)[:80])
            return
        self.wfile.write(b"HTTP/1.1 200 connected\r\n\r\n")
        self.wfile.flush()
        self.close_connection = True
        with outside, contextlib.suppress(OSError):
            _tunnel(self.connection, outside)


def _connect(host: str) -> socket.socket:
    """A connection to `host`:443, through this machine's own proxy when it has one."""
    proxy = urllib.parse.urlsplit(os.environ.get("HTTPS_PROXY") or os.environ.get("https_proxy") or "")
    if not proxy.hostname:
        return socket.create_connection((host, 443), 20)
    outside = socket.create_connection((proxy.hostname, proxy.port or 3128), 20)
    outside.sendall(f"CONNECT {host}:443 HTTP/1.1\r\nHost: {host}:443\r\n\r\n".encode())
    answer = b""
    while b"\r\n\r\n" not in answer:
        block = outside.recv(4096)
        if not block or len(answer) > 1 << 16:
            raise OSError("the proxy closed the connection")
        answer += block
    if b" 200 " not in answer.split(b"\r\n", 1)[0] + b" ":
        raise OSError("the proxy refused")
    return outside


def _tunnel(inside: socket.socket, outside: socket.socket) -> None:
    while True:
        ready = select.select([inside, outside], [], [], _IDLE)[0]
        if not ready:
            return
        for one in ready:
            data = one.recv(1 << 16)
            if not data:
                return
            (outside if one is inside else inside).sendall(data)
