"""What every store of the lifecycles of skills keeps to."""

from datetime import timedelta

from attrs import evolve

from donna_core.domain.skill.gates import Divergence, Evidence, Gate, Measure, RunRecord, Verdict
from donna_core.domain.skill.lifecycle import Actor, Reason, SkillState, Standing, Transition
from donna_core.testing.contracts.stores import NOON, OTHER, StoresContract

EVIDENCE = Evidence(
    gate=Gate.SANDBOX,
    version="v1",
    verdict=Verdict.PASS,
    count=20,
    measures=(Measure(name="valid_rate", value=0.95, bound=0.9, met=True),),
)
STANDING = Standing(skill="news", capability="news_check", version="v1", since=NOON)
STEP = Transition(
    skill="news",
    version="v1",
    before=SkillState.SANDBOX,
    after=SkillState.SHADOW,
    reason=Reason.GATE_PASSED,
    actor=Actor.SYSTEM,
    at=NOON,
    evidence=EVIDENCE,
)


def a_run(name: str, *, minute: int = 0, version: str = "v1", valid: bool = True) -> RunRecord:
    """Return a run so many minutes after noon."""
    at = NOON + timedelta(minutes=minute)
    return RunRecord(run_id=name, version=version, at=at, valid=valid)


def a_divergence(name: str, agreement: float | None = 1.0) -> Divergence:
    """Return a comparison at noon."""
    return Divergence(
        run_id=name,
        version="v1",
        at=NOON,
        agreement=agreement,
        skill_right=True,
        native_right=None,
        judged_by="comparator",
    )


class LifecycleStoreContract(StoresContract):
    """Subclass this in a test module, say which unit of work, and every promise is tested."""

    async def keep(self, standing: Standing) -> None:
        """Keep where a skill stands."""
        await self.run(lambda stores: stores.lifecycles.save(standing))

    async def observe(self, seen: RunRecord | Divergence) -> None:
        """Keep what was seen of a run of the one skill."""
        await self.run(lambda stores: stores.lifecycles.observe("news", seen))

    async def test_a_standing_is_replaced_and_its_steps_are_kept(self) -> None:
        """The latest standing counts; every step stays, in order, with its evidence."""
        moved = evolve(STANDING, state=SkillState.SHADOW, baseline=0.9, previous=("v0",))
        second = evolve(STEP, note="again", evidence=None)
        await self.run(lambda stores: stores.lifecycles.save(STANDING))
        await self.run(lambda stores: stores.lifecycles.save(moved, step=STEP))
        await self.run(lambda stores: stores.lifecycles.save(moved, step=second))

        assert await self.run(lambda stores: stores.lifecycles.get("news")) == moved
        assert await self.run(lambda stores: stores.lifecycles.steps("news")) == (STEP, second)
        assert await self.run(lambda stores: stores.lifecycles.steps("mail")) == ()

    async def test_skills_are_listed_by_name_to_their_owner(self) -> None:
        """Nobody sees another's skills."""
        other = evolve(STANDING, skill="mail")
        for standing in (STANDING, other):
            await self.keep(standing)

        assert await self.run(lambda stores: stores.lifecycles.all()) == (other, STANDING)
        assert await self.run(lambda stores: stores.lifecycles.all(), user_id=OTHER) == ()
        assert await self.run(lambda stores: stores.lifecycles.get("news"), user_id=OTHER) is None

    async def test_the_latest_runs_of_a_version_are_found(self) -> None:
        """Oldest first, cut at the limit, and of no other version."""
        seen = [a_run("c", minute=2), a_run("a"), a_run("b", minute=1), a_run("x", version="v2")]
        for run in seen:
            await self.observe(run)

        found = await self.run(lambda stores: stores.lifecycles.runs("news", version="v1", limit=2))
        assert found == (seen[2], seen[0])
        assert (
            await self.run(
                lambda stores: stores.lifecycles.runs("news", version="v1", limit=9), user_id=OTHER
            )
            == ()
        )

    async def test_of_one_run_the_first_word_counts(self) -> None:
        """A repeated observation changes nothing, and a run is no comparison."""
        first = a_divergence("a")
        for seen in (first, a_divergence("a", 0.0), a_run("a")):
            await self.observe(seen)

        found = await self.run(
            lambda stores: stores.lifecycles.divergences("news", version="v1", limit=9)
        )
        assert found == (first,)
