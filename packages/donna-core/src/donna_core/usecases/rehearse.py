"""Trying something out: every decision runs for real and is then taken back."""

from collections.abc import Callable
from typing import TypeVar

from attrs import evolve

from donna_core.domain.errors import DonnaError
from donna_core.ports.unit_of_work import Stores, UnitOfWork
from donna_core.usecases.runtime import Runtime

T = TypeVar("T")


class _TakenBack(DonnaError):
    """Ends a decision that must leave no trace."""


class RehearsedUnitOfWork:
    """Runs decisions on the real stores and rolls each of them back.

    A decision sees what the earlier ones of the same rehearsal did: they run again before it.
    """

    def __init__(self, real: UnitOfWork) -> None:
        self._real = real
        self._earlier: list[Callable[[Stores], object]] = []

    async def run(self, decide: Callable[[Stores], T]) -> T:
        """Return what the decision returns; nothing it wrote remains."""
        results: list[T] = []

        def rehearse(stores: Stores) -> None:
            for earlier in self._earlier:
                earlier(stores)
            results[:] = [decide(stores)]
            raise _TakenBack

        try:
            await self._real.run(rehearse)
        except _TakenBack:
            self._earlier.append(decide)
            return results[0]
        raise AssertionError("a rehearsal always ends by taking itself back")


def rehearsed(runtime: Runtime) -> Runtime:
    """Return a runtime whose commands show their result and change nothing (``--dry-run``)."""
    return evolve(runtime, unit_of_work=RehearsedUnitOfWork(runtime.unit_of_work))
