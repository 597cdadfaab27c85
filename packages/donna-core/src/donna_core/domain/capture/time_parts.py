"""The parts of the times in a text: which words are the date, the clock, the part of the day."""

from collections.abc import Collection, Iterator, Sequence

from donna_core.domain.capture.grammar.days import WEEKDAY_NAMES
from donna_core.domain.capture.spans import Span
from donna_core.domain.capture.tokens import Shape, Token

_MONTHS = frozenset(
    ["january", "february", "march", "april", "may", "june", "july", "august", "september",
     "october", "november", "december", "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep",
     "sept", "oct", "nov", "dec"]
)  # fmt: skip
_PARTS = frozenset(
    ["morning", "afternoon", "evening", "night", "tonight", "noon", "midnight", "midday",
     "mornings", "evenings", "afternoons", "nights", "lunchtime", "bedtime"]
)  # fmt: skip
_DAY_UNITS = frozenset(
    ["day", "days", "week", "weeks", "month", "months", "year", "years", "weekend", "weekends",
     "fortnight", "quarter"]
)  # fmt: skip
_CLOCK_UNITS = frozenset(
    ["hour", "hours", "minute", "minutes", "min", "mins", "hr", "hrs", "h", "second", "seconds",
     "o'clock", "oclock", "clock"]
)  # fmt: skip
_FREQUENCIES = frozenset(
    ["daily", "weekly", "monthly", "yearly", "annually", "hourly", "weekdays", "nightly",
     "fortnightly", "biweekly", "quarterly"]
)  # fmt: skip
_NAMED_DAYS = frozenset(["today", "tomorrow", "yesterday"]) | frozenset(WEEKDAY_NAMES)
_ALIGNING = frozenset(["this", "next", "last", "coming", "past", "current", "the", "upcoming"])
_NUMBERS = frozenset(
    ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
     "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
     "twenty", "thirty", "forty", "fifty", "half", "quarter", "hundred", "thousand", "couple",
     "past", "gallon", "dozen"]
)  # fmt: skip
_ORDINALS = frozenset(
    ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth",
     "tenth", "eleventh", "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth",
     "seventeenth", "eighteenth", "nineteenth", "twentieth", "thirtieth"]
)  # fmt: skip
_WHOLES = frozenset({"hundred", "hour", "hours"})
CASUAL_DAYS = frozenset({"todays", "tomorrows", "tonights"})
_TENS = frozenset({"twenty", "thirty"})
_EACH = frozenset({"every", "each", "everyday"})
_MERIDIEMS = frozenset({"am", "pm", "a.m", "p.m", "a", "p"})
_DATE_WORDS = _NAMED_DAYS | _MONTHS | _DAY_UNITS
_DATE_SHAPES = frozenset({Shape.ISO, Shape.DATE, Shape.MONTH_YEAR, Shape.SLASH, Shape.ORDINAL})
_CLOCK_SHAPES = frozenset({Shape.CLOCK, Shape.HOURS, Shape.MERIDIEM})
_COUNTED = (
    _DAY_UNITS | _CLOCK_UNITS | _NAMED_DAYS | _PARTS | {"other", "second", "third", "two", "three"}
)
_UNIT_KINDS = dict.fromkeys(_CLOCK_UNITS, "time") | dict.fromkeys(_DAY_UNITS, "date")
NO_NAMES = _NAMED_DAYS | _MONTHS | _PARTS | CASUAL_DAYS
"""Words of time that are no part of anything's name."""
NO_PERSONS = NO_NAMES | _NUMBERS | _ORDINALS
"""Words of time and number that are nobody's name."""


def time_parts(tokens: Sequence[Token], text: str, timed: Collection[int]) -> Iterator[Span]:
    """Yield the parts of the time phrases, whose tokens start at ``timed``: runs of one kind.

    Kinds are ``date``, ``time``, ``timeofday`` and ``general_frequency``.
    """
    kinds = [
        _time_kind(tokens, place)
        if token.start in timed
        else ("date" if token.norm in CASUAL_DAYS else None)
        for place, token in enumerate(tokens)
    ]
    place = 0
    while place < len(tokens):
        kind = kinds[place]
        if kind is None:
            place += 1
            continue
        end = place + 1
        while end < len(tokens) and kinds[end] == kind:
            end += 1
        yield from _part(kind, tokens[place:end], tokens[place - 1] if place else None, text)
        place = end


