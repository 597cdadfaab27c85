"""How often and whether a provider may be asked: token buckets and the circuit breaker.

Both are state machines over frozen values. A bucket holds ``burst`` tokens and is refilled
evenly; a call takes one. The breaker is Nygard's ("Release It!"): closed it counts failures,
open it refuses, and from time to time it lets one call through to see.
"""

from datetime import datetime, timedelta
from enum import StrEnum

from attrs import evolve, frozen

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@frozen(kw_only=True)
class RateRules:
    """How many calls a caller or a provider may make; both hold."""

    per_minute: int = 10
    per_hour: int = 100


@frozen(kw_only=True)
class Bucket:
    """Tokens left at an instant; refilled evenly, up to what the period allows."""

    tokens: float
    at: datetime

    def refilled(self, *, size: int, period: timedelta, at: datetime) -> "Bucket":
        """Return the bucket at a later instant; a clock that went back refills nothing."""
        if at <= self.at:
            return self
        tokens = min(float(size), self.tokens + size * ((at - self.at) / period))
        return Bucket(tokens=tokens, at=at)


@frozen(kw_only=True)
class Rate:
    """The buckets of one caller or provider, and how long a vendor asked to be left alone."""

    minute: Bucket
    hour: Bucket
    held_until: datetime | None = None


def fresh_rate(rules: RateRules, *, at: datetime) -> Rate:
    """Return full buckets."""
    return Rate(
        minute=Bucket(tokens=rules.per_minute, at=at), hour=Bucket(tokens=rules.per_hour, at=at)
    )


def take(rate: Rate, rules: RateRules, *, at: datetime) -> tuple[Rate, timedelta]:
    """Take a token from both buckets, or none: return the new state and how long to wait.

    A wait of zero means that the call may go now. Otherwise nothing was taken.
    """
    minute = rate.minute.refilled(size=rules.per_minute, period=MINUTE, at=at)
    hour = rate.hour.refilled(size=rules.per_hour, period=HOUR, at=at)
    waits = (
        _wait(minute, size=rules.per_minute, period=MINUTE),
        _wait(hour, size=rules.per_hour, period=HOUR),
        (rate.held_until or at) - at,
    )
    wait = max(timedelta(0), *waits)
    if wait:
        return evolve(rate, minute=minute, hour=hour), wait
    taken = Rate(
        minute=evolve(minute, tokens=minute.tokens - 1), hour=evolve(hour, tokens=hour.tokens - 1)
    )
    return taken, wait


def hold(rate: Rate, *, until: datetime) -> Rate:
    """Return the state after a vendor said when it may be asked again (Retry-After)."""
    return evolve(rate, held_until=max(until, rate.held_until or until))


def _wait(bucket: Bucket, *, size: int, period: timedelta) -> timedelta:
    missing = 1 - bucket.tokens
    if missing <= 0:
        return timedelta(0)
    # A whole microsecond more: rounding down would have the caller come back too early.
    return missing * period / size + timedelta(microseconds=1)


@frozen(kw_only=True)
class BreakerRules:
    """When a provider is given up on for a while, and how often it is looked at meanwhile."""

    failures: int = 5
    within: timedelta = timedelta(minutes=10)
    probe_every: timedelta = timedelta(minutes=5)


class BreakerState(StrEnum):
    """Whether calls go through."""

    CLOSED = "closed"
    OPEN = "open"


class Admission(StrEnum):
    """What the breaker says to a call."""

    PASS = "pass"  # noqa: S105  # it passes, it is no password
    PROBE = "probe"
    REFUSED = "refused"


@frozen(kw_only=True)
class Breaker:
    """What is known of a provider's health; ``probe_at`` is set while the breaker is open."""

    failures: tuple[datetime, ...] = ()
    opened_at: datetime | None = None
    probe_at: datetime | None = None

    @property
    def state(self) -> BreakerState:
        """Whether calls go through."""
        return BreakerState.CLOSED if self.opened_at is None else BreakerState.OPEN


def admit(breaker: Breaker, rules: BreakerRules, *, at: datetime) -> tuple[Breaker, Admission]:
    """Say whether a call may go; of an open breaker one call each ``probe_every`` may try.

    The probe's turn is noted before it goes, so that a process that dies with it delays the
    next one but does not stop it.
    """
    if breaker.probe_at is None:
        return breaker, Admission.PASS
    if at < breaker.probe_at:
        return breaker, Admission.REFUSED
    return evolve(breaker, probe_at=at + rules.probe_every), Admission.PROBE


def failed(breaker: Breaker, rules: BreakerRules, *, at: datetime) -> Breaker:
    """Return the breaker after a call that failed for the provider's fault."""
    if breaker.opened_at is not None:
        return evolve(breaker, probe_at=at + rules.probe_every)
    recent = (*(each for each in breaker.failures if at - each < rules.within), at)
    if len(recent) < rules.failures:
        return evolve(breaker, failures=recent)
    return Breaker(failures=recent, opened_at=at, probe_at=at + rules.probe_every)


def succeeded(breaker: Breaker) -> Breaker:
    """Return the breaker after a call that came back: an open one closes.

    A closed one keeps its count, or a provider that fails every other call would never be left.
    """
    return breaker if breaker.opened_at is None else Breaker()
