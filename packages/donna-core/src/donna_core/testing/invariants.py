"""What has to hold over everything a world ever did, whatever was asked of it.

Each function returns its violations in words; ``violations`` asks them all.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from functools import partial

from donna_core.domain.effects import CalendarWrite, Message, MessageKind
from donna_core.domain.followup.consequences import event_image
from donna_core.domain.planning.calendar_events import CalendarEvent
from donna_core.domain.policy import Policy
from donna_core.domain.tasks.history import REMEMBER
from donna_core.domain.tasks.machine import Trigger
from donna_core.domain.tasks.task import HIGHEST_PRIORITY, TaskStatus
from donna_core.domain.timing.zones import local
from donna_core.ports.outbox import DeliveryState, OutboxRow
from donna_core.ports.unit_of_work import Stores
from donna_core.testing.world import Received

EVERYTHING = 1_000_000
_TAKEN_BACK = frozenset({"undo", "redo"})

Check = Callable[[Stores], Iterator[str]]


def violations(
    stores: Stores,
    *,
    policy: Policy,
    said: Sequence[str],
    received: Iterable[Received],
    calendar: Iterable[CalendarEvent],
) -> tuple[str, ...]:
    """Return everything that should not be so.

    ``said`` are the texts that were acknowledged, ``received`` what reached the person and
    ``calendar`` what stands in the calendar Donna writes, once all deliveries have arrived.
    """
    seen = tuple(received)
    checks: tuple[Check, ...] = (
        partial(nothing_said_is_lost, said=said),
        nothing_is_sent_twice,
        partial(nothing_arrives_undecided, received=seen),
        partial(one_digest_a_day, policy=policy),
        partial(nobody_is_disturbed, policy=policy),
        partial(histories_are_paths, policy=policy),
        partial(the_calendar_is_true, calendar=tuple(calendar)),
    )
    return tuple(problem for check in checks for problem in check(stores))


def nothing_said_is_lost(stores: Stores, *, said: Sequence[str]) -> Iterator[str]:
    """Every text that was acknowledged is kept, byte for byte, with the task it became."""
    commands = stores.history.recent(EVERYTHING)
    kept = Counter(command.text for command in commands if command.verb in {"capture", REMEMBER})
    for text, times in Counter(said).items():
        if kept[text] != times:
            yield f"'{text}' was said {times} times and is kept {kept[text]} times"
    for command in commands:
        if command.verb == "capture" and not command.undone:
            ids = [change.after.id for change in command.tasks if change.after]
            if not ids or len(stores.tasks.select(ids=ids)) != len(ids):
                yield f"'{command.text}' has no task"


def nothing_is_sent_twice(stores: Stores) -> Iterator[str]:
    """No two deliveries that were sent share a key."""
    keys = Counter(row.delivery.key for row in _sent(stores))
    yield from (f"{key} was sent {times} times" for key, times in keys.items() if times > 1)


def nothing_arrives_undecided(stores: Stores, *, received: Iterable[Received]) -> Iterator[str]:
    """Whatever arrived was decided before, and arrived once."""
    rows = {row.delivery.key: row for row in stores.outbox.select()}
    arrivals = Counter(each.message.key for each in received)
    yield from (f"{key} arrived {times} times" for key, times in arrivals.items() if times > 1)
    for each in received:
        row = rows.get(each.message.key)
        if row is None or row.delivery != each.message or each.message.not_before > each.at:
            yield f"{each.message.key} arrived without a decision"


def one_digest_a_day(stores: Stores, *, policy: Policy) -> Iterator[str]:
    """A local date has at most one digest of a kind."""
    sent = [
        (row.delivery.subject, local(at, policy.zone).date())
        for row, at in _messages(stores)
        if isinstance(row.delivery, Message) and row.delivery.kind is MessageKind.DIGEST
    ]
    for (subject, day), times in Counter(sent).items():
        if times > 1:
            yield f"'{subject}' came {times} times on {day}"


def nobody_is_disturbed(stores: Stores, *, policy: Policy) -> Iterator[str]:
    """Nothing leaves in the blackout, and in quiet hours only the highest priority."""
    for row, at in _messages(stores):
        urgent = isinstance(row.delivery, Message) and row.delivery.priority == HIGHEST_PRIORITY
        if policy.windows.in_blackout(at) or (policy.windows.in_quiet(at) and not urgent):
            yield f"{row.delivery.key} left at {at.isoformat()}"


def histories_are_paths(stores: Stores, *, policy: Policy) -> Iterator[str]:
    """The steps of a task join up, each is in the table, and they end where the task stands."""
    rows = _rows_of(policy)
    for task in stores.tasks.select():
        here = policy.machine.initial
        for step in stores.history.steps(task.id):
            known = step.trigger in _TAKEN_BACK or (step.origin, step.target) in rows
            if step.origin is not here or not known:
                yield f"{task.handle} went from {step.origin} to {step.target} by {step.trigger}"
            here = step.target
        if here is not task.status:
            yield f"{task.handle} is {task.status}, its history says {here}"


def the_calendar_is_true(stores: Stores, *, calendar: Iterable[CalendarEvent]) -> Iterator[str]:
    """Donna's events are those her tasks imply, and each of them was decided."""
    tasks = [task for task in stores.tasks.select() if task.calendar_event_id is not None]
    images = {task.calendar_event_id: event_image(task) for task in tasks}
    wanted = {key: (image.title, image.when) for key, image in images.items() if image}
    shown = {each.event_id: (each.title, each.when) for each in calendar if each.task_id}
    if shown != wanted:
        yield f"the calendar shows {shown} and ought to show {wanted}"
    written = {
        row.delivery.event_id for row in _sent(stores) if isinstance(row.delivery, CalendarWrite)
    }
    yield from (f"event {key} was never decided" for key in shown if key not in written)


def _rows_of(policy: Policy) -> set[tuple[TaskStatus, TaskStatus]]:
    machine = policy.machine
    return {
        (status, machine.decide(status, Trigger(trigger)).target)
        for status in TaskStatus
        for trigger in machine.possible(status)
    }


def _sent(stores: Stores) -> tuple[OutboxRow, ...]:
    return stores.outbox.select(states={DeliveryState.SENT})


def _messages(stores: Stores) -> Iterator[tuple[OutboxRow, datetime]]:
    for row in _sent(stores):
        if isinstance(row.delivery, Message) and row.sent_at is not None:
            yield row, row.sent_at
