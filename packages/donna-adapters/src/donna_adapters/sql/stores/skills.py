"""The files of skills and what is kept of their runs: documents under their keys."""

import json
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, select

from donna_adapters.sql.skill_tables import (
    SKILL_CAPABILITY,
    SKILL_FIXTURE,
    SKILL_RUN,
    SKILL_RUN_STEP,
    SKILL_VERSION,
)
from donna_adapters.sql.statements import insert_unless_there, upsert
from donna_core.domain.codec import from_json, to_json
from donna_core.domain.ids import UserId
from donna_core.domain.skill.capability import Capability
from donna_core.domain.skill.runs import SkillRun, StepRecord
from donna_core.ports.skills import SkillRunStore, SkillStore

_PUT = insert_unless_there(SKILL_VERSION, key=["user_id", "skill", "version"])
_FILES = select(SKILL_VERSION.c.files_json).where(
    SKILL_VERSION.c.user_id == bindparam("owner"),
    SKILL_VERSION.c.skill == bindparam("named"),
    SKILL_VERSION.c.version == bindparam("of_version"),
)
_PUT_FIXTURE = upsert(SKILL_FIXTURE)
_FIXTURES = (
    select(SKILL_FIXTURE.c.name, SKILL_FIXTURE.c.fixture_text)
    .where(
        SKILL_FIXTURE.c.user_id == bindparam("owner"), SKILL_FIXTURE.c.skill == bindparam("named")
    )
    .order_by(SKILL_FIXTURE.c.name)
)
_PUT_CAPABILITY = upsert(SKILL_CAPABILITY)
_CAPABILITIES = (
    select(SKILL_CAPABILITY.c.capability_json)
    .where(SKILL_CAPABILITY.c.user_id == bindparam("owner"))
    .order_by(SKILL_CAPABILITY.c.name)
)
_SAVE = upsert(SKILL_RUN)
_RUNS = select(SKILL_RUN.c.run_json).where(SKILL_RUN.c.user_id == bindparam("owner"))
_GET = _RUNS.where(SKILL_RUN.c.run_id == bindparam("wanted"))
_RECENT = _RUNS.order_by(SKILL_RUN.c.started_at.desc(), SKILL_RUN.c.run_id.desc()).limit(
    bindparam("most")
)
_RECENT_OF = _RECENT.where(SKILL_RUN.c.skill == bindparam("named"))
_ADD_STEP = insert_unless_there(SKILL_RUN_STEP, key=["user_id", "run_id", "position"]).returning(
    SKILL_RUN_STEP.c.position
)
_STEPS = (
    select(SKILL_RUN_STEP.c.step_json)
    .where(
        SKILL_RUN_STEP.c.user_id == bindparam("owner"),
        SKILL_RUN_STEP.c.run_id == bindparam("wanted"),
    )
    .order_by(SKILL_RUN_STEP.c.position)
)
_OLD = select(SKILL_RUN.c.run_id).where(
    SKILL_RUN.c.user_id == bindparam("owner"), SKILL_RUN.c.started_at < bindparam("limit_at")
)
_FORGET_STEPS = delete(SKILL_RUN_STEP).where(
    SKILL_RUN_STEP.c.user_id == bindparam("owner"), SKILL_RUN_STEP.c.run_id.in_(_OLD)
)
_FORGET = delete(SKILL_RUN).where(
    SKILL_RUN.c.user_id == bindparam("owner"), SKILL_RUN.c.started_at < bindparam("limit_at")
)


class SqlSkillStore(SkillStore):
    """Keeps the skills of one user within a transaction."""

    def __init__(self, connection: Connection, user_id: UserId) -> None:
        self._connection = connection
        self._user_id = user_id

    def put(self, skill: str, version: str, files: Mapping[str, str]) -> None:
        row = {"user_id": self._user_id, "skill": skill, "version": version}
        text = json.dumps(dict(files), ensure_ascii=False, sort_keys=True)
        self._connection.execute(_PUT, {**row, "files_json": text})

    def files(self, skill: str, version: str) -> Mapping[str, str] | None:
        asked = {"owner": self._user_id, "named": skill, "of_version": version}
        found = self._connection.execute(_FILES, asked).scalar_one_or_none()
        return None if found is None else dict(json.loads(found))

    def put_fixture(self, skill: str, name: str, text: str) -> None:
        row = {"user_id": self._user_id, "skill": skill, "name": name, "fixture_text": text}
        self._connection.execute(_PUT_FIXTURE, row)

    def fixtures(self, skill: str) -> Mapping[str, str]:
        asked = {"owner": self._user_id, "named": skill}
        return {row.name: row.fixture_text for row in self._connection.execute(_FIXTURES, asked)}

    def put_capability(self, capability: Capability) -> None:
        row = {"user_id": self._user_id, "name": capability.name}
        text = to_json(capability)
        self._connection.execute(_PUT_CAPABILITY, {**row, "capability_json": text})

    def capabilities(self) -> tuple[Capability, ...]:
        rows = self._connection.execute(_CAPABILITIES, {"owner": self._user_id}).scalars()
        return tuple(from_json(Capability, row) for row in rows)


class SqlSkillRunStore(SkillRunStore):
    """Keeps the runs of one user's skills within a transaction."""

    def __init__(self, connection: Connection, user_id: UserId) -> None:
        self._connection = connection
        self._user_id = user_id

    def save(self, run: SkillRun) -> None:
        row = {
            "user_id": self._user_id,
            "run_id": run.run_id,
            "skill": run.skill,
            "started_at": run.started_at,
            "run_json": to_json(run),
        }
        self._connection.execute(_SAVE, row)

    def get(self, run_id: str) -> SkillRun | None:
        found = self._connection.execute(_GET, self._asked(run_id)).scalar_one_or_none()
        return None if found is None else from_json(SkillRun, found)

    def recent(self, *, skill: str | None = None, limit: int) -> tuple[SkillRun, ...]:
        asked = {"owner": self._user_id, "most": limit}
        if skill is None:
            rows = self._connection.execute(_RECENT, asked)
        else:
            rows = self._connection.execute(_RECENT_OF, {**asked, "named": skill})
        return tuple(from_json(SkillRun, row) for row in rows.scalars())

    def add_step(self, run_id: str, step: StepRecord) -> bool:
        row = {"user_id": self._user_id, "run_id": run_id, "position": step.position}
        done = self._connection.execute(_ADD_STEP, {**row, "step_json": to_json(step)})
        return done.first() is not None

    def steps(self, run_id: str) -> tuple[StepRecord, ...]:
        rows = self._connection.execute(_STEPS, self._asked(run_id)).scalars()
        return tuple(from_json(StepRecord, row) for row in rows)

    def forget(self, *, before: datetime) -> int:
        asked = {"owner": self._user_id, "limit_at": before}
        self._connection.execute(_FORGET_STEPS, asked)
        return self._connection.execute(_FORGET, asked).rowcount

    def _asked(self, run_id: str) -> dict[str, str]:
        return {"owner": self._user_id, "wanted": run_id}
