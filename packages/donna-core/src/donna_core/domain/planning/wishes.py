"""When a person would like the work done: weekdays, parts of the day, a stretch of dates."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from attrs import evolve

from donna_core.domain.tasks.task import IntentKind, Strictness, Task, TimeIntent
from donna_core.domain.timing.interval import Interval
from donna_core.domain.timing.zones import instant_at, local

WHOLE_DAY = (time(0), time(0))
PARTS_OF_DAY: Mapping[str, tuple[time, time]] = MappingProxyType(
    {
        "early_morning": (time(6), time(9)),
        "morning": (time(6), time(12)),
        "midday": (time(11), time(14)),
        "noon": (time(11), time(14)),
        "lunchtime": (time(11), time(14)),
        "afternoon": (time(12), time(17)),
        "evening": (time(17), time(20)),
        "tonight": (time(17), time(0)),
        "night": (time(20), time(0)),
    }
)
"""From and until when each part lasts; an end that is not after the start is the next day's."""


def is_wish(intent: TimeIntent) -> bool:
    """Return whether the intent says anything about which hours are welcome."""
    return bool(intent.weekdays or intent.time_of_day or intent.latest)


def wish_of(task: Task) -> TimeIntent:
    """Return what was asked for besides the deadline, which the task itself knows better."""
    intent = task.time_intent
    is_deadline = intent.kind is IntentKind.CONSTRAINED and intent.latest == intent.due_at
    return evolve(intent, latest=None) if is_deadline else intent


def wish_facts(intent: TimeIntent) -> dict[str, Any]:
    """Return what the intent asks for, as the fact ``wish`` of a reason."""
    return {
        "weekdays": list(intent.weekdays),
        "time_of_day": intent.time_of_day,
        "earliest": intent.earliest,
        "latest": intent.latest,
    }


def concessions(intent: TimeIntent) -> Iterator[TimeIntent]:
    """Yield what may be asked for instead, the closest first; ``earliest`` is always kept.

    The part of the day is given up first, then the days and the end.
    """
    if intent.time_of_day and (intent.weekdays or intent.latest):
        yield evolve(intent, time_of_day=None)
    if is_wish(intent):
        yield evolve(intent, time_of_day=None, weekdays=(), latest=None)


def acceptable(intent: TimeIntent) -> Iterator[TimeIntent]:
    """Yield the intent and, where it is a wish and no must, what may stand in for it."""
    yield intent
    if intent.strictness is Strictness.SOFT:
        yield from concessions(intent)


def wished_stretches(
    intent: TimeIntent,
    *,
    within: Interval,
    zone: ZoneInfo,
    parts_of_day: Mapping[str, tuple[time, time]],
) -> tuple[Interval, ...] | None:
    """Return the welcome stretches of the interval in order, ``None`` where all of it is.

    A part of the day that has no hours welcomes nothing, so that ignoring it takes a reason.
    """
    if not is_wish(intent):
        return None
    until = within.end if intent.latest is None else min(within.end, intent.latest)
    hours = parts_of_day.get(intent.time_of_day) if intent.time_of_day else WHOLE_DAY
    if hours is None:
        return ()
    stretches: list[Interval] = []
    # A part of the day before may reach into the interval.
    day = local(within.start, zone).date() - timedelta(days=1)
    while instant_at(day, time(0), zone) < until:
        if not intent.weekdays or day.weekday() in intent.weekdays:
            stretch = _clipped(_on(day, hours, zone), start=within.start, end=until)
            if stretch and stretches and stretches[-1].end >= stretch.start:
                stretches[-1] = Interval(stretches[-1].start, stretch.end)
            elif stretch:
                stretches.append(stretch)
        day += timedelta(days=1)
    return tuple(stretches)


def _on(day: date, hours: tuple[time, time], zone: ZoneInfo) -> Interval:
    start, end = hours
    last = day if end > start else day + timedelta(days=1)
    opens, closes = instant_at(day, start, zone), instant_at(last, end, zone)
    return Interval(opens, max(opens, closes))


def _clipped(stretch: Interval, *, start: datetime, end: datetime) -> Interval | None:
    opens, closes = max(stretch.start, start), min(stretch.end, end)
    return Interval(opens, closes) if opens < closes else None
