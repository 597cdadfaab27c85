"""A lane per channel, and which job decided a delivery."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Go up from the schema before."""
    with op.batch_alter_table("outbox") as batch:
        batch.add_column(sa.Column("cause", sa.String(200)))
    _rename_lanes(lambda delivery: delivery.get("channel", "calendar"))


def downgrade() -> None:
    """Go back to the schema before."""
    _rename_lanes(lambda delivery: "messages" if "channel" in delivery else "calendar")
    with op.batch_alter_table("outbox") as batch:
        batch.drop_column("cause")


def _rename_lanes(lane_of: Callable[[Mapping[str, Any]], str]) -> None:
    """Write the lane of each delivery anew."""
    outbox = sa.table(
        "outbox", *(sa.column(name) for name in ("user_id", "key", "lane", "delivery_json"))
    )
    connection = op.get_bind()
    rows = connection.execute(sa.select(outbox)).fetchall()
    for row in rows:
        connection.execute(
            sa.update(outbox)
            .where(outbox.c.user_id == row.user_id, outbox.c.key == row.key)
            .values(lane=lane_of(json.loads(row.delivery_json)))
        )
