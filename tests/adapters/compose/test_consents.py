"""A consent that may end is told before it does."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from donna_adapters.calendars.connections import Connection, Connections
from donna_adapters.compose.calendars import ending_consents
from donna_adapters.compose.settings import Options, find_home

NOW = datetime(2027, 3, 8, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize(("days", "told"), [(1, 0), (5, 1), (6.9, 1), (8, 0)])
def test_in_the_last_two_days_of_a_week(tmp_path: Path, days: float, told: int) -> None:
    """Neither before, nor of one that lived longer than any does in Testing."""
    granted = (NOW - timedelta(days=days)).isoformat()
    connections = Connections(tmp_path)
    connections.add(
        Connection(name="me", kind="google", address="", secrets={"granted_at": granted})
    )
    connections.add(Connection(name="team", kind="ics", address="https://example.org/team.ics"))
    home = find_home(Options(output=lambda _: None, data_dir=tmp_path, environment={}))

    found = list(ending_consents(home, NOW))
    assert len(found) == told
    assert all("In production" in each and "'me'" in each for each in found)
