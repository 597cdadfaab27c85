"""A time, a deadline or a length that a person names by itself."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from donna_core.domain.capture.cleaning import EmptyText
from donna_core.testing.world import SimulatedWorld
from donna_core.usecases.moment import (
    UnclearTime,
    understand_deadline,
    understand_length,
    understand_moment,
)

NOON = datetime(2026, 11, 18, 11, 0, tzinfo=UTC)  # a Wednesday, noon in Berlin
WORLD = SimulatedWorld(start=NOON)
RUNTIME = WORLD.runtime
SEVERAL = st.integers(2, 90)


@pytest.mark.parametrize(
    ("words", "wall", "exact"),
    [
        ("fri 3pm", "2026-11-20 15:00", True),
        ("to fri 3pm", "2026-11-20 15:00", True),
        ("until 5pm", "2026-11-18 17:00", True),
        ("at 15:30", "2026-11-18 15:30", True),
        ("2h", "2026-11-18 14:00", True),
        ("in 45 min", "2026-11-18 12:45", True),
        ("an hour and a half", "2026-11-18 13:30", True),
        ("tomorrow morning", "2026-11-19 06:00", False),
        ("monday", "2026-11-23 00:00", False),
        ("next week", "2026-11-23 00:00", False),
        ("3 days", "2026-11-21 00:00", False),
        ("today", "2026-11-18 12:01", False),
        ("yesterday", "2026-11-17 00:00", False),
    ],
)
def test_moments_are_words(words: str, wall: str, exact: bool) -> None:
    """Times of day are exact; a day begins at its midnight, and never before now."""
    moment = understand_moment(RUNTIME, words)

    assert (moment.instant, moment.exact) == (WORLD.instant(wall), exact)


@given(count=SEVERAL, unit=st.sampled_from(["min", "minutes", "h", "hours"]))
def test_a_length_counts_from_now(count: int, unit: str) -> None:
    """Whether it is said with or without 'in'."""
    length = timedelta(hours=count) if unit.startswith("h") else timedelta(minutes=count)

    assert understand_moment(RUNTIME, f"in {count} {unit}").instant == NOON + length
    assert understand_length(RUNTIME, f"{count} {unit}") == length


@given(count=st.integers(1, 999_999))
def test_a_bare_number_lasts_minutes(count: int) -> None:
    """As people write it into forms."""
    assert understand_length(RUNTIME, str(count)) == timedelta(minutes=count)


@pytest.mark.parametrize(
    ("words", "wall"),
    [
        ("fri", "2026-11-20 23:59"),
        ("by fri", "2026-11-20 23:59"),
        ("fri 5pm", "2026-11-20 17:00"),
        ("2h", "2026-11-18 14:00"),
        ("2026-12-24", "2026-12-24 23:59"),
    ],
)
def test_a_deadline_lasts_until_the_end_of_its_day(words: str, wall: str) -> None:
    """Where no time of day is said."""
    assert understand_deadline(RUNTIME, words) == WORLD.instant(wall)


@pytest.mark.parametrize("words", ["banana", "fri 3pm please", "every monday", "3 apples"])
def test_other_words_are_refused(words: str) -> None:
    """The message names what was not understood and gives examples."""
    with pytest.raises(UnclearTime, match="names no time") as caught:
        understand_moment(RUNTIME, words)

    assert "fri 3pm" in str(caught.value)


@given(st.text(max_size=40))
def test_any_text_is_a_time_or_refused(text: str) -> None:
    """Nothing else is ever raised."""
    for understand in (understand_moment, understand_deadline, understand_length):
        with suppress(UnclearTime, EmptyText):
            understand(RUNTIME, text)
