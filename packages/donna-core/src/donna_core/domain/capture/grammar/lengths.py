"""Lengths of time: 45 minutes, an hour and a half, 1h30, two weeks."""

from collections.abc import Sequence
from datetime import timedelta

from donna_core.domain.capture.chart import RuleBook
from donna_core.domain.capture.tokens import Token
from donna_core.domain.capture.values import Frame, Grain, Length, Meaning, Role

book = RuleBook()

UNITS = {
    "second": (Grain.SECOND, 1), "seconds": (Grain.SECOND, 1), "sec": (Grain.SECOND, 1),
    "secs": (Grain.SECOND, 1), "minute": (Grain.MINUTE, 1), "minutes": (Grain.MINUTE, 1),
    "min": (Grain.MINUTE, 1), "mins": (Grain.MINUTE, 1), "hour": (Grain.HOUR, 1),
    "hours": (Grain.HOUR, 1), "hr": (Grain.HOUR, 1), "hrs": (Grain.HOUR, 1), "h": (Grain.HOUR, 1),
    "day": (Grain.DAY, 1), "days": (Grain.DAY, 1), "night": (Grain.DAY, 1),
    "nights": (Grain.DAY, 1), "week": (Grain.WEEK, 1), "weeks": (Grain.WEEK, 1),
    "wk": (Grain.WEEK, 1), "wks": (Grain.WEEK, 1), "fortnight": (Grain.WEEK, 2),
    "fortnights": (Grain.WEEK, 2), "month": (Grain.MONTH, 1), "months": (Grain.MONTH, 1),
    "quarter": (Grain.MONTH, 3), "quarters": (Grain.MONTH, 3), "year": (Grain.YEAR, 1),
    "years": (Grain.YEAR, 1), "yr": (Grain.YEAR, 1), "yrs": (Grain.YEAR, 1),
    "weekend": (Grain.DAY, 2), "weekends": (Grain.DAY, 2),
    "decade": (Grain.YEAR, 10), "decades": (Grain.YEAR, 10),
}  # fmt: skip
_GLUED = {
    "s": (Grain.SECOND, 1), "m": (Grain.MINUTE, 1), "d": (Grain.DAY, 1), "w": (Grain.WEEK, 1),
    "mo": (Grain.MONTH, 1), "y": (Grain.YEAR, 1),
}  # fmt: skip
_SECONDS = {Grain.SECOND: 1, Grain.MINUTE: 60, Grain.HOUR: 3600}
_DAYS = {Grain.DAY: 1, Grain.WEEK: 7}
_MONTHS = {Grain.MONTH: 1, Grain.YEAR: 12}
_LONGEST_BARE = 16  # hours; a longer bare length is rather a fact than a plan
_TAKES = "take|takes|need|needs|last|lasts"
_MODALS = "will|would|should|shall|can|could|may|might|must|to|not|shouldn't|won't|doesn't|didn't"
_FOR = "takes|take|lasts|last|lasting|taking|need|needs|allow|spend|block"
_TIMERS = frozenset({"timer", "reminder", "alarm"})
_ANCHORS = frozenset(
    [
        "ago",
        "before",
        "after",
        "prior",
        "past",
        "to",
        "early",
        "earlier",
        "later",
        "hence",
        "from",
        "out",
    ]
)
Unit = tuple[Grain, int]


def _times_the_work(tokens: Sequence[Token], start: int, _: int) -> bool:
    """Whether the length is not the delay of a timer."""
    return start == 0 or tokens[start - 1].norm not in _TIMERS


def _dot_ends_abbreviation(tokens: Sequence[Token], _: int, end: int) -> bool:
    """Whether a final dot belongs to "hrs." and not to the end of the sentence."""
    return tokens[end - 1].norm != "." or (tokens[end - 1].glued and end < len(tokens))


def length_of(amount: float, unit: Unit) -> Length | None:
    """Return so many of a unit; parts of a day, month or year become smaller units."""
    grain, factor = unit
    amount *= factor
    if grain in _SECONDS:
        return Length(seconds=round(amount * _SECONDS[grain]))
    if grain in _DAYS:
        whole, rest = divmod(amount * _DAYS[grain], 1)
        return Length(days=int(whole), seconds=round(rest * 86400))
    whole, rest = divmod(amount * _MONTHS[grain], 1)
    return Length(months=int(whole), days=round(rest * 30))


@book.rule("unit", f"={'|'.join(UNITS)}")
def unit(_: Frame, name: str) -> Unit:
    """Hours."""
    return UNITS[name]


@book.rule("glued_unit", f"={'|'.join(_GLUED)}")
def glued_unit(_: Frame, name: str) -> Unit:
    """The m of 45m."""
    return _GLUED[name]


