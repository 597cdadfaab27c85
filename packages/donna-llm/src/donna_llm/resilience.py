"""What becomes of a call that failed: again, elsewhere, and whose fault it counts as."""

from datetime import datetime, timedelta

from attrs import frozen

from donna_core.domain.effects import Channel, Message, MessageKind
from donna_core.domain.spending.invocations import Outcome
from donna_core.domain.spending.limits import Breaker, BreakerState
from donna_llm.errors import (
    AccountRefused,
    BadKey,
    ConnectionCut,
    Declined,
    FirstByteTimeout,
    Overloaded,
    ProviderError,
    ReplyMalformed,
    ReplyTooLarge,
    ReplyTruncated,
    TotalTimeout,
    UnknownModel,
    Unreachable,
    VendorFault,
)

_PROVIDERS_FAULT = (
    AccountRefused,
    BadKey,
    ConnectionCut,
    FirstByteTimeout,
    Overloaded,
    TotalTimeout,
    UnknownModel,
    Unreachable,
    VendorFault,
)
_TIMED_OUT = (FirstByteTimeout, TotalTimeout)
_MALFORMED = (ReplyMalformed, ReplyTooLarge, ReplyTruncated)
_PRIORITY = 4


@frozen(kw_only=True)
class RetryRules:
    """How often a failed call is repeated, after pauses that double up to the longest."""

    most: int
    first_pause: timedelta
    longest_pause: timedelta

    def pause_after(self, attempt: int, error: ProviderError) -> timedelta | None:
        """Return how long to wait after the attempt (counted from 1) failed, or ``None``: enough.

        A vendor that asks for a longer pause gets it, up to the longest; beyond that somebody
        else is asked rather.
        """
        if not error.retryable or attempt > self.most:
            return None
        pause = min(self.first_pause * (1 << (attempt - 1)), self.longest_pause)
        asked = error.retry_after
        if asked is None or asked <= pause:
            return pause
        return asked if asked <= self.longest_pause else None


def is_providers_fault(error: ProviderError) -> bool:
    """Whether the error tells that the provider as a whole does not work just now."""
    return isinstance(error, _PROVIDERS_FAULT)


def outcome_of(error: ProviderError) -> Outcome:
    """Return what the log of calls says of an error."""
    if isinstance(error, _TIMED_OUT):
        return Outcome.TIMED_OUT
    if isinstance(error, _MALFORMED):
        return Outcome.MALFORMED
    return Outcome.REFUSED if isinstance(error, Declined) else Outcome.FAILED


def notice(provider: str, before: Breaker, after: Breaker, *, at: datetime) -> Message | None:
    """Return the word to the owner where the breaker opened or closed, once for each time."""
    if before.state is after.state:
        return None
    if after.state is BreakerState.OPEN:
        opened, subject = after.opened_at, "A model is out of reach"
        body = (
            f"{provider} failed {len(after.failures)} times, so I leave it alone and try it again "
            "from time to time. Captures and reminders go on with the rules; what the rules read "
            "meanwhile I read again when it is back. `donna doctor` tells what is wrong."
        )
    else:
        opened, subject = before.opened_at, "The model is back"
        body = f"{provider} answers again. I read again what the rules read meanwhile."
    since = "" if opened is None else opened.isoformat(timespec="seconds")
    return Message(
        key=f"model-{after.state}:{provider}:{since}",
        channel=Channel.SMS,
        kind=MessageKind.NOTICE,
        subject=subject,
        body=body,
        priority=_PRIORITY,
        not_before=at,
    )
