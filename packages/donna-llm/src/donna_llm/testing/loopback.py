"""An HTTP server on the loopback that can also misbehave, for the protocols of the vendors.

It speaks just enough HTTP/1.1 for the vendors' libraries, and everything a bad day brings:
silence, a slow drip, a cut in the middle, a wrong length, bytes that are no answer at all.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from enum import Enum
from typing import Any, Self

from attrs import define, field, frozen


class Ending(Enum):
    """How an answer ends: as it should, by hanging up in the middle, or never."""

    WHOLE = "whole"
    CUT = "cut"
    NEVER = "never"


@frozen(kw_only=True)
class Turn:
    """One answer: ``pieces`` are sent in order, a number among them is a pause in seconds.

    The body is sent in chunks, or with ``length`` as its stated length, which may be a lie.
    With ``raw`` the pieces are all that is sent, head included.
    """

    pieces: Sequence[bytes | float] = ()
    status: int = 200
    headers: Mapping[str, str] = field(factory=dict)
    length: int | None = None
    ending: Ending = Ending.WHOLE
    raw: bool = False


SILENCE = Turn(raw=True, ending=Ending.NEVER)
"""The request is read, and not a byte is answered."""


@frozen(kw_only=True)
class Request:
    """What a client sent; ``body`` is the parsed JSON, or ``None`` when there was none."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: Any


@define
class Loopback:
    """A server at ``url`` that answers by ``answer``, which a protocol overrides.

    ``requests`` are what was asked, in order.
    """

    requests: list[Request] = field(factory=list, init=False)
    _port: int = field(default=0, init=False)
    _open: bool = field(default=False, init=False)
    _answers: set["asyncio.Task[bool]"] = field(factory=set, init=False)
    _clients: dict["asyncio.Task[None]", asyncio.StreamWriter] = field(factory=dict, init=False)

    @property
    def url(self) -> str:
        """The address clients are given."""
        return f"http://127.0.0.1:{self._port}"

    def answer(self, request: Request) -> Turn:
        """Return the answer to a request."""
        raise NotImplementedError(f"{type(self).__name__} answers nothing, not even {request.path}")

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[Self]:
        """Serve on a free port of the loopback until the end of the block."""
        server = await asyncio.start_server(self._client, "127.0.0.1", 0)
        self._port, self._open = server.sockets[0].getsockname()[1], True
        try:
            yield self
        finally:
            server.close()
            self._open = False
            while self._clients:
                for writer in self._clients.values():
                    writer.transport.abort()
                await asyncio.gather(*self._clients)
            await server.wait_closed()

    async def until_left(self) -> None:
        """Wait until no answer is under way, as when whoever asked has gone away before its end.

        Return at once where nobody got as far as asking.
        """
        await asyncio.gather(*self._answers, return_exceptions=True)

    async def _client(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._clients[task] = writer
        try:
            while self._open and (request := await _request(reader)) is not None:
                self.requests.append(request)
                sent = self._serve(self.answer(request), reader, writer)
                self._answers.add(answer := asyncio.ensure_future(sent))
                answer.add_done_callback(self._answers.discard)
                if not await answer:
                    break
        finally:
            del self._clients[task]
            writer.close()

    async def _serve(
        self, turn: Turn, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> bool:
        """Send an answer and return whether the connection can carry another request."""
        gone = asyncio.ensure_future(reader.read(1))
        sending = asyncio.ensure_future(_send(turn, writer))
        try:
            await asyncio.wait({gone, sending}, return_when=asyncio.FIRST_COMPLETED)
            if not sending.done():
                return False
            await sending
        except ConnectionError:
            return False
        finally:
            for task in (gone, sending):
                task.cancel()
            await asyncio.gather(gone, sending, return_exceptions=True)
        if turn.ending is Ending.CUT:
            writer.transport.abort()
        return turn.ending is Ending.WHOLE and not turn.raw and turn.length is None


def plain(status: int, body: Any, *, headers: Mapping[str, str] | None = None) -> Turn:
    """Return an answer whose body is this value as JSON."""
    data = json.dumps(body).encode()
    return Turn(
        pieces=[data],
        status=status,
        headers={"Content-Type": "application/json", **(headers or {})},
    )


async def _request(reader: asyncio.StreamReader) -> Request | None:
    """Read a request, or return ``None`` where whoever began one has gone away."""
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        first, *lines = head.strip().split("\r\n")
        method, path, _ = first.split(" ", 2)
        fields = (line.partition(":") for line in lines)
        headers = {name.lower(): value.strip() for name, _, value in fields}
        body = await reader.readexactly(int(headers.get("content-length", "0")))
    except (asyncio.IncompleteReadError, ConnectionError):
        return None
    return Request(
        method=method, path=path, headers=headers, body=json.loads(body) if body else None
    )


async def _send(turn: Turn, writer: asyncio.StreamWriter) -> None:
    chunked = not turn.raw and turn.length is None
    if not turn.raw:
        writer.write(_head(turn))
    for piece in turn.pieces:
        if isinstance(piece, bytes):
            writer.write(b"%x\r\n%b\r\n" % (len(piece), piece) if chunked and piece else piece)
        else:
            await writer.drain()
            await asyncio.sleep(piece)
    if chunked and turn.ending is Ending.WHOLE:
        writer.write(b"0\r\n\r\n")
    await writer.drain()
    if turn.ending is Ending.NEVER:
        await asyncio.Event().wait()


def _head(turn: Turn) -> bytes:
    framing = (
        {"Transfer-Encoding": "chunked"}
        if turn.length is None
        else {"Content-Length": str(turn.length), "Connection": "close"}
    )
    lines = [f"{name}: {value}" for name, value in {**turn.headers, **framing}.items()]
    return "\r\n".join([f"HTTP/1.1 {turn.status} Status", *lines, "", ""]).encode("latin-1")
