"""Asking one vendor's model, once: no retries, no routing, no budget, those are the gateway's."""

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Protocol

from attrs import frozen

from donna_llm.errors import ProviderError
from donna_llm.usage import Usage


@frozen(kw_only=True)
class ProviderCall:
    """One question to one model.

    ``schema`` is the JSON Schema of the structured answer that is asked for, or ``None`` for
    text; its root is an object. ``max_tokens`` bounds the output, ``context_tokens`` is the
    context window to load where a vendor lets one choose (Ollama). ``first_byte`` is the time
    until the first piece of an answer, ``total`` until the last, both from the call on.
    ``request_id`` names this attempt in the vendor's log where it keeps one.
    """

    model: str
    prompt: str
    max_tokens: int
    first_byte: timedelta
    total: timedelta
    request_id: str
    system: str = ""
    schema: Mapping[str, Any] | None = None
    temperature: float | None = None
    context_tokens: int | None = None


@frozen(kw_only=True)
class ProviderReply:
    """A complete answer.

    ``data`` is the structured output, parsed and JSON-ready, where the call had a schema; that
    it is an object is certain, that it meets the schema is for the caller to check. ``text`` is
    the answer as it came. ``model_actual`` is ``provider/model`` as the vendor names the model;
    ``stop_reason`` is the vendor's word for why it ended.
    """

    text: str
    model_actual: str
    stop_reason: str
    usage: Usage
    data: Mapping[str, Any] | None = None

    @property
    def tokens_in(self) -> int:
        """All input tokens, also those from and to the vendor's cache."""
        usage = self.usage
        return usage.tokens_in + usage.cache_read_tokens + usage.cache_write_tokens

    @property
    def tokens_out(self) -> int:
        """The output tokens."""
        return self.usage.tokens_out


class Provider(Protocol):
    """Answers calls to the models of one vendor; usable from one event loop, concurrently."""

    @property
    @abstractmethod
    def name(self) -> str:
        """The name models are prefixed with: ``anthropic``, ``ollama``, ``replay``."""

    @property
    @abstractmethod
    def is_local(self) -> bool:
        """Whether nothing it is asked leaves this machine."""

    @abstractmethod
    async def call(self, call: ProviderCall) -> ProviderReply:
        """Ask once and return the whole answer, within the deadlines of the call.

        Raise a ``ProviderError`` for everything that can go wrong, and nothing else. When the
        caller is cancelled or a deadline passes, the connection of this call is closed before
        the exception leaves, so that the vendor stops working on it.
        """

    @abstractmethod
    async def probe(self, models: Sequence[str]) -> Sequence[ProviderError]:
        """Return what would keep these models from answering, without spending anything.

        Empty when all is well: the vendor is reachable, the key is known and every model is
        there. A problem of the provider as a whole is told once, with its first model.
        """

    @abstractmethod
    async def close(self) -> None:
        """Close every connection; harmless when repeated."""
