"""Captures per second beside bare SQLite, which writes and commits the very same rows."""

import asyncio
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from time import perf_counter
from typing import Any
from zoneinfo import available_timezones

from donna_adapters.compose.build import open_runtime
from donna_adapters.compose.settings import DATABASE_NAME, Options
from donna_adapters.sql.connection import connect, engine_for
from donna_adapters.sql.driver import DRIVER
from donna_adapters.sql.sqlite import BUSY_TIMEOUT, SqliteDatabase
from donna_adapters.sql.tables import METADATA
from donna_core.usecases.capture import capture

CAPTURES = 100
"""What two weeks of one person hold; the search for a slot reads them all."""
# What one capture writes, in an order that references allow, with the column that orders rows.
PARTS = {
    "tasks": "number",
    "command": "seq",
    "command_task": "rowid",
    "task_step": "seq",
    "event_log": "position",
    "job": "rowid",
    "outbox": "sequence",
}
COUNT = (
    "INSERT INTO counter VALUES ('owner', 'task_number', ?) "
    "ON CONFLICT DO UPDATE SET value = excluded.value"
)
Row = tuple[Any, ...]


def sentences() -> list[str]:
    """Return sentences of many different words, as people's are: few resemble each other.

    They are short tasks, so that two weeks hold them all.
    """
    verbs = ("Fix", "Call", "Order", "Review", "Clean", "Plan", "Print", "Repair", "Write", "Check")
    cities = sorted({zone.rpartition("/")[2].replace("_", " ") for zone in available_timezones()})
    names = [city for city in cities if len(city) > 5 and city.isalpha()]
    pairs = ((names[n % len(names)], names[-7 * n % len(names)]) for n in range(CAPTURES))
    return [
        f"{verbs[n % len(verbs)]} {one} {other} for 10 minutes"
        for n, (one, other) in enumerate(pairs)
    ]


async def donna_seconds(folder: Path) -> float:
    """Return how long Donna takes to read, weigh, place and keep every sentence."""
    async with open_runtime(Options(output=print, data_dir=folder, environment={})) as composed:
        began = perf_counter()
        for sentence in sentences():
            await capture(composed.runtime, sentence)
        return perf_counter() - began


def bare_seconds(path: Path, transactions: list[list[tuple[str, list[Row]]]]) -> float:
    """Return how long the driver takes to write and commit the rows, in the same transactions."""
    SqliteDatabase.open(path).close()
    settled = connect(engine_for(path), busy_timeout=BUSY_TIMEOUT)
    bare = settled.connection.driver_connection
    assert bare is not None
    began = perf_counter()
    for transaction in transactions:
        bare.execute("BEGIN IMMEDIATE")
        for statement, rows in transaction:
            bare.executemany(statement, rows)
        bare.execute("COMMIT")
    seconds = perf_counter() - began
    settled.close()
    return seconds


def rows_of(path: Path) -> dict[str, list[Row]]:
    """Return all rows that captures wrote, in order."""
    with closing(DRIVER.connect(path)) as connection:
        return {
            name: connection.execute(f"SELECT * FROM {name} ORDER BY {order}").fetchall()
            for name, order in PARTS.items()
        }


def in_transactions(rows: dict[str, list[Row]]) -> Iterator[list[tuple[str, list[Row]]]]:
    """Yield an even share of every table's rows for each capture, as statements."""
    for number in range(CAPTURES):
        transaction: list[tuple[str, list[Row]]] = []
        for name, written in rows.items():
            first, last = (len(written) * n // CAPTURES for n in (number, number + 1))
            marks = ", ".join("?" * len(METADATA.tables[name].columns))
            transaction.append((f"INSERT INTO {name} VALUES ({marks})", written[first:last]))
        transaction.append((COUNT, [(number + 1,)]))
        yield transaction


def test_captures_beside_bare_sqlite(tmp_path: Path) -> None:
    """A capture through the use case keeps at least 15 % of the rate of writing its rows."""
    rounds = []
    for number in range(7):
        ours, theirs = tmp_path / f"donna-{number}", tmp_path / f"bare-{number}.db"
        donna = asyncio.run(donna_seconds(ours))
        rows = rows_of(ours / DATABASE_NAME)
        bare = bare_seconds(theirs, list(in_transactions(rows)))
        assert rows_of(theirs) == rows
        assert len(rows["tasks"]) == CAPTURES
        rounds.append((bare / donna, donna, bare))

    ratio, donna, bare = sorted(rounds)[len(rounds) // 2]
    print(
        f"\ncaptures: {CAPTURES / donna:.0f}/s, bare SQLite {CAPTURES / bare:.0f}/s: "
        f"{ratio:.0%} of its rate"
    )
