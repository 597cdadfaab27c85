"""Costs are those of a local day or month, by the kind of work."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from decimal import Decimal

import pytest

from donna_core.domain.tools import ToolResult
from donna_core.ports.tools import ToolFailed
from donna_core.testing.contracts.spending import invocation
from donna_core.testing.world import A_MONDAY, SimulatedWorld
from donna_skills.tools.costs import cost_summary

Call = Callable[..., Awaitable[ToolResult]]

LATE = A_MONDAY.replace(hour=23, minute=30)
"""Half past midnight in Berlin, so already Tuesday there."""


@pytest.fixture
async def world() -> SimulatedWorld:
    """Give a world in which four calls were made."""
    world = SimulatedWorld()
    rows = [
        invocation("one", at=A_MONDAY, cost=Decimal("0.10"), billed=True),
        invocation("two", at=A_MONDAY, cost=Decimal("0.25"), billed=True, task_type="judge"),
        invocation("three", at=LATE, cost=Decimal("1.50"), billed=True),
        invocation("four", at=A_MONDAY - timedelta(days=30), cost=Decimal(9), billed=True),
        invocation("five", at=A_MONDAY, cost=Decimal(7), billed=False, task_type="local"),
    ]
    await world.look(lambda stores: stores.invocations.record(rows))
    return world


async def test_a_day_is_the_owners(call: Call, world: SimulatedWorld) -> None:
    """What was spent after midnight is of the next day; what was not billed costs nothing."""
    result = await call(cost_summary(world.runtime), {"scope": "daily"})
    next_day = {"scope": "daily", "for_date": "2026-11-24"}

    assert result.value == {
        "ok": True,
        "scope": "daily",
        "total_usd": 0.35,
        "call_count": 3,
        "breakdown": {
            "judge": {"total_usd": 0.25, "call_count": 1},
            "parse_task": {"total_usd": 0.1, "call_count": 1},
            "local": {"total_usd": 0.0, "call_count": 1},
        },
    }
    assert (await call(cost_summary(world.runtime), next_day)).value["total_usd"] == 1.5


@pytest.mark.parametrize(
    ("args", "total"),
    [({}, 1.85), ({"exclude_task_types": ["judge"]}, 1.6), ({"year": 2026, "month": 10}, 9)],
)
async def test_a_month_adds_up(
    call: Call, world: SimulatedWorld, args: dict[str, object], total: float
) -> None:
    """The present one where none is named, without the kinds that are left out."""
    result = await call(cost_summary(world.runtime), {"scope": "monthly", **args})

    assert result.value["total_usd"] == total


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01", "today"])
async def test_a_day_that_is_none_is_named(call: Call, world: SimulatedWorld, day: str) -> None:
    """No sum is given out for a day that cannot be reckoned with."""
    with pytest.raises(ToolFailed, match="'for_date' names no time"):
        await call(cost_summary(world.runtime), {"scope": "daily", "for_date": day})
