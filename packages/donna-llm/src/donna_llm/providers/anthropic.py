"""Claude, through the Messages API and the library ``anthropic``.

Structured output is the input of a tool the model is made to use; every answer is streamed, so
that deadlines and cancellation close the connection and tokens are counted as they come.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from attrs import define, field

from donna_llm.errors import (
    AccountRefused,
    BadKey,
    ConnectionCut,
    Declined,
    ExtraMissing,
    Overloaded,
    ProviderError,
    RateLimited,
    ReplyMalformed,
    ReplyTruncated,
    RequestRejected,
    RequestTooLarge,
    UnknownModel,
    VendorFault,
)
from donna_llm.ports import Provider, ProviderCall, ProviderReply
from donna_llm.providers import wire
from donna_llm.usage import Usage

if TYPE_CHECKING:  # imported when the first provider is made
    import anthropic

NAME = "anthropic"
TOOL = "answer"
PROBE_SECONDS = 10.0

ERROR_TYPES: Mapping[str, type[ProviderError]] = {
    "invalid_request_error": RequestRejected,
    "authentication_error": BadKey,
    "billing_error": AccountRefused,
    "permission_error": AccountRefused,
    "not_found_error": UnknownModel,
    "request_too_large": RequestTooLarge,
    "conflict_error": RequestRejected,
    "memory_path_conflict_error": RequestRejected,
    "memory_precondition_failed_error": RequestRejected,
    "rate_limit_error": RateLimited,
    "timeout_error": VendorFault,
    "api_error": VendorFault,
    "overloaded_error": Overloaded,
}
"""The ``type`` of the error object, which the API documents as the stable part."""

STATUSES: Mapping[int, type[ProviderError]] = {
    401: BadKey,
    402: AccountRefused,
    403: AccountRefused,
    408: VendorFault,
    413: RequestTooLarge,
    425: Overloaded,
    429: RateLimited,
    503: Overloaded,
    529: Overloaded,
}
"""For answers without such an object, from proxies for instance; another 4xx is a rejection,
another 5xx a fault of the vendor."""

SAID: Mapping[str, type[ProviderError]] = {
    "prompt is too long": RequestTooLarge,
    "exceed context limit": RequestTooLarge,
    "credit balance is too low": AccountRefused,
}
"""What an ``invalid_request_error`` says when it is not about the form of the request."""


class AnthropicProvider(Provider):
    """Asks Claude. Raise ``ExtraMissing`` without the library, ``BadKey`` for a key that is none.

    ``address`` is the API's when left out.
    """

    def __init__(self, api_key: str, *, address: str | None = None) -> None:
        try:
            import anthropic  # noqa: PLC0415  # a second that only those pay who ask Claude
            import httpx2  # noqa: PLC0415  # what it stands on
        except ImportError as error:
            raise ExtraMissing(NAME, extra=NAME) from error
        key = api_key.strip()
        if not key.isascii() or not key.isprintable() or not key:
            raise BadKey("the configured key is none", provider=NAME, model="*")
        self._sdk = anthropic
        self._faults: tuple[type[Exception], ...] = (anthropic.APIError, *wire.faults(httpx2))
        self._client = anthropic.AsyncAnthropic(
            api_key=key,
            base_url=address,
            max_retries=0,
            timeout=httpx2.Timeout(None, connect=wire.CONNECT_SECONDS),
            default_headers={"Accept-Encoding": "identity"},
            http_client=anthropic.DefaultAsyncHttpxClient(event_hooks=dict(wire.hooks(httpx2))),
        )

    @property
    def name(self) -> str:
        return NAME

    @property
    def is_local(self) -> bool:
        return False

    async def call(self, call: ProviderCall) -> ProviderReply:
        answer = _Answer(model=call.model)
        with wire.exchange(
            request_id=call.request_id, max_tokens=call.max_tokens, of_events=True
        ) as under_way:
            try:
                await wire.collect(self._events(call), answer.take, call=call, provider=NAME)
                return answer.reply(structured=call.schema is not None)
            except self._sdk.APIStatusError as error:
                raise self._refusal(error, under_way, call.model, answer.usage) from error
            except ProviderError as error:
                error.usage = error.usage or answer.usage
                raise
            except self._faults as error:
                raise wire.fault(
                    error, under_way=under_way, provider=NAME, model=call.model, usage=answer.usage
                ) from error

    async def probe(self, models: Sequence[str]) -> Sequence[ProviderError]:
        return await wire.findings(models, self._missing)

    async def close(self) -> None:
        await self._client.close()

    @asynccontextmanager
    async def _events(
        self, call: ProviderCall
    ) -> AsyncIterator[AsyncIterator["anthropic.types.RawMessageStreamEvent"]]:
        sdk = self._sdk
        stream = await self._client.messages.create(
            model=call.model,
            max_tokens=call.max_tokens,
            messages=[{"role": "user", "content": call.prompt}],
            system=call.system or sdk.omit,
            tools=sdk.omit if call.schema is None else [_tool(call.schema)],
            tool_choice=sdk.omit if call.schema is None else {"type": "tool", "name": TOOL},
            stream=True,
            extra_body={} if call.temperature is None else {"temperature": call.temperature},
        )
        try:
            yield aiter(stream)
        finally:
            await stream.close()

    async def _missing(self, model: str) -> ProviderError | None:
        with wire.exchange() as under_way:
            try:
                async with asyncio.timeout(PROBE_SECONDS):
                    await self._client.models.retrieve(model)
            except self._sdk.APIStatusError as error:
                return self._refusal(error, under_way, model, None)
            except self._faults as error:
                return wire.fault(error, under_way=under_way, provider=NAME, model=model)
        return None

    def _refusal(
        self,
        error: "anthropic.APIStatusError",
        under_way: wire.Exchange,
        model: str,
        usage: Usage | None,
    ) -> ProviderError:
        kind, problem = translated(error.status_code, error.body)
        return kind(
            problem, provider=NAME, model=model, retry_after=under_way.retry_after, usage=usage
        )


def translated(status: int, body: object) -> tuple[type[ProviderError], str]:
    """Return our error for an answer of the API that is none, and what it says."""
    said = body.get("error") if isinstance(body, Mapping) else None
    if isinstance(said, Mapping) and isinstance(said.get("type"), str):
        problem = str(said.get("message"))[:300]
        kind = ERROR_TYPES.get(said["type"])
        if kind is RequestRejected:
            kind = next((SAID[part] for part in SAID if part in problem.lower()), kind)
        if kind is not None:
            return kind, f"{problem} ({said['type']})"
    problem = f"HTTP {status} ({str(body)[:200]!r})"
    if status in STATUSES:
        return STATUSES[status], problem
    if status < 400:
        return ReplyMalformed, problem
    return (RequestRejected if status < 500 else VendorFault), problem


def _tool(schema: Mapping[str, Any]) -> "anthropic.types.ToolParam":
    return {
        "name": TOOL,
        "description": "Give the answer in this form.",
        "input_schema": dict(schema),
    }


@define(kw_only=True)
class _Answer:
    """What has come of a message so far."""

    model: str
    usage: Usage | None = None
    _text: list[str] = field(factory=list)
    _input: list[str] = field(factory=list)
    _stop_reason: str | None = None
    _ended: bool = False

    def take(self, event: Any) -> None:
        """Add one event of the stream; what other versions may send beside these is skipped."""
        match event.type:
            case "message_start":
                self.model = str(event.message.model)
                self.usage = _counted(event.message.usage, Usage())
            case "content_block_start" if event.content_block.type == "text":
                self._text.append(event.content_block.text)
            case "content_block_delta" if event.delta.type == "text_delta":
                self._text.append(event.delta.text)
            case "content_block_delta" if event.delta.type == "input_json_delta":
                self._input.append(event.delta.partial_json)
            case "message_delta":
                self._stop_reason = event.delta.stop_reason
                self.usage = _counted(event.usage, self.usage or Usage())
            case "message_stop":
                self._ended = True

    def reply(self, *, structured: bool) -> ProviderReply:
        """Return the whole answer; raise what keeps it from being one."""
        if not self._ended:
            raise self._fault(ConnectionCut, "the answer stopped in the middle")
        if self._stop_reason in {"max_tokens", "model_context_window_exceeded"}:
            raise self._fault(ReplyTruncated, f"the model stopped at {self._stop_reason}")
        if self._stop_reason == "refusal":
            raise self._fault(Declined, "the model declines this request")
        if not isinstance(self._stop_reason, str) or self.usage is None:
            raise self._fault(ReplyMalformed, "the answer does not say why it ended")
        text = "".join(self._input if structured else self._text)
        return ProviderReply(
            text=text,
            data=self._object(text) if structured else None,
            model_actual=f"{NAME}/{self.model}",
            stop_reason=self._stop_reason,
            usage=self.usage,
        )

    def _object(self, text: str) -> Mapping[str, Any]:
        if not text:
            raise self._fault(ReplyMalformed, "the model did not use the form it was given")
        data = json.loads(text)
        if not isinstance(data, dict):
            raise self._fault(ReplyMalformed, "the model filled the form with no object")
        return data

    def _fault(self, kind: type[ProviderError], problem: str) -> ProviderError:
        return kind(problem, provider=NAME, model=self.model, usage=self.usage)


def _counted(said: Any, before: Usage) -> Usage:
    """Return the tokens of an event; what it leaves out stands as it was."""
    fields = {
        "tokens_in": said.input_tokens,
        "tokens_out": said.output_tokens,
        "cache_read_tokens": said.cache_read_input_tokens,
        "cache_write_tokens": said.cache_creation_input_tokens,
    }
    counts = {name: getattr(before, name) if count is None else count
              for name, count in fields.items()}  # fmt: skip
    if not all(isinstance(count, int) and count >= 0 for count in counts.values()):
        raise ValueError("the token counts are no counts")
    return Usage(**counts)
