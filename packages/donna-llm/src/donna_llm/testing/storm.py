"""A storm of questions: slow answers, faults, callers who leave, and books that have to agree."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Protocol, TypeVar

from donna_core.domain.errors import ApprovalNeeded, BudgetPausedError, ModelUnavailable
from donna_core.domain.spending.ledger import ModelLane, SpendState
from donna_core.ports.language_model import ModelRequest, Urgency
from donna_llm.errors import ConnectionCut, Overloaded, TotalTimeout
from donna_llm.ports import ProviderCall
from donna_llm.testing.house import House
from donna_llm.testing.scripted_provider import Answer

SAME = {"verdict": "same", "confidence": 0.9}
FAULTS = (TotalTimeout, Overloaded, ConnectionCut)
GATEWAY = """
queue: {max_external_depth: 2000, max_internal_depth: 2000, at_once: {anthropic: 7}}
rate_limits: {default: {requests_per_minute: 100000, requests_per_hour: 100000}}
breaker: {failures: 100000}
"""


T = TypeVar("T")


class Dice(Protocol):
    """What chance has to offer; ``random.Random`` does."""

    def randrange(self, stop: int, /) -> int:
        """Return a number below the stop."""

    def choice(self, among: Sequence[T], /) -> T:
        """Return one of them."""

    def sample(self, among: Sequence[T], k: int, /) -> list[T]:
        """Return so many of them."""


def _models(daily: Decimal) -> str:
    """Return a big model under a daily cap."""
    return f"""
models:
  big: {{provider: anthropic, model: large, input_cost_per_token_usd: 0.000003,
    output_cost_per_token_usd: 0.000015}}
cost: {{daily_pause_threshold_usd: {daily}, per_request_usd: 1000}}
"""


def _request(random: Dice, number: int) -> ModelRequest:
    """Return a question of some length, from somebody, more or less urgent."""
    return ModelRequest(
        task_type="prompt",
        prompt=f"{number} " + "x" * random.randrange(4000),
        model_alias="big",
        schema={"type": "object"},
        caller=random.choice(["chat", "skills", "digest"]),
        lane=random.choice(list(ModelLane)),
        priority=random.choice(list(Urgency)),
    )


class Storm:
    """A house whose provider is slow, fails at random, and watches the caps."""

    def __init__(self, house: House, random: Dice, *, daily: Decimal) -> None:
        self.house, self._random, self._daily = house, random, daily
        house.write(donna_models=_models(daily), llm_gateway=GATEWAY)
        self.provider = house.works("anthropic", self._answer)
        self.outcomes: Counter[str] = Counter()

    async def _answer(self, call: ProviderCall) -> Answer:
        del call
        assert (await self.house.today()).committed <= self._daily
        pause = timedelta(milliseconds=self._random.randrange(3000))
        await self.house.clock.sleep_until(self.house.clock.now() + pause)
        kind = self._random.choice((*FAULTS, *[None] * 5))
        return SAME if kind is None else kind("gone", provider="anthropic", model="large")

    async def blow(self, count: int) -> None:
        """Ask so many questions at once, some of them by callers who leave."""
        gateway = self.house.gateway()
        tasks = [
            asyncio.ensure_future(gateway.complete(_request(self._random, number)))
            for number in range(count)
        ]
        await self.house.clock.settle()
        for task in self._random.sample(tasks, count // 20):
            task.cancel()
        while (deadline := self.house.clock.next_deadline()) is not None:
            self.house.clock.advance(to=deadline)
            await self.house.clock.settle()
        for result in await asyncio.gather(*tasks, return_exceptions=True):
            self.outcomes[type(result).__name__] += 1
            if isinstance(result, BaseException):
                expected = (ModelUnavailable, BudgetPausedError, ApprovalNeeded)
                assert isinstance(result, (*expected, asyncio.CancelledError)), result

    async def check(self) -> None:
        """Compare the ledger with the log of calls, and both with what was called."""
        entries = await self.house.entries()
        rows = {row.id: row for row in await self.house.rows()}
        assert not [each for each in entries if each.state is SpendState.RESERVED]
        assert len(rows) == len(self.provider.calls)
        for entry in entries:
            row = rows.get(entry.reservation.id)
            if row is None:
                assert entry.state is SpendState.RELEASED
            else:
                assert row.cost == entry.cost
        assert (await self.house.today()).committed == sum(row.cost for row in rows.values())
