"""Reserving and settling, and what the owner is told of it."""

import asyncio
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, TypeVar

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from donna_core.domain.effects import Message
from donna_core.domain.events import EventKind
from donna_core.domain.ids import CallId, RequestId, TaskId
from donna_core.domain.spending.budget import Denied, Granted, Verdict
from donna_core.domain.spending.ledger import (
    ModelLane,
    Reservation,
    Settlement,
    day_account,
    month_account,
)
from donna_core.domain.timing.zones import local_day
from donna_core.local.stores import InMemoryUnitOfWork
from donna_core.ports.unit_of_work import Stores
from donna_core.testing.budgets import BERLIN, spending
from donna_core.testing.contracts.spending import TODAY, allowance, reservation
from donna_core.testing.contracts.stores import ME, NOON, RepeatingUnitOfWork, task
from donna_core.usecases.spend import keep_lapsed, reserve, settle

T = TypeVar("T")
RULES = spending(per_request="1000", per_task="1000")

WISHES = st.builds(
    lambda cents, day, caller, lane, request, about: reservation(
        worst_case=str(Decimal(cents) / 100),
        day=TODAY + timedelta(days=day),
        caller=caller,
        lane=lane,
        request_id=RequestId(request),
        task_id=about,
    ),
    st.integers(0, 150),
    st.integers(0, 1),
    st.sampled_from(["digest", "chat"]),
    st.sampled_from(ModelLane),
    st.sampled_from("abc"),
    st.sampled_from([None, TaskId("task-1")]),
)
ENDS = st.sampled_from(["settle", "lose", "release", "leave"])


@pytest.fixture
def unit() -> RepeatingUnitOfWork:
    """Give an empty house in which every decision is decided twice."""
    return RepeatingUnitOfWork(InMemoryUnitOfWork(ME))


async def spend(unit: RepeatingUnitOfWork, dollars: str, name: str, **fields: Any) -> Verdict:
    """Reserve that much and, where it is granted, spend all of it."""
    wish = reservation(name, dollars, **fields)

    def decide(stores: Stores) -> Verdict:
        verdict = reserve(stores, wish, rules=RULES)
        if isinstance(verdict, Granted):
            known = Settlement(call_id=wish.id, at=NOON, cost=wish.worst_case)
            settle(stores, known, rules=RULES)
        return verdict

    return await unit.run(decide)


async def messages(unit: RepeatingUnitOfWork) -> list[Message]:
    """Return the messages that are to go out, in order."""
    rows = await unit.run(lambda stores: stores.outbox.select())
    return [row.delivery for row in rows if isinstance(row.delivery, Message)]


@given(st.lists(st.tuples(WISHES, ENDS, st.integers(0, 100), st.integers(0, 9)), max_size=40))
def test_what_is_committed_never_passes_a_cap(
    calls: list[tuple[Reservation, str, int, int]],
) -> None:
    """Whatever is asked, and whenever and however each call ends."""
    rules = spending(daily="3", monthly="5", per_task="2", per_request="1.5")
    unit, under_way = InMemoryUnitOfWork(ME), list[tuple[int, Callable[[Stores], object]]]()

    async def play() -> None:
        for number, (sample, end, percent, delay) in enumerate(calls):
            wish = _named(sample, f"call-{number}")
            verdict = await unit.run(lambda stores, w=wish: reserve(stores, w, rules=rules))  # type: ignore[misc]  # mypy cannot infer a lambda with a default
            if isinstance(verdict, Granted):
                under_way.append((number + delay, _ending(wish, end, percent)))
            for due in [each for each in under_way if each[0] <= number]:
                under_way.remove(due)
                await unit.run(due[1])
            totals = await unit.run(lambda stores, w=wish: stores.spend.totals(w.accounts))  # type: ignore[misc]  # the same
            for account, amount in totals.items():
                cap = rules.caps.of(account.scope, wish)
                assert cap is None or amount.committed <= cap

    def _ending(wish: Reservation, end: str, percent: int) -> Callable[[Stores], object]:
        cost = None if end == "lose" else wish.worst_case * percent / 100
        match end:
            case "settle" | "lose":
                known = Settlement(call_id=wish.id, at=NOON, cost=cost)
                return lambda stores: settle(stores, known, rules=rules)
            case "release":
                return lambda stores: stores.spend.release(wish.id, at=NOON)
            case _:
                late = wish.lapses_at
                return lambda stores: keep_lapsed(stores, at=late, rules=rules)

    asyncio.run(play())


