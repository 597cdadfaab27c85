"""What every provider keeps to; needs pytest-asyncio in its auto mode, and no other help."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from typing import Any

from attrs import evolve

from donna_core.testing.contracts.failures import failure
from donna_llm.errors import FirstByteTimeout, ProviderError, TotalTimeout, UnknownModel
from donna_llm.ports import Provider, ProviderCall

SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "properties": {"title": {"type": "string"}, "priority": {"type": "integer"}},
    "required": ["title", "priority"],
    "additionalProperties": False,
}
DATA: Mapping[str, Any] = {"title": "Käse kaufen 🧀", "priority": 3}
TEXT = "Zwei Sätze. Und 🧀."
SHORT = timedelta(milliseconds=60)
LONG = timedelta(seconds=30)


class ProviderContract(ABC):
    """Subclass this in a test module, say which provider, and every promise is tested on it."""

    @property
    @abstractmethod
    def model(self) -> str:
        """A model the vendor has; it does not have one called ``no-such-model``."""

    @abstractmethod
    def answering(self, answer: str | Mapping[str, Any]) -> AbstractAsyncContextManager[Provider]:
        """Give a provider whose model answers ``prompt_call`` or ``data_call`` with this."""

    def prompt_call(self) -> ProviderCall:
        """Return a question whose answer is text."""
        return ProviderCall(
            model=self.model,
            system="Answer in German.",
            prompt="Say something.",
            max_tokens=200,
            first_byte=LONG,
            total=LONG,
            request_id="call-1",
        )

    def data_call(self) -> ProviderCall:
        """Return a question whose answer is structured."""
        return evolve(self.prompt_call(), schema=SCHEMA, temperature=0.0)

    async def test_text_comes_as_it_was_said(self) -> None:
        """Without a schema the answer is text, and no data."""
        async with self.answering(TEXT) as provider:
            reply = await provider.call(self.prompt_call())

        assert (reply.text, reply.data) == (TEXT, None)

    async def test_structured_output_comes_parsed(self) -> None:
        """With a schema the answer is data."""
        async with self.answering(DATA) as provider:
            reply = await provider.call(self.data_call())

        assert reply.data == DATA

    async def test_the_reply_says_who_answered_and_what_it_took(self) -> None:
        """The model is named with its provider, and the tokens are the vendor's count."""
        async with self.answering(TEXT) as provider:
            reply = await provider.call(self.prompt_call())

        assert reply.model_actual.partition("/")[2].startswith(self.model)
        assert reply.tokens_in > 0
        assert reply.tokens_out > 0
        assert reply.stop_reason

    async def test_a_model_that_is_there_has_no_findings(self) -> None:
        """The probe is silent when all is well."""
        async with self.answering(TEXT) as provider:
            assert list(await provider.probe([self.model])) == []

    async def test_the_probe_names_a_model_that_is_missing(self) -> None:
        """Only the missing one is told."""
        async with self.answering(TEXT) as provider:
            [finding] = await provider.probe([self.model, "no-such-model"])

        assert isinstance(finding, UnknownModel)
        assert finding.model == "no-such-model"

    async def test_closing_twice_does_no_harm(self) -> None:
        """A second close finds nothing to do."""
        async with self.answering(TEXT) as provider:
            await provider.close()
            await provider.close()


class LiveProviderContract(ProviderContract):
    """What a provider keeps to beside that when somebody answers on the other side."""

    @abstractmethod
    def silent(self) -> AbstractAsyncContextManager[Provider]:
        """Give a provider whose vendor takes a call and never says a word."""

    @abstractmethod
    def unending(self) -> AbstractAsyncContextManager[Provider]:
        """Give a provider whose vendor begins to answer and never ends."""

    async def test_silence_ends_at_the_first_byte_deadline(self) -> None:
        """A vendor that says nothing is left; it may bill the call."""
        async with self.silent() as provider:
            problem = await failure(provider.call(evolve(self.prompt_call(), first_byte=SHORT)))

        assert isinstance(problem, FirstByteTimeout)
        assert problem.may_be_billed

    async def test_an_answer_without_end_ends_at_the_total_deadline(self) -> None:
        """A vendor that never comes to an end is left; it may bill the call."""
        async with self.unending() as provider:
            problem = await failure(provider.call(evolve(self.prompt_call(), total=SHORT)))

        assert isinstance(problem, TotalTimeout)
        assert problem.may_be_billed

    async def test_a_cancelled_call_ends_at_once(self) -> None:
        """Cancellation passes through, and the provider answers to others after it."""
        for asked_for in (timedelta(), SHORT):
            async with self.silent() as provider:
                call = asyncio.ensure_future(provider.call(self.prompt_call()))
                await asyncio.sleep(asked_for.total_seconds())
                call.cancel()
                [outcome] = await asyncio.gather(call, return_exceptions=True)

                assert isinstance(outcome, asyncio.CancelledError)
                assert list(await provider.probe([self.model])) == []

    async def test_problems_name_provider_and_model(self) -> None:
        """Whoever reads the message knows where to look."""
        async with self.silent() as provider:
            problem = await failure(provider.call(evolve(self.prompt_call(), first_byte=SHORT)))

        assert isinstance(problem, ProviderError)
        assert (problem.provider, problem.model) == (provider.name, self.model)
        assert str(problem).startswith(f"{provider.name}/{self.model}: ")
