"""What the driver and the operating system complain about reaches callers in Donna's words."""

import asyncio
import errno
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from donna_adapters.sql import faults
from donna_adapters.sql.driver import DRIVER
from donna_adapters.sql.faults import FAULTS, OPERATING_SYSTEM, unavailable
from donna_adapters.sql.sqlite import SqliteDatabase
from donna_core.domain.errors import StorageUnavailable
from donna_core.ports.unit_of_work import Stores
from donna_core.testing.contracts.everything import contents, fill
from donna_core.testing.contracts.stores import ME, task

PATH = Path("somewhere") / "donna.db"


class Complaint(Exception):
    """What the driver raises, with SQLite's extended result code."""

    def __init__(self, code: int) -> None:
        super().__init__("as the driver words it")
        self.sqlite_errorcode = code


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the right to write, as another process would."""
    with closing(DRIVER.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


@pytest.mark.parametrize("code", sorted(FAULTS))
@pytest.mark.parametrize("extension", [0, 1, 7])
def test_every_code_has_a_cause_and_a_remedy(code: int, extension: int) -> None:
    """The primary code decides, whatever details an extended one adds."""
    problem, remedy = FAULTS[code]
    error = unavailable(DBAPIError(None, None, Complaint(code | extension << 8)), path=PATH)

    assert error.problem == problem.format(path=PATH)
    assert (error.remedy, remedy[-1]) == (remedy, ".")
    assert str(error) == f"Not saved: {error.problem}. {remedy}"


def test_the_codes_are_those_of_sqlite() -> None:
    """The names in the table stand for what SQLite calls so."""
    names = [name for name in vars(faults) if f"SQLITE_{name}" in vars(DRIVER)]

    assert len(names) == len(FAULTS)
    for name in names:
        assert getattr(faults, name) == getattr(DRIVER, f"SQLITE_{name}")


@pytest.mark.parametrize("number", [*OPERATING_SYSTEM, errno.ENOTDIR, errno.EISDIR])
def test_errors_of_the_operating_system_are_read_the_same_way(number: int) -> None:
    """Each becomes one of the causes of the table."""
    error = unavailable(OSError(number, os.strerror(number)), path=PATH)

    assert error.remedy in {remedy for _, remedy in FAULTS.values()}


def test_an_unexpected_complaint_is_passed_on() -> None:
    """What is in no table is quoted."""
    error = unavailable(DBAPIError(None, None, Complaint(1)), path=PATH)

    assert "as the driver words it" in str(error)


async def test_a_locked_database_is_waited_for_and_then_refused(
    database: SqliteDatabase, path: Path
) -> None:
    """After the wait the caller hears who is in the way; once he is gone all is well."""
    with locked(path), pytest.raises(StorageUnavailable, match="another process is writing"):
        await database.unit_of_work(ME).run(fill)

    await database.unit_of_work(ME).run(fill)
    assert len(await database.unit_of_work(ME).run(lambda stores: stores.tasks.select())) == 1


async def test_a_short_lock_is_waited_out(path: Path) -> None:
    """A decision that finds another process writing begins when that one is done."""
    with SqliteDatabase.open(path, busy_timeout=timedelta(seconds=30)) as database:
        other = DRIVER.connect(path, isolation_level=None, check_same_thread=False)
        other.execute("BEGIN IMMEDIATE")
        release = threading.Timer(0.2, lambda: other.execute("ROLLBACK"))
        release.start()
        await database.unit_of_work(ME).run(fill)
        release.join()
        other.close()


async def test_a_full_disk_refuses_and_recovers(database: SqliteDatabase) -> None:
    """Nothing of the decision that did not fit is kept; with space, writing goes on."""

    def limit(pages: int) -> None:
        database._on_writer(
            lambda: database._connected().exec_driver_sql(f"PRAGMA max_page_count={pages}").close()
        )

    def overflow(stores: Stores) -> None:
        stores.tasks.save(task(description="x" * 10_000_000))

    before = await database.unit_of_work(ME).run(contents)
    limit(1)
    with pytest.raises(StorageUnavailable, match=r"disk with .* is full"):
        await database.unit_of_work(ME).run(overflow)

    assert await database.unit_of_work(ME).run(contents) == before
    limit(1_000_000)
    await database.unit_of_work(ME).run(overflow)


def test_a_damaged_file_is_reported(path: Path) -> None:
    """Pages that make no sense are named as damage, and the file is left as it is."""

    def use(decide: Callable[[Stores], object]) -> None:
        with SqliteDatabase.open(path) as database:
            asyncio.run(database.unit_of_work(ME).run(decide))

    use(fill)
    content = bytearray(path.read_bytes())
    content[4096:] = b"\xff" * (len(content) - 4096)
    path.write_bytes(content)

    with pytest.raises(StorageUnavailable, match="damaged"):
        use(contents)
    assert path.read_bytes() == bytes(content)


async def test_after_a_failed_commit_the_file_is_opened_anew(database: SqliteDatabase) -> None:
    """The connection is not trusted any more, and the next decision starts from the disk."""

    def break_reference(connection: Connection) -> None:
        connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
        connection.exec_driver_sql(
            "INSERT INTO command_task (user_id, task_id, command_id) VALUES ('me', 'a', 'none')"
        )

    former = database._connection
    with pytest.raises(StorageUnavailable, match="FOREIGN KEY"):
        await database.transact(break_reference)
    await database.unit_of_work(ME).run(fill)

    assert former is not None
    assert former.closed
    assert database._connection is not former
