"""Tying work to what it hangs on: the event that the words mean, and what follows for the task."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from attrs import evolve

from donna_core.domain.planning.calendar_events import CalendarEvent
from donna_core.domain.tasks.dedup import normal_form
from donna_core.domain.tasks.likeness import compare
from donna_core.domain.tasks.task import (
    Anchor,
    DeadlineType,
    Met,
    Side,
    Strictness,
    Task,
    TimeIntent,
)
from donna_core.domain.tasks.title_words import GATHERINGS
from donna_core.domain.timing.zones import local, local_day

_A_DAY = timedelta(days=1)


def meet(anchor: Anchor, candidates: Iterable[Met], *, at: datetime) -> Met | None:
    """Return the event that the anchor means: the next one whose title has the person's words.

    What it was found to be before is kept while it is still there, wherever it has moved, and
    once it has begun. Where the words say when the event is, none at another time is meant.
    """
    known = anchor.met
    if known is not None and known.start <= at:
        return known
    ahead = [each for each in candidates if each.end > at and is_meant(anchor.event, each.title)]
    if known is not None:
        same = [each for each in ahead if each.source == known.source]
        if same:
            return min(same, key=lambda each: abs(each.start - known.start))
    fitting = [each for each in ahead if _is_when(anchor, each)]
    return min(fitting, key=lambda each: (each.start, each.title), default=None)


def is_meant(words: str, title: str) -> bool:
    """Whether a title has all that the words for an event say, in whatever form.

    A word such as "appointment" may be missing from the title beside another that is there.
    """
    likeness = compare(normal_form(words).split(), normal_form(title).split())
    return bool(likeness.shared) and all(word in _GATHERINGS for word in likeness.alone)


def events_as_met(events: Iterable[CalendarEvent]) -> Iterator[Met]:
    """Yield the events of the calendars that are not Donna's own."""
    for event in events:
        if event.task_id is None:
            yield Met(
                source=f"{event.calendar_id}/{event.event_id}",
                title=event.title,
                start=event.when.start,
                end=event.when.end,
            )


def tied(task: Task, met: Met | None, *, zone: ZoneInfo) -> Task:
    """Return the task with the times that its anchor gives it.

    Before an event the deadline is its start less the offset, after it the work begins at its
    end and, days later, is meant for that local day. While the event is not found, what the
    words say of its time stands in.
    """
    anchor = task.time_intent.anchor
    if anchor is None:
        return task
    start, end = (met.start, met.end) if met else (anchor.closes, anchor.opens)
    earliest: datetime | None = None
    due: datetime | None = None
    if anchor.side is Side.BEFORE:
        due = start - anchor.offset if start else None
    elif end is not None and anchor.offset < _A_DAY:
        earliest = end + anchor.offset
    elif end is not None:
        day = local_day(local(end + anchor.offset, zone).date(), zone)
        earliest, due = day.start, day.end - timedelta(minutes=1)
    intent = evolve(
        task.time_intent,
        anchor=evolve(anchor, met=met),
        earliest=earliest,
        due_at=due,
        latest=due,
    )
    return evolve(
        task,
        deadline=due,
        deadline_type=DeadlineType.NONE if due is None else _firmness(intent),
        time_intent=intent,
    )


def _firmness(intent: TimeIntent) -> DeadlineType:
    """Return how firm the deadline is: what comes before an event is of no use after it."""
    anchor = intent.anchor
    known = anchor is not None and (anchor.met is not None or anchor.opens == anchor.closes)
    before = anchor is not None and anchor.side is Side.BEFORE
    must = known and before and intent.strictness is Strictness.HARD
    return DeadlineType.HARD if must else DeadlineType.SOFT


def _is_when(anchor: Anchor, met: Met) -> bool:
    if anchor.opens is None or anchor.closes is None:
        return True
    return met.start <= anchor.closes and anchor.opens < met.end


_GATHERINGS = frozenset(normal_form(word) for word in GATHERINGS)
