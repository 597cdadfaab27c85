"""The harness of the store contracts notices decisions that must not be run twice."""

import pytest

from donna_core.local.stores import InMemoryUnitOfWork
from donna_core.ports.unit_of_work import Stores
from donna_core.testing.contracts.everything import fill
from donna_core.testing.contracts.stores import ME, RepeatingUnitOfWork


@pytest.fixture
def unit_of_work() -> RepeatingUnitOfWork:
    """Give a unit of work that runs everything twice."""
    return RepeatingUnitOfWork(InMemoryUnitOfWork(ME))


async def test_a_decision_runs_twice_and_is_kept_once(unit_of_work: RepeatingUnitOfWork) -> None:
    """What it wrote is there once, whatever the rehearsal wrote."""
    runs = []

    def decide(stores: Stores) -> None:
        runs.append(1)
        fill(stores)

    await unit_of_work.run(decide)
    assert len(runs) == 2
    assert len(await unit_of_work.run(lambda stores: stores.tasks.select())) == 1


async def test_a_decision_that_changes_what_it_captured_is_found(
    unit_of_work: RepeatingUnitOfWork,
) -> None:
    """Its second result differs from the first."""
    waiting = ["a", "b"]

    with pytest.raises(AssertionError, match="otherwise"):
        await unit_of_work.run(lambda _: waiting.pop())
