"""A house with a gateway in it: time stands still, providers say what the test wrote down."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from donna_core.domain.effects import Message
from donna_core.domain.ids import UserId
from donna_core.domain.spending.invocations import CallFilter, Invocation
from donna_core.domain.spending.ledger import Amount, SpendEntry, SpendState, day_account
from donna_core.local.household import policy_from
from donna_core.local.rules_model import RulesModel
from donna_core.local.settings import load_settings
from donna_core.local.stores import InMemoryUnitOfWork
from donna_core.ports.language_model import ModelReply, ModelRequest
from donna_core.ports.unit_of_work import UnitOfWork
from donna_core.testing.fake_clock import FakeClock
from donna_core.testing.fake_ids import SequentialIds
from donna_core.testing.world import BERLIN
from donna_llm.configuration import GatewayConfig, configure
from donna_llm.errors import ProviderError
from donna_llm.gateway import Gateway, World
from donna_llm.ports import Provider, ProviderCall, ProviderReply
from donna_llm.testing.scripted_provider import Answer, Script, ScriptedProvider

NOON = datetime(2026, 11, 23, 11, tzinfo=UTC)
MODELS = """
models:
  small: {provider: ollama, model: tiny, estimated_cost_per_1k_tokens: 0.0001}
  big: {provider: anthropic, model: large, input_cost_per_token_usd: 0.000003,
    output_cost_per_token_usd: 0.000015}
routing:
  parse_task: {model: small, fallback: big, confidence_threshold: 0.7}
  dedup_check: {model: big}
"""
SURE = {
    "intent": "task",
    "confidence": 0.9,
    "tasks": [{"title": "Call Ada", "domain": "work", "priority": 4}],
}


class ClockedProvider(Provider):
    """Lets a script answer that may wait on the house's clock; ``calls`` are all it was asked."""

    def __init__(self, name: str, script: Callable[[ProviderCall], Awaitable[Answer]]) -> None:
        self.calls: list[ProviderCall] = []
        self.active = self.most_active = 0
        self._name, self._script = name, script

    @property
    def name(self) -> str:
        return self._name

    @property
    def is_local(self) -> bool:
        return self._name != "anthropic"

    async def call(self, call: ProviderCall) -> ProviderReply:
        self.calls.append(call)
        self.active += 1
        self.most_active = max(self.most_active, self.active)
        try:
            answer = await self._script(call)
        finally:
            self.active -= 1
        return await ScriptedProvider([answer], name=self._name).call(call)

    async def probe(self, models: Sequence[str]) -> Sequence[ProviderError]:
        del models
        return []

    async def close(self) -> None:
        """Nothing is open."""


class House:
    """A gateway over in-memory stores, whose clock the test moves.

    ``folder`` is empty and holds the owner's configuration: at first a small model of the house
    and a big one elsewhere. ``busy`` says whether a decision is under way elsewhere.
    """

    def __init__(
        self,
        folder: Path,
        unit_of_work: UnitOfWork | None = None,
        *,
        busy: Callable[[], bool] = lambda: False,
    ) -> None:
        self.folder = folder
        self.clock = FakeClock(NOON, busy=busy)
        self.unit_of_work = unit_of_work or InMemoryUnitOfWork(UserId("somebody"))
        self.providers: dict[str, Provider] = {}
        self.ids = SequentialIds()
        self.write(donna_models=MODELS)

    def write(self, **files: str) -> None:
        """Write configuration files of these names."""
        for name, text in files.items():
            (self.folder / f"{name}.yaml").write_text(text)

    def says(self, provider: str, script: Script) -> ScriptedProvider:
        """Let a provider answer from a script."""
        scripted = ScriptedProvider(script, name=provider)
        self.providers[provider] = scripted
        return scripted

    def works(
        self, provider: str, script: Callable[[ProviderCall], Awaitable[Answer]]
    ) -> ClockedProvider:
        """Let a provider answer by a coroutine that may wait."""
        clocked = ClockedProvider(provider, script)
        self.providers[provider] = clocked
        return clocked

    def gateway(self) -> Gateway:
        """Return a gateway under the configuration as written by now."""
        settings = load_settings(self.folder)
        policy = policy_from(settings, zone=BERLIN)
        rules = RulesModel(
            policy.lexicon, priorities=policy.priorities, text_limit=policy.text_limit
        )
        return Gateway(
            World(
                unit_of_work=self.unit_of_work,
                clock=self.clock,
                ids=self.ids,
                providers={name: lambda it=it: it for name, it in self.providers.items()},  # type: ignore[misc]  # binds it now
            ),
            rules=rules,
            interpret=rules.refined,
            config=configure(settings, folder=self.folder, zone=BERLIN),
            reload=self._configured,
            folder=self.folder,
        )

    def _configured(self) -> GatewayConfig:
        return configure(load_settings(self.folder), folder=self.folder, zone=BERLIN)

    async def rows(self) -> list[Invocation]:
        """Return the log of calls, oldest first."""
        found = await self.unit_of_work.run(
            lambda stores: stores.invocations.select(CallFilter(), limit=10_000)
        )
        return list(reversed(found))

    async def entries(self, *states: SpendState) -> tuple[SpendEntry, ...]:
        """Return what stands in the ledger."""
        return await self.unit_of_work.run(
            lambda stores: stores.spend.select(states=states or None)
        )

    async def today(self) -> Amount:
        """Return what this day holds."""
        account = day_account(self.clock.now().astimezone(BERLIN).date())
        totals = await self.unit_of_work.run(lambda stores: stores.spend.totals([account]))
        return totals.get(account, Amount())

    async def messages(self) -> list[Message]:
        """Return the words that wait for the owner."""
        rows = await self.unit_of_work.run(lambda stores: stores.outbox.select())
        return [row.delivery for row in rows if isinstance(row.delivery, Message)]

    async def finish(self, work: Awaitable[ModelReply]) -> ModelReply:
        """Let time pass until the work is done."""
        task = asyncio.ensure_future(work)
        await self.clock.settle()
        while not task.done():
            deadline = self.clock.next_deadline()
            assert deadline is not None, "it waits for nothing that will come"
            self.clock.advance(to=deadline)
            await self.clock.settle()
        return await task


def parse(text: str = "call Ada", **more: Any) -> ModelRequest:
    """Return the question what a sentence means."""
    inputs = {
        "text": text,
        "at": NOON.isoformat(),
        "zone": BERLIN.key,
        "day_first": True,
    }
    return ModelRequest(task_type="parse_task", inputs=inputs, **more)


def compare(**more: Any) -> ModelRequest:
    """Return the question whether two tasks are one."""
    inputs = {"new": {"title": "mow"}, "existing": {"title": "sew"}}
    return ModelRequest(task_type="dedup_check", inputs=inputs, **more)
