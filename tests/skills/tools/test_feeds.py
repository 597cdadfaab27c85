"""Feeds are read whole or not at all, and never make a file, an address or a machine theirs."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from donna_core.domain.labels import Label
from donna_core.domain.tools import ToolResult
from donna_core.ports.fetcher import Fetcher
from donna_core.ports.tools import ToolFailed
from donna_skills.tools.feed_reading import (
    LONGEST_LINK,
    LONGEST_SUMMARY,
    LONGEST_TITLE,
    MOST_ITEMS,
    feed_of,
)
from donna_skills.tools.feeds import RSS_FETCH, rss_fetch

URL = "https://harbour.test/feed"
WHERE = {"url": URL, "content_type": "text/xml"}

Call = Callable[..., Awaitable[ToolResult]]
Web = Callable[..., Fetcher]


def item(title: str, published: str = "", link: str = "https://harbour.test/one") -> str:
    """Return an item of a feed in RSS."""
    when = f"<pubDate>{published}</pubDate>" if published else ""
    return f"<item><title>{title}</title><link>{link}</link>{when}</item>"


def rss(*items: str) -> bytes:
    """Return a feed in RSS."""
    head = "<title>Harbour</title><description>Tides and ships</description>"
    return f'<rss version="2.0"><channel>{head}{"".join(items)}</channel></rss>'.encode()


TIDES = rss(
    item("Spring tide", "Fri, 27 Nov 2026 00:30:00 +0100"),
    item("Neap tide", "Thu, 26 Nov 2026 23:30:00 +0000"),
    item("Old tide", "Thu, 26 Nov 2026 20:00:00 -0300"),
    item("Some tide"),
)


async def test_what_is_new_is_told_in_utc(call: Call, web: Web) -> None:
    """Three zones name one instant three ways; what is not after it is not new."""
    tool = rss_fetch(web({URL: TIDES}))
    result = await call(tool, {"url": URL, "since": "2026-11-26T23:00:00Z"})

    assert result.labels == {Label.UNTRUSTED}
    items = result.value["items"]
    assert [each["title"] for each in items] == ["Spring tide", "Neap tide", "Some tide"]
    assert items[0]["published"] == items[1]["published"] == "2026-11-26T23:30:00+00:00"
    assert (result.value["feed_title"], result.value["has_more"]) == ("Harbour", False)


@pytest.mark.parametrize("unsaid", [None, "", "None"])
async def test_without_since_everything_is_new(call: Call, web: Web, unsaid: str | None) -> None:
    """A template writes ``None`` where there was no earlier run."""
    result = await call(rss_fetch(web({URL: TIDES})), {"url": URL, "since": unsaid})

    assert len(result.value["items"]) == 4


async def test_a_long_feed_comes_in_pages(call: Call, web: Web) -> None:
    """Nothing is lost or told twice between the pages."""
    tool = rss_fetch(web({URL: rss(*(item(f"Ship {number}") for number in range(7)))}))
    told: list[str] = []
    more = True
    while more:
        args = {"url": URL, "max_items": 3, "offset": len(told)}
        result = await call(tool, args)
        told += [each["title"] for each in result.value["items"]]
        more = result.value["has_more"]

    assert told == [f"Ship {number}" for number in range(7)]


@pytest.mark.parametrize(
    ("status", "kind", "retryable"), [(404, "HttpError", False), (503, "HttpError", True)]
)
async def test_an_error_is_no_empty_feed(
    call: Call, web: Web, status: int, kind: str, retryable: bool
) -> None:
    """Nothing new and nothing read are told apart, and what may pass from what will not."""
    with pytest.raises(ToolFailed) as caught:
        await call(rss_fetch(web({URL: TIDES}, status=status)), {"url": URL})

    assert (caught.value.error_class, caught.value.retryable) == (kind, retryable)


@pytest.mark.parametrize("body", [b"", b"<!doctype html><p>Come in!</p>", b"{}", b"\xff\xfe\0"])
async def test_what_is_no_feed_is_named_so(call: Call, web: Web, body: bytes) -> None:
    """A page in the place of a feed has no items, which is not the same as none."""
    with pytest.raises(ToolFailed, match="no feed") as caught:
        await call(rss_fetch(web({URL: body})), {"url": URL})

    assert (caught.value.error_class, caught.value.retryable) == ("NotAFeed", False)


async def test_a_time_that_is_none_is_refused(call: Call, web: Web) -> None:
    """A skill that asks for news since yesterday must not get all of it instead."""
    with pytest.raises(ToolFailed, match="'since' names no time"):
        await call(rss_fetch(web({URL: TIDES})), {"url": URL, "since": "yesterday"})


def test_a_body_is_never_the_name_of_a_file(tmp_path: Path) -> None:
    """The library opens what looks like a path; a stranger must not choose one."""
    secret = tmp_path / "feed.xml"
    secret.write_bytes(TIDES)

    assert not feed_of(str(secret).encode(), WHERE)["is_feed"]


def test_entities_reach_no_file() -> None:
    """An external entity stays unread."""
    secret = Path(__file__).as_uri()
    body = f'<!DOCTYPE r [<!ENTITY x SYSTEM "{secret}">]>'.encode() + rss(item("a&x;b"))

    assert feed_of(body, WHERE)["items"][0]["title"] in {"ab", "a&x;b"}


async def test_a_bomb_of_entities_stays_small(call: Call, web: Web) -> None:
    """A billion laughs are a handful of letters."""
    levels = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    body = f'<!DOCTYPE r [<!ENTITY l0 "lol">{levels}]>'.encode() + rss(item("&l11;"))
    result = await call(rss_fetch(web({URL: body})), {"url": URL})

    assert len(str(result.value)) < 2000


async def test_a_huge_feed_is_bounded(call: Call, web: Web) -> None:
    """As many items as two megabytes hold are read within the patience, or the call fails."""
    body = rss(*(item(f"Ship {number}", "Fri, 27 Nov 2026") for number in range(20_000)))
    try:
        result = await call(rss_fetch(web({URL: body})), {"url": URL, "max_items": 200})
    except ToolFailed as error:
        assert error.error_class == "ParserError"  # noqa: PT017  # a slow machine comes to this
        return

    assert len(result.value["items"]) == 200
    assert result.value["has_more"]


async def test_a_feed_that_was_cut_says_that_there_is_more(call: Call, web: Web) -> None:
    """Half an item is none, and who asks for more comes to an end."""
    body = rss(*(item(f"Ship {number}") for number in range(4)))
    tool = rss_fetch(web({URL: body[: body.index(b"Ship 3") + 3]}, truncated=True))
    first = await call(tool, {"url": URL})
    last = await call(tool, {"url": URL, "offset": 3})

    assert [each["title"] for each in first.value["items"]] == ["Ship 0", "Ship 1", "Ship 2"]
    assert first.value["has_more"]
    assert (last.value["items"], last.value["has_more"]) == ([], False)


PIECES = st.sampled_from(
    [
        *["<rss version='2.0'>", "<channel>", "<item>", "</item>", "<title>", "</title>", "<link>"],
        *["<feed xmlns='http://www.w3.org/2005/Atom'>", "<entry>", "</entry>", "<summary>", "<!--"],
        *["<pubDate>", "</pubDate>", "Fri, 27 Nov 2026 25:61:61 +9999", "0000-00-00", "<![CDATA["],
        *["javascript:alert(1)", "http://[", "&#0;", "&#xd800;", "&lt;script&gt;", "\0", "\ud7ff"],
        *[
            "<!DOCTYPE x [",
            "<!ENTITY y 'z'>",
            "]>",
            "&y;",
            "<?xml version='1.0' encoding='utf-7'?>",
        ],
    ]
)


@given(st.lists(PIECES | st.text(max_size=40), max_size=30))
def test_whatever_is_sent_is_bounded_plain_data(parts: list[str]) -> None:
    """Nonsense is a feed within its limits or none; where the library fails, its process ends."""
    try:
        feed = feed_of("".join(parts).encode("utf-8", "replace"), WHERE)
    except ValueError:  # it reads half of a surrogate pair and cannot write it
        return

    assert len(feed["items"]) <= MOST_ITEMS
    for each in feed["items"]:
        assert len(each["title"]) <= LONGEST_TITLE
        assert len(each["summary"]) <= LONGEST_SUMMARY
        assert len(each["link"]) <= LONGEST_LINK
        assert not each["link"] or each["link"].startswith(("http://", "https://"))
        assert "\0" not in str(each)
        str(each).encode()


async def test_a_library_that_fails_is_a_failure_of_the_tool(call: Call, web: Web) -> None:
    """Half of a surrogate pair in a title is more than the library takes."""
    with pytest.raises(ToolFailed) as caught:
        await call(rss_fetch(web({URL: b"<rss><item><title>&#xd800;</item>"})), {"url": URL})

    assert (caught.value.error_class, caught.value.retryable) == ("ParserError", False)


def test_a_recording_is_found_by_what_tells_calls_apart() -> None:
    """Offset and patience do not; a time that was not given is named all the same."""
    assert (
        RSS_FETCH.fingerprint({"url": URL, "max_items": 5, "timeout_s": 3})
        == f'rss_fetch:{{"max_items":5,"since":null,"url":"{URL}"}}'
    )
