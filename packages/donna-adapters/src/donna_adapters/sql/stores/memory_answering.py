"""Answering a question: who talks is known, the question is embedded, and the search is made."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

from attrs import define, field
from sqlalchemy import Connection

from donna_adapters.sql.stores.invocations import record_once
from donna_adapters.sql.stores.memory_calls import QUERY, Embedded, embedding
from donna_adapters.sql.stores.memory_embedding import embedded
from donna_adapters.sql.stores.memory_held import HeldVectors
from donna_adapters.sql.stores.memory_search import Search
from donna_adapters.sql.unit_of_work import Transactor
from donna_core.domain.ids import UserId
from donna_core.ports.clock import Clock
from donna_memory.documents import Hit
from donna_memory.lexical import without_names
from donna_memory.ports import Embedder, Filters
from donna_memory.retrieval import RetrievalRules

_MILLISECOND = timedelta(milliseconds=1)


@define(kw_only=True)
class Answering:
    """Answers the questions of any number of users.

    ``made`` gives what holds the vectors of one; it is caught up with what was written under a
    ``turn``, where it has one.
    """

    database: Transactor
    clock: Clock
    embedder: Embedder | None
    rules: RetrievalRules
    made: Callable[[], HeldVectors]
    turn: str | None
    _held: dict[UserId, HeldVectors] = field(factory=dict, init=False)

    async def answer(
        self, question: str, *, user_id: UserId, limit: int, filters: Filters
    ) -> tuple[Hit, ...]:
        """Return the hits, best first."""
        held = self._held.setdefault(user_id, self.made())

        async def search(meant: str) -> tuple[Hit, ...]:
            return await self._search(
                question, meant, held, user_id=user_id, limit=limit, filters=filters
            )

        meant = without_names(question, await self._names(user_id, held))
        hits = await search(meant)
        while (again := without_names(question, held.names)) != meant:
            # Somebody talks who did not when the vectors were last filled up.
            meant = again
            hits = await search(meant)
        return hits

    async def _names(self, user_id: UserId, held: HeldVectors) -> frozenset[str]:
        """Return who talks in what the user keeps, read along with the vectors."""
        embedder = self.embedder
        if embedder is None or held.is_filled(embedder.version):
            return held.names
        version, size = embedder.version, embedder.dimension

        def filled(connection: Connection) -> frozenset[str] | None:
            with held.turn:
                whole = held.catch_up(connection, user_id, version=version, size=size)
                return held.names if whole else None

        while (names := await self.database.transact(filled, turn=self.turn)) is None:
            pass  # an index that has to take over many does so step by step
        return names

    async def _search(
        self,
        question: str,
        meant: str,
        held: HeldVectors,
        *,
        user_id: UserId,
        limit: int,
        filters: Filters,
    ) -> tuple[Hit, ...]:
        vector, call, embedder, began = None, None, self.embedder, self.clock.now()
        vectors = await asyncio.to_thread(embedded, embedder, [meant]) if embedder else None
        if embedder is not None and vectors is not None:
            [vector] = vectors
            call = embedding(
                Embedded(kind=QUERY, texts=(meant,)),
                embedder,
                at=began,
                took_ms=(self.clock.now() - began) // _MILLISECOND,
                user_id=user_id,
            )
        search = Search(
            question=question,
            meant=meant,
            vector=vector,
            user_id=user_id,
            filters=filters,
            rules=self.rules,
            version=embedder.version if embedder else "",
            now=self.clock.now(),
            limit=limit,
        )

        def run(connection: Connection) -> tuple[Hit, ...]:
            if call is not None:
                record_once(connection, user_id, call)
            return search.run(connection, held)

        return await self.database.transact(run)
