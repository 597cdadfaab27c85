"""Numbers of each user's own, and who leads."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

INSTANT = sa.String(32)
# Tables whose rows are numbered, and the index that numbering by user makes needless.
NUMBERED = {
    "command": ("seq", "ix_command_user_id_seq"),
    "task_step": ("seq", None),
    "event_log": ("position", "ix_event_log_user_id_position"),
    "outbox": ("sequence", None),
}
WAITING = {
    "ix_job_run_at": ("run_at", "state = 'pending'"),
    "ix_job_lease_until": ("lease_until", "state = 'running'"),
}


def upgrade() -> None:
    """Go up from the schema before."""
    for table, (number, index) in NUMBERED.items():
        _key(table, ["user_id", number], dropped=index)
        if op.get_context().dialect.name == "postgresql":
            op.execute(f"ALTER TABLE {table} ALTER COLUMN {number} DROP DEFAULT")
            op.execute(f"DROP SEQUENCE IF EXISTS {table}_{number}_seq")
    with op.batch_alter_table("job") as batch:
        batch.add_column(sa.Column("finished_at", INSTANT))
    for name, (column, condition) in WAITING.items():
        where = sa.text(condition)
        op.create_index(name, "job", [column], sqlite_where=where, postgresql_where=where)
    with op.batch_alter_table("outbox") as batch:
        batch.add_column(sa.Column("left_at", INSTANT))
    with op.batch_alter_table("attention") as batch:
        batch.add_column(sa.Column("paused_at", INSTANT))
    op.create_table(
        "leadership",
        sa.Column("role", sa.String(length=32), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("since", INSTANT, nullable=False),
        sa.Column("lease_until", INSTANT),
        sa.PrimaryKeyConstraint("role", name="pk_leadership"),
    )


def downgrade() -> None:
    """Go back to the schema before."""
    op.drop_table("leadership")
    op.execute("UPDATE outbox SET state = 'pending' WHERE state = 'quarantined'")
    for name in WAITING:
        op.drop_index(name, "job")
    for table, column in [
        ("attention", "paused_at"),
        ("outbox", "left_at"),
        ("job", "finished_at"),
    ]:
        with op.batch_alter_table(table) as batch:
            batch.drop_column(column)
    for table, (number, index) in NUMBERED.items():
        _number_anew(table, number)
        _key(table, [number])
        if op.get_context().dialect.name == "postgresql":
            _count_by_itself(table, number)
        if index is not None:
            op.create_index(index, table, ["user_id", number])


def _key(table: str, columns: list[str], *, dropped: str | None = None) -> None:
    """Give the table another primary key."""
    if dropped is not None:
        op.drop_index(dropped, table)
    with op.batch_alter_table(table) as batch:
        batch.drop_constraint(f"pk_{table}", type_="primary")
        batch.create_primary_key(f"pk_{table}", columns)


def _count_by_itself(table: str, number: str) -> None:
    """Let PostgreSQL number the rows of the table."""
    sequence = f"{table}_{number}_seq"
    highest: sa.Select[Any] = sa.select(sa.func.coalesce(sa.func.max(sa.column(number)), 0) + 1)
    op.execute(f"CREATE SEQUENCE {sequence} OWNED BY {table}.{number}")
    found = op.get_bind().execute(highest.select_from(sa.table(table))).scalar_one()
    op.execute(sa.select(sa.func.setval(sequence, found, sa.false())))
    op.execute(f"ALTER TABLE {table} ALTER COLUMN {number} SET DEFAULT nextval('{sequence}')")


def _number_anew(table: str, number: str) -> None:
    """Make the numbers of all users different, each user's in the order they have."""
    op.execute(
        f"UPDATE {table} SET {number} = -n FROM (SELECT user_id AS u, {number} AS s, "  # noqa: S608  # names of this file
        f"row_number() OVER (ORDER BY user_id, {number}) AS n FROM {table}) AS found "
        f"WHERE {table}.user_id = found.u AND {table}.{number} = found.s"
    )
    op.execute(f"UPDATE {table} SET {number} = -{number}")  # noqa: S608  # names of this file
