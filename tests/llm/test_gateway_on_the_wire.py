"""Whatever a vendor's server sends, the caller gets an answer and the books are right."""

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from donna_core.domain.spending.ledger import SpendState
from donna_core.local.clock import SystemClock
from donna_llm.providers.anthropic import AnthropicProvider
from donna_llm.testing.anthropic_server import MODEL, AnthropicServer, failed, used
from donna_llm.testing.house import House, compare
from donna_llm.testing.loopback import SILENCE, Ending, Request, Turn

pytest.importorskip("anthropic", reason="pip install 'donna-llm[anthropic]' to run it")

SAME = {"verdict": "same", "confidence": 0.9}
VERDICTS = {"same", "related", "different"}
CONFIG = """
models:
  big: {provider: anthropic, model: %s, input_cost_per_token_usd: 0.000003,
    output_cost_per_token_usd: 0.000015}
routing:
  dedup_check: {model: big}
"""
QUICK = """
deadlines: {internal: {first_byte_seconds: 0.1, total_seconds: 0.2}}
retries: {standard: {most: 1, first_pause_seconds: 0.001, longest_pause_seconds: 0.001}}
breaker: {failures: 1000}
"""
LONGEST = 20.0
"""Two attempts of a fifth of a second each, and what a busy machine takes."""

values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text() | st.sampled_from(["same", 0.5]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
answers = values | st.dictionaries(st.sampled_from(["verdict", "confidence", "x"]), values)


@st.composite
def mangled(draw: st.DrawFn) -> Turn:
    """Draw an answer that is whole, cut, late, refused, or something else altogether."""
    kind = draw(st.sampled_from(["answer", "cut", "bytes", "silence", "refusal", "right"]))
    if kind == "silence":
        return SILENCE
    if kind == "bytes":
        return Turn(pieces=[draw(st.binary(max_size=200))], raw=draw(st.booleans()))
    if kind == "refusal":
        status = draw(st.sampled_from([400, 401, 404, 413, 429, 500, 529]))
        return failed(status, "api_error", "no", headers={"retry-after": "0"})
    if kind == "right":
        return used(SAME)
    whole = used(json.dumps(draw(answers), allow_nan=True))
    if kind == "answer":
        return whole
    pieces = list(whole.pieces)
    return Turn(
        pieces=pieces[: draw(st.integers(0, len(pieces)))],
        headers=whole.headers,
        ending=draw(st.sampled_from([Ending.CUT, Ending.NEVER])),
    )


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(turns=st.lists(mangled(), min_size=2, max_size=2))
async def test_any_answer_leaves_valid_output_and_right_books(
    tmp_path_factory: pytest.TempPathFactory, turns: list[Turn]
) -> None:
    """A valid object from the model or from the rules, in time, one row for each attempt."""
    house = House(tmp_path_factory.mktemp("house"))
    house.clock = SystemClock()  # type: ignore[assignment]  # a server answers in real time
    house.write(donna_models=CONFIG % MODEL, llm_gateway=QUICK)
    left: Iterator[Turn] = iter(turns)
    async with AnthropicServer(lambda _: next(left)).serving() as server:
        provider = AnthropicProvider("key", address=server.url)
        house.providers["anthropic"] = provider
        gateway = house.gateway()

        async with asyncio.timeout(LONGEST):
            reply = await gateway.complete(compare())
        await gateway.close()

    assert reply.output["verdict"] in VERDICTS
    assert 0 <= reply.output["confidence"] <= 1
    rows = [row for row in await house.rows() if row.model_alias == "big"]
    entries = await house.entries()
    assert len(rows) == len(server.requests) == len(entries)
    assert {row.id for row in rows} == {entry.reservation.id for entry in entries}
    assert not [entry for entry in entries if entry.state is SpendState.RESERVED]
    assert sum(row.cost for row in rows) == sum(entry.cost for entry in entries)
    assert reply.metadata.degraded == (rows[-1].error_type is not None)


async def test_a_retired_model_is_named_by_the_probe(house: House) -> None:
    """The probe asks which models there are, and spends nothing."""
    house.write(donna_models=CONFIG % "claude-retired")
    async with AnthropicServer([]).serving() as server:
        house.providers["anthropic"] = AnthropicProvider("key", address=server.url)
        gateway = house.gateway()
        [found] = await gateway.probe()
        await gateway.close()

    assert (found.alias, found.model_actual) == ("big", "anthropic/claude-retired")
    assert "claude-retired" in str(found.problem)
    assert await house.rows() == []


async def test_a_caller_who_leaves_closes_the_connection(house: House) -> None:
    """The server sees that nobody waits any more, and what it may have cost is kept."""
    house.clock = SystemClock()  # type: ignore[assignment]  # a server answers in real time
    house.write(donna_models=CONFIG % MODEL)
    arrived = asyncio.Event()

    def silence(_: Request) -> Turn:
        arrived.set()
        return SILENCE

    async with AnthropicServer(silence).serving() as server:
        house.providers["anthropic"] = AnthropicProvider("key", address=server.url)
        gateway = house.gateway()
        asked = asyncio.ensure_future(gateway.complete(compare()))
        await arrived.wait()
        asked.cancel()
        await server.until_left()
        await asyncio.gather(asked, return_exceptions=True)
        await gateway.close()

    [entry] = await house.entries()
    assert entry.state is SpendState.KEPT
