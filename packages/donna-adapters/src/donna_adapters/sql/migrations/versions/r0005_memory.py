"""What is remembered: documents and their chunks."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

INSTANT = sa.String(32)


def upgrade() -> None:
    """Go up from the schema before."""
    op.create_table(
        "memory_documents",
        sa.Column("user_id", sa.String(length=100), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source_type", sa.String(length=16), nullable=False),
        *[sa.Column(name, sa.Text(), nullable=False) for name in ("source_id", "title", "uri")],
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("body_hash", sa.String(length=64), nullable=False),
        sa.Column("session", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("speaker", sa.Text(), nullable=False),
        sa.Column("time", INSTANT),
        *[
            sa.Column(name, sa.Boolean(), nullable=False)
            for name in ("untrusted", "private", "local_only")
        ],
        *[sa.Column(name, sa.Text(), nullable=False) for name in ("marks", "metadata_json")],
        *[sa.Column(name, INSTANT, nullable=False) for name in ("created_at", "changed_at")],
        sa.Column("deleted_at", INSTANT),
        sa.PrimaryKeyConstraint("user_id", "id", name="pk_memory_documents"),
        sa.UniqueConstraint(
            "user_id",
            "source_type",
            "source_id",
            name="uq_memory_documents_user_id_source_type_source_id",
        ),
    )
    op.create_index(
        "ix_memory_documents_user_id_source_type_changed_at",
        "memory_documents",
        ["user_id", "source_type", "changed_at"],
    )
    _create_chunks()


def downgrade() -> None:
    """Go back to the schema before."""
    if op.get_context().dialect.name == "sqlite":
        op.execute("DROP TABLE IF EXISTS memory_words")
    op.execute("DROP TABLE IF EXISTS memory_vectors")
    op.drop_table("memory_chunks")
    op.drop_table("memory_documents")


def _create_chunks() -> None:
    """Create the table of chunks and its indexes."""
    op.create_table(
        "memory_chunks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.String(length=100), nullable=False),
        *[sa.Column(name, sa.Integer(), nullable=False) for name in ("document_id", "position")],
        sa.Column("thread", sa.Text(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        *[
            sa.Column(name, sa.Text(), nullable=False)
            for name in ("heading_path", "content", "searchable")
        ],
        sa.Column("token_count", sa.Integer(), nullable=False),
        sa.Column("embedding", sa.LargeBinary()),
        sa.Column("embedding_version", sa.String(length=64)),
        sa.PrimaryKeyConstraint("id", name="pk_memory_chunks"),
        sa.UniqueConstraint(
            "user_id",
            "document_id",
            "position",
            name="uq_memory_chunks_user_id_document_id_position",
        ),
        sa.ForeignKeyConstraint(
            ["user_id", "document_id"],
            ["memory_documents.user_id", "memory_documents.id"],
            name="fk_memory_chunks_memory_documents",
        ),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_memory_chunks_user_id_thread_place", "memory_chunks", ["user_id", "thread", "place"]
    )
    op.create_index(
        "ix_memory_chunks_user_id_embedding_version_id",
        "memory_chunks",
        ["user_id", "embedding_version", "id"],
    )
