"""What a person reads is taken out of a page, and a hostile page costs no more than a limit."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from donna_core.domain.labels import Label
from donna_core.domain.tools import ToolResult
from donna_skills.tools.page_reading import LONGEST_TEXT, MOST_LINKS, page_of
from donna_skills.tools.pages import html_extract
from donna_skills.tools.parsing import Unparsable, taken_apart

Call = Callable[..., Awaitable[ToolResult]]

SHOP = """<!doctype html><title>Teapots &amp; more</title>
<script>var price = 99</script><style>p {}</style>
<nav><a href="/">Home</a> <a href="/all">All teapots</a></nav>
<main><h1>Teapot</h1><p>EUR <b>24</b>,<br>in stock.</p>
<a href="buy?id=1">Buy</a> <a href="javascript:steal()">Win</a> <a href="mailto:a@b.test">Mail</a>
</main><footer>About us</footer>"""


async def test_the_content_is_read_and_its_surroundings_are_not(call: Call) -> None:
    """A price stays in one line with its currency, and links lead to the web."""
    args = {"html": SHOP, "base_url": "https://shop.test/tea/1"}
    result = await call(html_extract(), args, frozenset({Label.UNTRUSTED}))

    assert result.value == {
        "ok": True,
        "title": "Teapots & more",
        "text": "Teapot\nEUR 24,\nin stock.\nBuy Win Mail",
        "excerpt": "Teapot EUR 24, in stock. Buy Win Mail",
        "links": [{"text": "Buy", "href": "https://shop.test/tea/buy?id=1"}],
        "length": 37,
    }
    assert result.labels == {Label.UNTRUSTED}


@pytest.mark.parametrize("html", ["", "<script>x</script>", "<title>Only a title</title>", "\0"])
async def test_a_page_without_text_says_so(call: Call, html: str) -> None:
    """An empty page is a result that a skill can go on from."""
    result = await call(html_extract(), {"html": html})

    assert result.value == {"ok": False, "reason": "no_content"}


def test_a_page_without_marks_is_read_whole() -> None:
    """Without an element for the content all counts but what stands around it."""
    page = page_of(b"<header>Hello</header><nav>Home</nav><div>One<p>two</p>three</div>", {})

    assert page["text"].splitlines() == ["Hello", "One", "two", "three"]


def test_a_small_mark_is_not_believed() -> None:
    """A teaser in an article is not the page."""
    page = page_of(b"<article>Ad</article><div>" + b"Long text. " * 20 + b"</div>", {})

    assert "Long text." in page["text"]


def test_an_excerpt_is_cut() -> None:
    """Text and links have their limits."""
    links = "".join(f"<a href='https://a.test/{n}'>{'word ' * 100}</a>" for n in range(600))
    page = page_of(links.encode(), {})

    assert (len(page["text"]), len(page["links"])) == (LONGEST_TEXT, MOST_LINKS)


BOMBS = {
    "blocks": "<div>" * 150_000 + "x",
    "lists": "<ul><li>" * 90_000 + "x",
    "attributes": f"<div {' '.join(f'a{n}=1' for n in range(150_000))}>x</div>",
}


@pytest.mark.parametrize("bomb", sorted(BOMBS))
async def test_a_bomb_ends_at_a_limit_and_holds_nobody_up(call: Call, bomb: str) -> None:
    """Nesting that slows the parser is read or given up, and the loop goes on meanwhile."""
    turns = 0

    async def others() -> None:
        nonlocal turns
        while True:
            await asyncio.sleep(0.01)
            turns += 1

    beside = asyncio.create_task(others())
    result = await call(html_extract(), {"html": BOMBS[bomb]})
    beside.cancel()

    assert result.value.get("reason", "extractor_error") == "extractor_error"
    assert len(str(result.value)) < 1000
    assert turns > 20


async def test_a_caller_that_goes_ends_the_process() -> None:
    """Who cancels a step does not leave a parser behind."""
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await taken_apart("page", b"x")
    with pytest.raises(Unparsable, match="longer than 0 seconds"):
        await taken_apart("page", b"x", patience=timedelta(0))


TAGS = st.sampled_from(
    [
        *[
            "<main>",
            "</main>",
            "<article>",
            "<a href='",
            "'>",
            "</a>",
            "<p",
            ">",
            "<nav>",
            "<table>",
        ],
        *[
            "<template>",
            "<svg><foreignObject>",
            "<!--",
            "-->",
            "<![CDATA[",
            "<script>",
            "</script>",
        ],
        *["http://[x", "//a.test/\ud7ff", "data:text/html,x", "&#0;", "&#xd800;", "\x1e", "\0"],
        *["<base href='http://b.test'>", "<frameset>", "<body hidden>", "<html aria-hidden=true>"],
    ]
)


@given(st.lists(TAGS | st.text(max_size=30), max_size=40), st.text(max_size=20))
def test_whatever_is_given_is_bounded_plain_data(parts: list[str], base: str) -> None:
    """Nonsense gives text and links within their limits, never an error of the parser."""
    page = page_of("".join(parts).encode("utf-8", "replace"), {"base_url": base})

    assert len(page["text"]) <= LONGEST_TEXT
    assert "\0" not in page["text"]
    assert all(link["href"].startswith(("http://", "https://")) for link in page["links"])
    str(page).encode()
