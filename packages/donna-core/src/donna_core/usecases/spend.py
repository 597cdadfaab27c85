"""Spend on a model, never beyond a cap: reserve before the call, settle after it.

Each of these runs within one decision: whoever calls a model runs ``reserve`` in a decision
before it and ``settle`` (with the row of the log) in one after it. The owner is told through
the outbox, in the same decision, once for each threshold.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal

from attrs import evolve

from donna_core.domain.events import Event, EventKind
from donna_core.domain.spending.budget import Denied, SpendingRules, Verdict, decide, reached
from donna_core.domain.spending.ledger import (
    NOTHING,
    Account,
    Reservation,
    Settlement,
    SpendEntry,
    SpendState,
    day_account,
    month_account,
)
from donna_core.domain.spending.notices import pause_notice, threshold_notice
from donna_core.ports.unit_of_work import Stores

LEFT_BEHIND = "left behind by a process that ended; the worst case counts as spent"


def reserve(stores: Stores, wish: Reservation, *, rules: SpendingRules) -> Verdict:
    """Reserve what the call may cost at most, or say which cap stands in its way."""
    verdict = decide(
        wish,
        caps=rules.caps,
        totals=stores.spend.totals(wish.accounts),
        allowed=allowed(stores, wish.accounts),
    )
    if not isinstance(verdict, Denied):
        stores.spend.reserve(wish)
        return verdict
    task = stores.tasks.get(wish.task_id) if wish.task_id else None
    denied = evolve(verdict, label=str(task.number) if task else verdict.account.name)
    _tell_of_pause(stores, wish, denied, rules)
    return denied


def settle(stores: Stores, settlement: Settlement, *, rules: SpendingRules) -> SpendEntry | None:
    """Put the real cost, or where nobody knows it the worst case, in place of the reservation."""
    entry = stores.spend.settle(settlement)
    if entry is not None:
        _tell_of_thresholds(stores, entry.reservation.day, settlement.at, rules)
    return entry


def keep_lapsed(stores: Stores, *, at: datetime, rules: SpendingRules) -> tuple[SpendEntry, ...]:
    """Count what was reserved by processes that are gone as spent, and return those entries."""
    kept = []
    for entry in stores.spend.select(states={SpendState.RESERVED}, lapsed_at=at):
        held = entry.reservation
        closed = settle(
            stores,
            Settlement(call_id=held.id, at=at, cost=None, note=LEFT_BEHIND),
            rules=rules,
        )
        if closed is not None:
            kept.append(closed)
    stores.events.append(
        Event(
            kind=EventKind.SPEND_KEPT,
            at=at,
            task_id=entry.reservation.task_id,
            data={"call": entry.reservation.id, "dollars": str(entry.cost)},
        )
        for entry in kept
    )
    return tuple(kept)


def allowed(stores: Stores, accounts: Iterable[Account]) -> Mapping[Account, Decimal]:
    """Return by how much the caps of these accounts were raised, where they were."""
    raised: dict[Account, Decimal] = {}
    for each in stores.spend.allowances(accounts):
        raised[each.account] = raised.get(each.account, NOTHING) + each.amount
    return raised


def _tell_of_pause(stores: Stores, wish: Reservation, denied: Denied, rules: SpendingRules) -> None:
    stores.events.append(
        [
            Event(
                kind=EventKind.BUDGET_PAUSED,
                at=wish.at,
                task_id=wish.task_id,
                data={
                    "cap": denied.account.scope.value,
                    "limit": str(denied.limit),
                    "asked": str(denied.asked),
                    "caller": wish.caller,
                },
            )
        ]
    )
    notice = pause_notice(denied, day=wish.day, at=wish.at, zone=rules.zone)
    if notice is not None:
        stores.outbox.add([notice], at=wish.at)


def _tell_of_thresholds(stores: Stores, day: date, at: datetime, rules: SpendingRules) -> None:
    accounts = (day_account(day), month_account(day))
    found = reached(
        rules,
        day,
        totals=stores.spend.totals(accounts),
        allowed=allowed(stores, accounts),
    )
    stores.outbox.add(
        (threshold_notice(each, day=day, at=at, zone=rules.zone) for each in found), at=at
    )
