"""What every log of model calls keeps to."""

from decimal import Decimal
from typing import Any

from attrs import evolve

from donna_core.domain.ids import CallId, RequestId, TaskId
from donna_core.domain.labels import Label
from donna_core.domain.spending.invocations import (
    CallFilter,
    CallSums,
    Dimension,
    Invocation,
    Outcome,
    without_texts,
)
from donna_core.domain.spending.ledger import ModelLane
from donna_core.testing.contracts.spending import invocation
from donna_core.testing.contracts.stores import HOUR, ME, NOON, StoresContract, raised


def full_invocation() -> Invocation:
    """Return a call with every field at something else than its default."""
    return invocation(
        "call-9",
        attempt=2,
        lane=ModelLane.EXTERNAL,
        caller="chat",
        task_id=TaskId("task-1"),
        latency_ms=1200,
        queue_wait_ms=30,
        tokens_in=400,
        tokens_out=90,
        estimated_tokens_in=420,
        cost=Decimal("0.002550001"),
        billed=True,
        prompt="Understand: 'Čaj' 🍵",
        output={"title": "Čaj", "times": [1, None, {"a": 0.5}]},
        error_type="SchemaMismatch",
        error="no title",
        confidence=0.75,
        quality_score=0.5,
        was_right=False,
        spot_check_queued=True,
        is_shadow=True,
        shadow_of=CallId("call-1"),
        degraded=True,
        interrupted=True,
        overflow_escalated=True,
        eval_session_id="session-1",
        chain_id="chain-1",
        skill_id="skill-1",
        agent_id="agent-1",
        correlation_id="correlation-1",
        channel="sms",
        escalation_request_id="escalation-1",
        bytes_sent=1_200,
        sources=("vault:Trips/Plan.md", "task:4"),
        labels=frozenset({Label.PRIVATE, Label.UNTRUSTED}),
    )


