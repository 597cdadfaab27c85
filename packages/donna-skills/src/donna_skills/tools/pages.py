"""Taking the text out of a page that was read already."""

from collections.abc import Mapping
from typing import Any

from donna_core.domain.tools import ToolSpec
from donna_skills.tools.page_reading import LONGEST_EXCERPT
from donna_skills.tools.parsing import Unparsable, taken_apart
from donna_skills.tools.plain_text import one_line
from donna_skills.tools.registry import Tool
from donna_skills.tools.schemas import COUNT, TEXT, an_object, some

LONGEST_HTML = 2_000_000

HTML_EXTRACT = ToolSpec(
    name="html_extract",
    description="Returns what a person would read on a page: title, text and links.",
    arguments=an_object(
        {"html": {"type": "string", "maxLength": LONGEST_HTML}},
        {"base_url": {"type": "string", "maxLength": 2048}},
    ),
    result={
        "oneOf": [
            an_object(
                {"ok": {"const": False}, "reason": {"enum": ["no_content", "extractor_error"]}}
            ),
            an_object(
                {
                    "ok": {"const": True},
                    "title": TEXT,
                    "text": TEXT,
                    "excerpt": TEXT,
                    "links": some(an_object({"text": TEXT, "href": TEXT})),
                    "length": COUNT,
                }
            ),
        ]
    },
)


def html_extract() -> Tool:
    """Return the tool ``html_extract``; its text is at most 200,000 characters, a line a block.

    Its result carries the labels of the page it was given. A page that cannot be taken apart
    in five seconds of computing and a gigabyte gives ``extractor_error``.
    """

    async def run(args: Mapping[str, Any]) -> Mapping[str, Any]:
        html = args["html"].encode("utf-8", "replace")
        try:
            page = await taken_apart("page", html, base_url=args.get("base_url", ""))
        except Unparsable:
            return {"ok": False, "reason": "extractor_error"}
        if not page["text"]:
            return {"ok": False, "reason": "no_content"}
        return {
            "ok": True,
            **page,
            "excerpt": one_line(page["text"], longest=LONGEST_EXCERPT),
            "length": len(page["text"]),
        }

    return Tool(spec=HTML_EXTRACT, run=run)
