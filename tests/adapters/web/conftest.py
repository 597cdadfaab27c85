"""A small web on the loopback interface."""

import gzip
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

BOMB = gzip.compress(bytes(64 * 1024 * 1024), compresslevel=9)


class Pages(BaseHTTPRequestHandler):
    """Answers a few paths, and counts what it was asked."""

    asked: list[str]

    def do_GET(self) -> None:
        self.asked.append(f"{self.headers['Host']}{self.path}")
        if self.path.startswith("/to/"):
            self.send_response(302)
            self.send_header("Location", self.path.removeprefix("/to/"))
            self.end_headers()
            return
        if self.path == "/round":
            self.send_response(302)
            self.send_header("Location", "/round")
            self.end_headers()
            return
        body, coding = {
            "/bomb": (BOMB, "gzip"),
            "/brotli": (b"\x00", "br"),
            "/twice": (gzip.compress(BOMB), "gzip, gzip"),
            "/large": (b"x" * 3_000_000, ""),
        }.get(self.path, ("grüß dich".encode("latin-1"), ""))
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=iso-8859-1")
        self.send_header("Set-Cookie", "who=me")
        if coding:
            self.send_header("Content-Encoding", coding)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        try:
            self.wfile.write(body)
        except OSError:
            self.close_connection = True

    def log_message(self, *_args: object) -> None:
        """Stay quiet."""


@pytest.fixture
def asked() -> list[str]:
    """What was asked of the loopback web, as host and path."""
    return []


@pytest.fixture
def port(asked: list[str]) -> Iterator[int]:
    """The port of the loopback web."""
    handler = type("Handler", (Pages,), {"asked": asked})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server.server_address[1]
    server.shutdown()
    thread.join()
    server.server_close()
