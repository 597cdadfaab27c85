"""Lines and tables in plain text, for terminals and notebooks without HTML."""

import unicodedata
from collections.abc import Iterable, Sequence

from donna_core.domain.wording import Line

_GAP = "  "


def indented(lines: Iterable[Line]) -> str:
    """Return the lines below each other."""
    return "\n".join(_GAP * line.depth + line.text for line in lines)


def aligned(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a heading and rows in columns; those without any content are left out."""
    known = [tuple(row) for row in rows]
    used = [place for place in range(len(columns)) if any(row[place] for row in known)]
    lines = [[row[place] for place in used] for row in (tuple(columns), *known)]
    widths = [max(map(width, column)) for column in zip(*lines, strict=True)]
    return "\n".join(
        _GAP.join(_filled(text, size) for text, size in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )


def width(text: str) -> int:
    """Return how many columns of a terminal the text takes."""
    return sum(_columns(letter) for letter in text)


def _columns(letter: str) -> int:
    if unicodedata.combining(letter) or unicodedata.category(letter) in {"Cf", "Me", "Mn"}:
        return 0
    return 2 if unicodedata.east_asian_width(letter) in {"F", "W"} else 1


def _filled(text: str, size: int) -> str:
    return text + " " * (size - width(text))
