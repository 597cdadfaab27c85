"""What the gateway adds to a call, and what it keeps of a vendor's throughput.

The server is a process of its own that speaks the Messages API. Each figure stands beside the
bare call of the vendor's library in the same run; litellm, where it is installed, beside a raw
HTTP request.
"""

import asyncio
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import anthropic
import httpx
import pytest

from donna_adapters.sql.sqlite import SqliteDatabase
from donna_core.domain.ids import UserId
from donna_core.local.clock import SystemClock
from donna_core.local.household import policy_from
from donna_core.local.ids import UuidSource
from donna_core.local.rules_model import RulesModel
from donna_core.local.settings import load_settings
from donna_core.local.stores import InMemoryUnitOfWork
from donna_core.ports.language_model import ModelRequest
from donna_core.ports.unit_of_work import UnitOfWork
from donna_llm.configuration import configure
from donna_llm.gateway import Gateway, World
from donna_llm.providers.anthropic import AnthropicProvider

ROUNDS, WARM_UP = 200, 20
CALLERS, EACH, DELAY = 32, 10, 0.2
RECORDED_PEER_MS = 3.7
"""What litellm 1.x added to a raw HTTP request on such a machine."""

MODEL = "claude-sonnet-4-6"
SOMEBODY = UserId("somebody")
ANSWER = {"verdict": "same", "confidence": 0.9}
SERVER = """
import asyncio, json, sys
from donna_llm.testing.anthropic_server import AnthropicServer, used
from attrs import evolve

async def main():
    turn, delay = used({answer}), float(sys.argv[1])
    turn = evolve(turn, pieces=[*([delay] if delay else []), *turn.pieces])
    async with AnthropicServer(lambda _: turn).serving() as server:
        print(server.url, flush=True)
        await asyncio.Event().wait()

asyncio.run(main())
""".replace("{answer}", repr(ANSWER))
CONFIG = """
models:
  parser: {provider: anthropic, model: claude-sonnet-4-6, input_cost_per_token_usd: 0.000003,
    output_cost_per_token_usd: 0.000015}
routing:
  dedup_check: {model: parser}
cost: {daily_pause_threshold_usd: 100000, monthly_budget_usd: 100000}
"""
LIMITS = "rate_limits: {default: {requests_per_minute: 1000000, requests_per_hour: 10000000}}\n"
SCHEMA = {
    "type": "object",
    "properties": {"verdict": {"type": "string"}, "confidence": {"type": "number"}},
    "required": ["verdict", "confidence"],
}
REQUEST = ModelRequest(
    task_type="dedup_check",
    inputs={"new": {"title": "Fix the sink"}, "existing": {"title": "Repair the kitchen sink"}},
)


@pytest.fixture
def serve() -> Iterator[Callable[[float], str]]:
    """Start servers that answer after a delay, and end them afterwards."""
    with ExitStack() as stack:

        def start(delay: float) -> str:
            words = [sys.executable, "-c", SERVER, str(delay)]
            server = stack.enter_context(subprocess.Popen(words, stdout=subprocess.PIPE, text=True))
            stack.callback(server.kill)
            assert server.stdout is not None
            return server.stdout.readline().strip()

        yield start


def make_gateway(folder: Path, unit_of_work: UnitOfWork, url: str) -> Gateway:
    """Return a gateway to the server over these stores."""
    (folder / "donna_models.yaml").write_text(CONFIG)
    (folder / "llm_gateway.yaml").write_text(LIMITS)
    settings, zone = load_settings(folder), ZoneInfo("Europe/Berlin")
    policy = policy_from(settings, zone=zone)
    rules = RulesModel(policy.lexicon, priorities=policy.priorities, text_limit=policy.text_limit)
    config = configure(settings, folder=folder, zone=zone)
    return Gateway(
        World(
            unit_of_work=unit_of_work,
            clock=SystemClock(),
            ids=UuidSource(),
            providers={"anthropic": lambda: AnthropicProvider("key", address=url)},
        ),
        rules=rules,
        interpret=rules.refined,
        config=config,
        reload=lambda: config,
        folder=folder,
    )


async def ask_bare(client: Any) -> None:
    """Ask as the library's own documentation does, streamed as the gateway asks."""
    stream = await client.messages.create(
        model=MODEL,
        max_tokens=1024,
        messages=[{"role": "user", "content": "Are these the same?"}],
        tools=[{"name": "answer", "description": "The answer.", "input_schema": SCHEMA}],
        tool_choice={"type": "tool", "name": "answer"},
        stream=True,
    )
    text = ""
    async for event in stream:
        if event.type == "content_block_delta" and event.delta.type == "input_json_delta":
            text += event.delta.partial_json
    assert json.loads(text) == ANSWER


