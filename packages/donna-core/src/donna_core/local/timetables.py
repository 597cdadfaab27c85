"""A moment, a day and a week as the facade shows them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, overload

from attrs import frozen

from donna_core.domain.codec import to_plain
from donna_core.domain.followup.phrasing import one_line
from donna_core.domain.ids import TaskId
from donna_core.domain.planning.week import Day, Entry, EntryKind, Week
from donna_core.domain.tasks.task import Task
from donna_core.domain.wording import WEEK_COLUMNS, Line, Scene, day_rows, hours, section
from donna_core.domain.wording import day as day_words
from donna_core.local import markup
from donna_core.local.text_table import aligned, indented
from donna_core.local.views import LineView, TaskList, View, cells, local, safe
from donna_core.usecases.overview import DayView, Now

_TITLE_SHOWN = 60


@frozen(kw_only=True, repr=False)
class NowView(LineView):
    """What is on, what comes next, what is overdue and what has no place yet."""

    view: Now
    scene: Scene

    @property
    def current(self) -> TaskList:
        """What is on now."""
        return self._list(self.view.current)

    @property
    def next(self) -> TaskList:
        """What comes next, the earliest first."""
        return self._list(self.view.next)

    @property
    def overdue(self) -> TaskList:
        """What should be over."""
        return self._list(self.view.overdue)

    @property
    def unplanned(self) -> TaskList:
        """What has no place."""
        return self._list(self.view.unplanned)

    def to_dict(self) -> dict[str, Any]:
        parts = ("current", "next", "overdue", "unplanned")
        listed = {part: getattr(self, part).to_dict()["tasks"] for part in parts}
        return {"at": to_plain(self.view.at), **listed}

    def _list(self, tasks: tuple[Task, ...]) -> TaskList:
        return TaskList(tasks=tasks, scene=self.scene)

    def _lines(self) -> Iterator[Line]:
        view = self.view
        if not (view.current or view.next or view.overdue or view.unplanned):
            yield Line("Nothing is waiting.")
        yield from section("Now", view.current, self.scene)
        yield from section("Next", view.next, self.scene)
        yield from section("Overdue", view.overdue, self.scene)
        yield from section("Without a place", view.unplanned, self.scene)


@frozen(kw_only=True, repr=False)
class Timetable(View, Sequence[Mapping[str, Any]]):
    """Local days in order. Iterating gives one mapping for each entry of each day."""

    days: tuple[Day, ...]
    numbers: Mapping[TaskId, int]
    scene: Scene
    due: TaskList | None = None
    completed: TaskList | None = None

    @overload
    def __getitem__(self, index: int) -> Mapping[str, Any]: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Mapping[str, Any]]: ...
    def __getitem__(self, index: int | slice) -> Mapping[str, Any] | Sequence[Mapping[str, Any]]:
        return [self._values(day, entry) for day, entry in self._entries()][index]

    def __len__(self) -> int:
        return sum(len(day.entries) for day in self.days)

    def __str__(self) -> str:
        table = aligned(WEEK_COLUMNS, cells(day_rows(self.days, self.scene)))
        return "\n".join(filter(None, [table, indented(safe(self._extras()))]))

    def _repr_html_(self) -> str:
        columns = [day_words(day.date, self.scene) for day in self.days]
        chips = [[self._chip(entry) for entry in day.entries] for day in self.days]
        table = markup.grid(columns, chips, title=self.scene.zone.key)
        return table + markup.lines(safe(self._extras()))

    def to_dict(self) -> dict[str, Any]:
        days = [
            {
                "day": day.date.isoformat(),
                "entries": [
                    to_plain({k: v for k, v in self._values(day, entry).items() if k != "day"})
                    for entry in day.entries
                ],
            }
            for day in self.days
        ]
        lists = {"due": self.due, "done": self.completed}
        extras = {name: tasks.to_dict()["tasks"] for name, tasks in lists.items() if tasks}
        return {"zone": self.scene.zone.key, "days": days, **extras}

    def _entries(self) -> Iterator[tuple[Day, Entry]]:
        for day in self.days:
            for entry in day.entries:
                yield day, entry

    def _values(self, day: Day, entry: Entry) -> dict[str, Any]:
        return {
            "day": day.date,
            "start": local(entry.when.start, self.scene),
            "end": local(entry.when.end, self.scene),
            "title": entry.title,
            "kind": entry.kind.value,
            "number": self.numbers.get(entry.task_id) if entry.task_id else None,
            "priority": entry.priority,
            "status": entry.status.value if entry.status else None,
        }

    def _chip(self, entry: Entry) -> str:
        number = self.numbers.get(entry.task_id) if entry.task_id else None
        title = one_line(entry.title, limit=_TITLE_SHOWN)
        shown = f"#{number} {title}" if number is not None else title
        own = entry.kind is EntryKind.TASK
        return markup.chip(hours(entry.when, self.scene), shown, own=own)

    def _extras(self) -> Iterator[Line]:
        yield from section("Due", self.due.tasks if self.due else (), self.scene)
        yield from section("Done", self.completed.tasks if self.completed else (), self.scene)


def week_table(week: Week, tasks: Iterable[Task], scene: Scene) -> Timetable:
    """Return the timetable of a week."""
    return Timetable(days=week.days, numbers=_numbers(tasks), scene=scene)


def day_table(view: DayView, week: Week, scene: Scene) -> Timetable:
    """Return the timetable of the one day, cut out of its week, with what is due and done."""
    return Timetable(
        days=tuple(day for day in week.days if day.date == view.day),
        numbers=_numbers(view.tasks),
        scene=scene,
        due=TaskList(tasks=view.due, scene=scene),
        completed=TaskList(tasks=view.completed, scene=scene),
    )


def _numbers(tasks: Iterable[Task]) -> dict[TaskId, int]:
    return {task.id: task.number for task in tasks}
