"""What an embedder did stands in the log of model calls, like everything a model did."""

from donna_adapters.sql.sqlite import SqliteDatabase
from donna_adapters.sql.stores.memory import SqlMemoryStore
from donna_core.domain.spending.invocations import CallFilter, Invocation
from donna_core.testing.fake_clock import FakeClock
from donna_memory.retrieval import RetrievalRules
from donna_memory.testing.contracts.memory_store import ANNA, NOON, note, turn
from donna_memory.testing.hashing_embedder import HashingEmbedder


def memory(database: SqliteDatabase, embedder: HashingEmbedder | None) -> SqlMemoryStore:
    """Return a memory in the database."""
    return SqlMemoryStore(
        database, clock=FakeClock(NOON), embedder=embedder, rules=RetrievalRules()
    )


async def calls(database: SqliteDatabase) -> list[Invocation]:
    """Return what stands in Anna's log of calls, by task type."""
    rows = await database.unit_of_work(ANNA).run(
        lambda stores: stores.invocations.select(CallFilter(), limit=99)
    )
    return sorted(rows, key=lambda row: row.task_type)


async def test_every_embedding_is_a_free_call(database: SqliteDatabase) -> None:
    """One row for each document and each question, by where the text came from, without it."""
    store = memory(database, HashingEmbedder())
    await store.upsert_many([note("boats.md", "The boat is red."), turn(1, "Where is the boat?")])
    await store.search("red boat", user_id=ANNA)

    rows = await calls(database)
    kinds = ["embed_chat_turn", "embed_memory_query", "embed_vault_chunk"]
    assert [row.task_type for row in rows] == kinds
    for row in rows:
        assert (row.caller, row.provider, row.billed) == ("memory", "local", False)
        assert not row.cost
        assert (row.prompt, row.output) == (None, None)
    assert len({row.input_hash for row in rows}) == 3


async def test_what_is_not_embedded_is_no_call(database: SqliteDatabase) -> None:
    """Neither a document that is as before, nor a memory that goes by words."""
    store = memory(database, HashingEmbedder())
    for _ in range(2):
        await store.upsert_many([note("boats.md", "The boat is red.")])
    assert len(await calls(database)) == 1

    words = memory(database, None)
    await words.upsert_many([note("cars.md", "The car is blue.")])
    await words.search("car", user_id=ANNA)
    assert len(await calls(database)) == 1


async def test_what_an_embedder_elsewhere_was_sent_is_counted(database: SqliteDatabase) -> None:
    """With the texts it is of; one on this machine is sent nothing."""
    away = HashingEmbedder(is_local=False)
    store = memory(database, away)
    await store.upsert_many([note("boats.md", "The boat is röd.")])
    await store.search("red boat", user_id=ANNA)
    await memory(database, HashingEmbedder()).upsert_many([turn(1, "Where is the boat?")])

    here, asked, sent = await calls(database)
    assert (here.provider, here.bytes_sent) == ("local", 0)
    assert (asked.provider, asked.bytes_sent, asked.sources) == ("elsewhere", len("red boat"), ())
    assert (sent.model_actual, sent.sources) == ("elsewhere/hashing-1", ("vault:boats.md",))
    assert sent.bytes_sent == sum(len(text.encode()) for text in away.embedded[:1])


async def test_embedding_anew_is_a_call_for_each_document(database: SqliteDatabase) -> None:
    """However many chunks of it are made anew at once."""
    await memory(database, None).upsert_many([note("boats.md", "Red."), turn(1, "Where is it?")])
    assert await calls(database) == []

    assert await memory(database, HashingEmbedder(is_local=False)).reindex(ANNA) == 2

    first, second = await calls(database)
    assert [first.task_type, second.task_type] == ["embed_chat_turn", "embed_vault_chunk"]
    assert second.sources == ("vault:boats.md",)
    assert first.bytes_sent > 0
