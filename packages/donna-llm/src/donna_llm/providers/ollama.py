"""Local models, through the chat API of an Ollama server and the library ``ollama``.

Structured output is the server's own ``format``: the JSON Schema bounds what the model can say.
Every answer is streamed, so that deadlines and cancellation close the connection, which is what
makes the server stop generating.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from attrs import define, field

from donna_llm.errors import (
    BadKey,
    ConnectionCut,
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
    import ollama

NAME = "ollama"
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
PROBE_SECONDS = 10.0

STATUSES: Mapping[int, type[ProviderError]] = {
    401: BadKey,
    403: BadKey,
    408: VendorFault,
    413: RequestTooLarge,
    429: RateLimited,
    503: Overloaded,
}
"""What the status says; another 4xx is a rejection, another 5xx, or an error in the middle of an
answer (which the library numbers -1), a fault of the server."""

SAID: Mapping[str, type[ProviderError]] = {
    "not found": UnknownModel,
    "exceeds the available context": RequestTooLarge,
    "input length exceeds": RequestTooLarge,
    "server busy": Overloaded,
}
"""What the server says, where the same status means several things."""


class OllamaProvider(Provider):
    """Asks the models of one server. Raise ``ExtraMissing`` without the library.

    ``address`` is the server's, ``keep_alive`` how long it keeps a model loaded (``5m``; ``-1``
    for always), ``headers`` go with every request, to a proxy in front of it for instance.
    With ``structured`` off, the model is only held to JSON, for servers older than 0.5.
    """

    def __init__(
        self,
        address: str,
        *,
        keep_alive: str | float | None = None,
        headers: Mapping[str, str] | None = None,
        structured: bool = True,
    ) -> None:
        try:
            import httpx  # noqa: PLC0415  # what it stands on
            import ollama  # noqa: PLC0415  # only those pay for it who have local models
        except ImportError as error:
            raise ExtraMissing(NAME, extra=NAME) from error
        self._sdk, self._faults = ollama, wire.faults(httpx)
        self._keep_alive, self._structured = keep_alive, structured
        self._is_local = httpx.URL(address).host in LOOPBACK
        self._client = ollama.AsyncClient(
            address,
            timeout=httpx.Timeout(None, connect=wire.CONNECT_SECONDS),
            headers={"Accept-Encoding": "identity", **(headers or {})},
            event_hooks=wire.hooks(httpx),
        )

    @property
    def name(self) -> str:
        return NAME

    @property
    def is_local(self) -> bool:
        return self._is_local

    async def call(self, call: ProviderCall) -> ProviderReply:
        answer = _Answer(model=call.model)
        with wire.exchange(request_id=call.request_id, max_tokens=call.max_tokens) as under_way:
            try:
                await wire.collect(self._parts(call), answer.take, call=call, provider=NAME)
                return answer.reply(structured=call.schema is not None)
            except self._sdk.ResponseError as error:
                raise _refusal(error, under_way, call.model) from error
            except self._faults as error:
                raise wire.fault(
                    error, under_way=under_way, provider=NAME, model=call.model
                ) from error

    async def probe(self, models: Sequence[str]) -> Sequence[ProviderError]:
        return await wire.findings(models, self._missing)

    async def close(self) -> None:
        await self._client.close()  # type: ignore[no-untyped-call]  # the library's is bare

    @asynccontextmanager
    async def _parts(
        self, call: ProviderCall
    ) -> AsyncIterator[AsyncIterator["ollama.ChatResponse"]]:
        wanted = {
            "num_predict": call.max_tokens,
            "temperature": call.temperature,
            "num_ctx": call.context_tokens,
        }
        said = [{"role": "system", "content": call.system}] if call.system else []
        parts = await self._client.chat(
            model=call.model,
            messages=[*said, {"role": "user", "content": call.prompt}],
            stream=True,
            format=self._format(call.schema),
            options={name: value for name, value in wanted.items() if value is not None},
            keep_alive=self._keep_alive,
        )
        try:
            yield parts
        finally:
            await parts.aclose()  # type: ignore[attr-defined]  # a generator it is

    def _format(self, schema: Mapping[str, Any] | None) -> Any:
        if schema is None:
            return None
        return dict(schema) if self._structured else "json"

    async def _missing(self, model: str) -> ProviderError | None:
        with wire.exchange(max_tokens=SHOWN_TOKENS) as under_way:
            try:
                async with asyncio.timeout(PROBE_SECONDS):
                    await self._client.show(model)
            except self._sdk.ResponseError as error:
                return _refusal(error, under_way, model)
            except self._faults as error:
                return wire.fault(error, under_way=under_way, provider=NAME, model=model)
        return None


SHOWN_TOKENS = 64 * 1024
"""A model's card holds its licence, its template and the shape of each tensor."""


def translated(status: int, problem: str) -> type[ProviderError]:
    """Return our error for an answer of the server that is none."""
    found = next((SAID[part] for part in SAID if part in problem.lower()), None)
    if found is not None:
        return found
    if status in STATUSES:
        return STATUSES[status]
    return RequestRejected if 400 <= status < 500 else VendorFault


def _refusal(error: "ollama.ResponseError", under_way: wire.Exchange, model: str) -> ProviderError:
    said = str(error.error)[:300]
    kind = translated(error.status_code, said)
    problem = f"{said or 'no reason given'} (HTTP {error.status_code})"
    if kind is UnknownModel:
        problem = f"the server does not have it; `ollama pull {model}` there installs it"
    return kind(problem, provider=NAME, model=model, retry_after=under_way.retry_after)


@define(kw_only=True)
class _Answer:
    """What has come of an answer so far."""

    model: str
    _text: list[str] = field(factory=list)
    _last: Any = None

    def take(self, part: Any) -> None:
        """Add one part of the stream."""
        self._text.append(part.message.content or "")
        if part.done:
            self._last = part

    def reply(self, *, structured: bool) -> ProviderReply:
        """Return the whole answer; raise what keeps it from being one."""
        last, text = self._last, "".join(self._text)
        if last is None:
            raise self._fault(ConnectionCut, "the answer stopped in the middle")
        usage = Usage(tokens_in=_count(last.prompt_eval_count), tokens_out=_count(last.eval_count))
        if last.done_reason == "length":
            problem = "the model stopped at its token limit"
            raise ReplyTruncated(problem, provider=NAME, model=self.model, usage=usage)
        return ProviderReply(
            text=text,
            data=self._object(text, usage) if structured else None,
            model_actual=f"{NAME}/{last.model or self.model}",
            stop_reason=last.done_reason or "stop",
            usage=usage,
        )

    def _object(self, text: str, usage: Usage) -> Mapping[str, Any]:
        try:
            data = json.loads(text)
        except (ValueError, RecursionError):
            data = None
        if not isinstance(data, dict):
            problem = f"the model did not answer with a JSON object but {text[:60]!r}"
            raise ReplyMalformed(problem, provider=NAME, model=self.model, usage=usage)
        return data

    def _fault(self, kind: type[ProviderError], problem: str) -> ProviderError:
        return kind(problem, provider=NAME, model=self.model)


def _count(said: int | None) -> int:
    """Return a token count; the server leaves it out where it counted nothing anew."""
    return max(said or 0, 0)
