"""The morning and the evening digest, composed from plain facts without any model."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from attrs import evolve, frozen

from donna_core.domain.effects import Channel, Message, MessageKind
from donna_core.domain.followup.phrasing import (
    clock,
    clock_with_zone,
    counted,
    day_name,
    moment,
    one_line,
)
from donna_core.domain.planning.calendar_events import CalendarEvent
from donna_core.domain.tasks.task import DeadlineType, Task, TaskStatus
from donna_core.domain.timing.interval import Interval
from donna_core.domain.timing.zones import local_day

DIGEST_PRIORITY = 2
SECTION_LENGTH = 12
"""How many lines a section shows; the rest is counted."""

_TITLE_LENGTH = 80
_ONE_DAY = timedelta(days=1)
_EVER = datetime.min.replace(tzinfo=UTC)
_PLANNED = frozenset({TaskStatus.SCHEDULED, TaskStatus.IN_PROGRESS})


@frozen(kw_only=True)
class _Section:
    """A heading and its lines; left out of the text when it has none."""

    heading: str
    lines: Sequence[str]


@frozen(kw_only=True)
class _Day:
    """One local day as a reader sees it at ``at``: what is in it, and how times are written."""

    date: date
    when: Interval
    zone: ZoneInfo
    at: datetime
    tasks: tuple[Task, ...]
    events: tuple[CalendarEvent, ...]


def morning_digest(
    *,
    day: date,
    tasks: Iterable[Task],
    events: Iterable[CalendarEvent],
    zone: ZoneInfo,
    at: datetime,
    unreadable: Sequence[str] = (),
    money: Sequence[str] = (),
    moved: Sequence[str] = (),
) -> Message:
    """Return the overview of the local ``day``: its schedule, what presses, what is left over.

    ``tasks`` are all that are open and those finished the day before, ``events`` the occurrences
    of the day; ``unreadable`` names calendars whose events are unknown, ``money`` says what
    models cost the day before, ``moved`` what made way unasked. Each open task is
    listed as overdue or carried over at most once. The message expires with the day.
    """
    today = _Day(
        date=day,
        when=local_day(day, zone),
        zone=zone,
        at=at,
        tasks=tuple(tasks),
        events=tuple(events),
    )
    yesterday = local_day(day - _ONE_DAY, zone)
    overdue = _past_deadline(today)
    carried = _left_over(today, Interval(_EVER, today.when.start))
    sections = (
        _Section(heading="Schedule", lines=_timeline(today)),
        _Section(heading="Due today", lines=_due(today)),
        _Section(heading="Past the deadline", lines=overdue),
        _Section(heading="Carried over", lines=carried),
        *_waiting(today),
        _moved(moved),
        _Section(heading="Done yesterday", lines=_finished(today, yesterday)),
        _Section(heading="Models", lines=[f"- {line}" for line in money]),
    )
    opening = _opening(
        "Good morning." if at.astimezone(zone).hour < 12 else "Your day, later than usual.",
        _load(today, today.when) or _nothing_planned(unreadable),
        _leftovers(carried=len(carried), overdue=len(overdue)),
    )
    return _message(
        "morning_digest",
        today,
        subject=f"Your day: {day_name(day)}",
        opening=opening,
        sections=sections,
        unreadable=unreadable,
    )


def _moved(lines: Sequence[str]) -> _Section:
    return _Section(heading="Moved to make room", lines=[f"- {line}" for line in lines])


def evening_digest(
    *,
    day: date,
    tasks: Iterable[Task],
    events: Iterable[CalendarEvent],
    zone: ZoneInfo,
    at: datetime,
    unreadable: Sequence[str] = (),
    money: Sequence[str] = (),
    moved: Sequence[str] = (),
) -> Message:
    """Return the balance of the local ``day``: done, left over, still to come, and tomorrow.

    ``tasks`` are all that are open and those finished today, ``events`` the occurrences of
    today and tomorrow; ``unreadable`` names calendars whose events are unknown, ``money`` says
    what models cost, ``moved`` what made way unasked. The message expires with the day.
    """
    today = _Day(
        date=day,
        when=local_day(day, zone),
        zone=zone,
        at=at,
        tasks=tuple(tasks),
        events=tuple(events),
    )
    following = day + _ONE_DAY
    tomorrow = evolve(today, date=following, when=local_day(following, zone))
    finished = _finished(today, today.when)
    overdue = _past_deadline(today)
    left = _left_over(today, Interval(today.when.start, max(today.when.start, at)))
    sections = (
        _Section(heading="Done today", lines=finished),
        _Section(heading="Left over", lines=left),
        _Section(heading="Past the deadline", lines=overdue),
        _Section(heading="Still to come", lines=_timeline(today, after=at)),
        *_waiting(today),
        _moved(moved),
        _Section(heading="Tomorrow", lines=_timeline(tomorrow)),
        _Section(heading="Models", lines=[f"- {line}" for line in money]),
    )
    done = f"{counted(len(finished), 'task', 'tasks')} done today" if finished else ""
    opening = _opening(
        "End of day.",
        f"{done}. Noted with approval." if done else "Nothing was ticked off today.",
        _leftovers(carried=len(left), overdue=len(overdue)),
    )
    return _message(
        "evening_digest",
        today,
        subject=f"Your evening: {day_name(day)}",
        opening=opening,
        sections=sections,
        unreadable=unreadable,
    )


def _message(
    kind: str,
    day: _Day,
    *,
    subject: str,
    opening: str,
    sections: Iterable[_Section],
    unreadable: Sequence[str],
) -> Message:
    parts = [opening]
    if unreadable:
        names = ", ".join(unreadable)
        parts.append(f"I could not read these calendars, so their events are missing: {names}.")
    parts += ["\n".join((f"{s.heading}:", *_shortened(s.lines))) for s in sections if s.lines]
    parts.append(f"All times are {day.zone} time.")
    return Message(
        key=f"{kind}:{day.date.isoformat()}",
        channel=Channel.DISCORD,
        kind=MessageKind.DIGEST,
        subject=subject,
        body="\n\n".join(parts),
        priority=DIGEST_PRIORITY,
        not_before=day.at,
        expires_at=day.when.end,
    )


def _opening(*sentences: str) -> str:
    return " ".join(sentence for sentence in sentences if sentence)


def _load(day: _Day, when: Interval) -> str:
    """Return how much the day holds, or nothing where it holds nothing."""
    tasks = len(_planned(day, when))
    events = len(_foreign(day, when))
    counts = []
    if tasks:
        counts.append(counted(tasks, "task", "tasks"))
    if events:
        counts.append(counted(events, "event", "events"))
    return f"You have {' and '.join(counts)} today." if counts else ""


def _nothing_planned(unreadable: Sequence[str]) -> str:
    if unreadable:
        return "I know of nothing planned today, which is not all there is to know."
    return "Nothing is planned today. Enjoy it before somebody notices."


def _leftovers(*, carried: int, overdue: int) -> str:
    """Return what is left over as a sentence that ends in a nudge, or nothing."""
    counts = []
    if carried:
        counts.append(f"{counted(carried, 'carry-over', 'carry-overs')}")
    if overdue:
        counts.append(f"{counted(overdue, 'task', 'tasks')} past the deadline")
    if not counts:
        return ""
    tail = "I did not forget them." if carried + overdue > 1 else "I did not forget it."
    return f"Then there {'is' if carried + overdue == 1 else 'are'} {' and '.join(counts)}. {tail}"


def _timeline(day: _Day, *, after: datetime | None = None) -> list[str]:
    """Return events and planned tasks of the day in order of start."""
    starts, ends = day.when.start, day.when.end
    when = Interval(min(max(starts, after or starts), ends), ends)
    entries = [(e.when, one_line(e.title, limit=_TITLE_LENGTH), "") for e in _foreign(day, when)]
    for task, planned in _planned(day, when):
        entries.append((planned, _name(task), _remarks(task, day)))
    entries.sort()
    return [f"- {_hours(held, day)} {name}{remarks}" for held, name, remarks in entries]


def _foreign(day: _Day, when: Interval) -> list[CalendarEvent]:
    """Return the day's events but those that stand for a task, which is listed itself."""
    return [e for e in day.events if e.task_id is None and _touches(e.when, when)]


