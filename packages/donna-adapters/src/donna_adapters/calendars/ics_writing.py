"""Changing Donna's one event in the text of an iCalendar file, and nothing beside it."""

import re
import unicodedata

import icalendar

from donna_adapters.calendars.ics_text import BYTE_ORDER_MARK, Component, Outline, outline
from donna_core.domain.effects import CalendarAction, CalendarWrite
from donna_core.domain.timing.interval import Interval

_EMPTY = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Donna//Donna//EN\r\nEND:VCALENDAR\r\n"
# The adapter has no clock, and equal writes give equal bytes: SEQUENCE counts the revisions,
# and the stamp that RFC 5545 demands is one fixed instant.
_STAMP = "DTSTAMP:19700101T000000Z"
_REVISION = {"DTSTAMP", "SEQUENCE"}
_OURS = {
    *("UID", "SUMMARY", "DTSTART", "DTEND", "DESCRIPTION", "TRANSP"),
    *("X-DONNA-MANAGED", "X-DONNA-TASK-ID"),
}
# What another program may have added that would move, repeat or cancel the event.
_AGAINST = {"DURATION", "RRULE", "RDATE", "EXDATE", "RECURRENCE-ID", "STATUS"}
_NUMBER = re.compile(r"\d{1,9}")


class NotOurs(Exception):
    """The event of this id does not carry Donna's mark."""


def edited(text: str | None, write: CalendarWrite) -> str | None:
    """Return the text after the write, or ``None`` when there is nothing to change.

    Every line outside of the event of this id stays as it is, byte for byte; so do properties
    and alarms that others added to the event itself. No text at all is an empty calendar.
    Raise ``NotOurs`` when the event stands there without Donna's mark.
    """
    mark = BYTE_ORDER_MARK if text is not None and text.startswith(BYTE_ORDER_MARK) else ""
    read = outline(_EMPTY if text is None else text)
    present = _events(read, write.event_id)
    if present and not any(is_managed(event) for event in present):
        raise NotOurs(write.event_id)
    if write.action is CalendarAction.DELETE:
        return mark + _replaced(read, present, []) if present else None
    if len(present) == 1 and _is_as_asked(present[0], write):
        return None
    end = "\r\n" if read.lines[0].endswith("\r\n") else "\n"
    added = [line + end for line in _event_lines(write, _next_sequence(present))]
    kept = _foreign_lines(read, present[0]) if present else []
    return mark + _replaced(read, present, [*added[:-1], *kept, added[-1]])


def is_managed(event: Component) -> bool:
    """Say whether the event carries Donna's mark."""
    return event.text("X-DONNA-MANAGED").strip().upper() == "TRUE"


def _events(read: Outline, event_id: str) -> list[Component]:
    """Return the events of this id, the one that is no exception to a recurrence first."""
    found = [
        child
        for calendar in read.calendars
        for child in calendar.children
        if child.kind == "VEVENT" and child.text("UID") == event_id
    ]
    return sorted(found, key=lambda event: bool(event.values("RECURRENCE-ID")))


def _replaced(read: Outline, present: list[Component], added: list[str]) -> str:
    """Return the lines with those of the present events taken out and others put in."""
    at = present[0].first if present else read.calendars[-1].after - 1
    gone = {line for event in present for line in range(event.first, event.after)}
    result: list[str] = []
    for number, line in enumerate(read.lines):
        if number == at:
            result += added
        if number not in gone:
            result.append(line)
    return "".join(result)


def _is_as_asked(event: Component, write: CalendarWrite) -> bool:
    wanted = {line for line in _unfolded(write) if line.split(":", 1)[0] not in _REVISION}
    found = [line.text for line in event.lines if line.name in _OURS | _AGAINST]
    return len(found) == len(wanted) and set(found) == wanted


def _unfolded(write: CalendarWrite) -> list[str]:
    text = "\r\n".join(["BEGIN:VCALENDAR", *_event_lines(write, 0), "END:VCALENDAR", ""])
    return [line.text for line in outline(text).calendars[0].children[0].lines]


def _event_lines(write: CalendarWrite, sequence: int) -> list[str]:
    """Return the folded lines of Donna's event, BEGIN and END included, without line ends."""
    when = Interval(write.start, write.end)
    event = icalendar.Event()
    event.add("uid", write.event_id)
    event.add("summary", _plain(write.title))
    event.add("dtstart", when.start)
    event.add("dtend", when.end)
    if write.description:
        event.add("description", _plain(write.description))
    if not write.busy:
        event.add("transp", "TRANSPARENT")
    event.add("x-donna-managed", "TRUE")
    event.add("x-donna-task-id", write.task_id)
    lines = event.to_ical().decode("utf-8").rstrip("\r\n").split("\r\n")
    return [lines[0], _STAMP, f"SEQUENCE:{sequence}", *lines[1:]]


def _next_sequence(present: list[Component]) -> int:
    counts = [_NUMBER.fullmatch(value) for event in present for value in event.values("SEQUENCE")]
    return max((int(count[0]) + 1 for count in counts if count), default=0)


def _foreign_lines(read: Outline, event: Component) -> list[str]:
    """Return the physical lines of the event that Donna has no say in, alarms included."""
    ours = {
        number
        for line in event.lines
        if line.name in _OURS | _AGAINST | _REVISION
        for number in range(line.number - 1, line.after - 1)
    }
    inner = range(event.first + 1, event.after - 1)
    return [read.lines[number] for number in inner if number not in ours]


def _plain(text: str) -> str:
    """Return the text without what no calendar file may hold: control characters."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(c for c in lines if c in "\n\t" or unicodedata.category(c) not in {"Cc", "Cs"})