class InvocationLogContract(StoresContract):
    """Subclass this in a test module, say which unit of work, and every promise is tested."""

    async def record(self, *rows: Invocation) -> None:
        """Record the rows in a decision of their own."""
        await self.run(lambda stores: stores.invocations.record(iter(rows)))

    async def names(self, *, limit: int = 99, **wanted: Any) -> list[str]:
        """Return the ids of the calls that are meant."""
        meant = CallFilter(**wanted)
        found = await self.run(lambda stores: stores.invocations.select(meant, limit=limit))
        return [row.id for row in found]

    async def test_a_call_comes_back_as_recorded(self) -> None:
        """Every field survives, and an unknown id has no row."""
        await self.record(invocation(), full_invocation())
        await self.record()

        for row in (invocation(), full_invocation()):
            assert await self.run(lambda stores, name=row.id: stores.invocations.get(name)) == row  # type: ignore[misc]  # mypy cannot infer a lambda with a default
        assert await self.run(lambda stores: stores.invocations.get(CallId("none"))) is None

    async def test_an_id_is_recorded_once(self) -> None:
        """A second row of the same id is refused, with all that came with it."""
        await self.record(invocation())
        both = [invocation("call-2"), invocation(task_type="dedup_check")]
        unit = self.unit_of_work(ME)
        await raised(unit.run(lambda stores: stores.invocations.record(both)), ValueError)

        assert await self.names() == ["call-1"]

    async def test_calls_come_newest_first(self) -> None:
        """Those of one instant by id backwards, as many as asked for."""
        await self.record(
            invocation("b"),
            invocation("a"),
            invocation("c", at=NOON - HOUR),
            invocation("d", at=NOON + HOUR),
        )

        assert await self.names() == ["d", "b", "a", "c"]
        assert await self.names(limit=2) == ["d", "b"]

    async def test_calls_are_selected_by_every_filter(self) -> None:
        """Those that meet all of them; a model goes by its alias or its actual name."""
        await self.record(invocation("plain"), evolve(full_invocation(), id=CallId("full")))
        await self.record(invocation("late", at=NOON + HOUR, outcome=Outcome.TIMED_OUT))

        cases: list[tuple[dict[str, Any], list[str]]] = [
            ({}, ["late", "plain", "full"]),
            ({"since": NOON + HOUR}, ["late"]),
            ({"until": NOON + HOUR}, ["plain", "full"]),
            ({"task_type": "dedup_check"}, []),
            ({"caller": "chat", "is_shadow": True}, ["full"]),
            ({"is_shadow": False}, ["late", "plain"]),
            ({"model": "parser", "since": NOON + HOUR}, ["late"]),
            ({"model": "anthropic/small"}, ["late", "plain", "full"]),
            ({"outcome": Outcome.TIMED_OUT}, ["late"]),
            ({"task_id": TaskId("task-1")}, ["full"]),
            ({"request_id": RequestId("request-1"), "caller": "donna"}, ["late", "plain"]),
            ({"spot_check_queued": True}, ["full"]),
            ({"embeddings": False}, ["late", "plain", "full"]),
            ({"sent": True}, ["full"]),
            ({"sent": False}, ["late", "plain"]),
        ]
        for wanted, expected in cases:
            assert await self.names(**wanted) == expected

    async def test_embeddings_can_be_left_out(self) -> None:
        """Those whose task type begins so, and nothing that only looks like it."""
        await self.record(
            invocation("a", task_type="embed_task"), invocation("b", task_type="embedx")
        )

        assert await self.names(embeddings=False) == ["b"]
        assert await self.names() == ["b", "a"]

    async def test_what_was_found_out_is_attached(self) -> None:
        """Score and truth one by one; a score takes the call off the list of the judge."""
        await self.record(invocation(confidence=0.9, spot_check_queued=True))
        call = CallId("call-1")

        await self.run(lambda stores: stores.invocations.assess(call, was_right=False))
        row = await self.run(lambda stores: stores.invocations.assess(call, quality_score=0.25))
        assert row == invocation(confidence=0.9, was_right=False, quality_score=0.25)
        assert await self.run(lambda stores: stores.invocations.get(call)) == row
        row = await self.run(lambda stores: stores.invocations.assess(call, spot_check=True))
        assert row is not None
        assert row.spot_check_queued
        gone = CallId("none")
        assert (
            await self.run(lambda stores: stores.invocations.assess(gone, was_right=True)) is None
        )

    async def test_old_texts_are_forgotten(self) -> None:
        """The rows stay with everything else, and forgetting again finds nothing."""
        old, young = full_invocation(), invocation(at=NOON + HOUR, prompt="still here")
        await self.record(old, young, invocation("empty"))

        counts = [
            await self.run(lambda stores: stores.invocations.forget_texts(before=NOON + HOUR))
            for _ in range(2)
        ]
        assert counts == [1, 0]
        found = await self.run(lambda stores: stores.invocations.select(CallFilter(), limit=9))
        assert found == (young, invocation("empty"), without_texts(old))

    async def test_calls_are_added_up(self) -> None:
        """The dearest group first; billed and estimated money are told apart."""
        await self.record(
            invocation(
                "a", cost=Decimal("0.1"), billed=True, tokens_in=5, tokens_out=1, latency_ms=7
            ),
            invocation("b", cost=Decimal("0.2"), billed=True, quality_score=0.5, was_right=True),
            invocation(
                "c", outcome=Outcome.FAILED, tokens_in=3, quality_score=1.0, was_right=False
            ),
            invocation("d", model_actual="ollama/tiny", cost=Decimal("0.01")),
            invocation("e", at=NOON + HOUR, cost=Decimal(9), billed=True),
        )
        wanted = CallFilter(until=NOON + HOUR)
        cloud, local = await self.run(
            lambda stores: stores.invocations.sums(wanted, by=Dimension.MODEL)
        )

        assert cloud == sums(
            "anthropic/small",
            calls=3,
            failures=1,
            tokens_in=8,
            tokens_out=1,
            latency_ms=7,
            billed=Decimal("0.3"),
            judged=2,
            quality=0.75,
            checked=2,
            right=0.5,
        )
        assert local == sums("ollama/tiny", calls=1, estimated=Decimal("0.01"))

    async def test_calls_are_added_up_by_each_dimension(self) -> None:
        """Callers, models, task types and tasks, also where there is no task."""
        await self.record(invocation(), full_invocation())

        for by, expected in [
            (Dimension.CALLER, ["chat", "donna"]),
            (Dimension.MODEL, ["anthropic/small"]),
            (Dimension.TASK_TYPE, ["parse_task"]),
            (Dimension.TASK, ["task-1", None]),
        ]:
            found = await self.run(
                lambda stores, by=by: stores.invocations.sums(CallFilter(), by=by)  # type: ignore[misc]  # mypy cannot infer a lambda with a default
            )
            assert [each.name for each in found] == expected


def sums(name: str | None, **fields: Any) -> CallSums:
    """Return sums that are nothing but where something else is said."""
    nothing: dict[str, Any] = {
        **dict.fromkeys(("calls", "failures", "tokens_in", "tokens_out", "latency_ms"), 0),
        **dict.fromkeys(("judged", "checked"), 0),
        **dict.fromkeys(("billed", "estimated"), Decimal(0)),
        **dict.fromkeys(("quality", "right")),
    }
    return CallSums(**{"name": name, **nothing, **fields})
