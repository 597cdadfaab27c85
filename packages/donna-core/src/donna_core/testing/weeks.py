"""Weeks to plan by hand: tasks, meetings and rules as households have them."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from attrs import field, frozen

from donna_core.domain.ids import EventKey, TaskId, UserId
from donna_core.domain.planning.calendar_events import CalendarEvent
from donna_core.domain.planning.improve import improved_plan
from donna_core.domain.planning.model import Model
from donna_core.domain.planning.modelling import model_of
from donna_core.domain.planning.plan_rules import PlanRules
from donna_core.domain.planning.proposal import Proposal, proposal_of
from donna_core.domain.planning.search import SlotRules
from donna_core.domain.tasks.task import Domain, Task
from donna_core.domain.timing.interval import Interval
from donna_core.domain.timing.windows import TimeWindow, Windows

HOUR, QUARTER = timedelta(hours=1), timedelta(minutes=15)
MONDAY = datetime(2026, 11, 23, 7, tzinfo=UTC)
"""Eight in the morning in Berlin."""


def hours(name: str, start: int, end: int, *domains: Domain) -> TimeWindow:
    """Return a window between two full hours."""
    return TimeWindow(name=name, start=start * HOUR, end=end * HOUR, domains=frozenset(domains))


WINDOWS = Windows(
    zone=ZoneInfo("Europe/Berlin"),
    blackout=hours("blackout", 0, 6),
    quiet=hours("quiet_hours", 20, 6),
    work_life=(
        hours("work", 8, 12, Domain.WORK),
        hours("evening", 17, 20, Domain.PERSONAL, Domain.FAMILY),
        TimeWindow(name="baby", keywords=("baby",), domains=frozenset({Domain.FAMILY})),
    ),
)


@frozen(kw_only=True)
class Situation:
    """What a week is planned from."""

    tasks: tuple[Task, ...]
    events: tuple[CalendarEvent, ...]
    rules: PlanRules
    at: datetime = MONDAY
    slots: SlotRules = field(factory=SlotRules)
    windows: Windows = WINDOWS

    def model(self) -> Model:
        """Return the model of this week."""
        return model_of(
            self.tasks,
            events=self.events,
            at=self.at,
            windows=self.windows,
            slots=self.slots,
            rules=self.rules,
        )

    def planned(self, effort: int = 1) -> tuple[Model, dict[str, int], Proposal]:
        """Return the model, the starts found, and the proposal made of them."""
        model = self.model()
        solution, _ = improved_plan(model.problem, kept=model.current(), effort=effort)
        return model, dict(solution.starts), proposal_of(model, solution)


def event(title: str, start: datetime, length: timedelta, *, busy: bool = True) -> CalendarEvent:
    """Return an event of somebody else's."""
    return CalendarEvent(
        event_id=EventKey(f"{title}:{start.isoformat()}"),
        calendar_id="others",
        title=title,
        when=Interval(start, start + length),
        busy=busy,
    )


def task(number: int, **rest: object) -> Task:
    """Return a task of an hour for work."""
    given: dict[str, object] = {
        "domain": Domain.WORK,
        "estimated_duration": HOUR,
        "title": f"Task {number}",
        **rest,
    }
    return Task(
        id=TaskId(f"t{number}"),
        user_id=UserId("somebody"),
        number=number,
        created_at=MONDAY,
        **given,  # type: ignore[arg-type]  # the task's own fields
    )
