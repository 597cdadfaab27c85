"""Reading a page of the web."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from donna_core.domain.labels import Label
from donna_core.domain.tools import Reach, ToolSpec
from donna_core.ports.fetcher import Fetcher
from donna_skills.tools.registry import Tool
from donna_skills.tools.schemas import FLAG, SECONDS, TEXT, URL, an_object

LONGEST_BODY = 200_000
SECONDS_TO_WAIT = 10.0

WEB_FETCH = ToolSpec(
    name="web_fetch",
    description="Reads one page of the public web and returns its body as text.",
    arguments=an_object({"url": URL}, {"timeout_s": SECONDS, "method": {"const": "GET"}}),
    result=an_object(
        {
            "status_code": {"type": "integer"},
            "headers": {"type": "object", "additionalProperties": TEXT},
            "body": TEXT,
            "truncated": FLAG,
        }
    ),
    reads=frozenset({"web"}),
    reach=Reach.ANY,
    labels=frozenset({Label.UNTRUSTED}),
    identity_args=("url",),
)


def web_fetch(fetcher: Fetcher) -> Tool:
    """Return the tool ``web_fetch``; its body is at most 200,000 characters."""

    async def run(args: Mapping[str, Any]) -> Mapping[str, Any]:
        page = await fetcher.fetch(args["url"], patience=patience_of(args))
        body = page.text
        return {
            "status_code": page.status,
            "headers": dict(page.headers),
            "body": body[:LONGEST_BODY],
            "truncated": page.truncated or len(body) > LONGEST_BODY,
        }

    return Tool(spec=WEB_FETCH, run=run)


def patience_of(args: Mapping[str, Any]) -> timedelta:
    """Return how long the call may take, in seconds ``timeout_s`` of its arguments."""
    return timedelta(seconds=args.get("timeout_s", SECONDS_TO_WAIT))
