"""A Donna in memory whose clock the tests move."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from donna_core import Donna
from donna_core.testing.fake_clock import FakeClock
from donna_core.testing.fake_ids import SequentialIds

FRIDAY_8_AM = datetime(2026, 11, 20, 7, tzinfo=UTC)  # 08:00 in Berlin


@pytest.fixture
def donna() -> Iterator[Donna]:
    """Give a Donna in Berlin, on a Friday at eight in the morning."""
    clock = FakeClock(FRIDAY_8_AM)
    with Donna.local(zone="Europe/Berlin", clock=clock, ids=SequentialIds()) as opened:
        yield opened
