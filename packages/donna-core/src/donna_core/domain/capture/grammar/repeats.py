"""Repetitions: every Monday at 9, every other Thursday, monthly on the 1st, quarterly."""

from attrs import evolve

from donna_core.domain.capture.chart import RuleBook
from donna_core.domain.capture.grammar.clocks import Span, hour
from donna_core.domain.capture.grammar.moments import at_time
from donna_core.domain.capture.values import (
    Clock,
    Frame,
    Length,
    Meaning,
    Part,
    Repeat,
    Role,
    When,
)

book = RuleBook()

Which = tuple[int, ...]
Days = tuple[int, ...]
Pairs = tuple[tuple[int, int], ...]
_ADVERBS = {
    "hourly": Repeat(every="HOURLY"), "daily": Repeat(every="DAILY"),
    "weekly": Repeat(every="WEEKLY"), "biweekly": Repeat(every="WEEKLY", interval=2),
    "monthly": Repeat(every="MONTHLY"), "bimonthly": Repeat(every="MONTHLY", interval=2),
    "quarterly": Repeat(every="MONTHLY", interval=3),
    "semiannually": Repeat(every="MONTHLY", interval=6), "yearly": Repeat(every="YEARLY"),
    "biennially": Repeat(every="YEARLY", interval=2),
}  # fmt: skip
_UNITS = {
    "second": ("SECONDLY", 1), "minute": ("MINUTELY", 1), "hour": ("HOURLY", 1),
    "day": ("DAILY", 1), "week": ("WEEKLY", 1), "fortnight": ("WEEKLY", 2),
    "month": ("MONTHLY", 1), "quarter": ("MONTHLY", 3), "year": ("YEARLY", 1),
}  # fmt: skip
WORKDAYS = tuple((0, day) for day in range(5))
_WEEKEND = ((0, 5), (0, 6))


def _stepped(unit: str, count: int) -> Repeat | None:
    every, factor = _UNITS[unit]
    return Repeat(every=every, interval=count * factor) if 0 < count * factor <= 1000 else None


@book.meaning
def adverb(_: Frame, name: str) -> Repeat:
    """Daily."""
    return _ADVERBS[name]


@book.meaning
def half_yearly(_: Frame) -> Repeat:
    """Twice a year: every six months."""
    return Repeat(every="MONTHLY", interval=6)


@book.meaning
def fortnightly(_: Frame) -> Repeat:
    """Bi-weekly: every second week."""
    return Repeat(every="WEEKLY", interval=2)


@book.meaning
def each(_: Frame, unit: str) -> Repeat | None:
    """Every week."""
    return _stepped(unit, 1)


@book.meaning
def each_nth(_: Frame, count: int, unit: str) -> Repeat | None:
    """Every 3 months, every third month."""
    return _stepped(unit, count)


@book.meaning
def each_other(_: Frame, unit: str) -> Repeat | None:
    """Every other week."""
    return _stepped(unit, 2)


@book.meaning
def each_few(_: Frame, unit: str) -> Repeat | None:
    """Every few days: three."""
    return _stepped(unit, 3)


@book.meaning
def short_list(_: Frame, *days: int) -> Repeat | None:
    """Tue/Thu, Mon Wed Fri: every week."""
    if len(set(days)) < len(days):
        return None
    return Repeat(every="WEEKLY", weekdays=tuple((0, day) for day in days))


@book.meaning
def one_day(_: Frame, day: int) -> Days:
    """Monday."""
    return (day,)


@book.meaning
def more_days(_: Frame, day: int, rest: Days) -> Days | None:
    """Monday, Wednesday and Friday."""
    return (day, *rest) if len(rest) < 7 else None


@book.meaning
def day_range(_: Frame, first: int, last: int) -> Days:
    """Monday to Friday."""
    return tuple((first + step) % 7 for step in range((last - first) % 7 + 1))


@book.meaning
def workdays(_: Frame) -> tuple[tuple[int, int], ...]:
    """On weekdays."""
    return WORKDAYS


@book.meaning
def weekends(_: Frame) -> tuple[tuple[int, int], ...]:
    """On weekends."""
    return _WEEKEND


@book.meaning
def every_days(_: Frame, days: Days) -> tuple[tuple[int, int], ...]:
    """Every Monday and Thursday."""
    return tuple((0, day) for day in days)


@book.meaning
def plural_days(_: Frame, days: Days) -> tuple[tuple[int, int], ...]:
    """On Tuesdays."""
    return tuple((0, day) for day in days)


@book.meaning
def plural_list(_: Frame, *days: int) -> Days:
    """Tuesdays and Thursdays."""
    return days


