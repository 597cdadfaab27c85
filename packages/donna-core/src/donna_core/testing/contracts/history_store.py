"""What every store of commands keeps to."""

from attrs import evolve

from donna_core.domain.followup.attention import Attention
from donna_core.domain.ids import CommandId, TaskId
from donna_core.domain.planning.reasons import Reason, ReasonCode
from donna_core.domain.tasks.history import (
    Actor,
    Change,
    Command,
    Explanation,
    Offer,
    Step,
    Topic,
)
from donna_core.domain.tasks.task import InputChannel, TaskStatus
from donna_core.domain.timing.interval import Interval
from donna_core.ports.unit_of_work import Stores
from donna_core.testing.contracts.stores import (
    HOUR,
    NOON,
    StoresContract,
    capture,
    command,
    escalation,
    full_task,
    task,
)


class HistoryStoreContract(StoresContract):
    """Subclass this in a test module, say which unit of work, and every promise is tested."""

    async def record(self, *commands: Command) -> None:
        """Record the commands in a decision of their own."""

        def decide(stores: Stores) -> None:
            for recorded in commands:
                stores.history.record(recorded)

        await self.run(decide)

    async def test_a_command_comes_back_as_recorded(self) -> None:
        """With its changes, its steps, its explanations and what it takes back."""
        recorded = full_command()
        await self.record(recorded, command("plain"))

        assert await self.run(lambda stores: stores.history.get(recorded.id)) == recorded
        assert await self.run(lambda stores: stores.history.get(CommandId("plain"))) == command(
            "plain"
        )

    async def test_an_unknown_command_is_none(self) -> None:
        """Asking for what was never recorded is no error."""
        assert await self.run(lambda stores: stores.history.get(CommandId("none"))) is None

    async def test_recent_commands_come_newest_first(self) -> None:
        """The order is that of recording, and no more come than were asked for."""
        for name in ("b", "c", "a"):
            await self.record(command(name))

        found = await self.run(lambda stores: stores.history.recent(2))
        assert [recorded.id for recorded in found] == ["a", "c"]
        assert len(await self.run(lambda stores: stores.history.recent(9))) == 3

    async def test_recent_commands_of_one_task(self) -> None:
        """Whatever changed, pursued, moved or explained the task counts, nothing else does."""
        reason = Explanation(task_id=TaskId("task-1"), topic=Topic.PRIORITY, reasons=())
        await self.record(
            command("changed", tasks=(Change(before=task(1), after=task(1, version=2)),)),
            command("removed", tasks=(Change(before=task(1), after=None),)),
            command("pursued", escalations=(Change(before=None, after=escalation(1)),)),
            command("moved", steps=capture(task(1)).steps),
            command("explained", explanations=(reason,)),
            capture(task(2), "another"),
            command("nobody", attention=Change(before=None, after=Attention())),
        )
        one = TaskId("task-1")

        found = await self.run(lambda stores: stores.history.recent(9, task_id=one))
        names = ["explained", "moved", "pursued", "removed", "changed"]
        assert [recorded.id for recorded in found] == names
        found = await self.run(lambda stores: stores.history.recent(2, task_id=one))
        assert [recorded.id for recorded in found] == names[:2]

    async def test_a_command_is_marked_and_unmarked(self) -> None:
        """Whether it is taken back at present shows wherever it is read."""
        recorded = capture(task())
        await self.record(recorded)

        for undone in (True, True, False):

            def decide(stores: Stores, *, undone: bool = undone) -> tuple[Command, ...]:
                stores.history.mark(recorded.id, undone=undone)
                return (stores.history.recent(1) * 2)[:1]

            marked = evolve(recorded, undone=undone)
            assert await self.run(decide) == (marked,)
            assert await self.run(lambda stores: stores.history.get(recorded.id)) == marked

    async def test_steps_come_oldest_first(self) -> None:
        """The transitions of one task come in the order they were recorded, over all commands."""
        one, two = TaskId("task-1"), TaskId("task-2")
        backlog, paused, done = TaskStatus.BACKLOG, TaskStatus.PAUSED, TaskStatus.DONE
        steps = [
            Step(task_id=one, origin=backlog, target=paused, trigger="a", at=NOON + HOUR),
            Step(task_id=two, origin=backlog, target=done, trigger="b", at=NOON),
            Step(task_id=one, origin=paused, target=done, trigger="c", at=NOON),
        ]
        await self.record(command("z", steps=tuple(steps[:2])), command("a", steps=(steps[2],)))

        assert await self.run(lambda stores: stores.history.steps(one)) == (steps[0], steps[2])
        assert await self.run(lambda stores: stores.history.steps(two)) == (steps[1],)
        assert await self.run(lambda stores: stores.history.steps(TaskId("none"))) == ()


def full_command() -> Command:
    """Return a command with every field at something else than its default."""
    before = full_task()
    offer = Offer(
        when=Interval(NOON, NOON + HOUR),
        gives_up=Reason(code=ReasonCode.EARLIEST_FREE, facts={"start": NOON.isoformat()}),
    )
    explanation = Explanation(
        task_id=before.id,
        topic=Topic.PLACEMENT,
        reasons=(Reason(code=ReasonCode.EARLIEST_FREE, facts={"labels": ["a", None]}),),
        offers=(offer,),
    )
    return Command(
        id=CommandId("command-7"),
        verb="undo",
        text="take „that“ back",
        at=NOON,
        actor=Actor.DONNA,
        channel=InputChannel.VOICE,
        tasks=(Change(before=before, after=None), Change(before=None, after=task(2))),
        escalations=(Change(before=escalation(1), after=escalation(1, version=2)),),
        attention=Change(before=Attention(), after=Attention(quiet_until=NOON, version=1)),
        steps=capture(task(2)).steps,
        explanations=(explanation,),
        undoes=CommandId("command-5"),
        redoes=CommandId("command-6"),
        undone=True,
    )
