"""What the facade hands back: text for people, HTML for notebooks, plain data for programs.

``str`` and ``repr`` of each view read well, a notebook shows its HTML, ``to_dict`` is ready for
JSON (instants as texts in UTC, durations in seconds), and lists iterate over mappings with
Python values, their instants in the person's zone, as ``pandas.DataFrame`` takes them.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, overload
from zoneinfo import ZoneInfo

from attrs import frozen

from donna_core.domain.capture.reading import Reading
from donna_core.domain.codec import to_plain
from donna_core.domain.effects import Message
from donna_core.domain.followup.phrasing import length, moment, one_line, span
from donna_core.domain.planning.reasons import say_all
from donna_core.domain.tasks.history import Actor, Explanation, Topic
from donna_core.domain.tasks.task import DeadlineType, Task, TaskStatus
from donna_core.domain.timing.recurrence import Recurrence
from donna_core.local import markup
from donna_core.local.text_table import aligned
from donna_core.usecases.overview import TaskView

_TITLE_SHOWN = 60
_DETAIL_SHOWN = 200


class View(ABC):
    """A result that reads well wherever it is shown."""

    @abstractmethod
    def __str__(self) -> str: ...

    @abstractmethod
    def _repr_html_(self) -> str: ...

    @abstractmethod
    def to_dict(self) -> dict[str, Any]:
        """Return plain data, ready for JSON."""

    def __repr__(self) -> str:
        return str(self)


@frozen(kw_only=True)
class Here:
    """Where and when the reader is; every view is written from there."""

    zone: ZoneInfo
    at: datetime

    def moment(self, instant: datetime) -> str:
        """Return an instant in words."""
        return moment(instant, zone=self.zone, at=self.at)

    def local(self, instant: datetime | None) -> datetime | None:
        """Return the instant with the offset of the reader's zone."""
        return instant.astimezone(self.zone) if instant else None


@frozen(kw_only=True, repr=False, eq=False)
class TaskRow(View, Mapping[str, Any]):
    """One task as a mapping of what a person asks about; ``task`` is the whole of it."""

    task: Task
    here: Here

    def __getitem__(self, name: str) -> Any:
        return self._values()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values())

    def __len__(self) -> int:
        return len(self._values())

    def __str__(self) -> str:
        return f"{named(self.task)}\n  {facts(self.task, self.here)}"

    def _repr_html_(self) -> str:
        return markup.paragraphs([named(self.task), facts(self.task, self.here)])

    def to_dict(self) -> dict[str, Any]:
        plain: dict[str, Any] = to_plain(dict(self))
        return plain

    def _values(self) -> dict[str, Any]:
        task, local = self.task, self.here.local
        return {
            "number": task.number,
            "title": task.title,
            "status": task.status.value,
            "start": local(task.scheduled_start),
            "end": local(task.scheduled_end),
            "duration": task.estimated_duration,
            "priority": task.priority,
            "domain": task.domain.value,
            "deadline": local(task.deadline),
            "deadline_type": task.deadline_type.value,
            "recurrence": task.recurrence,
            "tags": list(task.tags),
            "pinned": task.pinned_start is not None,
            "completed_at": local(task.completed_at),
            "id": task.id,
        }


@frozen(kw_only=True, repr=False)
class TaskList(View, Sequence[TaskRow]):
    """Tasks in order, as a table."""

    tasks: tuple[Task, ...]
    here: Here
    empty: str = "No task fits."

    @overload
    def __getitem__(self, index: int) -> TaskRow: ...
    @overload
    def __getitem__(self, index: slice) -> "TaskList": ...
    def __getitem__(self, index: int | slice) -> "TaskRow | TaskList":
        if isinstance(index, slice):
            return TaskList(tasks=self.tasks[index], here=self.here, empty=self.empty)
        return TaskRow(task=self.tasks[index], here=self.here)

    def __len__(self) -> int:
        return len(self.tasks)

    def __str__(self) -> str:
        return aligned(_COLUMNS, self._rows()) if self.tasks else self.empty

    def _repr_html_(self) -> str:
        return (
            markup.table(_COLUMNS, self._rows()) if self.tasks else markup.paragraphs([self.empty])
        )

    def to_dict(self) -> dict[str, Any]:
        return {"tasks": [row.to_dict() for row in self]}

    def _rows(self) -> list[tuple[str, ...]]:
        return [_row(task, self.here) for task in self.tasks]


@frozen(kw_only=True, repr=False)
class Understood(View):
    """What Donna understands of a sentence; nothing was kept."""

    reading: Reading
    here: Here

    def __str__(self) -> str:
        first, *others = self._lines()
        return "\n".join([first, *(f"  {line}" for line in others)])

    def _repr_html_(self) -> str:
        return markup.paragraphs(self._lines())

    def to_dict(self) -> dict[str, Any]:
        plain: dict[str, Any] = to_plain(self.reading)
        return plain

    def _lines(self) -> tuple[str, ...]:
        tasks = self.reading.tasks
        if not tasks:
            return self._told(self.reading)
        return (f"{len(tasks)} tasks", *(line for each in tasks for line in self._told(each)))

    def _told(self, it: Reading) -> tuple[str, ...]:
        parts = [
            self.here.moment(it.start) if it.start else "",
            length(it.duration) + ("" if it.duration_stated else " (a guess)"),
            f"priority {it.priority}",
            it.domain.value,
            _due(it.deadline, it.deadline_type, self.here),
            f"repeats {it.recurrence_text or it.recurrence}" if it.recurrence else "",
            _hashed(it.tags),
            f"{it.confidence:.0%} sure",
        ]
        what = short(it.title) if it.is_task else f"Not a task: {short(it.text)}"
        return (what, " · ".join(filter(None, parts)), *(short(each) for each in it.remarks))