@book.meaning
def plural_range(frame: Frame, first: int, last: int) -> Days:
    """Mondays through Fridays."""
    return day_range(frame, first, last)


@book.meaning
def days_each_week(_: Frame, days: Days) -> Repeat:
    """Monday, Wednesday and Friday every week."""
    return Repeat(every="WEEKLY", weekdays=tuple((0, day) for day in days))


@book.meaning
def weekday_parts(_: Frame, part: Part) -> Repeat:
    """Weekday mornings."""
    return Repeat(every="WEEKLY", weekdays=WORKDAYS, part=part)


@book.meaning
def weekly_on(_: Frame, days: tuple[tuple[int, int], ...]) -> Repeat:
    """On these weekdays of every week."""
    return Repeat(every="WEEKLY", weekdays=tuple(dict.fromkeys(days)))


@book.meaning
def other_days(_: Frame, days: Days) -> Repeat:
    """Every other Thursday."""
    return Repeat(every="WEEKLY", interval=2, weekdays=tuple((0, day) for day in days))


@book.meaning
def counted_days(_: Frame, count: int, day: int) -> Repeat | None:
    """Every three Mondays."""
    return Repeat(every="WEEKLY", interval=count, weekdays=((0, day),)) if 0 < count < 100 else None


@book.meaning
def other_weekend(_: Frame) -> Repeat:
    """Every other weekend."""
    return Repeat(every="WEEKLY", interval=2, weekdays=_WEEKEND)


@book.meaning
def counted_weekends(_: Frame, count: int) -> Repeat | None:
    """Every four weekends."""
    return Repeat(every="WEEKLY", interval=count, weekdays=_WEEKEND) if 0 < count < 100 else None


@book.meaning
def every_part(_: Frame, first: int | Part, second: Part | None = None) -> Repeat | None:
    """Every morning, every Monday morning, Tuesday nights."""
    if isinstance(first, Part):
        return Repeat(every="DAILY", part=first)
    return Repeat(every="WEEKLY", weekdays=((0, first),), part=second)


@book.meaning
def parts(frame: Frame, name: str) -> Part | None:
    """Mornings."""
    return frame.parts.get(name)


@book.meaning
def on_days(
    _: Frame, base: Repeat, days: tuple[int, ...] | tuple[tuple[int, int], ...]
) -> Repeat | None:
    """Every 3 weeks on Monday; weekly on Wednesdays."""
    if base.weekdays or base.every not in ("WEEKLY", "DAILY"):
        return None
    pairs = tuple(day if isinstance(day, tuple) else (0, day) for day in days)
    return evolve(base, every="WEEKLY", weekdays=tuple(dict.fromkeys(pairs)))


@book.meaning
def each_length(_: Frame, length: Length) -> Repeat | None:
    """Every hour and a half."""
    minutes, rest = divmod(length.seconds, 60)
    if length.months and not (length.days or length.seconds):
        return Repeat(every="MONTHLY", interval=length.months)
    if length.months or length.days or rest or not 0 < minutes <= 1440 or not minutes % 60:
        return None
    return Repeat(every="MINUTELY", interval=minutes)


@book.meaning
def at(_: Frame, base: Repeat, value: Clock | Span | Part | When | int) -> Repeat | None:
    """Every Monday at 9."""
    if base.clock is not None or (base.without and base.every in ("HOURLY", "MINUTELY")):
        return None
    if isinstance(value, Part):
        return evolve(base, part=value) if base.part is None else None
    if isinstance(value, int) and not 1 <= value <= 23:
        return None
    timed = value if isinstance(value, When) else at_time(When(part=base.part), value)
    if timed is None or timed.clock is None or timed.first is not None:
        return None
    if base.every == "HOURLY" and timed.until is not None:
        return _hours_between(base, timed.clock, timed.until)
    return evolve(base, clock=timed.clock, stop=timed.until, part=timed.part or base.part)


def _hours_between(base: Repeat, first: Clock, last: Clock) -> Repeat:
    """Return every hour, or every few hours, from the first to the last."""
    step = base.interval
    hours = range(first.daytime.hour + step, last.hour + 1, step)
    also = tuple(evolve(first, hour=hour, open=False) for hour in hours)
    if step > 1:
        base = evolve(base, every="DAILY", interval=1)
    return evolve(base, clock=first.daytime, also=also)


@book.meaning
def also_at(_: Frame, base: Repeat, value: Clock | int) -> Repeat | None:
    """Every day at 10, 12 and 17."""
    clock = hour(value) if isinstance(value, int) else value
    if base.clock is None or clock is None or base.stop is not None or len(base.also) > 22:
        return None
    return evolve(base, also=(*base.also, clock)) if clock.minute == base.clock.minute else None


