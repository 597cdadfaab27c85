"""Skills move by what is observed of them, and by their owner's word."""

from datetime import timedelta
from decimal import Decimal
from functools import partial

import pytest

from donna_core.domain.effects import Message
from donna_core.domain.errors import ModelUnavailable
from donna_core.domain.ids import CallId, RequestId, UserId
from donna_core.domain.skill.gates import Divergence, RunRecord, Verdict
from donna_core.domain.skill.lifecycle import IllegalTransition, Reason, SkillState
from donna_core.domain.skill.runs import RunNotFound, SkillRun
from donna_core.domain.spending.invocations import Invocation, Outcome
from donna_core.local.stores import InMemoryUnitOfWork
from donna_core.ports.unit_of_work import Stores
from donna_core.testing.contracts.stores import NOON
from donna_core.testing.fake_clock import FakeClock
from donna_core.testing.scripted_model import Answer, ScriptedLanguageModel
from donna_skills.lifecycle.candidates import candidates
from donna_skills.lifecycle.keeping import Lifecycles, SkillNotFound
from donna_skills.lifecycle.shadow import JUDGE, SHADOW, Shadow, ShadowedRun, sampled

SHAPE = {"type": "object", "properties": {"n": {"type": "number"}}, "required": ["n"]}


class Kept:
    """Lifecycles in memory on a clock of their own."""

    def __init__(self) -> None:
        self.clock = FakeClock(NOON)
        self.unit_of_work = InMemoryUnitOfWork(UserId("me"))
        self.lifecycles = Lifecycles(self.unit_of_work, clock=self.clock)
        self.count = 0

    async def run(self, *, version: str = "v1", valid: bool = True) -> SkillState:
        """Observe one more run and return where the skill then stands."""
        self.count += 1
        at = NOON + timedelta(minutes=self.count)
        seen = RunRecord(run_id=f"r{self.count:04}", version=version, at=at, valid=valid)
        return (await self.lifecycles.observe("news", seen)).state

    async def compared(self, agreement: float | None, *, version: str = "v1") -> SkillState:
        """Observe one more comparison and return where the skill then stands."""
        self.count += 1
        seen = Divergence(
            run_id=f"r{self.count:04}",
            version=version,
            at=NOON + timedelta(minutes=self.count),
            agreement=agreement,
            skill_right=True,
            native_right=True,
            judged_by="comparator",
        )
        return (await self.lifecycles.observe("news", seen)).state

    async def told(self) -> list[str]:
        """Return the subjects of what the owner is told."""
        rows = await self.unit_of_work.run(lambda stores: stores.outbox.select())
        return [row.delivery.subject for row in rows if isinstance(row.delivery, Message)]

    async def trusted(self, *, needs_owner: bool = False) -> None:
        """Bring the skill to trust by what it does."""
        await self.lifecycles.adopt(
            "news", capability="news_check", version="v1", needs_owner=needs_owner
        )
        await self.lifecycles.promote("news")
        for _ in range(20):
            await self.run()
        if needs_owner:
            await self.lifecycles.promote("news")
        for _ in range(100):
            await self.compared(1.0)
        if needs_owner:
            await self.lifecycles.promote("news")


async def test_a_skill_rises_by_evidence_and_falls_by_it() -> None:
    """Sandbox, shadow, trust, and a flag once it agrees less; each step with its evidence."""
    kept = Kept()
    await kept.trusted()
    states = [await kept.compared(0.0) for _ in range(30)]
    account = await kept.lifecycles.account("news")

    assert states[0] is SkillState.TRUSTED
    assert account.standing.state is SkillState.FLAGGED
    assert [(step.after, step.reason) for step in account.steps] == [
        (SkillState.SANDBOX, Reason.HUMAN_APPROVAL),
        (SkillState.SHADOW, Reason.GATE_PASSED),
        (SkillState.TRUSTED, Reason.GATE_PASSED),
        (SkillState.FLAGGED, Reason.DEGRADATION),
    ]
    assert all(step.evidence and step.evidence.version == "v1" for step in account.steps[1:])
    assert await kept.told() == ["The skill 'news' is set aside for a look"]


async def test_a_human_gate_waits_for_its_owner_up_and_not_down() -> None:
    """Evidence that suffices is told and moves nothing; a decline moves it at once."""
    kept = Kept()
    await kept.lifecycles.adopt("news", capability="news_check", version="v1")
    await kept.lifecycles.promote("news")
    reached = {await kept.run() for _ in range(25)}
    account = await kept.lifecycles.account("news")

    assert (reached, account.waits) == ({SkillState.SANDBOX}, True)
    assert await kept.told() == ["The skill 'news' waits for your word"]
    step = await kept.lifecycles.promote("news")
    assert step.evidence is not None
    assert step.evidence.verdict is Verdict.PASS

    other = Kept()
    await other.trusted(needs_owner=True)
    states = [await other.compared(0.0) for _ in range(30)]
    assert states[-1] is SkillState.FLAGGED


async def test_a_new_version_proves_itself_and_can_be_taken_back() -> None:
    """The old version's evidence opens nothing for the new one."""
    kept = Kept()
    await kept.trusted()
    changed = await kept.lifecycles.adopt("news", capability="news_check", version="v2")
    still = await kept.run(version="v1")
    step = await kept.lifecycles.rollback("news")

    assert (changed.state, still) == (SkillState.SANDBOX, SkillState.SANDBOX)
    assert (step.version, step.note) == ("v1", "rolled back")


