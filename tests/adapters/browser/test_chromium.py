"""A real browser shows a page of the loopback web, and reaches nothing that was not opened."""

import shutil
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from donna_adapters.compose.tools import BROWSERS
from donna_adapters.web.fetcher import HttpxFetcher
from donna_core.domain.errors import DonnaError
from donna_core.ports.fetcher import AddressRefused, FetchFailed

pytest.importorskip("playwright", reason="install donna-adapters[browser]")

from donna_adapters.browser.chromium import ChromiumRenderer  # an extra

EXECUTABLE = next((path for name in BROWSERS if (path := shutil.which(name))), "")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not EXECUTABLE, reason="install Chromium: apt install chromium"),
]

SECRET = Path(__file__).as_uri()
PATIENCE = timedelta(seconds=60)
SHOP = b"""<!doctype html><title>Shop</title><link rel=stylesheet href=/style.css>
<div id=price>loading</div><p hidden>secret</p><div id=agent></div>
<script src=/price.js></script>"""
SCRIPT = b"""
document.getElementById('price').textContent = 'EUR 24';
fetch('/more').then(r => r.text()).then(t => document.getElementById('agent').textContent = t);
"""
STUCK = b"<title>Stuck</title><script>while (true) {}</script>"
PROBE = """<!doctype html><title>Probe</title><p>here</p>
<link rel=preconnect href="{other}"><link rel=dns-prefetch href="{other}">
<link rel=prefetch href="{other}/prefetch"><img src="{other}/img">
<iframe src="{other}/frame"></iframe>
<iframe src="{file}"></iframe><script src="{other}/script"></script>
<script>
const other = "{other}";
fetch(other + '/fetch', {{mode: 'no-cors'}}).catch(() => 0);
fetch('/post', {{method: 'POST', body: 'x'}}).catch(() => 0);
navigator.sendBeacon(other + '/beacon', 'x');
new EventSource(other + '/events');
new WebSocket(other.replace('http', 'ws') + '/socket');
try {{ new RTCPeerConnection({{iceServers: [{{urls: other.replace('http://', 'stun:')}}]}})
  .createDataChannel('x'); }} catch (e) {{}}
window.open(other + '/popup');
fetch('/away').catch(() => 0);
navigator.serviceWorker && navigator.serviceWorker.register('/worker.js').catch(() => 0);
</script>"""


class Web(ThreadingHTTPServer):
    """A server on the loopback interface that keeps what it was asked."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked: list[str] = []
        self.connections = 0
        self.other = ""

    @property
    def where(self) -> str:
        """Host and port."""
        return f"127.0.0.1:{self.server_address[1]}"

    def verify_request(self, request: object, client_address: object) -> bool:
        """Count every connection, whatever is said on it."""
        del request, client_address
        self.connections += 1
        return True


class Handler(BaseHTTPRequestHandler):
    """Answers a few paths."""

    server: Web

    def do_GET(self) -> None:
        self.server.asked.append(f"{self.command} {self.path}")
        if self.path in {"/away", "/moved"}:
            self.send_response(302)
            to = "/deep/shop" if self.path == "/moved" else f"{self.server.other}/redirected"
            self.send_header("Location", to)
            self.end_headers()
            return
        body, kind = {
            "/price.js": (SCRIPT, "text/javascript"),
            "/style.css": (b"#price { color: red }", "text/css"),
            "/more": (b"more", "text/plain"),
            "/stuck": (STUCK, "text/html"),
            "/probe": (PROBE.format(other=self.server.other, file=SECRET).encode(), "text/html"),
        }.get(self.path, (SHOP, "text/html"))
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Set-Cookie", "who=me")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        self.do_GET()

    def log_message(self, *_args: object) -> None:
        """Stay quiet."""


@pytest.fixture
def web() -> Iterator[Callable[[], Web]]:
    """Give the function that starts another server."""
    started: list[tuple[Web, threading.Thread]] = []

    def start() -> Web:
        server = Web()
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        started.append((server, thread))
        return server

    yield start
    for server, thread in started:
        server.shutdown()
        thread.join()
        server.server_close()


def opening(*servers: Web) -> ChromiumRenderer:
    """Return a browser whose owner opened these servers."""
    opened = frozenset(server.where for server in servers)
    return ChromiumRenderer(
        fetcher_for=lambda place: HttpxFetcher(opened=opened & {place}), executable=EXECUTABLE
    )


async def test_what_a_person_would_see_is_read(web: Callable[[], Web]) -> None:
    """Scripts have run, hidden text is not there, and the address is where redirects ended."""
    server = web()
    url = f"http://{server.where}/moved"
    seen = await opening(server).text(url, selector="body", patience=PATIENCE)

    assert (seen.url, seen.status) == (f"http://{server.where}/deep/shop", 200)
    assert (seen.title, seen.text.split()) == ("Shop", ["EUR", "24", "more"])
    assert server.asked.count("GET /deep/shop") == 1


async def test_a_picture_is_taken(web: Callable[[], Web]) -> None:
    """In PNG, of the top of the page."""
    server = web()
    seen = await opening(server).picture(f"http://{server.where}/", patience=PATIENCE)

    assert seen.png.startswith(b"\x89PNG")
    assert (seen.title, seen.text) == ("Shop", "")


async def test_a_page_reaches_nothing_that_was_opened_for_another(web: Callable[[], Web]) -> None:
    """Not by a tag, a script, a socket, a redirect or a frame; and its own server only reads."""
    server, other = web(), web()
    server.other = f"http://{other.where}"
    url = f"http://{server.where}/probe"
    seen = await opening(server, other).text(url, selector="body", patience=PATIENCE)

    assert seen.text.strip() == "here"
    assert {"GET /probe", "GET /away"} <= set(server.asked)
    assert not any(each.startswith("POST") for each in server.asked)
    assert (other.asked, other.connections) == ([], 0)


async def problem(renderer: ChromiumRenderer, url: str, **args: object) -> DonnaError:
    """Return why a page was not shown."""
    wanted = {"selector": "body", "patience": PATIENCE, **args}
    with pytest.raises(DonnaError) as caught:
        await renderer.text(url, **wanted)  # type: ignore[arg-type]  # as named
    return caught.value


async def test_an_inner_address_starts_no_browser(web: Callable[[], Web]) -> None:
    """What must not be reached is refused as everywhere else."""
    server = web()
    strict = ChromiumRenderer(fetcher_for=lambda _: HttpxFetcher(), executable="/no/browser")

    assert isinstance(await problem(strict, f"http://{server.where}/"), AddressRefused)
    assert isinstance(await problem(strict, SECRET), AddressRefused)
    assert server.connections == 0


@pytest.mark.parametrize(("path", "selector"), [("/", "#not-there"), ("/stuck", "body")])
async def test_what_does_not_come_has_an_end(
    web: Callable[[], Web], path: str, selector: str
) -> None:
    """An element that is missing and a script that never ends are failures by name."""
    server = web()
    url, patience = f"http://{server.where}{path}", timedelta(seconds=5)
    error = await problem(opening(server), url, selector=selector, patience=patience)

    assert isinstance(error, FetchFailed)
    assert (error.kind, error.retryable) == ("TimeoutError", True)
