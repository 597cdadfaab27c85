"""What can go wrong between a provider and its vendor: one error per thing to do about it.

All of them have the same constructor, a stable ``code`` for logs and recordings, and say
whether the attempt may have been billed and whether the same call may succeed later.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, ClassVar

from donna_core.domain.errors import ConfigError, Degraded
from donna_llm.usage import Usage


class ProviderError(Degraded):
    """A provider gave no usable answer.

    ``usage`` is what the vendor counted, where it said so before things went wrong; then it may
    bill that, whatever the kind. ``retry_after`` is how long the vendor asks to wait, if it does.
    """

    code: ClassVar[str] = "provider_error"
    billable: ClassVar[bool] = True
    retryable: ClassVar[bool] = False
    remedy: ClassVar[str] = "See the provider's status page."

    def __init__(
        self,
        problem: str,
        *,
        provider: str,
        model: str,
        retry_after: timedelta | None = None,
        usage: Usage | None = None,
    ) -> None:
        self.problem, self.provider, self.model = problem, provider, model
        self.retry_after, self.usage = retry_after, usage
        super().__init__(f"{provider}/{model}: {problem.rstrip('.')}. {self.remedy}")

    @property
    def may_be_billed(self) -> bool:
        """Whether the vendor may count this attempt."""
        return self.billable or self.usage is not None

    def __reduce__(self) -> tuple[Any, ...]:
        """Rebuild from the facts, as the message alone is not enough."""
        facts = {
            name: getattr(self, name) for name in ("provider", "model", "retry_after", "usage")
        }
        return _rebuilt, (type(self), self.problem, facts)


class RequestRejected(ProviderError):
    """The vendor understood the request and finds it wrong."""

    code, billable = "request_rejected", False
    remedy = "Compare the request with what this model takes; the same one fails again."


class BadKey(ProviderError):
    """The vendor does not know the key."""

    code, billable = "bad_key", False
    remedy = "Put a valid key where this provider's key is configured."


class AccountRefused(ProviderError):
    """The key is known, and the account may not do this: no credit, or no permission."""

    code, billable = "account_refused", False
    remedy = "Look at credit and permissions in the provider's console."


class UnknownModel(ProviderError):
    """The model never existed there, is retired, or is not installed."""

    code, billable = "unknown_model", False
    remedy = "Name a model the provider has in donna_models.yaml."


class RequestTooLarge(ProviderError):
    """The input is larger than the model or the vendor takes."""

    code, billable = "request_too_large", False
    remedy = "Shorten the input or route it to a model with a larger context."


class RateLimited(ProviderError):
    """Too many requests or tokens in a while."""

    code, billable, retryable = "rate_limited", False, True
    remedy = "It passes by waiting."


class Overloaded(ProviderError):
    """The vendor has no capacity right now."""

    code, billable, retryable = "overloaded", False, True
    remedy = "It passes by waiting."


class VendorFault(ProviderError):
    """The vendor failed inside; whether it counted the call is not known."""

    code, retryable = "vendor_fault", True
    remedy = "Try again; see the provider's status page when it stays."


class Unreachable(ProviderError):
    """No connection came about, so nothing was asked."""

    code, billable, retryable = "unreachable", False, True
    remedy = "Check the address, the network, and that the server runs."


class FirstByteTimeout(ProviderError):
    """Nothing of an answer came within the first-byte deadline."""

    code, retryable = "first_byte_timeout", True
    remedy = "Try again, or allow it more time before the first byte."


class TotalTimeout(ProviderError):
    """The answer was not complete within the total deadline."""

    code, retryable = "total_timeout", True
    remedy = "Try again, ask for less, or allow it more time."


class ConnectionCut(ProviderError):
    """The connection ended before the answer did."""

    code, retryable = "connection_cut", True
    remedy = "Try again."


class ReplyTruncated(ProviderError):
    """The model stopped at its token limit before it was done."""

    code, retryable = "reply_truncated", True
    remedy = "Allow more output tokens or ask for less."


class ReplyMalformed(ProviderError):
    """What came back is not what the protocol or the asked-for structure says."""

    code, retryable = "reply_malformed", True
    remedy = "Try again; when it stays, another model keeps the structure better."


class ReplyTooLarge(ProviderError):
    """More came back than any answer of the asked-for length needs."""

    code = "reply_too_large"
    remedy = "Check what answers at the provider's address."


class Declined(ProviderError):
    """The model declines to answer."""

    code = "declined"
    remedy = "Word the request differently or route it to another model."


class RecordingMissing(ProviderError):
    """The recording holds no (further) answer to this call."""

    code, billable = "recording_missing", False
    remedy = "Record the call once more with the provider itself."


KINDS: Mapping[str, type[ProviderError]] = {
    kind.code: kind
    for kind in (
        RequestRejected,
        BadKey,
        AccountRefused,
        UnknownModel,
        RequestTooLarge,
        RateLimited,
        Overloaded,
        VendorFault,
        Unreachable,
        FirstByteTimeout,
        TotalTimeout,
        ConnectionCut,
        ReplyTruncated,
        ReplyMalformed,
        ReplyTooLarge,
        Declined,
        RecordingMissing,
    )
}
"""Every kind by its code."""


class ExtraMissing(ConfigError):
    """The vendor's own library is not installed."""

    def __init__(self, provider: str, *, extra: str) -> None:
        self.provider, self.extra = provider, extra
        super().__init__(
            f"its library is not installed, and {provider} is configured",
            where=f"provider {provider}",
            remedy=f"Install it: pip install 'donna-llm[{extra}]'",
        )


def _rebuilt(kind: type[ProviderError], problem: str, facts: Mapping[str, Any]) -> ProviderError:
    return kind(problem, **facts)
