"""The reliability table tells how far a confidence can be taken at its word."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from donna_core.testing.calibration import reliability

answers = st.lists(st.tuples(st.floats(0, 1), st.booleans()), max_size=50)


def test_a_confidence_that_keeps_its_word_has_no_error() -> None:
    """Three of four right at 0.75 is what 0.75 says."""
    table = reliability([(0.75, True)] * 3 + [(0.75, False)])

    assert table.error == pytest.approx(0)
    assert [(each.count, each.accuracy) for each in table.bins] == [(4, 0.75)]


def test_the_error_is_the_mean_gap_weighed_by_answers() -> None:
    """Three answers off by 0.1 and one off by 0.5 are off by 0.2."""
    table = reliability([(0.9, True)] * 3 + [(0.5, True)])

    assert table.error == pytest.approx(0.2)


@given(answers=answers)
def test_no_answer_is_lost(answers: list[tuple[float, bool]]) -> None:
    """Every answer is in one bin that holds its confidence, and the error is a share."""
    table = reliability(answers)

    assert sum(each.count for each in table.bins) == len(answers)
    assert 0 <= table.error <= 1
    for each in table.bins:
        assert each.low - 1e-9 <= each.mean_confidence <= each.high + 1e-9
