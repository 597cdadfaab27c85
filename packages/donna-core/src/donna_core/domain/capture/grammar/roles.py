"""Whole time phrases: what the words before a time make of it."""

from collections.abc import Sequence

from attrs import evolve

from donna_core.domain.capture.chart import RuleBook
from donna_core.domain.capture.dates import DAY, plus_months, weekday_before, weekday_from
from donna_core.domain.capture.grammar.clocks import Span, hour, nothing_counted
from donna_core.domain.capture.grammar.days import on_day
from donna_core.domain.capture.grammar.lengths import UNITS, Unit, length_of
from donna_core.domain.capture.grammar.moments import at_time, exactly
from donna_core.domain.capture.tokens import Token
from donna_core.domain.capture.values import Clock, Frame, Length, Meaning, Part, Role, When

book = RuleBook()

Time = When | Clock | Part | Span | int
_DAYS = "day|daypart|moment|period|the_period|point|soon|named_month|bare_year|festive"
_ANY = f"<{_DAYS}|clock|timed|part>"
_DONE = "done|finished|completed|ready"
_ABBREVIATIONS = frozenset({"sat", "sun", "mon", "wed", "mar"})
_PEOPLE = frozenset(
    [
        "i",
        "he",
        "she",
        "it",
        "we",
        "they",
        "you",
        "who",
        "the",
        "a",
        "an",
        "cat",
        "dog",
        "her",
        "his",
        "my",
        "your",
        "cap",
        "just",
    ]
)


def _is_no_ordinary_word(tokens: Sequence[Token], start: int, end: int) -> bool:
    """Whether a lone "sat" or "mon" stands where a day would: at the end, after no subject."""
    if end - start > 1 or tokens[start].norm not in _ABBREVIATIONS:
        return True
    before = {token.norm for token in tokens[max(0, start - 2) : start]}
    if start == 0 and end < len(tokens) and tokens[start].norm in {"mon", "wed"}:
        return True
    at_end = end == len(tokens) or not tokens[end].norm[0].isalnum()
    return at_end and not before & _PEOPLE and tokens[start].norm not in ({"mar"} if start else ())


def _no_day_follows(tokens: Sequence[Token], _: int, end: int) -> bool:
    """Whether the thing itself is meant, unlike in "two days before last"."""
    return end >= len(tokens) or tokens[end].norm not in ("last", "yesterday", "that")


def _is_compound_part(tokens: Sequence[Token], start: int, end: int) -> bool:
    """Whether it is "midafternoon" or "early morning"; a bare "morning" is rather a greeting."""
    return end - start > 1 or tokens[start].norm.startswith("mid")


def _is_whole(tokens: Sequence[Token], start: int, end: int) -> bool:
    """Whether the text says nothing else."""
    return start == 0 and end == len(tokens)


def meant(value: Time) -> When | None:
    """Return any kind of time as one."""
    if isinstance(value, When):
        return value
    if isinstance(value, Part):
        return When(part=value)
    return at_time(When(), value)


@book.rule("phrase", "<day|daypart|moment|point|soon|timed>", guard=_is_no_ordinary_word)
@book.rule("phrase", "<part>", guard=_is_compound_part)
@book.rule("phrase", "<named_month>", guard=_is_whole)
@book.rule("phrase", "<clock|range|period>")
def alone(_: Frame, value: Time) -> Meaning | None:
    """Tomorrow at 9, without a preposition. An end of the day is a deadline by itself."""
    when = meant(value)
    role = Role.BY if when and when.ends_day else Role.ON
    return Meaning(role=role, when=when) if when else None


@book.rule("phrase", "on|for|at|this|sometime|around|about|from <day|daypart|moment|point>")
@book.rule("phrase", "on|for|at sometime|around|about <day|daypart|moment|point>")
@book.rule(
    "phrase",
    "in|during|for|over|sometime|within <period>",
    "sometime in|during|on? <period|day|daypart>",
)
@book.rule(
    "phrase",
    "in|during|sometime|over <named_month|bare_year|festive>",
    "next|this|coming <named_month>",
)
@book.rule("phrase", "in|during|at the? <part>", "at <point>", "in early|late|mid <named_month>")
def on(_: Frame, value: Time) -> Meaning | None:
    """On Friday."""
    when = meant(value)
    return Meaning(role=Role.ON, when=when) if when else None


@book.rule("phrase", "in the <part>", "first thing in the <part>", priority=1)
def in_the_part(frame: Frame, part: Part) -> Meaning:
    """In the morning: once it has begun, that of tomorrow."""
    begun = part.end <= 12 and frame.now.hour >= part.start
    if not begun:
        return Meaning(role=Role.ON, when=When(part=part))
    return Meaning(role=Role.ON, when=evolve(on_day(frame.today + DAY), part=part))


@book.rule("phrase", "by|until|till|til|through|thru|upto at|on|the? " + _ANY, "up to <day|point>")
def by(_: Frame, value: Time) -> Meaning | None:
    """By Friday."""
    when = meant(value)
    return Meaning(role=Role.BY, when=when) if when else None


@book.rule("phrase", "by|until|till|til <number>", guard=nothing_counted)
def by_hour(_: Frame, value: int) -> Meaning | None:
    """By 5."""
    clock = hour(value)
    return Meaning(role=Role.BY, when=When(clock=clock)) if clock and value else None


