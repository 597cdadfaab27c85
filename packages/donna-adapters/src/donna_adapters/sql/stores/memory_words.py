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
    String,
    bindparam,
    column,
    func,
    literal_column,
    select,
    table,
    text,
)

from donna_adapters.sql.memory_tables import MEMORY_CHUNKS
from donna_adapters.sql.stores.memory_rows import living
from donna_core.domain.ids import UserId
from donna_memory.lexical import content_words
from donna_memory.ports import Filters

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
# Without types: each value would be converted to what it is already.
_CHUNK: ColumnElement[int] = literal_column("rowid")
_LOW_IS_GOOD: ColumnElement[float] = literal_column("rank")
_WITH_A_WORD = (
    select(_CHUNK.label("chunk"), (-_LOW_IS_GOOD).label("score"))
    .select_from(_WORDS)
    .where(literal_column("memory_words").op("MATCH")(bindparam("asked", type_=String)))
)
_BEST = _WITH_A_WORD.order_by(_LOW_IS_GOOD, _CHUNK).limit(bindparam("most", type_=Integer))


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


def leading_words(
    connection: Connection, question: str, *, user_id: UserId, filters: Filters, limit: int
) -> dict[int, float]:
    """Return the chunks with a word of the question, best first.

    SQLite gives those of every user, at a fraction of what it costs to join them with those that
    this one may see.
    """
    if connection.dialect.name != "sqlite":
        return by_words(connection, question, user_id=user_id, filters=filters, limit=limit)
    words = content_words(question)
    if not words:
        return {}
    return dict(connection.execute(_BEST, {"asked": _fts5(words), "most": limit}).all())


def by_words(
    connection: Connection, question: str, *, user_id: UserId, filters: Filters, limit: int
) -> dict[int, float]:
    """Return the chunks with a word of the question that the user may see, best first."""
    words = content_words(question)
    if not words:
        return {}
    allowed = living(user_id, filters)
    if connection.dialect.name != "sqlite":
        return _scores(connection, _in_postgres(allowed, words), limit=limit)
    every = _WITH_A_WORD.params(asked=_fts5(words)).subquery("leading")
    joined = allowed.join(every, every.c.chunk == MEMORY_CHUNKS.c.id)
    return _scores(connection, joined.add_columns(every.c.score.label("score")), limit=limit)


def _scores(connection: Connection, query: Select[int, float], *, limit: int) -> dict[int, float]:
    score: ColumnElement[float] = literal_column("score")
    best = query.order_by(score.desc(), MEMORY_CHUNKS.c.id).limit(limit)
    return {row[0]: row[1] for row in connection.execute(best)}


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
