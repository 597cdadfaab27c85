"""A fixture's expectation fits what it says and nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from donna_core.testing.expectations import fits

plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["title", "deadline"]), inner, max_size=2)
    ),
    max_leaves=5,
)


@pytest.mark.parametrize(
    ("value", "want"),
    [
        ("Buy milk", "buy milk."),
        ("2026-03-13T23:59", "2026-03-13"),
        ("2026-03-13T17:00", "2026-03-13T17:00"),
        ("BYDAY=WE,MO;FREQ=WEEKLY;INTERVAL=1;BYMINUTE=0", "FREQ=WEEKLY;BYDAY=MO,WE"),
        (None, {"any_of": ["x", None]}),
        (0.4, {"below": 0.5}),
        (4, {"at_least": 4}),
        ("2026-03-13T08:00", {"between": ["2026-03-12", "2026-03-13"]}),
        ("FREQ=DAILY;COUNT=3", {"starts_with": "FREQ=DAILY"}),
        ("All is well", {"all_of": [{"contains": "IS"}, {"lacks": "ill"}]}),
        ([{"title": "A", "deadline": None}], [{"title": "a"}]),
        ({}, {"title": None}),
    ],
)  # fmt: skip
def test_what_is_expected_fits(value: object, want: object) -> None:
    """Each form of the expectation takes a value it describes."""
    assert fits(value, want)


@pytest.mark.parametrize(
    ("value", "want"),
    [
        ("Buy milk", "Buy oat milk"),
        ("2026-03-14T00:00", "2026-03-13"),
        ("2026-03-13T17:01", "2026-03-13T17:00"),
        ("FREQ=WEEKLY;INTERVAL=2", "FREQ=WEEKLY"),
        (1, True),
        (False, 0),
        ("", None),
        (None, {"below": 1}),
        (True, {"at_least": 1}),
        ("2026-03-14T00:00", {"between": ["2026-03-12", "2026-03-13"]}),
        (None, {"lacks": "x"}),
        (["a"], ["a", "b"]),
        ([{"title": "A"}, {"title": "B"}], [{"title": "A"}]),
        (None, {"title": None}),
    ],
)
def test_what_is_not_expected_does_not(value: object, want: object) -> None:
    """A value beside the expectation fails, one of another type as well."""
    assert not fits(value, want)


@given(value=plain)
def test_every_value_fits_itself(value: object) -> None:
    """A plain value is its own expectation."""
    assert fits(value, value)
