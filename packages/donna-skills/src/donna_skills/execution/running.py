"""Running skills so that nothing is done twice and everything is on record.

A step is committed with all its answers when it is over, together with the end of the run where
it was the last. An effect is noted before it is tried. Whoever goes on with a run plays the
recorded answers back; an effect that was tried and has no recorded result is not tried again,
because nobody knows whether it happened: the run is handed to its owner.
"""

from collections import deque
from collections.abc import Callable, Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

from attrs import evolve, frozen

from donna_core.domain.labels import NO_LABELS, Labels
from donna_core.domain.skill.document import Skill
from donna_core.domain.skill.lifecycle import ACTING, SkillState, Standing
from donna_core.domain.skill.requests import (
    Fault,
    ModelCall,
    Outcome,
    Pause,
    Reply,
    Request,
    RunStatus,
    StepEnded,
    Steps,
    StepStatus,
)
from donna_core.domain.skill.runs import (
    Answered,
    NothingToApprove,
    RunChanged,
    RunNotFound,
    SkillRun,
    StepRecord,
    record_of,
)
from donna_core.domain.skill.stepper import steps
from donna_core.domain.tools import ToolCall, ToolResult
from donna_core.ports.ids import IdSource
from donna_core.ports.unit_of_work import Stores, UnitOfWork
from donna_skills.execution.answering import TIMEOUT, Asker, Fitting
from donna_skills.execution.shadowing import comparison_job
from donna_skills.lifecycle.keeping import Lifecycles
from donna_skills.lifecycle.shadow import sampled
from donna_skills.tools.registry import granted

OBSERVED = frozenset({SkillState.SANDBOX, SkillState.SHADOW, SkillState.TRUSTED})
"""Where a run is evidence for or against its skill."""

Progress = Callable[[StepEnded], None]
"""Is told of each step as soon as it is on record."""


@frozen(kw_only=True)
class RunLimits:
    """How long a step and a whole run may take, and the dollars after which no model is asked.

    ``longest_pause`` is the most that is waited before another attempt.
    """

    step: timedelta = timedelta(seconds=60)
    run: timedelta = timedelta(seconds=300)
    cost_usd: Decimal = Decimal("0.50")
    longest_pause: timedelta = timedelta(seconds=300)


@frozen(kw_only=True)
class SkillRunner:
    """Runs the skills of one user.

    Effects are for skills that are trusted enough to act; before that their tools are refused.
    """

    unit_of_work: UnitOfWork
    ids: IdSource
    asker: Asker
    lifecycles: Lifecycles
    limits: RunLimits = RunLimits()

    async def run(
        self,
        skill: Skill,
        inputs: Mapping[str, Any],
        *,
        name: str,
        grant: frozenset[str],
        labels: Labels = NO_LABELS,
        progress: Progress = lambda _: None,
    ) -> SkillRun:
        """Run the skill and return the run as it ended.

        ``inputs`` are JSON-ready, ``labels`` theirs; ``grant`` are the tools that its capability
        and whoever runs it allow. Raise ``StorageUnavailable``; nothing else that goes wrong is
        an error: the run has an outcome.
        """
        run_id, at = self.ids.new(), self.asker.clock.now()

        def begin(stores: Stores) -> SkillRun:
            run = SkillRun(
                run_id=run_id,
                skill=name,
                capability=skill.capability,
                version=skill.version,
                started_at=at,
                inputs=inputs,
                labels=labels,
                state=_state_of(stores.lifecycles.get(name), skill),
            )
            stores.skill_runs.save(run)
            return run

        run = await self.unit_of_work.run(begin)
        return await _Journey(self, run, skill, grant=grant, progress=progress).all()

    async def resume(
        self,
        run_id: str,
        skill: Skill,
        *,
        grant: frozenset[str],
        progress: Progress = lambda _: None,
    ) -> SkillRun:
        """Go on with a run that was cut off, and return it as it ended.

        One that ended, or waits for its owner's word, is returned as it is.

        Raise ``RunNotFound``, and ``RunChanged`` where the skill is in another version by now.
        """

        def read(stores: Stores) -> tuple[SkillRun, tuple[StepRecord, ...]]:
            run = stores.skill_runs.get(run_id)
            if run is None:
                raise RunNotFound(run_id)
            # It may have lost the right to act meanwhile, and gains none by waiting.
            present = _state_of(stores.lifecycles.get(run.skill), skill)
            state = run.state if present in ACTING else present
            return evolve(run, state=state), stores.skill_runs.steps(run_id)

        run, past = await self.unit_of_work.run(read)
        if run.outcome is not None or run.waits_for is not None:
            return run
        if run.version != skill.version:
            problem = f"it is of version {run.version[:12]}, and there is {skill.version[:12]}"
            raise RunChanged(run_id, problem=problem)
        return await _Journey(self, run, skill, grant=grant, progress=progress, past=past).all()

    async def approve(self, run_id: str) -> SkillRun:
        """Take the owner's word for exactly the effect a run waits for; ``resume`` goes on.

        Raise ``RunNotFound`` and ``NothingToApprove``.
        """

        def decide(stores: Stores) -> SkillRun:
            run = stores.skill_runs.get(run_id)
            if run is None:
                raise RunNotFound(run_id)
            if run.outcome is not None or run.waits_for is None:
                raise NothingToApprove(run)
            given = (*run.approved, run.waits_for.argument_hash)
            approved = evolve(run, approved=given, waits_for=None)
            stores.skill_runs.save(approved)
            return approved

        return await self.unit_of_work.run(decide)


