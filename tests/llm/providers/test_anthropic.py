"""Claude through the real library, against a server that speaks the Messages API."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import pytest
from attrs import evolve

from donna_core.testing.contracts.failures import failure
from donna_llm.errors import (
    AccountRefused,
    BadKey,
    ConnectionCut,
    Declined,
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
from donna_llm.providers.anthropic import ERROR_TYPES, AnthropicProvider
from donna_llm.testing import anthropic_server as claude
from donna_llm.testing.anthropic_server import AnthropicServer
from donna_llm.testing.contracts import DATA, LONG, SCHEMA, SHORT, TEXT, LiveProviderContract
from donna_llm.testing.loopback import SILENCE, Ending, Turn
from donna_llm.usage import Usage

CALL = ProviderCall(
    model=claude.MODEL,
    system="You are brief.",
    prompt="Say something.",
    max_tokens=300,
    first_byte=LONG,
    total=LONG,
    request_id="call-1",
)
ASKING_FOR_DATA = evolve(CALL, schema=SCHEMA)
HELLO = claude.said("Hello there, how are you?")


@asynccontextmanager
async def serving(*turns: Turn) -> AsyncIterator[tuple[AnthropicProvider, AnthropicServer]]:
    """Give a provider and the server it talks to."""
    async with AnthropicServer(turns).serving() as server:
        provider = AnthropicProvider("key", address=server.url)
        yield provider, server
        await provider.close()


async def outcome(turn: Turn, call: ProviderCall = CALL) -> ProviderError:
    """Return what the provider raises for an answer."""
    async with serving(turn) as (provider, _):
        problem = await failure(provider.call(call))
    assert isinstance(problem, ProviderError)
    return problem


class TestAnthropicProvider(LiveProviderContract):
    model = claude.MODEL

    @asynccontextmanager
    async def answering(self, answer: str | Mapping[str, Any]) -> AsyncIterator[Provider]:
        turn = claude.said(answer) if isinstance(answer, str) else claude.used(answer)
        async with serving(turn) as (provider, _):
            yield provider

    @asynccontextmanager
    async def silent(self) -> AsyncIterator[Provider]:
        async with serving(SILENCE) as (provider, server):
            yield provider
            await server.until_left()

    @asynccontextmanager
    async def unending(self) -> AsyncIterator[Provider]:
        begun = evolve(HELLO, pieces=HELLO.pieces[:4], ending=Ending.NEVER)
        async with serving(begun) as (provider, server):
            yield provider
            await server.until_left()


async def test_the_request_says_what_was_asked() -> None:
    """Everything of the call that the API has a place for is sent, and nothing else."""
    async with serving(claude.used(DATA)) as (provider, server):
        await provider.call(evolve(ASKING_FOR_DATA, temperature=0.2))

    [request] = server.requests
    tool = request.body.pop("tools")[0]
    assert request.body == {
        "model": claude.MODEL,
        "max_tokens": 300,
        "system": "You are brief.",
        "messages": [{"role": "user", "content": "Say something."}],
        "temperature": 0.2,
        "tool_choice": {"type": "tool", "name": "answer"},
        "stream": True,
    }
    assert (tool["name"], tool["input_schema"]) == ("answer", SCHEMA)
    assert claude.key_of(request) == "key"
    assert request.headers["x-request-id"] == "call-1"


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
    """Input, output, and what came from and went to the cache; each counts as input."""
    turn = claude.said(
        TEXT,
        input_tokens=5,
        output_tokens=40,
        cache_read_input_tokens=700,
        cache_creation_input_tokens=30,
    )
    async with serving(turn) as (provider, _):
        reply = await provider.call(CALL)

    assert reply.usage == Usage(
        tokens_in=5, tokens_out=40, cache_read_tokens=700, cache_write_tokens=30
    )
    assert reply.tokens_in == 735


@pytest.mark.parametrize(
    ("turn", "expected"),
    [
        (claude.said(TEXT, stop_reason="max_tokens"), ReplyTruncated),
        (claude.said(TEXT, stop_reason="model_context_window_exceeded"), ReplyTruncated),
        (claude.said("", stop_reason="refusal"), Declined),
        (evolve(HELLO, pieces=HELLO.pieces[:-1]), ConnectionCut),
        (evolve(HELLO, pieces=HELLO.pieces[:3], ending=Ending.CUT), ConnectionCut),
        (evolve(HELLO, length=5_000), ConnectionCut),
        (evolve(HELLO, length=300), ConnectionCut),
        (Turn(), ConnectionCut),
    ],
)
async def test_half_an_answer_is_none(turn: Turn, expected: type[ProviderError]) -> None:
    """An answer that is cut, cut short or of the wrong length is told as what it is."""
    problem = await outcome(turn)

    assert type(problem) is expected
    assert problem.may_be_billed


async def test_what_was_counted_before_a_cut_is_told() -> None:
    """The ledger learns of the input tokens of an answer that did not end."""
    problem = await outcome(evolve(HELLO, pieces=HELLO.pieces[:4], ending=Ending.CUT))

    assert problem.usage == Usage(tokens_in=25, tokens_out=1)


@pytest.mark.parametrize(
    "turn",
    [
        claude.used('{"title": "x"'),
        claude.used("[1]"),
        claude.used(""),
        claude.said("I would rather write a poem."),
        claude.used("[" * 5_000),
    ],
)
async def test_a_form_that_was_not_filled_in_is_malformed(turn: Turn) -> None:
    """Structured output is an object or an error, and the tokens are told."""
    problem = await outcome(turn, ASKING_FOR_DATA)

    assert type(problem) is ReplyMalformed
    assert problem.usage == Usage(tokens_in=25, tokens_out=15)


@pytest.mark.parametrize(
    ("status", "kind", "said", "expected"),
    [
        (400, "invalid_request_error", "max_tokens: must be positive", RequestRejected),
        (400, "invalid_request_error", "prompt is too long: 210000 tokens", RequestTooLarge),
        (400, "invalid_request_error", "Your credit balance is too low", AccountRefused),
        (401, "authentication_error", "invalid x-api-key", BadKey),
        (402, "billing_error", "unpaid", AccountRefused),
        (403, "permission_error", "not for you", AccountRefused),
        (404, "not_found_error", "model: claude-1", UnknownModel),
        (413, "request_too_large", "32 MB at most", RequestTooLarge),
        (429, "rate_limit_error", "slowly", RateLimited),
        (500, "api_error", "oops", VendorFault),
        (504, "timeout_error", "too slow", VendorFault),
        (529, "overloaded_error", "Overloaded", Overloaded),
        (418, "unheard_of", "?", RequestRejected),
        (599, "unheard_of", "?", VendorFault),
    ],
)
async def test_every_error_of_the_api_has_a_name(
    status: int, kind: str, said: str, expected: type[ProviderError]
) -> None:
    """The error's own type decides, and what it says is passed on."""
    problem = await outcome(claude.failed(status, kind, said))

    assert type(problem) is expected
    assert said in str(problem)
    assert problem.may_be_billed is expected.billable