def _named(wish: Reservation, name: str) -> Reservation:
    return evolve(wish, id=CallId(name))


async def test_each_threshold_is_told_once(unit: RepeatingUnitOfWork) -> None:
    """Past 80 % of the day the owner hears of it, however many calls follow."""
    for number in range(19):
        await spend(unit, "1", f"call-{number}")

    [told] = await messages(unit)
    assert told.subject == "80 % of today's model budget is spent"
    assert "$16.00 of $20.00" in told.body
    assert told.expires_at == local_day(TODAY, BERLIN).end


async def test_a_pause_is_told_once_and_again_after_a_raise(unit: RepeatingUnitOfWork) -> None:
    """A cap that was raised and is reached again is news."""
    await spend(unit, "19", "call-0")
    for number in range(1, 4):
        assert isinstance(await spend(unit, "2", f"call-{number}"), Denied)
    more = allowance(account=day_account(TODAY), amount=Decimal("1.5"))
    await unit.run(lambda stores: stores.spend.allow(more))
    assert isinstance(await spend(unit, "3", "call-4"), Denied)
    assert isinstance(await spend(unit, "2.5", "call-5"), Granted)
    assert isinstance(await spend(unit, "1", "call-6"), Denied)

    subjects = [told.subject for told in await messages(unit)]
    assert subjects.count("Paid models are paused: today's budget is spent") == 2
    events = await unit.run(lambda stores: stores.events.since(0))
    assert [event.kind for _, event in events] == [EventKind.BUDGET_PAUSED] * 5


async def test_a_month_warns_twice_and_pauses(unit: RepeatingUnitOfWork) -> None:
    """At 80 and at 90 %; the pause says how to raise the month."""
    for number in range(6):
        day = date(2026, 11, 20 + number)
        await spend(unit, "17" if number < 5 else "14", f"call-{number}", day=day)
    await spend(unit, "2", "call-9", day=date(2026, 11, 26))

    told = [each for each in await messages(unit) if "this month's" in each.subject]
    assert [each.subject[:4] for each in told] == ["80 %", "90 %", "Paid"]
    assert "--until month-end" in told[-1].body
    assert told[-1].expires_at == datetime.fromisoformat("2026-12-01T00:00+01:00")


async def test_a_dear_task_is_asked_for_by_its_number(unit: RepeatingUnitOfWork) -> None:
    """The notice and the error name it as its owner does."""
    about = task(7)
    await unit.run(lambda stores: stores.tasks.save(about))
    wish = reservation(worst_case="1.50", task_id=about.id)
    rules = spending(per_task="1")
    denied = await unit.run(lambda stores: reserve(stores, wish, rules=rules))

    assert isinstance(denied, Denied)
    assert denied.label == "7"
    [told] = await messages(unit)
    assert told.subject == "May I spend $1.50 on task 7?"
    assert "donna budget approve 7" in told.body


async def test_a_call_belongs_to_the_day_it_began_on(unit: RepeatingUnitOfWork) -> None:
    """Settled after midnight, it counts in the day and the month of its reservation."""
    wish = reservation(day=date(2026, 11, 30))
    settled = Settlement(call_id=wish.id, at=NOON + timedelta(days=11), cost=Decimal("0.2"))

    def decide(stores: Stores) -> list[Decimal]:
        reserve(stores, wish, rules=RULES)
        settle(stores, settled, rules=RULES)
        accounts = [month_account(wish.day), month_account(date(2026, 12, 1))]
        totals = stores.spend.totals(accounts)
        return [totals[account].spent for account in accounts]

    assert await unit.run(decide) == [Decimal("0.2"), Decimal(0)]


async def test_what_was_left_behind_is_seen(unit: RepeatingUnitOfWork) -> None:
    """The event log says which call it was and what it counts as."""
    wish = reservation()
    await unit.run(lambda stores: reserve(stores, wish, rules=RULES))
    await unit.run(lambda stores: keep_lapsed(stores, at=wish.lapses_at, rules=RULES))

    [(_, event)] = await unit.run(lambda stores: stores.events.since(0))
    assert event.kind is EventKind.SPEND_KEPT
    assert event.data == {"call": "call-1", "dollars": "0.500000000"}
