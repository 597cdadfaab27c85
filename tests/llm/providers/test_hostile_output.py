"""Whatever bytes come back, the caller has an answer or a named error, in time."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from attrs import define, evolve
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from donna_llm.errors import KINDS, ProviderError
from donna_llm.ports import Provider, ProviderCall, ProviderReply
from donna_llm.providers.anthropic import AnthropicProvider
from donna_llm.providers.ollama import OllamaProvider
from donna_llm.testing import anthropic_server as claude
from donna_llm.testing import ollama_server as local
from donna_llm.testing.anthropic_server import AnthropicServer
from donna_llm.testing.contracts import DATA, SCHEMA
from donna_llm.testing.loopback import SILENCE, Ending, Request, Turn
from donna_llm.testing.ollama_server import OllamaServer

SOON = timedelta(milliseconds=60)
# A deadline and what a busy machine takes; far less than an answer that never ends.
SLACK = 20.0
# One server and one provider for all examples: an answer must not spoil the next one either.
SHARED = settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
CALL = ProviderCall(
    model=claude.MODEL,
    prompt="Say something.",
    max_tokens=50,
    first_byte=SOON,
    total=SOON,
    request_id="call-1",
)

numbers = st.integers() | st.floats() | st.sampled_from([-1, 10**400])
values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | numbers | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
headers = st.dictionaries(
    st.sampled_from(["Content-Type", "Retry-After", "Content-Encoding", "Date", "Location"]),
    st.sampled_from(["text/event-stream", "gzip", "x", "0", "\xff", "nan", "1e999"]),
    max_size=2,
)


@st.composite
def damaged(draw: st.DrawFn, pieces: list[bytes]) -> list[bytes]:
    """Draw an answer in which a piece is lost, doubled, garbled or followed by garbage."""
    place = draw(st.integers(0, len(pieces) - 1))
    piece = pieces[place]
    cut = draw(st.integers(0, len(piece)))
    garbage = draw(st.binary(max_size=40))
    new = draw(st.sampled_from([b"", piece * 2, piece[:cut], piece[:cut] + garbage + piece[cut:]]))
    return [*pieces[:place], new, *pieces[place + 1 :]]


@st.composite
def refitted(draw: st.DrawFn, objects: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Draw an answer in which one value of one object is another."""
    place = draw(st.integers(0, len(objects) - 1))
    changed: dict[str, Any] = json.loads(json.dumps(objects[place]))
    spot = changed
    while True:
        key = draw(st.sampled_from(sorted(spot)))
        if not isinstance(spot[key], dict) or not spot[key] or draw(st.booleans()):
            break
        spot = spot[key]
    spot[key] = draw(values)
    return [*objects[:place], changed, *objects[place + 1 :]]


def turns(pieces: st.SearchStrategy[list[bytes]]) -> st.SearchStrategy[Turn]:
    """Draw how such an answer is sent."""
    return st.builds(
        Turn,
        pieces=pieces,
        status=st.sampled_from([200, 200, 200, 204, 302, 400, 429, 500, 529]),
        headers=headers,
        length=st.none() | st.integers(0, 2_000),
        ending=st.sampled_from([Ending.WHOLE, Ending.WHOLE, Ending.CUT, Ending.NEVER]),
        raw=st.sampled_from([False, False, False, True]),
    )


def pieces_of(turn: Turn) -> list[bytes]:
    """Return what an answer sends."""
    return [piece for piece in turn.pieces if isinstance(piece, bytes)]


EVENTS = list(claude.message(
    {"type": "tool_use", "id": "toolu_1", "name": "answer", "input": {}},
    [{"type": "input_json_delta", "partial_json": json.dumps(DATA)}],
    stop_reason="tool_use",
))  # fmt: skip
PARTS = [local.part(json.dumps(DATA)), {**local.part(""), "done": True, "eval_count": 3}]
anything = st.lists(st.binary(max_size=200), max_size=4)
hostile_events = turns(
    anything
    | damaged(pieces_of(claude.events(EVENTS)))
    | refitted([dict(each) for each in EVENTS]).map(lambda each: pieces_of(claude.events(each)))
)
hostile_parts = turns(
    anything
    | damaged(pieces_of(local.parts(PARTS)))
    | refitted(PARTS).map(lambda each: pieces_of(local.parts(each)))
)


