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
    Integer,
    Select,
    Subquery,
    bindparam,
    column,
    func,
    literal_column,
    select,
    table,
    text,
)

from donna_adapters.sql.memory_tables import MEMORY_CHUNKS
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
_AHEAD = 2  # so many times as many chunks are looked up as are wanted


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


def by_words(
    connection: Connection, query: Select[int], question: str, *, limit: int
) -> dict[int, float]:
    """Return those of the selected chunks with a word of the question, best first, with scores.

    In SQLite the best of all chunks are looked up first: only where too few of them are among
    the selected ones, every chunk with such a word is.
    """
    words = content_words(question)
    if not words:
        return {}
    if connection.dialect.name != "sqlite":
        return _scores(connection, _in_postgres(query, words), limit=limit)
    leading = _leading(words, limit * _AHEAD)
    found = _scores(connection, _in_sqlite(query, leading), limit=limit)
    if len(found) < limit:
        found = _scores(connection, _in_sqlite(query, _leading(words, None)), limit=limit)
    return found


def _scores(connection: Connection, query: Select[int, float], *, limit: int) -> dict[int, float]:
    score = literal_column("score", Float)
    best = query.order_by(score.desc(), MEMORY_CHUNKS.c.id).limit(limit)
    return {row[0]: row[1] for row in connection.execute(best)}


def _leading(words: Sequence[str], limit: int | None) -> Subquery:
    """Return the chunks of every user that have one of the words, the best ones only."""
    better_is_lower = literal_column("rank", Float)
    rowid = literal_column("rowid", Integer)
    chosen = (
        select(rowid.label("chunk"), (-better_is_lower).label("score"))
        .select_from(_WORDS)
        .where(literal_column("memory_words").op("MATCH")(_fts5(words)))
    )
    if limit is not None:
        chosen = chosen.order_by(better_is_lower, rowid).limit(limit)
    return chosen.subquery("leading")


def _in_sqlite(query: Select[int], leading: Subquery) -> Select[int, float]:
    return query.join(leading, leading.c.chunk == MEMORY_CHUNKS.c.id).add_columns(
        leading.c.score.label("score")
    )


def _in_postgres(query: Select[int], words: Sequence[str]) -> Select[int, float]:
    asked = _tsquery(words)
    held: ColumnElement[str] = literal_column("memory_chunks.words")
    score = func.ts_rank(held, asked, 1, type_=Float).label("score")
    return query.where(held.op("@@")(asked)).add_columns(score)


def _fts5(words: Sequence[str]) -> str:
    return " OR ".join('"' + word.replace('"', '""') + '"' for word in words)


def _tsquery(words: Sequence[str]) -> ColumnElement[str]:
    asked: ColumnElement[str] = func.plainto_tsquery("english", bindparam(None, words[0]))
    for word in words[1:]:
        asked = asked.op("||")(func.plainto_tsquery("english", bindparam(None, word)))
    return asked
