"""Tasks, times and reasons as short phrases; pure text, in the person's zone.

Every face says the same: only how a command is spelled differs, and ``Spelling`` is that.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol
from zoneinfo import ZoneInfo

from attrs import frozen

from donna_core.domain.capture.reading import Reading
from donna_core.domain.followup.phrasing import clock, distance, length, short_day
from donna_core.domain.planning.reasons import Reason, say_all
from donna_core.domain.planning.week import Day, Entry
from donna_core.domain.tasks.history import Explanation, Offer, Topic
from donna_core.domain.tasks.task import DeadlineType, Task, TaskStatus, TimeIntent
from donna_core.domain.timing.interval import Interval
from donna_core.domain.timing.recurrence import Recurrence

SEPARATOR = " · "
TASK_COLUMNS = ("#", "Task", "When", "Priority", "Due", "State")
WEEK_COLUMNS = ("Day", "Time", "What", "Priority", "State")
_TOPICS = {
    Topic.PLACEMENT: "Its place",
    Topic.ANCHOR: "What it hangs on",
    Topic.PRIORITY: "Its priority",
    Topic.DUPLICATE: "Its likeness",
    Topic.COMPLEXITY: "Its size",
    Topic.LOAD: "Its load",
    Topic.LENGTH: "Its length",
}


class Tone(StrEnum):
    """How a line is meant; the look follows from it and is never the only sign."""

    PLAIN = "plain"
    HEADING = "heading"
    QUIET = "quiet"
    GOOD = "good"
    WARNING = "warning"


@frozen
class Line:
    """One line of text; ``depth`` indents it."""

    text: str
    tone: Tone = Tone.PLAIN
    depth: int = 0


class Spelling(Protocol):
    """How a face spells what a person can ask for next."""

    def command(self, verb: str, *arguments: object, **options: object) -> str:
        """Return a whole request; the argument ``None`` means the end of something."""

    def option(self, name: str, value: object) -> str:
        """Return one option of a request."""


@frozen(kw_only=True)
class Scene:
    """Where and when the reader is, and how commands are spelled there."""

    zone: ZoneInfo
    at: datetime
    spelling: Spelling

    @property
    def today(self) -> date:
        """The reader's local day."""
        return self.at.astimezone(self.zone).date()


def day(when: date, scene: Scene) -> str:
    """Return ``Fri 20 Nov``, with the year where it is another one."""
    return short_day(when, today=scene.today)


def moment(instant: datetime, scene: Scene) -> str:
    """Return ``Fri 20 Nov 15:00``."""
    return f"{day(instant.astimezone(scene.zone).date(), scene)} {clock(instant, zone=scene.zone)}"


def span(when: Interval, scene: Scene) -> str:
    """Return ``Fri 20 Nov 15:00–16:00``, both ends in full where the day differs."""
    start, end = (each.astimezone(scene.zone) for each in (when.start, when.end))
    if start.date() != end.date():
        return f"{moment(when.start, scene)} – {moment(when.end, scene)}"
    return f"{day(start.date(), scene)} {hours(when, scene)}"


def hours(when: Interval, scene: Scene) -> str:
    """Return ``15:00–16:00``."""
    return f"{clock(when.start, zone=scene.zone)}–{clock(when.end, zone=scene.zone)}"


def handle(task: Task) -> str:
    """Return ``#12 Call mechanic``."""
    return f"{task.handle} {task.title}"


def place(task: Task, scene: Scene) -> str:
    """Return when the task is planned, or what stands in the way of it."""
    if task.scheduled_start is not None and task.scheduled_end is not None and task.is_open:
        return span(Interval(task.scheduled_start, task.scheduled_end), scene)
    if task.completed_at is not None:
        return f"done {moment(task.completed_at, scene)}"
    return "no place yet" if task.is_open else spaced(task.status)


def facts(task: Task, scene: Scene) -> str:
    """Return the line that says how the task is understood and where it stands."""
    parts = [
        place(task, scene),
        length(task.estimated_duration),
        f"priority {task.priority}" + (" (locked)" if task.priority_locked else ""),
        str(task.domain),
        deadline(task.deadline, task.deadline_type, scene),
        anchored(task.time_intent),
        _repetition(task.recurrence, task.time_intent.recurrence_text),
        _hashed(task.tags),
        f"to prepare: {task.prep_work_instructions}" if task.prep_work_instructions else "",
    ]
    return SEPARATOR.join(part for part in parts if part)


def row(task: Task, scene: Scene) -> tuple[str, ...]:
    """Return the task under ``TASK_COLUMNS``; that it is scheduled is told by its place."""
    due = deadline(task.deadline, task.deadline_type, scene).removeprefix("due ")
    told = task.status is TaskStatus.SCHEDULED or not task.is_open
    state = "" if told else spaced(task.status)
    return (task.handle, task.title, place(task, scene), str(task.priority), due, state)


