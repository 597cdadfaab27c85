"""Sharing commits: decisions that come while one is being written are written together.

A durable commit waits for the disk, and many callers at once would each wait for all before
them. What arrives meanwhile goes into one transaction, in the order of arrival. Each decision
keeps the contract of ``UnitOfWork``: it is durable before its caller hears of it, and one that
fails takes no other along.
"""

import asyncio
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, TypeVar

from donna_core.ports.unit_of_work import Stores, UnitOfWork

T = TypeVar("T")
_Decision = Callable[[Stores], Any]


class SharedCommits(UnitOfWork):
    """Runs decisions of one event loop, several to a transaction where they come together."""

    def __init__(self, unit_of_work: UnitOfWork) -> None:
        self._unit_of_work = unit_of_work
        self._waiting: list[tuple[_Decision, asyncio.Future[Any]]] = []
        self._is_writing = False
        self._writer: asyncio.Task[None] | None = None

    async def run(self, decide: Callable[[Stores], T]) -> T:
        if not self._is_writing:
            self._is_writing = True
            try:
                return await self._unit_of_work.run(decide)
            finally:
                self._go_on()
        done: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._waiting.append((decide, done))
        # Whoever stops waiting does not stop the decision.
        return await asyncio.shield(done)

    async def drain(self) -> None:
        """Wait until nothing waits to be written, also of those who no longer wait for it."""
        if self._writer is not None:
            await asyncio.wait({self._writer})

    def _go_on(self) -> None:
        if self._waiting:
            self._writer = asyncio.ensure_future(self._write())
        else:
            self._is_writing = False

    async def _write(self) -> None:
        """Write what waits, all of it in one transaction, or each alone where that fails."""
        while self._waiting:
            batch, self._waiting = self._waiting, []
            decisions = [decide for decide, _ in batch]
            together = asyncio.ensure_future(self._unit_of_work.run(partial(_all, decisions)))
            await asyncio.wait({together})
            if together.exception() is None:
                for (_, done), result in zip(batch, together.result(), strict=True):
                    _tell(done, result)
                continue
            for decide, done in batch:
                alone = asyncio.ensure_future(self._unit_of_work.run(decide))
                await asyncio.wait({alone})
                error = alone.exception()
                if error is None:
                    _tell(done, alone.result())
                elif not done.done():
                    done.set_exception(error)
        self._is_writing = False


def _all(decisions: Sequence[_Decision], stores: Stores) -> list[Any]:
    return [decide(stores) for decide in decisions]


def _tell(done: "asyncio.Future[Any]", result: object) -> None:
    if not done.done():
        done.set_result(result)
