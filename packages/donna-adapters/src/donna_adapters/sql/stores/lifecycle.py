"""Where skills stand and what was observed of them: documents under the keys they are found by."""

from typing import TypeVar

from sqlalchemy import Connection, bindparam, insert, select

from donna_adapters.sql.skill_tables import SKILL_OBSERVATION, SKILL_STANDING, SKILL_STEP
from donna_adapters.sql.statements import insert_unless_there, next_value, upsert
from donna_core.domain.codec import from_json, to_json
from donna_core.domain.ids import UserId
from donna_core.domain.skill.gates import Divergence, RunRecord
from donna_core.domain.skill.lifecycle import Standing, Transition
from donna_core.ports.lifecycle import LifecycleStore

Seen = TypeVar("Seen", RunRecord, Divergence)

KINDS = {RunRecord: "run", Divergence: "divergence"}

_SAVE = upsert(SKILL_STANDING)
_ALL = (
    select(SKILL_STANDING.c.standing_json)
    .where(SKILL_STANDING.c.user_id == bindparam("owner"))
    .order_by(SKILL_STANDING.c.skill)
)
_GET = _ALL.where(SKILL_STANDING.c.skill == bindparam("named"))
_STEP = insert(SKILL_STEP)
_STEPS = (
    select(SKILL_STEP.c.step_json)
    .where(SKILL_STEP.c.user_id == bindparam("owner"), SKILL_STEP.c.skill == bindparam("named"))
    .order_by(SKILL_STEP.c.position)
)
_OBSERVE = insert_unless_there(SKILL_OBSERVATION, key=["user_id", "skill", "kind", "run_id"])
_LATEST = (
    select(SKILL_OBSERVATION.c.seen_json)
    .where(
        SKILL_OBSERVATION.c.user_id == bindparam("owner"),
        SKILL_OBSERVATION.c.skill == bindparam("named"),
        SKILL_OBSERVATION.c.kind == bindparam("of_kind"),
        SKILL_OBSERVATION.c.version == bindparam("of_version"),
    )
    .order_by(SKILL_OBSERVATION.c.at.desc(), SKILL_OBSERVATION.c.run_id.desc())
    .limit(bindparam("most"))
)


class SqlLifecycleStore(LifecycleStore):
    """Keeps the lifecycles of one user within a transaction."""

    def __init__(self, connection: Connection, user_id: UserId) -> None:
        self._connection = connection
        self._user_id = user_id

    def get(self, skill: str) -> Standing | None:
        asked = {"owner": self._user_id, "named": skill}
        found = self._connection.execute(_GET, asked).scalar_one_or_none()
        return None if found is None else from_json(Standing, found)

    def all(self) -> tuple[Standing, ...]:
        rows = self._connection.execute(_ALL, {"owner": self._user_id}).scalars()
        return tuple(from_json(Standing, row) for row in rows)

    def save(self, standing: Standing, *, step: Transition | None = None) -> None:
        owner, skill = self._user_id, standing.skill
        kept = {"user_id": owner, "skill": skill, "standing_json": to_json(standing)}
        self._connection.execute(_SAVE, kept)
        if step is not None:
            position = next_value(self._connection, owner, "skill_step")
            taken = {"user_id": owner, "skill": skill, "position": position}
            self._connection.execute(_STEP, {**taken, "step_json": to_json(step)})

    def steps(self, skill: str) -> tuple[Transition, ...]:
        asked = {"owner": self._user_id, "named": skill}
        rows = self._connection.execute(_STEPS, asked).scalars()
        return tuple(from_json(Transition, row) for row in rows)

    def observe(self, skill: str, seen: RunRecord | Divergence) -> None:
        row = {
            "user_id": self._user_id,
            "skill": skill,
            "kind": KINDS[type(seen)],
            "run_id": seen.run_id,
            "version": seen.version,
            "at": seen.at,
            "seen_json": to_json(seen),
        }
        self._connection.execute(_OBSERVE, row)

    def runs(self, skill: str, *, version: str, limit: int) -> tuple[RunRecord, ...]:
        return self._latest(RunRecord, skill, version=version, limit=limit)

    def divergences(self, skill: str, *, version: str, limit: int) -> tuple[Divergence, ...]:
        return self._latest(Divergence, skill, version=version, limit=limit)

    def _latest(
        self, kind: type[Seen], skill: str, *, version: str, limit: int
    ) -> tuple[Seen, ...]:
        asked = {
            "owner": self._user_id,
            "named": skill,
            "of_kind": KINDS[kind],
            "of_version": version,
            "most": limit,
        }
        rows = self._connection.execute(_LATEST, asked).scalars().all()
        return tuple(from_json(kind, row) for row in reversed(rows))
