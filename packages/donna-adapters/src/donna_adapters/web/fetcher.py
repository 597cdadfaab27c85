"""A fetcher over httpx that connects to addresses it has checked, and to no others."""

import asyncio
import socket
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Final

import httpx
from attrs import frozen

from donna_adapters.web.addresses import is_public
from donna_core.ports.fetcher import PATIENCE, AddressRefused, Fetcher, FetchFailed, Page

LARGEST_BODY: Final = 2 * 1024 * 1024
LONGEST_URL: Final = 2048
MOST_REDIRECTS: Final = 3
PORTS: Final = {"http": 80, "https": 443}
CODINGS: Final = {"": None, "identity": None, "gzip": 31, "x-gzip": 31, "deflate": 15}
AGENT: Final = "Donna/0.1 (personal assistant; reads single pages for its owner)"

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
"""Returns the IP addresses of a host; raises ``OSError`` when it has none."""


@frozen(kw_only=True)
class Target:
    """A page's address and the one IP address that was checked for it."""

    url: httpx.URL
    address: str

    @property
    def pinned(self) -> httpx.URL:
        """The URL that connects to the checked address, whatever the name says by now."""
        return self.url.copy_with(host=self.address)


class HttpxFetcher(Fetcher):
    """Reads pages of at most ``largest`` decoded bytes from public addresses.

    ``opened`` are the ``host:port`` pairs its owner opened although they are not public, such
    as a machine at home. The name is resolved once for each connection and the connection goes
    to the address that was checked. Proxies of the environment are not used.
    """

    def __init__(
        self,
        *,
        opened: frozenset[str] = frozenset(),
        largest: int = LARGEST_BODY,
        resolve: Resolve | None = None,
    ) -> None:
        self._opened, self._largest = opened, largest
        self._resolve = resolve or _resolve

    async def fetch(self, url: str, *, patience: timedelta = PATIENCE) -> Page:
        try:
            async with asyncio.timeout(patience.total_seconds()):
                return await self._follow(url)
        except TimeoutError:
            waited = f"it took longer than {patience.total_seconds():g} seconds"
            raise FetchFailed(url, kind="TimeoutError", problem=waited, retryable=True) from None
        except httpx.HTTPError as error:
            said = str(error) or type(error).__name__
            raise FetchFailed(url, kind="HttpError", problem=said, retryable=True) from error

    async def _follow(self, url: str) -> Page:
        asked = url
        # No time limit of its own: the patience of the caller bounds all of it together.
        async with httpx.AsyncClient(trust_env=False, timeout=None) as client:  # noqa: S113
            for _ in range(MOST_REDIRECTS + 1):
                answer = await self._one(client, await self._checked(asked))
                if isinstance(answer, Page):
                    return answer
                asked = answer
        problem = f"it redirects more than {MOST_REDIRECTS} times"
        raise FetchFailed(url, kind="TooManyRedirects", problem=problem, retryable=False)

    async def _checked(self, url: str) -> Target:
        parsed = _parsed(url)
        port = parsed.port or PORTS[parsed.scheme]
        is_opened = f"{parsed.host}:{port}" in self._opened
        if port not in PORTS.values() and not is_opened:
            raise AddressRefused(url, problem=f"port {port} is not one of the web")
        try:
            addresses = await self._resolve(parsed.host, port)
        except (OSError, UnicodeError) as error:
            problem = f"no address is known for {parsed.host}"
            raise FetchFailed(url, kind="NameError", problem=problem, retryable=True) from error
        inner = [address for address in addresses if not is_public(address)]
        if inner and not is_opened:
            raise AddressRefused(url, problem=f"{parsed.host} leads to {inner[0]}, not public")
        if not addresses:
            problem = f"no address is known for {parsed.host}"
            raise FetchFailed(url, kind="NameError", problem=problem, retryable=True)
        return Target(url=parsed, address=addresses[0])

    async def _one(self, client: httpx.AsyncClient, target: Target) -> Page | str:
        """Return the page, or where it redirects to."""
        request = client.build_request(
            "GET",
            target.pinned,
            headers={
                "host": target.url.netloc.decode("ascii"),
                "user-agent": AGENT,
                "accept-encoding": "gzip",
            },
            extensions={"sni_hostname": target.url.host},
        )
        client.cookies.clear()
        response = await client.send(request, stream=True)
        try:
            goal = response.headers.get("location")
            if response.is_redirect and goal:
                return str(target.url.join(goal))
            body, truncated = await self._body(response, url=str(target.url))
        finally:
            await response.aclose()
        return Page(
            url=str(target.url),
            status=response.status_code,
            headers={name.lower(): value for name, value in response.headers.items()},
            body=body,
            charset=response.charset_encoding or "utf-8",
            truncated=truncated,
        )

    async def _body(self, response: httpx.Response, *, url: str) -> tuple[bytes, bool]:
        coding = response.headers.get("content-encoding", "").strip().lower()
        if coding not in CODINGS:
            problem = f"it is packed as {coding[:40]}, which was not asked for"
            raise FetchFailed(url, kind="CodingError", problem=problem, retryable=False)
        raw = response.aiter_raw(chunk_size=64 * 1024)
        try:
            return await _capped(raw, largest=self._largest, window=CODINGS[coding])
        except zlib.error as error:
            problem = "what it sent cannot be unpacked"
            raise FetchFailed(url, kind="CodingError", problem=problem, retryable=True) from error


async def _capped(
    raw: AsyncIterator[bytes], *, largest: int, window: int | None
) -> tuple[bytes, bool]:
    """Return at most ``largest`` unpacked bytes, and whether there were more.

    However small it was packed, no more than that is ever unpacked.
    """
    unpacker = None if window is None else zlib.decompressobj(window)
    body = bytearray()
    async for chunk in raw:
        room = largest + 1 - len(body)
        body += chunk[:room] if unpacker is None else unpacker.decompress(chunk, room)
        if len(body) > largest:
            return bytes(body[:largest]), True
    return bytes(body), False


def _parsed(url: str) -> httpx.URL:
    if len(url) > LONGEST_URL:
        raise AddressRefused(f"{url[:60]}…", problem=f"it is longer than {LONGEST_URL} characters")
    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL as error:
        raise AddressRefused(url, problem=f"it is no address ({error})") from error
    if parsed.scheme not in PORTS or not parsed.host:
        raise AddressRefused(url, problem="it begins with neither http:// nor https://")
    if parsed.userinfo:
        raise AddressRefused(url, problem="it carries a name or a password")
    return parsed


async def _resolve(host: str, port: int) -> Sequence[str]:
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(where[0]) for *_, where in found]
