"""What every store of jobs keeps to."""

from collections.abc import Collection, Sequence
from datetime import datetime

from attrs import evolve

from donna_core.domain.effects import Job, JobKind
from donna_core.domain.ids import TaskId
from donna_core.ports.jobs import JobRow, JobState
from donna_core.testing.contracts.stores import HOUR, MINUTE, NOON, StoresContract, job

ONE, TWO = TaskId("task-1"), TaskId("task-2")


class JobStoreContract(StoresContract):
    """Subclass this in a test module, say which unit of work, and every promise is tested."""

    async def want(self, *jobs: Job) -> None:
        """Want the jobs in a decision of their own."""
        await self.run(lambda stores: stores.jobs.want(iter(jobs)))

    async def claim(
        self, *, now: datetime = NOON, lease: datetime | None = None, limit: int = 9
    ) -> tuple[JobRow, ...]:
        """Claim in a decision of its own, for a minute where nothing else is said."""
        until = lease or now + MINUTE
        return await self.run(
            lambda stores: stores.jobs.claim(now=now, lease_until=until, limit=limit)
        )

    async def finish(
        self, row: JobRow, state: JobState, *, note: str = "", run_at: datetime | None = None
    ) -> bool:
        """Finish in a decision of its own, with the fence of the row."""
        key, fence = row.job.key, row.fence
        return await self.run(
            lambda stores: stores.jobs.finish(
                key, fence=fence, state=state, at=NOON + HOUR, note=note, run_at=run_at
            )
        )

    async def rows(
        self, *, states: Collection[JobState] | None = None, task_id: TaskId | None = None
    ) -> tuple[JobRow, ...]:
        """Return the jobs that meet every filter given."""
        return await self.run(lambda stores: stores.jobs.select(states=states, task_id=task_id))

    async def test_a_wanted_job_is_pending(self) -> None:
        """It comes back as wanted, unclaimed."""
        full = job(task_id=ONE, kind=JobKind.ESCALATION, payload={"tier": [1, None]})
        await self.want(full, job("b"))

        pending = JobState.PENDING
        assert await self.rows() == (
            JobRow(job=job("b"), state=pending),
            JobRow(job=full, state=pending),
        )

    async def test_wanting_again_replaces_what_waits(self) -> None:
        """A pending and a cancelled job take the new instant and payload, and wait again."""
        await self.want(job("a", task_id=ONE), job("b", task_id=ONE))
        await self.run(lambda stores: stores.jobs.retract(ONE, keep={"a"}))
        later = [job(key, run_at=NOON + HOUR, payload={"n": 1}, task_id=TWO) for key in "ab"]
        await self.want(*later)

        assert await self.rows() == tuple(JobRow(job=j, state=JobState.PENDING) for j in later)

    async def test_wanting_again_leaves_what_ran(self) -> None:
        """A running, done, missed or dead job stays as it is."""
        final = [JobState.DONE, JobState.MISSED, JobState.DEAD]
        await self.want(job("running"), *(job(state) for state in final))
        for row in await self.claim():
            if row.job.key in final:
                assert await self.finish(row, JobState(row.job.key))
        before = await self.rows()

        await self.want(*(evolve(row.job, run_at=NOON + HOUR) for row in before))
        assert await self.rows() == before
        assert {row.state for row in before} == {JobState.RUNNING, *final}

    async def test_retracting_cancels_what_waits(self) -> None:
        """Only pending jobs of the task whose keys are not to be kept are cancelled."""
        await self.want(job("running", task_id=ONE))
        await self.claim()
        await self.want(
            *(job(key, task_id=ONE) for key in ("keep", "drop")),
            job("other", task_id=TWO),
            job("nobody"),
        )
        await self.run(lambda stores: stores.jobs.retract(ONE, keep=["keep", "unknown"]))

        assert {row.job.key: row.state for row in await self.rows()} == {
            "running": JobState.RUNNING,
            "keep": JobState.PENDING,
            "drop": JobState.CANCELLED,
            "other": JobState.PENDING,
            "nobody": JobState.PENDING,
        }
        await self.run(lambda stores: stores.jobs.retract(ONE))
        waiting = {row.job.key for row in await self.claim()}
        assert waiting == {"other", "nobody"}

    async def test_due_jobs_are_claimed_oldest_first(self) -> None:
        """A job is due at its very instant; later ones wait, and the limit holds."""
        starts = {"c": NOON, "b": NOON - HOUR, "a": NOON - HOUR, "later": NOON + MINUTE}
        await self.want(*(job(key, run_at=run_at) for key, run_at in starts.items()))

        assert keys(await self.claim(limit=2)) == ["a", "b"]
        assert keys(await self.claim()) == ["c"]
        assert keys(await self.claim()) == []

    async def test_a_claim_is_counted_leased_and_fenced(self) -> None:
        """What the claim returns is what is stored."""
        await self.want(job())
        [row] = await self.claim(lease=NOON + HOUR)

        assert (row.state, row.attempts) == (JobState.RUNNING, 1)
        assert row.lease_until == NOON + HOUR
        assert row.fence > 0
        assert await self.rows() == (row,)

    async def test_a_lapsed_lease_is_claimed_again(self) -> None:
        """At the end of the lease, and not before, with a fence higher than any before."""
        await self.want(job("a"), job("b", run_at=NOON + MINUTE))
        [first] = await self.claim(lease=NOON + 2 * MINUTE)
        [other] = await self.claim(now=NOON + MINUTE, lease=NOON + HOUR)
        assert await self.claim(now=NOON + 2 * MINUTE - MINUTE / 60) == ()
        [second] = await self.claim(now=NOON + 2 * MINUTE)

        assert (second.job, second.attempts) == (first.job, 2)
        assert second.fence > max(first.fence, other.fence)

    async def test_the_latest_fence_may_hold_on(self) -> None:
        """Its lease is renewed; nobody else's, nor that of a job nobody runs."""
        await self.want(job())
        [slept] = await self.claim()
        [awake] = await self.claim(now=NOON + HOUR)
        until = NOON + 3 * HOUR

        async def hold(row: JobRow) -> JobRow | None:
            key, fence = row.job.key, row.fence
            return await self.run(
                lambda stores: stores.jobs.hold(key, fence=fence, lease_until=until)
            )

        assert await hold(slept) is None
        assert await hold(awake) == evolve(awake, lease_until=until)
        assert await self.claim(now=until - MINUTE) == ()
        await self.finish(awake, JobState.DONE)
        assert await hold(awake) is None

    async def test_kinds_can_be_left(self) -> None:
        """They stay for whoever asks for them."""
        await self.want(job("a"), job("b", kind=JobKind.ESCALATION))
        claimed = await self.run(
            lambda stores: stores.jobs.claim(
                now=NOON, lease_until=NOON + HOUR, limit=9, besides={JobKind.REMINDER}
            )
        )

        assert [row.job.key for row in claimed] == ["b"]
        assert [row.job.key for row in await self.claim()] == ["a"]

    async def test_only_the_latest_fence_finishes(self) -> None:
        """Whoever slept past the lease changes nothing, and nobody finishes twice."""
        await self.want(job())
        [slept] = await self.claim()
        [awake] = await self.claim(now=NOON + HOUR)

        assert not await self.finish(slept, JobState.DEAD)
        assert await self.finish(awake, JobState.DONE, note="well")
        assert not await self.finish(awake, JobState.DEAD)
        [row] = await self.rows()
        assert (row.state, row.note, row.lease_until) == (JobState.DONE, "well", None)
        assert (row.attempts, row.fence, row.finished_at) == (2, awake.fence, NOON + HOUR)

    async def test_nothing_but_a_running_job_is_finished(self) -> None:
        """An unknown job and one that was never claimed are left alone."""
        await self.want(job())
        [row] = await self.rows()

        assert not await self.finish(row, JobState.DONE)
        assert not await self.finish(evolve(row, job=job("none")), JobState.DONE)
        assert await self.rows() == (row,)

    async def test_a_job_can_be_tried_again_later(self) -> None:
        """Back to pending it is due at the instant given, with its attempts kept."""
        await self.want(job())
        [row] = await self.claim()
        assert await self.finish(row, JobState.PENDING, run_at=NOON + HOUR, note="busy")

        assert await self.claim(now=NOON + HOUR - MINUTE) == ()
        [again] = await self.claim(now=NOON + HOUR)
        assert again.job == job(run_at=NOON + HOUR)
        assert (again.attempts, again.note, again.finished_at) == (2, "busy", None)
        assert again.fence > row.fence

    async def test_the_next_instant_is_the_next_due_or_lapse(self) -> None:
        """It is when a claim next finds something, and there is none when all is over."""

        async def next_due() -> datetime | None:
            return await self.run(lambda stores: stores.jobs.next_due())

        assert await next_due() is None
        await self.want(job("a"), job("b", run_at=NOON + HOUR))
        assert await next_due() == NOON
        [row] = await self.claim(lease=NOON + MINUTE)
        assert await next_due() == NOON + MINUTE
        await self.finish(row, JobState.DONE)
        assert await next_due() == NOON + HOUR
        [row] = await self.claim(now=NOON + HOUR)
        await self.finish(row, JobState.MISSED)
        assert await next_due() is None

    async def test_jobs_are_selected_by_every_filter(self) -> None:
        """Those that meet all filters come by due time, then key."""
        await self.want(
            job("c", task_id=ONE, run_at=NOON + HOUR),
            job("b", task_id=ONE, run_at=NOON + 2 * HOUR),
            job("a", task_id=ONE, run_at=NOON + 2 * HOUR),
            job("d", task_id=TWO, run_at=NOON),
        )
        await self.claim()
        pending, running = JobState.PENDING, JobState.RUNNING

        for states, task_id, expected in [
            (None, None, ["d", "c", "a", "b"]),
            (None, ONE, ["c", "a", "b"]),
            ({running}, None, ["d"]),
            ([pending, running], TWO, ["d"]),
            ({pending}, TWO, []),
            ((), None, []),
        ]:
            found = await self.rows(states=states, task_id=task_id)
            assert keys(found) == expected


def keys(rows: Sequence[JobRow]) -> list[str]:
    """Return the keys of the jobs in their order."""
    return [row.job.key for row in rows]
