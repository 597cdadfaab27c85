"""From the text of an iCalendar file to the occurrences within a window.

Importing this costs what icalendar and recurring-ical-events cost (some 150 ms): whoever needs
no calendar does not import it. The text is cut down before it is parsed: only the properties
below are kept, and only events that can have an occurrence in the window.
"""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from threading import Lock
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import recurring_ical_events  # type: ignore[import-untyped]  # it ships no types
from icalendar.prop import vBroken
from icalendar.timezone import tzp

from donna_adapters.calendars.ics_text import Component, Malformed, Outline, outline
from donna_core.domain.ids import EventKey, TaskId
from donna_core.domain.timing.interval import Interval
from donna_core.domain.timing.zones import MIDNIGHT, instant_at
from donna_core.ports.calendar import CalendarEvent, EventStatus

Occurrence = Any
"""An event of icalendar with the times of one occurrence; its types are too wide to help."""

# Whatever a reader of foreign text trips over; the text is at fault, not the program.
PARSER_ERRORS = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
UNTITLED = "(no title)"
_STATUS = {"TENTATIVE": EventStatus.TENTATIVE, "CANCELLED": EventStatus.CANCELLED}

_TIMES = ("DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE", "RECURRENCE-ID")
_KEPT = {
    *_TIMES,
    *("UID", "SEQUENCE", "SUMMARY", "STATUS", "TRANSP"),
    *("X-MICROSOFT-CDO-BUSYSTATUS", "X-MICROSOFT-CDO-ALLDAYEVENT"),
    *("X-DONNA-MANAGED", "X-DONNA-TASK-ID"),
    *("ORGANIZER", "ATTENDEE"),
}
_ONCE = ("DTSTART", "DTEND", "DURATION", "RRULE", "UID", "RECURRENCE-ID", "SEQUENCE")
_RECURRING = {"RRULE", "RDATE", "RECURRENCE-ID", "DURATION"}
_REPEATING = {"RRULE", "RDATE", "RECURRENCE-ID"}
_PLAIN_TIME = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T\d{6}Z?)?")
_TOO_OFTEN = re.compile(r"FREQ=(SECONDLY|MINUTELY)", re.IGNORECASE)
_LENGTH, _REPEATS = "X-DONNA-LENGTH", "X-DONNA-REPEATS"
_DAYS = re.compile(r"\+?P(?:(\d+)W)?(?:(\d+)D)?", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]+")
# A zone is at most 14 hours from UTC: a local date this far outside cannot reach the window.
_MARGIN = timedelta(days=2)
# icalendar keeps the zones it has read in one place for the whole process.
_PARSING = Lock()


def occurrences(
    text: str, *, calendar_id: str, window: Interval, zone: ZoneInfo
) -> tuple[CalendarEvent, ...]:
    """Return every occurrence that overlaps the window, ordered by start, then id.

    Floating times are read in ``zone``; days without a time are that zone's local days. A time
    that the clocks skip is read with the offset before the gap (RFC 5545 section 3.3.5).
    Raise ``Malformed`` when anything that decides on a time cannot be understood.
    """
    found = [
        _event(occurrence, calendar_id, zone)
        for calendar in outline(text).calendars
        for occurrence in _expanded(calendar, window)
    ]
    overlapping = (event for event in found if event.when.overlaps(window))
    return tuple(sorted(overlapping, key=lambda event: (event.when.start, event.event_id)))


def check(read: Outline) -> None:
    """Raise ``Malformed`` when an event of these calendars could not be read, whenever it is."""
    for calendar in read.calendars:
        events = [child for child in calendar.children if child.kind == "VEVENT"]
        _parsed(calendar, events)


