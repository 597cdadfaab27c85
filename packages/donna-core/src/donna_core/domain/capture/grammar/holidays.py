"""Days with a name: Halloween, the Friday before Christmas, Easter 2027, Diwali in two years."""

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise

from attrs import evolve

from donna_core.domain.capture.chart import RuleBook
from donna_core.domain.capture.dates import DAY
from donna_core.domain.capture.grammar.days import on_day
from donna_core.domain.capture.holidays import (
    FIRST_WORDS,
    FROM_SUNSET,
    HOLIDAYS,
    days_of,
    normal,
)
from donna_core.domain.capture.tokens import Shape, Token
from donna_core.domain.capture.values import Frame, Grain, Length, Part, When

book = RuleBook()

_SEARCHED_YEARS = 3


_FIRST = "=" + "|".join(sorted(FIRST_WORDS))
_LEADS = frozenset(
    ["on", "by", "before", "until", "till", "after", "since", "this", "next", "last", "from"]
)
_FOLLOWING = frozenset(
    [
        "at",
        "in",
        "on",
        "and",
        "or",
        "of",
        "to",
        "with",
        "by",
        "for",
        "so",
        "then",
        "but",
        "from",
        "because",
        "if",
        "when",
        "early",
        "late",
        "noon",
        "midnight",
        "please",
        "this",
        "next",
        "last",
        "around",
        "before",
        "after",
        "until",
        "till",
        "is",
        "was",
        "mid",
        "has",
        "we",
        "i",
    ]
)


def _holds(words: Sequence[str]) -> bool:
    """Whether the tokens are a name: words, hyphens, dots and the apostrophe of a plural."""
    pairs = pairwise(words)
    return words[-1][0].isalpha() and all(
        one[0].isalpha() or one in "-." or (one in "'’" and before.endswith("s"))
        for before, one in pairs
    )


def _is_no_adjective(tokens: Sequence[Token], start: int, end: int) -> bool:
    """Whether the day is meant, unlike in "the Christmas party" and "New Year resolutions"."""
    if end >= len(tokens) or tokens[end].shape is not Shape.WORD:
        return True
    if tokens[end].norm in _FOLLOWING or tokens[start].norm in _LEADS:
        return True
    return start > 0 and tokens[start - 1].norm in _LEADS


@book.rule("holiday", *(" ".join([_FIRST, *["{word|punctuation}"] * more]) for more in range(7)))
def holiday(_: Frame, first: str, *others: Token) -> str | None:
    """Christmas Eve."""
    words = [first, *(token.norm for token in others)]
    name = normal(words)
    return name if name in HOLIDAYS and _holds(words) else None


@book.rule(
    "holiday",
    *(" ".join(["{word}"] * count + ["=day|holiday|eve|festival"]) for count in (1, 2, 3)),
)
def national(frame: Frame, *words: Token | str) -> str | None:
    """Republic Day, where the person's country has one."""
    if frame.country is None:
        return None
    name = normal(word if isinstance(word, str) else word.norm for word in words)
    years = range(frame.today.year, frame.today.year + 2)
    found = any(days_of(name, year, country=frame.country) for year in years)
    return name if found and name not in HOLIDAYS else None


@book.rule("day", "next|this|coming|upcoming? <holiday>", "the <holiday>", guard=_is_no_adjective)
def holiday_day(frame: Frame, name: str) -> When | None:
    """Halloween: the next one."""
    for year in range(frame.today.year, frame.today.year + _SEARCHED_YEARS):
        for day in days_of(name, year, country=frame.country):
            if day >= frame.today:
                return _kept(name, day)
    return None


@book.rule("day", "last|past|previous <holiday>")
def last_holiday(frame: Frame, name: str) -> When | None:
    """Last Christmas."""
    for year in range(frame.today.year, frame.today.year - _SEARCHED_YEARS, -1):
        for day in reversed(days_of(name, year, country=frame.country)):
            if day < frame.today:
                return evolve(_kept(name, day), fixed=True)
    return None


@book.rule("day", "the? <holiday> ,|of|in? <year>")
def holiday_of(frame: Frame, name: str, of: int) -> When | None:
    """Easter 2027."""
    days = days_of(name, of, country=frame.country)
    return evolve(_kept(name, days[0]), fixed=True) if days else None


@book.rule("day", "<holiday> of? <period>", "<holiday> in <length>")
def holiday_period(frame: Frame, name: str, when: When | Length) -> When | None:
    """Thanksgiving of next year; Diwali in five years: the first from that day on."""
    if isinstance(when, When):
        of_year = when.first is not None and when.grain is Grain.YEAR
        return holiday_of(frame, name, when.first.year) if of_year and when.first else None
    start = when.after(frame.today)
    for year in range(start.year, start.year + 2):
        for day in days_of(name, year, country=frame.country):
            if day >= start:
                return _kept(name, day)
    return None


@book.rule("daypart", "<holiday> in? the? <part>", "early|late <holiday> <part>")
def holiday_part(frame: Frame, name: str, part: Part) -> When | None:
    """Christmas morning."""
    found = holiday_day(frame, name) if part.name != "eve" else None
    return evolve(found, part=part) if found else None


@book.rule("day", "<holiday> -? eve", "the eve of <holiday>")
def eve(frame: Frame, name: str) -> When | None:
    """The eve of Easter."""
    found = holiday_day(frame, name)
    return on_day(found.last - DAY) if found and found.last else None


def _kept(name: str, day: date) -> When:
    """Return the day as it is kept: a Jewish day from the evening before it."""
    if name in FROM_SUNSET:
        return When(first=day - timedelta(days=1), last=day)
    return on_day(day)
