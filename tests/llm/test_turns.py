"""Waiting for a turn: who goes when, who steps aside, and what one who leaves leaves behind."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from donna_core.domain.spending.ledger import ModelLane
from donna_core.ports.language_model import Urgency
from donna_core.testing.fake_clock import FakeClock
from donna_llm.queue import QueueRules, Turns
from donna_llm.turns import NoTurnInTime, Period, QueueFull, Turn, TurnQueue

START = datetime(2026, 11, 23, 11, tzinfo=UTC)
SECOND = timedelta(seconds=1)


class Line:
    """A queue on a clock the test moves, and what happened in it."""

    def __init__(self, *, at_once: int = 1, depth: int = 9, period: Period | None = None) -> None:
        self.clock = FakeClock(START)
        self.period = period or Period()
        rules = QueueRules(depth=dict.fromkeys(ModelLane, depth), most_interruptions=2)
        self.queue = TurnQueue(Turns(rules, at_once), clock=self.clock, period=lambda: self.period)
        self.log: list[str] = []

    def work(self, name: str, seconds: int) -> Callable[[Turn], Awaitable[str]]:
        """Return work that takes so long and notes when it begins, ends or is cut off."""

        async def working(turn: Turn) -> str:
            self.log.append(f"{name} begins")
            try:
                with turn.may_be_interrupted():
                    await self.clock.sleep_until(self.clock.now() + seconds * SECOND)
            except BaseException:
                self.log.append(f"{name} is cut off")
                raise
            self.log.append(f"{name} ends")
            return f"{name} after {turn.waited_ms} ms and {turn.interruptions} interruptions"

        return working

    def ask(self, name: str, seconds: int = 10, **more: Any) -> "asyncio.Task[str]":
        """Put work in the queue."""
        asked = {
            "task_type": "parse_task",
            "caller": "donna",
            "lane": ModelLane.INTERNAL,
            "urgency": Urgency.NORMAL,
            **more,
        }
        return asyncio.ensure_future(self.queue.run(self.work(name, seconds), **asked))

    async def after(self, seconds: int) -> None:
        """Let time pass."""
        await self.clock.run_until(self.clock.now() + seconds * SECOND)


PERSON: dict[str, Any] = {"lane": ModelLane.EXTERNAL, "urgency": Urgency.CRITICAL}


async def test_one_after_the_other() -> None:
    """What does not fit waits, and knows how long it did."""
    line = Line()
    first, second = line.ask("one"), line.ask("two")
    await line.after(20)

    assert line.log == ["one begins", "one ends", "two begins", "two ends"]
    assert first.result() == "one after 0 ms and 0 interruptions"
    assert second.result() == "two after 10000 ms and 0 interruptions"


async def test_work_steps_aside_for_a_person_and_goes_on_after() -> None:
    """The call is cut off, the person is served, and the work is done anew."""
    line = Line()
    own = line.ask("own")
    await line.after(5)
    person = line.ask("person", **PERSON)
    await line.after(20)

    assert line.log == [
        "own begins",
        "own is cut off",
        "person begins",
        "person ends",
        "own begins",
        "own ends",
    ]
    assert person.result() == "person after 0 ms and 0 interruptions"
    assert own.result() == "own after 10000 ms and 1 interruptions"


async def test_work_steps_aside_only_so_often() -> None:
    """After that it is finished first, and the person waits."""
    line = Line()
    line.ask("own")
    for name in ("first", "second", "third"):
        await line.after(1)
        line.ask(name, 1, **PERSON)
    await line.after(1)
    await line.after(30)

    assert line.log.count("own is cut off") == 2
    assert line.log.index("own ends") < line.log.index("third begins")


async def test_at_night_nobody_is_pushed_aside() -> None:
    """Outside of the hours in which people are about, work is finished."""
    line = Line(period=Period(preempts=False))
    line.ask("own")
    await line.after(1)
    line.ask("person", **PERSON)
    await line.after(30)

    assert line.log == ["own begins", "own ends", "person begins", "person ends"]


async def test_background_work_waits_until_the_day_begins() -> None:
    """What is held begins by itself once it may."""
    begins = START + 60 * SECOND
    line = Line(period=Period(holds_background=True, until=begins))
    line.ask("background", 5, urgency=Urgency.BACKGROUND)
    await line.after(59)
    assert line.log == []
    line.period = Period()
    await line.after(10)

    assert line.log == ["background begins", "background ends"]
    await line.queue.close()


async def test_who_leaves_gives_up_the_turn() -> None:
    """A cancelled caller is no longer asked for, whether it waits or works."""
    line = Line()
    working, waiting, last = line.ask("working"), line.ask("waiting"), line.ask("last")
    await line.after(1)
    waiting.cancel()
    working.cancel()
    await line.after(20)

    assert line.log == ["working begins", "working is cut off", "last begins", "last ends"]
    assert (working.cancelled(), waiting.cancelled(), last.done()) == (True, True, True)
    assert (line.queue.turns.waiting, line.queue.turns.running) == ([], [])


async def test_a_cancelled_caller_is_not_taken_for_one_that_steps_aside() -> None:
    """When both happen at once, leaving wins."""
    line = Line()
    own = line.ask("own")
    await line.after(1)
    line.ask("person", 1, **PERSON)
    own.cancel()
    await asyncio.sleep(0)
    own.cancel()
    await line.after(20)

    assert own.cancelled()
    assert line.log.count("own begins") == 1


async def test_a_person_waits_only_so_long() -> None:
    """A turn that does not come in time is given up, and named."""
    line = Line()
    line.ask("long", 100, **PERSON)
    person = line.ask("person", patience=30 * SECOND, **PERSON)
    await line.after(30)

    with pytest.raises(NoTurnInTime, match="within 30 s"):
        person.result()
    await line.after(100)
    assert line.log == ["long begins", "long ends"]


async def test_a_full_queue_refuses_at_once() -> None:
    """One more than may wait is told to come back, and when."""
    line = Line(depth=2)
    asked = [line.ask(str(number)) for number in range(3)]
    await line.after(0)
    with pytest.raises(QueueFull, match="2 internal questions wait already; try again in 30 s"):
        await line.ask("more")
    await line.after(60)

    assert all(task.done() for task in asked)


async def test_work_that_fails_frees_its_place() -> None:
    """An error reaches its caller and nobody else."""
    line = Line()

    async def failing(_: Turn) -> str:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        await line.queue.run(
            failing, task_type="x", caller="y", lane=ModelLane.INTERNAL, urgency=Urgency.NORMAL
        )
    line.ask("next", 1)
    await line.after(2)
    assert line.log == ["next begins", "next ends"]
