"""What every provider over HTTP needs: deadlines, a limit on what comes back, and named faults.

httpx and httpx2, which the vendors' libraries stand on, have the same classes under the same
names, so one table of names serves both.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, contextmanager
from contextvars import ContextVar
from datetime import timedelta
from email.utils import parsedate_to_datetime
from types import ModuleType
from typing import Any, TypeVar

from attrs import define

from donna_llm.errors import (
    ConnectionCut,
    FirstByteTimeout,
    ProviderError,
    ReplyMalformed,
    ReplyTooLarge,
    RequestRejected,
    TotalTimeout,
    UnknownModel,
    Unreachable,
)
from donna_llm.ports import ProviderCall
from donna_llm.usage import Usage

T = TypeVar("T")

CONNECT_SECONDS = 5.0
"""How long a connection may take to come about."""

TRANSPORT: Mapping[str, type[ProviderError]] = {
    "ConnectError": Unreachable,
    "ConnectTimeout": Unreachable,
    "PoolTimeout": Unreachable,
    "ProxyError": Unreachable,
    "UnsupportedProtocol": Unreachable,
    "InvalidURL": Unreachable,
    "LocalProtocolError": RequestRejected,
    "WriteTimeout": ConnectionCut,
    "WriteError": ConnectionCut,
    "ReadTimeout": ConnectionCut,
    "ReadError": ConnectionCut,
    "CloseError": ConnectionCut,
    "RemoteProtocolError": ConnectionCut,
    "SSEError": ReplyMalformed,
    "DecodingError": ReplyMalformed,
    "TooManyRedirects": ReplyMalformed,
}
"""The faults of httpx and httpx2, by name; a class that is not listed is as its parent."""

GARBLED = (ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError)
"""What a vendor's library raises where it does not expect what came."""

# Enough for one token in an event of its own, and for what every reply has around its tokens.
BYTES_PER_TOKEN, BYTES_AROUND = 512, 64 * 1024
LINES_PER_EVENT = 64


class Misfit(Exception):  # it says what the body is, and never leaves this folder
    """The body is larger or other than a reply can be."""

    def __init__(self, problem: str, *, kind: type[ProviderError]) -> None:
        self.kind = kind
        super().__init__(problem)


@define(kw_only=True)
class Exchange:
    """One request under way: its name, what may come back, and what the answer's head said."""

    request_id: str
    limit: int
    of_events: bool
    answered: bool = False
    retry_after: timedelta | None = None


_CURRENT: ContextVar[Exchange] = ContextVar("exchange")


@contextmanager
def exchange(
    *, request_id: str = "", max_tokens: int = 0, of_events: bool = False
) -> Iterator[Exchange]:
    """Watch the request made inside; its answer has so many tokens, and may be a stream of events.

    ``request_id`` is sent as ``X-Request-ID``, which proxies and servers write to their logs.
    """
    limit = BYTES_AROUND + BYTES_PER_TOKEN * max_tokens
    under_way = Exchange(request_id=request_id, limit=limit, of_events=of_events)
    token = _CURRENT.set(under_way)
    try:
        yield under_way
    finally:
        _CURRENT.reset(token)


async def collect(
    source: AbstractAsyncContextManager[AsyncIterator[T]],
    take: Callable[[T], None],
    *,
    call: ProviderCall,
    provider: str,
) -> None:
    """Hand every piece of an answer to ``take``, within the deadlines of the call.

    The source is closed before anything is raised. Raise ``FirstByteTimeout`` or
    ``TotalTimeout``, and whatever the source raises.
    """
    loop = asyncio.get_running_loop()
    end = loop.time() + call.total.total_seconds()
    began = False
    deadline = asyncio.timeout(min(call.first_byte, call.total).total_seconds())
    try:
        async with deadline, source as pieces:
            async for piece in pieces:
                if not began:
                    began = True
                    deadline.reschedule(end)
                take(piece)
    except TimeoutError:
        if not deadline.expired():
            raise
        if began or call.total < call.first_byte:
            problem = f"no end of the answer within {call.total.total_seconds():g} s"
            raise TotalTimeout(problem, provider=provider, model=call.model) from None
        problem = f"nothing came within {call.first_byte.total_seconds():g} s"
        raise FirstByteTimeout(problem, provider=provider, model=call.model) from None


async def findings(
    models: Sequence[str], look: Callable[[str], Awaitable[ProviderError | None]]
) -> list[ProviderError]:
    """Return what is wrong with each model; what is wrong with all of them is told once."""
    found: list[ProviderError] = []
    for model in dict.fromkeys(models):
        problem = await look(model)
        if problem is not None:
            found.append(problem)
            if not isinstance(problem, UnknownModel):
                break
    return found


