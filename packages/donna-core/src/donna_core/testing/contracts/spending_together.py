"""What holds when many calls spend at once: no cap is passed, and nobody is refused in vain."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import TypeVar
from zlib import crc32

from attrs import frozen

from donna_core.domain.ids import CallId, RequestId, TaskId
from donna_core.domain.spending.budget import Denied, Granted, SpendingRules, Verdict
from donna_core.domain.spending.ledger import (
    Account,
    Amount,
    ModelLane,
    Reservation,
    Settlement,
    SpendEntry,
)
from donna_core.ports.unit_of_work import Stores, UnitOfWork
from donna_core.testing.budgets import spending
from donna_core.testing.contracts.spending import TODAY, reservation
from donna_core.testing.contracts.stores import ME, MINUTE, NOON, StoresContract
from donna_core.usecases.spend import keep_lapsed, reserve, settle

P = TypeVar("P")

RULES = spending(
    daily="9",
    monthly="14",
    per_task="3",
    per_request="0.9",
    per_caller={"digest": "4"},
    per_lane={ModelLane.EXTERNAL: "6"},
)
"""Caps that a few dozen calls reach, each of them for some."""


@frozen(kw_only=True)
class Judged:
    """One verdict, and what the accounts held when it was given, added up entry by entry."""

    wish: Reservation
    verdict: Verdict
    before: Mapping[Account, Amount]


class SpendingTogetherContract(StoresContract):
    """Subclass this in a test module, say which unit of work, and every promise is tested."""

    calls = 150

    async def test_no_cap_is_passed_and_nobody_is_refused_in_vain(self) -> None:
        """Whatever calls cost, however they interleave, and whatever becomes of them."""
        unit = self.unit_of_work(ME)
        wishes = [_wish(number) for number in range(self.calls)]
        judged = await asyncio.gather(*(_call(unit, wish) for wish in wishes))

        assert {type(each.verdict) for each in judged} == {Granted, Denied}
        for each in judged:
            _check(each, RULES)
        entries = await unit.run(lambda stores: stores.spend.select())
        accounts = {account for wish in wishes for account in wish.accounts}
        totals = await unit.run(lambda stores: stores.spend.totals(accounts))
        assert totals == _added_up(entries, accounts)

    async def test_what_nobody_settled_counts_in_full(self) -> None:
        """Whatever a process leaves behind is spent once its last deadline has passed."""
        wishes = [reservation(f"call-{number}", "0.25") for number in range(3)]
        unit = self.unit_of_work(ME)
        for wish in wishes:
            await _reserve(unit, wish)
        early = await self.run(lambda stores: keep_lapsed(stores, at=NOON, rules=RULES))
        kept = await self.run(lambda stores: keep_lapsed(stores, at=NOON + 2 * MINUTE, rules=RULES))

        assert early == ()
        assert [entry.cost for entry in kept] == [Decimal("0.25")] * 3
        day = wishes[0].accounts[-2]
        totals = await self.run(lambda stores: stores.spend.totals([day]))
        assert totals[day] == Amount(spent=Decimal("0.75"))


def _pick(what: str, of: str, options: Sequence[P]) -> P:
    """Return one of the options, the same on every machine and in no visible order."""
    return options[crc32(f"{what} of {of}".encode()) % len(options)]


def _wish(number: int) -> Reservation:
    """Return what one of many calls of two days asks for."""
    name = f"call-{number}"
    return reservation(
        name,
        _pick("cost", name, ["0", "0.05", "0.3", "0.7", "0.333333333"]),
        day=TODAY + timedelta(days=_pick("day", name, range(2))),
        caller=_pick("caller", name, ["digest", "chat", "evolution"]),
        lane=_pick("lane", name, list(ModelLane)),
        request_id=RequestId(f"request-{_pick('request', name, range(number + 1))}"),
        task_id=_pick("task", name, [None, TaskId("task-1"), TaskId("task-2")]),
    )


async def _call(unit: UnitOfWork, wish: Reservation) -> Judged:
    """Reserve, let others come between, and end in one of the ways a call can end."""
    judged = await _reserve(unit, wish)
    if not isinstance(judged.verdict, Granted):
        return judged
    await asyncio.sleep(0)
    fate = _pick("fate", wish.id, range(100))
    await unit.run(lambda stores: _end(stores, wish, fate))
    return judged


async def _reserve(unit: UnitOfWork, wish: Reservation) -> Judged:
    def decide(stores: Stores) -> Judged:
        before = _added_up(stores.spend.select(), wish.accounts)
        return Judged(wish=wish, verdict=reserve(stores, wish, rules=RULES), before=before)

    return await unit.run(decide)


def _end(stores: Stores, wish: Reservation, fate: int) -> None:
    """Settle at a part of the worst case, lose the reply, never send, or die on the way."""
    if fate < 60:
        _settle(stores, wish.id, wish.worst_case * fate / 100)
    elif fate < 80:
        _settle(stores, wish.id, None)
    elif fate < 90:
        stores.spend.release(wish.id, at=NOON)


def _settle(stores: Stores, call_id: CallId, cost: Decimal | None) -> None:
    for _ in range(2):
        settle(stores, Settlement(call_id=call_id, at=NOON, cost=cost), rules=RULES)


def _check(judged: Judged, rules: SpendingRules) -> None:
    """Hold the verdict against the rule, account by account."""
    over = [
        account
        for account in judged.wish.accounts
        if (cap := rules.caps.of(account.scope, judged.wish)) is not None
        and judged.before[account].committed + judged.wish.worst_case > cap
    ]
    match judged.verdict:
        case Granted():
            assert not over or not judged.wish.worst_case, "a cap was passed"
        case Denied(account=account):
            assert account in over, "it was refused in vain"


def _added_up(
    entries: Iterable[SpendEntry], accounts: Iterable[Account]
) -> Mapping[Account, Amount]:
    sums = {account: Amount() for account in accounts}
    for entry in entries:
        for account in entry.reservation.accounts:
            if account in sums:
                sums[account] += entry.amount
    return sums