async def medians(*calls: Callable[[], Awaitable[object]]) -> list[float]:
    """Make the calls in turns and return the median milliseconds of each."""
    times: list[list[float]] = [[] for _ in calls]
    for number in range(ROUNDS + WARM_UP):
        for taken, call in zip(times, calls, strict=True):
            start = time.perf_counter()
            await call()
            if number >= WARM_UP:
                taken.append((time.perf_counter() - start) * 1000)
    return [statistics.median(taken) for taken in times]


async def litellm_overhead(url: str) -> float | None:
    """Return the milliseconds litellm adds to a raw request, or ``None`` where it is missing."""
    if find_spec("litellm") is None:
        return None
    litellm: Any = import_module("litellm")  # a peer that is not always there
    litellm.suppress_debug_info = True
    body = {"model": MODEL, "max_tokens": 1024, "stream": True,
            "messages": [{"role": "user", "content": "Are these the same?"}]}  # fmt: skip

    async with httpx.AsyncClient() as client:

        async def raw() -> None:
            async with client.stream(
                "POST", f"{url}/v1/messages", json=body, headers={"x-api-key": "key"}
            ) as reply:
                async for _ in reply.aiter_bytes():
                    pass

        async def peer() -> None:
            stream = await litellm.acompletion(
                model=f"anthropic/{MODEL}", messages=body["messages"], max_tokens=1024,
                stream=True, api_base=url, api_key="key",
            )  # fmt: skip
            async for _ in stream:
                pass

        bare, theirs = await medians(raw, peer)
    return theirs - bare


async def test_what_a_call_costs_beside_the_bare_library(
    tmp_path: Path, serve: Callable[[float], str]
) -> None:
    """The overhead over the bare call, with the ledger in memory and durable."""
    url = serve(0)
    peer = await litellm_overhead(url)
    for name in ("memory", "durable"):
        (tmp_path / name).mkdir()
    with SqliteDatabase.open(tmp_path / "donna.db") as database:
        memory = make_gateway(tmp_path / "memory", InMemoryUnitOfWork(SOMEBODY), url)
        durable = make_gateway(tmp_path / "durable", database.unit_of_work(SOMEBODY), url)
        async with anthropic.AsyncAnthropic(api_key="key", base_url=url, max_retries=0) as client:
            bare, quick, safe = await medians(
                lambda: ask_bare(client),
                lambda: memory.complete(REQUEST),
                lambda: durable.complete(REQUEST),
            )
        await memory.close()
        await durable.close()
    known = peer if peer is not None else RECORDED_PEER_MS
    source = "measured" if peer is not None else "recorded"
    print(f"\nbare library {bare:.2f} ms")
    for name, found in (("ledger in memory", quick), ("ledger on disk", safe)):
        added = found - bare
        print(
            f"gateway, {name}: {added:+.2f} ms, {known / added:.1f} times less "
            f"than litellm's {known:.2f} ms ({source})"
        )


async def test_what_is_kept_of_the_throughput(
    tmp_path: Path, serve: Callable[[float], str]
) -> None:
    """Thirty-two callers against a server that takes 200 ms."""
    url = serve(DELAY)

    async def rate(call: Callable[[], Awaitable[object]]) -> float:
        async def caller() -> None:
            for _ in range(EACH):
                await call()

        await call()
        start = time.perf_counter()
        await asyncio.gather(*(caller() for _ in range(CALLERS)))
        return CALLERS * EACH / (time.perf_counter() - start)

    for name in ("memory", "durable"):
        (tmp_path / name).mkdir()
    with SqliteDatabase.open(tmp_path / "donna.db") as database:
        memory = make_gateway(tmp_path / "memory", InMemoryUnitOfWork(SOMEBODY), url)
        durable = make_gateway(tmp_path / "durable", database.unit_of_work(SOMEBODY), url)
        async with anthropic.AsyncAnthropic(api_key="key", base_url=url, max_retries=0) as client:
            bare = await rate(lambda: ask_bare(client))
        quick = await rate(lambda: memory.complete(REQUEST))
        safe = await rate(lambda: durable.complete(REQUEST))
        await memory.close()
        await durable.close()
    print(f"\n{CALLERS} callers, {DELAY * 1000:.0f} ms: bare library {bare:.1f} calls/s")
    for name, found in (("ledger in memory", quick), ("ledger on disk", safe)):
        print(f"gateway, {name}: {found:.1f} calls/s, {found / bare:.0%} of it")


def test_what_importing_costs_beside_the_vendors_library() -> None:
    """The package, and the whole gateway with templates and schemas, beside anthropic alone."""

    def seconds(program: str) -> float:
        timed = f"import time; t = time.perf_counter(); {program}; print(time.perf_counter() - t)"
        words = [sys.executable, "-c", timed]
        runs = [subprocess.run(words, capture_output=True, text=True, check=True) for _ in range(5)]
        return statistics.median(float(run.stdout) for run in runs)

    peer = seconds("import anthropic")
    for name in ("donna_llm", "donna_llm.gateway"):
        print(f"\nimport {name}: {seconds(f'import {name}') / peer:.2f} of importing anthropic")
