"""Going through all that is remembered, without holding all of it."""

from collections.abc import AsyncIterator

from donna_core.domain.ids import UserId
from donna_memory.documents import Document
from donna_memory.ports import MemoryCatalog

_PAGE = 500


async def pages_of(catalog: MemoryCatalog, user_id: UserId) -> AsyncIterator[tuple[Document, ...]]:
    """Yield all that is remembered for a user, page by page."""
    after = 0
    while found := await catalog.remembered(user_id, after=after, limit=_PAGE):
        yield tuple(document for _, document in found)
        after = found[-1][0]
