"""After an older copy of the database was put in place: nothing old happens a second time.

Between the copy and now Donna said, spent and did what the copy does not know of. What it
says is still to go out is put aside, what was due in the gap counts as missed, the money is
booked, and every calendar is read anew.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from attrs import frozen

from donna_core.domain.events import Event, EventKind
from donna_core.domain.ids import CallId, RequestId
from donna_core.domain.spending.ledger import (
    NOTHING,
    ModelLane,
    Reservation,
    Settlement,
    SpendEntry,
    SpendState,
    day_account,
    month_account,
)
from donna_core.ports.jobs import JobRow, JobState
from donna_core.ports.outbox import DeliveryState, OutboxRow
from donna_core.ports.unit_of_work import Stores
from donna_core.usecases.runtime import Runtime

RECENT = timedelta(hours=1)
"""What was to go out, or to be done, later than this ago may be still."""

_LONGEST = timedelta(days=62)
"""How far back money is booked: caps are for a day and a month."""

_UNKNOWN = "what was spent after the copy was made is not known; the caps count as reached"
_OLD = "an older copy of the database was put in place; it may have happened already"
_AT_ONCE = 100


@frozen(kw_only=True)
class Restored:
    """What became of the time between the copy and now.

    ``since`` is the last command the copy knows of. ``put_aside`` are deliveries a person looks
    at, ``missed`` the jobs that were due. ``booked`` is what counts as spent, in dollars;
    ``is_assumed`` where nobody knows, and all that the caps allowed was booked.
    """

    since: datetime | None
    put_aside: tuple[OutboxRow, ...]
    missed: tuple[JobRow, ...]
    booked: Decimal
    is_assumed: bool


async def restored(runtime: Runtime, *, spent: Sequence[SpendEntry] | None) -> Restored:
    """Put an end to what the copy had begun, and account for what it does not know.

    ``spent`` is the ledger of the database before, ``None`` where nobody can read it.
    """
    now = runtime.clock.now()

    def decide(stores: Stores) -> Restored:
        last = stores.history.recent(1)
        since = last[0].at if last else None
        stores.outbox.quarantine(before=now - RECENT, note=_OLD)
        booked = (
            _book(stores, spent)
            if spent is not None
            else _assume(stores, runtime, since=since or now, now=now)
        )
        for calendar_id in tuple(stores.mirror.known()):
            stores.mirror.forget(calendar_id)
        return Restored(
            since=since,
            put_aside=stores.outbox.select(states={DeliveryState.QUARANTINED}),
            missed=_miss(stores, before=now - RECENT, at=now),
            booked=booked,
            is_assumed=spent is None,
        )

    return await runtime.unit_of_work.run(decide)


def _miss(stores: Stores, *, before: datetime, at: datetime) -> tuple[JobRow, ...]:
    """Close the jobs that were due before: they may have had their effect."""
    missed: list[JobRow] = []
    while rows := stores.jobs.claim(now=before, lease_until=at, limit=_AT_ONCE):
        for row in rows:
            key = row.job.key
            stores.jobs.finish(key, fence=row.fence, state=JobState.MISSED, at=at, note=_OLD)
        missed += rows
    stores.events.append(
        Event(
            kind=EventKind.JOB_MISSED,
            at=at,
            task_id=row.job.task_id,
            data={"key": row.job.key, "note": _OLD},
        )
        for row in missed
    )
    return tuple(missed)


def _book(stores: Stores, spent: Sequence[SpendEntry]) -> Decimal:
    """Bring the ledger to where the one before it was; return how much more is committed."""
    known = {entry.reservation.id: entry for entry in stores.spend.select()}
    more = NOTHING
    for entry in spent:
        call_id = entry.reservation.id
        before = known.get(call_id)
        if before is None:
            stores.spend.reserve(entry.reservation)
        if entry.closed_at is not None and entry.state is SpendState.RELEASED:
            stores.spend.release(call_id, at=entry.closed_at, note=entry.note)
        elif entry.closed_at is not None:
            cost = entry.cost if entry.state is SpendState.SETTLED else None
            settlement = Settlement(call_id=call_id, at=entry.closed_at, cost=cost, note=entry.note)
            stores.spend.settle(settlement)
        held = before.amount.committed if before is not None else NOTHING
        more += entry.amount.committed - held
    return more


def _assume(stores: Stores, runtime: Runtime, *, since: datetime, now: datetime) -> Decimal:
    """Book all that the caps allowed on each day from the copy until now."""
    caps, zone = runtime.policy.spending.caps, runtime.policy.spending.zone
    first, last = since.astimezone(zone).date(), now.astimezone(zone).date()
    first = max(first, last - _LONGEST)
    booked = NOTHING
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        accounts = (day_account(day), month_account(day))
        totals = stores.spend.totals(accounts)
        left = min(
            cap - totals[account].committed
            for account, cap in zip(accounts, (caps.daily, caps.monthly), strict=True)
        )
        if left > NOTHING:
            call_id = CallId(runtime.ids.new())
            wish = Reservation(
                id=call_id,
                at=now,
                day=day,
                caller="restore",
                lane=ModelLane.INTERNAL,
                request_id=RequestId(call_id),
                provider="unknown",
                worst_case=left,
                lapses_at=now,
            )
            stores.spend.reserve(wish)
            stores.spend.settle(Settlement(call_id=call_id, at=now, cost=None, note=_UNKNOWN))
            booked += left
    return booked
