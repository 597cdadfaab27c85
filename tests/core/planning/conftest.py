"""The hours of an ordinary household, as the packaged configuration has them."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from donna_core.domain.tasks.task import Domain
from donna_core.domain.timing.windows import TimeWindow, Windows

PRIVATE = frozenset({Domain.PERSONAL, Domain.FAMILY})


def hours(name: str, start: int, end: int, **rest: object) -> TimeWindow:
    """Return a window between two full hours."""
    return TimeWindow(
        name=name,
        start=timedelta(hours=start),
        end=timedelta(hours=end),
        **rest,  # type: ignore[arg-type]  # the window's own fields, checked by its attributes
    )


def household(zone: ZoneInfo) -> Windows:
    """Return the usual windows in a zone."""
    return Windows(
        zone=zone,
        blackout=hours("blackout", 0, 6),
        quiet=hours("quiet_hours", 20, 6),
        work_life=(
            hours("work", 8, 17, weekdays=frozenset(range(5)), domains=frozenset({Domain.WORK})),
            hours("personal", 17, 20, domains=PRIVATE),
            hours("weekend", 6, 20, weekdays=frozenset({5, 6}), domains=PRIVATE),
            TimeWindow(
                name="baby_time", keywords=("baby", "childcare"), domains=frozenset({Domain.FAMILY})
            ),
            TimeWindow(name="food", keywords=("lunch", "dinner")),
        ),
    )


@pytest.fixture(scope="session")
def windows() -> Windows:
    """Give the usual windows in Berlin."""
    return household(ZoneInfo("Europe/Berlin"))
