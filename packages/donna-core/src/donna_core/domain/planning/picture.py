"""A week as a picture: for the terminal in characters, for notebooks and pages in SVG."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from html import escape
from zoneinfo import ZoneInfo

from attrs import frozen

from donna_core.domain.followup.phrasing import one_line, short_day
from donna_core.domain.planning.calendar_events import CalendarEvent
from donna_core.domain.planning.proposal import Planned, Proposal
from donna_core.domain.tasks.task import DeadlineType, Task, TaskStatus
from donna_core.domain.timing.interval import Interval
from donna_core.domain.timing.zones import instant_at, local, local_day

SLACK = timedelta(days=1)
"""A task that could be a day later without missing anything is still free to move."""

_HOUR = timedelta(hours=1)
_COLUMN, _ROW, _TOP = 108, 26, 30
_FIRST, _LAST = 8, 18


class Standing(StrEnum):
    """How firmly a stretch of time is taken."""

    EVENT = "event"
    PINNED = "pinned"
    BUSY = "busy"
    FREE = "free"
    AT_RISK = "at risk"


SIGNS = {
    Standing.EVENT: "█",
    Standing.PINNED: "▓",
    Standing.BUSY: "▒",
    Standing.FREE: "░",
    Standing.AT_RISK: "!",
}
_COLOURS = {
    Standing.EVENT: "#8a8f98",
    Standing.PINNED: "#7b5ea7",
    Standing.BUSY: "#4285f4",
    Standing.FREE: "#9cc2ff",
    Standing.AT_RISK: "#d93025",
}


@frozen(kw_only=True)
class Mark:
    """One stretch of the picture."""

    when: Interval
    title: str
    standing: Standing


def standing_of(task: Task, when: Interval) -> Standing:
    """Return how firmly a task holds its time.

    A pinned or started one is fixed; one that ends after its deadline is at risk; one with a
    deadline less than a day after its end is busy, because its slack has run out; any other is
    still free to move.
    """
    if task.pinned_start is not None or task.status is TaskStatus.IN_PROGRESS:
        return Standing.PINNED
    if task.deadline is None or task.deadline_type is DeadlineType.NONE:
        return Standing.FREE
    if when.end > task.deadline:
        return Standing.AT_RISK
    return Standing.BUSY if when.end + SLACK > task.deadline else Standing.FREE


def marks_of(tasks: Iterable[Task], events: Iterable[CalendarEvent]) -> Iterator[Mark]:
    """Yield the places that tasks have now, and the events that block time."""
    for task in tasks:
        start, end = task.scheduled_start, task.scheduled_end
        if task.is_open and start is not None and end is not None:
            when = Interval(start, end)
            yield Mark(when=when, title=task.title, standing=standing_of(task, when))
    yield from _events(events)


def marks_planned(proposal: Proposal, events: Iterable[CalendarEvent]) -> Iterator[Mark]:
    """Yield the places that a proposal gives, and the events that block time."""
    for each in proposal.placements:
        yield Mark(when=each.when, title=each.title, standing=_planned(proposal, each))
    yield from _events(events)


def drawn(
    marks: Iterable[Mark], *, first: date, days: int, zone: ZoneInfo, width: int = 76
) -> Iterator[str]:
    """Yield the lines of the picture: a row for each hour, a column for each day.

    Below it stands what the signs mean. A cell shows what takes most of its hour.
    """
    several = tuple(marks)
    span = [first + timedelta(days=offset) for offset in range(days)]
    column = max(3, min(10, (width - 6) // max(1, days)))
    begin, end = _hours(several, span, zone)
    heads = [f"{day:%a} {day.day}"[: column - 1].ljust(column) for day in span]
    yield "      " + "".join(heads).rstrip()
    for hour in range(begin, end):
        cells = [_cell(several, _hour(day, hour, zone), column) for day in span]
        yield f"{hour:02}:00 {''.join(cells)}".rstrip()
    yield "      " + "  ".join(f"{sign} {standing}" for standing, sign in SIGNS.items())


def svg(marks: Iterable[Mark], *, first: date, days: int, zone: ZoneInfo) -> str:
    """Return the picture as SVG that needs nothing from outside, titles as text in it."""
    several = tuple(marks)
    span = [first + timedelta(days=offset) for offset in range(days)]
    begin, end = _hours(several, span, zone)
    width, height = 50 + _COLUMN * days, _TOP + _ROW * (end - begin) + 24
    size = f'viewBox="0 0 {width} {height}" width="{width}"'
    look = 'role="img" aria-label="The week" font-family="sans-serif" font-size="11"'
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" {size} {look}>']
    for hour in range(begin, end):
        y = _TOP + _ROW * (hour - begin)
        parts.append(f'<text x="4" y="{y + 10}" fill="#777">{hour:02}:00</text>')
        parts.append(f'<path d="M44 {y}H{width}" stroke="#8884"/>')
    for place, day in enumerate(span):
        x = 46 + _COLUMN * place
        parts.append(f'<text x="{x}" y="18" fill="#777">{escape(short_day(day))}</text>')
        window = Interval(_hour(day, begin, zone).start, _hour(day, end - 1, zone).end)
        parts.extend(_boxes(several, window, x))
    for place, (standing, colour) in enumerate(_COLOURS.items()):
        x, y = 46 + 100 * place, height - 8
        parts.append(f'<rect x="{x}" y="{y - 9}" width="10" height="10" fill="{colour}"/>')
        parts.append(f'<text x="{x + 14}" y="{y}" fill="#777">{standing}</text>')
    return "".join([*parts, "</svg>"])


def _boxes(marks: Sequence[Mark], window: Interval, x: int) -> Iterator[str]:
    """Yield the boxes of one day, the events behind the tasks."""
    for mark in sorted(marks, key=lambda each: (each.standing is not Standing.EVENT, each.when)):
        if not mark.when.overlaps(window):
            continue
        start, end = max(mark.when.start, window.start), min(mark.when.end, window.end)
        y = _TOP + _ROW * ((start - window.start) / _HOUR)
        height = max(6.0, _ROW * ((end - start) / _HOUR) - 1)
        title = escape(one_line(mark.title, limit=60))
        shown = escape(one_line(mark.title, limit=15))
        yield (
            f"<g><title>{title} ({mark.standing})</title>"
            f'<rect x="{x}" y="{y:.1f}" width="{_COLUMN - 6}" height="{height:.1f}" rx="3" '
            f'fill="{_COLOURS[mark.standing]}" fill-opacity=".85"/>'
            f'<text x="{x + 4}" y="{y + min(height, 14) - 3:.1f}" fill="#fff">{shown}</text></g>'
        )


def _events(events: Iterable[CalendarEvent]) -> Iterator[Mark]:
    for event in events:
        if event.busy and event.task_id is None:
            yield Mark(when=event.when, title=event.title, standing=Standing.EVENT)


def _planned(proposal: Proposal, each: Planned) -> Standing:
    if proposal.is_at_risk(each):
        return Standing.AT_RISK
    return standing_of(each.task, each.when)


def _cell(marks: Sequence[Mark], hour: Interval, width: int) -> str:
    """Return the hour in so many characters, each standing for its part of it."""
    signs = []
    step = hour.length / (width - 1)
    for place in range(width - 1):
        part = Interval(hour.start + place * step, hour.start + (place + 1) * step)
        here = [mark for mark in marks if mark.when.overlaps(part)]
        here.sort(key=lambda mark: list(SIGNS).index(mark.standing))
        signs.append(SIGNS[here[-1].standing] if here else "·" if place == 0 else " ")
    return "".join(signs) + " "


def _hour(day: date, hour: int, zone: ZoneInfo) -> Interval:
    whole = local_day(day, zone)
    midnight = datetime.min.time()
    start = instant_at(day, midnight.replace(hour=hour), zone) if hour < 24 else whole.end
    return Interval(start, start + _HOUR)


def _hours(marks: Sequence[Mark], span: Sequence[date], zone: ZoneInfo) -> tuple[int, int]:
    """Return the hours of the day that the picture has to show."""
    begin, end = _FIRST, _LAST
    for mark in marks:
        start, last = local(mark.when.start, zone), local(mark.when.end, zone)
        if start.date() == last.date() and start.date() in span:
            begin = min(begin, start.hour)
            end = max(end, min(24, last.hour + bool(last.minute)))
    return begin, end
