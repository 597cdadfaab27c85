"""The tables of skills, and with them all there are."""

from sqlalchemy import Column, Index, Integer, PrimaryKeyConstraint, String, Table, Text

from donna_adapters.sql.memory_tables import METADATA
from donna_adapters.sql.types import Instant

__all__ = [
    "METADATA",
    "SKILL_CAPABILITY",
    "SKILL_FIXTURE",
    "SKILL_OBSERVATION",
    "SKILL_RUN",
    "SKILL_RUN_STEP",
    "SKILL_STANDING",
    "SKILL_STEP",
    "SKILL_VERSION",
]

SKILL_STANDING = Table(
    "skill_standing",
    METADATA,
    Column("user_id", String(100), nullable=False),
    Column("skill", String(100), nullable=False),
    Column("standing_json", Text, nullable=False),
    PrimaryKeyConstraint("user_id", "skill"),
)

SKILL_STEP = Table(
    "skill_step",
    METADATA,
    Column("user_id", String(100), nullable=False),
    Column("skill", String(100), nullable=False),
    Column("position", Integer, nullable=False),
    Column("step_json", Text, nullable=False),
    PrimaryKeyConstraint("user_id", "skill", "position"),
)

SKILL_OBSERVATION = Table(
    "skill_observation",
    METADATA,
    Column("user_id", String(100), nullable=False),
    Column("skill", String(100), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("run_id", String(100), nullable=False),
    Column("version", String(100), nullable=False),
    Column("at", Instant, nullable=False),
    Column("seen_json", Text, nullable=False),
    PrimaryKeyConstraint("user_id", "skill", "kind", "run_id"),
    Index(None, "user_id", "skill", "kind", "version", "at"),
)

SKILL_VERSION = Table(
    "skill_version",
    METADATA,
    Column("user_id", String(100), nullable=False),
    Column("skill", String(100), nullable=False),
    Column("version", String(100), nullable=False),
    Column("files_json", Text, nullable=False),
    PrimaryKeyConstraint("user_id", "skill", "version"),
)

SKILL_FIXTURE = Table(
    "skill_fixture",
    METADATA,
    Column("user_id", String(100), nullable=False),
    Column("skill", String(100), nullable=False),
    Column("name", String(200), nullable=False),
    Column("fixture_text", Text, nullable=False),
    PrimaryKeyConstraint("user_id", "skill", "name"),
)

SKILL_CAPABILITY = Table(
    "skill_capability",
    METADATA,
    Column("user_id", String(100), nullable=False),
    Column("name", String(100), nullable=False),
    Column("capability_json", Text, nullable=False),
    PrimaryKeyConstraint("user_id", "name"),
)

SKILL_RUN = Table(
    "skill_run",
    METADATA,
    Column("user_id", String(100), nullable=False),
    Column("run_id", String(100), nullable=False),
    Column("skill", String(100), nullable=False),
    Column("started_at", Instant, nullable=False),
    Column("run_json", Text, nullable=False),
    PrimaryKeyConstraint("user_id", "run_id"),
    Index(None, "user_id", "started_at"),
    Index(None, "user_id", "skill", "started_at"),
)

SKILL_RUN_STEP = Table(
    "skill_run_step",
    METADATA,
    Column("user_id", String(100), nullable=False),
    Column("run_id", String(100), nullable=False),
    Column("position", Integer, nullable=False),
    Column("step_json", Text, nullable=False),
    PrimaryKeyConstraint("user_id", "run_id", "position"),
)
