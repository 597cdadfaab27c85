"""Searching memory: how long a question takes beside the bare parts of it, in the same run."""

import asyncio
import os
import random
import zlib
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from statistics import median
from time import perf_counter

import numpy as np
import pytest
from sqlalchemy import Connection, text

from donna_adapters.sql.sqlite import SqliteDatabase
from donna_adapters.sql.stores.marks import SqlMarks
from donna_adapters.sql.stores.memory import SqlMemoryStore
from donna_core.domain.ids import UserId
from donna_core.testing.contracts.stores import NOON
from donna_core.testing.fake_clock import FakeClock
from donna_memory.documents import Document, Label, SourceType
from donna_memory.exact import ExactIndex
from donna_memory.ports import Embedder, Filters, VectorIndex, Vectors
from donna_memory.reduced import ReducedIndex
from donna_memory.retrieval import RetrievalRules
from donna_memory.sources.vault import VaultSource
from donna_memory.vault.marks import Marked
from donna_memory.vault.reader import VaultReader

ME = UserId("me")
DIMENSION, BATCH, QUESTIONS, ONCE, NEAREST = 384, 2_000, 40, 5, 128
ENDS = ("", "ba", "de", "fo", "gu", "hy", "ki", "lo", "ma", "ne")
STEMS = [f"{a}{b}{c}" for a in ("ka", "lo", "mi", "ru", "ste", "van") for b in
              ("ber", "dol", "fin", "gar", "hem", "jol", "kin", "lum", "nar", "pos")
              for c in ("a", "en", "ik", "or", "us", "et", "im", "al", "un", "is")]  # fmt: skip


RARE = Filters(since=NOON - timedelta(hours=100), until=NOON)  # lets a hundred notes through
VOCABULARY = [stem + end for end in ENDS for stem in STEMS]


# MiniLM's vectors of the fixtures have 72, 82, 91 and 96 % of their length's square on the first
# 32, 64, 128 and 192 of their principal axes; these have 76, 84, 91 and 94 %.
SPREAD = np.arange(1, DIMENSION + 1, dtype=np.float32) ** -0.6


