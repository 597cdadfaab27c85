"""A question is embedded without the names of those who talk, as of the moment it is asked."""

from functools import partial

import pytest

from donna_adapters.sql.sqlite import SqliteDatabase
from donna_adapters.sql.stores.memory import SqlMemoryStore
from donna_core.testing.fake_clock import FakeClock
from donna_memory.retrieval import RetrievalRules
from donna_memory.testing.contracts.memory_store import ANNA, NOON, turn
from donna_memory.testing.hashing_embedder import HashingEmbedder


@pytest.mark.parametrize("compares", [False, True])
async def test_who_talks_is_known_as_soon_as_they_do(
    database: SqliteDatabase, *, compares: bool
) -> None:
    """Also where another process wrote down what they said after the last question."""
    embedder = HashingEmbedder()
    made = partial(
        SqlMemoryStore,
        database,
        clock=FakeClock(NOON),
        rules=RetrievalRules(),
        compares=compares,
    )
    store, other = made(embedder=embedder), made(embedder=HashingEmbedder())
    question = "Where did Ben put the anchor, Ida?"

    def asked() -> str:
        return embedder.embedded[-1]

    await other.upsert_many([turn(1, "The anchor is in the locker.", speaker="Ida")])
    await store.search(question, user_id=ANNA)
    assert asked() == "Where did Ben put the anchor, ?"
    await other.upsert_many([turn(2, "I moved it to the bow.", speaker="Ben")])
    [first, *_] = await store.search(question, user_id=ANNA)

    assert asked() == "Where did put the anchor, ?"
    assert "anchor" in first.text
