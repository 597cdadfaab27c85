"""The time that a person takes off."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Go up from the schema before."""
    with op.batch_alter_table("attention") as batch:
        batch.add_column(sa.Column("off_json", sa.Text()))


def downgrade() -> None:
    """Go back to the schema before."""
    with op.batch_alter_table("attention") as batch:
        batch.drop_column("off_json")