def test_the_table_of_errors_is_the_one_of_the_library() -> None:
    """A type the library learns of in a later version is missed here."""
    from typing import get_args  # noqa: PLC0415  # beside what it reads

    from anthropic.types.shared.error_type import ErrorType  # noqa: PLC0415  # the same

    assert set(get_args(ErrorType)) - set(ERROR_TYPES) == set()


@pytest.mark.parametrize(
    ("status", "expected"),
    [(403, AccountRefused), (404, RequestRejected), (429, RateLimited), (502, VendorFault),
     (503, Overloaded), (529, Overloaded)],
)  # fmt: skip
async def test_errors_of_proxies_go_by_their_status(
    status: int, expected: type[ProviderError]
) -> None:
    """A page that is none of the API's is told with its beginning."""
    problem = await outcome(Turn(status=status, pieces=[b"<html>Bad day</html>"]))

    assert type(problem) is expected
    assert "Bad day" in str(problem)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "7"}, 7),
        ({"Retry-After": "1.5"}, 1.5),
        ({"Retry-After-Ms": "250", "Retry-After": "7"}, 0.25),
        ({"Date": "Fri, 20 Nov 2026 09:00:00 GMT",
          "Retry-After": "Fri, 20 Nov 2026 09:01:30 GMT"}, 90),
        ({"Retry-After": "soon"}, None),
        ({"Retry-After": "-5"}, None),
        ({"Retry-After": "9" * 400}, None),
        ({}, None),
    ],
)  # fmt: skip
async def test_the_wait_that_is_asked_for_is_passed_on(
    headers: dict[str, str], seconds: float | None
) -> None:
    """Seconds, milliseconds and dates are read; what is none of them is no wait."""
    problem = await outcome(claude.failed(429, "rate_limit_error", "slowly", headers=headers))

    asked = problem.retry_after
    assert (None if asked is None else asked.total_seconds()) == seconds


async def test_an_error_in_the_middle_of_an_answer_has_its_name() -> None:
    """The stream began with 200, and what was counted until then may be billed."""
    overloaded = {**claude.error("overloaded_error", "Overloaded")}
    problem = await outcome(
        evolve(HELLO, pieces=[*HELLO.pieces[:4], *claude.events([overloaded]).pieces])
    )

    assert type(problem) is Overloaded
    assert problem.may_be_billed


async def test_nobody_at_the_address_is_told_as_such() -> None:
    """Nothing was asked, so nothing was billed."""
    async with serving() as (_, server):
        url = server.url
    provider = AnthropicProvider("key", address=url)

    problem = await failure(provider.call(CALL))

    assert isinstance(problem, Unreachable)
    assert not problem.may_be_billed
    assert [type(each) for each in await provider.probe([claude.MODEL, "other"])] == [Unreachable]
    await provider.close()


async def test_a_bad_key_is_found_by_the_probe() -> None:
    """It is told once, however many models there are, and no message was sent."""
    async with AnthropicServer([HELLO], key="right").serving() as server:
        provider = AnthropicProvider("wrong", address=server.url)
        findings = await provider.probe([claude.MODEL, "claude-1"])
        await provider.close()

    assert [type(finding) for finding in findings] == [BadKey]
    assert {request.method for request in server.requests} == {"GET"}


@pytest.mark.parametrize("key", ["", "  ", "schlüssel", "a\nb"])
def test_a_key_that_can_be_none_is_refused_at_once(key: str) -> None:
    """Nobody is asked about it."""
    with pytest.raises(BadKey):
        AnthropicProvider(key)


async def test_a_prompt_that_is_no_text_is_rejected_before_it_is_sent() -> None:
    """A lone surrogate has no encoding."""
    async with serving(HELLO) as (provider, server):
        problem = await failure(provider.call(evolve(CALL, prompt="\ud800")))

    assert isinstance(problem, RequestRejected)
    assert server.requests == []
