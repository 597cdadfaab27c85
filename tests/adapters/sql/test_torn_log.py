"""A write-ahead log that power loss cut off or damaged leaves a beginning of what was written."""

import asyncio
import shutil
from pathlib import Path

import pytest

from donna_adapters.sql.driver import DRIVER, JOURNAL_MODE
from donna_adapters.sql.sqlite import SqliteDatabase
from donna_core.ports.unit_of_work import Stores
from donna_core.testing.contracts.stores import ME, capture, job, task

DECISIONS = 6
FRAME = 4096 + 24  # a page and its header: sqlite.org/fileformat.html, "The Write-Ahead Log"

pytestmark = pytest.mark.skipif(JOURNAL_MODE != "WAL", reason="install pysqlite3 for a safe WAL")


async def written(path: Path, copy: Path) -> None:
    """Write decisions, and copy the file with its log while it is open."""
    with SqliteDatabase.open(path) as database:
        for number in range(1, DECISIONS + 1):

            def decide(stores: Stores, number: int = number) -> None:
                captured = task(number)
                stores.tasks.save(captured)
                stores.history.record(capture(captured, f"command-{number}"))
                stores.jobs.want([job(f"job-{number}", task_id=captured.id)])

            await database.unit_of_work(ME).run(decide)
        copy.mkdir()
        for suffix in ("", "-wal"):
            shutil.copyfile(f"{path}{suffix}", copy / f"donna.db{suffix}")


def found_in(path: Path) -> list[int]:
    """Open the file and return the numbers of its tasks; whatever belongs to them is there."""
    with SqliteDatabase.open(path) as database:
        tasks, commands, jobs = asyncio.run(
            database.unit_of_work(ME).run(
                lambda s: (s.tasks.select(), s.history.recent(99), s.jobs.select())
            )
        )
    connection = DRIVER.connect(path)
    assert connection.execute("PRAGMA quick_check").fetchall() == [("ok",)]
    connection.close()
    assert len(tasks) == len(commands) == len(jobs)
    return [each.number for each in tasks]


@pytest.mark.parametrize("harm", ["cut", "flipped"])
def test_what_is_left_is_a_beginning(tmp_path: Path, harm: str) -> None:
    """Wherever the log ends or a bit of it is wrong, whole decisions are there, from the first."""
    asyncio.run(written(tmp_path / "donna.db", tmp_path / "copy"))
    log = (tmp_path / "copy" / "donna.db-wal").read_bytes()
    seen = set()
    for offset in range(32 + FRAME // 2, len(log), FRAME * 3 // 2):
        torn = tmp_path / f"torn-{offset}"
        shutil.copytree(tmp_path / "copy", torn)
        damaged = log[:offset]
        if harm == "flipped":
            damaged += bytes([log[offset] ^ 1]) + log[offset + 1 :]
        (torn / "donna.db-wal").write_bytes(damaged)
        numbers = found_in(torn / "donna.db")
        assert numbers == list(range(1, len(numbers) + 1))
        seen.add(len(numbers))
        shutil.rmtree(torn)
    assert min(seen) == 0
    assert max(seen) >= DECISIONS - 1