def _planned(day: _Day, when: Interval) -> list[tuple[Task, Interval]]:
    held = [
        (task, Interval(task.scheduled_start, task.scheduled_start + task.estimated_duration))
        for task in day.tasks
        if task.status in _PLANNED and task.scheduled_start is not None
    ]
    return [(task, planned) for task, planned in held if _touches(planned, when)]


def _touches(held: Interval, when: Interval) -> bool:
    """Whether they overlap; an event without length counts where it lies."""
    return held.overlaps(when) or when.contains(held.start)


def _due(day: _Day) -> list[str]:
    due = [
        (task.deadline, task.number, task)
        for task in day.tasks
        if task.is_open
        and task.deadline is not None
        and task.deadline >= day.at
        and day.when.contains(task.deadline)
    ]
    return [
        f"- by {_time(deadline, day)} {_name(task)}{_firmness(task)}"
        for deadline, _, task in sorted(due, key=lambda entry: entry[:2])
    ]


def _past_deadline(day: _Day) -> list[str]:
    late = [(t.deadline, t.number, t) for t in day.tasks if _is_late(t, day) and t.deadline]
    return [
        f"- {_name(task)}, due {moment(deadline, zone=day.zone, at=day.at)}{_firmness(task)}"
        for deadline, _, task in sorted(late, key=lambda entry: entry[:2])
    ]


