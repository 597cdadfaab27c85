"""A feed of any kind as plain data; runs in the process of ``parser_process``."""

from collections.abc import Mapping
from datetime import UTC, datetime
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

import feedparser  # type: ignore[import-untyped]  # it ships no types
from selectolax.lexbor import LexborHTMLParser

from donna_skills.tools.plain_text import one_line, storable

MOST_ITEMS = 1000
LONGEST_TITLE, LONGEST_SUMMARY, LONGEST_LINK = 300, 2000, 2048


def feed_of(body: bytes, options: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return title, description and at most ``MOST_ITEMS`` items, in the feed's order.

    ``is_feed`` is false where it is none, ``is_cut`` true where there were more items.
    ``published`` of an item is ISO 8601 in UTC, or ``None``. Of ``options`` are read ``url`` and
    ``content_type``. What the library cannot take it raises, ``ValueError`` mostly; that ends
    the process.
    """
    headers = {"content-location": options["url"]}
    if options.get("content_type"):
        headers["content-type"] = options["content_type"]
    # Bytes alone would be taken for the name of a file, and that file be read.
    parsed = feedparser.parse(BytesIO(body), response_headers=headers)
    items = [_item(entry) for entry in parsed.entries[:MOST_ITEMS]]
    return {
        "is_feed": bool(parsed.get("version") or items),
        "title": _text(parsed.feed.get("title"), LONGEST_TITLE),
        "description": _text(
            parsed.feed.get("subtitle") or parsed.feed.get("description"), LONGEST_SUMMARY
        ),
        "items": items,
        "is_cut": len(parsed.entries) > MOST_ITEMS,
    }


def _item(entry: Mapping[str, Any]) -> Mapping[str, Any]:
    when = entry.get("published_parsed")
    if when is None and "updated_parsed" in entry:  # asking for one that is absent warns
        when = entry["updated_parsed"]
    return {
        "title": _text(entry.get("title"), LONGEST_TITLE),
        "link": _link(entry.get("link")),
        "published": _instant(when),
        "author": _text(entry.get("author"), LONGEST_TITLE),
        "summary": _text(entry.get("summary"), LONGEST_SUMMARY),
    }


def _text(markup: object, longest: int) -> str:
    """Return what a person reads of a piece of HTML."""
    if not isinstance(markup, str):
        return ""
    given = markup[: longest * 16]
    if "<" in given or "&" in given:
        body = LexborHTMLParser(given).body
        given = body.text(separator=" ") if body is not None else ""
    return one_line(given, longest=longest)


def _link(given: object) -> str:
    if not isinstance(given, str) or len(given) > LONGEST_LINK:
        return ""
    try:
        scheme = urlsplit(given).scheme
    except ValueError:
        return ""
    return storable(given) if scheme in {"http", "https"} else ""


def _instant(parsed: Any) -> str | None:
    """Return the instant of a ``struct_time`` in UTC; ``None`` where it is none."""
    try:
        year, month, day, hour, minute, second = parsed[:6]
        return datetime(year, month, day, hour, minute, second, tzinfo=UTC).isoformat()
    except (ValueError, TypeError):
        return None
