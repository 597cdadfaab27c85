"""The chat API of an Ollama server on the loopback: streamed answers, formats, models, errors."""

import json
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from donna_llm.testing.loopback import Loopback, Request, Turn, plain

MODEL = "qwen2.5:7b"
Script = Iterable[Turn] | Callable[[Request], Turn]
"""The answers to ``POST /api/chat``, one after the other or worked out from the request."""


SHOWN = {"modelfile": "", "details": {"family": "qwen2"}, "model_info": {}}


class OllamaServer(Loopback):
    """Answers chats from a script, and has ``models`` installed."""

    def __init__(self, script: Script, *, models: Collection[str] = (MODEL,)) -> None:
        super().__init__()
        self._models = models
        self._script = script if callable(script) else _recital(script)

    def answer(self, request: Request) -> Turn:
        model = (request.body or {}).get("model")
        if (request.method, request.path) not in {("POST", "/api/chat"), ("POST", "/api/show")}:
            return Turn(status=404, pieces=[b"404 page not found"])
        if model not in self._models:
            return failed(404, f"model '{model}' not found")
        if request.path == "/api/show":
            return plain(200, SHOWN)
        return self._script(request)


def said(
    text: str | Mapping[str, Any], *, model: str = MODEL, done_reason: str = "stop", **counts: int
) -> Turn:
    """Return an answer; counts are fields of its last part, such as ``prompt_eval_count=7``."""
    whole = text if isinstance(text, str) else json.dumps(text)
    pieces = [part(whole[start : start + 7], model=model) for start in range(0, len(whole), 7)]
    end = {"done_reason": done_reason, "prompt_eval_count": 26, "eval_count": 12, **counts}
    return parts([*pieces, {**part("", model=model), "done": True, **end}])


def part(text: str, *, model: str = MODEL) -> dict[str, Any]:
    """Return one part of an answer, as the server streams it."""
    return {
        "model": model,
        "created_at": "2026-11-20T09:00:00.000000Z",
        "message": {"role": "assistant", "content": text},
        "done": False,
    }


def parts(plain_parts: Iterable[Mapping[str, Any]]) -> Turn:
    """Return an answer that streams these objects, one per line."""
    return Turn(
        headers={"Content-Type": "application/x-ndjson"},
        pieces=[json.dumps(each).encode() + b"\n" for each in plain_parts],
    )


def failed(status: int, message: str, *, headers: Mapping[str, str] | None = None) -> Turn:
    """Return an error of the server."""
    return plain(status, {"error": message}, headers=headers)


def _recital(script: Iterable[Turn]) -> Callable[[Request], Turn]:
    turns = iter(script)
    return lambda _: next(turns, failed(500, "the script of the test ended"))