@book.rule("length", "<amount> -? <unit> .?", guard=_dot_ends_abbreviation)
def counted(_: Frame, amount: float, of: Unit) -> Length | None:
    """45 minutes."""
    return length_of(amount, of) if amount > 0 else None


@book.rule("length", "{integer} ~<glued_unit>", "{decimal} ~<glued_unit>")
def short(_: Frame, token: Token, of: Unit) -> Length | None:
    """45m."""
    if len(token.text) > 6 or (of == _GLUED["s"] and token.text[:2] in ("19", "20")):
        return None  # "the 1990s"
    return length_of(float(token.text), of)


@book.rule("length", "a|an|one <unit> and a half|quarter")
def and_a_half(_: Frame, of: Unit) -> Length | None:
    """An hour and a half."""
    return length_of(1.5, of)


@book.rule("length", "{integer} -|–|to|or {integer} <unit>")
def at_most(_: Frame, first: Token, last: Token, of: Unit) -> Length | None:
    """2-3 days: the longer one, to be on the safe side."""
    small, large = float(first.text[:9]), float(last.text[:9])
    return length_of(large, of) if 0 < small < large <= 10 * small else None


@book.rule("length", "a|an <unit> or two")
def one_or_two(_: Frame, of: Unit) -> Length | None:
    """A day or two."""
    return length_of(2, of)


@book.rule("length", "<number> <unit> and a half")
def many_and_a_half(_: Frame, count: int, of: Unit) -> Length | None:
    """Two hours and a half."""
    return length_of(count + 0.5, of)


@book.rule("length", "<length> ,? and? <length>")
def joined(_: Frame, first: Length, second: Length) -> Length | None:
    """One hour and 20 minutes: each part smaller than the one before."""
    return first.plus(second) if _finest(first) > second.span.total_seconds() > 0 else None


@book.rule("length", "<length> <number>", guard=lambda tokens, _, end: tokens[end - 1].glued)
def hours_minutes(_: Frame, hours: Length, minutes: int) -> Length | None:
    """1h30."""
    if hours.months or hours.days or hours.seconds % 3600 or not 0 < minutes < 60:
        return None
    return Length(seconds=hours.seconds + 60 * minutes)


@book.rule("length", "{hours}")
def hours_shape(_: Frame, token: Token) -> Length | None:
    """1h30, written without a blank."""
    hours, _h, minutes = token.norm.partition("h")
    if int(hours) >= 6 or int(minutes) >= 60:
        return None
    return Length(seconds=3600 * int(hours) + 60 * int(minutes))


@book.rule("length", "all -? day long?", "the? whole|entire|full day")
def all_day(_: Frame) -> Length:
    """All day."""
    return Length(days=1)


@book.rule(
    "phrase",
    _FOR + " about|around|roughly|up|least|to? <length>",
    "it|this|which|that should|will|might? " + _TAKES + " about|around|up|to? <length>",
    f"{_MODALS} " + _TAKES + " about|around|up|to? <length>",
    "~ <length>",
    "for? at least|most <length>",
    "( ~|about? <length> )",
    "[ <length> ]",
    "more|less|under|over than <length>",
    guard=_times_the_work,
)
@book.rule(
    "phrase", "for about|around|roughly|up|least|to? <length>", guard=_times_the_work, priority=1
)
def lasting(_: Frame, length: Length) -> Meaning:
    """For 45 minutes."""
    return Meaning(role=Role.LASTING, length=length)


def _stands_alone(tokens: Sequence[Token], start: int, end: int) -> bool:
    after = tokens[end].norm if end < len(tokens) else ""
    before = tokens[start - 1].norm if start else ""
    if tokens[start].norm in {"a", "another", "full"}:
        return False  # "a second chance", "wait a minute"
    return after not in _ANCHORS and before not in {"last", "past", "next", "every", "each"}


@book.rule("phrase", "<length>", "<length> long|total", guard=_stands_alone)
@book.rule("phrase", "about|around|roughly|approximately|approx|ca <length>", guard=_stands_alone)
def bare(_: Frame, length: Length) -> Meaning | None:
    """45 minutes, without a word that says what for."""
    if length.seconds < 60 or length.span > timedelta(hours=_LONGEST_BARE):
        return None
    return Meaning(role=Role.LASTING, length=length)


def _finest(length: Length) -> int:
    """Return the seconds of the smallest unit the length was counted in."""
    if length.seconds:
        return next(unit for unit in (3600, 60, 1) if length.seconds % unit == 0)
    if length.days:
        return 7 * 86400 if length.days % 7 == 0 else 86400
    return (365 if length.months % 12 == 0 else 30) * 86400
