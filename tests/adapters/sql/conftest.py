"""A database of its own for each test."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from donna_adapters.sql.sqlite import SqliteDatabase


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Give the path of a database that is not there yet, nor is its folder."""
    return tmp_path / "home" / "donna.db"


@pytest.fixture
def database(path: Path) -> Iterator[SqliteDatabase]:
    """Give an open database that does not wait long for others."""
    with SqliteDatabase.open(path, busy_timeout=timedelta(milliseconds=50)) as opened:
        yield opened
