"""Which schema a database has, and how it gets the present one."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

from attrs import frozen
from sqlalchemy import Connection, func, insert, select
from sqlalchemy.exc import OperationalError

from donna_adapters.sql.backup import back_up
from donna_adapters.sql.connection import begin, connect, engine_for
from donna_adapters.sql.faults import GENERIC, ForeignDatabase, SchemaTooNew, primary_code
from donna_adapters.sql.skill_tables import METADATA
from donna_adapters.sql.tables import ALEMBIC_VERSION
from donna_adapters.sql.title_forms import are_current, renew

T = TypeVar("T")

_STAMP = select(ALEMBIC_VERSION.c.version_num)
_STAMPED = select(func.to_regclass(ALEMBIC_VERSION.name).is_not(None))


@frozen(kw_only=True)
class Lineage:
    """The revisions of a schema, oldest first, and the folder with the steps between them."""

    revisions: tuple[str, ...]
    folder: Path

    @property
    def head(self) -> str:
        """The revision this Donna works with."""
        return self.revisions[-1]


LINEAGE = Lineage(
    revisions=(
        "0001",
        "0002",
        "0003",
        "0004",
        "0005",
        "0006",
        "0007",
        "0008",
        "0009",
        "0010",
        "0011",
        "0012",
        "0013",
    ),
    folder=Path(__file__).parent / "migrations",
)


def bring_up_to_date(
    path: Path,
    connection: Connection,
    *,
    busy_timeout: timedelta,
    lineage: Lineage = LINEAGE,
) -> None:
    """Give an empty database its tables, or an older one the present schema.

    An older one is copied first, beside the file, and upgraded in one transaction. Raise
    ``SchemaTooNew`` or ``ForeignDatabase`` where there is nothing to be done.
    """
    found = stamp_of(connection)
    connection.rollback()
    if found is None:
        # Whether it is empty is asked inside: another process may be creating the tables now.
        found = _in_one_transaction(connection, lambda: _create(path, connection, lineage))
    if found not in lineage.revisions:
        raise SchemaTooNew(path, found=found, known=lineage.revisions)
    if found != lineage.head:
        _upgrade(path, busy_timeout, lineage)
    if not are_current(connection):
        connection.rollback()
        _in_one_transaction(connection, lambda: renew(connection))
    connection.rollback()


def stamp_of(connection: Connection) -> str | None:
    """Return the revision the database is at, or ``None`` where it has no stamp."""
    if connection.dialect.name != "sqlite" and not connection.execute(_STAMPED).scalar_one():
        return None  # there an error would end the transaction
    try:
        return connection.execute(_STAMP).scalar_one_or_none()
    except OperationalError as error:
        if primary_code(error) != GENERIC:
            raise
        return None


def create_tables(connection: Connection, lineage: Lineage) -> None:
    """Create all tables at once, with the stamp of the present schema.

    Importing Alembic takes longer than all of this; a test holds both ways equal.
    """
    ALEMBIC_VERSION.metadata.create_all(connection, checkfirst=False)
    METADATA.create_all(connection, checkfirst=False)
    connection.execute(insert(ALEMBIC_VERSION), {"version_num": lineage.head})


def _has_tables(connection: Connection) -> bool:
    count = connection.exec_driver_sql("SELECT count(*) FROM sqlite_master").scalar_one()
    return bool(count)


def _create(path: Path, connection: Connection, lineage: Lineage) -> str:
    """Create all tables, unless another process was faster; return the stamp."""
    found = stamp_of(connection)
    if found is not None:
        return found
    if _has_tables(connection):
        raise ForeignDatabase(path)
    create_tables(connection, lineage)
    return lineage.head


def _upgrade(path: Path, busy_timeout: timedelta, lineage: Lineage) -> None:
    from donna_adapters.sql.migrating import upgrade  # noqa: PLC0415  # Alembic only to migrate

    def step() -> None:
        if stamp_of(connection) not in lineage.revisions[:-1]:
            return  # another process was faster
        back_up(path)
        upgrade(connection, folder=lineage.folder)

    connection = connect(engine_for(path), busy_timeout=busy_timeout)
    try:
        # Rebuilding a table drops it, which would take along the rows that refer to it.
        connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
        connection.rollback()
        _in_one_transaction(connection, step)
    finally:
        connection.close()


def _in_one_transaction(connection: Connection, work: Callable[[], T]) -> T:
    begin(connection)
    try:
        result = work()
    except BaseException:
        connection.rollback()
        raise
    connection.commit()
    return result