def _is_late(task: Task, day: _Day) -> bool:
    return task.is_open and task.deadline is not None and task.deadline < day.at


def _left_over(day: _Day, ended: Interval) -> list[str]:
    """Return the planned tasks whose time ended within the interval, the end included."""
    left = [
        (task.scheduled_start, task.number, task)
        for task in day.tasks
        if task.status in _PLANNED
        and task.scheduled_start is not None
        and task.scheduled_end is not None
        and ended.start < task.scheduled_end <= ended.end
        and not _is_late(task, day)
    ]
    return [
        f"- {_name(task)}, planned {moment(start, zone=day.zone, at=day.at)}{_moves(task)}"
        for start, _, task in sorted(left, key=lambda entry: entry[:2])
    ]


def _waiting(day: _Day) -> tuple[_Section, ...]:
    headings = {
        TaskStatus.NEEDS_SCHEDULING: "No room found yet",
        TaskStatus.WAITING_INPUT: "Waiting for your answer",
    }
    return tuple(
        _Section(
            heading=heading,
            lines=[
                f"- {_name(task)} (priority {task.priority})"
                for task in sorted(day.tasks, key=lambda t: (-t.priority, t.number))
                if task.status is status
            ],
        )
        for status, heading in headings.items()
    )


def _finished(day: _Day, when: Interval) -> list[str]:
    done = [
        (task.completed_at, task.number, task)
        for task in day.tasks
        if task.status is TaskStatus.DONE
        and task.completed_at is not None
        and when.contains(task.completed_at)
    ]
    return [f"- {_name(task)}" for _, _, task in sorted(done, key=lambda entry: entry[:2])]


def _name(task: Task) -> str:
    return f"{task.handle} {one_line(task.title, limit=_TITLE_LENGTH)}"


def _remarks(task: Task, day: _Day) -> str:
    remarks = [f"priority {task.priority}"]
    if task.deadline is not None:
        remarks.append(f"due {moment(task.deadline, zone=day.zone, at=day.at)}")
    return f" ({', '.join(remarks)})"


def _firmness(task: Task) -> str:
    return " (hard)" if task.deadline_type is DeadlineType.HARD else ""


def _moves(task: Task) -> str:
    if not task.reschedule_count:
        return ""
    return f", moved {counted(task.reschedule_count, 'time', 'times')} so far"


def _hours(held: Interval, day: _Day) -> str:
    """Return the part of the day that is held; an end outside of the day is left open."""
    starts, ends = held.start >= day.when.start, held.end <= day.when.end
    if held.start <= day.when.start and held.end >= day.when.end:
        return "all day"
    if not starts:
        return f"until {_time(held.end, day)}"
    if not ends:
        return f"from {_time(held.start, day)}"
    if not held.length:
        return _time(held.start, day)
    return f"{_time(held.start, day)}–{_time(held.end, day)}"


def _time(instant: datetime, day: _Day) -> str:
    """Return the wall clock; with its offset's name on a day whose clocks change."""
    regular = day.when.length == _ONE_DAY
    write = clock if regular else clock_with_zone
    return write(instant, zone=day.zone)


def _shortened(lines: Sequence[str]) -> Sequence[str]:
    if len(lines) <= SECTION_LENGTH:
        return lines
    return (*lines[: SECTION_LENGTH - 1], f"- and {len(lines) - SECTION_LENGTH + 1} more")
