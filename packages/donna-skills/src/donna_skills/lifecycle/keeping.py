"""The lifecycles of one user's skills: observed, judged and moved in one transaction each."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from attrs import evolve, frozen

from donna_core.domain.errors import NotFound
from donna_core.domain.skill.gates import (
    Divergence,
    Evidence,
    GateRules,
    RunRecord,
    Verdict,
    correction_gate,
    decline_gate,
    sandbox_gate,
    shadow_gate,
)
from donna_core.domain.skill.lifecycle import (
    ACTING,
    GUARDED,
    Actor,
    IllegalTransition,
    Reason,
    SkillState,
    Standing,
    Transition,
    move,
    rolled_back,
    swapped,
)
from donna_core.domain.skill.notices import flagged_notice, ready_notice
from donna_core.domain.skill.runs import RunNotFound
from donna_core.ports.clock import Clock
from donna_core.ports.lifecycle import LifecycleStore
from donna_core.ports.unit_of_work import Stores, UnitOfWork

Step = tuple[SkillState, Reason]

UP: Mapping[SkillState, Step] = {
    SkillState.NATIVE: (SkillState.CANDIDATE, Reason.MANUAL_OVERRIDE),
    SkillState.CANDIDATE: (SkillState.DRAFT, Reason.MANUAL_OVERRIDE),
    SkillState.DRAFT: (SkillState.SANDBOX, Reason.HUMAN_APPROVAL),
    SkillState.SANDBOX: (SkillState.SHADOW, Reason.HUMAN_APPROVAL),
    SkillState.SHADOW: (SkillState.TRUSTED, Reason.HUMAN_APPROVAL),
    SkillState.FLAGGED: (SkillState.TRUSTED, Reason.HUMAN_APPROVAL),
    SkillState.DEGRADED: (SkillState.DRAFT, Reason.MANUAL_OVERRIDE),
}
"""Where the owner's word takes a skill, and what that word is called."""

DOWN: Mapping[SkillState, Step] = {
    SkillState.TRUSTED: (SkillState.FLAGGED, Reason.MANUAL_OVERRIDE),
    SkillState.SHADOW: (SkillState.FLAGGED, Reason.MANUAL_OVERRIDE),
    SkillState.FLAGGED: (SkillState.DEGRADED, Reason.HUMAN_APPROVAL),
}
"""The same downwards; from any other state it is back to the model."""

CLIMBING = frozenset({SkillState.SANDBOX, SkillState.SHADOW})
"""Where passing the gate is what takes a skill further."""


class SkillNotFound(NotFound):
    """There is no skill of this name."""

    def __init__(self, skill: str, *, known: Sequence[str]) -> None:
        self.skill, self.known = skill, tuple(known)
        listed = ", ".join(self.known) or "none yet"
        super().__init__(f"There is no skill '{skill}'. Known: {listed}.")


@frozen(kw_only=True)
class Account:
    """Where a skill stands, how it came there, and what is known of its present version.

    ``evidence`` is that of the gates that matter where it stands; ``waits`` says that only its
    owner's word is missing.
    """

    standing: Standing
    steps: tuple[Transition, ...]
    evidence: tuple[Evidence, ...]
    waits: bool


