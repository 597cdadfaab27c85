"""Which database a Donna has: a file of her own, or a schema on a server."""

from pathlib import Path

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from donna_adapters.sql.database import Database
from donna_adapters.sql.sqlite import SqliteDatabase
from donna_core.domain.errors import ConfigError, Refused

URL_VARIABLE = "DONNA_DATABASE_URL"
_REMEDY = "Write postgresql://user:password@host/database?schema=donna, or leave it out"


class PostgresMissing(Refused):
    """The address names PostgreSQL, and its driver is not installed."""

    def __init__(self) -> None:
        super().__init__(
            f"{URL_VARIABLE} names PostgreSQL, whose driver is not installed: "
            "pip install 'donna-adapters[postgres]', or leave it out to use a file."
        )


def open_database(*, path: Path | None = None, url: str | None = None) -> Database:
    """Open the database at the address, or the file at ``path`` where none is given.

    Raise ``StorageUnavailable``, ``SchemaTooNew``, ``ForeignDatabase``, ``PostgresMissing``,
    and ``ConfigError`` for an address that is none.
    """
    if url is None:
        if path is None:
            raise ValueError("neither a path nor an address was given")
        return SqliteDatabase.open(path)
    try:
        address = make_url(url)
    except ArgumentError as error:
        raise ConfigError(
            "this is no address of a database", where=URL_VARIABLE, remedy=_REMEDY
        ) from error
    if address.get_backend_name() not in {"postgresql", "postgres"}:
        raise ConfigError(
            f"{address.get_backend_name()} is not supported", where=URL_VARIABLE, remedy=_REMEDY
        )
    try:
        from donna_adapters.sql.postgres import PostgresDatabase  # noqa: PLC0415  # an extra
    except ImportError as error:
        raise PostgresMissing from error
    return PostgresDatabase.open(address)
