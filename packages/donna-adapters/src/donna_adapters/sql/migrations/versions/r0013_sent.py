"""What of each call went to another machine: how much of it, from where, and how it is labelled."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Go up from the schema before."""
    op.add_column(
        "invocation_log", sa.Column("bytes_sent", sa.Integer(), nullable=False, server_default="0")
    )
    for name in ("sources_json", "labels_json"):
        op.add_column(
            "invocation_log", sa.Column(name, sa.Text(), nullable=False, server_default="[]")
        )


def downgrade() -> None:
    """Go back to the schema before."""
    for name in ("labels_json", "sources_json", "bytes_sent"):
        op.drop_column("invocation_log", name)
