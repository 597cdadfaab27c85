"""A provider that says what the test wrote down."""

import asyncio
import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from attrs import frozen

from donna_llm.errors import (
    FirstByteTimeout,
    ProviderError,
    TotalTimeout,
    UnknownModel,
)
from donna_llm.ports import Provider, ProviderCall, ProviderReply
from donna_llm.usage import Usage


@frozen(kw_only=True)
class Slow:
    """An answer that takes its time: ``first_byte`` until it begins, ``total`` until it ends."""

    answer: "Answer"
    total: timedelta
    first_byte: timedelta = timedelta(0)


Answer = ProviderReply | Mapping[str, Any] | str | ProviderError | Slow
"""A whole reply, its structured output, its text, the error to raise, or one of them slowly."""

Script = Iterable[Answer] | Callable[[ProviderCall], Answer]
"""The answers one after the other, or worked out from the call."""


class ScriptedProvider(Provider):
    """Answers from a script and keeps every call; ``active`` counts those under way.

    ``models`` are the models it knows, any when left out. Token counts are four characters to
    the token. Cancelled calls are kept in ``cancelled``.
    """

    def __init__(
        self, script: Script, *, name: str = "scripted", models: Collection[str] | None = None
    ) -> None:
        self.calls: list[ProviderCall] = []
        self.cancelled: list[ProviderCall] = []
        self.active = 0
        self.closed = False
        self._name, self._models = name, models
        self._script = script if callable(script) else _recital(script)

    @property
    def name(self) -> str:
        return self._name

    @property
    def is_local(self) -> bool:
        return self._name != "anthropic"

    async def call(self, call: ProviderCall) -> ProviderReply:
        self.calls.append(call)
        self.active += 1
        try:
            if (problem := self._missing(call.model)) is not None:
                raise problem
            return await self._said(self._script(call), call)
        except asyncio.CancelledError:
            self.cancelled.append(call)
            raise
        finally:
            self.active -= 1

    async def probe(self, models: Sequence[str]) -> Sequence[ProviderError]:
        return [problem for model in models if (problem := self._missing(model)) is not None]

    async def close(self) -> None:
        self.closed = True

    def _missing(self, model: str) -> ProviderError | None:
        if self._models is None or model in self._models:
            return None
        return UnknownModel("the script has no such model", provider=self._name, model=model)

    async def _said(self, answer: Answer, call: ProviderCall) -> ProviderReply:
        if isinstance(answer, Slow):
            await self._wait(answer, call)
            return await self._said(answer.answer, call)
        if isinstance(answer, ProviderError):
            raise answer
        if isinstance(answer, ProviderReply):
            return answer
        text = answer if isinstance(answer, str) else json.dumps(answer)
        return ProviderReply(
            text=text,
            data=None if isinstance(answer, str) else answer,
            model_actual=f"{self._name}/{call.model}",
            stop_reason="end",
            usage=Usage(
                tokens_in=(len(call.system) + len(call.prompt)) // 4 + 1,
                tokens_out=len(text) // 4 + 1,
            ),
        )

    async def _wait(self, answer: Slow, call: ProviderCall) -> None:
        """Sleep as long as the answer or the deadline takes, whichever is shorter."""
        if answer.first_byte > call.first_byte:
            await asyncio.sleep(call.first_byte.total_seconds())
            raise FirstByteTimeout("nothing came", provider=self._name, model=call.model)
        if answer.total > call.total:
            await asyncio.sleep(call.total.total_seconds())
            raise TotalTimeout("it did not end", provider=self._name, model=call.model)
        await asyncio.sleep(answer.total.total_seconds())


def _recital(answers: Iterable[Answer]) -> Callable[[ProviderCall], Answer]:
    left = iter(answers)

    def following(call: ProviderCall) -> Answer:
        try:
            return next(left)
        except StopIteration:
            raise AssertionError(
                f"the script ended, and {call.model} is asked again: write one more answer, "
                "or find out who asks"
            ) from None

    return following
