"""Reading pages that only a browser makes readable."""

from abc import abstractmethod
from base64 import b64encode
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Protocol

from attrs import frozen

from donna_core.domain.labels import Label
from donna_core.domain.tools import Reach, ToolSpec
from donna_skills.tools.plain_text import one_line, storable
from donna_skills.tools.registry import Tool
from donna_skills.tools.schemas import COUNT, FLAG, TEXT, URL, an_object

LONGEST_TEXT, LONGEST_TITLE = 200_000, 300
PATIENCE_MS = 15_000

_MILLISECONDS: Mapping[str, Any] = {"type": "integer", "minimum": 100, "maximum": 60_000}
_SELECTOR: Mapping[str, Any] = {"type": "string", "minLength": 1, "maxLength": 500}

BROWSER_EXTRACT_TEXT = ToolSpec(
    name="browser_extract_text",
    description="Opens a page in a browser and returns the text that a person would see.",
    arguments=an_object({"url": URL}, {"selector": _SELECTOR, "timeout_ms": _MILLISECONDS}),
    result=an_object(
        {"ok": FLAG, "url": TEXT, "status": COUNT, "title": TEXT, "text": TEXT, "truncated": FLAG}
    ),
    reads=frozenset({"web"}),
    reach=Reach.ANY,
    labels=frozenset({Label.UNTRUSTED}),
)
BROWSER_SCREENSHOT = ToolSpec(
    name="browser_screenshot",
    description="Opens a page in a browser and returns a picture of it.",
    arguments=an_object({"url": URL}, {"timeout_ms": _MILLISECONDS}),
    result=an_object({"ok": FLAG, "url": TEXT, "status": COUNT, "title": TEXT, "png_base64": TEXT}),
    reads=frozenset({"web"}),
    reach=Reach.ANY,
    labels=frozenset({Label.UNTRUSTED}),
)


@frozen(kw_only=True)
class Rendered:
    """A page as a browser showed it; ``url`` is where the redirects ended.

    ``text`` or ``png`` is what was asked for, the other is empty.
    """

    url: str
    status: int
    title: str
    text: str = ""
    png: bytes = b""


class Renderer(Protocol):
    """A browser that reaches what a ``Fetcher`` reaches, and nothing else."""

    @abstractmethod
    async def text(self, url: str, *, selector: str, patience: timedelta) -> Rendered:
        """Return the visible text of the first element that meets the selector.

        Raise ``AddressRefused`` for what must not be reached and ``FetchFailed`` for what
        cannot be, such as an element that does not come.
        """

    @abstractmethod
    async def picture(self, url: str, *, patience: timedelta) -> Rendered:
        """Return a picture of the top of the page, in PNG; raise as ``text`` does."""


def browser_tools(renderer: Renderer) -> tuple[Tool, ...]:
    """Return the tools ``browser_extract_text`` and ``browser_screenshot``.

    Text is at most 200,000 characters.
    """

    async def text(args: Mapping[str, Any]) -> Mapping[str, Any]:
        selector = args.get("selector", "body")
        seen = await renderer.text(args["url"], selector=selector, patience=_patience(args))
        shown = seen.text[:LONGEST_TEXT]
        return {
            **_told(seen),
            "text": storable(shown),
            "truncated": len(seen.text) > len(shown),
        }

    async def picture(args: Mapping[str, Any]) -> Mapping[str, Any]:
        seen = await renderer.picture(args["url"], patience=_patience(args))
        return {**_told(seen), "png_base64": b64encode(seen.png).decode("ascii")}

    return (
        Tool(spec=BROWSER_EXTRACT_TEXT, run=text),
        Tool(spec=BROWSER_SCREENSHOT, run=picture),
    )


def _told(seen: Rendered) -> Mapping[str, Any]:
    title = one_line(seen.title, longest=LONGEST_TITLE)
    return {"ok": True, "url": seen.url, "status": seen.status, "title": title}


def _patience(args: Mapping[str, Any]) -> timedelta:
    return timedelta(milliseconds=args.get("timeout_ms", PATIENCE_MS))
