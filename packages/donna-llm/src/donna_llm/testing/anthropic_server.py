"""The Messages API of Anthropic on the loopback: streamed answers, tools, models, errors."""

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from donna_llm.testing.loopback import Loopback, Request, Turn, plain

MODEL = "claude-sonnet-4-6"
Script = Iterable[Turn] | Callable[[Request], Turn]
"""The answers to ``POST /v1/messages``, one after the other or worked out from the request."""


class AnthropicServer(Loopback):
    """Answers messages from a script, and knows ``models``; another key than ``key`` is refused."""

    def __init__(
        self, script: Script, *, models: Collection[str] = (MODEL,), key: str | None = None
    ) -> None:
        super().__init__()
        self._models, self._key = models, key
        self._script = script if callable(script) else _recital(script)

    def answer(self, request: Request) -> Turn:
        if self._key is not None and key_of(request) != self._key:
            return failed(401, "authentication_error", "invalid API key")
        if (request.method, request.path) == ("POST", "/v1/messages"):
            if request.body["model"] not in self._models:
                return failed(404, "not_found_error", f"model: {request.body['model']}")
            return self._script(request)
        folder, _, model = request.path.rpartition("/")
        if (request.method, folder) == ("GET", "/v1/models") and model in self._models:
            return plain(200, _model(model))
        return failed(404, "not_found_error", f"model: {model}")


def key_of(request: Request) -> str | None:
    """Return the key a request was made with: the library sends it as either header."""
    bearer = request.headers.get("authorization", "").removeprefix("Bearer ")
    return request.headers.get("x-api-key") or bearer or None


def said(text: str, *, stop_reason: str = "end_turn", **counts: int) -> Turn:
    """Return an answer in text; counts are fields of ``usage``, such as ``input_tokens=7``."""
    parts = [text[start : start + 7] for start in range(0, len(text), 7)]
    deltas = [{"type": "text_delta", "text": part} for part in parts]
    block = {"type": "text", "text": ""}
    return events(message(block, deltas, stop_reason=stop_reason, **counts))


def used(data: object, *, stop_reason: str = "tool_use", **counts: int) -> Turn:
    """Return an answer that uses the tool ``answer`` with this input, a JSON value or its text."""
    text = data if isinstance(data, str) else json.dumps(data)
    parts = ["", *(text[start : start + 7] for start in range(0, len(text), 7))]
    deltas = [{"type": "input_json_delta", "partial_json": part} for part in parts]
    block = {"type": "tool_use", "id": "toolu_1", "name": "answer", "input": {}}
    return events(message(block, deltas, stop_reason=stop_reason, **counts))


def failed(
    status: int, kind: str, message: str, *, headers: Mapping[str, str] | None = None
) -> Turn:
    """Return an error of the API: its HTTP status, its ``type`` and its text."""
    return plain(status, error(kind, message), headers=headers)


def error(kind: str, message: str) -> dict[str, Any]:
    """Return the API's error object, as it is in bodies and in streams."""
    return {"type": "error", "error": {"type": kind, "message": message}}


def message(
    block: Mapping[str, Any],
    deltas: Sequence[Mapping[str, Any]],
    *,
    stop_reason: str,
    **counts: int,
) -> Iterator[Mapping[str, Any]]:
    """Yield the events of an answer with one block of content."""
    usage = {"input_tokens": 25, "output_tokens": 1, **counts}
    spoken: dict[str, Any] = {"id": "msg_1", "type": "message", "role": "assistant", "model": MODEL}
    spoken |= {"content": [], "stop_reason": None, "stop_sequence": None, "usage": usage}
    yield {"type": "message_start", "message": spoken}
    yield {"type": "content_block_start", "index": 0, "content_block": block}
    yield {"type": "ping"}
    for delta in deltas:
        yield {"type": "content_block_delta", "index": 0, "delta": delta}
    yield {"type": "content_block_stop", "index": 0}
    yield {"type": "message_delta", "delta": {"stop_reason": stop_reason, "stop_sequence": None},
           "usage": {"output_tokens": counts.get("output_tokens", 15)}}  # fmt: skip
    yield {"type": "message_stop"}


def events(plain_events: Iterable[Mapping[str, Any]]) -> Turn:
    """Return an answer that streams these events."""
    return Turn(
        headers={"Content-Type": "text/event-stream; charset=utf-8", "request-id": "req_1"},
        pieces=[f"event: {each['type']}\ndata: {json.dumps(each)}\n\n".encode()
                for each in plain_events],
    )  # fmt: skip


def _model(model: str) -> Mapping[str, Any]:
    return {"type": "model", "id": model, "display_name": model,
            "created_at": "2026-02-17T00:00:00Z"}  # fmt: skip


def _recital(script: Iterable[Turn]) -> Callable[[Request], Turn]:
    turns = iter(script)
    return lambda _: next(turns, failed(500, "api_error", "the script of the test ended"))
