"""Which documents a model has read for statements, who told each statement, and days to seek by."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Go up from the schema before."""
    op.add_column("memory_documents", sa.Column("read_at", sa.String(32)))
    op.create_index("ix_memory_documents_user_id_time", "memory_documents", ["user_id", "time"])
    op.add_column(
        "memory_statements",
        sa.Column("told_by", sa.String(length=100), nullable=False, server_default=""),
    )


def downgrade() -> None:
    """Go back to the schema before."""
    op.drop_column("memory_statements", "told_by")
    op.drop_index("ix_memory_documents_user_id_time", "memory_documents")
    op.drop_column("memory_documents", "read_at")
