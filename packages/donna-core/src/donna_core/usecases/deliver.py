"""Carrying what was decided into the world, once, and only while it may and should go."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, assert_never

from attrs import frozen

from donna_core.domain.effects import CalendarWrite, Channel, Message
from donna_core.domain.errors import Degraded, Refused
from donna_core.domain.events import Event, EventKind
from donna_core.domain.followup.gate import Drop, Go, Hold, Verdict, admit
from donna_core.domain.followup.nudges import undelivered
from donna_core.domain.policy import Policy
from donna_core.domain.tasks.task import DeadlineType
from donna_core.domain.timing.zones import local, local_day
from donna_core.ports.messaging import CannotTell, MayHaveArrived, NotDelivered, Sent
from donna_core.ports.outbox import DeliveryState, Lane, OutboxRow
from donna_core.ports.unit_of_work import Stores
from donna_core.usecases.runtime import Runtime

LEASE = timedelta(seconds=60)
MOST_ATTEMPTS = 50
"""Some twenty hours of trying: a calendar that is away for an evening loses nothing."""

MOST_LOOKS = 5
"""How often a channel that does not tell is asked what became of a message."""

SETTLE_DELAY = timedelta(seconds=30)
"""How late a message may still show up on its channel."""

MESSAGE_LANES = tuple(lane for lane in Lane if lane is not Lane.CALENDAR)

_MAY_HAVE_LEFT = frozenset({DeliveryState.SENT, DeliveryState.IN_FLIGHT, DeliveryState.UNKNOWN})
_FIRST_PAUSE, _LONGEST_PAUSE = timedelta(seconds=30), timedelta(minutes=30)
_MOST_DOUBLINGS = 6


@frozen(kw_only=True)
class Delivered:
    """What one round of deliveries did, row by row, with what went wrong."""

    sent: tuple[OutboxRow, ...]
    failed: tuple[tuple[OutboxRow, str], ...]


Together = Callable[..., Awaitable[Sequence[Any]]]
"""How several acts are waited for: ``asyncio.gather``, or one after the other."""


async def deliver_messages(runtime: Runtime, *, together: Together = asyncio.gather) -> Delivered:
    """Carry what is due over every channel, each on its own, so that none waits for another."""
    lanes = await together(*(deliver(runtime, lane) for lane in MESSAGE_LANES))
    return Delivered(
        sent=tuple(row for lane in lanes for row in lane.sent),
        failed=tuple(row for lane in lanes for row in lane.failed),
    )


async def deliver(runtime: Runtime, lane: Lane) -> Delivered:
    """Carry every row of the lane that is due; none while everything is paused.

    A row is claimed under a lease before it leaves and settled under its fence after; it
    passes the gate in the transaction that claims it. Rows are claimed one by one, so that
    each is judged by what left before it and none waits under a lease while another is slow.
    """
    sent: list[OutboxRow] = []
    failed: list[tuple[OutboxRow, str]] = []
    while (claimed := await _claim(runtime, lane)) is not None:
        row, may_go = claimed
        if not may_go:
            continue
        if row.state is DeliveryState.UNKNOWN and isinstance(row.delivery, Message):
            await _look_for(runtime, row, row.delivery)
            continue
        problem = await _carry(runtime, row)
        if problem is None:
            sent.append(row)
        else:
            failed.append((row, problem))
    return Delivered(sent=tuple(sent), failed=tuple(failed))


def sent_on_day(
    stores: Stores, policy: Policy, channel: Channel, at: datetime, *, besides: str = ""
) -> int:
    """Return how many messages left over the channel on the local day of this instant.

    One on its way, or whose fate is not known, counts as having left.
    """
    day = local_day(local(at, policy.zone).date(), policy.zone)
    left = stores.outbox.select(lane=Lane(channel), states=_MAY_HAVE_LEFT)
    return sum(
        1
        for row in left
        if row.delivery.key != besides and (row.sent_at is None or day.contains(row.sent_at))
    )


async def _claim(runtime: Runtime, lane: Lane) -> tuple[OutboxRow, bool] | None:
    """Return the next row that is due and whether it may go now; else it is held or dropped."""
    at = runtime.clock.now()

    def decide(stores: Stores) -> tuple[OutboxRow, bool] | None:
        if stores.attention.get().paused_at is not None:
            return None
        rows = stores.outbox.claim(lane, now=at, lease_until=at + LEASE, limit=1)
        return (rows[0], _may_go(stores, runtime.policy, rows[0], at)) if rows else None

    return await runtime.unit_of_work.run(decide)


def _may_go(stores: Stores, policy: Policy, row: OutboxRow, at: datetime) -> bool:
    if row.attempts > MOST_ATTEMPTS:
        _settle_unsent(stores, row, DeliveryState.DEAD, at, "every attempt ended the process")
        return False
    message = row.delivery
    if isinstance(message, CalendarWrite):
        return _is_in_turn(stores, row, message, at)
    if row.state is DeliveryState.UNKNOWN:
        if message.channel is Channel.PHONE:
            _settle_unsent(stores, row, DeliveryState.DEAD, at, "a call is never tried twice")
        return message.channel is not Channel.PHONE  # looked for; the gate comes after that
    return _passes(stores, policy, row, message, at)


def _passes(stores: Stores, policy: Policy, row: OutboxRow, message: Message, at: datetime) -> bool:
    """Ask the gate; what it holds or drops is settled."""
    verdict = _asked_at_the_gate(stores, policy, message, at)
    match verdict:
        case Go():
            return True
        case Hold(until=until, why=why):
            _hold(stores, row, at, until, why)
            return False
        case Drop(why=why):
            _settle_unsent(stores, row, DeliveryState.CANCELLED, at, why)
            return False
        case _:
            assert_never(verdict)


def _is_in_turn(stores: Stores, row: OutboxRow, write: CalendarWrite, at: datetime) -> bool:
    """Whether this is what the event should become now; each write says all of it.

    One that was overtaken while it waited to be tried again must not go any more, and one
    whose predecessor may be arriving at this moment has to come after it.
    """
    same_event = [
        other
        for other in stores.outbox.select(lane=Lane.CALENDAR, task_id=write.task_id)
        if isinstance(other.delivery, CalendarWrite) and other.delivery.event_id == write.event_id
    ]
    if any(other.sequence > row.sequence for other in same_event):
        _settle_unsent(stores, row, DeliveryState.CANCELLED, at, "a later write replaces it")
        return False
    leases = [
        other.lease_until
        for other in same_event
        if other.state is DeliveryState.IN_FLIGHT and other.sequence < row.sequence
    ]
    until = max((lease for lease in leases if lease is not None), default=at)
    if until > at:
        _hold(stores, row, at, until, "an earlier write is on its way")
        return False
    return True


def _hold(stores: Stores, row: OutboxRow, at: datetime, until: datetime, why: str) -> None:
    stores.outbox.settle(
        row.delivery.key,
        fence=row.fence,
        state=DeliveryState.PENDING,
        at=at,
        not_before=until,
        note=why,
    )
    stores.events.append([_event(EventKind.MESSAGE_HELD, row, at, why)])


def _asked_at_the_gate(stores: Stores, policy: Policy, message: Message, at: datetime) -> Verdict:
    def sent(channel: Channel) -> int:
        if message.channel is not channel:
            return 0
        return sent_on_day(stores, policy, channel, at, besides=message.key)

    task_id = message.task_id
    return admit(
        message,
        at=at,
        windows=policy.windows,
        attention=stores.attention.get(),
        task=stores.tasks.get(task_id) if task_id else None,
        escalation=stores.escalations.get(task_id) if task_id else None,
        calls_today=sent(Channel.PHONE),
        texts_today=sent(Channel.SMS),
        ladder=policy.ladder,
    )


async def _carry(runtime: Runtime, row: OutboxRow) -> str | None:
    """Hand the row to the world and settle it; return the problem, if any."""
    try:
        remote_id = await _hand_over(runtime, row)
    except Refused as error:
        await _settle_failure(runtime, row, str(error), final=True)
        return str(error)
    except MayHaveArrived as error:
        await _settle_unknown(runtime, row, str(error))
        return str(error)
    except Degraded as error:
        asked = error.retry_after if isinstance(error, NotDelivered) else None
        final = row.attempts >= MOST_ATTEMPTS
        await _settle_failure(runtime, row, str(error), final=final, pause=asked)
        return str(error)
    await _settle_sent(runtime, row, remote_id)
    return None


async def _look_for(runtime: Runtime, row: OutboxRow, message: Message) -> None:
    """Find out what became of a message whose fate is not known, before anything else.

    One that is not there is sent again once it had the time to show up. Where the channel does
    not tell, only the question about a hard deadline is risked twice.
    """
    at = runtime.clock.now()
    try:
        found = await runtime.notifier.find(message, since=row.left_at or at)
    except CannotTell as error:
        await runtime.unit_of_work.run(_untold(row, message, at=at, why=str(error)))
        return
    if found is not None:
        await _settle_sent(runtime, row, found.remote_id)
    elif row.left_at is not None and at < row.left_at + SETTLE_DELAY:
        await _settle_unknown(runtime, row, "it may still show up")
    else:
        await runtime.unit_of_work.run(lambda stores: _again(stores, row, at, "it never arrived"))


def _untold(
    row: OutboxRow, message: Message, *, at: datetime, why: str
) -> Callable[[Stores], None]:
    def decide(stores: Stores) -> None:
        task = stores.tasks.get(message.task_id) if message.task_id else None
        if task is not None and task.deadline_type is DeadlineType.HARD:
            _again(stores, row, at, f"{why} Its deadline is hard, so it goes out again.")
        elif row.attempts > MOST_LOOKS:
            _settle_unsent(stores, row, DeliveryState.DEAD, at, why)
        else:
            stores.outbox.settle(
                row.delivery.key, fence=row.fence, state=DeliveryState.UNKNOWN, at=at, note=why
            )

    return decide


def _again(stores: Stores, row: OutboxRow, at: datetime, why: str) -> None:
    stores.outbox.settle(
        row.delivery.key,
        fence=row.fence,
        state=DeliveryState.PENDING,
        at=at,
        not_before=at,
        note=why,
    )


async def _settle_unknown(runtime: Runtime, row: OutboxRow, why: str) -> None:
    at = runtime.clock.now()
    await runtime.unit_of_work.run(
        lambda stores: stores.outbox.settle(
            row.delivery.key, fence=row.fence, state=DeliveryState.UNKNOWN, at=at, note=why
        )
    )


async def _settle_sent(runtime: Runtime, row: OutboxRow, remote_id: str) -> None:
    at = runtime.clock.now()

    def decide(stores: Stores) -> None:
        stores.outbox.settle(
            row.delivery.key, fence=row.fence, state=DeliveryState.SENT, at=at, remote_id=remote_id
        )
        if isinstance(row.delivery, Message):
            stores.events.append([_event(EventKind.MESSAGE_SENT, row, at, row.delivery.channel)])

    await runtime.unit_of_work.run(decide)


async def _hand_over(runtime: Runtime, row: OutboxRow) -> str:
    match row.delivery:
        case CalendarWrite() as write:
            await runtime.own_calendar.write(write)
            return write.event_id
        case Message() as message:
            sent: Sent = await runtime.notifier.send(message)
            return sent.remote_id
        case _:
            assert_never(row.delivery)


async def _settle_failure(
    runtime: Runtime, row: OutboxRow, problem: str, *, final: bool, pause: timedelta | None = None
) -> None:
    at = runtime.clock.now()
    doublings = min(row.attempts - 1, _MOST_DOUBLINGS)
    wait = pause or min(_LONGEST_PAUSE, _FIRST_PAUSE * 2**doublings)

    def decide(stores: Stores) -> None:
        if final:
            _settle_unsent(stores, row, DeliveryState.DEAD, at, problem)
            return
        stores.outbox.settle(
            row.delivery.key,
            fence=row.fence,
            state=DeliveryState.PENDING,
            at=at,
            not_before=at + wait,
            note=problem,
        )

    await runtime.unit_of_work.run(decide)


def _settle_unsent(
    stores: Stores, row: OutboxRow, state: DeliveryState, at: datetime, why: str
) -> None:
    stores.outbox.settle(row.delivery.key, fence=row.fence, state=state, at=at, note=why)
    if state is DeliveryState.DEAD:
        stores.events.append([_event(EventKind.DELIVERY_FAILED, row, at, why)])
        notice = undelivered(row.delivery, at=at, why=why)
        if notice is not None:
            stores.outbox.add([notice], at=at)


def _event(kind: EventKind, row: OutboxRow, at: datetime, what: str) -> Event:
    return Event(
        kind=kind,
        at=at,
        task_id=row.delivery.task_id,
        data={"key": row.delivery.key, "what": what},
    )