class _Waits(Exception):
    """An effect needs the word of the run's owner."""

    def __init__(self, call: ToolCall) -> None:
        self.call = call


class _FateUnknown(Exception):
    """An effect was tried, and nobody knows whether it happened."""

    def __init__(self, call: ToolCall) -> None:
        self.step = call.step
        super().__init__(
            f"unknown_effect: nobody knows whether '{call.tool}' happened; look there before "
            "anything is tried again"
        )


class _Journey:
    """One run on its way."""

    def __init__(
        self,
        runner: SkillRunner,
        run: SkillRun,
        skill: Skill,
        *,
        grant: frozenset[str],
        progress: Progress,
        past: tuple[StepRecord, ...] = (),
    ) -> None:
        self._runner, self._run, self._progress = runner, run, progress
        self._asker, self._clock = runner.asker, runner.asker.clock
        self._past = past
        self._specs = self._asker.specs
        self._allowed = {
            step.name: frozenset(
                tool
                for tool in granted(step=step.tools, capability=grant, agent=self._specs)
                if run.state in ACTING or not self._specs[tool].has_effect
            )
            for step in skill.steps
        }
        self._stepper = steps(
            skill,
            run.inputs,
            run_id=run.run_id,
            fits=Fitting(),
            specs=self._specs,
            labels=run.labels,
        )
        self._early = deque(run.answered)
        paid = [*(each for step in past for each in step.answers), *run.answered]
        self._spent = sum((each.cost_usd for each in paid), Decimal(0))
        self._over = self._clock.now() + runner.limits.run
        self._done: list[StepRecord] = []
        self._read: dict[str, None] = {}  # the texts that tools gave so far, in order
        self._begin_step()

    async def all(self) -> SkillRun:
        """Follow the skill to its end."""
        request = _next(self._stepper, None)
        try:
            while not isinstance(request, Outcome):
                if isinstance(request, StepEnded):
                    following = _next(self._stepper, None)
                    await self._step_over(request, following)
                    request = following
                else:
                    request = _next(self._stepper, await self._answer(request))
        except _Waits as waits:
            self._stepper.close()
            return await self._wait(waits.call)
        except _FateUnknown as unknown:
            self._stepper.close()
            ended = StepEnded(
                step=unknown.step,
                status=StepStatus.TOOL_FAILED,
                output={"success": False, "error": str(unknown)},
                error=str(unknown),
            )
            request = Outcome(status=RunStatus.ESCALATED, reason=str(unknown))
            await self._step_over(ended, request)
        if self._run.outcome is None:  # it ended before its first step
            await self._runner.unit_of_work.run(self._ending(request))
        return self._run

    async def _wait(self, call: ToolCall) -> SkillRun:
        """Put on record what the run waits for, and what its step was told so far."""
        run = self._run = evolve(self._run, waits_for=call, answered=tuple(self._answers))
        await self._runner.unit_of_work.run(lambda stores: stores.skill_runs.save(run))
        return run

    def _begin_step(self) -> None:
        recorded = self._past[len(self._done) :][:1]
        self._recorded = deque(recorded[0].answers) if recorded else None
        self._answers: list[Answered] = []
        self._began = self._clock.now()
        self._until = min(self._began + self._runner.limits.step, self._over)

    async def _answer(self, request: ModelCall | ToolCall | Pause) -> Reply:
        if isinstance(request, Pause):
            if self._recorded is None and not self._early:
                length = min(request.length, self._runner.limits.longest_pause)
                await self._clock.sleep_until(min(self._clock.now() + length, self._until))
            return None
        told = self._recorded if self._recorded is not None else self._early or None
        if told is not None:
            answered = self._played_back(request, told)
        else:
            answered = await self._answered(request)
            self._spent += answered.cost_usd
        self._answers.append(answered)
        if isinstance(answered.reply, ToolResult):
            self._read.update(dict.fromkeys(answered.reply.sources))
        return answered.reply

    async def _answered(self, request: ModelCall | ToolCall) -> Answered:
        if self._clock.now() >= self._until:
            return _unasked(request, Fault(error_class=TIMEOUT, message="the time is up"))
        if isinstance(request, ModelCall):
            if self._spent >= self._runner.limits.cost_usd:
                limit = f"${self._runner.limits.cost_usd} for one run are spent"
                return _unasked(request, Fault(error_class="OverBudget", message=limit))
            return await self._asker.ask(
                request, skill=self._run.skill, until=self._until, sources=tuple(self._read)
            )
        return await self._called(request)

    async def _called(self, call: ToolCall) -> Answered:
        allowed = self._allowed[call.step]
        acts = call.tool in allowed and self._specs[call.tool].has_effect
        if acts:
            call = self._approved(call)
            await self._intend(call)
        answered = await self._asker.call(call, allowed=allowed, until=self._until)
        if acts and isinstance(answered.reply, Fault) and answered.reply.error_class == TIMEOUT:
            raise _FateUnknown(call)
        return answered

    def _approved(self, call: ToolCall) -> ToolCall:
        """Return the call with its owner's approval where it needs one; raise ``_Waits``."""
        if not call.needs_approval(self._specs[call.tool]):
            return call
        approval = call.argument_hash
        if approval not in self._run.approved:
            raise _Waits(call)
        return evolve(call, approval=approval)

    async def _intend(self, call: ToolCall) -> None:
        """Note that an effect is tried; raise ``_FateUnknown`` where it was before."""
        name = f"{call.call_id}#{call.attempt}"
        if name in self._run.intents:
            raise _FateUnknown(call)
        intended = evolve(self._run, intents=(*self._run.intents, name))

        def decide(stores: Stores) -> None:
            kept = stores.skill_runs.get(intended.run_id)
            if kept is None or name in kept.intents:
                raise RunChanged(intended.run_id, problem="somebody else goes on with it")
            stores.skill_runs.save(intended)

        await self._runner.unit_of_work.run(decide)
        self._run = intended

    def _played_back(self, request: ModelCall | ToolCall, told: deque[Answered]) -> Answered:
        found = told.popleft() if told else None
        if found is None or found.call_id != request.call_id:
            problem = f"{request.call_id} is not what was recorded of its steps"
            raise RunChanged(self._run.run_id, problem=problem)
        return found

    async def _step_over(self, ended: StepEnded, following: Request | Outcome) -> None:
        if self._recorded is None:
            step = StepRecord(
                position=len(self._done),
                ended=ended,
                started_at=self._began,
                ended_at=self._clock.now(),
                answers=tuple(self._answers),
            )
            await self._keep(step, following)
            self._progress(ended)
        else:
            step = self._past[len(self._done)]
            self._done.append(step)
        self._begin_step()

    async def _keep(self, step: StepRecord, following: Request | Outcome) -> None:
        self._done.append(step)
        run_id = self._run.run_id
        end = self._ending(following) if isinstance(following, Outcome) else None

        def keep(stores: Stores) -> None:
            if not stores.skill_runs.add_step(run_id, step):
                raise RunChanged(run_id, problem="somebody else goes on with it")
            if end is not None:
                end(stores)

        await self._runner.unit_of_work.run(keep)

    def _ending(self, outcome: Outcome) -> Callable[[Stores], None]:
        """Return the decision that ends the run, and take it as ended."""
        at = self._clock.now()
        run = self._run = evolve(self._run, outcome=outcome, ended_at=at, answered=())
        seen = record_of(run, self._done, at=at)
        compared = (
            run.state is not None
            and outcome.status is RunStatus.SUCCEEDED
            and sampled(run.run_id, run.state)
        )

        def end(stores: Stores) -> None:
            stores.skill_runs.save(run)
            standing = stores.lifecycles.get(run.skill)
            if run.state in OBSERVED and standing is not None:
                self._runner.lifecycles.noted(stores, run.skill, seen, at=at)
            if compared:
                stores.jobs.want([comparison_job(run.run_id, at=at)])

        return end


def _state_of(standing: Standing | None, skill: Skill) -> SkillState | None:
    """Return how far exactly these files are trusted."""
    if standing is None or standing.version != skill.version:
        return None
    return standing.state


def _next(stepper: Steps, reply: Reply) -> Request | Outcome:
    try:
        return stepper.send(reply)
    except StopIteration as end:
        outcome: Outcome = end.value
        return outcome


def _unasked(request: ModelCall | ToolCall, fault: Fault) -> Answered:
    if isinstance(request, ModelCall):
        return Answered(call_id=request.call_id, reply=fault)
    return Answered(
        call_id=request.call_id, reply=fault, attempt=request.attempt, tool=request.tool
    )
