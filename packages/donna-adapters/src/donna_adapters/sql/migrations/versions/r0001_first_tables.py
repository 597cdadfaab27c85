"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

INSTANT = sa.String(32)
TABLES = [
    *["tasks", "counter"],
    *["command", "command_task", "task_step", "event_log"],
    *["escalation_state", "attention"],
    *["job", "outbox"],
    *["calendar_stamp", "calendar_mirror"],
]


def upgrade() -> None:
    """Go up from an empty database."""
    _create_tasks()
    _create_history()
    _create_follow_up()
    _create_queues()
    _create_calendars()


def downgrade() -> None:
    """Go back to an empty database."""
    for table in reversed(TABLES):
        op.drop_table(table)


def _create_tasks() -> None:
    """Create the tasks and the counters."""
    op.create_table(
        "tasks",
        sa.Column("user_id", sa.String(length=100), nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("title_form", sa.Text(), nullable=False),
        sa.Column("description", sa.Text()),
        sa.Column("domain", sa.String(length=16), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("base_priority", sa.Integer(), nullable=False),
        sa.Column("priority_locked", sa.Boolean(), nullable=False),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("estimated_duration", sa.Float(), nullable=False),
        sa.Column("deadline", INSTANT),
        sa.Column("deadline_type", sa.String(length=16), nullable=False),
        sa.Column("scheduled_start", INSTANT),
        sa.Column("scheduled_end", INSTANT),
        sa.Column("pinned_start", INSTANT),
        sa.Column("snoozed_until", INSTANT),
        sa.Column("actual_start", INSTANT),
        sa.Column("completed_at", INSTANT),
        sa.Column("archived_at", INSTANT),
        sa.Column("recurrence", sa.Text()),
        sa.Column("dependencies", sa.Text(), nullable=False),
        sa.Column("parent_task", sa.String(length=64)),
        sa.Column("prep_work_flag", sa.Boolean(), nullable=False),
        sa.Column("prep_work_instructions", sa.Text()),
        sa.Column("agent_eligible", sa.Boolean(), nullable=False),
        sa.Column("assigned_agent", sa.String(length=100)),
        sa.Column("agent_status", sa.String(length=32)),
        sa.Column("tags", sa.Text(), nullable=False),
        sa.Column("notes", sa.Text(), nullable=False),
        sa.Column("reschedule_count", sa.Integer(), nullable=False),
        sa.Column("nudge_count", sa.Integer(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("created_via", sa.String(length=16), nullable=False),
        sa.Column("estimated_cost", sa.String(length=40)),
        sa.Column("calendar_event_id", sa.String(length=200)),
        sa.Column("donna_managed", sa.Boolean(), nullable=False),
        sa.Column("quality_score", sa.Float()),
        sa.Column("capability_name", sa.Text()),
        sa.Column("inputs_json", sa.Text()),
        sa.Column("time_intent_json", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("user_id", "id", name="pk_tasks"),
        sa.UniqueConstraint("user_id", "number", name="uq_tasks_user_id_number"),
    )
    op.create_index("ix_tasks_user_id_scheduled_start", "tasks", ["user_id", "scheduled_start"])
    op.create_index("ix_tasks_user_id_status", "tasks", ["user_id", "status"])
    op.create_table(
        "counter",
        sa.Column("user_id", sa.String(length=100), nullable=False),
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("user_id", "name", name="pk_counter"),
    )


def _create_history() -> None:
    """Create the commands, their index by task, the steps and the events."""
    op.create_table(
        "command",
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.String(length=100), nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("verb", sa.String(length=64), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("undone", sa.Boolean(), nullable=False),
        sa.Column("body_json", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_command"),
        sa.UniqueConstraint("user_id", "id", name="uq_command_user_id_id"),
    )
    op.create_index("ix_command_user_id_seq", "command", ["user_id", "seq"])
    op.create_table(
        "command_task",
        sa.Column("user_id", sa.String(length=100), nullable=False),
        sa.Column("task_id", sa.String(length=64), nullable=False),
        sa.Column("command_id", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id", "command_id"],
            ["command.user_id", "command.id"],
            name="fk_command_task_command",
        ),
        sa.PrimaryKeyConstraint("user_id", "task_id", "command_id", name="pk_command_task"),
    )
    op.create_table(
        "task_step",
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.String(length=100), nullable=False),
        sa.Column("task_id", sa.String(length=64), nullable=False),
        sa.Column("command_id", sa.String(length=64), nullable=False),
        sa.Column("origin", sa.String(length=32), nullable=False),
        sa.Column("target", sa.String(length=32), nullable=False),
        sa.Column("trigger", sa.String(length=64), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id", "command_id"],
            ["command.user_id", "command.id"],
            name="fk_task_step_command",
        ),
        sa.PrimaryKeyConstraint("seq", name="pk_task_step"),
    )
    op.create_index("ix_task_step_user_id_task_id_seq", "task_step", ["user_id", "task_id", "seq"])
    op.create_table(
        "event_log",
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.String(length=100), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("task_id", sa.String(length=64)),
        sa.Column("command_id", sa.String(length=64)),
        sa.Column("data_json", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("position", name="pk_event_log"),
    )
    op.create_index("ix_event_log_user_id_position", "event_log", ["user_id", "position"])


def _create_follow_up() -> None:
    """Create pursuits and attention."""
    op.create_table(
        "escalation_state",
        sa.Column("user_id", sa.String(length=100), nullable=False),
        sa.Column("task_id", sa.String(length=64), nullable=False),
        sa.Column("occurrence", sa.Text(), nullable=False),
        sa.Column("ref", sa.String(length=64), nullable=False),
        sa.Column("current_tier", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("next_escalation_at", INSTANT, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("user_id", "task_id", name="pk_escalation_state"),
    )
    op.create_table(
        "attention",
        sa.Column("user_id", sa.String(length=100), nullable=False),
        sa.Column("quiet_until", INSTANT),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("user_id", name="pk_attention"),
    )


def _create_queues() -> None:
    """Create jobs and deliveries."""
    op.create_table(
        "job",
        sa.Column("user_id", sa.String(length=100), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("run_at", INSTANT, nullable=False),
        sa.Column("task_id", sa.String(length=64)),
        sa.Column("payload_json", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("lease_until", INSTANT),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("user_id", "key", name="pk_job"),
    )
    op.create_index("ix_job_user_id_state_run_at", "job", ["user_id", "state", "run_at"])
    op.create_index("ix_job_user_id_task_id", "job", ["user_id", "task_id"])
    op.create_table(
        "outbox",
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.String(length=100), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("lane", sa.String(length=16), nullable=False),
        sa.Column("kind", sa.String(length=16)),
        sa.Column("task_id", sa.String(length=64)),
        sa.Column("delivery_json", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("not_before", INSTANT, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("lease_until", INSTANT),
        sa.Column("sent_at", INSTANT),
        sa.Column("remote_id", sa.Text()),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("sequence", name="pk_outbox"),
        sa.UniqueConstraint("user_id", "key", name="uq_outbox_user_id_key"),
    )
    op.create_index("ix_outbox_user_id_lane_state", "outbox", ["user_id", "lane", "state"])
    op.create_index("ix_outbox_user_id_task_id", "outbox", ["user_id", "task_id"])


def _create_calendars() -> None:
    """Create what is known of the calendars."""
    op.create_table(
        "calendar_stamp",
        sa.Column("user_id", sa.String(length=100), nullable=False),
        sa.Column("calendar_id", sa.String(length=200), nullable=False),
        sa.Column("stamp", sa.Text(), nullable=False),
        sa.Column("window_start", INSTANT, nullable=False),
        sa.Column("window_end", INSTANT, nullable=False),
        sa.Column("last_synced", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("user_id", "calendar_id", name="pk_calendar_stamp"),
    )
    op.create_table(
        "calendar_mirror",
        sa.Column("user_id", sa.String(length=100), nullable=False),
        sa.Column("calendar_id", sa.String(length=200), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("start_time", INSTANT, nullable=False),
        sa.Column("end_time", INSTANT, nullable=False),
        sa.Column("busy", sa.Boolean(), nullable=False),
        sa.Column("donna_task_id", sa.String(length=64)),
        sa.PrimaryKeyConstraint("user_id", "calendar_id", "position", name="pk_calendar_mirror"),
    )
    op.create_index(
        "ix_calendar_mirror_user_id_start_time", "calendar_mirror", ["user_id", "start_time"]
    )
