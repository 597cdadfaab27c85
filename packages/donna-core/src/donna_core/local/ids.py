"""Fresh identifiers from the clock and the dice of this machine."""

import secrets
import time
from collections.abc import Callable
from threading import Lock
from uuid import UUID

from donna_core.ports.ids import IdSource

_COUNTER_BITS = 42
_TAIL_BITS = 32


def wall_milliseconds() -> int:
    """Return the milliseconds since 1970 by the machine's wall clock."""
    return time.time_ns() // 1_000_000


class UuidSource(IdSource):
    """Draws UUIDv7 identifiers that sort in the order of drawing, from any thread.

    RFC 9562 section 6.2, method 1: after the 48 bits of milliseconds come a counter of 42 bits
    and 32 random ones. The counter starts at random below half its range with each new
    millisecond and grows within one. A clock that steps back does not take the identifiers
    with it: they stay at the latest millisecond seen and go on counting.
    """

    def __init__(self, *, milliseconds: Callable[[], int] = wall_milliseconds) -> None:
        self._milliseconds = milliseconds
        self._lock = Lock()
        self._latest = -1
        self._counter = 0

    def new(self) -> str:
        with self._lock:
            instant, counter = self._next_position()
        return str(_uuid7(instant, counter, tail=secrets.randbits(_TAIL_BITS)))

    def _next_position(self) -> tuple[int, int]:
        """Return a pair of millisecond and counter that is above every one before."""
        present = self._milliseconds()
        if present > self._latest:
            self._latest, self._counter = present, secrets.randbits(_COUNTER_BITS - 1)
        else:
            self._counter += 1
        if self._counter >> _COUNTER_BITS:
            self._latest, self._counter = self._latest + 1, secrets.randbits(_COUNTER_BITS - 1)
        return self._latest, self._counter


def _uuid7(milliseconds: int, counter: int, *, tail: int) -> UUID:
    """Lay the parts out as RFC 9562 section 5.7 does, around version and variant."""
    high, low = counter >> 30, counter & ((1 << 30) - 1)
    rand_b = low << _TAIL_BITS | tail
    return UUID(int=milliseconds << 80 | 7 << 76 | high << 64 | 0b10 << 62 | rand_b)


def cell_id() -> str:
    """Return 128 random bits in 22 characters that fit into URLs."""
    return secrets.token_urlsafe(16)