@book.meaning
def at_before(frame: Frame, value: Clock, base: Repeat) -> Repeat | None:
    """At 5 pm daily."""
    return at(frame, base, value)


@book.meaning
def repeating(_: Frame, base: Repeat) -> Meaning:
    """A repetition."""
    return Meaning(role=Role.REPEATING, repeat=base)


@book.meaning
def repeating_by(_: Frame, first: Repeat | Clock, second: Repeat | Clock) -> Meaning | None:
    """Every Tuesday by 8 pm."""
    base, clock = (first, second) if isinstance(first, Repeat) else (second, first)
    if not isinstance(base, Repeat) or not isinstance(clock, Clock):
        return None
    return Meaning(role=Role.REPEATING, repeat=evolve(base, clock=clock.daytime))


@book.meaning
def prefixed(_: Frame, times: int, unit: str = "weekly") -> Repeat:
    """Bi-monthly: every second month."""
    return evolve(_ADVERBS[unit], interval=times)


@book.meaning
def half_monthly(_: Frame) -> Repeat:
    """Semi-monthly: on the 1st and the 15th."""
    return Repeat(every="MONTHLY", month_days=(1, 15), spread=True)


@book.meaning
def often(_: Frame, count: int, unit: str = "week") -> Repeat | None:
    """Three times a week: spread as evenly as the calendar allows."""
    return _spread(count, unit) if count > 0 else None


def _spread(count: int, unit: str) -> Repeat | None:
    every, _ = _UNITS[unit]
    if count == 1:
        return Repeat(every=every)
    if unit == "week" and count <= 7:
        days = sorted({7 * step // count for step in range(count)})
        return Repeat(every="WEEKLY", weekdays=tuple((0, day) for day in days), spread=True)
    if unit == "month" and count <= 28:
        month_days = tuple(1 + 28 * step // count for step in range(count))
        return Repeat(every="MONTHLY", month_days=month_days, spread=True)
    whole, finer = {"year": (12, "MONTHLY"), "day": (24, "HOURLY"), "hour": (60, "MINUTELY")}.get(
        unit, (0, "")
    )
    if not whole or whole % count:
        return None
    return Repeat(every=finer, interval=whole // count, spread=True)


@book.meaning
def once(_: Frame, name: str) -> Repeat:
    """Once daily."""
    return _ADVERBS[name]


@book.meaning
def tailed(_: Frame, base: Repeat) -> Repeat:
    """Every day from now on."""
    return base


@book.meaning
def span_at(frame: Frame, days: Days, value: Clock | Span | int) -> Repeat | None:
    """Mon-Fri at 9: each of these days, every week."""
    return at(frame, Repeat(every="WEEKLY", weekdays=tuple((0, day) for day in days)), value)


@book.meaning
def days_of_span(_: Frame, base: Repeat, days: Days) -> Repeat | None:
    """Every day from Monday to Friday."""
    if base.every not in ("DAILY", "WEEKLY") or base.weekdays or base.interval > 1:
        return None
    return evolve(base, every="WEEKLY", weekdays=tuple((0, day) for day in days))


@book.meaning
def friday_the(_: Frame, day: int, number: int) -> Repeat | None:
    """Every Friday the 13th."""
    if not 1 <= number <= 31:
        return None
    return Repeat(every="MONTHLY", weekdays=((0, day),), month_days=(number,))


@book.meaning
def each_decade(_: Frame, years: int) -> Repeat:
    """Every decade."""
    return Repeat(every="YEARLY", interval=years)


@book.meaning
def naming(_: Frame, name: str) -> Meaning:
    """The annual review: how often the thing is, not how often to do the task."""
    return Meaning(role=Role.NAMING, repeat=_ADVERBS[name])


@book.meaning
def at_two_before(frame: Frame, *parts: Clock | Repeat) -> Repeat | None:
    """At 8am and 8pm every day."""
    base = parts[-1]
    clocks = [part for part in parts if isinstance(part, Clock)]
    found = at(frame, base, clocks[0]) if isinstance(base, Repeat) else None
    for clock in clocks[1:]:
        found = also_at(frame, found, clock) if found else None
    return found


@book.meaning
def weekday_evenings(frame: Frame, said: str) -> Repeat | None:
    """Each Freitagabend."""
    index, name = said.split()
    part = frame.parts.get(name)
    return Repeat(every="WEEKLY", weekdays=((0, int(index)),), part=part) if part else None
