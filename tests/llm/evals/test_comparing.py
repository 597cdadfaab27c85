"""A difference between two models is told from noise."""

from datetime import UTC, datetime
from math import comb
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from donna_llm.evals.comparing import (
    NothingInCommon,
    Pairs,
    compare,
    mcnemar,
    median_interval,
    newcombe,
    wilson,
)
from donna_llm.evals.report import comparison_report, verdict
from donna_llm.evals.sessions import CaseResult, Session, SuiteResult

counts = st.integers(0, 60)
some_pairs = st.builds(Pairs, both=counts, first=counts, second=counts, neither=counts).filter(
    lambda pairs: pairs.count > 0
)


def session(passed: str, *, name: str = "one", latency_ms: float = 1.0, start: int = 0) -> Session:
    """Return a session whose cases passed where there is a plus."""
    cases = tuple(
        CaseResult(
            id=f"case-{number}",
            digest=f"digest-{number}",
            passed=mark == "+",
            output={},
            latency_ms=latency_ms + number,
        )
        for number, mark in enumerate(passed, start)
    )
    suite: dict[str, Any] = {"path": "parse_task/tier1.json", "task_type": "parse_task", "tier": 1}
    return Session(
        id=name,
        model=f"test/{name}",
        model_actual=f"test/{name}",
        task_type="parse_task",
        started_at=datetime(2026, 11, 20, tzinfo=UTC),
        finished_at=datetime(2026, 11, 20, tzinfo=UTC),
        hardware={},
        suites=(SuiteResult(**suite, name="baseline", gate=0.9, cases=cases),),
    )


def test_newcombes_interval_is_the_published_one() -> None:
    """Of 50 cases 32 and 22, 20 of them by both: 0.2 lies within 0.0562 and 0.3290."""
    found = newcombe(Pairs(both=20, first=2, second=12, neither=16))

    assert found.difference == pytest.approx(0.2)
    assert (found.low, found.high) == pytest.approx((0.0562, 0.329), abs=5e-4)


def test_wilsons_interval_is_the_published_one() -> None:
    """81 of 263 lie within 0.2553 and 0.3662 (Newcombe, 1998)."""
    assert wilson(81, 263) == pytest.approx((0.2553, 0.3662), abs=1e-4)


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [(0, 0, 1.0), (3, 3, 1.0), (0, 5, 0.0625), (0, 6, 0.03125), (1, 8, 20 / 512)],
)
def test_mcnemars_test_is_exact(first: int, second: int, expected: float) -> None:
    """It is the two-sided binomial test on the cases they differ in."""
    assert mcnemar(first, second) == pytest.approx(expected)


@given(pairs=some_pairs)
def test_an_interval_holds_its_estimate_and_turns_with_it(pairs: Pairs) -> None:
    """Whoever swaps the models gets the mirrored interval and the same p."""
    found = newcombe(pairs)
    turned = Pairs(both=pairs.both, first=pairs.second, second=pairs.first, neither=pairs.neither)
    mirrored = newcombe(turned)

    assert -1 <= found.low <= found.difference + 1e-12
    assert found.difference - 1e-12 <= found.high <= 1
    assert (mirrored.low, mirrored.high) == pytest.approx((-found.high, -found.low))
    assert 0 < pairs.p_value <= 1
    assert turned.p_value == pairs.p_value


@given(values=st.lists(st.floats(-1e6, 1e6), max_size=60))
def test_the_interval_of_a_median_leaves_out_as_much_as_it_may(values: list[float]) -> None:
    """Its ranks are the innermost that cover 95 %; fewer than six values have none."""
    found = median_interval(values)

    assert (found is None) == (len(values) < 6)
    if found is not None:
        rank = sorted(values).index(found.low) + 1
        outside = sum(comb(len(values), k) for k in range(rank)) / 2 ** len(values)
        assert found.low <= found.difference <= found.high
        assert 2 * (outside - comb(len(values), rank - 1) / 2 ** len(values)) <= 0.05


def test_a_few_cases_more_are_noise() -> None:
    """Two of twenty tell nothing, and the report says so."""
    compared = compare(session("+" * 16 + "-" * 4), session("+" * 18 + "--", name="two"))

    assert compared.pairs.is_noise
    assert verdict(compared).startswith("A difference of 10.0 points is noise here")
    assert compared.gained == ("case-16", "case-17")


def test_many_cases_more_are_not() -> None:
    """Ten of forty in one direction are real, and the better one is named."""
    compared = compare(session("+" * 20 + "-" * 20), session("+" * 30 + "-" * 10, name="two"))

    assert not compared.pairs.is_noise
    assert verdict(compared).startswith("B is better by 25.0 points")
    assert verdict(compare(compared.second, compared.first)).startswith("A is better")
    assert list(comparison_report(compared))


def test_latency_is_compared_case_by_case() -> None:
    """The difference is that of the pairs, however far cases lie apart."""
    slow = session("+" * 20, name="two", latency_ms=6.0)

    compared = compare(session("+" * 20), slow)

    assert compared.latency_ms is not None
    assert compared.latency_ms.difference == pytest.approx(5)
    assert compare(session("+++"), session("+++")).latency_ms is None


def test_only_what_both_were_asked_is_compared() -> None:
    """Cases of one alone are counted, and told."""
    compared = compare(session("+" * 10), session("+" * 10, name="two", start=4))

    assert (compared.pairs.count, compared.alone) == (6, 8)
    with pytest.raises(NothingInCommon):
        compare(session("++"), session("++", start=5))
