"""A local Chromium through Playwright, which has no way to the network but a fetcher.

Playwright is an extra: whoever imports this module has looked for it.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from typing import Final
from urllib.parse import urlsplit

from attrs import frozen
from playwright.async_api import (
    Browser,
    BrowserContext,
    BrowserType,
    Error,
    Route,
    async_playwright,
)
from playwright.async_api import Page as Tab
from playwright.async_api import TimeoutError as NotInTime

from donna_core.ports.fetcher import AddressRefused, Fetcher, FetchFailed, Page
from donna_skills.tools.browser import Rendered, Renderer

MOST_REQUESTS: Final = 200
QUIET: Final = timedelta(seconds=2)
"""How long a page may go on loading after it was loaded."""

CLOSING: Final = timedelta(seconds=5)
WIDTH, HEIGHT = 1280, 1600

NO_WAY_OUT: Final = (
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--disable-quic",
    "--webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
NOWHERE: Final = "http://127.0.0.1:9"
"""A proxy that is none: what is not intercepted, loopback included, ends there."""

NOT_THE_PAGES: Final = {
    *("connection", "content-encoding", "content-length", "transfer-encoding"),
    *("alt-svc", "keep-alive", "set-cookie", "strict-transport-security"),
}
"""Headers that are about the way of an answer, which the fetcher unpacked, or set cookies."""


@frozen(kw_only=True)
class ChromiumRenderer(Renderer):
    """Opens each page in a browser of its own, which is gone afterwards.

    ``fetcher_for`` returns the fetcher for what lies at a ``host:port``, redirects from there
    included: it may reach that one where it was opened, and public addresses, but nothing that
    was opened for another. Only GET is answered. Where this process belongs to root, Chromium
    has no sandbox of its own.
    """

    fetcher_for: Callable[[str], Fetcher]
    executable: str

    async def text(self, url: str, *, selector: str, patience: timedelta) -> Rendered:
        async with self._opened(url, patience) as (tab, page):
            text = await tab.locator(selector).first.inner_text()
            title = await tab.title()
        return Rendered(url=page.url, status=page.status, title=title, text=text)

    async def picture(self, url: str, *, patience: timedelta) -> Rendered:
        async with self._opened(url, patience) as (tab, page):
            png = await tab.screenshot(animations="disabled")
            title = await tab.title()
        return Rendered(url=page.url, status=page.status, title=title, png=png)

    @asynccontextmanager
    async def _opened(self, url: str, patience: timedelta) -> AsyncIterator[tuple[Tab, Page]]:
        """Yield the loaded page and the answer it began with."""
        try:
            async with asyncio.timeout(patience.total_seconds()):
                # Before there is a browser: what cannot be read costs none.
                first = await self.fetcher_for(_place(url)).fetch(url, patience=patience)
                async with (
                    async_playwright() as playwright,
                    self._browser(playwright.chromium) as browser,
                ):
                    yield await self._loaded(await _context(browser), first), first
        except TimeoutError:
            waited = f"it took longer than {patience.total_seconds():g} seconds"
            raise FetchFailed(url, kind="TimeoutError", problem=waited, retryable=True) from None
        except Error as error:
            said = next(iter(error.message.splitlines()), "the browser failed")[:200]
            raise FetchFailed(url, kind="BrowserError", problem=said, retryable=True) from error

    @asynccontextmanager
    async def _browser(self, chromium: BrowserType) -> AsyncIterator[Browser]:
        is_root = hasattr(os, "geteuid") and os.geteuid() == 0
        browser = await chromium.launch(
            executable_path=self.executable,
            args=list(NO_WAY_OUT),
            chromium_sandbox=not is_root,
            proxy={"server": NOWHERE, "bypass": "<-loopback>"},
        )
        try:
            yield browser
        finally:
            with suppress(TimeoutError):  # then the end of Playwright ends it
                async with asyncio.timeout(CLOSING.total_seconds()):
                    await browser.close()

    async def _loaded(self, context: BrowserContext, first: Page) -> Tab:
        guard = _Guard(first, self.fetcher_for)
        await context.route("**/*", guard.answer)
        await context.route_web_socket("**/*", lambda socket: socket.close())
        tab = await context.new_page()
        await tab.goto(first.url, wait_until="load")
        with suppress(NotInTime):
            await tab.wait_for_load_state("networkidle", timeout=QUIET.total_seconds() * 1000)
        return tab


async def _context(browser: Browser) -> BrowserContext:
    context = await browser.new_context(
        service_workers="block",
        accept_downloads=False,
        viewport={"width": WIDTH, "height": HEIGHT},
    )
    context.set_default_timeout(0)  # the patience of the caller bounds all of it together
    return context


class _Guard:
    """Answers what a browser asks for, by a fetcher or not at all."""

    def __init__(self, first: Page, fetcher_for: Callable[[str], Fetcher]) -> None:
        self._first: Page | None = first
        self._place, self._asked = _place(first.url), 0
        self._own, self._others = fetcher_for(self._place), fetcher_for("")

    async def answer(self, route: Route) -> None:
        """Fulfil the request, or abort it."""
        self._asked += 1
        page = None
        if route.request.method == "GET" and self._asked <= MOST_REQUESTS:
            with suppress(AddressRefused, FetchFailed):
                page = await self._page(route.request.url)
        with suppress(Error):  # the page went meanwhile
            if page is None:
                await route.abort("blockedbyclient")
                return
            headers = {k: v for k, v in page.headers.items() if k not in NOT_THE_PAGES}
            await route.fulfill(status=page.status, headers=headers, body=page.body)

    async def _page(self, url: str) -> Page:
        if self._first is not None and url == self._first.url:
            page, self._first = self._first, None
            return page
        return await (self._own if _place(url) == self._place else self._others).fetch(url)


def _place(url: str) -> str:
    """Return the ``host:port`` of an address; empty where it has none."""
    try:
        parts = urlsplit(url)
        port = parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    except ValueError:
        return ""
    return f"{parts.hostname}:{port}" if parts.hostname and port else ""