def _part(kind: str, run: Sequence[Token], before: Token | None, text: str) -> Iterator[Span]:
    while run and run[-1].norm in {"the", "of", "and", "for", "in", "on", "at", "-", ","}:
        run = run[:-1]
    while run and run[0].norm in {"the", "of", "and", "in", "on", "at", "for", "-", ","}:
        run = run[1:]
    if not run:
        return
    if kind == "timeofday" and before is not None and before.norm == "this":
        run = [before, *run]
    start, end = run[0].start, run[-1].end
    yield Span(kind=kind, start=start, end=end, text=text[start:end])


def _time_kind(tokens: Sequence[Token], place: int) -> str | None:
    """Return which part of a time the token is, judged by it and its neighbours."""
    norm = tokens[place].norm
    before = tokens[place - 1].norm if place else ""
    if _repeated(tokens, place):
        return "general_frequency"
    if _is_ordinal(tokens, place):
        return "date"
    kind = _plain_kind(tokens[place])
    if kind is not None:
        return "time" if norm in _PARTS and before in _NUMBERS else kind
    if norm in _ALIGNING:
        following = _first_kind(tokens, place + 1)
        return following if following in {"date", "time"} else None
    if norm == "of":
        return "date" if _near_month(tokens, place) else None
    return _number_kind(tokens, place)


def _is_ordinal(tokens: Sequence[Token], place: int) -> bool:
    """Whether the word counts days: "twenty second", but not "a second"."""
    norm = tokens[place].norm
    if norm in _TENS:
        return _next_norm(tokens, place) in _ORDINALS
    before = tokens[place - 1].norm if place else ""
    return norm in _ORDINALS and (before in _TENS or norm not in _CLOCK_UNITS)


def _plain_kind(token: Token) -> str | None:
    """Return the kind that the word has by itself."""
    if token.norm in _PARTS:
        return "timeofday"
    if token.norm in _DATE_WORDS or token.shape in _DATE_SHAPES:
        return "date"
    if token.norm in _CLOCK_UNITS or token.norm == "o" or token.shape in _CLOCK_SHAPES:
        return "time"
    return None


def _next_norm(tokens: Sequence[Token], place: int) -> str:
    return tokens[place + 1].norm if place + 1 < len(tokens) else ""


def _repeated(tokens: Sequence[Token], place: int) -> bool:
    """Whether the token belongs to a frequency: "every other friday"."""
    if tokens[place].norm in _FREQUENCIES | _EACH:
        return True
    for back in range(place - 1, max(-1, place - 5), -1):
        if tokens[back].norm in _EACH:
            return all(
                word.norm in _COUNTED or word.shape is Shape.INTEGER
                for word in tokens[back + 1 : place + 1]
            )
    return False


def _first_kind(tokens: Sequence[Token], place: int) -> str | None:
    """Return the kind of the first word after alignments and numbers."""
    kinds = (_plain_kind(token) for token in tokens[place : place + 3])
    return next((kind for kind in kinds if kind is not None), None)


def _near_month(tokens: Sequence[Token], place: int) -> bool:
    near = tokens[max(0, place - 3) : place + 4]
    return any(token.norm in _MONTHS for token in near)


def _number_kind(tokens: Sequence[Token], place: int) -> str | None:
    """Judge a number word by what it counts."""
    norm = tokens[place].norm
    before = tokens[place - 1].norm if place else ""
    if norm in {"a", "an"}:
        following = _next_norm(tokens, place)
        return _UNIT_KINDS.get(following)
    if norm == "and":
        return "time" if before in _WHOLES else None
    if norm not in _NUMBERS and tokens[place].shape not in (Shape.INTEGER, Shape.DECIMAL):
        return None
    if _next_norm(tokens, place) in _ORDINALS or before in _MONTHS or _ordinal_tail(tokens, place):
        return "date"
    return _counted_kind([token.norm for token in tokens[place + 1 : place + 4]])


def _counted_kind(following: Sequence[str]) -> str:
    """Return the kind of a number by the words after it; alone it is a time of day."""
    for each in following:
        if each in _MERIDIEMS or each in _CLOCK_UNITS:
            return "time"
        if each in _DAY_UNITS or each in _MONTHS:
            return "date"
        if each not in _NUMBERS and each != "of":
            break
    return "time"


def _ordinal_tail(tokens: Sequence[Token], place: int) -> bool:
    """Whether the number completes a day after a month: "march thirty one"."""
    return place >= 2 and tokens[place - 2].norm in _MONTHS and tokens[place - 1].norm in _TENS
