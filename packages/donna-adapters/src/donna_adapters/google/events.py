"""Between Google's events and Donna's: developers.google.com/calendar/api/v3/reference/events."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from donna_core.domain.effects import CalendarWrite
from donna_core.domain.ids import EventKey, TaskId
from donna_core.domain.timing.interval import Interval
from donna_core.domain.timing.zones import MIDNIGHT, instant_at
from donna_core.ports.calendar import CalendarEvent, EventStatus

Item = Mapping[str, Any]

MANAGED, TASK = "donnaManaged", "donnaTaskId"
"""The private extended properties that mark an event of Donna's."""

UNTITLED = "(no title)"
_STATUS = {"tentative": EventStatus.TENTATIVE, "cancelled": EventStatus.CANCELLED}


def event_of(item: Item, *, calendar_id: str, zone: ZoneInfo) -> CalendarEvent:
    """Return what Google says of one occurrence; raise ``KeyError`` or ``ValueError``.

    Days without a time are local days of ``zone``. Google lists each occurrence of a
    repetition under an id of its own. What the owner declined takes none of their time.
    """
    starts, ends = _written(item["start"]), _written(item["end"])
    first, last = _instant(item["start"], zone), _instant(item["end"], zone)
    guests = item.get("attendees", [])
    declined = any(each.get("self") and each.get("responseStatus") == "declined" for each in guests)
    whole_day = "date" in item["start"]
    free = item.get("transparency") == "transparent" or item.get("status") == "cancelled"
    if whole_day:
        last = max(last, _instant({"date": _next_day(item["start"]["date"])}, zone))
    return CalendarEvent(
        event_id=EventKey(item["id"]),
        calendar_id=calendar_id,
        title=" ".join(str(item.get("summary", "")).split()) or UNTITLED,
        when=Interval(first, max(first, last)),
        busy=not free and not declined,
        task_id=TaskId(task) if (task := task_of(item)) else None,
        recurrence_id=_written(item.get("originalStartTime", {})),
        starts=starts,
        ends=ends,
        status=_STATUS.get(str(item.get("status")), EventStatus.CONFIRMED),
        organizer=str(item.get("organizer", {}).get("email", "")).lower(),
        attendees=tuple(str(each["email"]).lower() for each in guests if each.get("email")),
        names=tuple(_names(guests)),
    )


def _names(guests: Sequence[Item]) -> Iterator[tuple[str, str]]:
    """Yield the address and the name of each other person who is invited; a room is none."""
    for each in guests:
        name = " ".join(str(each.get("displayName", "")).split())
        if name and each.get("email") and not each.get("self") and not each.get("resource"):
            yield str(each["email"]).lower(), name


def task_of(item: Item) -> str:
    """Return the task whose event it is, or nothing where it is not Donna's."""
    marks = item.get("extendedProperties", {}).get("private", {})
    return str(marks.get(TASK, "")) if marks.get(MANAGED) == "true" else ""


def body_of(write: CalendarWrite) -> dict[str, Any]:
    """Return the fields of an event that are Donna's to say."""
    return {
        "summary": write.title,
        "description": write.description,
        "start": {"dateTime": write.start.astimezone(UTC).isoformat()},
        "end": {"dateTime": write.end.astimezone(UTC).isoformat()},
        "transparency": _transparency(write),
        "status": "confirmed",
        "extendedProperties": {"private": {MANAGED: "true", TASK: write.task_id}},
    }


def is_as_asked(item: Item, write: CalendarWrite) -> bool:
    """Whether the event says already what the write asks for."""
    same_times = (
        _instant(item["start"], ZoneInfo("UTC")) == write.start
        and _instant(item["end"], ZoneInfo("UTC")) == write.end
    )
    return (
        same_times
        and item.get("status") != "cancelled"
        and item.get("summary", "") == write.title
        and item.get("description", "") == write.description
        and item.get("transparency", "opaque") == _transparency(write)
        and task_of(item) == write.task_id
    )


def _transparency(write: CalendarWrite) -> str:
    return "opaque" if write.busy else "transparent"


def _written(moment: Item) -> str:
    """Return the time as Google has it: a date, or a time with its offset."""
    if "date" in moment:
        return str(moment["date"])
    if "dateTime" not in moment:
        return ""
    return _aware(moment).isoformat()


def _instant(moment: Item, zone: ZoneInfo) -> datetime:
    if "date" in moment:
        return instant_at(date.fromisoformat(moment["date"]), MIDNIGHT, zone)
    return _aware(moment).astimezone(UTC)


def _aware(moment: Item) -> datetime:
    """Return the time, in the zone of the event where Google names one."""
    found = datetime.fromisoformat(str(moment["dateTime"]))
    name = moment.get("timeZone")
    if found.tzinfo is None:
        return found.replace(tzinfo=ZoneInfo(name or "UTC"))
    return found.astimezone(ZoneInfo(name)) if name else found


def _next_day(day: str) -> str:
    return (date.fromisoformat(day) + timedelta(days=1)).isoformat()
