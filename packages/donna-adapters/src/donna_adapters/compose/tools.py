"""Composition of the tools that a skill may use on this home."""

from donna_adapters.web.fetcher import HttpxFetcher
from donna_skills.tools.feeds import rss_fetch
from donna_skills.tools.pages import html_extract
from donna_skills.tools.registry import Tool
from donna_skills.tools.web import web_fetch


def tools_of(*, opened: frozenset[str] = frozenset()) -> tuple[Tool, ...]:
    """Return all tools there are; ``opened`` are ``host:port`` pairs of this house."""
    fetcher = HttpxFetcher(opened=opened)
    return (web_fetch(fetcher), rss_fetch(fetcher), html_extract())
