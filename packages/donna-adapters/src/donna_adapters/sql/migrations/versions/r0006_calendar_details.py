"""Who asked for a calendar event, who else comes, and its times as the source has them.

The mirror holds nothing that the calendars do not: it is emptied and filled anew.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

_INSTANT = sa.String(length=32)
_DETAILS = (
    ("recurrence_id", sa.String(length=64)),
    ("starts", sa.String(length=64)),
    ("ends", sa.String(length=64)),
    ("status", sa.String(length=16)),
    ("organizer", sa.Text()),
    ("attendees_json", sa.Text()),
)


def upgrade() -> None:
    """Go up from the schema before."""
    _anew([sa.Column(name, kind, nullable=False) for name, kind in _DETAILS])
    op.create_index(
        "ix_calendar_mirror_user_id_calendar_id_event_id",
        "calendar_mirror",
        ["user_id", "calendar_id", "event_id"],
    )


def downgrade() -> None:
    """Go back to the schema before."""
    _anew([])


def _anew(details: list[sa.Column[str]]) -> None:
    op.execute("DELETE FROM calendar_stamp")
    op.drop_table("calendar_mirror")
    op.create_table(
        "calendar_mirror",
        sa.Column("user_id", sa.String(length=100), nullable=False),
        sa.Column("calendar_id", sa.String(length=200), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("start_time", _INSTANT, nullable=False),
        sa.Column("end_time", _INSTANT, nullable=False),
        sa.Column("busy", sa.Boolean(), nullable=False),
        sa.Column("donna_task_id", sa.String(length=64)),
        *details,
        sa.PrimaryKeyConstraint("user_id", "calendar_id", "position", name="pk_calendar_mirror"),
    )
    op.create_index(
        "ix_calendar_mirror_user_id_start_time", "calendar_mirror", ["user_id", "start_time"]
    )
