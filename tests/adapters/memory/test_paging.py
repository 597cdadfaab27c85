"""All that is remembered is gone through once, however much it is."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from donna_adapters.sql.sqlite import SqliteDatabase
from donna_adapters.sql.stores.memory import SqlMemoryStore
from donna_core.domain.ids import UserId
from donna_core.testing.fake_clock import FakeClock
from donna_memory.documents import Document, SourceType
from donna_memory.paging import pages_of
from donna_memory.retrieval import RetrievalRules
from donna_memory.testing.contracts.memory_store import NOON

ANNA, BO = UserId("anna"), UserId("bo")


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqlMemoryStore]:
    """Give a memory of more texts than fit on a page."""
    with SqliteDatabase.open(tmp_path / "donna.db") as database:
        kept = SqlMemoryStore(
            database, clock=FakeClock(NOON), embedder=None, rules=RetrievalRules()
        )
        await kept.upsert_many(
            Document(
                user_id=user, source_type=SourceType.TASK, source_id=f"{n}", content=f"Tree {n}"
            )
            for user, count in ((ANNA, 1001), (BO, 1))
            for n in range(count)
        )
        yield kept


async def test_every_text_comes_once(store: SqlMemoryStore) -> None:
    """In pages, those of one user only."""
    pages = [page async for page in pages_of(store, ANNA)]

    found = [document.source_id for page in pages for document in page]
    assert sorted(found, key=int) == [str(number) for number in range(1001)]
    assert len(pages) == 3
    assert [len(page) async for page in pages_of(store, BO)] == [1]
