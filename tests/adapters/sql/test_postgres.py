"""A schema on a server: how it is made and changed, and what becomes of lost connections."""

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve
from sqlalchemy import Connection, make_url, text

from donna_adapters.sql.database import Database
from donna_adapters.sql.faults import ForeignDatabase, SchemaTooNew
from donna_adapters.sql.opening import PostgresMissing, open_database
from donna_adapters.sql.postgres_faults import FAULTS, unavailable
from donna_adapters.sql.schema import LINEAGE, stamp_of
from donna_core.domain.errors import ConfigError, StorageUnavailable
from donna_core.domain.events import Event, EventKind
from donna_core.domain.ids import UserId
from donna_core.ports.unit_of_work import Stores
from donna_core.testing.contracts.everything import fill
from donna_core.testing.contracts.stores import ME, NOON, OTHER

SHAPE = """
SELECT table_name, column_name, data_type, character_maximum_length, is_nullable, column_default
FROM information_schema.columns WHERE table_schema = current_schema()
UNION ALL
SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid), NULL, contype::text, NULL
FROM pg_constraint WHERE connamespace = current_schema()::regnamespace
UNION ALL
SELECT tablename, indexname, replace(indexdef, current_schema() || '.', ''), NULL, '', NULL
FROM pg_indexes WHERE schemaname = current_schema() ORDER BY 1, 2, 3
"""

LATER = Event(kind=EventKind.TASK_CAPTURED, at=NOON)
FULL = (
    """CREATE FUNCTION full_up() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'no space left' USING ERRCODE = 'disk_full'; END $$""",
    "CREATE TRIGGER full_up BEFORE INSERT ON event_log FOR EACH ROW EXECUTE FUNCTION full_up()",
)
"""A server that says what it says when its disk is full."""


@pytest.fixture
def server(own_postgres_url: str) -> Iterator[Database]:
    """Give a database in a schema of its own."""
    with open_database(url=own_postgres_url) as database:
        yield database


async def shape(database: Database) -> list[tuple[Any, ...]]:
    """Return every column, constraint and index, as the server describes them."""
    return await database.transact(
        lambda connection: [tuple(row) for row in connection.execute(text(SHAPE))]
    )


async def move(database: Database, *, to: str, up: bool) -> None:
    """Run migrations."""
    from donna_adapters.sql import migrating  # noqa: PLC0415  # Alembic only to migrate

    step = migrating.upgrade if up else migrating.downgrade
    await database.transact(lambda connection: step(connection, folder=LINEAGE.folder, revision=to))


async def test_tables_and_migrations_agree_both_ways(server: Database) -> None:
    """Down to nothing, step by step, and up again, the schema is what a fresh one is."""
    fresh = await shape(server)
    for revision in [*LINEAGE.revisions[-2::-1], "base"]:
        await move(server, to=revision, up=False)
    assert {row[0] for row in await shape(server)} == {"alembic_version"}

    await move(server, to="head", up=True)
    assert await shape(server) == fresh
    assert await server.transact(stamp_of) == LINEAGE.head


async def test_an_older_schema_keeps_its_rows(server: Database, own_postgres_url: str) -> None:
    """Opening it brings it up to date, and what was in it is in it still."""
    await server.unit_of_work(ME).run(fill)
    await server.unit_of_work(OTHER).run(lambda stores: fill(stores, user_id=OTHER))
    await move(server, to=LINEAGE.revisions[1], up=False)

    with open_database(url=own_postgres_url) as again:
        for user_id in (ME, OTHER):
            assert await counted(again, user_id) == [2, 1]
        assert await again.transact(stamp_of) == LINEAGE.head


async def counted(database: Database, user_id: UserId) -> list[int]:
    """Return how many deliveries and events a user has."""
    rows = await database.unit_of_work(user_id).run(
        lambda stores: (stores.outbox.select(), stores.events.since(0))
    )
    return [len(found) for found in rows]


async def test_the_copy_is_the_schema_before(server: Database, own_postgres_url: str) -> None:
    """It opens as what it was, numbers go on where they were, and the last three are kept."""
    await server.unit_of_work(ME).run(fill)
    await server.unit_of_work(OTHER).run(lambda stores: fill(stores, user_id=OTHER))
    await move(server, to=LINEAGE.revisions[-2], up=False)
    before = await shape(server)
    open_database(url=own_postgres_url).close()
    for _ in range(3):
        await move(server, to=LINEAGE.revisions[-2], up=False)
        open_database(url=own_postgres_url).close()

    names = "SELECT nspname FROM pg_namespace WHERE nspname LIKE current_schema() || '_backup_%'"
    copies = await server.transact(
        lambda connection: sorted(connection.execute(text(names)).scalars())
    )
    assert [copy[-2:] for copy in copies] == ["_2", "_3", "_4"]
    from donna_adapters.sql.postgres import PostgresDatabase  # noqa: PLC0415  # an extra

    former = evolve(LINEAGE, revisions=LINEAGE.revisions[:-1])
    base, _, _ = own_postgres_url.partition("?")
    with PostgresDatabase.open(make_url(f"{base}?schema={copies[-1]}"), lineage=former) as copy:
        assert await shape(copy) == before
        for user_id in (ME, OTHER):
            assert await counted(copy, user_id) == [2, 1]
            await copy.unit_of_work(user_id).run(lambda stores: stores.events.append([LATER]))
            assert await counted(copy, user_id) == [2, 2]


