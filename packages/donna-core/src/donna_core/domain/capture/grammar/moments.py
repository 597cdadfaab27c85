"""Days and times joined: tomorrow at 9, Friday evening, 8 tonight, in an hour and a half."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta

from attrs import evolve

from donna_core.domain.capture.chart import RuleBook
from donna_core.domain.capture.grammar.clocks import Span, hour, nothing_counted
from donna_core.domain.capture.grammar.days import on_day
from donna_core.domain.capture.tokens import Token
from donna_core.domain.capture.values import Clock, Frame, Length, Part, When

book = RuleBook()

Time = Clock | Span | int


def _after_timer(tokens: Sequence[Token], start: int, _: int) -> bool:
    """Whether the length says when a timer or reminder goes off."""
    return start > 0 and tokens[start - 1].norm in _TIMERS


def _after_me(tokens: Sequence[Token], start: int, _: int) -> bool:
    """Whether it is "remind me later", not "see you later"."""
    return start > 0 and tokens[start - 1].norm == "me"


_TIMERS = frozenset({"timer", "reminder", "alarm"})
_TIME = "<clock|timed|range>"


def at_time(when: When, value: Time) -> When | None:
    """Return the day with a time or a range of times; a part of the day settles the half."""
    clock = hour(value) if isinstance(value, int) else value
    if clock is None:
        return None
    first, last, loose = clock if isinstance(clock, tuple) else (clock, None, False)
    if when.part is not None:
        first = first.within(when.part)
    return evolve(when, clock=first, until=last, loose=loose)


@book.rule("daypart", "<day> ,? in? the? <part>", "<part> of? <day>", "<part> on <day>")
def day_and_part(_: Frame, first: When | Part, second: When | Part) -> When | None:
    """Tomorrow morning."""
    when, part = (first, second) if isinstance(first, When) else (second, first)
    if not isinstance(when, When) or not isinstance(part, Part) or when.clock is not None:
        return None
    return evolve(when, part=part)


@book.rule("daypart", "tonight|tonite", "this|today evening|night")
def tonight(frame: Frame) -> When:
    """Tonight: the evening of today and what is left of the day."""
    evening = frame.parts.get("tonight") or Part(name="tonight", start=18, end=24)
    return evolve(on_day(frame.today), part=evening)


@book.rule("daypart", "this|later <part>", "later this <part>", "later today this? <part>")
def this_part(frame: Frame, part: Part) -> When:
    """This afternoon."""
    return evolve(on_day(frame.today), part=part)


@book.rule("daypart", "later today", "later on today")
@book.rule("daypart", "later", "later on", guard=_after_me)
def later_today(frame: Frame) -> When:
    """Later today: what is left of the day."""
    return evolve(on_day(frame.today), part=Part(name="later", start=frame.now.hour + 1, end=24))


@book.rule("daypart", "last night")
def last_night(frame: Frame) -> When:
    """Last night."""
    part = frame.parts.get("night") or Part(name="night", start=20, end=24)
    return evolve(on_day(frame.today - timedelta(days=1), fixed=True), part=part)


@book.rule("moment", f"<day|daypart> ,|:|-|–? {_TIME}", f"<period> ,? {_TIME}")
def day_time(_: Frame, when: When, value: Time) -> When | None:
    """Tomorrow at 9."""
    return at_time(when, value) if when.clock is None else None


@book.rule("moment", "<day|daypart> ,? <number>", guard=nothing_counted)
def day_hour(_: Frame, when: When, value: int) -> When | None:
    """Friday 7."""
    return at_time(when, value) if 1 <= value <= 23 and when.clock is None else None


@book.rule("moment", "<day|daypart> ,? at? <number> <number>")
def day_spoken(_: Frame, when: When, value: int, minute: int) -> When | None:
    """Tomorrow six thirty."""
    clock = hour(value, minute) if 10 <= minute < 60 else None
    return at_time(when, clock) if clock else None


@book.rule("moment", f"{_TIME} ,|-? on|of|for? <day|daypart>", "<number> <daypart>")
def time_day(_: Frame, value: Time, when: When) -> When | None:
    """3 pm tomorrow, 8 tonight."""
    return at_time(when, value) if when.clock is None else None


@book.rule("moment", "<number> <number> in the <part>")
def spoken_part(_: Frame, value: int, minute: int, part: Part) -> When | None:
    """Five thirty in the morning."""
    clock = hour(value, minute) if minute >= 10 else None
    return at_time(When(part=part), clock) if clock else None


@book.rule("moment", f"{_TIME} in|at? the? <part>", "<number> in the <part>")
def time_part(_: Frame, value: Time, part: Part) -> When | None:
    """8 in the evening."""
    return at_time(When(part=part), value)


@book.rule("moment", f"in? the? <part> ,? {_TIME}")
def part_time(_: Frame, part: Part, value: Time) -> When | None:
    """Afternoon 3:30."""
    return at_time(When(part=part), value)


@book.rule("moment", "<day> ,? <moment>", "<moment> ,? on? <day>")
def day_moment(_: Frame, first: When, second: When) -> When | None:
    """Tomorrow at 8 in the evening."""
    day, moment = (first, second) if second.first is None else (second, first)
    if moment.first is not None or day.clock is not None:
        return None
    return evolve(day, clock=moment.clock, until=moment.until, part=moment.part)


@book.rule(
    "moment",
    "now",
    "right|just now",
    "at present",
    "at the moment|minute",
    "immediately|immediatly",
)
def now(frame: Frame) -> When:
    """Now."""
    return When(first=frame.today, last=frame.today, instant=frame.at)


@book.rule("moment", "in about|around|roughly|approximately|exactly? <length>", "in <length> time")
@book.rule(
    "moment", "<length> from|after now", "<length> later|hence|out", "+ <length>", "now + <length>"
)
@book.rule("moment", "for <length>", guard=_after_timer)
def ahead(frame: Frame, length: Length) -> When:
    """In two hours, counted in real time; in three days, a whole day."""
    return counted(frame, length, sign=1)


@book.rule("moment", "<length> ago|earlier|back")
def ago(frame: Frame, length: Length) -> When:
    """Two hours ago."""
    return counted(frame, length, sign=-1)


@book.rule("moment", "<moment> at? <clock|timed>", "<moment> in? the? <part>")
def counted_time(_: Frame, when: When, value: Clock | Part) -> When | None:
    """In three days at 9; in two weeks in the morning."""
    if when.first is None or when.instant is not None or when.clock is not None or when.part:
        return None
    return evolve(when, part=value) if isinstance(value, Part) else at_time(when, value)


def counted(frame: Frame, length: Length, *, sign: int) -> When:
    """Return the instant or the day that far from now."""
    day = length.after(frame.today, sign=sign)
    if not length.is_fine:
        return on_day(day, fixed=sign < 0)
    start = frame.at
    if day != frame.today:
        start = frame.instant(day, time(frame.now.hour, frame.now.minute, frame.now.second))
    instant = start + sign * timedelta(seconds=length.seconds)
    here: datetime = instant.astimezone(frame.zone)
    return When(first=here.date(), last=here.date(), instant=instant, fixed=sign < 0)
