"""One search: candidates by words and by meaning, what stands beside them, and the ranking."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from heapq import nlargest
from itertools import chain
from typing import Any, TypedDict

from attrs import frozen
from sqlalchemy import Connection, Row

from donna_adapters.sql.stores.memory_held import HeldVectors, Wanted
from donna_adapters.sql.stores.memory_rows import By, candidate_of, candidates, hit_of, whole
from donna_adapters.sql.stores.memory_statements import superseded
from donna_adapters.sql.stores.memory_turns import completed
from donna_adapters.sql.stores.memory_words import by_words, leading_words, prepare_words
from donna_core.domain.ids import UserId
from donna_memory.documents import Hit
from donna_memory.ports import Filters, Vectors
from donna_memory.retrieval import Candidate, RetrievalRules, rank

_LEADERS = 24  # whose neighbours are looked at
_POOL = 48  # that are read at least, of those that words and vectors name
_AHEAD = 2  # so many times as many are named by words as are wanted: some may be hidden


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
        read: dict[int, Row[Any]] = {}

        def texts(keys: Sequence[int]) -> dict[int, str]:
            rows = whole(connection, keys)
            read.update({row.id: row for row in rows})
            return {row.id: row.content for row in rows}

        with held.turn:
            ranked = rank(
                self.question,
                self._candidates(connection, held),
                rules=self.rules,
                now=self.now,
                semantic=self.vector is not None,
                texts=texts,
                limit=self.limit,
            )
        chosen = [(read[each.candidate.key], each) for each in ranked]
        hits = [((row.thread, row.place), hit_of(row, each)) for row, each in chosen]
        return completed(connection, self.user_id, hits, self.filters)

    def _candidates(self, connection: Connection, held: HeldVectors) -> list[Candidate]:
        """Return what may answer, what stands beside the best of it, and what superseded them."""
        opinions, found = self._found(connection, held)
        leaders = nlargest(_LEADERS, found, key=lambda row: opinions.of(row.id))
        spots = {(row.thread, row.place + step) for row in leaders for step in (-1, 1)}
        beside = self._rows(connection, By.SPOT, spots - {(row.thread, row.place) for row in found})
        replaced = superseded(connection, self.user_id, {row.document_id for row in leaders})
        current = self._rows(connection, By.DOCUMENT, {*chain(*replaced.values())})
        rows = {row.id: row for row in [*found, *beside, *current]}
        self._compare(held, opinions, rows)
        return [
            candidate_of(
                row,
                bm25=opinions.words.get(key, 0.0),
                cosine=opinions.cosines.get(key, 0.0),
                replaced_by=replaced.get(row.document_id, frozenset()),
                meaning=held.index.vector,
            )
            for key, row in rows.items()
        ]

    def _found(
        self, connection: Connection, held: HeldVectors
    ) -> tuple["_Opinions", Sequence[Row[Any]]]:
        """Return the best that words and vectors name, of those that the user may see.

        The best of all are looked up first: only where too few of them may be seen, every chunk
        is asked whether it may.
        """
        if self.vector is not None:
            held.fill(connection, self.user_id, version=self.version, size=len(self.vector))
        wanted = self._wanted
        words = leading_words(connection, self.meant, **self._asked)
        opinions = self._opinions(held, words, held.leading(wanted) if wanted else {})
        pool = opinions.best(self._pool)
        found = self._rows(connection, By.KEY, pool)
        gone = opinions.near & {*pool} - {row.id for row in found}
        if gone and held.sees_all(self.filters):
            # Another process deleted some: what this one holds is no longer true.
            held.clear()
            return self._found(connection, held)
        if 2 * len(found) < len(pool):
            words = by_words(connection, self.meant, **self._asked)
            near = held.nearest(connection, wanted) if wanted else {}
            opinions = self._opinions(held, words, near)
            found = self._rows(connection, By.KEY, opinions.best(self._pool))
        return opinions, found

    @property
    def _pool(self) -> int:
        return max(_POOL, 2 * self.limit)

    @property
    def _asked(self) -> "_Asked":
        limit = self.rules.candidates * _AHEAD
        return {"user_id": self.user_id, "filters": self.filters, "limit": limit}

    @property
    def _wanted(self) -> Wanted | None:
        if self.vector is None:
            return None
        return Wanted(
            query=self.vector,
            limit=self.rules.candidates,
            user_id=self.user_id,
            filters=self.filters,
        )

    def _opinions(
        self, held: HeldVectors, words: Mapping[int, float], near: Mapping[int, float]
    ) -> "_Opinions":
        opinions = _Opinions(
            words=words,
            best_words=max(words.values(), default=0.0) or 1.0,
            share=self.rules.lexical if self.vector is not None else 1.0,
            cosines={**near},
            near=frozenset(near),
        )
        self._compare(held, opinions, words)
        return opinions

    def _compare(self, held: HeldVectors, opinions: "_Opinions", keys: Iterable[int]) -> None:
        """Have an opinion on the meaning of these too."""
        missing = [key for key in keys if key not in opinions.cosines]
        if self.vector is None or not missing:
            return
        cosines = held.index.similarity(self.vector, missing).tolist()
        opinions.cosines.update(zip(missing, cosines, strict=True))

    def _rows(self, connection: Connection, by: By, known: Collection[Any]) -> Sequence[Row[Any]]:
        return candidates(connection, by, known, self.user_id, self.filters)


class _Asked(TypedDict):
    """What is asked of words, besides the question."""

    user_id: UserId
    filters: Filters
    limit: int


@frozen(kw_only=True)
class _Opinions:
    """What words and vectors say of chunks: BM25 and the cosine to the question, by key.

    ``near`` are the nearest; ``share`` is what words count for.
    """

    words: Mapping[int, float]
    best_words: float
    share: float
    cosines: dict[int, float]
    near: frozenset[int]

    def of(self, key: int) -> float:
        """Return both in one number."""
        told = self.words.get(key, 0.0) / self.best_words
        return self.share * told + (1 - self.share) * self.cosines.get(key, 0.0)

    def best(self, count: int) -> list[int]:
        """Return the keys that are most likely to answer."""
        return nlargest(count, {*self.words, *self.cosines}, key=self.of)
