"""Carrying what was decided into the world, once, and only while it may and should go."""

from datetime import datetime, timedelta
from typing import assert_never

from attrs import frozen

from donna_core.domain.effects import CalendarWrite, Channel, Message
from donna_core.domain.errors import Degraded, Refused
from donna_core.domain.events import Event, EventKind
from donna_core.domain.followup.gate import Drop, Go, Hold, Verdict, admit
from donna_core.domain.followup.nudges import undelivered
from donna_core.domain.policy import Policy
from donna_core.domain.timing.zones import local, local_day
from donna_core.ports.messaging import Sent
from donna_core.ports.outbox import DeliveryState, Lane, OutboxRow
from donna_core.ports.unit_of_work import Stores
from donna_core.usecases.runtime import Runtime

LEASE = timedelta(seconds=60)
MOST_ATTEMPTS = 50
"""Some twenty hours of trying: a calendar that is away for an evening loses nothing."""

_MAY_HAVE_LEFT = frozenset({DeliveryState.SENT, DeliveryState.IN_FLIGHT, DeliveryState.UNKNOWN})
_FIRST_PAUSE, _LONGEST_PAUSE = timedelta(seconds=30), timedelta(minutes=30)
_MOST_DOUBLINGS = 6


@frozen(kw_only=True)
class Delivered:
    """What one round of deliveries did, row by row, with what went wrong."""

    sent: tuple[OutboxRow, ...]
    failed: tuple[tuple[OutboxRow, str], ...]


async def deliver(runtime: Runtime, lane: Lane) -> Delivered:
    """Carry every row of the lane that is due.

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
    left = stores.outbox.select(lane=Lane.MESSAGES, states=_MAY_HAVE_LEFT)
    return sum(
        1
        for row in left
        if isinstance(row.delivery, Message)
        and row.delivery.channel is channel
        and row.delivery.key != besides
        and (row.sent_at is None or day.contains(row.sent_at))
    )


async def _claim(runtime: Runtime, lane: Lane) -> tuple[OutboxRow, bool] | None:
    """Return the next row that is due and whether it may go now; else it is held or dropped."""
    at = runtime.clock.now()

    def decide(stores: Stores) -> tuple[OutboxRow, bool] | None:
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
    if row.state is DeliveryState.UNKNOWN and message.channel is Channel.PHONE:
        _settle_unsent(stores, row, DeliveryState.DEAD, at, "a call is never tried twice")
        return False
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
    except Degraded as error:
        await _settle_failure(runtime, row, str(error), final=row.attempts >= MOST_ATTEMPTS)
        return str(error)
    at = runtime.clock.now()

    def decide(stores: Stores) -> None:
        stores.outbox.settle(
            row.delivery.key, fence=row.fence, state=DeliveryState.SENT, at=at, remote_id=remote_id
        )
        if isinstance(row.delivery, Message):
            stores.events.append([_event(EventKind.MESSAGE_SENT, row, at, row.delivery.channel)])

    await runtime.unit_of_work.run(decide)
    return None


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


async def _settle_failure(runtime: Runtime, row: OutboxRow, problem: str, *, final: bool) -> None:
    at = runtime.clock.now()
    doublings = min(row.attempts - 1, _MOST_DOUBLINGS)
    pause = min(_LONGEST_PAUSE, _FIRST_PAUSE * 2**doublings)

    def decide(stores: Stores) -> None:
        if final:
            _settle_unsent(stores, row, DeliveryState.DEAD, at, problem)
            return
        stores.outbox.settle(
            row.delivery.key,
            fence=row.fence,
            state=DeliveryState.PENDING,
            at=at,
            not_before=at + pause,
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
