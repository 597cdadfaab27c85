"""Numbers without a pattern that are always the same ones, for searches that must repeat."""

from collections.abc import Iterator


def chances(seed: int = 1) -> Iterator[int]:
    """Yield whole numbers below 2³¹ (a 64-bit linear congruential generator, Knuth's MMIX)."""
    state = (seed * 0x9E3779B97F4A7C15) & 0xFFFFFFFFFFFFFFFF
    while True:
        state = (state * 6364136223846793005 + 1442695040888963407) & 0xFFFFFFFFFFFFFFFF
        yield state >> 33
