"""What a call may cost at most is never less than what it costs."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from donna_llm.pricing import WRAPPING, EstimationRules, Price, TokenEstimator
from donna_llm.usage import Usage

CLOUD = Price(sent=Decimal("0.000003"), received=Decimal("0.000015"))
RULES = EstimationRules()
counts = st.integers(0, 5000)


@given(text=st.text(max_size=500), split=st.tuples(counts, counts, counts), out=counts)
def test_no_usage_is_dearer_than_the_worst_case(
    text: str, split: tuple[int, int, int], out: int
) -> None:
    """However the tokens fall into the vendor's kinds, as long as there are no more than bytes."""
    most = len(text.encode("utf-8", "surrogatepass")) + WRAPPING
    sent, written, read = (count % (most // 3 + 1) for count in split)
    usage = Usage(
        tokens_in=sent, cache_write_tokens=written, cache_read_tokens=read, tokens_out=out
    )

    assert CLOUD.cost(usage) <= CLOUD.worst_case(text, max_tokens=out)


def test_what_is_not_billed_is_estimated() -> None:
    """A local model holds nothing up, and its work has a worth."""
    local = Price(estimate=Decimal("0.0001"))

    assert local.worst_case("x" * 1000, max_tokens=1000) == 0
    assert local.cost(Usage(tokens_in=1500, tokens_out=500)) == Decimal("0.0002")


def test_estimates_learn_and_stay_within_bounds() -> None:
    """What was counted moves the divisor by a fifth; odd counts move it no further than allowed."""
    estimator = TokenEstimator()
    before = estimator.tokens("m", 9000, RULES)
    for _ in range(50):
        estimator.learn("m", characters=9000, tokens=9000, rules=RULES)
    dense = estimator.tokens("m", 9000, RULES)
    for _ in range(50):
        estimator.learn("m", characters=9000, tokens=1, rules=RULES)
    sparse = estimator.tokens("m", 9000, RULES)

    assert sparse < before < dense
    assert abs(dense - 4001) <= 1
    assert abs(sparse - 2223) <= 1
    assert estimator.tokens("other", 9000, RULES) == before