def section(
    title: str, several: Sequence[Task], scene: Scene, *, tone: Tone = Tone.HEADING
) -> Iterator[Line]:
    """Yield a title and the tasks below it; nothing where there are none."""
    if several:
        yield Line(title, tone)
    for each in several:
        yield Line(handle(each), depth=1)
        yield Line(facts(each, scene), Tone.QUIET, 2)


def day_rows(days: Iterable[Day], scene: Scene) -> Iterator[tuple[str, ...]]:
    """Yield the days under ``WEEK_COLUMNS``, each named once; free days stand in it too."""
    for each in days:
        name = day(each.date, scene) + (" (today)" if each.date == scene.today else "")
        if not each.entries:
            yield (name, "", "free", "", "")
        for entry in each.entries:
            yield (name, hours(entry.when, scene), entry.title, *_weight(entry))
            name = ""


def understood(reading: Reading, scene: Scene) -> Iterator[Line]:
    """Yield what a sentence is understood as, before it has a place."""
    if reading.tasks:
        yield Line(f"{len(reading.tasks)} tasks", Tone.HEADING)
    for task in reading.tasks or (reading,):
        yield from _taken_for(task, scene)
    for each in reading.spans:
        yield Line(f"'{each.text}': {each.kind}", Tone.QUIET, 1)
    for other in reading.alternatives:
        yield Line(f"It could mean {moment(other, scene)}", Tone.QUIET, 1)
    yield from remarks(reading)


def _taken_for(reading: Reading, scene: Scene) -> Iterator[Line]:
    yield Line(reading.title, Tone.HEADING)
    if not reading.is_task:
        like = spaced(reading.intent.value)
        yield Line(f"This does not read like a task, but like: {like}", Tone.WARNING, 1)
        slots = reading.slots
        if slots.verb is not None:
            yield Line(f"{slots.verb.value}: {slots.target or 'which one is not said'}", depth=1)
    parts = [
        moment(reading.start, scene) if reading.start else "",
        length(reading.duration) + ("" if reading.duration_stated else " (a guess)"),
        f"priority {reading.priority}",
        str(reading.domain),
        deadline(reading.deadline, reading.deadline_type, scene),
        anchored(reading.time_intent),
        _repetition(reading.recurrence, reading.recurrence_text),
        _hashed(reading.tags),
        f"{reading.confidence:.0%} sure",
    ]
    yield Line(SEPARATOR.join(part for part in parts if part), depth=1)


def remarks(reading: Reading) -> Iterator[Line]:
    """Yield what Donna noticed about a sentence."""
    yield from (Line(f"Note: {remark}", Tone.WARNING, 1) for remark in reading.remarks)


def deadline(instant: datetime | None, kind: DeadlineType, scene: Scene) -> str:
    """Return ``due Fri 20 Nov 17:00``; a soft deadline says so."""
    if instant is None:
        return ""
    soft = " (soft)" if kind is DeadlineType.SOFT else ""
    return f"due {moment(instant, scene)}{soft}"


def anchored(intent: TimeIntent) -> str:
    """Return ``2 h before team meeting``, or nothing for a task that hangs on nothing."""
    anchor = intent.anchor
    if anchor is None:
        return ""
    offset = f"{distance(anchor.offset)} " if anchor.offset else ""
    return f"{offset}{anchor.side} {anchor.event}"


def spaced(name: str) -> str:
    """Return a status, a verb or a kind as words."""
    return name.replace("_", " ")


def because(reasons: Sequence[Reason], scene: Scene) -> str:
    """Return the reasons as one phrase."""
    return say_all(reasons, zone=scene.zone)


def explained(explanation: Explanation, scene: Scene) -> str:
    """Return ``Its place: because …``."""
    words = because(explanation.reasons, scene) or "for no particular reason"
    return f"{_TOPICS[explanation.topic]}: {words}"


def offers(several: Sequence[Offer], task: Task, scene: Scene) -> Iterator[str]:
    """Yield each offer with what it would cost and how to take it."""
    for number, each in enumerate(several, start=1):
        cost = because([each.gives_up], scene)
        taking = scene.spelling.command("accept", task.number, offer=number)
        yield f"{number}. {span(each.when, scene)}, {cost}: {taking}"


def _repetition(rule: str | None, words: str | None) -> str:
    """Return ``repeats every Monday``, in the person's words where they are known."""
    if rule is None:
        return f"comes back {words}" if words else ""
    return f"repeats {words or Recurrence.parse(rule).describe()}"


def _hashed(tags: Sequence[str]) -> str:
    """Return ``#car @home``: a tag that brings its own sign keeps it."""
    return " ".join(tag if tag.startswith("@") else f"#{tag}" for tag in tags)


def _weight(entry: Entry) -> tuple[str, str]:
    if entry.status is None or entry.priority is None:
        return "", ""
    return str(entry.priority), spaced(entry.status)