def faults(httpx: ModuleType) -> tuple[type[Exception], ...]:
    """Return what a request over this library may raise beside an answer that is an error."""
    own = (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError)
    return (*own, Misfit, OSError, *GARBLED)


def hooks(httpx: ModuleType) -> Mapping[str, list[Callable[[Any], Awaitable[None]]]]:
    """Return the event hooks that let a client of this library tell the current exchange."""
    guarded = _guarded(httpx.AsyncByteStream)

    async def sign(request: Any) -> None:
        if name := _CURRENT.get().request_id:
            request.headers["X-Request-ID"] = name

    async def look(response: Any) -> None:
        current = _CURRENT.get()
        current.answered = True
        current.retry_after = retry_after(response.headers)
        response.stream = guarded(response.stream, current)
        encoding = response.headers.get("content-encoding", "identity")
        if encoding != "identity":
            problem = f"the answer is encoded ({encoding[:20]}), and that was not asked for"
            raise Misfit(problem, kind=ReplyMalformed)

    return {"request": [sign], "response": [look]}


def _guarded(stream: type[Any]) -> type[Any]:
    class Guarded(stream):  # type: ignore[misc]  # the kind of stream of either library
        """A body that ends in ``Misfit`` as soon as it is too large or has too many lines."""

        def __init__(self, inner: Any, current: Exchange) -> None:
            self._inner, self._left, self._lines = inner, current.limit, 0
            self._of_events = current.of_events

        async def __aiter__(self) -> AsyncIterator[bytes]:
            async for chunk in self._inner:
                self._left -= len(chunk)
                if self._left < 0:
                    raise Misfit("more came than an answer can be long", kind=ReplyTooLarge)
                if self._of_events:
                    self._lines = lines_of_last_event(chunk, before=self._lines)
                yield chunk

        async def aclose(self) -> None:
            await self._inner.aclose()

    return Guarded


def lines_of_last_event(chunk: bytes, *, before: int) -> int:
    """Return how many lines the event at the end of the chunk has, ``before`` of them earlier.

    An event ends with an empty line, and who reads events copies what there is of one with each
    of its lines: one event of countless lines would hold up everybody. Raise ``Misfit`` for it.
    """
    count = before
    for line in chunk.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")[:-1]:
        count = count + 1 if line else 0
        if count > LINES_PER_EVENT:
            raise Misfit("an event of countless lines came", kind=ReplyMalformed)
    return count


def retry_after(headers: Mapping[str, str]) -> timedelta | None:
    """Return how long the vendor asks to wait: milliseconds, seconds, or an HTTP date.

    A date counts from the answer's own ``Date``, so that clocks need not agree (RFC 9110, 10.2.3).
    """
    try:
        if "retry-after-ms" in headers:
            return _wait(float(headers["retry-after-ms"]) / 1000)
        said = headers.get("retry-after")
        if said is None:
            return None
        if said.strip().replace(".", "", 1).isdecimal():
            return _wait(float(said))
        now, then = parsedate_to_datetime(headers["date"]), parsedate_to_datetime(said)
        return _wait((then - now).total_seconds())
    except (ValueError, TypeError, KeyError, OverflowError):
        return None


def _wait(seconds: float) -> timedelta | None:
    return timedelta(seconds=seconds) if seconds >= 0 else None


def fault(
    error: BaseException,
    *,
    under_way: Exchange,
    provider: str,
    model: str,
    usage: Usage | None = None,
) -> ProviderError:
    """Return our error for a fault of the connection or of a library that met garbage."""
    return _kind(error, under_way)(
        _problem(error),
        provider=provider,
        model=model,
        retry_after=under_way.retry_after,
        usage=usage,
    )


def _kind(error: BaseException, under_way: Exchange) -> type[ProviderError]:
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, Misfit):
            return seen.kind
        for parent in type(seen).__mro__:
            if parent.__name__ in TRANSPORT:
                return TRANSPORT[parent.__name__]
        seen = seen.__cause__
    if isinstance(error, GARBLED):
        return ReplyMalformed if under_way.answered else RequestRejected
    return ConnectionCut if under_way.answered else Unreachable


def _problem(error: BaseException) -> str:
    deepest = error
    while deepest.__cause__ is not None:
        deepest = deepest.__cause__
    said = str(deepest).splitlines()[0][:200] if str(deepest) else ""
    return said or type(deepest).__name__
