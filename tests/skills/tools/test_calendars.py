"""A calendar is read whole or the call fails; what strangers asked for is labelled so."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest

from donna_core.domain.ids import EventKey
from donna_core.domain.labels import Label
from donna_core.domain.planning.calendar_events import CalendarEvent, EventStatus
from donna_core.domain.timing.interval import Interval
from donna_core.domain.tools import ToolResult
from donna_core.local.calendar import InMemoryCalendar
from donna_core.ports.tools import ToolFailed
from donna_core.testing.world import A_MONDAY, SimulatedWorld
from donna_skills.tools.calendars import calendar_read

Call = Callable[..., Awaitable[ToolResult]]

WEEK = {"time_min": "2026-11-23T00:00:00+01:00", "time_max": "2026-11-30"}
KNOWN = frozenset({"@team.test"})


def event(title: str, hours: int = 2, **fields: Any) -> CalendarEvent:
    """Return an event of the team's, an hour long, so many hours from now."""
    start = A_MONDAY + timedelta(hours=hours)
    return CalendarEvent(
        event_id=EventKey(title.lower()),
        calendar_id="work",
        title=title,
        when=Interval(start, start + timedelta(hours=1)),
        **fields,
    )


def world_of(*events: CalendarEvent) -> tuple[SimulatedWorld, InMemoryCalendar]:
    """Return a world with these events in a calendar of the team's."""
    work = InMemoryCalendar("work", events=events, writable=False)
    return SimulatedWorld(foreign_calendars=[work]), work


async def test_events_come_in_order_and_cancelled_ones_do_not(call: Call) -> None:
    """The result is private, as everything in a calendar."""
    world, _ = world_of(
        event("Standup", organizer="ana@team.test"),
        event("Breakfast", hours=1),
        event("Gone", status=EventStatus.CANCELLED),
        event("Far", hours=24 * 30),
    )
    result = await call(calendar_read(world.runtime, known_organizers=KNOWN), WEEK)

    assert [each["summary"] for each in result.value["events"]] == ["Breakfast", "Standup"]
    assert result.value["events"][1] == {
        "event_id": "standup",
        "summary": "Standup",
        "start": "2026-11-23T09:00:00+00:00",
        "end": "2026-11-23T10:00:00+00:00",
        "donna_managed": False,
        "donna_task_id": None,
    }
    assert result.labels == {Label.PRIVATE}


async def test_an_invitation_of_a_stranger_is_untrusted(call: Call) -> None:
    """One strange title among many is enough."""
    world, _ = world_of(event("Standup", organizer="ana@team.test"), event("Win", organizer="x@y"))
    result = await call(calendar_read(world.runtime, known_organizers=KNOWN), WEEK)

    assert result.labels == {Label.PRIVATE, Label.UNTRUSTED}


async def test_a_calendar_that_cannot_be_read_is_not_an_empty_one(call: Call) -> None:
    """Not even where it was read before, and where the others can be."""
    world, work = world_of(event("Standup"))
    tool = calendar_read(world.runtime)
    await call(tool, WEEK)
    work.break_reading()

    with pytest.raises(ToolFailed) as caught:
        await call(tool, WEEK)
    assert (caught.value.error_class, caught.value.retryable) == ("CalendarUnreadable", True)

    only = await call(tool, {**WEEK, "calendar_id": "personal"})
    assert only.value == {"ok": True, "events": []}


async def test_what_lies_beyond_the_mirror_is_asked_for(call: Call) -> None:
    """A month a year ahead is read from the calendar itself."""
    world, _ = world_of(event("Jubilee", hours=24 * 350))
    args = {"time_min": "2027-11-01", "time_max": "2027-12-01"}
    result = await call(calendar_read(world.runtime), args)

    assert [each["summary"] for each in result.value["events"]] == ["Jubilee"]


@pytest.mark.parametrize(
    ("args", "kind"),
    [
        ({"time_min": "2026-11-30", "time_max": "2026-11-23"}, "SpanTooLong"),
        ({"time_min": "2026-11-30", "time_max": "2028-11-23"}, "SpanTooLong"),
        ({"time_min": "next week", "time_max": "2028-11-23"}, "UnreadableTime"),
        ({"time_min": "0001-01-01T00:00:00+14:00", "time_max": "2028-11-23"}, "UnreadableTime"),
        ({**WEEK, "calendar_id": "boss"}, "NoSuchCalendar"),
    ],
)
async def test_a_wrong_question_is_named(call: Call, args: dict[str, str], kind: str) -> None:
    """No question is answered with less than it asked for."""
    world, _ = world_of()
    with pytest.raises(ToolFailed) as caught:
        await call(calendar_read(world.runtime), args)

    assert (caught.value.error_class, caught.value.retryable) == (kind, False)
