"""Spend on a model, never beyond a cap: reserve before the call, settle after it.

Each of these runs within one decision; whoever calls a model runs ``reserve`` in a decision
before it and ``settle`` (with the row of the log) in one after it.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal

from donna_core.domain.spending.budget import Caps, Granted, Verdict, decide
from donna_core.domain.spending.ledger import (
    NOTHING,
    Account,
    Reservation,
    Settlement,
    SpendEntry,
    SpendState,
)
from donna_core.ports.unit_of_work import Stores

LEFT_BEHIND = "left behind by a process that ended; the worst case counts as spent"


def reserve(stores: Stores, wish: Reservation, *, caps: Caps) -> Verdict:
    """Reserve what the call may cost at most, or say which cap stands in its way."""
    verdict = decide(
        wish,
        caps=caps,
        totals=stores.spend.totals(wish.accounts),
        allowed=allowed(stores, wish.accounts),
    )
    if isinstance(verdict, Granted):
        stores.spend.reserve(wish)
    return verdict


def settle(stores: Stores, settlement: Settlement) -> SpendEntry | None:
    """Put the real cost, or where nobody knows it the worst case, in place of the reservation."""
    return stores.spend.settle(settlement)


def keep_lapsed(stores: Stores, *, at: datetime) -> tuple[SpendEntry, ...]:
    """Count what was reserved by processes that are gone as spent, and return those entries."""
    left = stores.spend.select(states={SpendState.RESERVED}, lapsed_at=at)
    closed = (
        settle(
            stores,
            Settlement(call_id=entry.reservation.id, at=at, cost=None, note=LEFT_BEHIND),
        )
        for entry in left
    )
    return tuple(entry for entry in closed if entry is not None)


def allowed(stores: Stores, accounts: Iterable[Account]) -> Mapping[Account, Decimal]:
    """Return by how much the caps of these accounts were raised, where they were."""
    raised: dict[Account, Decimal] = {}
    for each in stores.spend.allowances(accounts):
        raised[each.account] = raised.get(each.account, NOTHING) + each.amount
    return raised
