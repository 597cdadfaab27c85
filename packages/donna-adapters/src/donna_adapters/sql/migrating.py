"""Alembic, without its configuration file; imported only where a schema changes."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

from donna_core.domain.errors import StorageUnavailable


def upgrade(connection: Connection, *, folder: Path, revision: str = "head") -> None:
    """Run the steps up to the revision within the connection's transaction."""
    command.upgrade(configuration(connection, folder=folder), revision)
    _check_references(connection)


def downgrade(connection: Connection, *, folder: Path, revision: str) -> None:
    """Run the steps down to the revision within the connection's transaction."""
    command.downgrade(configuration(connection, folder=folder), revision)
    _check_references(connection)


def configuration(connection: Connection, *, folder: Path) -> Config:
    """Return what Alembic has to know; the environment takes the connection from it."""
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    return config


def _check_references(connection: Connection) -> None:
    if connection.dialect.name != "sqlite":
        return  # other databases keep references whole at every statement
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
    if broken:
        raise StorageUnavailable(
            f"the new schema would leave {len(broken)} rows that refer to nothing",
            remedy="The database is as it was; please report this.",
        )
