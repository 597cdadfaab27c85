"""How far two answers say the same."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from donna_core.domain.spending.agreement import agreement
from donna_core.testing.strategies import JSON, TEXT

ANSWERS = st.dictionaries(TEXT, JSON, max_size=4)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ({"a": "Call  Ada", "b": 1}, {"a": "call ada", "b": 1}, 1.0),
        ({"a": 1, "b": 2}, {"a": 1, "b": 3}, 0.5),
        ({"a": 1}, {"b": 1}, 0.0),
        ({"a": 1, "confidence": 0.2, "why": "x"}, {"a": 1, "confidence": 0.9}, 1.0),
        ({"tasks": [{"t": 1}, {"t": 2}]}, {"tasks": [{"t": 1}]}, 0.5),
        ({"a": None, "b": ""}, {}, 1.0),
    ],
)
def test_values_are_compared_in_their_places(
    one: dict[str, Any], other: dict[str, Any], expected: float
) -> None:
    """What is left out is as good as empty, and opinions do not count."""
    assert agreement(one, other) == expected


@given(one=ANSWERS, other=ANSWERS)
def test_it_is_a_share_that_knows_no_order(one: dict[str, Any], other: dict[str, Any]) -> None:
    """From 0 to 1, the same both ways, and full for an answer beside itself."""
    assert 0 <= agreement(one, other) == agreement(other, one) <= 1
    assert agreement(one, one) == 1
