"""One world in memory, and one on a database and a calendar file, for the same tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from donna_core.testing.world import BERLIN, SOMEBODY, SimulatedWorld

ALONE = "the same on disk runs where donna-adapters is installed beside the core"


@pytest.fixture(params=["in memory", "on disk"])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SimulatedWorld]:
    """A Monday morning at eight in Berlin, with nothing to do yet."""
    if request.param == "in memory":
        yield SimulatedWorld()
        return
    sqlite = pytest.importorskip("donna_adapters.sql.sqlite", reason=ALONE)
    ics = pytest.importorskip("donna_adapters.calendars.ics", reason=ALONE)
    with sqlite.SqliteDatabase.open(tmp_path / "donna.db") as database:
        yield SimulatedWorld(
            unit_of_work=database.unit_of_work(SOMEBODY),
            own_calendar=ics.IcsCalendar(
                "personal", tmp_path / "donna.ics", zone=BERLIN, writable=True
            ),
        )
