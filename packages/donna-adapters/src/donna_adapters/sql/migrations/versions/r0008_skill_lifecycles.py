"""Where skills stand, the steps that led there, and what was observed of them."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

INSTANT = sa.String(32)


def upgrade() -> None:
    """Go up from the schema before."""
    op.create_table(
        "skill_standing",
        sa.Column("user_id", sa.String(length=100), nullable=False),
        sa.Column("skill", sa.String(length=100), nullable=False),
        sa.Column("standing_json", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("user_id", "skill", name="pk_skill_standing"),
    )
    op.create_table(
        "skill_step",
        sa.Column("user_id", sa.String(length=100), nullable=False),
        sa.Column("skill", sa.String(length=100), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("step_json", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("user_id", "skill", "position", name="pk_skill_step"),
    )
    op.create_table(
        "skill_observation",
        sa.Column("user_id", sa.String(length=100), nullable=False),
        sa.Column("skill", sa.String(length=100), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("run_id", sa.String(length=100), nullable=False),
        sa.Column("version", sa.String(length=100), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("seen_json", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("user_id", "skill", "kind", "run_id", name="pk_skill_observation"),
    )
    op.create_index(
        "ix_skill_observation_user_id_skill_kind_version_at",
        "skill_observation",
        ["user_id", "skill", "kind", "version", "at"],
    )


def downgrade() -> None:
    """Go back to the schema before."""
    for table in ("skill_observation", "skill_step", "skill_standing"):
        op.drop_table(table)
