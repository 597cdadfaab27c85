"""What a person reads on a page, as plain data; runs in the process of ``parser_process``."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from donna_skills.tools.plain_text import one_line, storable

LONGEST_TEXT, LONGEST_TITLE, LONGEST_EXCERPT, LONGEST_LINK = 200_000, 300, 280, 2048
MOST_LINKS = 500

UNREAD = ["script", "style", "noscript", "template", "svg", "iframe", "object", "head"]
"""Elements whose text nobody reads on the page."""

AROUND = "nav, footer, aside, [role=navigation], [role=contentinfo], [aria-hidden=true], [hidden]"
CONTENT = "main, article, [role=main]"
ENOUGH = 0.25
"""The share of a page's text from which on its own mark of the content is believed."""

BLOCKS = (
    "address, article, blockquote, br, dd, div, dl, dt, fieldset, figcaption, figure, form, "
    "h1, h2, h3, h4, h5, h6, header, hr, li, main, ol, p, pre, section, table, td, th, tr, ul"
)
_BREAK = "\x1e"


def page_of(body: bytes, options: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return title, text and links of the HTML's content; no text at all gives an empty one.

    ``body`` is UTF-8. Of ``options`` is read ``base_url``, from which relative links start.
    """
    tree = LexborHTMLParser(body.decode("utf-8", "replace").replace(_BREAK, " "))
    title = _title(tree)
    tree.strip_tags(UNREAD)
    content = _content(tree)
    if content is None:
        return {"title": title, "text": "", "links": []}
    links = _links(content, options.get("base_url") or "")
    return {"title": title, "text": _text(content)[:LONGEST_TEXT], "links": links}


def _title(tree: LexborHTMLParser) -> str:
    for selector in ("title", "h1"):
        found = tree.css_first(selector)
        said = one_line(found.text(), longest=LONGEST_TITLE) if found is not None else ""
        if said:
            return said
    return ""


def _content(tree: LexborHTMLParser) -> LexborNode | None:
    """Return the part that the page marks as its content, or all but what stands around it."""
    body = tree.body
    if body is None:
        return None
    whole = len(body.text())
    marked = max(tree.css(CONTENT), key=lambda node: len(node.text()), default=None)
    if marked is not None and len(marked.text()) >= whole * ENOUGH:
        return marked
    around = [node for node in tree.css(AROUND) if node.parent is not None]
    if sum(len(node.text()) for node in around) < whole:
        for node in around:
            node.decompose()
    return tree.body


def _text(content: LexborNode) -> str:
    """Return the text with a line for each block, as a browser would break it."""
    for block in content.css(BLOCKS):
        block.insert_before(_BREAK)
        block.insert_after(_BREAK)
    lines = (" ".join(line.split()) for line in storable(content.text()).split(_BREAK))
    return "\n".join(line for line in lines if line)


def _links(content: LexborNode, base: str) -> list[Mapping[str, str]]:
    found: dict[str, str] = {}
    for node in content.css("a[href]"):
        href = _address(base, node.attributes.get("href") or "")
        if href:
            said = one_line(node.text(), longest=LONGEST_TITLE)
            found[href] = found.get(href) or said
        if len(found) == MOST_LINKS:
            break
    return [{"text": text, "href": href} for href, text in found.items()]


def _address(base: str, href: str) -> str:
    """Return the absolute address of the web that a link leads to, if it leads to one."""
    try:
        target = storable(urljoin(base, href.strip()))
        parts = urlsplit(target)
    except ValueError:
        return ""
    is_of_the_web = parts.scheme in {"http", "https"} and bool(parts.netloc)
    return target if is_of_the_web and len(target) <= LONGEST_LINK else ""