def _expanded(calendar: Component, window: Interval) -> list[Occurrence]:
    """Return the occurrences around the window, still in the library's own form."""
    events = list(_within_reach(calendar, window))
    if not events:
        return []
    parsed = _parsed(calendar, events)
    try:
        query = recurring_ical_events.of(parsed)
        return list(query.between(window.start - _MARGIN, window.end + _MARGIN))
    except PARSER_ERRORS as problem:
        raise Malformed(f"its events cannot be laid out in time: {problem}") from problem


def _within_reach(calendar: Component, window: Interval) -> Iterator[Component]:
    """Yield the events that may have an occurrence in the window.

    Only an event that stands alone under its id, with plain dates outside, is left out.
    """
    events = [child for child in calendar.children if child.kind == "VEVENT"]
    ids: dict[str, int] = {}
    for event in events:
        ids[event.text("UID")] = ids.get(event.text("UID"), 0) + 1
    earliest, latest = (window.start - _MARGIN).date(), (window.end + _MARGIN).date()
    for event in events:
        span = None if ids[event.text("UID")] > 1 else _plain_span(event)
        if span is None or (span[0] <= latest and span[1] >= earliest):
            yield event


def _plain_span(event: Component) -> tuple[date, date] | None:
    """Return first and last date of an event that needs no library to tell, else ``None``."""
    if any(line.name in _RECURRING for line in event.lines):
        return None
    starts, ends = event.values("DTSTART"), event.values("DTEND")
    if len(starts) != 1 or len(ends) > 1:
        return None
    matches = [_PLAIN_TIME.fullmatch(value) for value in starts + ends]
    try:
        days = [date(*map(int, match.groups())) for match in matches if match is not None]
    except ValueError:
        return None
    return (min(days), max(days)) if len(days) == len(matches) else None


def _parsed(calendar: Component, events: list[Component]) -> icalendar.Calendar:
    """Return the calendar as the library reads it, reduced to zones and these events."""
    for event in events:
        _check_lines(event)
    zones = [child for child in calendar.children if child.kind == "VTIMEZONE"]
    with _PARSING:
        tzp.use_zoneinfo()  # forget the zones other files declared under the same names
        try:
            parsed = icalendar.Calendar.from_ical(_reduced(calendar, zones, events))
            read = list(parsed.walk("VEVENT"))
        except PARSER_ERRORS as problem:
            raise Malformed(f"a time zone or an event cannot be read: {problem}") from problem
    for event, component in zip(events, read, strict=True):
        _check_times(event, component)
    return parsed


