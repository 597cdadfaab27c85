"""Changing when: move, snooze, pin, unpin, accept an offer, and plan what has no place."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from attrs import evolve, frozen

from donna_core.domain.errors import CalendarUnreadable, NextStep, Refused
from donna_core.domain.ids import TaskId
from donna_core.domain.planning.reasons import Reason, ReasonCode
from donna_core.domain.planning.search import is_open, outside_blackout
from donna_core.domain.policy import Policy
from donna_core.domain.tasks.history import Explanation, Offer, Topic
from donna_core.domain.tasks.task import MAY_BE_PLACED, OPEN, InputChannel, Task, TaskStatus
from donna_core.domain.timing.interval import Interval
from donna_core.ports.unit_of_work import Stores
from donna_core.usecases.advance import Changed
from donna_core.usecases.anchoring import tie_again
from donna_core.usecases.making_way import make_room
from donna_core.usecases.mirroring import Glance, mirror_calendars
from donna_core.usecases.placing import carry_along, place, settle_at, unbound
from donna_core.usecases.prioritising import prioritise
from donna_core.usecases.recorder import Origin, Recorder
from donna_core.usecases.references import resolve, resolve_one
from donna_core.usecases.runtime import Runtime

HISTORY_READ = 50
FARTHEST = timedelta(days=3660)
"""How far ahead anything may be put; further is a slip of the pen."""


class NothingOffered(Refused):
    """There is no open offer of that number for this task."""

    def __init__(self, task: Task, *, wanted: int, offers: int) -> None:
        self.task_number, self.wanted, self.offers = task.number, wanted, offers
        known = f"It has offers 1 to {offers}." if offers else "It has none."
        self.next_step = NextStep("plan", "looks for new ones")
        super().__init__(f"{task.handle} has no offer {wanted}. {known}")


class ClosedTask(Refused):
    """The task is finished or dropped and takes no new time."""

    def __init__(self, task: Task) -> None:
        self.task_number, self.status = task.number, task.status
        self.next_step = NextStep("reopen", "brings it back", (task.number,))
        super().__init__(f"{task.handle} '{task.title}' is {task.status}.")


class InThePast(Refused):
    """Nothing can be planned before now."""

    def __init__(self, when: datetime) -> None:
        self.when = when
        super().__init__(f"{when:%Y-%m-%d %H:%M} UTC is over. Name a time still to come.")


class TooFarAhead(Refused):
    """The time is so far ahead that it cannot be meant."""

    def __init__(self, when: datetime) -> None:
        self.when = when
        super().__init__(f"{when:%Y-%m-%d} is more than ten years ahead. Name a nearer time.")


class InBlackout(Refused):
    """Nothing is planned in the blackout, not even what was asked for."""

    def __init__(self, task: Task, start: datetime) -> None:
        self.task_number, self.start = task.number, start
        super().__init__(
            f"{task.handle} cannot start {start:%Y-%m-%d %H:%M} UTC: it would reach into the "
            "blackout. Name another time, or change the blackout in calendar.yaml."
        )


@frozen(kw_only=True)
class _Ground:
    """What a step stands on within one decision."""

    stores: Stores
    recorder: Recorder
    policy: Policy
    unreadable: tuple[CalendarUnreadable, ...]

    def place(self, task: Task, *, not_before: datetime) -> Task:
        """Find the task a slot; raise ``CalendarUnreadable`` while nobody knows what is free."""
        if self.unreadable:
            raise self.unreadable[0]
        return place(self.recorder, self.policy, task, not_before=not_before)

    def settle(self, task: Task, start: datetime) -> Task:
        """Put the task where the person wants it; only the blackout refuses."""
        when = Interval(start, start + task.estimated_duration)
        awake = outside_blackout(self.policy.windows)
        if not is_open(awake, task.domain, priority=task.priority, when=when):
            raise InBlackout(task, start)
        settled = settle_at(self.recorder, task, start)
        make_room(self.recorder, self.policy, settled, confirmed=False)
        carry_along(self.recorder, self.policy, settled, unreadable=self.unreadable)
        return settled


_Step = Callable[[_Ground, Task], object]


async def move(
    runtime: Runtime,
    reference: str,
    *,
    to: datetime | None = None,
    after: datetime | None = None,
    channel: InputChannel = InputChannel.APP,
) -> Changed:
    """Put the task at an instant, or at the first free place after one, else at the next free.

    A named instant is honoured even outside the usual windows, because the person asked; only
    the past and the blackout are refused.
    """
    _check_time(runtime, to or after)

    def step(ground: _Ground, task: Task) -> object:
        if to is not None:
            _explain_wish(ground.recorder, task)
            pin_too = to if task.pinned_start is not None else None
            moved = evolve(unbound(task), snoozed_until=None, pinned_start=pin_too)
            return ground.settle(moved, to)
        at = ground.recorder.at
        later = after or (task.scheduled_start or at) + runtime.policy.slots.step
        awake = evolve(unbound(task), snoozed_until=None)
        return ground.place(awake, not_before=max(at, later))

    return await _change(runtime, "move", reference, step, until=after, channel=channel)


async def snooze(
    runtime: Runtime,
    reference: str,
    *,
    until: datetime,
    channel: InputChannel = InputChannel.APP,
) -> Changed:
    """Leave the person alone about the task until then, and place it after.

    A task that is planned for later than that stays where it is.
    """
    _check_time(runtime, until)

    def step(ground: _Ground, task: Task) -> object:
        if task.scheduled_start is not None and task.scheduled_start >= until:
            return ground.recorder.put(evolve(task, snoozed_until=until))
        asleep = evolve(unbound(task), snoozed_until=until)
        return ground.place(asleep, not_before=ground.recorder.at)

    return await _change(runtime, "snooze", reference, step, until=until, channel=channel)


async def pin(runtime: Runtime, reference: str, *, to: datetime | None) -> Changed:
    """Fix the task where it is, or at an instant, so that no plan moves it."""
    _check_time(runtime, to)

    def step(ground: _Ground, task: Task) -> object:
        where = to or task.scheduled_start
        if where is None or where < ground.recorder.at:
            placed = ground.place(task, not_before=ground.recorder.at)
            return ground.recorder.put(evolve(placed, pinned_start=placed.scheduled_start))
        pinned = evolve(task, pinned_start=where)
        if where == task.scheduled_start:
            return ground.recorder.put(pinned)
        _explain_wish(ground.recorder, task)
        return ground.settle(pinned, where)

    return await _change(runtime, "pin", reference, step)


async def unpin(runtime: Runtime, reference: str) -> Changed:
    """Let plans move the task again; it stays where it is for now."""

    def step(ground: _Ground, task: Task) -> object:
        return ground.recorder.put(evolve(task, pinned_start=None))

    return await _change(runtime, "unpin", reference, step)


async def accept(runtime: Runtime, reference: str, *, offer: int = 1) -> Changed:
    """Take the offer of that number (from 1) that Donna made for a task without a place.

    Raise ``NothingOffered``, or ``InThePast`` for an offer whose time has come and gone.
    """

    def step(ground: _Ground, task: Task) -> object:
        ttl = ground.policy.negotiation.proposal_ttl
        offers = offers_for(ground.stores, task, at=ground.recorder.at, ttl=ttl)
        if not 1 <= offer <= len(offers):
            raise NothingOffered(task, wanted=offer, offers=len(offers))
        chosen = offers[offer - 1]
        if chosen.when.start < ground.recorder.at:
            raise InThePast(chosen.when.start)
        ground.recorder.explain(
            Explanation(task_id=task.id, topic=Topic.PLACEMENT, reasons=(chosen.gives_up,))
        )
        fitted = evolve(task, estimated_duration=chosen.when.length)
        settled = settle_at(ground.recorder, fitted, chosen.when.start)
        if chosen.gives_up.code is ReasonCode.DOUBLE_BOOKED:
            make_room(ground.recorder, ground.policy, settled, confirmed=True)
        return settled

    return await _change(runtime, "accept", reference, step)


async def plan(runtime: Runtime) -> tuple[Changed, Glance]:
    """Give a place to every open task without one, the most pressing first.

    Planned tasks stay where they are; those whose planned time is over are placed anew, and
    what others wait for is placed before them. Nothing is placed while a calendar is unreadable.
    """
    mirrored = await mirror_calendars(runtime)
    await tie_again(runtime, mirrored)
    origin = Origin.draw(runtime, "plan", "")

    def decide(stores: Stores) -> Changed:
        recorder = Recorder(stores, runtime.policy, origin)
        others = stores.tasks.select(statuses=OPEN)
        waiting = [
            prioritise(recorder, runtime.policy, task, others=others)
            for task in stores.tasks.select(statuses=MAY_BE_PLACED)
            if not _has_its_place(task, origin.at)
        ]
        for task in _in_order(waiting):
            if mirrored.unreadable:
                continue
            passed = task.pinned_start is not None and task.pinned_start < origin.at
            place(
                recorder,
                runtime.policy,
                unbound(task) if passed else task,
                not_before=origin.at,
            )
        return Changed(command=recorder.commit())

    return await runtime.unit_of_work.run(decide), mirrored


def offers_for(
    stores: Stores, task: Task, *, at: datetime | None = None, ttl: timedelta | None = None
) -> tuple[Offer, ...]:
    """Return the offers last made for a task that lacks a place or may make way for another.

    A proposal to make way counts for ``ttl`` from its making, where both are given.
    """
    if task.status not in {TaskStatus.NEEDS_SCHEDULING, TaskStatus.SCHEDULED}:
        return ()
    for command in stores.history.recent(HISTORY_READ, task_id=task.id):
        for explanation in command.explanations:
            about = explanation.task_id == task.id and explanation.topic is Topic.PLACEMENT
            if not about or command.undone:
                continue
            if explanation.offers:
                gone = at is not None and ttl is not None and command.at + ttl < at
                passed = task.status is TaskStatus.SCHEDULED and gone
                return () if passed else explanation.offers
            if task.status is TaskStatus.SCHEDULED:
                return ()
    return ()


async def _change(
    runtime: Runtime,
    verb: str,
    reference: str,
    step: _Step,
    *,
    until: datetime | None = None,
    channel: InputChannel = InputChannel.APP,
) -> Changed:
    mirrored = await mirror_calendars(runtime, until=until)
    origin = Origin.draw(runtime, verb, reference, channel=channel)

    def decide(stores: Stores) -> Changed:
        ground = _Ground(
            stores=stores,
            recorder=Recorder(stores, runtime.policy, origin),
            policy=runtime.policy,
            unreadable=mirrored.unreadable,
        )
        tasks = (
            (resolve_one(stores, reference),) if verb == "accept" else resolve(stores, reference)
        )
        for task in tasks:
            if not task.is_open:
                raise ClosedTask(task)
            step(ground, task)
        return Changed(command=ground.recorder.commit())

    return await runtime.unit_of_work.run(decide)


def _check_time(runtime: Runtime, instant: datetime | None) -> None:
    if instant is None:
        return
    now = runtime.clock.now()
    if instant < now:
        raise InThePast(instant)
    if instant > now + FARTHEST:
        raise TooFarAhead(instant)


def _in_order(tasks: Sequence[Task]) -> tuple[Task, ...]:
    """Return the tasks by urgency, yet each one after those it waits for."""
    waiting = {task.id: task for task in sorted(tasks, key=_urgency)}
    ordered: dict[TaskId, Task] = {}
    entered: set[TaskId] = set()

    def enter(task: Task) -> None:
        entered.add(task.id)
        for needed in task.dependencies:
            if needed in waiting and needed not in entered:
                enter(waiting[needed])
        ordered[task.id] = task

    for task in waiting.values():
        if task.id not in entered:
            enter(task)
    return tuple(ordered.values())


def _urgency(task: Task) -> tuple[int, float, int]:
    deadline = task.deadline.timestamp() if task.deadline else float("inf")
    return (-task.priority, deadline, task.number)


def _has_its_place(task: Task, at: datetime) -> bool:
    end = task.scheduled_end
    return task.status is TaskStatus.SCHEDULED and end is not None and end > at


def _explain_wish(recorder: Recorder, task: Task) -> None:
    recorder.explain(
        Explanation(
            task_id=task.id,
            topic=Topic.PLACEMENT,
            reasons=(Reason(code=ReasonCode.ASKED_FOR),),
        )
    )
