"""What models cost and how they do: the ledger, the log of calls and the providers' health."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

INSTANT = sa.String(32)
DOLLARS = sa.BigInteger()
TABLES = ["spend", "spend_total", "spend_allowance", "invocation_log", "provider_health"]


def upgrade() -> None:
    """Add the tables."""
    _create_ledger()
    _create_invocation_log()
    op.create_table(
        "provider_health",
        sa.Column("user_id", sa.String(length=100), nullable=False),
        sa.Column("provider", sa.String(length=100), nullable=False),
        sa.Column("breaker_json", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("user_id", "provider", name="pk_provider_health"),
    )


def downgrade() -> None:
    """Take the tables away."""
    for table in reversed(TABLES):
        op.drop_table(table)


def _create_ledger() -> None:
    """Create entries, sums and raises."""
    op.create_table(
        "spend",
        sa.Column("user_id", sa.String(length=100), nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("caller", sa.String(length=200), nullable=False),
        sa.Column("lane", sa.String(length=16), nullable=False),
        sa.Column("request_id", sa.String(length=64), nullable=False),
        sa.Column("provider", sa.String(length=100), nullable=False),
        sa.Column("task_id", sa.String(length=64)),
        sa.Column("worst_case", DOLLARS, nullable=False),
        sa.Column("lapses_at", INSTANT, nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("cost", DOLLARS, nullable=False),
        sa.Column("closed_at", INSTANT),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("user_id", "id", name="pk_spend"),
    )
    op.create_index("ix_spend_user_id_state_lapses_at", "spend", ["user_id", "state", "lapses_at"])
    op.create_index("ix_spend_user_id_day", "spend", ["user_id", "day"])
    op.create_table(
        "spend_total",
        sa.Column("user_id", sa.String(length=100), nullable=False),
        sa.Column("scope", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=250), nullable=False),
        sa.Column("spent", DOLLARS, nullable=False),
        sa.Column("reserved", DOLLARS, nullable=False),
        sa.PrimaryKeyConstraint("user_id", "scope", "name", name="pk_spend_total"),
    )
    op.create_table(
        "spend_allowance",
        sa.Column("user_id", sa.String(length=100), nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("scope", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=250), nullable=False),
        sa.Column("amount", DOLLARS, nullable=False),
        sa.Column("approved_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("user_id", "id", name="pk_spend_allowance"),
    )
    op.create_index(
        "ix_spend_allowance_user_id_scope_name", "spend_allowance", ["user_id", "scope", "name"]
    )


def _create_invocation_log() -> None:
    """Create the log of calls."""
    op.create_table(
        "invocation_log",
        sa.Column("user_id", sa.String(length=100), nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("timestamp", INSTANT, nullable=False),
        sa.Column("task_type", sa.String(length=200), nullable=False),
        sa.Column("request_id", sa.String(length=64), nullable=False),
        sa.Column("model_alias", sa.String(length=100), nullable=False),
        sa.Column("model_actual", sa.String(length=200), nullable=False),
        sa.Column("provider", sa.String(length=100), nullable=False),
        sa.Column("input_hash", sa.String(length=64), nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("lane", sa.String(length=16), nullable=False),
        sa.Column("caller", sa.String(length=200), nullable=False),
        sa.Column("task_id", sa.String(length=64)),
        sa.Column("latency_ms", sa.Integer(), nullable=False),
        sa.Column("queue_wait_ms", sa.Integer(), nullable=False),
        sa.Column("tokens_in", sa.Integer(), nullable=False),
        sa.Column("tokens_out", sa.Integer(), nullable=False),
        sa.Column("estimated_tokens_in", sa.Integer()),
        sa.Column("cost", DOLLARS, nullable=False),
        sa.Column("billed", sa.Boolean(), nullable=False),
        sa.Column("prompt", sa.Text()),
        sa.Column("output_json", sa.Text()),
        sa.Column("error_type", sa.String(length=100)),
        sa.Column("error", sa.Text()),
        sa.Column("confidence", sa.Float()),
        sa.Column("quality_score", sa.Float()),
        sa.Column("was_right", sa.Boolean()),
        sa.Column("spot_check_queued", sa.Boolean(), nullable=False),
        sa.Column("is_shadow", sa.Boolean(), nullable=False),
        sa.Column("shadow_of", sa.String(length=64)),
        sa.Column("degraded", sa.Boolean(), nullable=False),
        sa.Column("interrupted", sa.Boolean(), nullable=False),
        sa.Column("overflow_escalated", sa.Boolean(), nullable=False),
        sa.Column("eval_session_id", sa.String(length=64)),
        sa.Column("chain_id", sa.String(length=64)),
        sa.Column("skill_id", sa.String(length=64)),
        sa.Column("agent_id", sa.String(length=100)),
        sa.Column("correlation_id", sa.String(length=64)),
        sa.Column("channel", sa.String(length=16)),
        sa.Column("escalation_request_id", sa.String(length=64)),
        sa.PrimaryKeyConstraint("user_id", "id", name="pk_invocation_log"),
    )
    op.create_index(
        "ix_invocation_log_user_id_timestamp", "invocation_log", ["user_id", "timestamp"]
    )
    op.create_index("ix_invocation_log_user_id_task_id", "invocation_log", ["user_id", "task_id"])
    op.create_index(
        "ix_invocation_log_user_id_request_id", "invocation_log", ["user_id", "request_id"]
    )