def _reduced(calendar: Component, zones: list[Component], events: list[Component]) -> str:
    """Return the text of a calendar that holds what reading needs, and no more."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Donna//EN"]
    lines += [line.text for line in calendar.lines if line.name == "CALSCALE"]
    for component in zones:
        lines += _whole(component)
    for number, event in enumerate(events):
        kept = [line.text for line in event.lines if line.name in _KEPT]
        unnamed = [] if event.text("UID") else [f"UID:{_made_up_id(event, number)}"]
        notes = [*_length_note(event), *_repeats_note(event)]
        lines += ["BEGIN:VEVENT", *unnamed, *kept, *notes, "END:VEVENT"]
    return "\r\n".join([*lines, "END:VCALENDAR", ""])


def _whole(component: Component) -> Iterator[str]:
    yield f"BEGIN:{component.kind}"
    yield from (line.text for line in component.lines)
    for child in component.children:
        yield from _whole(child)
    yield f"END:{component.kind}"


def _length_note(event: Component) -> list[str]:
    """Return the event's DURATION once more, where an occurrence will still carry it.

    The library turns a duration into an end on the wall clock. An extra date may bring a
    length of its own; then there is nothing to add.
    """
    if any("PERIOD" in line.text.upper() for line in event.lines if line.name == "RDATE"):
        return []
    return [f"{_LENGTH}:{value}" for value in event.values("DURATION")]


def _repeats_note(event: Component) -> list[str]:
    """Return a mark for an event of several occurrences: the library numbers single ones too."""
    repeats = any(line.name in _REPEATING for line in event.lines)
    return [f"{_REPEATS}:TRUE"] if repeats else []


def _made_up_id(event: Component, number: int) -> str:
    """Return an id for an event without one, the same on every reading of the same file."""
    start = "".join(event.values("DTSTART"))
    return f"no-uid-{number}-{start}"


def _check_lines(event: Component) -> None:
    """Raise ``Malformed`` for what the library would let pass or would never finish with."""
    for name in _ONCE:
        lines = [line for line in event.lines if line.name == name]
        if len(lines) > 1:
            raise Malformed(f"{_name(event)} has {name} twice", line=lines[1].number)
    if not event.values("DTSTART"):
        raise Malformed(f"{_name(event)} has no DTSTART", line=event.first + 1)
    for line in event.lines:
        if line.name == "RRULE" and _TOO_OFTEN.search(line.text):
            raise Malformed(f"{_name(event)} recurs more often than hourly", line=line.number)


def _check_times(event: Component, parsed: Occurrence) -> None:
    """Raise ``Malformed`` when a property that decides on a time was not understood."""
    for line in event.lines:
        if line.name not in _TIMES:
            continue
        for value in _as_list(parsed.get(line.name)):
            if isinstance(value, vBroken) or (line.name == "RRULE" and not value.get("FREQ")):
                raise Malformed(f"{_name(event)}: '{line.text[:60]}' is invalid", line=line.number)
            if _zone_is_unknown(value):
                asked = value.params["TZID"]
                raise Malformed(f"{_name(event)}: unknown time zone '{asked}'", line=line.number)


def _zone_is_unknown(value: Any) -> bool:
    """Say whether a time names a zone that the library did not find and passed over."""
    if "TZID" not in getattr(value, "params", {}):
        return False
    moments = [value.dt] if hasattr(value, "dt") else [item.dt for item in value.dts]
    flat = [m for moment in moments for m in (moment if isinstance(moment, tuple) else (moment,))]
    return any(isinstance(moment, datetime) and moment.tzinfo is None for moment in flat)


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _name(event: Component) -> str:
    """Return how to call the event in a message: its title, else its id."""
    title = _one_line(event.text("SUMMARY") or event.text("UID"))
    return f"event '{title[:60]}'"


def _event(occurrence: Occurrence, calendar_id: str, zone: ZoneInfo) -> CalendarEvent:
    """Return one occurrence in Donna's words."""
    managed = _word(occurrence, "X-DONNA-MANAGED") == "TRUE"
    task_id = str(occurrence.get("X-DONNA-TASK-ID", ""))
    try:
        when = _interval(occurrence, zone)
    except (OverflowError, ValueError) as problem:
        raise Malformed(f"event '{occurrence.get('SUMMARY', '')}': {problem}") from problem
    return CalendarEvent(
        event_id=EventKey(str(occurrence["UID"])),
        calendar_id=calendar_id,
        title=_one_line(str(occurrence.get("SUMMARY", ""))) or UNTITLED,
        when=when,
        busy=_is_busy(occurrence),
        task_id=TaskId(task_id) if managed and task_id else None,
        recurrence_id=_recurrence(occurrence),
        starts=_as_written(occurrence["DTSTART"].dt),
        ends=_as_written(occurrence["DTEND"].dt),
        status=_STATUS.get(_word(occurrence, "STATUS"), EventStatus.CONFIRMED),
        organizer=next(_addresses(occurrence, "ORGANIZER"), ""),
        attendees=tuple(_addresses(occurrence, "ATTENDEE")),
        names=tuple(_names(occurrence)),
    )


_PERSON = ("CN", "CUTYPE")


def _recurrence(occurrence: Occurrence) -> str:
    """Return which of a repetition it is, or nothing for an event that stands alone."""
    if _REPEATS not in occurrence:
        return ""
    return _as_written(occurrence["RECURRENCE-ID"].dt)


def _as_written(moment: date) -> str:
    """Return the time in ISO 8601, with an offset only where the source says its zone."""
    return moment.isoformat()


