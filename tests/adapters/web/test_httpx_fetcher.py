"""The fetcher reads what is public and little of it."""

import resource
from collections.abc import Sequence
from datetime import timedelta

import pytest

from donna_adapters.web.fetcher import HttpxFetcher
from donna_core.domain.errors import DonnaError
from donna_core.ports.fetcher import AddressRefused, FetchFailed


def opened(port: int) -> HttpxFetcher:
    """Return a fetcher whose owner opened the loopback web."""
    return HttpxFetcher(opened=frozenset({f"127.0.0.1:{port}", f"page.test:{port}"}))


async def problem(fetcher: HttpxFetcher, url: str) -> DonnaError:
    """Return why the page was not read."""
    with pytest.raises((AddressRefused, FetchFailed)) as caught:
        await fetcher.fetch(url, patience=timedelta(seconds=5))
    error = caught.value
    assert isinstance(error, DonnaError)
    return error


async def test_a_page_is_read(port: int) -> None:
    """The text is in its own charset and the status is the server's."""
    page = await opened(port).fetch(f"http://127.0.0.1:{port}/greeting")

    assert (page.status, page.text, page.truncated) == (200, "grüß dich", False)


async def test_redirects_are_followed_and_counted(port: int, asked: list[str]) -> None:
    """A second page is reached; a circle ends."""
    page = await opened(port).fetch(f"http://127.0.0.1:{port}/to//greeting")
    error = await problem(opened(port), f"http://127.0.0.1:{port}/round")

    assert page.url.endswith("/greeting")
    assert isinstance(error, FetchFailed)
    assert error.kind == "TooManyRedirects"
    assert len(asked) == 6


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:{port}/",
        "http://localhost:80/",
        "http://2130706433/",
        "http://0x7f.1/",
        "http://0177.0.0.1/",
        "http://127.1/",
        "http://[::1]/",
        "http://[::ffff:7f00:1]/",
        "http://[64:ff9b::7f00:1]/",
        "http://169.254.169.254/latest/meta-data/",
        "http://8.8.8.8:22/",
        "http://me:secret@8.8.8.8/",
        "data:text/html,hello",
        "ftp://8.8.8.8/",
        "gopher://8.8.8.8/",
        "//8.8.8.8/",
        "http:///",
        "http://",
        "not an address",
    ],
)
async def test_what_is_inside_is_refused(port: int, asked: list[str], url: str) -> None:
    """No spelling of an inner address, no other scheme or port, no credentials."""
    error = await problem(HttpxFetcher(), url.format(port=port))

    assert isinstance(error, AddressRefused)
    assert asked == []


async def test_a_redirect_inside_is_refused(port: int, asked: list[str]) -> None:
    """A page that may be read cannot lend its permission to another."""
    error = await problem(opened(port), f"http://127.0.0.1:{port}/to/http://localhost:{port}/x")

    assert isinstance(error, AddressRefused)
    assert len(asked) == 1


async def test_a_name_is_resolved_once_and_pinned(port: int, asked: list[str]) -> None:
    """A name that means something else at each question is asked once for each connection."""
    questions: list[str] = []

    async def flipping(host: str, _port: int) -> Sequence[str]:
        questions.append(host)
        return ["127.0.0.1"] if len(questions) % 2 else ["10.255.255.1"]

    fetcher = HttpxFetcher(opened=frozenset({f"page.test:{port}"}), resolve=flipping)
    page = await fetcher.fetch(f"http://page.test:{port}/greeting")

    assert (page.status, questions) == (200, ["page.test"])
    assert asked == [f"page.test:{port}/greeting"]


async def test_one_inner_address_among_public_ones_is_enough_to_refuse() -> None:
    """A name that leads to both is not tried."""

    async def both(_host: str, _port: int) -> Sequence[str]:
        return ["8.8.8.8", "127.0.0.1"]

    assert isinstance(
        await problem(HttpxFetcher(resolve=both), "http://both.test/"), AddressRefused
    )


async def test_bombs_are_cut_before_they_grow(port: int) -> None:
    """What unpacks to 64 MiB costs two; codings nobody asked for are not unpacked."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    page = await opened(port).fetch(f"http://127.0.0.1:{port}/bomb")
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    large = await opened(port).fetch(f"http://127.0.0.1:{port}/large")

    assert (len(page.body), page.truncated) == (2 * 1024 * 1024, True)
    assert (len(large.body), large.truncated) == (2 * 1024 * 1024, True)
    assert grown < 32 * 1024
    for path in ("brotli", "twice"):
        error = await problem(opened(port), f"http://127.0.0.1:{port}/{path}")
        assert isinstance(error, FetchFailed)
        assert error.kind == "CodingError"
