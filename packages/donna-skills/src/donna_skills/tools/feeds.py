"""Reading a feed: what is new on a site."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from donna_core.domain.errors import Degraded
from donna_core.domain.labels import Label
from donna_core.domain.tools import Reach, ToolSpec
from donna_core.ports.fetcher import Fetcher, Page
from donna_skills.tools.instants import instant_of
from donna_skills.tools.parsing import taken_apart
from donna_skills.tools.registry import Tool
from donna_skills.tools.schemas import COUNT, FLAG, SECONDS, TEXT, URL, an_object, some
from donna_skills.tools.web import patience_of

MOST_ITEMS = 50
UNSAID = ("", "None")
"""How a template writes that there is no value."""

RSS_FETCH = ToolSpec(
    name="rss_fetch",
    description="Reads a feed (RSS, Atom or RDF) and returns its items, newer ones if asked.",
    arguments=an_object(
        {"url": URL},
        {
            "since": {"type": ["string", "null"], "maxLength": 40},
            "max_items": {"type": "integer", "minimum": 1, "maximum": 200},
            "offset": COUNT,
            "timeout_s": SECONDS,
        },
    ),
    result=an_object(
        {
            "ok": FLAG,
            "items": some(
                an_object(
                    {
                        "title": TEXT,
                        "link": TEXT,
                        "published": {"type": ["string", "null"]},
                        "author": TEXT,
                        "summary": TEXT,
                    }
                )
            ),
            "feed_title": TEXT,
            "feed_description": TEXT,
            "has_more": FLAG,
        }
    ),
    reads=frozenset({"web"}),
    reach=Reach.ANY,
    labels=frozenset({Label.UNTRUSTED}),
    identity_args=("max_items", "since", "url"),
)


class FeedUnreadable(Degraded):
    """The address answered with no feed; ``kind`` says what instead."""

    def __init__(self, url: str, *, kind: str, problem: str, retryable: bool) -> None:
        self.url, self.kind, self.problem, self.retryable = url, kind, problem, retryable
        super().__init__(f"'{url}' gave no feed: {problem}.")


def rss_fetch(fetcher: Fetcher) -> Tool:
    """Return the tool ``rss_fetch``.

    Items that were not published after ``since`` are left out; those that tell no time stay.
    ``offset`` counts the items that are left. Of a feed that is larger than the fetcher reads
    the beginning is returned, and ``has_more`` stays true until a page comes empty.
    """

    async def run(args: Mapping[str, Any]) -> Mapping[str, Any]:
        since = args.get("since")
        newer = None if since is None or since in UNSAID else instant_of(since, name="since")
        page = await fetcher.fetch(args["url"], patience=patience_of(args))
        _check(args["url"], page)
        kind = page.headers.get("content-type", "")
        feed = await taken_apart("feed", page.body, url=page.url, content_type=kind)
        if not feed["is_feed"]:
            raise FeedUnreadable(
                args["url"], kind="NotAFeed", problem="what it sent is no feed", retryable=False
            )
        # What stands at a cut is half an item.
        items = _newer(feed["items"][:-1] if page.truncated else feed["items"], newer)
        is_cut = page.truncated or feed["is_cut"]
        first = args.get("offset", 0)
        end = first + args.get("max_items", MOST_ITEMS)
        return {
            "ok": True,
            "items": items[first:end],
            "feed_title": feed["title"],
            "feed_description": feed["description"],
            "has_more": len(items) > end or (is_cut and len(items) > first),
        }

    return Tool(spec=RSS_FETCH, run=run)


def _newer(items: Sequence[Mapping[str, Any]], since: datetime | None) -> list[Mapping[str, Any]]:
    if since is None:
        return list(items)
    return [
        item
        for item in items
        if item["published"] is None
        or datetime.fromisoformat(item["published"]).astimezone(UTC) > since
    ]


def _check(url: str, page: Page) -> None:
    if page.status >= 400:
        raise FeedUnreadable(
            url,
            kind="HttpError",
            problem=f"its server answered {page.status}",
            retryable=page.status >= 500 or page.status == 429,
        )
