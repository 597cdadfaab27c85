"""Skills and their runs in memory."""

from collections.abc import Mapping
from datetime import datetime

from donna_core.domain.skill.capability import Capability
from donna_core.domain.skill.runs import SkillRun, StepRecord
from donna_core.local.journal import Journal, Table
from donna_core.ports.skills import SkillRunStore, SkillStore


class InMemorySkillStore(SkillStore):
    """Keeps files and fixtures in dicts."""

    def __init__(self, journal: Journal) -> None:
        self._files: Table[tuple[str, str], Mapping[str, str]] = Table(journal)
        self._fixtures: Table[tuple[str, str], str] = Table(journal)
        self._capabilities: Table[str, Capability] = Table(journal)

    def put(self, skill: str, version: str, files: Mapping[str, str]) -> None:
        if (skill, version) not in self._files:
            self._files.put((skill, version), dict(files))

    def files(self, skill: str, version: str) -> Mapping[str, str] | None:
        return self._files.get((skill, version))

    def put_fixture(self, skill: str, name: str, text: str) -> None:
        self._fixtures.put((skill, name), text)

    def fixtures(self, skill: str) -> Mapping[str, str]:
        mine = sorted((name, text) for (of, name), text in self._fixtures.items() if of == skill)
        return dict(mine)

    def put_capability(self, capability: Capability) -> None:
        self._capabilities.put(capability.name, capability)

    def capabilities(self) -> tuple[Capability, ...]:
        return tuple(sorted(self._capabilities.values(), key=lambda each: each.name))


class InMemorySkillRunStore(SkillRunStore):
    """Keeps runs and steps in dicts."""

    def __init__(self, journal: Journal) -> None:
        self._runs: Table[str, SkillRun] = Table(journal)
        self._steps: Table[tuple[str, int], StepRecord] = Table(journal)

    def save(self, run: SkillRun) -> None:
        self._runs.put(run.run_id, run)

    def get(self, run_id: str) -> SkillRun | None:
        return self._runs.get(run_id)

    def recent(self, *, skill: str | None = None, limit: int) -> tuple[SkillRun, ...]:
        mine = [run for run in self._runs.values() if skill in (None, run.skill)]
        mine.sort(key=lambda run: (run.started_at, run.run_id), reverse=True)
        return tuple(mine[:limit])

    def add_step(self, run_id: str, step: StepRecord) -> bool:
        if (run_id, step.position) in self._steps:
            return False
        self._steps.put((run_id, step.position), step)
        return True

    def steps(self, run_id: str) -> tuple[StepRecord, ...]:
        mine = [step for (of, _), step in self._steps.items() if of == run_id]
        return tuple(sorted(mine, key=lambda step: step.position))

    def forget(self, *, before: datetime) -> int:
        old = [run.run_id for run in self._runs.values() if run.started_at < before]
        for run_id in old:
            self._runs.drop(run_id)
            for key in [key for key, _ in self._steps.items() if key[0] == run_id]:
                self._steps.drop(key)
        return len(old)
