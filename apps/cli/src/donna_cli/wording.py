"""Tasks, times and reasons as short phrases for a terminal; pure text, in the person's zone."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from attrs import frozen

from donna_core.domain.capture.reading import Reading
from donna_core.domain.followup.phrasing import MONTHS, WEEKDAYS, clock, length
from donna_core.domain.planning.reasons import Reason, say_all
from donna_core.domain.tasks.history import Offer
from donna_core.domain.tasks.task import DeadlineType, Task, TaskStatus
from donna_core.domain.timing.interval import Interval
from donna_core.domain.timing.recurrence import Recurrence

SEPARATOR = " · "


@frozen(kw_only=True)
class Scene:
    """Where and when the reader is."""

    zone: ZoneInfo
    at: datetime

    @property
    def today(self) -> date:
        """The reader's local day."""
        return self.at.astimezone(self.zone).date()


def day(when: date, scene: Scene) -> str:
    """Return ``Fri 20 Nov``, with the year where it is another one."""
    name = f"{WEEKDAYS[when.weekday()][:3]} {when.day} {MONTHS[when.month - 1][:3]}"
    return name if when.year == scene.today.year else f"{name} {when.year}"


def moment(instant: datetime, scene: Scene) -> str:
    """Return ``Fri 20 Nov 15:00``."""
    return f"{day(instant.astimezone(scene.zone).date(), scene)} {clock(instant, zone=scene.zone)}"


def span(when: Interval, scene: Scene) -> str:
    """Return ``Fri 20 Nov 15:00–16:00``, both ends in full where the day differs."""
    start, end = (each.astimezone(scene.zone) for each in (when.start, when.end))
    if start.date() != end.date():
        return f"{moment(when.start, scene)} – {moment(when.end, scene)}"
    return f"{moment(when.start, scene)}–{clock(when.end, zone=scene.zone)}"


def hours(when: Interval, scene: Scene) -> str:
    """Return ``15:00–16:00``."""
    return f"{clock(when.start, zone=scene.zone)}–{clock(when.end, zone=scene.zone)}"


def place(task: Task, scene: Scene) -> str:
    """Return when the task is planned, or what stands in the way of it."""
    if task.scheduled_start is not None and task.scheduled_end is not None and task.is_open:
        return span(Interval(task.scheduled_start, task.scheduled_end), scene)
    if task.completed_at is not None:
        return f"done {moment(task.completed_at, scene)}"
    return "no place yet" if task.is_open else status(task.status)


def facts(task: Task, scene: Scene) -> str:
    """Return the line that says how the task is understood and where it stands."""
    parts = [
        place(task, scene),
        length(task.estimated_duration),
        f"priority {task.priority}" + (" (locked)" if task.priority_locked else ""),
        str(task.domain),
        deadline(task.deadline, task.deadline_type, scene),
        recurrence(task.recurrence, task.time_intent.recurrence_text),
        hashed(task.tags),
    ]
    return SEPARATOR.join(part for part in parts if part)


def understood(reading: Reading, scene: Scene) -> str:
    """Return the line that says how a sentence is understood, before it has a place."""
    parts = [
        moment(reading.start, scene) if reading.start else "",
        length(reading.duration) + ("" if reading.duration_stated else " (a guess)"),
        f"priority {reading.priority}",
        str(reading.domain),
        deadline(reading.deadline, reading.deadline_type, scene),
        recurrence(reading.recurrence, reading.recurrence_text),
        hashed(reading.tags),
        f"{reading.confidence:.0%} sure",
    ]
    return SEPARATOR.join(part for part in parts if part)


def deadline(instant: datetime | None, kind: DeadlineType, scene: Scene) -> str:
    """Return ``due Fri 20 Nov 17:00``; a soft deadline says so."""
    if instant is None:
        return ""
    soft = " (soft)" if kind is DeadlineType.SOFT else ""
    return f"due {moment(instant, scene)}{soft}"


def recurrence(rule: str | None, words: str | None) -> str:
    """Return ``repeats every Monday``, in the person's words where they are known."""
    return f"repeats {words or Recurrence.parse(rule).describe()}" if rule else ""


def status(value: TaskStatus) -> str:
    """Return the status in words."""
    return value.replace("_", " ")


def because(reasons: Sequence[Reason], scene: Scene) -> str:
    """Return the reasons as one phrase."""
    return say_all(reasons, zone=scene.zone)


def offer(number: int, each: Offer, task: Task, scene: Scene) -> str:
    """Return an offer with what it would cost and how to take it."""
    cost = because([each.gives_up], scene)
    return (
        f"{number}. {span(each.when, scene)}, {cost}: donna accept {task.number} --offer {number}"
    )


def hashed(tags: Sequence[str]) -> str:
    """Return ``#car @home``: a tag that brings its own sign keeps it."""
    return " ".join(tag if tag.startswith("@") else f"#{tag}" for tag in tags)


def handle(task: Task) -> str:
    """Return ``#12 Call mechanic``."""
    return f"{task.handle} {task.title}"


def ago(instant: datetime, scene: Scene) -> str:
    """Return how long ago an instant was, in whole minutes, hours or days."""
    passed = max(scene.at - instant, timedelta(0))
    if passed >= timedelta(days=2):
        return f"{passed.days} days ago"
    return f"{length(passed)} ago"
