"""Callers wait for decisions; decisions do not depend on their callers."""

import asyncio
import logging
import threading
from pathlib import Path

import pytest

from donna_adapters.sql.sqlite import SqliteDatabase
from donna_core.domain.errors import Refused
from donna_core.ports.unit_of_work import Stores
from donna_core.testing.contracts.everything import fill
from donna_core.testing.contracts.stores import ME


async def test_the_loop_runs_while_a_decision_does(database: SqliteDatabase) -> None:
    """A decision on the database's thread blocks nobody else."""
    passed = threading.Event()
    decision = asyncio.ensure_future(
        database.unit_of_work(ME).run(lambda _: passed.wait(timeout=30))
    )
    await asyncio.sleep(0.01)
    passed.set()

    assert await decision is True


async def test_cancelling_in_the_middle_cuts_nothing_in_half(database: SqliteDatabase) -> None:
    """A caller that is cancelled while its decision runs leaves all of its writes."""
    begun, go_on = threading.Event(), threading.Event()

    def decide(stores: Stores) -> None:
        begun.set()
        go_on.wait(timeout=30)
        fill(stores)

    decision = asyncio.ensure_future(database.unit_of_work(ME).run(decide))
    await asyncio.to_thread(begun.wait)
    decision.cancel()
    with pytest.raises(asyncio.CancelledError):
        await decision
    go_on.set()

    assert len(await database.unit_of_work(ME).run(lambda stores: stores.tasks.select())) == 1


async def test_a_refusal_nobody_waits_for_is_quiet(
    database: SqliteDatabase, caplog: pytest.LogCaptureFixture
) -> None:
    """What an abandoned decision raises goes nowhere, not to the log either."""
    begun, go_on = threading.Event(), threading.Event()

    def decide(_: Stores) -> None:
        begun.set()
        go_on.wait(timeout=30)
        raise Refused("nobody hears this")

    with caplog.at_level(logging.DEBUG):
        decision = asyncio.ensure_future(database.unit_of_work(ME).run(decide))
        await asyncio.to_thread(begun.wait)
        decision.cancel()
        go_on.set()
        await database.unit_of_work(ME).run(lambda _: None)
        await asyncio.sleep(0)

    assert "nobody hears this" not in caplog.text


def test_a_closed_loop_leaves_the_decision_running(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """After an interrupted program's loop is gone, closing still waits for the writes."""
    go_on = threading.Event()

    def decide(stores: Stores) -> None:
        go_on.wait(timeout=30)
        fill(stores)

    async def interrupted(database: SqliteDatabase) -> None:
        decision = asyncio.ensure_future(database.unit_of_work(ME).run(decide))
        await asyncio.sleep(0)
        decision.cancel()

    with SqliteDatabase.open(path) as database:
        asyncio.run(interrupted(database))
        go_on.set()

    with SqliteDatabase.open(path) as database:
        tasks = asyncio.run(database.unit_of_work(ME).run(lambda stores: stores.tasks.select()))
    assert [task.number for task in tasks] == [1]
    assert caplog.text == ""


async def test_any_exception_comes_back(database: SqliteDatabase) -> None:
    """Even one that no future can carry ends the wait."""

    def decide(_: Stores) -> None:
        raise StopIteration("odd")

    with pytest.raises(RuntimeError, match="StopIteration"):
        await asyncio.wait_for(database.unit_of_work(ME).run(decide), timeout=30)


async def test_many_cancelled_callers_leave_no_open_transaction(database: SqliteDatabase) -> None:
    """Of hundreds of decisions with impatient callers, each is whole and none blocks the next."""

    def capture(stores: Stores) -> int:
        attention = stores.attention.get()
        number = stores.tasks.next_number()
        assert attention == stores.attention.get()
        return number

    decisions = [asyncio.ensure_future(database.unit_of_work(ME).run(capture)) for _ in range(300)]
    for decision in decisions[::3]:
        await asyncio.sleep(0)
        decision.cancel()
    outcomes = await asyncio.gather(*decisions, return_exceptions=True)

    numbers = [outcome for outcome in outcomes if isinstance(outcome, int)]
    assert len(set(numbers)) == len(numbers) >= 200
    last = await database.unit_of_work(ME).run(lambda stores: stores.tasks.next_number())
    assert last > max(numbers)