async def judge(provider: Provider, call: ProviderCall) -> None:
    """Ask, and hold the outcome to the promise."""
    outcome: ProviderReply | ProviderError
    try:
        async with asyncio.timeout(SLACK):
            outcome = await provider.call(call)
    except ProviderError as error:
        outcome = error
    if isinstance(outcome, ProviderError):
        assert KINDS[outcome.code] is type(outcome)
        assert str(outcome).startswith(f"{provider.name}/")
        assert outcome.remedy in str(outcome)
    else:
        assert isinstance(outcome.data, dict) == (call.schema is not None)
        assert outcome.tokens_in >= 0
        assert outcome.tokens_out >= 0
        assert isinstance(outcome.text, str)
        json.dumps(outcome.data)


@define
class Tongue:
    """What the servers say next."""

    turn: Turn = SILENCE

    def __call__(self, _: Request) -> Turn:
        return self.turn


@pytest.fixture
async def to_claude() -> AsyncIterator[tuple[Tongue, AnthropicProvider]]:
    """Give a provider and what its server says."""
    tongue = Tongue()
    async with AnthropicServer(tongue).serving() as server:
        provider = AnthropicProvider("key", address=server.url)
        yield tongue, provider
        await provider.close()


@pytest.fixture
async def to_ollama() -> AsyncIterator[tuple[Tongue, OllamaProvider]]:
    """Give a provider and what its server says."""
    tongue = Tongue()
    async with OllamaServer(tongue).serving() as server:
        provider = OllamaProvider(server.url)
        yield tongue, provider
        await provider.close()


@SHARED
@given(turn=hostile_events, schema=st.sampled_from([SCHEMA, None]))
async def test_claude_answers_or_the_error_has_a_name(
    to_claude: tuple[Tongue, AnthropicProvider], turn: Turn, schema: Any
) -> None:
    """The Messages API with damaged events, statuses, headers, lengths and endings."""
    tongue, provider = to_claude
    tongue.turn = turn

    await judge(provider, evolve(CALL, schema=schema))


@SHARED
@given(turn=hostile_parts, schema=st.sampled_from([SCHEMA, None]))
async def test_ollama_answers_or_the_error_has_a_name(
    to_ollama: tuple[Tongue, OllamaProvider], turn: Turn, schema: Any
) -> None:
    """The chat API with damaged parts, statuses, headers, lengths and endings."""
    tongue, provider = to_ollama
    tongue.turn = turn

    await judge(provider, evolve(CALL, model=local.MODEL, schema=schema))


async def test_a_body_without_end_is_stopped_long_before_memory_is() -> None:
    """More than an answer of the asked-for length can be is not even read."""
    flood = Turn(pieces=[b"x" * 100_000] * 40, ending=Ending.NEVER)
    for raised in [await flooded(flood), await flooded(evolve(flood, status=500))]:
        assert [error.code for error in raised] == ["reply_too_large", "reply_too_large"]


async def flooded(turn: Turn) -> list[ProviderError]:
    """Return what both providers raise for an answer, with all the time in the world."""
    raised = []
    call = evolve(CALL, first_byte=timedelta(seconds=60), total=timedelta(seconds=60))
    async with (
        AnthropicServer(lambda _: turn).serving() as one,
        OllamaServer(lambda _: turn, models=[claude.MODEL]).serving() as two,
    ):
        for provider in (AnthropicProvider("key", address=one.url), OllamaProvider(two.url)):
            try:
                await provider.call(call)
            except ProviderError as error:
                raised.append(error)
            await provider.close()
    return raised
