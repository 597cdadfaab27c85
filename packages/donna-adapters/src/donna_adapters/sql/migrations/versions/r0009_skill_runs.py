"""The files of skills, their fixtures, and what is kept of their runs."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

INSTANT = sa.String(32)


def upgrade() -> None:
    """Go up from the schema before."""
    op.create_table(
        "skill_version",
        sa.Column("user_id", sa.String(length=100), nullable=False),
        sa.Column("skill", sa.String(length=100), nullable=False),
        sa.Column("version", sa.String(length=100), nullable=False),
        sa.Column("files_json", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("user_id", "skill", "version", name="pk_skill_version"),
    )
    op.create_table(
        "skill_fixture",
        sa.Column("user_id", sa.String(length=100), nullable=False),
        sa.Column("skill", sa.String(length=100), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("fixture_text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("user_id", "skill", "name", name="pk_skill_fixture"),
    )
    op.create_table(
        "skill_capability",
        sa.Column("user_id", sa.String(length=100), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("capability_json", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("user_id", "name", name="pk_skill_capability"),
    )
    op.create_table(
        "skill_run",
        sa.Column("user_id", sa.String(length=100), nullable=False),
        sa.Column("run_id", sa.String(length=100), nullable=False),
        sa.Column("skill", sa.String(length=100), nullable=False),
        sa.Column("started_at", INSTANT, nullable=False),
        sa.Column("run_json", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("user_id", "run_id", name="pk_skill_run"),
    )
    op.create_index("ix_skill_run_user_id_started_at", "skill_run", ["user_id", "started_at"])
    op.create_index(
        "ix_skill_run_user_id_skill_started_at", "skill_run", ["user_id", "skill", "started_at"]
    )
    op.create_table(
        "skill_run_step",
        sa.Column("user_id", sa.String(length=100), nullable=False),
        sa.Column("run_id", sa.String(length=100), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("step_json", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("user_id", "run_id", "position", name="pk_skill_run_step"),
    )


def downgrade() -> None:
    """Go back to the schema before."""
    for table in ("run_step", "run", "capability", "fixture", "version"):
        op.drop_table(f"skill_{table}")
