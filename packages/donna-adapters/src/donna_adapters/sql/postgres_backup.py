"""Copies of a schema on a server, made before the schema changes and known to be whole.

A copy is a schema beside the first one, built by the steps that built that, so an older Donna
opens it as it is: name it by ``?schema=`` in the address.
"""

from pathlib import Path

from sqlalchemy import Connection, MetaData, Table, func, select, text
from sqlalchemy.sql.ddl import CreateSchema, DropSchema

from donna_core.domain.errors import StorageUnavailable

KEPT = 3
_PATH = text("SELECT set_config('search_path', :schema, true)")
_SCHEMAS = text("SELECT nspname FROM pg_namespace WHERE starts_with(nspname, :prefix)")


def back_up(connection: Connection, *, schema: str, folder: Path, revision: str) -> str:
    """Copy the schema, which is at the revision, within the transaction; return the copy's name.

    ``folder`` holds the steps up to that revision. The copies are numbered, the last three
    stay. Raise ``StorageUnavailable`` where a copy is not what it was made of.
    """
    from donna_adapters.sql.migrating import upgrade  # noqa: PLC0415  # Alembic only to migrate

    prefix = f"{schema}_backup_"
    names = connection.execute(_SCHEMAS, {"prefix": prefix}).scalars()
    numbers = sorted(int(found) for each in names if (found := each[len(prefix) :]).isdecimal())
    copy = f"{prefix}{max(numbers, default=0) + 1}"
    connection.execute(CreateSchema(copy))
    connection.execute(_PATH, {"schema": copy})
    upgrade(connection, folder=folder, revision=revision)
    connection.execute(_PATH, {"schema": schema})
    built = MetaData()
    built.reflect(connection, schema=copy)
    for table in built.sorted_tables:
        _fill(connection, table, schema=schema)
    for number in numbers[: len(numbers) + 1 - KEPT]:
        connection.execute(DropSchema(f"{prefix}{number}", cascade=True))
    return copy


def _fill(connection: Connection, copy: Table, *, schema: str) -> None:
    """Copy the rows of one table, with the next number of each that counts, and compare them."""
    original = copy.to_metadata(MetaData(), schema=schema)
    if original.name == "alembic_version":
        return  # the steps wrote it
    written = [column.name for column in copy.columns if column.computed is None]
    rows = select(*(original.c[name] for name in written))
    connection.execute(copy.insert().from_select(written, rows))
    for column in copy.columns:
        sequence = func.pg_get_serial_sequence(f'"{copy.schema}"."{copy.name}"', column.name)
        if connection.execute(select(sequence)).scalar_one() is not None:
            highest = select(func.max(column)).scalar_subquery()
            connection.execute(select(func.setval(sequence, func.coalesce(highest, 1))))
    if _content(connection, copy) != _content(connection, original):
        raise StorageUnavailable(
            f"the copy of table {original.name} is not what the table is",
            remedy="Nothing was changed; please report this.",
        )


def _content(connection: Connection, table: Table) -> tuple[int, object]:
    """Return how many rows there are, and the sum of their hashes, in whatever order."""
    row = func.hashtextextended(text(f'"{table.name}"::text'), 0)
    found = connection.execute(select(func.count(), func.sum(row)).select_from(table)).one()
    return found[0], found[1]
