"""Identifiers sort in the order of drawing whatever the clock does."""

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from donna_core.local.ids import UuidSource, wall_milliseconds

MILLISECONDS = st.integers(0, 2**48 - 10)


@given(st.lists(MILLISECONDS, min_size=1, max_size=50))
def test_a_clock_that_jumps_does_not_disturb_the_order(readings: list[int]) -> None:
    """Forward, back or standing still: the next identifier is greater, and of version 7."""
    clock = iter(readings)
    ids = UuidSource(milliseconds=lambda: next(clock))
    drawn = [ids.new() for _ in readings]

    assert drawn == sorted(set(drawn))
    assert {(UUID(text).version, UUID(text).variant) for text in drawn} == {
        (7, "specified in RFC 4122")
    }


@given(MILLISECONDS)
def test_the_time_is_in_the_first_48_bits(reading: int) -> None:
    """RFC 9562 section 5.7: milliseconds since 1970, most significant first."""
    assert UUID(UuidSource(milliseconds=lambda: reading).new()).int >> 80 == reading


def test_a_frozen_clock_runs_out_of_no_room() -> None:
    """Within one millisecond the counter grows by one, whatever the random tail is."""
    ids = UuidSource(milliseconds=lambda: 1_700_000_000_000)
    counters = [counter_of(ids.new()) for _ in range(1_000)]

    assert counters == list(range(counters[0], counters[0] + 1_000))


def test_threads_draw_from_one_sequence() -> None:
    """Nothing is drawn twice, and the millisecond is the machine's."""
    ids, before = UuidSource(), wall_milliseconds()
    with ThreadPoolExecutor(8) as pool:
        drawn = list(pool.map(lambda _: ids.new(), range(5_000)))

    assert len(set(drawn)) == 5_000
    assert before <= UUID(min(drawn)).int >> 80 <= wall_milliseconds() + 1


def counter_of(text: str) -> int:
    """Return the 42 bits after the time, without version and variant."""
    number = UUID(text).int
    return (number >> 64 & 0xFFF) << 30 | number >> 32 & (1 << 30) - 1
