"""Planning the days ahead: a proposal that shows everything, and applying exactly that."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from attrs import evolve, frozen

from donna_core.domain.errors import Refused
from donna_core.domain.ids import TaskId
from donna_core.domain.planning.calendar_events import CalendarEvent
from donna_core.domain.planning.improve import improved_plan
from donna_core.domain.planning.model import Model
from donna_core.domain.planning.modelling import model_of
from donna_core.domain.planning.proposal import (
    Planned,
    Proposal,
    Unplaced,
    proposal_of,
)
from donna_core.domain.policy import Policy
from donna_core.domain.tasks.history import Actor, Explanation, Offer, Topic
from donna_core.domain.tasks.machine import Trigger
from donna_core.domain.tasks.task import MAY_BE_PLACED, OPEN, Task, TaskStatus
from donna_core.domain.timing.interval import Interval
from donna_core.domain.timing.zones import local, local_day
from donna_core.ports.unit_of_work import Stores
from donna_core.usecases.advance import Changed
from donna_core.usecases.mirroring import events_in, mirror_calendars
from donna_core.usecases.placing import place, settle_at, unbound
from donna_core.usecases.recorder import Origin, Recorder
from donna_core.usecases.runtime import Runtime
from donna_core.usecases.splitting import split


class PlanOutdated(Refused):
    """Something changed between the proposal and its application."""

    def __init__(self, changed: Sequence[str]) -> None:
        self.changed = tuple(changed)
        what = ", ".join(self.changed[:3])
        super().__init__(
            f"The plan is out of date: {what} changed since. Nothing was moved. Plan again."
        )


@frozen(kw_only=True)
class WeekPlan:
    """A proposal and what it was made from: it applies only while that is still so.

    ``seconds`` is how long finding it took, by the clock of the composition.
    """

    at: datetime
    proposal: Proposal
    versions: Mapping[TaskId, int]
    stamps: Mapping[str, str]
    events: tuple[CalendarEvent, ...]
    days: int
    seconds: float


@frozen(kw_only=True)
class _Seen:
    """What a plan is made from, read in one decision."""

    tasks: tuple[Task, ...]
    events: tuple[CalendarEvent, ...]
    stamps: Mapping[str, str]

    @classmethod
    def of(cls, stores: Stores, policy: Policy, at: datetime, days: int) -> "_Seen":
        return cls(
            tasks=stores.tasks.select(statuses=OPEN),
            events=events_in(stores, days_ahead(policy, at, days)),
            stamps={name: held.stamp for name, held in stores.mirror.known().items()},
        )

    def model(self, policy: Policy, at: datetime, days: int) -> Model:
        return model_of(
            self.tasks,
            events=self.events,
            at=at,
            windows=policy.windows,
            slots=policy.slots,
            rules=evolve(policy.planning, days=days),
        )


async def propose_week(
    runtime: Runtime, *, days: int | None = None, effort: int | None = None
) -> WeekPlan:
    """Return the best plan that the effort finds for the days ahead; nothing is changed.

    ``days`` and ``effort`` are those of the configuration where they are not given. Raise
    ``CalendarUnreadable`` while nobody knows what is free.
    """
    policy = runtime.policy
    span, work = days or policy.planning.days, effort or policy.planning.effort
    at = runtime.clock.now()
    mirrored = await mirror_calendars(runtime, until=at + timedelta(days=span))
    if mirrored.unreadable:
        raise mirrored.unreadable[0]
    seen = await runtime.unit_of_work.run(lambda stores: _Seen.of(stores, policy, at, span))
    model = seen.model(policy, at, span)
    solution = await runtime.solver.solve(model.problem, kept=model.current(), effort=work)
    return WeekPlan(
        at=at,
        proposal=proposal_of(model, solution),
        versions={task.id: task.version for task in seen.tasks},
        stamps=seen.stamps,
        events=seen.events,
        days=span,
        seconds=(runtime.clock.now() - at).total_seconds(),
    )


def proposal_now(stores: Stores, policy: Policy, at: datetime) -> Proposal:
    """Return what a search without a solver proposes, from within a decision."""
    days = policy.planning.days
    model = _Seen.of(stores, policy, at, days).model(policy, at, days)
    solution, _ = improved_plan(model.problem, kept=model.current(), effort=1)
    return proposal_of(model, solution)


async def apply_week(runtime: Runtime, plan: WeekPlan, *, actor: Actor = Actor.PERSON) -> Changed:
    """Move every task where the proposal has it, as one command that one undo takes back.

    Raise ``PlanOutdated`` when a task or a calendar changed since the proposal.
    """
    origin = Origin.draw(runtime, "plan week", "", actor=actor)
    spares = {
        each.task.id: [TaskId(runtime.ids.new()) for _ in range(each.count - 1)]
        for each in plan.proposal.changes
        if each.count > 1
    }

    def decide(stores: Stores) -> Changed:
        _check(stores, plan)
        recorder = Recorder(stores, runtime.policy, origin)
        applying = Applying(recorder=recorder, stores=stores, policy=runtime.policy)
        applying.apply(plan.proposal, spares)
        return Changed(command=recorder.commit())

    return await runtime.unit_of_work.run(decide)


def days_ahead(policy: Policy, at: datetime, days: int) -> Interval:
    """Return so many local days, today included, with a day more on each side."""
    today = local(at, policy.zone).date()
    return Interval(
        local_day(today - timedelta(days=1), policy.zone).start,
        local_day(today + timedelta(days=days), policy.zone).end,
    )


def _check(stores: Stores, plan: WeekPlan) -> None:
    tasks = stores.tasks.select(statuses=OPEN)
    changed = [task.handle for task in tasks if plan.versions.get(task.id) != task.version]
    gone = plan.versions.keys() - {task.id for task in tasks}
    changed += ["a task that was open"] * bool(gone)
    stamps = {name: held.stamp for name, held in stores.mirror.known().items()}
    changed += [f"calendar '{name}'" for name in stamps if plan.stamps.get(name) != stamps[name]]
    if changed:
        raise PlanOutdated(changed)


@frozen(kw_only=True)
class Applying:
    """Puts every task where a proposal has it, within one decision."""

    recorder: Recorder
    stores: Stores
    policy: Policy

    def apply(self, proposal: Proposal, spares: Mapping[TaskId, Sequence[TaskId]]) -> None:
        """Move, split and leave out; ``spares`` are ids for all pieces of a task but its last."""
        rests = {each.task.id: each for each in proposal.unplaced}
        pieces: dict[TaskId, list[Planned]] = {}
        for each in proposal.changes:
            if each.count > 1:
                pieces.setdefault(each.task.id, []).append(each)
            else:
                self._settle(each)
        for task_id, several in pieces.items():
            self._split(several, rests.pop(task_id, None), spares[task_id])
        for rest in rests.values():
            self._leave_out(rest)

    def _settle(self, planned: Planned) -> None:
        task, at = planned.task, self.recorder.at
        if task.status not in MAY_BE_PLACED:
            return
        if task.pinned_start is not None and task.pinned_start >= at:
            place(self.recorder, self.policy, task, not_before=at)
            return
        self._explain(task.id, planned)
        settle_at(
            self.recorder, task if task.pinned_start is None else unbound(task), planned.when.start
        )

    def _split(
        self, planned: Sequence[Planned], rest: Unplaced | None, spares: Sequence[TaskId]
    ) -> None:
        task, count = planned[0].task, planned[0].count
        placed = {each.index: each for each in planned}
        lengths = {index: each.when.length for index, each in placed.items()}
        lengths.update(rest.pieces if rest else {})
        ordered = [lengths[index] for index in range(count)]
        pieces = split(self.recorder, self.stores, task, ordered, spares)
        for index, piece in enumerate(pieces):
            if index in placed:
                self._explain(piece.id, placed[index])
                settle_at(self.recorder, piece, placed[index].when.start)
            elif rest is not None:
                self._leave_out(evolve(rest, task=piece))

    def _leave_out(self, rest: Unplaced) -> None:
        """Say that a task found no room, and offer what would help; it loses the place it had."""
        task = rest.task
        offers = tuple(Offer(when=each.when, gives_up=each.gives_up) for each in rest.would_help)
        self.recorder.explain(
            Explanation(
                task_id=task.id, topic=Topic.PLACEMENT, reasons=(rest.reason,), offers=offers
            )
        )
        if task.status is TaskStatus.SCHEDULED:
            task = self.recorder.apply(task, Trigger.USER_CANCELS_SCHEDULED_TIME)
        if task.status is TaskStatus.BACKLOG:
            task = self.recorder.apply(task, Trigger.SCHEDULER_NO_SLOT_FOUND)
        self.recorder.put(task)

    def _explain(self, task_id: TaskId, planned: Planned) -> None:
        self.recorder.explain(
            Explanation(
                task_id=task_id,
                topic=Topic.PLACEMENT,
                reasons=tuple(dict.fromkeys((planned.reason, *planned.bound_by))),
            )
        )
