"""Local models through the real library, against a server that speaks Ollama's protocol."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import pytest
from attrs import evolve

from donna_core.testing.contracts.failures import failure
from donna_llm.errors import (
    BadKey,
    ConnectionCut,
    Overloaded,
    ProviderError,
    RateLimited,
    ReplyMalformed,
    ReplyTruncated,
    RequestRejected,
    RequestTooLarge,
    TotalTimeout,
    UnknownModel,
    Unreachable,
    VendorFault,
)
from donna_llm.ports import Provider, ProviderCall
from donna_llm.providers.ollama import OllamaProvider
from donna_llm.testing import ollama_server as local
from donna_llm.testing.contracts import DATA, LONG, SCHEMA, SHORT, TEXT, LiveProviderContract
from donna_llm.testing.loopback import SILENCE, Ending, Turn
from donna_llm.testing.ollama_server import OllamaServer
from donna_llm.usage import Usage

CALL = ProviderCall(
    model=local.MODEL,
    system="You are brief.",
    prompt="Say something.",
    max_tokens=300,
    first_byte=LONG,
    total=LONG,
    request_id="call-1",
    context_tokens=8192,
)
ASKING_FOR_DATA = evolve(CALL, schema=SCHEMA, temperature=0.0)
HELLO = local.said("Hello there, how are you?")


@asynccontextmanager
async def serving(
    *turns: Turn, **options: Any
) -> AsyncIterator[tuple[OllamaProvider, OllamaServer]]:
    """Give a provider and the server it talks to."""
    async with OllamaServer(turns).serving() as server:
        provider = OllamaProvider(server.url, **options)
        yield provider, server
        await provider.close()


async def outcome(turn: Turn, call: ProviderCall = CALL) -> ProviderError:
    """Return what the provider raises for an answer."""
    async with serving(turn) as (provider, _):
        problem = await failure(provider.call(call))
    assert isinstance(problem, ProviderError)
    return problem


class TestOllamaProvider(LiveProviderContract):
    model = local.MODEL

    @asynccontextmanager
    async def answering(self, answer: str | Mapping[str, Any]) -> AsyncIterator[Provider]:
        async with serving(local.said(answer)) as (provider, _):
            yield provider

    @asynccontextmanager
    async def silent(self) -> AsyncIterator[Provider]:
        async with serving(SILENCE) as (provider, server):
            yield provider
            await server.until_left()

    @asynccontextmanager
    async def unending(self) -> AsyncIterator[Provider]:
        begun = evolve(HELLO, pieces=HELLO.pieces[:2], ending=Ending.NEVER)
        async with serving(begun) as (provider, server):
            yield provider
            await server.until_left()


async def test_the_request_says_what_was_asked() -> None:
    """Schema, limits and the size of the context are the server's own options."""
    async with serving(local.said(DATA), keep_alive="5m") as (provider, server):
        await provider.call(ASKING_FOR_DATA)

    [request] = server.requests
    assert request.body["format"] == SCHEMA
    assert request.body["options"] == {"num_predict": 300, "temperature": 0.0, "num_ctx": 8192}
    assert request.body["keep_alive"] == "5m"
    assert [said["role"] for said in request.body["messages"]] == ["system", "user"]
    assert request.headers["x-request-id"] == "call-1"


async def test_an_older_server_is_only_held_to_json() -> None:
    """With structured outputs off, the schema stays at home."""
    async with serving(local.said(DATA), structured=False) as (provider, server):
        reply = await provider.call(ASKING_FOR_DATA)

    assert server.requests[0].body["format"] == "json"
    assert reply.data == DATA


async def test_a_slow_drip_in_time_is_an_answer() -> None:
    """Only the deadlines count, not the pauses in between."""
    drips = [part for piece in HELLO.pieces for part in (piece, 0.002)]
    async with serving(evolve(HELLO, pieces=drips)) as (provider, _):
        reply = await provider.call(CALL)

    assert reply.text == "Hello there, how are you?"


async def test_a_slow_drip_ends_with_the_time() -> None:
    """However steadily it drips."""
    drips = [part for piece in HELLO.pieces for part in (piece, 5.0)]
    problem = await outcome(evolve(HELLO, pieces=drips), evolve(CALL, total=SHORT))

    assert type(problem) is TotalTimeout


async def test_tokens_are_counted_as_the_reply_says() -> None:
    """The last part of an answer has the counts."""
    async with serving(local.said(TEXT, prompt_eval_count=70, eval_count=9)) as (provider, _):
        reply = await provider.call(CALL)

    assert (reply.tokens_in, reply.tokens_out) == (70, 9)
    assert reply.model_actual == f"ollama/{local.MODEL}"


@pytest.mark.parametrize(
    ("turn", "expected"),
    [
        (local.said(TEXT, done_reason="length"), ReplyTruncated),
        (evolve(HELLO, pieces=HELLO.pieces[:-1]), ConnectionCut),
        (evolve(HELLO, pieces=HELLO.pieces[:2], ending=Ending.CUT), ConnectionCut),
        (evolve(HELLO, length=5_000), ConnectionCut),
        (evolve(HELLO, length=20), ReplyMalformed),
        (
            evolve(HELLO, pieces=[*HELLO.pieces[:2], b'{"error": "llama runner died"}\n']),
            VendorFault,
        ),
        (Turn(), ConnectionCut),
    ],
)
async def test_half_an_answer_is_none(turn: Turn, expected: type[ProviderError]) -> None:
    """An answer that is cut, cut short or of the wrong length is told as what it is."""
    assert type(await outcome(turn)) is expected


@pytest.mark.parametrize("text", ['{"title": "x"', "[1]", "", "A poem.", "[" * 5_000])
async def test_what_is_no_object_is_malformed(text: str) -> None:
    """Structured output is an object or an error, and the tokens are told."""
    problem = await outcome(local.said(text), ASKING_FOR_DATA)

    assert type(problem) is ReplyMalformed
    assert problem.usage == Usage(tokens_in=26, tokens_out=12)


@pytest.mark.parametrize(
    ("status", "said", "expected"),
    [
        (400, "invalid format: unknown type", RequestRejected),
        (400, "the input length exceeds the context length", RequestTooLarge),
        (401, "unauthorized", BadKey),
        (404, "model 'x' not found", UnknownModel),
        (404, "404 page", RequestRejected),
        (413, "too large", RequestTooLarge),
        (429, "slowly", RateLimited),
        (500, "model requires more system memory", VendorFault),
        (503, "server busy, please try again. maximum pending requests exceeded", Overloaded),
        (599, "?", VendorFault),
    ],
)
async def test_every_error_of_the_server_has_a_name(
    status: int, said: str, expected: type[ProviderError]
) -> None:
    """Status and words decide together."""
    problem = await outcome(local.failed(status, said, headers={"Retry-After": "3"}))

    assert type(problem) is expected
    assert problem.retry_after is not None
    assert problem.may_be_billed is expected.billable


async def test_a_missing_model_is_told_with_how_to_install_it() -> None:
    """The probe says the command, and loads nothing."""
    async with serving(HELLO) as (provider, server):
        [finding] = await provider.probe(["llama3.2:3b", local.MODEL])

    assert "ollama pull llama3.2:3b" in str(finding)
    assert {request.path for request in server.requests} == {"/api/show"}


async def test_no_server_at_the_address_is_told_as_such() -> None:
    """Once, for all models."""
    async with serving() as (_, server):
        url = server.url
    provider = OllamaProvider(url)

    assert type(await failure(provider.call(CALL))) is Unreachable
    assert [type(each) for each in await provider.probe([local.MODEL, "other"])] == [Unreachable]
    await provider.close()