class RandomEmbedder(Embedder):
    """Gives each text a random direction, as costly to compare as a real one and cheap to make.

    The directions are spread as unequally as those of sentences.
    """

    version, dimension = "random-1", DIMENSION

    def __init__(self) -> None:
        self.embedded = 0

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return unit vectors."""
        self.embedded += len(texts)
        dice = np.random.default_rng(zlib.crc32("\n".join(texts).encode()))
        vectors = SPREAD * dice.standard_normal((len(texts), DIMENSION), np.float32)
        return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float32)


def sentences(count: int, *, seed: int, words: int, rarer_than: int = 0) -> list[str]:
    """Return texts whose words are as unequally frequent as those of a language (Zipf).

    A question has content words only, which are ``rarer_than`` the most frequent ones.
    """
    dice = random.Random(seed)
    known = VOCABULARY[rarer_than:]
    weights = [1 / rank for rank in range(1 + rarer_than, len(VOCABULARY) + 1)]
    return [" ".join(dice.choices(known, weights, k=words)) for _ in range(count)]


def documents(texts: Sequence[str]) -> list[Document]:
    """Return one document a text, all of one time."""
    return [
        Document(
            user_id=ME,
            source_type=SourceType.VAULT,
            source_id=f"Notes/{number}.md",
            title=f"Note {number}",
            content=each,
            time=NOON - timedelta(hours=number),
        )
        for number, each in enumerate(texts)
    ]


def milliseconds(act: Callable[[], object]) -> float:
    """Return how long the act took."""
    begun = perf_counter()
    act()
    return 1e3 * (perf_counter() - begun)


def memory_of(
    database: SqliteDatabase,
    embedder: Embedder,
    *,
    compares: bool = False,
    index: Callable[[int], VectorIndex] = ExactIndex,
) -> SqlMemoryStore:
    """Return a memory that has held nothing yet, as a new process has it."""
    return SqlMemoryStore(
        database,
        clock=FakeClock(NOON),
        embedder=embedder,
        rules=RetrievalRules(),
        index=index,
        compares=compares,
    )


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("count", [10_000, 100_000])
def test_a_question_among_many_chunks(tmp_path: Path, count: int) -> None:
    """The whole search, beside one product of matrices and one query of words."""
    embedder = RandomEmbedder()
    texts = sentences(count, seed=1, words=40)
    questions = sentences(QUESTIONS, seed=2, words=6, rarer_than=100)
    with SqliteDatabase.open(tmp_path / "donna.db") as database:
        store = memory_of(database, embedder)
        notes = documents(texts)
        with asyncio.Runner() as runner:
            for start in range(0, count, BATCH):
                runner.run(store.upsert_many(notes[start : start + BATCH]))
            embedded = embedder.embedded
            before = resident()
            first = milliseconds(lambda: runner.run(store.search(questions[0], user_id=ME)))
            held = resident() - before
            spent = [
                milliseconds(lambda each=each: runner.run(store.search(each, user_id=ME)))  # type: ignore[misc]  # bound at once
                for each in questions
            ]
            reduced = memory_of(database, embedder, index=ReducedIndex)
            runner.run(reduced.search(questions[0], user_id=ME))
            in_part = median(
                milliseconds(lambda each=each: runner.run(reduced.search(each, user_id=ME)))  # type: ignore[misc]  # bound at once
                for each in questions
            )
            narrow = {"mild": Filters(without=frozenset({Label.LOCAL_ONLY})), "strict": RARE}
            narrowed = {
                name: median(
                    milliseconds(
                        lambda each=each, of=of: runner.run(  # type: ignore[misc]  # bound at once
                            store.search(each, user_id=ME, filters=of)
                        )
                    )
                    for each in questions
                )
                for name, of in narrow.items()
            }
            once = {
                compares: median(
                    milliseconds(
                        lambda each=each, compares=compares: runner.run(  # type: ignore[misc]  # bound at once
                            memory_of(database, embedder, compares=compares).search(
                                each, user_id=ME
                            )
                        )
                    )
                    for each in questions[:ONCE]
                )
                for compares in (True, False)
            }
            again = milliseconds(lambda: runner.run(store.upsert_many(notes[:BATCH])))
            words = [
                milliseconds(lambda each=each: runner.run(database.transact(by_words(each))))  # type: ignore[misc]  # bound at once
                for each in questions
            ]
    assert embedder.embedded == embedded + 2 + 4 * len(questions) + 2 * ONCE, (
        "what is unchanged was embedded"
    )
    matrix, query = embedder.embed(texts), embedder.embed(["?"])[0]
    product = median(milliseconds(lambda: matrix @ query) for _ in range(20))
    bare = product + median(words)
    took, parts = median(spent), f"{product:.1f} ms of a product, {median(words):.1f} of words"
    print(f"\n{count} chunks: {took:.1f} ms a question, {took / bare:.1f} : 1 against {parts}")
    seen = f"{share_seen(matrix, embedder.embed(questions)):.4f} of the nearest"
    print(f"the reduced index: {in_part:.1f} ms, {in_part / bare:.1f} : 1, {seen}")
    print(f"under a filter: {', '.join(f'{name} {ms:.1f} ms' for name, ms in narrowed.items())}")
    loaded = f"{once[True] / once[False]:.2f} : 1 against {once[False]:.0f} ms of loading all"
    print(f"a single search in the database: {once[True]:.0f} ms, {loaded}")
    print(f"first {first:.0f} ms, {held:.0f} MiB; {again / BATCH:.2f} ms an unchanged note")


def share_seen(vectors: Vectors, asked: Vectors) -> float:
    """Return the share of the nearest that the reduced index finds."""
    exact, reduced = ExactIndex(DIMENSION), ReducedIndex(DIMENSION)
    for index in (exact, reduced):
        index.put(range(len(vectors)), vectors)
    near = [({*exact.nearest(each, NEAREST)}, {*reduced.nearest(each, NEAREST)}) for each in asked]
    share = sum(
        len({key for key, _ in all_of_them} & {key for key, _ in found})
        for all_of_them, found in near
    ) / (NEAREST * len(asked))
    assert share >= 0.99, "the reduced index misses too many"
    return share


def resident() -> float:
    """Return the resident memory of this process in MiB, as Linux tells it."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def by_words(question: str) -> Callable[[Connection], object]:
    """Return the bare query of words."""
    asked = " OR ".join(f'"{word}"' for word in question.split())

    def run(connection: Connection) -> object:
        return connection.execute(
            text(
                "SELECT rowid FROM memory_words WHERE memory_words MATCH :q ORDER BY rank LIMIT 128"
            ),
            {"q": asked},
        ).all()

    return run


def test_a_vault_of_a_thousand_notes_that_did_not_change(tmp_path: Path) -> None:
    """Verifying it, beside a bare look at every file."""
    root = tmp_path / "vault"
    root.mkdir()
    for number, each in enumerate(sentences(1_000, seed=3, words=200)):
        (root / f"{number}.md").write_text(each)
    with SqliteDatabase.open(tmp_path / "donna.db") as database, asyncio.Runner() as runner:
        embedder = RandomEmbedder()
        store = memory_of(database, embedder)
        marks = SqlMarks(database, ME, clock=FakeClock(NOON))
        reader = VaultReader(root, marked=lambda: Marked(marks=marks.all()))
        source = VaultSource(reader=reader, store=store, catalog=store, marks=marks, user_id=ME)
        runner.run(source.sync())
        embedded = embedder.embedded
        spent = median(milliseconds(lambda: runner.run(source.sync())) for _ in range(5))
    assert embedder.embedded == embedded, "what is unchanged was embedded"
    bare = median(milliseconds(lambda: [each.stat() for each in root.iterdir()]) for _ in range(5))
    print(f"\n1000 notes as before: {spent:.0f} ms, {spent / bare:.1f} : 1 against a look at each")