def _addresses(occurrence: Occurrence, name: str) -> Iterator[str]:
    yield from filter(None, map(_address, _as_list(occurrence.get(name, []))))


def _address(value: Any) -> str:
    return _one_line(str(value)).lower().removeprefix("mailto:")


def _names(occurrence: Occurrence) -> Iterator[tuple[str, str]]:
    """Yield the address and the name of each person who is invited; a room is none."""
    for value in _as_list(occurrence.get("ATTENDEE", [])):
        given = getattr(value, "params", {})
        name, kind = (" ".join(_one_line(str(given.get(key, ""))).split()) for key in _PERSON)
        if _address(value) and name and kind.upper() in {"", "INDIVIDUAL"}:
            yield _address(value), name


def _is_busy(occurrence: Occurrence) -> bool:
    """Say whether the event takes the person's time.

    RFC 5545 section 3.8.2.7 takes an event for opaque unless it says otherwise. For a whole
    day that would let a birthday block it, so a day counts only when it says so itself: by
    TRANSP:OPAQUE, or by Outlook's word for busy or out of office.
    """
    transparency = _word(occurrence, "TRANSP")
    outlook = _word(occurrence, "X-MICROSOFT-CDO-BUSYSTATUS")
    if _word(occurrence, "STATUS") == "CANCELLED" or transparency == "TRANSPARENT":
        return False
    whole_day = not isinstance(occurrence["DTSTART"].dt, datetime)
    if whole_day or _word(occurrence, "X-MICROSOFT-CDO-ALLDAYEVENT") == "TRUE":
        return outlook in {"BUSY", "OOF"} or (transparency == "OPAQUE" and outlook != "FREE")
    return outlook != "FREE"


def _interval(occurrence: Occurrence, zone: ZoneInfo) -> Interval:
    """Return the instants between which the event takes place; ``end`` is excluded."""
    start, end = occurrence["DTSTART"].dt, occurrence["DTEND"].dt
    first, last = _instant(start, zone), _instant(end, zone)
    if not isinstance(start, datetime):
        last = max(last, _instant(start + timedelta(days=1), zone))
    elif _LENGTH in occurrence:
        last = _after(start, str(occurrence[_LENGTH]), zone)
    elif isinstance(end, datetime) and _is_skipped(start, zone):
        # Such a start moves past the gap and its end has to follow.
        last = first + (end.replace(tzinfo=None) - start.replace(tzinfo=None))
    return Interval(first, max(first, last))


def _after(start: datetime, length: str, zone: ZoneInfo) -> datetime:
    """Return the end after a duration: days and weeks by the wall clock, the rest as elapsed.

    RFC 5545 section 3.3.6.
    """
    found = _DAYS.match(length)
    weeks, days = (int(part or 0) for part in found.groups()) if found else (0, 0)
    nominal = timedelta(weeks=weeks, days=days)
    # from_ical has no types
    whole: timedelta = icalendar.vDuration.from_ical(length)  # type: ignore[no-untyped-call]
    return _instant(start + nominal, zone) + (whole - nominal)


def _instant(moment: date, zone: ZoneInfo) -> datetime:
    if not isinstance(moment, datetime):
        return instant_at(moment, MIDNIGHT, zone)
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)


def _is_skipped(moment: datetime, zone: ZoneInfo) -> bool:
    """Say whether the clocks never show this wall time."""
    placed = moment if moment.tzinfo else moment.replace(tzinfo=zone)
    shown = placed.astimezone(UTC).astimezone(placed.tzinfo)
    return shown.replace(tzinfo=None) != placed.replace(tzinfo=None)


def _word(component: Occurrence, name: str) -> str:
    value = component.get(name, "")
    return str(value[0] if isinstance(value, list) else value).strip().upper()


def _one_line(text: str) -> str:
    return _CONTROL.sub(" ", text).strip()
