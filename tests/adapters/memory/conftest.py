"""A database for what memory keeps."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from donna_adapters.sql.sqlite import SqliteDatabase


@pytest.fixture
def database(tmp_path: Path) -> Iterator[SqliteDatabase]:
    """Give a database of its own."""
    with SqliteDatabase.open(tmp_path / "donna.db") as opened:
        yield opened