class Lifecycles:
    """Keeps, judges and moves the skills of one user."""

    def __init__(
        self, unit_of_work: UnitOfWork, *, clock: Clock, rules: GateRules | None = None
    ) -> None:
        self._unit_of_work, self._clock = unit_of_work, clock
        self._rules = rules or GateRules()

    async def adopt(
        self, skill: str, *, capability: str, version: str, needs_owner: bool = True
    ) -> Standing:
        """Take the skill in as a draft, or in another version, which then starts to be proved."""
        at = self._clock.now()

        def decide(store: LifecycleStore) -> Standing:
            standing = store.get(skill)
            if standing is None:
                fresh = Standing(
                    skill=skill,
                    capability=capability,
                    version=version,
                    since=at,
                    needs_owner=needs_owner,
                )
                store.save(fresh)
                return fresh
            if standing.version == version:
                return standing
            changed, step = swapped(standing, version, actor=Actor.OWNER, at=at)
            store.save(changed, step=step)
            return changed

        return await self._unit_of_work.run(lambda stores: decide(stores.lifecycles))

    async def all(self) -> tuple[Standing, ...]:
        """Return where every skill stands, by name."""
        return await self._unit_of_work.run(lambda stores: stores.lifecycles.all())

    async def account(self, skill: str) -> Account:
        """Return all there is to say of the skill; raise ``SkillNotFound``."""

        def read(store: LifecycleStore) -> Account:
            standing = _found(store, skill)
            evidence = self._evidence(store, standing)
            passed = any(e.verdict is Verdict.PASS for e in evidence)
            climbing = standing.state in CLIMBING
            return Account(
                standing=standing,
                steps=store.steps(skill),
                evidence=evidence,
                waits=standing.needs_owner and climbing and passed,
            )

        return await self._unit_of_work.run(lambda stores: read(stores.lifecycles))

    async def observe(self, skill: str, seen: RunRecord | Divergence) -> Standing:
        """Keep what was seen of a run and let the skill take the step that now follows from it.

        Return where it stands then. A promotion that waits for the owner is not made; the owner
        is told of it, and of a skill that is flagged.
        """
        at = self._clock.now()
        return await self._unit_of_work.run(lambda stores: self.noted(stores, skill, seen, at=at))

    def noted(
        self, stores: Stores, skill: str, seen: RunRecord | Divergence, *, at: datetime
    ) -> Standing:
        """Do what ``observe`` does within a decision that is under way."""
        standing = _found(stores.lifecycles, skill)
        stores.lifecycles.observe(skill, seen)
        return self._judged(stores, standing, at=at)

    async def corrected(self, run_id: str, *, note: str = "") -> Standing | None:
        """Take the owner's word that what a run returned was wrong.

        A skill that acts is flagged as soon as its latest runs were corrected too often. Return
        where it stands then, ``None`` for a run of files that nobody took in. Raise
        ``RunNotFound``.
        """
        at = self._clock.now()

        def decide(stores: Stores) -> Standing | None:
            run = stores.skill_runs.get(run_id)
            if run is None:
                raise RunNotFound(run_id)
            stores.skill_runs.save(evolve(run, corrected_at=at, correction=note))
            standing = stores.lifecycles.get(run.skill)
            if standing is None or standing.state not in ACTING:
                return standing
            return self._held_to_corrections(stores, standing, at=at)

        return await self._unit_of_work.run(decide)

    async def promote(self, skill: str, *, note: str = "") -> Transition:
        """Take the owner's word for one step up, with what is known of the version beside it.

        Raise ``SkillNotFound``, and ``IllegalTransition`` from the top.
        """
        return await self._by_owner(skill, UP, note=note)

    async def demote(self, skill: str, *, note: str = "") -> Transition:
        """Take the owner's word for one step down; nothing has to be measured for that.

        Raise ``SkillNotFound``, and ``IllegalTransition`` where a model does the work already.
        """
        return await self._by_owner(skill, DOWN, note=note)

    async def rollback(self, skill: str) -> Transition:
        """Put the version before in place; it proves itself anew.

        Raise ``SkillNotFound``, and ``IllegalTransition`` where there is none.
        """
        at = self._clock.now()

        def decide(store: LifecycleStore) -> Transition:
            changed, step = rolled_back(_found(store, skill), actor=Actor.OWNER, at=at)
            store.save(changed, step=step)
            return step

        return await self._unit_of_work.run(lambda stores: decide(stores.lifecycles))

    async def _by_owner(
        self, skill: str, ways: Mapping[SkillState, Step], *, note: str
    ) -> Transition:
        at = self._clock.now()

        def decide(store: LifecycleStore) -> Transition:
            standing = _found(store, skill)
            to, reason = ways.get(standing.state) or _out(standing, up=ways is UP)
            known = self._evidence(store, standing)
            moved, step = move(
                standing,
                to,
                reason=reason,
                actor=Actor.OWNER,
                at=at,
                evidence=known[0] if known and to in GUARDED else None,
                note=note,
            )
            store.save(moved, step=step)
            return step

        return await self._unit_of_work.run(lambda stores: decide(stores.lifecycles))

    def _held_to_corrections(self, stores: Stores, standing: Standing, *, at: datetime) -> Standing:
        limit = self._rules.correction_runs
        runs = stores.lifecycles.runs(standing.skill, version=standing.version, limit=limit)
        recent = stores.skill_runs.recent(skill=standing.skill, limit=limit)
        corrected = [each.corrected_at for each in recent if each.corrected_at is not None]
        evidence = correction_gate(corrected, runs, version=standing.version, rules=self._rules)
        if evidence.verdict is Verdict.FAIL:
            return _flag(stores, standing, evidence, at=at)
        return standing

    def _judged(self, stores: Stores, standing: Standing, *, at: datetime) -> Standing:
        store = stores.lifecycles
        for evidence in self._evidence(store, standing):
            if standing.state is SkillState.TRUSTED:
                if evidence.verdict is Verdict.FAIL:
                    return _flag(stores, standing, evidence, at=at)
            elif standing.state in CLIMBING and evidence.verdict is Verdict.PASS:
                if standing.needs_owner:
                    ready = ready_notice(standing, evidence, at=at)
                    stores.outbox.add([ready], at=at)
                    return standing
                to, _ = UP[standing.state]
                moved, step = move(
                    standing,
                    to,
                    reason=Reason.GATE_PASSED,
                    actor=Actor.SYSTEM,
                    at=at,
                    evidence=evidence,
                )
                store.save(moved, step=step)
                return moved
        return standing

    def _evidence(self, store: LifecycleStore, standing: Standing) -> tuple[Evidence, ...]:
        """Return what the gate at which the skill stands says of its version."""
        skill, version, rules = standing.skill, standing.version, self._rules
        match standing.state:
            case SkillState.SANDBOX:
                runs = store.runs(skill, version=version, limit=rules.sandbox_runs)
                return (sandbox_gate(runs, version=version, rules=rules),)
            case SkillState.SHADOW | SkillState.FLAGGED:
                seen = store.divergences(skill, version=version, limit=rules.shadow_window)
                runs = store.runs(skill, version=version, limit=rules.shadow_window)
                return (shadow_gate(seen, runs, version=version, rules=rules),)
            case SkillState.TRUSTED:
                seen = store.divergences(skill, version=version, limit=rules.shadow_window)
                return (
                    decline_gate(seen, version=version, baseline=standing.baseline, rules=rules),
                )
            case _:
                return ()


def _found(store: LifecycleStore, skill: str) -> Standing:
    standing = store.get(skill)
    if standing is None:
        raise SkillNotFound(skill, known=[each.skill for each in store.all()])
    return standing


def _flag(stores: Stores, standing: Standing, evidence: Evidence, *, at: datetime) -> Standing:
    """Set the skill aside, and tell its owner."""
    moved, step = move(
        standing,
        SkillState.FLAGGED,
        reason=Reason.DEGRADATION,
        actor=Actor.SYSTEM,
        at=at,
        evidence=evidence,
    )
    stores.lifecycles.save(moved, step=step)
    stores.outbox.add([flagged_notice(step)], at=at)
    return moved


def _out(standing: Standing, *, up: bool) -> Step:
    if up or standing.state is SkillState.NATIVE:
        problem = "there is nothing above it" if up else "there is nothing below it"
        raise IllegalTransition(
            standing.skill, state=standing.state, to=standing.state, problem=problem
        )
    return SkillState.NATIVE, Reason.MANUAL_OVERRIDE
