"""Households on disk and on a server: a database, and calendar files in a folder of their own."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from donna_adapters.calendars.ics import IcsCalendar
from donna_adapters.sql.opening import URL_VARIABLE, open_database
from donna_core.testing.world import BERLIN, SOMEBODY, SimulatedWorld

Household = Callable[..., SimulatedWorld]


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str | None:
    """Name the database of this test as a person would, where it is not a file."""
    if request.param == "sqlite":
        monkeypatch.delenv(URL_VARIABLE, raising=False)
        return None
    url = str(request.getfixturevalue("own_postgres_url"))
    monkeypatch.setenv(URL_VARIABLE, url)
    return url


@pytest.fixture
def household(tmp_path: Path, database_url: str | None) -> Iterator[Household]:
    """Open the household of this test's folder, as often as asked."""
    with ExitStack() as opened:

        def open_it(**others: Any) -> SimulatedWorld:
            database = opened.enter_context(
                open_database(path=tmp_path / "donna.db", url=database_url)
            )
            own = IcsCalendar("personal", tmp_path / "donna.ics", zone=BERLIN, writable=True)
            return SimulatedWorld(
                unit_of_work=database.unit_of_work(SOMEBODY), own_calendar=own, **others
            )

        yield open_it
