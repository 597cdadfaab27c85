"""The words of chunks: FTS5 in SQLite, a tsvector in PostgreSQL.

Both are made from the rows of ``memory_chunks`` and kept by the database itself, by triggers or
as a generated column. Word forms are levelled (Porter's rules), and a question is a disjunction of
its content words: as a conjunction it finds next to nothing.
"""

from collections.abc import Sequence

from sqlalchemy import (
    ColumnElement,
    Connection,
    Float,
    Select,
    bindparam,
    column,
    func,
    literal_column,
    table,
    text,
)

from donna_adapters.sql.tables import MEMORY_CHUNKS
from donna_memory.lexical import content_words

_SQLITE = """
CREATE VIRTUAL TABLE memory_words USING fts5(
    searchable, content='memory_chunks', content_rowid='id',
    tokenize='porter unicode61 remove_diacritics 2'
)
;;
CREATE TRIGGER memory_words_in AFTER INSERT ON memory_chunks BEGIN
    INSERT INTO memory_words(rowid, searchable) VALUES (new.id, new.searchable);
END
;;
CREATE TRIGGER memory_words_out AFTER DELETE ON memory_chunks BEGIN
    INSERT INTO memory_words(memory_words, rowid, searchable)
    VALUES ('delete', old.id, old.searchable);
END
;;
INSERT INTO memory_words(memory_words) VALUES ('rebuild')
"""
_POSTGRES = """
ALTER TABLE memory_chunks ADD COLUMN words tsvector
    GENERATED ALWAYS AS (to_tsvector('english', searchable)) STORED
;;
CREATE INDEX ix_memory_chunks_words ON memory_chunks USING gin (words)
"""
_MADE = {
    "sqlite": text("SELECT count(*) FROM sqlite_master WHERE name = 'memory_words_out'"),
    "postgresql": text(
        "SELECT count(*) FROM pg_indexes "
        "WHERE indexname = 'ix_memory_chunks_words' AND schemaname = current_schema()"
    ),
}
_WORDS = table("memory_words", column("rowid"))


def prepare_words(connection: Connection) -> None:
    """Make the index where it is not there yet."""
    dialect = connection.dialect.name
    if connection.execute(_MADE[dialect]).scalar_one():
        return
    if dialect == "sqlite":
        connection.exec_driver_sql("DROP TABLE IF EXISTS memory_words")
    script = _SQLITE if dialect == "sqlite" else _POSTGRES
    for statement in script.split(";;"):
        connection.exec_driver_sql(statement)


def with_words(
    query: Select[int], question: str, *, dialect: str, limit: int
) -> Select[int, float]:
    """Narrow a selection of chunk ids to those with a word of the question, best first."""
    words = content_words(question)
    score: ColumnElement[float]
    if dialect == "sqlite":
        score = -literal_column("bm25(memory_words)", Float)
        query = query.join(_WORDS, _WORDS.c.rowid == MEMORY_CHUNKS.c.id).where(
            literal_column("memory_words").op("MATCH")(_fts5(words))
        )
    else:
        asked = _tsquery(words)
        held: ColumnElement[str] = literal_column("memory_chunks.words")
        score = func.ts_rank(held, asked, 1, type_=Float)
        query = query.where(held.op("@@")(asked))
    return query.add_columns(score).order_by(score.desc(), MEMORY_CHUNKS.c.id).limit(limit)


def _fts5(words: Sequence[str]) -> str:
    return " OR ".join('"' + word.replace('"', '""') + '"' for word in words)


def _tsquery(words: Sequence[str]) -> ColumnElement[str]:
    asked: ColumnElement[str] = func.plainto_tsquery("english", bindparam(None, words[0]))
    for word in words[1:]:
        asked = asked.op("||")(func.plainto_tsquery("english", bindparam(None, word)))
    return asked
