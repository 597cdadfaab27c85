"""Moving a task along its life: start, done, block, unblock, drop and reopen."""

from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from attrs import evolve, frozen

from donna_core.domain.capture.cleaning import clean
from donna_core.domain.capture.dates import plus_months
from donna_core.domain.errors import CalendarUnreadable
from donna_core.domain.ids import TaskId
from donna_core.domain.policy import Policy
from donna_core.domain.tasks.history import Command
from donna_core.domain.tasks.machine import Trigger
from donna_core.domain.tasks.task import (
    OPEN,
    DeadlineType,
    InputChannel,
    Rest,
    Task,
    TaskStatus,
)
from donna_core.domain.timing.recurrence import Recurrence
from donna_core.domain.timing.zones import instant_at, local, local_day
from donna_core.ports.unit_of_work import Stores
from donna_core.usecases.mirroring import mirror_calendars
from donna_core.usecases.placing import place, settle_at
from donna_core.usecases.recorder import Origin, Recorder
from donna_core.usecases.references import resolve
from donna_core.usecases.runtime import Runtime


class Verb(StrEnum):
    """What can be done with a task's status."""

    START = "start"
    DONE = "done"
    BLOCK = "block"
    UNBLOCK = "unblock"
    DROP = "drop"
    REOPEN = "reopen"


@frozen(kw_only=True)
class Changed:
    """What a command left behind: the command itself and the tasks as they now stand."""

    command: Command

    @property
    def tasks(self) -> tuple[Task, ...]:
        """The tasks the command changed and left, in the order it touched them."""
        return tuple(change.after for change in self.command.tasks if change.after is not None)


@frozen(kw_only=True)
class _Move:
    """One verb applied within one decision; ``spare`` is the id of a task it may bring forth."""

    recorder: Recorder
    stores: Stores
    policy: Policy
    spare: TaskId
    reason: str
    at: datetime
    unreadable: tuple[CalendarUnreadable, ...]

    def place(self, task: Task) -> Task:
        """Find the task a slot from now on."""
        return place(
            self.recorder,
            self.policy,
            task,
            not_before=self.at,
            unreadable=self.unreadable,
        )


async def advance(
    runtime: Runtime,
    reference: str,
    verb: Verb,
    *,
    reason: str = "",
    channel: InputChannel = InputChannel.APP,
) -> Changed:
    """Take the step for every task the reference names, all of them or none.

    Finishing is possible from everywhere and brings forth the next occurrence of a recurring
    task. Raise ``TaskNotFound``, ``AmbiguousReference`` or ``InvalidTransition``, which names
    the steps that are possible, and ``CalendarUnreadable`` when an unblocked task needs a slot.
    """
    reason = clean(reason, limit=runtime.policy.text_limit)[0] if reason.strip() else ""
    unreadable: tuple[CalendarUnreadable, ...] = ()
    if verb in _NEEDS_A_SLOT:
        unreadable = (await mirror_calendars(runtime)).unreadable
    origin = Origin.draw(runtime, verb, reason or reference, channel=channel)
    spares = [TaskId(runtime.ids.new()) for _ in range(_MOST_AT_ONCE)]
    prefer = {TaskStatus.DONE, TaskStatus.CANCELLED} if verb is Verb.REOPEN else None

    def decide(stores: Stores) -> Changed:
        recorder = Recorder(stores, runtime.policy, origin)
        tasks = resolve(stores, reference, prefer=prefer) if prefer else resolve(stores, reference)
        for task, spare in zip(tasks, _enough(spares, len(tasks)), strict=False):
            move = _Move(
                recorder=recorder,
                stores=stores,
                policy=runtime.policy,
                spare=spare,
                reason=reason,
                at=origin.at,
                unreadable=unreadable,
            )
            _STEPS[verb](move, recorder.task(task.id) or task)
        return Changed(command=recorder.commit())

    return await runtime.unit_of_work.run(decide)


_NEEDS_A_SLOT = frozenset({Verb.UNBLOCK, Verb.REOPEN, Verb.DONE})
_MOST_AT_ONCE = 8


def _enough(spares: list[TaskId], count: int) -> list[TaskId]:
    """Return at least ``count`` ids, the further ones derived from the last drawn."""
    return [*spares, *(TaskId(f"{spares[-1]}-{n}") for n in range(count - len(spares)))]


def _start(move: _Move, task: Task) -> None:
    if task.status in {TaskStatus.BACKLOG, TaskStatus.NEEDS_SCHEDULING}:
        task = settle_at(move.recorder, task, move.at)
    started = move.recorder.apply(task, Trigger.USER_ACKNOWLEDGES_START_OR_TIME_ARRIVES)
    move.recorder.put(evolve(started, scheduled_start=move.at))


