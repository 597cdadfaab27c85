"""One search: candidates by words and by meaning, what stands beside them, and the ranking."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from itertools import chain
from typing import Any

from attrs import frozen
from sqlalchemy import Connection, Row, Select, tuple_

from donna_adapters.sql.stores.memory_held import HeldVectors, Wanted
from donna_adapters.sql.stores.memory_rows import (
    FOUND,
    WHOLE,
    C,
    among,
    candidate_of,
    conditions,
    hit_of,
)
from donna_adapters.sql.stores.memory_statements import superseded
from donna_adapters.sql.stores.memory_turns import completed
from donna_adapters.sql.stores.memory_words import by_words, prepare_words
from donna_core.domain.ids import UserId
from donna_memory.documents import Hit
from donna_memory.ports import Filters, Vectors
from donna_memory.retrieval import Candidate, RetrievalRules, rank

_LEADERS = 48  # whose neighbours are looked at


@frozen(kw_only=True)
class Search:
    """A question with all that is asked of its answers.

    ``meant`` is the question without the names of those who talk; ``vector`` is its embedding.
    """

    question: str
    meant: str
    vector: Vectors | None
    version: str
    user_id: UserId
    filters: Filters
    rules: RetrievalRules
    now: datetime
    limit: int

    def run(self, connection: Connection, held: HeldVectors) -> tuple[Hit, ...]:
        """Return the hits, best first."""
        prepare_words(connection)
        words = by_words(
            connection,
            self.meant,
            user_id=self.user_id,
            filters=self.filters,
            limit=self.rules.candidates,
        )
        whole: dict[int, Row[Any]] = {}

        def texts(keys: Sequence[int]) -> dict[int, str]:
            read = connection.execute(WHOLE.where(C.id.in_(keys))).all()
            whole.update({row.id: row for row in read})
            return {row.id: row.content for row in read}

        with held.turn:
            ranked = rank(
                self.question,
                self._candidates(connection, held, words),
                rules=self.rules,
                now=self.now,
                semantic=self.vector is not None,
                texts=texts,
            )
        chosen = [(whole[each.candidate.key], each) for each in ranked[: self.limit]]
        hits = [((row.thread, row.place), hit_of(row, each)) for row, each in chosen]
        return completed(connection, self.user_id, hits, self.filters)

    def _candidates(
        self, connection: Connection, held: HeldVectors, words: Mapping[int, float]
    ) -> list[Candidate]:
        """Return what may answer, what stands beside the best of it, and what superseded them."""
        near, found = self._found(connection, held, words)
        best = max(words.values(), default=0.0) or 1.0
        leaders = sorted(
            found, key=lambda row: -(words.get(row.id, 0.0) / best + near.get(row.id, 0.0))
        )[:_LEADERS]
        beside = self._beside(connection, leaders)
        replaced = superseded(connection, self.user_id, {row.document_id for row in leaders})
        current = self._of_documents(connection, {*chain(*replaced.values())})
        rows = {row.id: row for row in [*found, *beside, *current]}
        cosines = self._cosines(held, [*rows])
        return [
            candidate_of(
                row,
                bm25=words.get(key, 0.0),
                cosine=cosines.get(key, 0.0),
                replaced_by=replaced.get(row.document_id, frozenset()),
                meaning=held.index.vector,
            )
            for key, row in rows.items()
        ]

    def _found(
        self, connection: Connection, held: HeldVectors, words: Mapping[int, float]
    ) -> tuple[dict[int, float], Sequence[Row[Any]]]:
        """Return the nearest chunks, and the rows of these and of those found by words."""
        near = self._by_meaning(connection, held)
        found = self._rows(connection, {*words, *near})
        if near.keys() <= {row.id for row in found}:
            return near, found
        # Another process deleted some: what this one holds is no longer true.
        held.clear()
        near = self._by_meaning(connection, held)
        return near, self._rows(connection, {*words, *near})

    def _by_meaning(self, connection: Connection, held: HeldVectors) -> dict[int, float]:
        if self.vector is None:
            return {}
        held.fill(connection, self.user_id, version=self.version, size=len(self.vector))
        wanted = Wanted(
            query=self.vector,
            limit=self.rules.candidates,
            user_id=self.user_id,
            filters=self.filters,
        )
        return held.nearest(connection, wanted)

    def _cosines(self, held: HeldVectors, keys: Sequence[int]) -> dict[int, float]:
        if self.vector is None:
            return {}
        cosines = held.index.similarity(self.vector, keys)
        return {key: float(cosine) for key, cosine in zip(keys, cosines, strict=True)}

    def _rows(self, connection: Connection, keys: Collection[int]) -> Sequence[Row[Any]]:
        return connection.execute(among(FOUND, keys, self.user_id, self.filters)).all()

    def _beside(self, connection: Connection, leaders: Sequence[Row[Any]]) -> Sequence[Row[Any]]:
        """Return what stands right before and after the leading candidates."""
        spots = {(row.thread, row.place + step) for row in leaders for step in (-1, 1)}
        permitted: Select[Any] = FOUND.where(*conditions(self.user_id, self.filters))
        query = permitted.where(tuple_(C.thread, C.place).in_(sorted(spots)))
        return connection.execute(query).all() if spots else []

    def _of_documents(self, connection: Connection, numbers: Collection[int]) -> Sequence[Row[Any]]:
        """Return the chunks of these documents."""
        permitted: Select[Any] = FOUND.where(*conditions(self.user_id, self.filters))
        query = permitted.where(C.document_id.in_(sorted(numbers)))
        return connection.execute(query).all() if numbers else []
