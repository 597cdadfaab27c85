"""A moment, a day and a week as the facade shows them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, overload

from attrs import frozen

from donna_core.domain.codec import to_plain
from donna_core.domain.followup.phrasing import MONTHS, WEEKDAYS, clock, one_line
from donna_core.domain.ids import TaskId
from donna_core.domain.planning.week import Day, Entry, EntryKind, Week
from donna_core.domain.tasks.task import Task
from donna_core.local import markup
from donna_core.local.views import Here, TaskList, View
from donna_core.usecases.overview import DayView, Now

_TITLE_SHOWN = 60


@frozen(kw_only=True, repr=False)
class NowView(View):
    """What is on, what comes next, what is overdue and what has no place yet."""

    view: Now
    here: Here

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

    def __str__(self) -> str:
        shown = [f"{title}\n{tasks}" for title, tasks in self._sections()]
        return "\n\n".join(shown) or "Nothing is waiting."

    def _repr_html_(self) -> str:
        shown = [
            markup.paragraphs([title]) + tasks._repr_html_() for title, tasks in self._sections()
        ]
        return "".join(shown) or markup.paragraphs(["Nothing is waiting."])

    def to_dict(self) -> dict[str, Any]:
        parts = ("current", "next", "overdue", "unplanned")
        listed = {part: getattr(self, part).to_dict()["tasks"] for part in parts}
        return {"at": to_plain(self.view.at), **listed}

    def _list(self, tasks: tuple[Task, ...]) -> TaskList:
        return TaskList(tasks=tasks, here=self.here)

    def _sections(self) -> list[tuple[str, TaskList]]:
        sections = [
            ("Now", self.current),
            ("Next", self.next),
            ("Overdue", self.overdue),
            ("Without a place", self.unplanned),
        ]
        return [(title, tasks) for title, tasks in sections if tasks]


@frozen(kw_only=True, repr=False)
class Timetable(View, Sequence[Mapping[str, Any]]):
    """Local days in order. Iterating gives one mapping for each entry of each day."""

    days: tuple[Day, ...]
    numbers: Mapping[TaskId, int]
    here: Here
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
        blocks = [
            "\n".join(
                [_day(day.date), *(f"  {self._time(e)}  {self._title(e)}" for e in day.entries)]
                if day.entries
                else [_day(day.date), "  free"]
            )
            for day in self.days
        ]
        return "\n".join([*blocks, *(f"{title}\n{tasks}" for title, tasks in self._extras())])

    def _repr_html_(self) -> str:
        columns = [_day(day.date) for day in self.days]
        cells = [[self._chip(entry) for entry in day.entries] for day in self.days]
        extras = [
            markup.paragraphs([title]) + tasks._repr_html_() for title, tasks in self._extras()
        ]
        return markup.grid(columns, cells, title=self.here.zone.key) + "".join(extras)

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
        extras = {title.lower(): tasks.to_dict()["tasks"] for title, tasks in self._extras()}
        return {"zone": self.here.zone.key, "days": days, **extras}

    def _entries(self) -> Iterator[tuple[Day, Entry]]:
        for day in self.days:
            for entry in day.entries:
                yield day, entry

    def _values(self, day: Day, entry: Entry) -> dict[str, Any]:
        return {
            "day": day.date,
            "start": self.here.local(entry.when.start),
            "end": self.here.local(entry.when.end),
            "title": entry.title,
            "kind": entry.kind.value,
            "number": self.numbers.get(entry.task_id) if entry.task_id else None,
            "priority": entry.priority,
            "status": entry.status.value if entry.status else None,
        }

    def _time(self, entry: Entry) -> str:
        zone = self.here.zone
        return f"{clock(entry.when.start, zone=zone)}–{clock(entry.when.end, zone=zone)}"

    def _title(self, entry: Entry) -> str:
        number = self.numbers.get(entry.task_id) if entry.task_id else None
        title = one_line(entry.title, limit=_TITLE_SHOWN)
        return f"#{number} {title}" if number is not None else title

    def _chip(self, entry: Entry) -> str:
        own = entry.kind is EntryKind.TASK
        return markup.chip(self._time(entry), self._title(entry), own=own)

    def _extras(self) -> list[tuple[str, TaskList]]:
        extras = (("Due", self.due), ("Done", self.completed))
        return [(title, tasks) for title, tasks in extras if tasks]


def week_table(week: Week, tasks: Iterable[Task], here: Here) -> Timetable:
    """Return the timetable of a week."""
    return Timetable(days=week.days, numbers=_numbers(tasks), here=here)


def day_table(view: DayView, week: Week, here: Here) -> Timetable:
    """Return the timetable of the one day, cut out of its week, with what is due and done."""
    return Timetable(
        days=tuple(day for day in week.days if day.date == view.day),
        numbers=_numbers(view.tasks),
        here=here,
        due=TaskList(tasks=view.due, here=here),
        completed=TaskList(tasks=view.completed, here=here),
    )


def _numbers(tasks: Iterable[Task]) -> dict[TaskId, int]:
    return {task.id: task.number for task in tasks}


def _day(day: date) -> str:
    return f"{WEEKDAYS[day.weekday()][:3]} {day.day} {MONTHS[day.month - 1][:3]}"
