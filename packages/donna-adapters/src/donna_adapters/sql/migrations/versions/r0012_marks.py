"""Which notes of the vault their owner marked as theirs alone."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Go up from the schema before."""
    op.create_table(
        "vault_marks",
        sa.Column("user_id", sa.String(length=100), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("marked_at", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("user_id", "name", name="pk_vault_marks"),
    )


def downgrade() -> None:
    """Go back to the schema before."""
    op.drop_table("vault_marks")