async def test_a_newer_and_a_foreign_schema_are_refused(
    server: Database, own_postgres_url: str
) -> None:
    """Untouched, with what to do."""

    def run(statement: str) -> Any:
        return server.transact(lambda connection: connection.execute(text(statement)).close())

    await run("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(SchemaTooNew, match="9999"):
        open_database(url=own_postgres_url)
    await run("DROP TABLE alembic_version")
    with pytest.raises(ForeignDatabase, match="another program"):
        open_database(url=own_postgres_url)


@pytest.mark.parametrize(
    ("url", "error"),
    [
        ("nonsense", ConfigError),
        ("mysql://host/x", ConfigError),
        ("postgresql://nobody@127.0.0.1:1/x", (StorageUnavailable, PostgresMissing)),
    ],
)
def test_an_address_that_leads_nowhere_is_named(url: str, error: type[Exception]) -> None:
    """As a wrong setting, or as a server that cannot be reached."""
    with pytest.raises(error, match=r"DONNA_DATABASE_URL|cannot be reached"):
        open_database(url=url)


@pytest.mark.parametrize("code", ["08006", "28P01", "53100", "57P01", "40001", "XX001", "25006"])
def test_complaints_of_the_server_have_a_cause_and_a_remedy(code: str) -> None:
    """The code decides, or the class it belongs to."""

    class Complaint(Exception):
        sqlstate = code

    error = unavailable(Complaint("as the server words it"), place="there")
    assert error.remedy in {remedy for _, remedy in FAULTS.values()}
    assert "there" in error.problem


def terminate(connection: Connection) -> None:
    """End the connection from the other side, as a server that stops does."""
    connection.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))


async def test_what_a_server_cannot_keep_is_refused_and_goes_on_when_it_can(
    server: Database, own_postgres_url: str
) -> None:
    """A full disk and a standby refuse a decision whole; nothing of it stays."""

    def draw(stores: Stores) -> int:
        number = stores.tasks.next_number()
        stores.events.append([LATER])
        return number

    for statement in FULL:
        await server.transact(lambda connection, each=statement: connection.execute(text(each)))  # type: ignore[misc]  # a lambda with a default
    with pytest.raises(StorageUnavailable, match=r"disk of .* is full"):
        await server.unit_of_work(ME).run(draw)
    await server.transact(
        lambda connection: connection.execute(text("DROP TRIGGER full_up ON event_log"))
    )
    standby = own_postgres_url + "&options=-cdefault_transaction_read_only%3Don"
    with (
        open_database(url=standby) as read_only,
        pytest.raises(StorageUnavailable, match="read-only"),
    ):
        await read_only.unit_of_work(ME).run(draw)
    assert await server.unit_of_work(ME).run(draw) == 1


async def test_a_decision_that_lost_its_connection_is_decided_again(server: Database) -> None:
    """Nothing of it was kept, so nothing is doubled; the caller never hears of it."""
    tries: list[int] = []

    def decide(connection: Connection) -> int:
        tries.append(1)
        connection.execute(text("INSERT INTO counter VALUES ('me', 'tries', 1)"))
        if len(tries) == 1:
            terminate(connection)
        return int(
            connection.execute(
                text("SELECT count(*) FROM counter WHERE user_id = 'me'")
            ).scalar_one()
        )

    assert await server.transact(decide, turn="me") == 1
    assert len(tries) == 2


async def test_backends_that_die_under_load_lose_and_double_nothing(
    server: Database, postgres: Any, own_postgres_url: str
) -> None:
    """Each number that was given was given once, and none was given that is not kept."""
    over = threading.Event()

    def kill() -> None:
        psycopg = pytest.importorskip("psycopg", reason="install donna-adapters[postgres]")
        with psycopg.connect(postgres.info.dsn, autocommit=True) as other:
            while not over.wait(0.05):
                other.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE application_name = 'donna' AND query ILIKE '%counter%' "
                    "ORDER BY random() LIMIT 1"
                )

    def draw(stores: Stores) -> int:
        return stores.tasks.next_number()

    killer = threading.Thread(target=kill)
    killer.start()
    try:
        users = [UserId(f"user-{n}") for n in range(4)]
        drawn = await asyncio.gather(
            *(server.unit_of_work(user).run(draw) for user in users for _ in range(60))
        )
    finally:
        over.set()
        killer.join()

    each = [sorted(drawn[n * 60 : (n + 1) * 60]) for n in range(4)]
    assert each == [list(range(1, 61))] * 4
    with open_database(url=own_postgres_url) as again:
        assert await again.unit_of_work(users[0]).run(draw) == 61


async def test_decisions_of_many_processes_keep_their_turn(own_postgres_url: str) -> None:
    """Of two openings that count the same thing, none overwrites the other."""

    def count(stores: Stores) -> int:
        return stores.tasks.next_number()

    with (
        open_database(url=own_postgres_url) as one,
        open_database(url=own_postgres_url) as other,
    ):
        drawn = await asyncio.gather(
            *(database.unit_of_work(ME).run(count) for _ in range(40) for database in (one, other))
        )
    assert sorted(drawn) == list(range(1, 81))


def test_nothing_is_left_behind(own_postgres_url: str, tmp_path: Path) -> None:
    """Closing ends every connection; closing again does nothing."""
    database = open_database(path=tmp_path / "unused.db", url=own_postgres_url)
    database.close()
    database.close()
    assert not (tmp_path / "unused.db").exists()
