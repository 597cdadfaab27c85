"""What the facade hands back: text for people, HTML for notebooks, plain data for programs.

``str`` and ``repr`` of each view read well, a notebook shows its HTML, ``to_dict`` is ready for
JSON (instants as texts in UTC, durations in seconds), and lists iterate over mappings with
Python values, their instants in the person's zone, as ``pandas.DataFrame`` takes them.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, overload

from attrs import evolve, frozen

from donna_core.domain.capture.reading import Reading
from donna_core.domain.codec import to_plain
from donna_core.domain.effects import Message
from donna_core.domain.followup.phrasing import one_line
from donna_core.domain.tasks.task import Task
from donna_core.domain.wording import (
    TASK_COLUMNS,
    Line,
    Scene,
    Spelling,
    Tone,
    explained,
    facts,
    handle,
    moment,
    row,
    understood,
)
from donna_core.local import markup
from donna_core.local.text_table import aligned, indented
from donna_core.usecases.explain import why
from donna_core.usecases.overview import TaskView

_CELL_SHOWN = 100
_LINE_SHOWN = 500
_MESSAGE_COLUMNS = ("When", "Message")


_METHODS = {"list": "tasks"}


class MethodCalls(Spelling):
    """Spells requests as Python: ``donna.accept(7, offer=1)``."""

    def command(self, verb: str, *arguments: object, **options: object) -> str:
        given = [*map(repr, arguments), *(self.option(*each) for each in options.items())]
        return f"donna.{_METHODS.get(verb, verb)}({', '.join(given)})"

    def option(self, name: str, value: object) -> str:
        return f"{name}={value!r}"


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


class LineView(View):
    """A result that is told in lines."""

    @abstractmethod
    def _lines(self) -> Iterable[Line]: ...

    def __str__(self) -> str:
        return indented(safe(self._lines()))

    def _repr_html_(self) -> str:
        return markup.lines(safe(self._lines()))


@frozen(kw_only=True, repr=False, eq=False)
class TaskRow(LineView, Mapping[str, Any]):
    """One task as a mapping of what a person asks about; ``task`` is the whole of it."""

    task: Task
    scene: Scene

    def __getitem__(self, name: str) -> Any:
        return self._values()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values())

    def __len__(self) -> int:
        return len(self._values())

    def to_dict(self) -> dict[str, Any]:
        plain: dict[str, Any] = to_plain(dict(self))
        return plain

    def _lines(self) -> Iterator[Line]:
        yield Line(handle(self.task), Tone.HEADING)
        yield Line(facts(self.task, self.scene), depth=1)

    def _values(self) -> dict[str, Any]:
        task, scene = self.task, self.scene
        return {
            "number": task.number,
            "title": task.title,
            "status": task.status.value,
            "start": local(task.scheduled_start, scene),
            "end": local(task.scheduled_end, scene),
            "duration": task.estimated_duration,
            "priority": task.priority,
            "domain": task.domain.value,
            "deadline": local(task.deadline, scene),
            "deadline_type": task.deadline_type.value,
            "recurrence": task.recurrence,
            "tags": list(task.tags),
            "pinned": task.pinned_start is not None,
            "completed_at": local(task.completed_at, scene),
            "id": task.id,
        }


@frozen(kw_only=True, repr=False)
class TaskList(View, Sequence[TaskRow]):
    """Tasks in order, as a table."""

    tasks: tuple[Task, ...]
    scene: Scene
    empty: str = "No task fits."

    @overload
    def __getitem__(self, index: int) -> TaskRow: ...
    @overload
    def __getitem__(self, index: slice) -> "TaskList": ...
    def __getitem__(self, index: int | slice) -> "TaskRow | TaskList":
        if isinstance(index, slice):
            return TaskList(tasks=self.tasks[index], scene=self.scene, empty=self.empty)
        return TaskRow(task=self.tasks[index], scene=self.scene)

    def __len__(self) -> int:
        return len(self.tasks)

    def __str__(self) -> str:
        return aligned(TASK_COLUMNS, self._rows()) if self.tasks else self.empty

    def _repr_html_(self) -> str:
        if not self.tasks:
            return markup.lines([Line(self.empty)])
        return markup.table(TASK_COLUMNS, self._rows())

    def to_dict(self) -> dict[str, Any]:
        return {"tasks": [row.to_dict() for row in self]}

    def _rows(self) -> list[tuple[str, ...]]:
        return cells(row(task, self.scene) for task in self.tasks)


@frozen(kw_only=True, repr=False)
class Understood(LineView):
    """What Donna understands of a sentence; nothing was kept."""

    reading: Reading
    scene: Scene

    def to_dict(self) -> dict[str, Any]:
        plain: dict[str, Any] = to_plain(self.reading)
        return plain

    def _lines(self) -> Iterator[Line]:
        return understood(self.reading, self.scene)


@frozen(kw_only=True, repr=False)
class Why(LineView):
    """One task with the reasons for its place and its priority, and how it came there."""

    view: TaskView
    scene: Scene

    @property
    def task(self) -> TaskRow:
        """The task that was asked about."""
        return TaskRow(task=self.view.task, scene=self.scene)

    @property
    def reasons(self) -> tuple[str, ...]:
        """The reasons in words, the latest first."""
        return tuple(explained(each, self.scene) for each in self.view.explanations)

    def to_dict(self) -> dict[str, Any]:
        return {
            "task": self.task.to_dict(),
            "reasons": list(self.reasons),
            "explanations": to_plain(self.view.explanations),
        }

    def _lines(self) -> Iterator[Line]:
        return why(self.view, self.scene)


@frozen(kw_only=True)
class Told:
    """A message and the instant at which it went out."""

    at: datetime
    message: Message


@frozen(kw_only=True, repr=False)
class Messages(View, Sequence[Mapping[str, Any]]):
    """What Donna said, in order."""

    told: tuple[Told, ...]
    scene: Scene

    @overload
    def __getitem__(self, index: int) -> Mapping[str, Any]: ...
    @overload
    def __getitem__(self, index: slice) -> "Messages": ...
    def __getitem__(self, index: int | slice) -> "Mapping[str, Any] | Messages":
        if isinstance(index, slice):
            return Messages(told=self.told[index], scene=self.scene)
        each = self.told[index]
        return {
            "at": local(each.at, self.scene),
            "kind": each.message.kind.value,
            "channel": each.message.channel.value,
            "priority": each.message.priority,
            "subject": each.message.subject,
            "body": each.message.body,
        }

    def __len__(self) -> int:
        return len(self.told)

    def __str__(self) -> str:
        return aligned(_MESSAGE_COLUMNS, self._rows()) if self.told else "Nothing was said."

    def _repr_html_(self) -> str:
        return markup.table(_MESSAGE_COLUMNS, self._rows())

    def to_dict(self) -> dict[str, Any]:
        return {"messages": [to_plain(dict(row)) for row in self]}

    def _rows(self) -> list[tuple[str, ...]]:
        return cells((moment(each.at, self.scene), each.message.subject) for each in self.told)


def local(instant: datetime | None, scene: Scene) -> datetime | None:
    """Return the instant with the offset of the reader's zone."""
    return instant.astimezone(scene.zone) if instant else None


def safe(lines: Iterable[Line]) -> Iterator[Line]:
    """Yield lines that are shown on one line each and steer no terminal."""
    return (evolve(line, text=one_line(line.text, limit=_LINE_SHOWN)) for line in lines)


def cells(rows: Iterable[Sequence[str]]) -> list[tuple[str, ...]]:
    """Return rows whose texts are short and steer no terminal."""
    return [tuple(one_line(text, limit=_CELL_SHOWN) for text in row) for row in rows]
