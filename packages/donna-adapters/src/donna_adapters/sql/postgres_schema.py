"""Which schema a PostgreSQL database has, and how it gets the present one."""

from sqlalchemy import Connection, func, select, text
from sqlalchemy.sql.ddl import CreateSchema

from donna_adapters.sql.faults import ForeignDatabase, SchemaTooNew
from donna_adapters.sql.postgres_backup import back_up
from donna_adapters.sql.schema import Lineage, create_tables, stamp_of
from donna_adapters.sql.title_forms import renew

_TABLES = text("SELECT count(*) FROM information_schema.tables WHERE table_schema = :schema")


def bring_up_to_date(connection: Connection, *, place: str, schema: str, lineage: Lineage) -> None:
    """Give an empty schema its tables, or an older one the present form.

    An older one is copied first, into a schema beside it. All of it happens in the connection's
    transaction, or nothing. Raise ``SchemaTooNew`` or
    ``ForeignDatabase`` where there is nothing to be done.
    """
    if connection.execute(select(func.current_schema())).scalar_one() is None:
        connection.execute(CreateSchema(schema))
    found = stamp_of(connection)
    if found is None:
        if connection.execute(_TABLES, {"schema": schema}).scalar_one():
            raise ForeignDatabase(place)
        create_tables(connection, lineage)
        found = lineage.head
    if found not in lineage.revisions:
        raise SchemaTooNew(place, found=found, known=lineage.revisions)
    if found != lineage.head:
        from donna_adapters.sql.migrating import upgrade  # noqa: PLC0415  # Alembic only to migrate

        back_up(connection, schema=schema, folder=lineage.folder, revision=found)
        upgrade(connection, folder=lineage.folder)
    renew(connection)
