"""Donna's database on a PostgreSQL server, for when one machine is not enough."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta
from typing import Any, TypeVar

from psycopg import Error as DriverError
from sqlalchemy import URL, Connection, Engine, NullPool, create_engine
from sqlalchemy.dialects.sqlite.dml import OnConflictDoNothing, OnConflictDoUpdate
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.compiler import compiles

from donna_adapters.sql.database import Database
from donna_adapters.sql.postgres_faults import unavailable
from donna_adapters.sql.postgres_schema import bring_up_to_date
from donna_adapters.sql.postgres_session import PostgresSession, lock_number
from donna_adapters.sql.schema import LINEAGE, Lineage
from donna_adapters.sql.waiting import outcome

T = TypeVar("T")

SCHEMA = "donna"
PATIENCE = timedelta(seconds=10)
CONNECTIONS = 4
_MILLISECOND = timedelta(milliseconds=1)


class PostgresDatabase(Database):
    """A schema on a server; decisions run on a few threads, each with its own connection."""

    def __init__(self, url: URL, *, patience: timedelta, lineage: Lineage) -> None:
        self._url, self._schema = _split(url)
        self._patience, self._lineage = patience, lineage
        self.engine = engine_for(self._url, schema=self._schema, patience=patience)
        self._closed = False
        self._deciders = [_Decider(self.engine) for _ in range(CONNECTIONS)]

    @classmethod
    def open(
        cls, url: URL, *, patience: timedelta = PATIENCE, lineage: Lineage = LINEAGE
    ) -> "PostgresDatabase":
        """Open the database, creating its schema or bringing it up to date where needed.

        ``?schema=`` in the address names the schema, ``donna`` where it does not. ``patience``
        is how long a decision waits for others. Raise ``StorageUnavailable`` when the server
        cannot be used, ``SchemaTooNew`` when a newer Donna wrote there and
        ``ForeignDatabase`` when another program did.
        """
        database = cls(url, patience=patience, lineage=lineage)
        try:
            database._prepare()
        except BaseException:
            database.close()
            raise
        return database

    @property
    def name(self) -> str:
        shown = self._url.render_as_string(hide_password=True)
        return f"{shown} (schema {self._schema})"

    def connect_arguments(self) -> dict[str, Any]:
        """Return what the driver connects with, for a library that opens its own connections."""
        found = self.engine.dialect.create_connect_args(self._url)[1]
        return {"kwargs": {**found, **settings_of(self._url, self._schema, self._patience)}}

    async def transact(self, work: Callable[[Connection], T], *, turn: str | None = None) -> T:
        try:
            return await outcome(self._submit(work, turn))
        except (DBAPIError, DriverError) as error:
            raise unavailable(error, place=self.name) from error

    def wait_for(self, work: Callable[[Connection], T]) -> T:
        try:
            return self._submit(work, None).result()
        except (DBAPIError, DriverError) as error:
            raise unavailable(error, place=self.name) from error

    def close(self) -> None:
        if not self._closed:
            self._closed = True
            for decider in self._deciders:
                decider.close()

    def _prepare(self) -> None:
        prepared = self._submit(
            lambda connection: bring_up_to_date(
                connection, place=self.name, schema=self._schema, lineage=self._lineage
            ),
            f"schema of {self._schema}",
        )
        try:
            prepared.result()
        except (DBAPIError, DriverError) as error:
            raise unavailable(error, place=self.name) from error

    def _submit(self, work: Callable[[Connection], T], turn: str | None) -> Future[T]:
        """Hand the work to the decider of its turn, so that those of one turn keep their order."""
        decider = self._deciders[0 if turn is None else lock_number(turn) % CONNECTIONS]
        return decider.thread.submit(decider.session.run, work, turn=turn)


class _Decider:
    """A thread with a connection of its own."""

    def __init__(self, engine: Engine) -> None:
        self.thread = ThreadPoolExecutor(1, thread_name_prefix="donna-decider")
        self.session = PostgresSession(engine)

    def close(self) -> None:
        """Finish what was asked for."""
        self.thread.submit(self.session.close).result()
        self.thread.shutdown()


def engine_for(url: URL, *, schema: str, patience: timedelta) -> Engine:
    """Return an engine that opens a new connection whenever one is asked for.

    It begins and commits nothing by itself.
    """
    return create_engine(
        url.difference_update_query(["options"]),
        poolclass=NullPool,
        isolation_level="AUTOCOMMIT",
        connect_args=settings_of(url, schema, patience),
    )


def settings_of(url: URL, schema: str, patience: timedelta) -> dict[str, Any]:
    """Return the settings of each connection, as libpq takes them.

    A peer that is gone without a word is noticed within a minute on either side, so that
    nobody waits for its turn longer.
    """
    settings = {
        "search_path": schema,
        "lock_timeout": str(patience // _MILLISECOND),
        "idle_in_transaction_session_timeout": "60000",
        "tcp_keepalives_idle": "20",
        "tcp_keepalives_interval": "10",
        "tcp_keepalives_count": "3",
    }
    own = url.query.get("options", "")
    options = " ".join([str(own), *(f"-c{name}={value}" for name, value in settings.items())])
    return {"options": options, "connect_timeout": 10, "application_name": "donna"}


def _split(url: URL) -> tuple[URL, str]:
    """Return the address as SQLAlchemy takes it, and the schema it named."""
    named = url.query.get("schema", SCHEMA)
    schema = named if isinstance(named, str) else named[0]
    return url.set(drivername="postgresql+psycopg").difference_update_query(["schema"]), schema


@compiles(OnConflictDoUpdate, "postgresql")
def _update(clause: OnConflictDoUpdate, compiler: object, **options: object) -> str:
    return _conflict(clause, compiler, "update", **options)


@compiles(OnConflictDoNothing, "postgresql")
def _nothing(clause: OnConflictDoNothing, compiler: object, **options: object) -> str:
    return _conflict(clause, compiler, "nothing", **options)


def _conflict(clause: object, compiler: object, act: str, **options: object) -> str:
    """Render SQLite's clause, which is PostgreSQL's own but for constraints it cannot name.

    So a statement is written once, and SQLite pays nothing for the other dialect.
    """
    clause.constraint_target = None  # type: ignore[attr-defined]  # what the compiler asks for
    rendered: str = getattr(compiler, f"visit_on_conflict_do_{act}")(clause, **options)
    return rendered
