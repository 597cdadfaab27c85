"""Tokens: the text cut into words, numbers and the shapes that dates and times are written in."""

import re
from enum import StrEnum

from attrs import frozen


class Shape(StrEnum):
    """What a token looks like, before anybody asks what it means."""

    OPAQUE = "opaque"  # addresses, amounts of money, version numbers, identifiers: never a time
    MARK = "mark"  # #tag, @context, !4
    ISO = "iso"  # 2027-05-03, with or without T15:30
    DATE = "date"  # 3/5/2027, 03.05.2027
    MONTH_YEAR = "month_year"  # 05/2027
    SLASH = "slash"  # 3/5: a date or a fraction
    CLOCK = "clock"  # 15:30, 5.30pm
    HOURS = "hours"  # 7h30: a time or a length
    ORDINAL = "ordinal"  # 3rd
    DECIMAL = "decimal"  # 2.5
    INTEGER = "integer"
    FRACTION = "fraction"  # ½
    MERIDIEM = "meridiem"  # am, p.m.
    WORD = "word"
    PUNCTUATION = "punctuation"


@frozen(kw_only=True)
class Token:
    """Characters ``[start, end)`` of the text; ``norm`` is what the grammar compares.

    ``norm`` is casefolded, with a plain apostrophe and without a possessive ``'s``.
    ``glued`` tells that no white space stands before it.
    """

    text: str
    norm: str
    start: int
    end: int
    shape: Shape
    glued: bool


_SHAPES = {
    Shape.OPAQUE: (
        r"(?:https?://|www\.)\S+|(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}\.[\w.-]+"
        r"|[$€£¥]\s?\d[\d.,]*[kKmM]?|(?<![\d.,])\d[\d.,]{0,15}\s?%"
        r"|(?<!\w)[A-Za-z]+-(?!\d{1,2}-\d{2,4}(?!\w))\d+-\S+"
        r"|(?<!\w)\d{1,3}(?:,\d{3})+(?:\.\d+)?|(?<!\w)(?:\d{3}|\d{5,})-\d+(?:-\d+)*"
        r"|\+\d{1,3}[ -]\d[\d -]{5,}\d"
    ),
    Shape.MARK: r"(?<!\w)[#@][^\W\d_](?:[\w-]*\w)?|(?<!\S)![1-5](?!\w)",
    Shape.ISO: (
        r"(?<![\w.,/-])\d{4}(?:-\d{1,2}-\d{1,2}|/\d{1,2}/\d{1,2}|\.\d{1,2}\.\d{1,2})"
        r"(?:[T ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z\b|[+-]\d{2}:?\d{2})?)?(?![\w/-])"
    ),
    Shape.DATE: (
        r"(?<![\w.,/-])\d{1,2}(?:/\d{1,2}/|-\d{1,2}-|\.\d{1,2}\.)(?:\d{4}|\d{2})(?![\w/-]|\.\d)"
    ),
    Shape.MONTH_YEAR: r"(?<![\w.,/-])\d{1,2}/\d{4}(?![\w/-])",
    Shape.SLASH: r"(?<![\w.,/-])\d{1,2}/\d{1,2}(?![\d/-])",
    Shape.CLOCK: (
        r"(?<![\d:.,/])\d{1,2}:\d{2}(?::\d{2})?(?![\d:])"
        r"|(?<![\d:.,/-])\d{1,2}\.\d{2}(?=\s?[ap]\.?m)"
    ),
    Shape.HOURS: r"(?<![\w:.,/-])\d{1,2}h\d{2}(?!\w)",
    Shape.ORDINAL: r"(?<![\w.])\d{1,3}(?:st|nd|rd|th)(?!\w)",
    Shape.DECIMAL: r"(?<![\w.])\d{1,9}[.]\d+(?![\d.]\d)",
    Shape.INTEGER: r"\d+",
    Shape.FRACTION: r"[¼½¾]",
    Shape.MERIDIEM: (
        r"(?:(?<=\d)|(?<![^\W_]))(?:[ap]\.\s?m\.?|[ap]\s\.\s?m(?:\s?\.)?|[ap]\s?m)(?![^\W_])"
        r"|(?<=\d)[ap](?![^\W_])"
    ),
    Shape.WORD: r"[^\W\d_]+(?:['’][^\W\d_]+)*",
    Shape.PUNCTUATION: r"[^\w\s]|_",
}
_SCANNER = re.compile(
    "|".join(f"(?P<{shape.name}>{pattern})" for shape, pattern in _SHAPES.items()), re.IGNORECASE
)


def tokenize(text: str) -> tuple[Token, ...]:
    """Return the tokens of the text in order; white space is left out."""
    tokens = []
    last_end = 0
    for match in _SCANNER.finditer(text):
        start, end = match.span()
        tokens.append(
            Token(
                text=match[0],
                norm=_norm(match[0]),
                start=start,
                end=end,
                shape=Shape[match.lastgroup or "WORD"],
                glued=start == last_end and start > 0,
            )
        )
        last_end = end
    return tuple(tokens)


def _norm(text: str) -> str:
    folded = text.casefold().replace("’", "'")
    return folded if folded == "let's" else folded.removesuffix("'s")  # "let us", nobody's
