"""Whole time phrases: what the words before a time make of it."""

from datetime import date

from attrs import evolve

from donna_core.domain.capture.chart import RuleBook
from donna_core.domain.capture.dates import DAY, plus_months, weekday_before, weekday_from
from donna_core.domain.capture.grammar.clocks import Span, hour
from donna_core.domain.capture.grammar.days import on_day
from donna_core.domain.capture.grammar.lengths import UNITS, Unit, length_of
from donna_core.domain.capture.grammar.moments import at_time, exactly
from donna_core.domain.capture.values import Clock, Frame, Grain, Length, Meaning, Part, Role, When

book = RuleBook()

Time = When | Clock | Part | Span | int
_A_MONTH = 31
# When a meal, a day at work or a night begins; from when until when "after" it lasts, and what
# that part of the day is called.
_AROUND = {
    "breakfast": (7, 9, 12, "morning"), "lunchtime": (12, 13, 17, "afternoon"),
    "dinnertime": (18, 20, 22, "evening"), "school": (8, 15, 21, "afternoon"),
    "work": (9, 17, 21, "evening"), "bed": (22, 22, 24, "night"),
}  # fmt: skip


def meant(value: Time) -> When | None:
    """Return any kind of time as one."""
    if isinstance(value, When):
        return value
    if isinstance(value, Part):
        return When(part=value)
    return at_time(When(), value)


@book.meaning
def alone(_: Frame, value: Time) -> Meaning | None:
    """Tomorrow at 9, without a preposition. An end of the day is a deadline by itself."""
    when = meant(value)
    role = Role.BY if when and when.ends_day else Role.ON
    return Meaning(role=role, when=when) if when else None


@book.meaning
def on(_: Frame, value: Time) -> Meaning | None:
    """On Friday."""
    when = meant(value)
    return Meaning(role=Role.ON, when=when) if when else None


@book.meaning
def in_the_part(frame: Frame, part: Part) -> Meaning:
    """In the morning: once it has begun, that of tomorrow."""
    begun = part.end <= 12 and frame.now.hour >= part.start
    if not begun:
        return Meaning(role=Role.ON, when=When(part=part))
    return Meaning(role=Role.ON, when=evolve(on_day(frame.today + DAY), part=part))


@book.meaning
def by(_: Frame, value: Time) -> Meaning | None:
    """By Friday."""
    when = meant(value)
    return Meaning(role=Role.BY, when=when) if when else None


@book.meaning
def by_hour(_: Frame, value: int) -> Meaning | None:
    """By 5."""
    clock = hour(value)
    return Meaning(role=Role.BY, when=When(clock=clock)) if clock and value else None


@book.meaning
def due(_: Frame, value: Time) -> Meaning | None:
    """Due Friday."""
    when = meant(value)
    return Meaning(role=Role.BY, when=when, stressed=True) if when else None


@book.meaning
def before(_: Frame, value: Time) -> Meaning | None:
    """Before Friday: Thursday is the last day. "Before the end of" includes the end."""
    when = meant(value)
    return Meaning(role=Role.BEFORE, when=when) if when else None


@book.meaning
def around_hour(_: Frame, side: str, value: int) -> Meaning | None:
    """Before 5."""
    clock = hour(value)
    role = Role.BEFORE if side == "before" else Role.AFTER
    return Meaning(role=role, when=When(clock=clock)) if clock and value else None


@book.meaning
def after(_: Frame, value: Time) -> Meaning | None:
    """After 1 pm."""
    when = meant(value)
    return Meaning(role=Role.AFTER, when=when) if when and when.until is None else None


@book.meaning
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


@book.meaning
def between(_: Frame, first: When, last: When) -> Meaning | None:
    """Between Monday and Wednesday; 3 June to 5 July."""
    if first.first is None or last.last is None or first.clock or last.clock:
        return None
    end = last.last
    if last.fixed and not first.fixed and last.first is not None:
        first = _in_year_of(first, last.first)
    if first.first is None:
        return None
    if end < first.first and not last.fixed:
        end = plus_months(end, 1)  # "from the 25th to the 3rd"
    if end < first.first or first.instant or last.instant:
        return None
    return Meaning(role=Role.ON, when=evolve(first, last=end, others=()))


@book.meaning
def since_weekday(frame: Frame, index: int) -> Meaning:
    """Since Tuesday: the one that was."""
    found = weekday_before(frame.today, index)
    return Meaning(role=Role.AFTER, when=When(first=found, last=found, fixed=True))


@book.meaning
def weekday_span(frame: Frame, index: int, last: int | When) -> Meaning | None:
    """Mon-Wed; Monday to Friday next week: the Monday before that Friday."""
    if isinstance(last, int):
        first = weekday_from(frame.today + DAY, index)
        return Meaning(role=Role.ON, when=When(first=first, last=weekday_from(first, last)))
    if last.last is None or last.clock is not None:
        return None
    first = weekday_before(last.last, index)
    return Meaning(role=Role.ON, when=evolve(last, first=first, others=()))


@book.meaning
def lead(_: Frame, value: Length | str) -> Meaning:
    """15 minutes before: how long before the thing itself."""
    units = {"day": Length(days=1), "week": Length(days=7)}
    return Meaning(role=Role.LEAD, length=units[value] if isinstance(value, str) else value)


@book.meaning
def lag(_: Frame, value: Length) -> Meaning:
    """Three days after: how long after the thing itself."""
    return Meaning(role=Role.LAG, length=value)


@book.meaning
def impossible(_: Frame, _text: str) -> Meaning:
    """On 30 February, at 25:00."""
    return Meaning(role=Role.IMPOSSIBLE)


@book.meaning
def at_meal(_: Frame, part: Part) -> Meaning:
    """At lunch."""
    return Meaning(role=Role.ON, when=When(part=part))


@book.meaning
def beside_meal(_: Frame, *said: str | When) -> Meaning | None:
    """After lunch: from 13:00 on; before work: until 9:00. The hours are those of most people."""
    day = next((each for each in said if isinstance(each, When)), When())
    side, name = (each for each in said if isinstance(each, str))
    hours = _AROUND.get(name)
    if hours is None or day.clock is not None:
        return None
    before, after, until, called = hours
    if side == "before":
        return Meaning(role=Role.BEFORE, when=evolve(day, clock=Clock(hour=before)))
    return Meaning(role=Role.ON, when=evolve(day, part=Part(name=called, start=after, end=until)))


@book.meaning
def since(frame: Frame, when: When) -> Meaning | None:
    """Since March: the one that was."""
    if when.first is None or when.last is None or when.clock is not None:
        return None
    if when.first > frame.today and not when.fixed:
        months = (
            1 if when.grain is Grain.DAY and (when.first - frame.today).days <= _A_MONTH else 12
        )
        when = evolve(
            when, first=plus_months(when.first, -months), last=plus_months(when.last, -months)
        )
    return Meaning(role=Role.AFTER, when=evolve(when, fixed=True))


def _in_year_of(when: When, last: date) -> When:
    """Return a day without a year in the year that the end of its range names."""
    if when.first is None or when.last is None:
        return when
    years = last.year - when.first.year
    if when.first.replace(year=2000) > last.replace(year=2000):
        years -= 1
    first = plus_months(when.first, 12 * years)
    return evolve(when, first=first, last=plus_months(when.last, 12 * years), fixed=True)
