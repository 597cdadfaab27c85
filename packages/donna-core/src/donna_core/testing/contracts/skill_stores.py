"""What every store of skills and of their runs keeps to."""

from datetime import timedelta
from decimal import Decimal
from functools import partial

from attrs import evolve

from donna_core.domain.labels import Label
from donna_core.domain.skill.capability import Capability, CapabilityStatus, Trigger
from donna_core.domain.skill.lifecycle import SkillState
from donna_core.domain.skill.requests import (
    Fault,
    ModelAnswer,
    Outcome,
    RunStatus,
    StepEnded,
    StepStatus,
)
from donna_core.domain.skill.runs import Answered, SkillRun, StepRecord
from donna_core.domain.tools import ToolResult
from donna_core.ports.unit_of_work import Stores
from donna_core.testing.contracts.stores import NOON, OTHER, StoresContract

MINUTE = timedelta(minutes=1)
CAPABILITY = Capability(
    name="news_check",
    description="Says what is new — in short.",
    trigger=Trigger.ON_SCHEDULE,
    input_schema={"type": "object", "properties": {"topics": {"type": "array"}}},
    tools=frozenset({"web_fetch", "rss_fetch"}),
)
RUN = SkillRun(
    run_id="run-1",
    skill="news",
    capability="news_check",
    version="v1",
    started_at=NOON,
    inputs={"url": "https://example.org", "depth": 2},
    labels=frozenset({Label.PRIVATE}),
    state=SkillState.SANDBOX,
)
STEP_RECORD = StepRecord(
    position=0,
    ended=StepEnded(
        step="get",
        status=StepStatus.VALID,
        output={"page": {"body": "Tea — hot"}, "success": True},
        labels=frozenset({Label.UNTRUSTED}),
    ),
    started_at=NOON,
    ended_at=NOON + MINUTE,
    answers=(
        Answered(
            call_id="run-1/get/0",
            reply=Fault(error_class="TimeoutError", message="too slow", retryable=True),
            tool="web_fetch",
            fingerprint='web_fetch:{"url":"https://example.org"}',
        ),
        Answered(
            call_id="run-1/get/0",
            attempt=2,
            reply=ToolResult(value={"body": "Tea — hot"}, labels=frozenset({Label.UNTRUSTED})),
            tool="web_fetch",
            fingerprint='web_fetch:{"url":"https://example.org"}',
            latency_ms=12,
        ),
        Answered(
            call_id="run-1/get/model/0",
            reply=ModelAnswer(output={"says": ["tea", None, 1.5]}),
            cost_usd=Decimal("0.0125"),
            invocation_id="call-1",
        ),
    ),
)


def _put(stores: Stores, *, version: str, text: str) -> None:
    stores.skills.put("news", version, {"skill.yaml": text})


def _put_fixture(stores: Stores, *, name: str, text: str) -> None:
    stores.skills.put_fixture("news", name, text)


def _put_capability(stores: Stores, *, capability: Capability) -> None:
    stores.skills.put_capability(capability)


def _save(stores: Stores, *, run: SkillRun) -> None:
    stores.skill_runs.save(run)


def _add(stores: Stores, *, step: StepRecord, run_id: str = "run-1") -> bool:
    return stores.skill_runs.add_step(run_id, step)


class SkillStoreContract(StoresContract):
    """Subclass this in a test module, say which unit of work, and every promise is tested."""

    async def test_a_version_is_never_written_over(self) -> None:
        """The first files under a version stay; another version stands beside them."""
        for version, text in (("v1", "one — 1"), ("v1", "changed"), ("v2", "two")):
            await self.run(partial(_put, version=version, text=text))

        assert await self.run(lambda s: s.skills.files("news", "v1")) == {"skill.yaml": "one — 1"}
        assert await self.run(lambda s: s.skills.files("news", "v2")) == {"skill.yaml": "two"}
        assert await self.run(lambda s: s.skills.files("mail", "v1")) is None
        assert await self.run(lambda s: s.skills.files("news", "v1"), user_id=OTHER) is None

    async def test_fixtures_are_replaced_by_name(self) -> None:
        """The latest text of a name counts; they come by name."""
        for name, text in (("b", "1"), ("a", "2"), ("b", "3")):
            await self.run(partial(_put_fixture, name=name, text=text))

        found = await self.run(lambda s: s.skills.fixtures("news"))
        assert list(found.items()) == [("a", "2"), ("b", "3")]
        assert await self.run(lambda s: s.skills.fixtures("mail")) == {}
        assert await self.run(lambda s: s.skills.fixtures("news"), user_id=OTHER) == {}

    async def test_capabilities_are_kept_by_name(self) -> None:
        """The latest under a name counts, whole; nobody sees another's."""
        other = Capability(name="mail_check", description="Mail.")
        changed = evolve(CAPABILITY, status=CapabilityStatus.PENDING)
        for each in (CAPABILITY, other, changed):
            await self.run(partial(_put_capability, capability=each))

        found = await self.run(lambda stores: stores.skills.capabilities())
        assert found == (other, changed)
        assert await self.run(lambda s: s.skills.capabilities(), user_id=OTHER) == ()


