"""Calls of a single tool, and a web of pages that were read already."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any

import pytest

from donna_core.domain.labels import NO_LABELS, Labels
from donna_core.domain.tools import ToolCall, ToolResult
from donna_core.ports.fetcher import PATIENCE, Fetcher, FetchFailed, Page
from donna_skills.tools.registry import Tool, ToolRegistry


class StoredPages(Fetcher):
    """Answers with the pages it was given, and with nothing else."""

    def __init__(self, pages: Mapping[str, Page]) -> None:
        self.pages = pages

    async def fetch(self, url: str, *, patience: timedelta = PATIENCE) -> Page:
        del patience
        if url not in self.pages:
            raise FetchFailed(url, kind="NameError", problem="there is none", retryable=True)
        return self.pages[url]


async def _call(tool: Tool, args: Mapping[str, Any], labels: Labels = NO_LABELS) -> ToolResult:
    call = ToolCall(call_id="one", tool=tool.spec.name, args=args, step="step", labels=labels)
    return await ToolRegistry([tool]).call(call, allowed={tool.spec.name})


@pytest.fixture
def call() -> Callable[..., Awaitable[ToolResult]]:
    """Give the function that calls a tool through a registry, which minds both its schemas."""
    return _call


@pytest.fixture
def web() -> Callable[..., Fetcher]:
    """Give the function that makes a web of bodies by their address."""

    def made(bodies: Mapping[str, bytes], **fields: Any) -> Fetcher:
        answer = {"status": 200, "headers": {"content-type": "text/xml"}}
        pages = {
            url: Page(**{**answer, "url": url, "body": body, **fields})
            for url, body in bodies.items()
        }
        return StoredPages(pages)

    return made
