"""Households on disk: a database and calendar files in a folder of their own."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from donna_adapters.calendars.ics import IcsCalendar
from donna_adapters.sql.sqlite import SqliteDatabase
from donna_core.testing.world import BERLIN, SOMEBODY, SimulatedWorld

Household = Callable[..., SimulatedWorld]


@pytest.fixture
def household(tmp_path: Path) -> Iterator[Household]:
    """Open the household of this test's folder, as often as asked."""
    with ExitStack() as opened:

        def open_it(**others: Any) -> SimulatedWorld:
            database = opened.enter_context(SqliteDatabase.open(tmp_path / "donna.db"))
            own = IcsCalendar("personal", tmp_path / "donna.ics", zone=BERLIN, writable=True)
            return SimulatedWorld(
                unit_of_work=database.unit_of_work(SOMEBODY), own_calendar=own, **others
            )

        yield open_it
