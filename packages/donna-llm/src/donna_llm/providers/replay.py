"""Recording what a provider answers, and answering the same again without it.

A recording is a file of JSON lines, appended to and never rewritten, one line per call:

- ``format``: 1
- ``provider``: the name of the provider that was asked
- ``fingerprint``: SHA-256 (hex) of the canonical JSON of ``call``: keys sorted, no spaces
- ``call``: what an answer depends on: ``model``, ``system``, ``prompt``, ``schema``,
  ``max_tokens``, ``temperature``, ``context_tokens``; neither deadlines nor the request's id
- ``reply``: the fields of ``ProviderReply``, or ``error``: the ``code`` of the ``ProviderError``
  with its ``problem``, ``retry_after`` in seconds and ``usage``

A call that was made several times has several lines, and is answered in their order. The file
holds prompts and answers, so only its owner may read it.
"""

import asyncio
import hashlib
import json
import os
from collections import Counter, defaultdict, deque
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from attrs import asdict, evolve, frozen

from donna_core.domain.errors import InvalidInput
from donna_llm.errors import KINDS, ProviderError, RecordingMissing, UnknownModel
from donna_llm.ports import Provider, ProviderCall, ProviderReply
from donna_llm.usage import Usage

FORMAT = 1


class RecordingUnreadable(InvalidInput):
    """A recording cannot be used; ``where`` is ``file:line``."""

    def __init__(self, where: str, *, problem: str) -> None:
        self.where, self.problem = where, problem
        super().__init__(f"{where}: {problem}. Record it anew, or restore the file.")


_Outcome = ProviderReply | ProviderError


@frozen(kw_only=True)
class _Line:
    """One recorded call and what became of it."""

    provider: str
    model: str
    fingerprint: str
    outcome: _Outcome


def fingerprint(call: ProviderCall) -> str:
    """Return the SHA-256 (hex) of everything in the call that an answer depends on."""
    return _mark(_facts(call))


class RecordingProvider(Provider):
    """Passes calls on and appends what came of each to a file; it has the name of the other.

    A cancelled call has no outcome, so it is not recorded.
    """

    def __init__(self, provider: Provider, path: Path) -> None:
        self._provider, self._path = provider, path

    @property
    def name(self) -> str:
        return self._provider.name

    @property
    def is_local(self) -> bool:
        return self._provider.is_local

    async def call(self, call: ProviderCall) -> ProviderReply:
        try:
            reply = await self._provider.call(call)
        except ProviderError as error:
            self._append(call, {"error": _plain_error(error)})
            raise
        self._append(call, {"reply": asdict(reply)})
        return reply

    async def probe(self, models: Sequence[str]) -> Sequence[ProviderError]:
        return await self._provider.probe(models)

    async def close(self) -> None:
        await self._provider.close()

    def _append(self, call: ProviderCall, outcome: Mapping[str, Any]) -> None:
        facts = _facts(call)
        line = {"format": FORMAT, "provider": self.name, "fingerprint": _mark(facts), "call": facts}
        data = (json.dumps({**line, **outcome}) + "\n").encode()
        handle = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            os.write(handle, data)
        finally:
            os.close(handle)


class ReplayProvider(Provider):
    """Answers from a recording, in the order of its lines, word by word.

    Raise ``RecordingUnreadable`` for a file of another shape. A model may be named as it was
    recorded, or with its provider in front (``anthropic/claude-…``) where several were. A call
    that is not in the file, or not as often, raises ``RecordingMissing``.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._left: dict[tuple[str, str], deque[_Line]] = defaultdict(deque)
        self._models: dict[str, tuple[str, str]] = {}
        self._given: Counter[tuple[str, str]] = Counter()
        for line in _lines(path):
            self._left[line.provider, line.fingerprint].append(line)
            for name in (line.model, f"{line.provider}/{line.model}"):
                self._models.setdefault(name, (line.provider, line.model))

    @property
    def name(self) -> str:
        return "replay"

    @property
    def is_local(self) -> bool:
        return True

    async def call(self, call: ProviderCall) -> ProviderReply:
        await asyncio.sleep(0)  # as with every other provider, others get their turn meanwhile
        provider, model = self._models.get(call.model, ("", call.model))
        place = provider, fingerprint(evolve(call, model=model))
        if not self._left[place]:
            raise RecordingMissing(self._missing(place), provider=self.name, model=call.model)
        self._given[place] += 1
        outcome = self._left[place].popleft().outcome
        if isinstance(outcome, ProviderError):
            raise outcome
        return outcome

    async def probe(self, models: Sequence[str]) -> Sequence[ProviderError]:
        return [
            UnknownModel(f"{self._path} holds no call to it", provider=self.name, model=model)
            for model in models
            if model not in self._models
        ]

    async def close(self) -> None:
        """Nothing is open."""

    def _missing(self, place: tuple[str, str]) -> str:
        given = self._given[place]
        if given:
            return f"{self._path} holds {given} answers to this call, and one more is asked for"
        return f"{self._path} holds no answer to this call (fingerprint {place[1][:12]})"


def _facts(call: ProviderCall) -> dict[str, Any]:
    return {
        "model": call.model,
        "system": call.system,
        "prompt": call.prompt,
        "schema": call.schema,
        "max_tokens": call.max_tokens,
        "temperature": call.temperature,
        "context_tokens": call.context_tokens,
    }


def _mark(facts: Mapping[str, Any]) -> str:
    text = json.dumps(facts, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _plain_error(error: ProviderError) -> Mapping[str, Any]:
    return {
        "code": error.code,
        "problem": error.problem,
        "retry_after": error.retry_after.total_seconds() if error.retry_after else None,
        "usage": asdict(error.usage) if error.usage else None,
    }


def _lines(path: Path) -> Iterator[_Line]:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise RecordingUnreadable(str(path), problem=f"it cannot be read ({error})") from error
    for number, line in enumerate(text.splitlines(), start=1):
        try:
            yield _line(json.loads(line))
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            problem = f"this is no line of a recording ({type(error).__name__}: {error})"
            raise RecordingUnreadable(f"{path}:{number}", problem=problem) from error


def _line(plain: Mapping[str, Any]) -> _Line:
    if plain["format"] != FORMAT:
        raise ValueError(f"format {plain['format']} is none of this version, which reads {FORMAT}")
    provider, call, mark = plain["provider"], plain["call"], plain["fingerprint"]
    if _mark(call) != mark:
        raise ValueError("its call was changed after it was recorded")
    if "reply" in plain:
        reply = dict(plain["reply"])
        outcome: _Outcome = ProviderReply(**{**reply, "usage": Usage(**reply["usage"])})
    else:
        outcome = _error(plain["error"], provider=provider, model=call["model"])
    return _Line(provider=provider, model=call["model"], fingerprint=mark, outcome=outcome)


def _error(plain: Mapping[str, Any], *, provider: str, model: str) -> ProviderError:
    wait, usage = plain["retry_after"], plain["usage"]
    return KINDS[plain["code"]](
        plain["problem"],
        provider=provider,
        model=model,
        retry_after=None if wait is None else timedelta(seconds=wait),
        usage=None if usage is None else Usage(**usage),
    )
