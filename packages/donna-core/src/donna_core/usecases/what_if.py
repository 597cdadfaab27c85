"""What if: a branch of the plan that shows its consequences, and applies to exactly those."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import assert_never

from attrs import evolve, frozen

from donna_core.domain.ids import EventKey, TaskId
from donna_core.domain.planning.calendar_events import CalendarEvent
from donna_core.domain.planning.improve import repaired_plan
from donna_core.domain.planning.modelling import model_of
from donna_core.domain.planning.proposal import Proposal, Unplaced, proposal_of
from donna_core.domain.planning.reasons import Reason, ReasonCode
from donna_core.domain.tasks.history import Change, Command, Explanation, Topic
from donna_core.domain.tasks.machine import Trigger
from donna_core.domain.tasks.task import OPEN, DeadlineType, Task, TaskStatus
from donna_core.domain.timing.interval import Interval
from donna_core.ports.unit_of_work import Stores
from donna_core.usecases.absorbing import as_told
from donna_core.usecases.advance import Changed
from donna_core.usecases.loading import usual_length
from donna_core.usecases.mirroring import TIME_OFF, events_in, mirror_calendars
from donna_core.usecases.placing import settle_at, unbound
from donna_core.usecases.plan_week import Applying, PlanOutdated, days_ahead
from donna_core.usecases.prioritising import prioritise
from donna_core.usecases.recorder import Origin, Recorder
from donna_core.usecases.references import resolve, resolve_one
from donna_core.usecases.rehearse import rehearsed
from donna_core.usecases.runtime import Runtime
from donna_core.usecases.scenarios import Kind, Scenario, event_called, understand_scenario

_CALM = 1500
"""What another place costs in a branch: less than leaving a task out, more than most delays."""
_MOST_DAYS = 31
_MOST_PIECES = 16
_HOLDS = frozenset({TaskStatus.SCHEDULED, TaskStatus.IN_PROGRESS})


@frozen(kw_only=True)
class Branch:
    """What would follow from a supposition. Nothing of it is stored.

    ``changes`` are the tasks before and after, ``late`` those that would miss their deadline,
    ``left_out`` those that would lose their place. ``before`` and ``after`` are what the days
    ahead cost without and with it; ``origin`` and ``spares`` are drawn for its application.
    """

    scenario: Scenario
    changes: tuple[Change[Task], ...]
    late: tuple[Task, ...]
    left_out: tuple[Unplaced, ...]
    before: int
    after: int
    at: datetime
    origin: Origin
    spares: tuple[TaskId, ...]


@frozen(kw_only=True)
class _Outcome:
    command: Command
    proposal: Proposal
    before: int


async def what_if(runtime: Runtime, text: str) -> Branch:
    """Return what would follow from the words, see ``understand_scenario``; nothing is changed.

    What has a place keeps it where it can; others move only for those that have none. Raise
    ``CalendarUnreadable`` while nobody knows what is free.
    """
    scenario = await understand_scenario(runtime, text)
    seen = await mirror_calendars(runtime, until=scenario.when.end if scenario.when else None)
    if seen.unreadable:
        raise seen.unreadable[0]
    origin = Origin.draw(runtime, "what if", scenario.text)
    spares = tuple(TaskId(runtime.ids.new()) for _ in range(_MOST_PIECES))
    trying = rehearsed(runtime)
    found = await trying.unit_of_work.run(_deciding(trying, scenario, origin, spares))
    return Branch(
        scenario=scenario,
        changes=tuple(each for each in found.command.tasks if _shows(each)),
        late=tuple(
            change.after
            for change in found.command.tasks
            if change.after is not None and _is_late(change.after)
        ),
        left_out=found.proposal.unplaced,
        before=found.before,
        after=found.proposal.objective,
        at=origin.at,
        origin=origin,
        spares=spares,
    )


async def apply_what_if(runtime: Runtime, branch: Branch) -> Changed:
    """Make the branch real, as one command that one undo takes back.

    It does exactly what the branch showed, or nothing: raise ``PlanOutdated`` where something
    changed since and the same supposition would have other consequences.
    """
    decide = _deciding(runtime, branch.scenario, branch.origin, branch.spares)

    def decide_again(stores: Stores) -> Changed:
        command = decide(stores).command
        now = tuple(each for each in command.tasks if _shows(each))
        if now != branch.changes:
            different = [
                task.handle
                for task in (each.after or each.before for each in now)
                if task is not None and task not in [each.after for each in branch.changes]
            ]
            raise PlanOutdated(different or ["the plan"])
        return Changed(command=command)

    return await runtime.unit_of_work.run(decide_again)


def _deciding(
    runtime: Runtime, scenario: Scenario, origin: Origin, spares: Sequence[TaskId]
) -> Callable[[Stores], _Outcome]:
    def decide(stores: Stores) -> _Outcome:
        return _Supposing(
            runtime=runtime,
            stores=stores,
            recorder=Recorder(stores, runtime.policy, origin),
            scenario=scenario,
            spares=tuple(spares),
        ).decide()

    return decide


@frozen(kw_only=True)
class _Supposing:
    """One supposition within one decision."""

    runtime: Runtime
    stores: Stores
    recorder: Recorder
    scenario: Scenario
    spares: tuple[TaskId, ...]

    def decide(self) -> _Outcome:
        policy, at = self.runtime.policy, self.recorder.at
        days = self._days()
        events = events_in(self.stores, days_ahead(policy, at, days))
        rules = evolve(
            policy.planning, days=days, weights=evolve(policy.planning.weights, moved=_CALM)
        )
        planned = [task for task in self.stores.tasks.select(statuses=OPEN) if self._holds(task)]
        before = model_of(
            planned,
            events=events,
            at=at,
            windows=policy.windows,
            slots=policy.slots,
            rules=rules,
            lenient=True,
        )
        subjects = self._suppose()
        tasks = {task.id: self.recorder.task(task.id) or task for task in planned}
        tasks.update(subjects)
        model = model_of(
            [task for task in tasks.values() if task.is_open],
            events=self._events(events),
            at=at,
            windows=policy.windows,
            slots=policy.slots,
            rules=rules,
            lenient=True,
        )
        solution = repaired_plan(model.problem, kept=model.current(), effort=1)
        proposal = proposal_of(model, solution)
        spares = {each.task.id: self.spares[1:] for each in proposal.changes if each.count > 1}
        Applying(recorder=self.recorder, stores=self.stores, policy=policy).apply(proposal, spares)
        return _Outcome(
            command=self.recorder.commit(),
            proposal=proposal,
            before=before.problem.cost(before.current()),
        )

    def _holds(self, task: Task) -> bool:
        end = task.scheduled_end
        return task.status in _HOLDS and end is not None and end > self.recorder.at

    def _days(self) -> int:
        scenario, rules = self.scenario, self.runtime.policy.planning
        last = scenario.when.end if scenario.when else scenario.instant
        ahead = 0 if last is None else (last - self.recorder.at) // timedelta(days=1) + 3
        return min(_MOST_DAYS, max(rules.days, ahead))

    def _suppose(self) -> Mapping[TaskId, Task]:
        """Make the supposition itself and return the tasks it is about, as they then are."""
        tasks: list[Task] = []
        match self.scenario.kind:
            case Kind.ADD:
                tasks = [self._added()]
            case Kind.MOVE:
                tasks = [self._moved()]
            case Kind.DUE:
                tasks = [self._due()]
            case Kind.DROP:
                for each in resolve(self.stores, self.scenario.task):
                    self.recorder.apply(each, Trigger.USER_EXPLICITLY_CANCELS)
            case Kind.OFF:
                self._take_off()
            case Kind.MEETING:
                pass  # what changes is in somebody's calendar
            case _ as unknown:
                assert_never(unknown)
        return {task.id: task for task in tasks}

    def _take_off(self) -> None:
        """Keep the time free from now on; what is over is forgotten."""
        when, attention = self.scenario.when, self.stores.attention.get()
        assert when is not None  # noqa: S101  # time off has one
        ahead = (each for each in attention.off if each.end > self.recorder.at)
        off = tuple(sorted({*ahead, when}, key=lambda each: each.start))
        self.recorder.attend(evolve(attention, off=off, version=attention.version + 1))

    def _added(self) -> Task:
        reading, policy, at = self.scenario.reading, self.runtime.policy, self.recorder.at
        assert reading is not None  # noqa: S101  # an addition has one
        task = Task(
            id=self.spares[0],
            user_id=self.runtime.user_id,
            number=self.stores.tasks.next_number(),
            created_at=at,
            **as_told(
                reading, at=at, policy=policy, usual=usual_length(self.stores, policy, reading)
            ),
        )
        return prioritise(self.recorder, policy, self.recorder.add(task), others=())

    def _moved(self) -> Task:
        task, instant = resolve_one(self.stores, self.scenario.task), self._instant()
        reason = Reason.of(ReasonCode.ASKED_FOR)
        self.recorder.explain(
            Explanation(task_id=task.id, topic=Topic.PLACEMENT, reasons=(reason,))
        )
        pin_too = instant if task.pinned_start is not None else None
        free = evolve(unbound(task), snoozed_until=None, pinned_start=pin_too)
        moved = settle_at(self.recorder, free, instant)
        # What was asked for is no question to the plan: it counts as pinned while it is made.
        return evolve(moved, pinned_start=instant)

    def _due(self) -> Task:
        task = resolve_one(self.stores, self.scenario.task)
        due = evolve(task, deadline=self._instant(), deadline_type=DeadlineType.HARD)
        others = self.stores.tasks.select(statuses=OPEN)
        return prioritise(self.recorder, self.runtime.policy, self.recorder.put(due), others=others)

    def _instant(self) -> datetime:
        instant = self.scenario.instant
        assert instant is not None  # noqa: S101  # this kind has one
        return instant

    def _events(self, events: Sequence[CalendarEvent]) -> tuple[CalendarEvent, ...]:
        """Return the events of the branch."""
        when = self.scenario.when
        if self.scenario.kind is Kind.OFF and when is not None:
            off = CalendarEvent(
                event_id=EventKey("off"), calendar_id=TIME_OFF, title="Off", when=when
            )
            return (*events, off)
        if self.scenario.kind is not Kind.MEETING:
            return tuple(events)
        ahead = Interval(self.recorder.at, self.recorder.at + timedelta(days=_MOST_DAYS))
        moved = event_called(self.stores, self.scenario.title, ahead=ahead)
        start = self._instant()
        anew = evolve(moved, when=Interval(start, start + moved.when.length))
        return (*(each for each in events if each != moved), anew)


def _shows(change: Change[Task]) -> bool:
    """Say whether a person would see the difference."""
    before, after = change.before, change.after
    return before is None or after is None or evolve(after, version=before.version) != before


def _is_late(task: Task) -> bool:
    end = task.scheduled_end
    due = task.deadline if task.deadline_type is not DeadlineType.NONE else None
    return task.is_open and end is not None and due is not None and end > due