class SkillRunStoreContract(StoresContract):
    """Subclass this in a test module, say which unit of work, and every promise is tested."""

    async def test_a_run_is_kept_whole_and_replaced(self) -> None:
        """Everything of it comes back, whatever it holds; its end takes its place."""
        output = {"text": "“Tea”", "n": [1, 2.5, None, True]}
        outcome = Outcome(status=RunStatus.SUCCEEDED, output=output, kept={"n": 1})
        done = evolve(RUN, ended_at=NOON + MINUTE, outcome=outcome)
        await self.run(lambda stores: stores.skill_runs.save(RUN))
        assert await self.run(lambda stores: stores.skill_runs.get("run-1")) == RUN
        await self.run(lambda stores: stores.skill_runs.save(done))

        assert await self.run(lambda stores: stores.skill_runs.get("run-1")) == done
        assert await self.run(lambda stores: stores.skill_runs.get("run-2")) is None
        assert await self.run(lambda s: s.skill_runs.get("run-1"), user_id=OTHER) is None

    async def test_the_latest_runs_come_first(self) -> None:
        """Newest first, cut at the limit, of one skill where one is named."""
        others = [
            evolve(RUN, run_id="run-2", started_at=NOON + MINUTE),
            evolve(RUN, run_id="run-3", started_at=NOON + 2 * MINUTE, skill="mail"),
        ]
        for run in (RUN, *others):
            await self.run(partial(_save, run=run))

        found = await self.run(lambda stores: stores.skill_runs.recent(limit=2))
        assert [run.run_id for run in found] == ["run-3", "run-2"]
        found = await self.run(lambda stores: stores.skill_runs.recent(skill="news", limit=9))
        assert [run.run_id for run in found] == ["run-2", "run-1"]
        assert await self.run(lambda s: s.skill_runs.recent(limit=9), user_id=OTHER) == ()

    async def test_a_step_is_kept_once(self) -> None:
        """A position that is taken stays as it is, and whoever comes second is told."""
        second = evolve(STEP_RECORD, position=1, answers=())
        again = evolve(second, started_at=NOON + MINUTE)
        told = [await self.run(partial(_add, step=step)) for step in (second, STEP_RECORD, again)]

        assert told == [True, True, False]
        steps = await self.run(lambda stores: stores.skill_runs.steps("run-1"))
        assert steps == (STEP_RECORD, second)
        assert await self.run(lambda stores: stores.skill_runs.steps("run-2")) == ()
        assert await self.run(lambda s: s.skill_runs.steps("run-1"), user_id=OTHER) == ()

    async def test_old_runs_are_forgotten_with_their_steps(self) -> None:
        """What was begun before the limit goes, of its owner alone; the rest stays whole."""
        late = evolve(RUN, run_id="run-2", started_at=NOON + MINUTE)
        for run in (RUN, late):
            await self.run(partial(_save, run=run))
            await self.run(partial(_add, step=STEP_RECORD, run_id=run.run_id))
        await self.run(partial(_save, run=RUN), user_id=OTHER)

        count = await self.run(lambda s: s.skill_runs.forget(before=NOON + MINUTE))

        assert count == 1
        assert await self.run(lambda s: s.skill_runs.recent(limit=9)) == (late,)
        assert await self.run(lambda s: s.skill_runs.steps("run-1")) == ()
        assert await self.run(lambda s: s.skill_runs.steps("run-2")) == (STEP_RECORD,)
        assert await self.run(lambda s: s.skill_runs.get("run-1"), user_id=OTHER) == RUN
