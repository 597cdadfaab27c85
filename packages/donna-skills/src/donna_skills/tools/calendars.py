"""Reading the calendars around a person's work."""

from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import Any

from donna_core.domain.errors import InvalidInput, NotFound
from donna_core.domain.labels import NO_LABELS, Label
from donna_core.domain.planning.calendar_events import CalendarEvent, EventStatus
from donna_core.domain.timing.interval import Interval
from donna_core.domain.tools import ToolResult, ToolSpec
from donna_core.usecases.calendars import occurrences
from donna_core.usecases.runtime import Runtime
from donna_skills.tools.instants import instant_of
from donna_skills.tools.registry import Tool
from donna_skills.tools.schemas import FLAG, TEXT, an_object, some

LONGEST_SPAN = timedelta(days=400)

_TIME: Mapping[str, Any] = {"type": "string", "minLength": 8, "maxLength": 40}

CALENDAR_READ = ToolSpec(
    name="calendar_read",
    description="Returns the events of the owner's calendars between two instants.",
    arguments=an_object({"time_min": _TIME, "time_max": _TIME}, {"calendar_id": TEXT}),
    result=an_object(
        {
            "ok": FLAG,
            "events": some(
                an_object(
                    {
                        "event_id": TEXT,
                        "summary": TEXT,
                        "start": TEXT,
                        "end": TEXT,
                        "donna_managed": FLAG,
                        "donna_task_id": {"type": ["string", "null"]},
                    }
                )
            ),
        }
    ),
    reads=frozenset({"calendar"}),
    labels=frozenset({Label.PRIVATE}),
)


class NoSuchCalendar(NotFound):
    """No calendar of this name is connected."""

    def __init__(self, calendar_id: str, *, known: Collection[str]) -> None:
        self.calendar_id, self.known = calendar_id, tuple(sorted(known))
        listed = ", ".join(self.known)
        super().__init__(f"There is no calendar '{calendar_id}'. Connected: {listed}.")


class SpanTooLong(InvalidInput):
    """The instants are in the wrong order, or too far apart."""

    def __init__(self) -> None:
        super().__init__(
            f"'time_max' has to come after 'time_min', by {LONGEST_SPAN.days} days at most."
        )


def calendar_read(runtime: Runtime, *, known_organizers: Collection[str] = ()) -> Tool:
    """Return the tool ``calendar_read``: all calendars, or the one named.

    Events that overlap the time come by their start; cancelled ones do not come. ``start`` and
    ``end`` are ISO 8601 in UTC. The result is untrusted where somebody asked for an event whose
    address, or ``@domain``, is not among the known. A calendar that cannot be read fails the
    call: what others hold is not given out as if it were everything.
    """

    async def run(args: Mapping[str, Any]) -> ToolResult:
        wanted = _wanted(runtime, args.get("calendar_id"))
        found, seen = await occurrences(runtime, _window(args))
        for problem in seen.unreadable:
            if problem.calendar in wanted:
                raise problem
        events = [
            event
            for event in found
            if event.calendar_id in wanted and event.status is not EventStatus.CANCELLED
        ]
        strange = any(event.is_from_a_stranger(known_organizers) for event in events)
        return ToolResult(
            value={"ok": True, "events": [_told(event) for event in events]},
            labels=frozenset({Label.UNTRUSTED}) if strange else NO_LABELS,
        )

    return Tool(spec=CALENDAR_READ, run=run)


def _wanted(runtime: Runtime, named: str | None) -> frozenset[str]:
    known = frozenset(calendar.calendar_id for calendar in runtime.calendars)
    if named is None:
        return known
    if named not in known:
        raise NoSuchCalendar(named, known=known)
    return frozenset({named})


def _window(args: Mapping[str, Any]) -> Interval:
    start = instant_of(args["time_min"], name="time_min")
    end = instant_of(args["time_max"], name="time_max")
    if not timedelta(0) < end - start <= LONGEST_SPAN:
        raise SpanTooLong
    return Interval(start, end)


def _told(event: CalendarEvent) -> Mapping[str, Any]:
    return {
        "event_id": event.event_id,
        "summary": event.title,
        "start": event.when.start.isoformat(),
        "end": event.when.end.isoformat(),
        "donna_managed": event.is_donnas,
        "donna_task_id": event.task_id,
    }