def _done(move: _Move, task: Task) -> None:
    move.recorder.complete(task)
    following = successor(task, at=move.at, policy=move.policy)
    if following is None or _is_there_already(move, following):
        return
    fresh = evolve(following, id=move.spare, number=move.stores.tasks.next_number())
    move.recorder.add(fresh)
    move.place(fresh)


def _is_there_already(move: _Move, following: Task) -> bool:
    """Whether the next occurrence exists, as it does when a finished task was reopened."""
    return any(
        (each.title, each.recurrence, each.time_intent.rest)
        == (following.title, following.recurrence, following.time_intent.rest)
        and each.id != following.id
        for each in move.stores.tasks.select(statuses=OPEN)
    )


def _block(move: _Move, task: Task) -> None:
    blocked = move.recorder.apply(task, Trigger.USER_OR_AGENT_REPORTS_BLOCKER)
    if move.reason:
        move.recorder.put(evolve(blocked, notes=(*blocked.notes, f"Blocked: {move.reason}")))


def _unblock(move: _Move, task: Task) -> None:
    # The table must allow the step even where no slot is found in the end.
    move.policy.machine.apply(task, Trigger.BLOCKER_RESOLVED, at=move.at)
    if move.unreadable:
        raise move.unreadable[0]
    move.place(task)


def _drop(move: _Move, task: Task) -> None:
    move.recorder.apply(task, Trigger.USER_EXPLICITLY_CANCELS)


def _reopen(move: _Move, task: Task) -> None:
    if task.status is TaskStatus.CANCELLED:
        back = move.recorder.apply(task, Trigger.USER_REOPENS_CANCELLED)
        move.place(back)
    else:
        reopened = move.recorder.apply(task, Trigger.USER_REOPENS)
        move.recorder.put(evolve(reopened, scheduled_start=move.at))


_STEPS: dict[Verb, Callable[[_Move, Task], None]] = {
    Verb.START: _start,
    Verb.DONE: _done,
    Verb.BLOCK: _block,
    Verb.UNBLOCK: _unblock,
    Verb.DROP: _drop,
    Verb.REOPEN: _reopen,
}


def successor(task: Task, *, at: datetime, policy: Policy) -> Task | None:
    """Return the next occurrence of a task that comes back as a fresh one, or ``None``.

    Occurrences of a rule count from its own anchor, so finishing late or early shifts nothing.
    A task that comes back after a rest is meant for the local day that far from ``at``.
    """
    if task.time_intent.rest is not None:
        return _after_rest(task, task.time_intent.rest, at=at, zone=policy.zone)
    if task.recurrence is None:
        return None
    anchor = task.pinned_start or task.scheduled_start or task.created_at
    rule = Recurrence.parse(task.recurrence)
    following = rule.next_after(max(at, anchor), zone=policy.zone, anchor=anchor)
    if following is None:
        return None
    return evolve(
        _fresh(task, at=at),
        deadline=following + (task.deadline - anchor) if task.deadline else None,
        pinned_start=following if task.pinned_start else None,
        snoozed_until=None if task.pinned_start else following,
    )


def _after_rest(task: Task, rest: Rest, *, at: datetime, zone: ZoneInfo) -> Task:
    done_on = local(at, zone).date()
    following = plus_months(done_on, rest.months) + timedelta(days=rest.days)
    if task.pinned_start is not None:
        start = instant_at(following, local(task.pinned_start, zone).time(), zone)
        intent = evolve(task.time_intent, earliest=start, due_at=start, latest=start)
        return evolve(_fresh(task, at=at), pinned_start=start, time_intent=intent)
    day = local_day(following, zone)
    due = day.end - timedelta(minutes=1)
    return evolve(
        _fresh(task, at=at),
        deadline=due,
        deadline_type=DeadlineType.SOFT,
        time_intent=evolve(task.time_intent, earliest=day.start, due_at=due, latest=due),
    )


def _fresh(task: Task, *, at: datetime) -> Task:
    """Return the task as if it had just been captured, without a time of its own."""
    return Task(
        id=task.id,
        user_id=task.user_id,
        number=task.number,
        title=task.title,
        created_at=at,
        description=task.description,
        domain=task.domain,
        priority=task.base_priority,
        base_priority=task.base_priority,
        priority_locked=task.priority_locked,
        estimated_duration=task.estimated_duration,
        deadline_type=task.deadline_type,
        recurrence=task.recurrence,
        parent_task=task.parent_task,
        prep_work_flag=task.prep_work_flag,
        prep_work_instructions=task.prep_work_instructions,
        agent_eligible=task.agent_eligible,
        tags=task.tags,
        created_via=task.created_via,
        time_intent=task.time_intent,
    )
