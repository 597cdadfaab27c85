"""A thousand questions at once: no cap is passed, nobody is refused for nothing, all is written."""

from decimal import Decimal
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from donna_core.domain.spending.invocations import Outcome
from donna_llm.testing.house import House
from donna_llm.testing.storm import Storm


@pytest.mark.parametrize("seed", [1, 2])
async def test_a_thousand_questions_never_pass_a_cap(house: House, seed: int) -> None:
    """At every call, what is spent and held is under the cap, and at the end nothing is held."""
    storm = Storm(house, Random(seed), daily=Decimal(4))

    await storm.blow(1000)

    await storm.check()
    assert storm.outcomes["ModelReply"] > 100
    assert storm.outcomes["BudgetPausedError"] > 100
    assert Outcome.PREEMPTED in {row.outcome for row in await house.rows()}
    assert storm.provider.most_active == 7


async def test_nobody_is_refused_while_there_is_money(house: House) -> None:
    """Under a cap that has room for all, the budget holds nobody up."""
    storm = Storm(house, Random(3), daily=Decimal(1000))

    await storm.blow(300)

    await storm.check()
    assert not storm.outcomes["BudgetPausedError"]
    assert not storm.outcomes["ApprovalNeeded"]


@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 10**6), daily=st.integers(0, 40).map(lambda n: Decimal(n) / 100))
async def test_small_storms_keep_every_rule(
    tmp_path_factory: pytest.TempPathFactory, seed: int, daily: Decimal
) -> None:
    """Whatever the cap and the weather, the books agree."""
    storm = Storm(House(tmp_path_factory.mktemp("house")), Random(seed), daily=daily)

    await storm.blow(40)

    await storm.check()
