"""The books of the gateway on a real database: no cap is passed, and nothing is lost."""

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import TypeVar

from donna_adapters.sql.sqlite import SqliteDatabase
from donna_core.domain.ids import UserId
from donna_core.ports.unit_of_work import Stores, UnitOfWork
from donna_llm.testing.house import House
from donna_llm.testing.storm import Storm

T = TypeVar("T")


class Counted(UnitOfWork):
    """Counts the decisions that are under way, so that the clock waits for them."""

    def __init__(self, unit_of_work: UnitOfWork) -> None:
        self._unit_of_work = unit_of_work
        self.under_way = 0

    async def run(self, decide: Callable[[Stores], T]) -> T:
        self.under_way += 1
        try:
            return await self._unit_of_work.run(decide)
        finally:
            self.under_way -= 1


async def test_a_storm_of_questions_leaves_right_books(tmp_path: Path) -> None:
    """What is spent and held keeps under the cap at every call, on disk as in memory."""
    with SqliteDatabase.open(tmp_path / "donna.db") as database:
        counted = Counted(database.unit_of_work(UserId("somebody")))
        house = House(tmp_path, counted, busy=lambda: counted.under_way > 0)
        storm = Storm(house, Random(4), daily=Decimal("0.4"))

        await storm.blow(120)

        await storm.check()
    assert storm.outcomes["ModelReply"] > 10
    assert storm.outcomes["BudgetPausedError"] > 10
