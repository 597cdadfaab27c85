"""The lifecycles of skills in memory."""

from donna_core.domain.skill.gates import Divergence, RunRecord
from donna_core.domain.skill.lifecycle import Standing, Transition
from donna_core.local.journal import Journal, Table
from donna_core.ports.lifecycle import LifecycleStore


class InMemoryLifecycleStore(LifecycleStore):
    """Keeps standings, steps and observations in dicts."""

    def __init__(self, journal: Journal) -> None:
        self._standings: Table[str, Standing] = Table(journal)
        self._steps: Table[tuple[str, int], Transition] = Table(journal)
        self._runs: Table[tuple[str, str], RunRecord] = Table(journal)
        self._divergences: Table[tuple[str, str], Divergence] = Table(journal)

    def get(self, skill: str) -> Standing | None:
        return self._standings.get(skill)

    def all(self) -> tuple[Standing, ...]:
        return tuple(sorted(self._standings.values(), key=lambda standing: standing.skill))

    def save(self, standing: Standing, *, step: Transition | None = None) -> None:
        self._standings.put(standing.skill, standing)
        if step is not None:
            self._steps.put((standing.skill, len(self._steps)), step)

    def steps(self, skill: str) -> tuple[Transition, ...]:
        return tuple(step for (of, _), step in self._steps.items() if of == skill)

    def observe(self, skill: str, seen: RunRecord | Divergence) -> None:
        key = (skill, seen.run_id)
        if isinstance(seen, RunRecord):
            if key not in self._runs:
                self._runs.put(key, seen)
        elif key not in self._divergences:
            self._divergences.put(key, seen)

    def runs(self, skill: str, *, version: str, limit: int) -> tuple[RunRecord, ...]:
        mine = [
            run for (of, _), run in self._runs.items() if of == skill and run.version == version
        ]
        return tuple(sorted(mine, key=lambda run: (run.at, run.run_id))[-limit:])

    def divergences(self, skill: str, *, version: str, limit: int) -> tuple[Divergence, ...]:
        mine = [
            seen
            for (of, _), seen in self._divergences.items()
            if of == skill and seen.version == version
        ]
        return tuple(sorted(mine, key=lambda seen: (seen.at, seen.run_id))[-limit:])