@frozen(kw_only=True, repr=False)
class Why(View):
    """One task with the reasons for its place and its priority, and how it came there."""

    view: TaskView
    here: Here

    @property
    def task(self) -> TaskRow:
        """The task that was asked about."""
        return TaskRow(task=self.view.task, here=self.here)

    @property
    def reasons(self) -> tuple[str, ...]:
        """The reasons in words, the latest first."""
        return tuple(explained(each, self.here) for each in self.view.explanations)

    def __str__(self) -> str:
        return "\n".join([str(self.task), *(f"  {line}" for line in self._lines())])

    def _repr_html_(self) -> str:
        task = self.view.task
        return markup.paragraphs([named(task), facts(task, self.here), *self._lines()])

    def to_dict(self) -> dict[str, Any]:
        return {
            "task": self.task.to_dict(),
            "reasons": list(self.reasons),
            "explanations": to_plain(self.view.explanations),
        }

    def _lines(self) -> list[str]:
        history = [
            f"{self.here.moment(each.at)}: {_ACTORS[each.actor]} {each.verb} {short(each.text)}"
            + (" (undone)" if each.undone else "")
            for each in self.view.commands
        ]
        reasons = self.reasons or ("nothing was decided about it: it is as you said it",)
        return [*reasons, *(line.rstrip() for line in history)]


@frozen(kw_only=True)
class Told:
    """A message and the instant at which it went out."""

    at: datetime
    message: Message


@frozen(kw_only=True, repr=False)
class Messages(View, Sequence[Mapping[str, Any]]):
    """What Donna said, in order."""

    told: tuple[Told, ...]
    here: Here

    @overload
    def __getitem__(self, index: int) -> Mapping[str, Any]: ...
    @overload
    def __getitem__(self, index: slice) -> "Messages": ...
    def __getitem__(self, index: int | slice) -> "Mapping[str, Any] | Messages":
        if isinstance(index, slice):
            return Messages(told=self.told[index], here=self.here)
        each = self.told[index]
        return {
            "at": self.here.local(each.at),
            "kind": each.message.kind.value,
            "channel": each.message.channel.value,
            "priority": each.message.priority,
            "subject": each.message.subject,
            "body": each.message.body,
        }

    def __len__(self) -> int:
        return len(self.told)

    def __str__(self) -> str:
        lines = [f"{when}  {subject}" for when, subject in self._rows()]
        return "\n".join(lines) or "Nothing was said."

    def _repr_html_(self) -> str:
        return markup.table(("When", "Message"), self._rows())

    def to_dict(self) -> dict[str, Any]:
        return {"messages": [to_plain(dict(row)) for row in self]}

    def _rows(self) -> list[tuple[str, str]]:
        return [(self.here.moment(each.at), short(each.message.subject)) for each in self.told]


def named(task: Task) -> str:
    """Return ``#12 Call mechanic``."""
    return f"{task.handle} {one_line(task.title, limit=_TITLE_SHOWN)}"


def short(text: str) -> str:
    """Return text on one line, safe to show."""
    return one_line(text, limit=_DETAIL_SHOWN)


def facts(task: Task, here: Here) -> str:
    """Return the line that says how a task is understood and where it stands."""
    parts = [
        _place(task, here),
        length(task.estimated_duration),
        f"priority {task.priority}",
        task.domain.value,
        _due(task.deadline, task.deadline_type, here),
        _repeats(task),
        _hashed(task.tags),
    ]
    return " · ".join(filter(None, parts))


def explained(explanation: Explanation, here: Here) -> str:
    """Return the reasons of one explanation as a phrase."""
    subject = "priority " if explanation.topic is Topic.PRIORITY else ""
    return f"{subject}{say_all(explanation.reasons, zone=here.zone)}"


def hours(start: datetime, duration: timedelta, here: Here) -> str:
    """Return the stretch of time in words."""
    return span(start, start + duration, zone=here.zone, at=here.at)


_ACTORS = {Actor.PERSON: "you", Actor.DONNA: "Donna"}
_COLUMNS = ("#", "Task", "When", "Priority", "Due", "State")


def _row(task: Task, here: Here) -> tuple[str, ...]:
    told = task.status is TaskStatus.SCHEDULED or not task.is_open
    return (
        task.handle,
        one_line(task.title, limit=_TITLE_SHOWN),
        _place(task, here),
        str(task.priority),
        _due(task.deadline, task.deadline_type, here).removeprefix("due "),
        "" if told else task.status.value.replace("_", " "),
    )


def _place(task: Task, here: Here) -> str:
    if task.scheduled_start is not None and task.is_open:
        return hours(task.scheduled_start, task.estimated_duration, here)
    if task.completed_at is not None:
        return f"done {here.moment(task.completed_at)}"
    return "no place yet" if task.is_open else task.status.value


def _due(instant: datetime | None, kind: DeadlineType, here: Here) -> str:
    if instant is None:
        return ""
    return f"due {here.moment(instant)}{' (soft)' if kind is DeadlineType.SOFT else ''}"


def _repeats(task: Task) -> str:
    if task.recurrence is None:
        return ""
    words = task.time_intent.recurrence_text or Recurrence.parse(task.recurrence).describe()
    return f"repeats {words}"


def _hashed(tags: Sequence[str]) -> str:
    return " ".join(tag if tag.startswith("@") else f"#{tag}" for tag in tags)
