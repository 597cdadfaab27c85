"""Token buckets and breakers, whatever happens in which order."""

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from donna_core.domain.spending.limits import (
    Admission,
    Breaker,
    BreakerRules,
    BreakerState,
    RateRules,
    admit,
    failed,
    fresh_rate,
    hold,
    succeeded,
    take,
)
from donna_core.testing.contracts.stores import NOON

RATES, BREAKING = RateRules(), BreakerRules()
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
GAPS = st.lists(st.integers(0, 90).map(lambda seconds: seconds * SECOND), max_size=300)


@given(GAPS)
def test_no_more_calls_pass_than_the_buckets_hold(gaps: list[timedelta]) -> None:
    """In any time the calls that passed are at most the burst and what was refilled in it."""
    rate, at, passed = fresh_rate(RATES, at=NOON), NOON, []
    for gap in gaps:
        at += gap
        rate, wait = take(rate, RATES, at=at)
        if not wait:
            passed.append(at)

    for first, start in enumerate(passed):
        for count, end in enumerate(passed[first:], start=1):
            assert count <= RATES.per_minute * (1 + (end - start) / MINUTE) + 1e-6
            assert count <= RATES.per_hour * (1 + (end - start) / (60 * MINUTE)) + 1e-6


@given(GAPS)
def test_whoever_waits_as_told_passes(gaps: list[timedelta]) -> None:
    """The wait is long enough, and none is asked for while there are tokens."""
    rate, at = fresh_rate(RATES, at=NOON), NOON
    for gap in gaps:
        at += gap
        rate, wait = take(rate, RATES, at=at)
        if wait:
            at += wait
            rate, wait = take(rate, RATES, at=at)
        assert not wait


def test_a_burst_is_followed_by_a_steady_pace() -> None:
    """Ten at once, then one every six seconds; refused calls take nothing."""
    rate, waits = fresh_rate(RATES, at=NOON), []
    for _ in range(12):
        rate, wait = take(rate, RATES, at=NOON)
        waits.append(wait)

    assert waits[:10] == [timedelta(0)] * 10
    assert [round(wait.total_seconds(), 3) for wait in waits[10:]] == [6.0, 6.0]


def test_a_vendors_wish_is_kept() -> None:
    """Until the instant it named nothing passes; an earlier wish does not shorten a later one."""
    rate = hold(fresh_rate(RATES, at=NOON), until=NOON + MINUTE)
    rate = hold(rate, until=NOON + SECOND)

    rate, wait = take(rate, RATES, at=NOON)
    assert wait == MINUTE
    assert take(rate, RATES, at=NOON + MINUTE)[1] == timedelta(0)


def test_a_clock_that_goes_back_breaks_nothing() -> None:
    """Nothing is refilled, and no wait is longer than a refill."""
    rate, _ = take(fresh_rate(RATES, at=NOON), RATES, at=NOON)
    rate, wait = take(rate, RATES, at=NOON - MINUTE)

    assert not wait
    assert rate.minute.at == NOON


def failing(count: int, *, every: timedelta = SECOND) -> tuple[Breaker, datetime]:
    """Return the breaker after that many failures, and when the last one was."""
    breaker, at = Breaker(), NOON
    for number in range(count):
        at = NOON + number * every
        breaker = failed(breaker, BREAKING, at=at)
    return breaker, at


def test_the_fifth_failure_within_ten_minutes_opens() -> None:
    """Four do not, nor do five over a longer time."""
    assert failing(4)[0].state is BreakerState.CLOSED
    assert failing(5)[0].state is BreakerState.OPEN
    assert failing(50, every=150 * SECOND)[0].state is BreakerState.CLOSED


def test_an_open_breaker_lets_one_probe_through_at_a_time() -> None:
    """Each five minutes one, whether it comes back or not."""
    breaker, at = failing(5)
    assert admit(breaker, BREAKING, at=at + 299 * SECOND)[1] is Admission.REFUSED

    breaker, admission = admit(breaker, BREAKING, at=at + 5 * MINUTE)
    assert admission is Admission.PROBE
    assert admit(breaker, BREAKING, at=at + 6 * MINUTE)[1] is Admission.REFUSED
    assert admit(breaker, BREAKING, at=at + 10 * MINUTE)[1] is Admission.PROBE
    still_open = failed(breaker, BREAKING, at=at + 6 * MINUTE)
    assert still_open.opened_at == at
    assert admit(still_open, BREAKING, at=at + 10 * MINUTE)[1] is Admission.REFUSED


def test_a_call_that_comes_back_closes_it() -> None:
    """Then it takes five new failures; a success while closed forgives nothing."""
    breaker, at = failing(5)
    assert succeeded(breaker) == Breaker()

    four, at = failing(4)
    assert failed(succeeded(four), BREAKING, at=at).state is BreakerState.OPEN
