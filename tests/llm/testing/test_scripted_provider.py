"""The scripted provider keeps the contract it stands in for."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest

from donna_core.testing.contracts.failures import failure
from donna_llm.errors import RateLimited
from donna_llm.ports import Provider
from donna_llm.testing.contracts import LONG, TEXT, LiveProviderContract
from donna_llm.testing.scripted_provider import ScriptedProvider, Slow


class TestScriptedProvider(LiveProviderContract):
    model = "small"

    @asynccontextmanager
    async def answering(self, answer: str | Mapping[str, Any]) -> AsyncIterator[Provider]:
        yield ScriptedProvider([answer], models=[self.model])

    @asynccontextmanager
    async def silent(self) -> AsyncIterator[Provider]:
        yield ScriptedProvider([Slow(answer=TEXT, first_byte=2 * LONG, total=2 * LONG)])

    @asynccontextmanager
    async def unending(self) -> AsyncIterator[Provider]:
        yield ScriptedProvider([Slow(answer=TEXT, total=2 * LONG)])

    async def test_it_raises_what_the_script_says(self) -> None:
        """An error of the script is raised as it was written."""
        limited = RateLimited(
            "60 a minute", provider="scripted", model="small", retry_after=timedelta(seconds=7)
        )

        assert await failure(ScriptedProvider([limited]).call(self.prompt_call())) is limited

    async def test_a_script_that_ended_is_a_fault_of_the_test(self) -> None:
        """Nobody may plan for a call that the script does not foresee."""
        provider = ScriptedProvider([TEXT])
        await provider.call(self.prompt_call())

        with pytest.raises(AssertionError, match="the script ended"):
            await provider.call(self.prompt_call())
        assert (len(provider.calls), provider.active) == (2, 0)
