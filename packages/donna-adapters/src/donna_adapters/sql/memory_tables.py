"""The tables of memory: documents, the chunks they are cut into, and what they state."""

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from donna_adapters.sql.tables import METADATA
from donna_adapters.sql.types import Instant

__all__ = ["MEMORY_CHUNKS", "MEMORY_DOCUMENTS", "MEMORY_STATEMENTS", "METADATA", "VAULT_MARKS"]

MEMORY_DOCUMENTS = Table(
    "memory_documents",
    METADATA,
    Column("user_id", String(100), nullable=False),
    Column("id", Integer, nullable=False),
    Column("source_type", String(16), nullable=False),
    Column("source_id", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("uri", Text, nullable=False),
    Column("content_hash", String(64), nullable=False),
    Column("body_hash", String(64), nullable=False),
    Column("session", Text, nullable=False),
    Column("position", Integer, nullable=False),
    Column("speaker", Text, nullable=False),
    Column("time", Instant),
    Column("untrusted", Boolean, nullable=False),
    Column("private", Boolean, nullable=False),
    Column("local_only", Boolean, nullable=False),
    Column("marks", Text, nullable=False),  # tags and people, one a line, for the filters
    Column("metadata_json", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("changed_at", Instant, nullable=False),  # of the content; an unchanged one keeps it
    Column("deleted_at", Instant),
    Column("content", Text, nullable=False, server_default=""),  # whole: chunks overlap
    Column("read_at", Instant),  # by a model, for statements, since the content changed
    PrimaryKeyConstraint("user_id", "id"),
    UniqueConstraint("user_id", "source_type", "source_id"),
    Index(None, "user_id", "source_type", "changed_at"),
    Index(None, "user_id", "time"),
)

# The words and the vectors of chunks are indexed by each database in its own way, see
# stores/memory_words.py, memory_vectors.py and memory_pgvector.py: made from these rows alone.
MEMORY_CHUNKS = Table(
    "memory_chunks",
    METADATA,
    Column(
        "id", Integer, nullable=False
    ),  # over all users, never given again: an index has no user
    Column("user_id", String(100), nullable=False),
    Column("document_id", Integer, nullable=False),
    Column("position", Integer, nullable=False),
    Column("thread", Text, nullable=False),  # what is read in one go: a conversation, a note
    Column("place", Integer, nullable=False),  # where in it
    Column("heading_path", Text, nullable=False),
    Column("content", Text, nullable=False),
    Column("searchable", Text, nullable=False),
    Column("token_count", Integer, nullable=False),
    Column("embedding", LargeBinary),  # float32, little-endian, of length one
    Column("embedding_version", String(64)),
    PrimaryKeyConstraint("id"),
    UniqueConstraint("user_id", "document_id", "position"),
    ForeignKeyConstraint(
        ["user_id", "document_id"], ["memory_documents.user_id", "memory_documents.id"]
    ),
    Index(None, "user_id", "thread", "place"),
    Index(None, "user_id", "embedding_version", "id"),
    sqlite_autoincrement=True,
)

# What documents state: never two values of one key (subject and attribute) on the same day.
MEMORY_STATEMENTS = Table(
    "memory_statements",
    METADATA,
    Column("user_id", String(100), nullable=False),
    Column("about", String(500), nullable=False),  # the key, as it is compared
    Column("valid_from", Instant, nullable=False),
    Column("valid_to", Instant),
    Column("document_id", Integer, nullable=False),
    Column("subject", Text, nullable=False),
    Column("attribute", Text, nullable=False),
    Column("value", Text, nullable=False),
    Column("learnt_at", Instant, nullable=False),
    Column("told_by", String(100), nullable=False, server_default=""),  # a model, or the rules
    PrimaryKeyConstraint("user_id", "about", "valid_from"),
    ForeignKeyConstraint(
        ["user_id", "document_id"], ["memory_documents.user_id", "memory_documents.id"]
    ),
    Index(None, "user_id", "document_id"),
)

# Notes that are their owner's alone. The note itself may have gone: its mark stays.
VAULT_MARKS = Table(
    "vault_marks",
    METADATA,
    Column("user_id", String(100), nullable=False),
    Column("name", Text, nullable=False),  # the path without case and the form of accents
    Column("path", Text, nullable=False),
    Column("marked_at", Instant, nullable=False),
    PrimaryKeyConstraint("user_id", "name"),
)