@book.rule(
    "phrase",
    "due|deadline|deadlines is|:|of? by|on|at|in|before|until? " + _ANY,
    "is|are due by|on|at|in|before? " + _ANY,
    "no|not later than " + _ANY,
    "must|should|needs|need|has|have to? be? done|finished|completed|ready by|before|until|on? "
    + _ANY,
    "latest|finish|finished|done by|on? " + _ANY,
    "at the latest by|on? " + _ANY,
    "by|on? <day|daypart|moment|point> at the latest",
    "by|on? <day|daypart|moment|point> latest",
)
def due(_: Frame, value: Time) -> Meaning | None:
    """Due Friday."""
    when = meant(value)
    return Meaning(role=Role.BY, when=when, stressed=True) if when else None


@book.rule("phrase", "before|ahead|prior of|to? " + _ANY, "earlier than " + _ANY)
@book.rule("phrase", "just|right|shortly|immediately before " + _ANY)
@book.rule("phrase", "a little|bit before " + _ANY)
def before(_: Frame, value: Time) -> Meaning | None:
    """Before Friday: Thursday is the last day. "Before the end of" includes the end."""
    when = meant(value)
    return Meaning(role=Role.BEFORE, when=when) if when else None


@book.rule("phrase", "=before|after <number>", guard=nothing_counted)
def around_hour(_: Frame, side: str, value: int) -> Meaning | None:
    """Before 5."""
    clock = hour(value)
    role = Role.BEFORE if side == "before" else Role.AFTER
    return Meaning(role=role, when=When(clock=clock)) if clock and value else None


@book.rule("phrase", "just|right|shortly|immediately|sometime after " + _ANY)
@book.rule("phrase", "a little|bit after " + _ANY, "any -? time after " + _ANY)
@book.rule("phrase", "after|from|starting|since|beginning|past from|on|at? " + _ANY)
@book.rule(
    "phrase", "not before|until|till " + _ANY, "any|some time|day after " + _ANY, "as of " + _ANY
)
@book.rule(
    "phrase",
    "from <day|daypart|moment> on|onwards|onward|forward",
    "later than " + _ANY,
    "no|not earlier|sooner than " + _ANY,
)
def after(_: Frame, value: Time) -> Meaning | None:
    """After 1 pm."""
    when = meant(value)
    return Meaning(role=Role.AFTER, when=when) if when and when.until is None else None


@book.rule(
    "phrase",
    "within|inside the? next? <length>",
    "in|over|during? the? next|coming|following|upcoming <length>",
)
@book.rule("phrase", "in less|under|fewer than? <length>", "within less than <length>")
@book.rule("phrase", "within the <unit>", "in|within|over|during? the? next =hour|minute")
def within(frame: Frame, length: Length | Unit | str) -> Meaning | None:
    """Within two weeks; in the next hour."""
    if isinstance(length, str):
        length = UNITS[length]
    if isinstance(length, tuple):
        whole = length_of(1, length)
        if whole is None:
            return None
        length = whole
    when = exactly(frame, length, sign=1)
    return Meaning(role=Role.BY, when=when)


@book.rule(
    "phrase",
    "between|from <day|daypart|moment> and|to|through|until|till|thru|-|– <day|daypart|moment>",
)
@book.rule("phrase", "<day|date> to|through|until|till|thru|-|– <day>")
def between(_: Frame, first: When, last: When) -> Meaning | None:
    """Between Monday and Wednesday; 3 June to 5 July."""
    if first.first is None or last.last is None or first.clock or last.clock:
        return None
    end = last.last
    if end < first.first and not last.fixed:
        end = plus_months(end, 1)  # "from the 25th to the 3rd"
    if end < first.first or first.instant or last.instant:
        return None
    return Meaning(role=Role.ON, when=evolve(first, last=end, others=()))


@book.rule("phrase", "since <weekday>", priority=1)
def since_weekday(frame: Frame, index: int) -> Meaning:
    """Since Tuesday: the one that was."""
    found = weekday_before(frame.today, index)
    return Meaning(role=Role.AFTER, when=When(first=found, last=found, fixed=True))


@book.rule("phrase", "from? <weekday> to|through|until|till|thru|-|– <weekday|day>", priority=1)
@book.rule("phrase", "between <weekday> and <weekday|day>", priority=1)
def weekday_span(frame: Frame, index: int, last: int | When) -> Meaning | None:
    """Mon-Wed; Monday to Friday next week: the Monday before that Friday."""
    if isinstance(last, int):
        first = weekday_from(frame.today + DAY, index)
        return Meaning(role=Role.ON, when=When(first=first, last=weekday_from(first, last)))
    if last.last is None or last.clock is not None:
        return None
    first = weekday_before(last.last, index)
    return Meaning(role=Role.ON, when=evolve(last, first=first, others=()))


@book.rule("phrase", "<length> before|beforehand|prior|ahead", guard=_no_day_follows)
@book.rule("phrase", "the =day|week before|prior", guard=_no_day_follows)
def lead(_: Frame, value: Length | str) -> Meaning:
    """15 minutes before: how long before the thing itself."""
    units = {"day": Length(days=1), "week": Length(days=7)}
    return Meaning(role=Role.LEAD, length=units[value] if isinstance(value, str) else value)


@book.rule("phrase", "on|by|before|until|till|due|for|at? <impossible>")
def impossible(_: Frame, _text: str) -> Meaning:
    """On 30 February, at 25:00."""
    return Meaning(role=Role.IMPOSSIBLE)
