"""A tool of the web from its grant to its page, on the loopback interface."""

import gzip
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from donna_adapters.web.fetcher import HttpxFetcher
from donna_core.domain.labels import Label
from donna_core.domain.tools import ToolCall
from donna_core.ports.tools import ToolFailed
from donna_skills.tools.feeds import rss_fetch
from donna_skills.tools.registry import ToolRegistry, granted
from donna_skills.tools.web import web_fetch

PAGE = b"<h1>Teapot</h1><p>EUR 24</p>"
FEED = gzip.compress(
    b"<?xml version='1.0' encoding='iso-8859-1'?><rss version='2.0'><channel><title>Caf\xe9</title>"
    b"<item><title>New teapot</title><link>https://shop.test/teapot</link>"
    b"<pubDate>Fri, 27 Nov 2026 07:00:00 +0100</pubDate></item></channel></rss>"
)


class Shop(BaseHTTPRequestHandler):
    """One page for every path but that of the feed."""

    def do_GET(self) -> None:
        is_feed = self.path == "/feed"
        body = FEED if is_feed else PAGE
        self.send_response(200)
        self.send_header("Content-Type", "text/xml" if is_feed else "text/html; charset=utf-8")
        if is_feed:
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: object) -> None:
        """Stay quiet."""


@pytest.fixture
def port() -> Iterator[int]:
    """The port of the shop."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Shop)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server.server_address[1]
    server.shutdown()
    thread.join()
    server.server_close()


def call(port: int) -> ToolCall:
    """Return the call that reads the shop's page."""
    args = {"url": f"http://127.0.0.1:{port}/teapot", "timeout_s": 5}
    return ToolCall(call_id="one", tool="web_fetch", args=args, step="fetch")


async def test_a_page_is_read_where_all_three_grant_it(port: int) -> None:
    """What came from the web is labelled as a stranger's."""
    tools = ToolRegistry([web_fetch(HttpxFetcher(opened=frozenset({f"127.0.0.1:{port}"})))])
    everyone = {"web_fetch"}
    allowed = granted(step=everyone, capability=everyone, agent=everyone)
    result = await tools.call(call(port), allowed=allowed)

    assert result.value["status_code"] == 200
    assert "EUR 24" in result.value["body"]
    assert result.labels == {Label.UNTRUSTED}


async def test_a_feed_is_read_and_taken_apart(port: int) -> None:
    """Packed, in another charset and in another zone, and still what the shop said."""
    fetcher = HttpxFetcher(opened=frozenset({f"127.0.0.1:{port}"}))
    args = {"url": f"http://127.0.0.1:{port}/feed", "since": "2026-11-27T05:59:59Z"}
    asked = ToolCall(call_id="one", tool="rss_fetch", args=args, step="fetch")
    result = await ToolRegistry([rss_fetch(fetcher)]).call(asked, allowed={"rss_fetch"})

    assert result.value["feed_title"] == "Café"
    [item] = result.value["items"]
    assert (item["title"], item["published"]) == ("New teapot", "2026-11-27T06:00:00+00:00")
    assert result.labels == {Label.UNTRUSTED}


async def test_an_inner_address_is_a_failure_that_no_repetition_mends(port: int) -> None:
    """A skill cannot reach what its owner did not open, however often it tries."""
    tools = ToolRegistry([web_fetch(HttpxFetcher())])
    with pytest.raises(ToolFailed) as caught:
        await tools.call(call(port), allowed={"web_fetch"})

    assert (caught.value.error_class, caught.value.retryable) == ("AddressRefused", False)
