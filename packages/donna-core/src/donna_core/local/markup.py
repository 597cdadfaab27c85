"""HTML for notebooks: small tables without a style sheet, readable on light and dark pages.

Colours are translucent and text inherits the page's own, so that neither scheme is assumed.
Everything that a person or a calendar wrote is escaped.
"""

from collections.abc import Iterable, Sequence
from html import escape

from donna_core.domain.wording import Line, Tone

_LINE = "border:1px solid rgba(128,128,128,.35);"
_CELL = f"{_LINE}padding:.25em .6em;text-align:start;vertical-align:top;"
_CHIP = "border-inline-start:3px solid {edge};background:{fill};padding:.2em .4em;margin:.2em 0;"
_TASK = _CHIP.format(edge="rgb(66,133,244)", fill="rgba(66,133,244,.18)")
_EVENT = _CHIP.format(edge="rgb(128,128,128)", fill="rgba(128,128,128,.18)")
_STRONG = {Tone.HEADING, Tone.GOOD}


def table(columns: Sequence[str], rows: Iterable[Sequence[str]], *, title: str = "") -> str:
    """Return a table of escaped texts."""
    head = "".join(f'<th scope="col" style="{_CELL}">{escape(name)}</th>' for name in columns)
    body = "".join(f"<tr>{''.join(cell(escape(text)) for text in row)}</tr>" for row in rows)
    return _framed(title, f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody>")


def grid(columns: Sequence[str], cells: Sequence[Iterable[str]], *, title: str = "") -> str:
    """Return a table of one row, each cell a stack of ``chip`` markup below its heading."""
    head = "".join(f'<th scope="col" style="{_CELL}">{escape(name)}</th>' for name in columns)
    body = "".join(cell("".join(chips)) for chips in cells)
    return _framed(title, f"<thead><tr>{head}</tr></thead><tbody><tr>{body}</tr></tbody>")


def chip(time: str, title: str, *, own: bool) -> str:
    """Return one entry of a grid; Donna's ``own`` tasks look different from others' events."""
    style = _TASK if own else _EVENT
    return f'<div style="{style}"><small>{escape(time)}</small><br>{spoken(title)}</div>'


def lines(several: Iterable[Line]) -> str:
    """Return lines below each other, or nothing; headings and what was done stand out."""
    inside = "".join(map(_line, several))
    return f'<div style="color:inherit">{inside}</div>' if inside else ""


def spoken(text: str) -> str:
    """Return escaped text that is read in the direction of its own script."""
    return f'<span dir="auto">{escape(text)}</span>'


def cell(markup: str) -> str:
    """Return a cell around markup that is escaped already."""
    return f'<td dir="auto" style="{_CELL}">{markup}</td>'


def _line(line: Line) -> str:
    text = spoken(line.text)
    shown = f"<strong>{text}</strong>" if line.tone in _STRONG else text
    return f'<div style="margin-inline-start:{1.2 * line.depth:g}em">{shown}</div>'


def _framed(title: str, inside: str) -> str:
    caption = f"<caption>{escape(title)}</caption>" if title else ""
    style = "border-collapse:collapse;color:inherit;background:transparent"
    return f'<table style="{style}">{caption}{inside}</table>'