def _saved(stores: Stores, *, run: SkillRun) -> None:
    stores.skill_runs.save(run)


async def test_corrections_flag_a_skill_that_acts() -> None:
    """Two corrections of the latest runs are enough; a run of other files says nothing of it."""
    kept = Kept()
    await kept.trusted()
    kept.clock.advance(by=timedelta(hours=9))
    for name, skill in (("a", "news"), ("b", "mail"), ("c", "news")):
        run = SkillRun(
            run_id=name,
            skill=skill,
            capability="news_check",
            version="v1",
            started_at=kept.clock.now(),
        )
        await kept.unit_of_work.run(partial(_saved, run=run))

    assert await kept.lifecycles.corrected("b") is None
    states = []
    for name in ("a", "a", "c"):
        standing = await kept.lifecycles.corrected(name, note="no")
        assert standing is not None
        states.append(standing.state)
    assert states == [SkillState.TRUSTED, SkillState.TRUSTED, SkillState.FLAGGED]
    assert await kept.told() == ["The skill 'news' is set aside for a look"]
    with pytest.raises(RunNotFound):
        await kept.lifecycles.corrected("z")


async def test_the_owner_goes_down_to_the_bottom_and_no_further() -> None:
    """Each word is one step; unknown names are told from known ones."""
    kept = Kept()
    await kept.trusted()
    states = [(await kept.lifecycles.demote("news")).after for _ in range(3)]

    assert states == [SkillState.FLAGGED, SkillState.DEGRADED, SkillState.NATIVE]
    with pytest.raises(IllegalTransition, match="nothing below"):
        await kept.lifecycles.demote("news")
    with pytest.raises(SkillNotFound, match="Known: news"):
        await kept.lifecycles.promote("nwes")


def answering(native: Answer, judge: Answer) -> ScriptedLanguageModel:
    """Return a model that does the work like this and judges like that."""
    return ScriptedLanguageModel({SHADOW: lambda _: native, JUDGE: lambda _: judge})


RUN = ShadowedRun(
    run_id="r1",
    skill="news",
    version="v1",
    description="Count the news.",
    inputs={"feed": "a"},
    tool_results={"rss_fetch:{}": {"items": []}},
    output={"n": 2, "said": "Two  items"},
    output_schema=SHAPE,
    at=NOON,
)
DOWN = ModelUnavailable("prompt", problem="it is down")


@pytest.mark.parametrize(
    ("native", "judge", "agreement", "judged_by", "native_right"),
    [
        ({"said": "two items", "n": 2.0}, DOWN, 1.0, "comparator", True),
        ({"n": 3, "said": "three"}, {"agreement": 0.2}, 0.2, "judge", True),
        ({"n": 3}, {"agreement": 7}, 1.0, "judge", True),
        ({"n": 3}, {"agreement": True}, None, "judge", True),
        ({"m": 3}, DOWN, None, "nobody", False),
        (DOWN, DOWN, None, "nobody", None),
    ],
)
async def test_the_comparator_comes_first_and_a_failure_is_no_disagreement(
    native: Answer,
    judge: Answer,
    agreement: float | None,
    judged_by: str,
    native_right: bool | None,
) -> None:
    """Only what no rule can settle is judged, and silence counts for nothing."""
    model = answering(native, judge)
    seen = await Shadow(model).compare(RUN)

    assert (seen.agreement, seen.judged_by) == (agreement, judged_by)
    assert (seen.skill_right, seen.native_right) == (True, native_right)
    assert "rss_fetch" in (model.requests[0].prompt or "")
    assert model.requests[0].tags == {"skill_id": "news"}


def test_samples_are_all_or_one_in_twenty() -> None:
    """Everything in the shadow, a few of what is trusted, nothing elsewhere."""
    names = [f"run-{n}" for n in range(4000)]

    assert all(sampled(name, SkillState.SHADOW) for name in names)
    assert 120 < sum(sampled(name, SkillState.TRUSTED) for name in names) < 280
    assert not any(sampled(name, SkillState.SANDBOX) for name in names)


def test_work_worth_a_skill_is_found_with_its_saving() -> None:
    """Shadows, trials, own calls, cheap and taken work are none."""

    def rows(task_type: str, count: int = 100, **fields: object) -> list[Invocation]:
        base: dict[str, object] = {
            "at": NOON,
            "task_type": task_type,
            "request_id": RequestId("q"),
            "model_alias": "m",
            "model_actual": "a/m",
            "provider": "a",
            "input_hash": "h",
            "outcome": Outcome.ANSWERED,
            "cost": Decimal("0.10"),
            "output": {"n": 1},
            **fields,
        }
        made = (
            Invocation(id=CallId(f"{task_type}{n}"), **base)  # type: ignore[arg-type]  # by name
            for n in range(count)
        )
        return list(made)

    log = [
        *rows("digest"),
        *rows("cheap", 10),
        *rows("taken"),
        *rows("skill_step::news::x"),
        *rows("shadowed", is_shadow=True),
        *rows("tried", eval_session_id="s"),
        *rows("failed", outcome=Outcome.FAILED),
    ]
    [found] = candidates(log, taken={"taken"})

    assert (found.task_type, found.calls, found.saving) == ("digest", 100, Decimal("8.5000"))
    assert found.sameness == pytest.approx(0.99)
