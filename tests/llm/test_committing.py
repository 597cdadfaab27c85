"""Decisions that come together are written together, and each keeps what it was promised."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

import pytest

from donna_core.domain.followup.attention import Attention
from donna_core.domain.ids import UserId
from donna_core.local.stores import InMemoryUnitOfWork
from donna_core.ports.unit_of_work import Stores, UnitOfWork
from donna_core.testing.contracts.unit_of_work import UnitOfWorkContract
from donna_llm.committing import SharedCommits

T = TypeVar("T")


class Counting(UnitOfWork):
    """Counts transactions, and lets others go on before each."""

    def __init__(self) -> None:
        self.count = 0
        self._behind = InMemoryUnitOfWork(UserId("somebody"))

    async def run(self, decide: Callable[[Stores], T]) -> T:
        self.count += 1
        await asyncio.sleep(0)
        return await self._behind.run(decide)


class TestSharedCommits(UnitOfWorkContract):
    @pytest.fixture(autouse=True)
    def storage(self) -> None:
        """Give each test memory of its own."""
        self.units: dict[UserId, UnitOfWork] = {}

    def unit_of_work(self, user_id: UserId) -> UnitOfWork:
        if user_id not in self.units:
            self.units[user_id] = SharedCommits(InMemoryUnitOfWork(user_id))
        return self.units[user_id]


async def test_what_comes_together_is_written_together() -> None:
    """One is being written, the others share the next transaction, each with its own result."""
    behind = Counting()
    shared = SharedCommits(behind)
    order: list[int] = []

    def decision(number: int) -> Callable[[Stores], int]:
        def decide(_: Stores) -> int:
            order.append(number)
            return number

        return decide

    results = await asyncio.gather(*(shared.run(decision(number)) for number in range(20)))

    assert results == order == list(range(20))
    assert behind.count == 2
    assert await shared.run(decision(20)) == 20


async def test_one_that_fails_takes_no_other_along() -> None:
    """Its error is its own, and what the others wrote is there."""
    shared = SharedCommits(Counting())
    changed = Attention(version=7)

    def failing(stores: Stores) -> None:
        stores.attention.save(Attention())
        raise ValueError("no")

    found = await asyncio.gather(
        shared.run(lambda _: "first"),
        shared.run(failing),
        shared.run(lambda stores: stores.attention.save(changed)),
        return_exceptions=True,
    )

    assert [str(each) for each in found] == ["first", "no", "None"]
    assert await shared.run(lambda stores: stores.attention.get()) == changed


async def test_who_stops_waiting_does_not_stop_the_decision() -> None:
    """A decision that was handed over is made."""
    shared = SharedCommits(Counting())
    made: list[str] = []
    first = asyncio.ensure_future(shared.run(lambda _: made.append("first")))
    second = asyncio.ensure_future(shared.run(lambda _: made.append("second")))
    await asyncio.sleep(0)
    second.cancel()
    await first
    await asyncio.gather(second, return_exceptions=True)
    await shared.run(lambda _: None)

    assert made == ["first", "second"]
