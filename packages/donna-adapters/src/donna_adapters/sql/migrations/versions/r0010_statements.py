"""What is held to be true from when to when, and the whole text of what is remembered."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

INSTANT = sa.String(32)


def upgrade() -> None:
    """Go up from the schema before."""
    op.add_column(
        "memory_documents", sa.Column("content", sa.Text(), nullable=False, server_default="")
    )
    op.create_table(
        "memory_statements",
        sa.Column("user_id", sa.String(length=100), nullable=False),
        sa.Column("about", sa.String(length=500), nullable=False),
        sa.Column("valid_from", INSTANT, nullable=False),
        sa.Column("valid_to", INSTANT),
        sa.Column("document_id", sa.Integer(), nullable=False),
        *[sa.Column(name, sa.Text(), nullable=False) for name in ("subject", "attribute", "value")],
        sa.Column("learnt_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("user_id", "about", "valid_from", name="pk_memory_statements"),
        sa.ForeignKeyConstraint(
            ["user_id", "document_id"],
            ["memory_documents.user_id", "memory_documents.id"],
            name="fk_memory_statements_memory_documents",
        ),
    )
    op.create_index(
        "ix_memory_statements_user_id_document_id", "memory_statements", ["user_id", "document_id"]
    )


def downgrade() -> None:
    """Go back to the schema before."""
    op.drop_table("memory_statements")
    op.drop_column("memory_documents", "content")
