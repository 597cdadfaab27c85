"""Vectors that the database compares itself follow what becomes of their chunks."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, NullPool, create_engine

from donna_adapters.sql.database import Database
from donna_adapters.sql.opening import open_database
from donna_adapters.sql.stores.memory import SqlMemoryStore
from donna_adapters.sql.stores.memory_held import DatabaseVectors
from donna_adapters.sql.stores.memory_vectors import sqlite_vec_index
from donna_core.testing.fake_clock import FakeClock
from donna_memory.documents import SourceType
from donna_memory.exact import ExactIndex
from donna_memory.ports import Filters
from donna_memory.retrieval import RetrievalRules
from donna_memory.testing.contracts.memory_store import ANNA, BERT, NOON, note, turn
from donna_memory.testing.hashing_embedder import HashingEmbedder


def store_on(database: Database, *, version: str = "hashing-1") -> SqlMemoryStore:
    """Return a memory whose vectors the database compares, as another process has it."""
    return SqlMemoryStore(
        database,
        clock=FakeClock(NOON),
        embedder=HashingEmbedder(version=version),
        rules=RetrievalRules(),
        compares=True,
    )


@pytest.fixture(params=["file", "server"])
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    """Give a database that can compare vectors: in a file, and on a server with pgvector."""
    if request.param == "file":
        opened = open_database(path=tmp_path / "donna.db")
    else:
        url = request.getfixturevalue("pgvector_url")
        opened = open_database(url=f"{url}?schema=own_{tmp_path.name.lower()}")
    with opened:
        yield opened


async def found(store: SqlMemoryStore, query: str, **filters: object) -> list[str]:
    """Return the ids of what Anna finds, best first."""
    hits = await store.search(query, user_id=ANNA, filters=Filters(**filters))  # type: ignore[arg-type]  # a test's own
    return [hit.source_id for hit in hits]


async def kept(database: Database) -> list[int]:
    """Return the chunks whose vectors the server keeps a second time."""
    rows = "SELECT key FROM memory_vectors ORDER BY key"
    return await database.transact(lambda c: [*c.exec_driver_sql(rows).scalars()])


async def chunks(database: Database) -> list[int]:
    """Return all chunks."""
    rows = "SELECT id FROM memory_chunks ORDER BY id"
    return await database.transact(lambda c: [*c.exec_driver_sql(rows).scalars()])


async def test_what_is_forgotten_leaves_no_vector(database: Database) -> None:
    """Nor what was replaced: it is erased by whoever erases the chunk, in one transaction."""
    store = store_on(database)
    await store.upsert_many([note("Boat.md", "The impeller."), note("Plan.md", "The harbour.")])
    assert await found(store, "impeller") == ["Boat.md"]
    forgetful = SqlMemoryStore(
        database, clock=FakeClock(NOON), embedder=None, rules=RetrievalRules()
    )

    assert await forgetful.forget(ANNA, SourceType.VAULT, "Boat.md")
    await forgetful.upsert_many([note("Plan.md", "The station.")])

    if database.name.startswith("postgresql"):
        assert await kept(database) == []
    assert await found(store, "impeller") == []
    assert await found(store, "station") == ["Plan.md"]


async def test_a_server_keeps_what_is_there(database: Database) -> None:
    """Each chunk once, of every user who asks, with what came in between."""
    store = store_on(database)
    await store.upsert_many([note("Boat.md", "The impeller.")])
    await store.upsert_many([note("Boat.md", "The rudder.", user_id=BERT)])
    assert await found(store, "impeller") == ["Boat.md"]
    assert await store.search("rudder", user_id=BERT)
    await store.upsert_many([note("Plan.md", "The harbour.")])
    assert await found(store, "harbour") == ["Plan.md"]

    if database.name.startswith("postgresql"):
        assert await kept(database) == await chunks(database)


async def test_a_document_that_was_hidden_comes_back_with_its_meaning(database: Database) -> None:
    """Whoever asks first asks while it is hidden."""
    document = note("Boat.md", "The impeller was changed.")
    await store_on(database).upsert_many([document, note("Plan.md", "The harbour.")])
    await store_on(database).delete(ANNA, SourceType.VAULT, "Boat.md")
    store = store_on(database)
    assert await found(store, "impeller") == []

    await store_on(database).upsert_many([document])

    [hit] = await store.search("impeller", user_id=ANNA)
    assert hit.semantic > 0


async def test_another_embedder_makes_its_own_vectors(database: Database) -> None:
    """Those of the former are not compared with, neither before nor after embedding anew."""
    await store_on(database).upsert_many([note("Boat.md", "The impeller was changed.")])
    [former] = await store_on(database).search("impeller", user_id=ANNA)
    newer = store_on(database, version="hashing-2")
    [by_words] = await newer.search("impeller", user_id=ANNA)
    assert await newer.reindex(ANNA) == 1
    [anew] = await newer.search("impeller", user_id=ANNA)

    assert (former.semantic > 0, by_words.semantic, anew.semantic > 0) == (True, 0, True)


async def test_few_among_many_are_found_under_a_filter(database: Database) -> None:
    """Where the nearest of all are others, those that are let through are compared."""
    store = store_on(database)
    crowd = [note(f"Boat {number}.md", "The impeller.") for number in range(600)]
    await store.upsert_many([*crowd, note("Far.md", "The impeller, and a rudder.", tags={"far"})])

    assert await found(store, "impeller", tag="far") == ["Far.md"]


async def test_who_talks_is_no_word_of_the_question(database: Database) -> None:
    """Also of those who came in between."""
    store = store_on(database)
    await store.upsert_many([turn(1, "Ida, the key is there.", speaker="Bo")])
    await store.upsert_many([turn(2, "Where?", speaker="Ida"), note("Ida.md", "Ida came.")])

    assert "Ida.md" not in await found(store, "key Ida")
    assert "Ida.md" in await found(store, "Ida came")


async def test_questions_at_once_do_not_disturb_each_other(database: Database) -> None:
    """Each sees the index within its own transaction."""
    store = store_on(database)
    notes = [note(f"{word}.md", f"The {word}.") for word in ("boat", "key", "rose", "harbour")]
    await store.upsert_many(notes)

    answers = await asyncio.gather(
        *(found(store, each.title.removesuffix(".md")) for each in notes * 3)
    )

    assert [each[0] for each in answers] == [each.source_id for each in notes * 3]


def test_a_sqlite_that_loads_nothing_compares_nothing(tmp_path: Path) -> None:
    """Vectors are held in memory then."""
    if hasattr(sqlite3.Connection, "enable_load_extension"):
        pytest.skip("the SQLite of this Python loads extensions; use one without")
    engine = create_engine(f"sqlite:///{tmp_path / 'donna.db'}", poolclass=NullPool)

    with engine.connect() as connection:
        assert sqlite_vec_index(connection, ANNA, version="v1") is None


async def test_without_an_index_of_its_own_the_vectors_are_held(tmp_path: Path) -> None:
    """With one, they are not."""
    held = DatabaseVectors()

    def fill(connection: Connection) -> None:
        held.fill(connection, ANNA, version="v1", size=4)

    with open_database(path=tmp_path / "donna.db") as database:
        await database.transact(fill)

    assert not isinstance(held.index, ExactIndex)
