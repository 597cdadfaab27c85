"""The tables of Donna: every row belongs to a user, and every key and index begins there.

Only who leads belongs to nobody. JSON stands in text columns and is read by
``donna_core.domain.codec``. Instants are text of one sortable form. Where the order of rows
matters, a number of the user's own that only rises keeps it.
"""

from sqlalchemy import (
    Boolean,
    Column,
    Float,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from donna_adapters.sql.types import Dollars, Instant

METADATA = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(referred_table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)
ID = String(64)

TASKS = Table(
    "tasks",
    METADATA,
    Column("user_id", String(100), nullable=False),
    Column("id", ID, nullable=False),
    Column("number", Integer, nullable=False),
    Column("version", Integer, nullable=False),
    Column("title", Text, nullable=False),
    Column("title_form", Text, nullable=False),  # what the search for duplicates compares
    Column("description", Text),
    Column("domain", String(16), nullable=False),
    Column("priority", Integer, nullable=False),
    Column("base_priority", Integer, nullable=False),
    Column("priority_locked", Boolean, nullable=False),
    Column("status", String(32), nullable=False),
    Column("estimated_duration", Float, nullable=False),  # minutes; a float keeps seconds
    Column("deadline", Instant),
    Column("deadline_type", String(16), nullable=False),
    Column("scheduled_start", Instant),
    Column("scheduled_end", Instant),  # start + duration, for the search by window
    Column("pinned_start", Instant),
    Column("snoozed_until", Instant),
    Column("actual_start", Instant),
    Column("completed_at", Instant),
    Column("archived_at", Instant),
    Column("recurrence", Text),
    Column("dependencies", Text, nullable=False),
    Column("parent_task", ID),
    Column("prep_work_flag", Boolean, nullable=False),
    Column("prep_work_instructions", Text),
    Column("agent_eligible", Boolean, nullable=False),
    Column("assigned_agent", String(100)),
    Column("agent_status", String(32)),
    Column("tags", Text, nullable=False),
    Column("notes", Text, nullable=False),
    Column("reschedule_count", Integer, nullable=False),
    Column("nudge_count", Integer, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("created_via", String(16), nullable=False),
    Column("estimated_cost", String(40)),  # dollars; a float would not give back the cents
    Column("calendar_event_id", String(200)),
    Column("donna_managed", Boolean, nullable=False),
    Column("quality_score", Float),
    Column("capability_name", Text),
    Column("inputs_json", Text),
    Column("time_intent_json", Text, nullable=False),
    PrimaryKeyConstraint("user_id", "id"),
    UniqueConstraint("user_id", "number"),
    Index(None, "user_id", "status"),
    Index(None, "user_id", "scheduled_start"),
)

COUNTER = Table(
    "counter",
    METADATA,
    Column("user_id", String(100), nullable=False),
    Column("name", String(32), nullable=False),
    Column("value", Integer, nullable=False),
    PrimaryKeyConstraint("user_id", "name"),
)

COMMAND = Table(
    "command",
    METADATA,
    Column("seq", Integer, nullable=False),
    Column("user_id", String(100), nullable=False),
    Column("id", ID, nullable=False),
    Column("verb", String(64), nullable=False),
    Column("at", Instant, nullable=False),
    Column("undone", Boolean, nullable=False),  # this one decides, not the body's
    Column("body_json", Text, nullable=False),
    PrimaryKeyConstraint("user_id", "seq"),
    UniqueConstraint("user_id", "id"),
)

COMMAND_TASK = Table(
    "command_task",
    METADATA,
    Column("user_id", String(100), nullable=False),
    Column("task_id", ID, nullable=False),
    Column("command_id", ID, nullable=False),
    PrimaryKeyConstraint("user_id", "task_id", "command_id"),
    ForeignKeyConstraint(["user_id", "command_id"], ["command.user_id", "command.id"]),
)

TASK_STEP = Table(
    "task_step",
    METADATA,
    Column("seq", Integer, nullable=False),
    Column("user_id", String(100), nullable=False),
    Column("task_id", ID, nullable=False),
    Column("command_id", ID, nullable=False),
    Column("origin", String(32), nullable=False),
    Column("target", String(32), nullable=False),
    Column("trigger", String(64), nullable=False),
    Column("at", Instant, nullable=False),
    PrimaryKeyConstraint("user_id", "seq"),
    ForeignKeyConstraint(["user_id", "command_id"], ["command.user_id", "command.id"]),
    Index(None, "user_id", "task_id", "seq"),
)

EVENT_LOG = Table(
    "event_log",
    METADATA,
    Column("position", Integer, nullable=False),
    Column("user_id", String(100), nullable=False),
    Column("kind", String(64), nullable=False),
    Column("at", Instant, nullable=False),
    Column("task_id", ID),
    Column("command_id", ID),
    Column("data_json", Text, nullable=False),
    PrimaryKeyConstraint("user_id", "position"),
)

ESCALATION_STATE = Table(
    "escalation_state",
    METADATA,
    Column("user_id", String(100), nullable=False),
    Column("task_id", ID, nullable=False),
    Column("occurrence", Text, nullable=False),
    Column("ref", String(64), nullable=False),
    Column("current_tier", Integer, nullable=False),
    Column("status", String(20), nullable=False),
    Column("next_escalation_at", Instant, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
    Column("version", Integer, nullable=False),
    PrimaryKeyConstraint("user_id", "task_id"),
)

ATTENTION = Table(
    "attention",
    METADATA,
    Column("user_id", String(100), nullable=False),
    Column("quiet_until", Instant),
    Column("version", Integer, nullable=False),
    Column("paused_at", Instant),
    Column("off_json", Text),
    PrimaryKeyConstraint("user_id"),
)

JOB = Table(
    "job",
    METADATA,
    Column("user_id", String(100), nullable=False),
    Column("key", String(200), nullable=False),
    Column("kind", String(64), nullable=False),
    Column("run_at", Instant, nullable=False),
    Column("task_id", ID),
    Column("payload_json", Text, nullable=False),
    Column("state", String(16), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("fence", Integer, nullable=False),
    Column("lease_until", Instant),
    Column("note", Text, nullable=False),
    Column("finished_at", Instant),
    PrimaryKeyConstraint("user_id", "key"),
    Index(None, "user_id", "state", "run_at"),
    Index(None, "user_id", "task_id"),
)
# Whose turn it is among all users: these alone do not begin with one.
for _column, _waits in [("run_at", "state = 'pending'"), ("lease_until", "state = 'running'")]:
    Index(
        f"ix_job_{_column}",
        JOB.c[_column],
        sqlite_where=text(_waits),
        postgresql_where=text(_waits),
    )

OUTBOX = Table(
    "outbox",
    METADATA,
    Column("sequence", Integer, nullable=False),
    Column("user_id", String(100), nullable=False),
    Column("key", String(200), nullable=False),
    Column("lane", String(16), nullable=False),
    Column("kind", String(16)),  # of a message; calendar writes have none
    Column("task_id", ID),
    Column("delivery_json", Text, nullable=False),
    Column("state", String(16), nullable=False),
    Column("not_before", Instant, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("fence", Integer, nullable=False),
    Column("lease_until", Instant),
    Column("sent_at", Instant),
    Column("remote_id", Text),
    Column("note", Text, nullable=False),
    Column("left_at", Instant),  # when it was last handed to its lane
    Column("cause", String(200)),  # the key of the job that decided it
    PrimaryKeyConstraint("user_id", "sequence"),
    UniqueConstraint("user_id", "key"),
    Index(None, "user_id", "lane", "state"),
    Index(None, "user_id", "task_id"),
)

CALENDAR_STAMP = Table(
    "calendar_stamp",
    METADATA,
    Column("user_id", String(100), nullable=False),
    Column("calendar_id", String(200), nullable=False),
    Column("stamp", Text, nullable=False),
    Column("window_start", Instant, nullable=False),
    Column("window_end", Instant, nullable=False),
    Column("last_synced", Instant, nullable=False),
    PrimaryKeyConstraint("user_id", "calendar_id"),
)

CALENDAR_MIRROR = Table(
    "calendar_mirror",
    METADATA,
    Column("user_id", String(100), nullable=False),
    Column("calendar_id", String(200), nullable=False),
    Column("position", Integer, nullable=False),  # occurrences of one event share its id
    Column("event_id", Text, nullable=False),
    Column("summary", Text, nullable=False),
    Column("start_time", Instant, nullable=False),
    Column("end_time", Instant, nullable=False),
    Column("busy", Boolean, nullable=False),
    Column("donna_task_id", ID),
    Column("recurrence_id", String(64), nullable=False),
    Column("starts", String(64), nullable=False),  # as the source has it
    Column("ends", String(64), nullable=False),
    Column("status", String(16), nullable=False),
    Column("organizer", Text, nullable=False),
    Column("attendees_json", Text, nullable=False),
    PrimaryKeyConstraint("user_id", "calendar_id", "position"),
    Index(None, "user_id", "start_time"),
    Index(None, "user_id", "calendar_id", "event_id"),
)

SPEND = Table(
    "spend",
    METADATA,
    Column("user_id", String(100), nullable=False),
    Column("id", ID, nullable=False),
    Column("at", Instant, nullable=False),
    Column("day", String(10), nullable=False),  # the owner's local day, as it was then
    Column("caller", String(200), nullable=False),
    Column("lane", String(16), nullable=False),
    Column("request_id", ID, nullable=False),
    Column("provider", String(100), nullable=False),
    Column("task_id", ID),
    Column("worst_case", Dollars, nullable=False),
    Column("lapses_at", Instant, nullable=False),
    Column("state", String(16), nullable=False),
    Column("cost", Dollars, nullable=False),
    Column("closed_at", Instant),
    Column("note", Text, nullable=False),
    PrimaryKeyConstraint("user_id", "id"),
    Index(None, "user_id", "state", "lapses_at"),
    Index(None, "user_id", "day"),
)

SPEND_TOTAL = Table(
    "spend_total",
    METADATA,
    Column("user_id", String(100), nullable=False),
    Column("scope", String(16), nullable=False),
    Column("name", String(250), nullable=False),
    Column("spent", Dollars, nullable=False),
    Column("reserved", Dollars, nullable=False),
    PrimaryKeyConstraint("user_id", "scope", "name"),
)

SPEND_ALLOWANCE = Table(
    "spend_allowance",
    METADATA,
    Column("user_id", String(100), nullable=False),
    Column("id", ID, nullable=False),
    Column("at", Instant, nullable=False),
    Column("scope", String(16), nullable=False),
    Column("name", String(250), nullable=False),
    Column("amount", Dollars, nullable=False),
    Column("approved_by", Text, nullable=False),
    PrimaryKeyConstraint("user_id", "id"),
    Index(None, "user_id", "scope", "name"),
)

INVOCATION_LOG = Table(
    "invocation_log",
    METADATA,
    Column("user_id", String(100), nullable=False),
    Column("id", ID, nullable=False),
    Column("timestamp", Instant, nullable=False),
    Column("task_type", String(200), nullable=False),
    Column("request_id", ID, nullable=False),
    Column("model_alias", String(100), nullable=False),
    Column("model_actual", String(200), nullable=False),
    Column("provider", String(100), nullable=False),
    Column("input_hash", String(64), nullable=False),
    Column("outcome", String(16), nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("lane", String(16), nullable=False),
    Column("caller", String(200), nullable=False),
    Column("task_id", ID),
    Column("latency_ms", Integer, nullable=False),
    Column("queue_wait_ms", Integer, nullable=False),
    Column("tokens_in", Integer, nullable=False),
    Column("tokens_out", Integer, nullable=False),
    Column("estimated_tokens_in", Integer),
    Column("cost", Dollars, nullable=False),
    Column("billed", Boolean, nullable=False),
    Column("prompt", Text),
    Column("output_json", Text),
    Column("error_type", String(100)),
    Column("error", Text),
    Column("confidence", Float),
    Column("quality_score", Float),
    Column("was_right", Boolean),
    Column("spot_check_queued", Boolean, nullable=False),
    Column("is_shadow", Boolean, nullable=False),
    Column("shadow_of", ID),
    Column("degraded", Boolean, nullable=False),
    Column("interrupted", Boolean, nullable=False),
    Column("overflow_escalated", Boolean, nullable=False),
    Column("eval_session_id", ID),
    Column("chain_id", ID),
    Column("skill_id", ID),
    Column("agent_id", String(100)),
    Column("correlation_id", ID),
    Column("channel", String(16)),
    Column("escalation_request_id", ID),
    Column("bytes_sent", Integer, nullable=False, server_default="0"),  # to another machine
    Column("sources_json", Text, nullable=False, server_default="[]"),
    Column("labels_json", Text, nullable=False, server_default="[]"),
    PrimaryKeyConstraint("user_id", "id"),
    Index(None, "user_id", "timestamp"),
    Index(None, "user_id", "task_id"),
    Index(None, "user_id", "request_id"),
)

PROVIDER_HEALTH = Table(
    "provider_health",
    METADATA,
    Column("user_id", String(100), nullable=False),
    Column("provider", String(100), nullable=False),
    Column("breaker_json", Text, nullable=False),
    PrimaryKeyConstraint("user_id", "provider"),
)

LEADERSHIP = Table(
    "leadership",
    METADATA,
    Column("role", String(32), nullable=False),
    Column("holder", Text, nullable=False),
    Column("fence", Integer, nullable=False),
    Column("since", Instant, nullable=False),
    Column("lease_until", Instant),  # none: it was given up in good order
    PrimaryKeyConstraint("role"),
)

# Alembic's own table, in its own metadata: migrations never touch it.
ALEMBIC_VERSION = Table(
    "alembic_version",
    MetaData(),
    Column("version_num", String(32), nullable=False),
    PrimaryKeyConstraint("version_num", name="alembic_version_pkc"),
)
