"""What every store of pursuits and every store of attention keep to."""

from attrs import evolve

from donna_core.domain.followup.attention import Attention
from donna_core.domain.followup.escalation import Escalation, EscalationStatus
from donna_core.domain.ids import TaskId
from donna_core.testing.contracts.stores import DAY, HOUR, NOON, StoresContract, escalation


class EscalationStoreContract(StoresContract):
    """Subclass this in a test module, say which unit of work, and every promise is tested."""

    async def save(self, saved: Escalation) -> None:
        """Save the pursuit in a decision of its own."""
        await self.run(lambda stores: stores.escalations.save(saved))

    async def test_a_pursuit_comes_back_as_saved(self) -> None:
        """Every field survives, and an unknown task has no pursuit."""
        saved = escalation(
            3,
            tier=4,
            status=EscalationStatus.BACKED_OFF,
            updated_at=NOON + HOUR,
            occurrence="start-2",
            version=9,
        )
        await self.save(saved)

        assert await self.run(lambda stores: stores.escalations.get(saved.task_id)) == saved
        assert await self.run(lambda stores: stores.escalations.get(TaskId("none"))) is None

    async def test_a_task_has_one_pursuit(self) -> None:
        """Saving again replaces the former, whatever their versions."""
        first, second = escalation(version=5), escalation(occurrence="start-2", ref="R9")
        for saved in (first, second):
            await self.save(saved)

        assert await self.run(lambda stores: stores.escalations.active()) == (second,)

    async def test_a_removed_pursuit_is_gone(self) -> None:
        """Removing it again is harmless."""
        await self.save(escalation())
        for _ in range(2):
            await self.run(lambda stores: stores.escalations.remove(TaskId("task-1")))

        assert await self.run(lambda stores: stores.escalations.get(TaskId("task-1"))) is None

    async def test_active_pursuits_come_oldest_first(self) -> None:
        """Pending and backed off ones count, the others are over."""
        statuses = [*EscalationStatus, *EscalationStatus]
        for number, status in enumerate(statuses):
            saved = escalation(number, status=status, created_at=NOON - number * HOUR)
            await self.save(saved)

        live = {EscalationStatus.PENDING, EscalationStatus.BACKED_OFF}
        numbers = [number for number, status in enumerate(statuses) if status in live]
        found = await self.run(lambda stores: stores.escalations.active())
        assert [pursuit.ref for pursuit in found] == [f"R{number}" for number in numbers[::-1]]


class AttentionStoreContract(StoresContract):
    """Subclass this in a test module, say which unit of work, and every promise is tested."""

    async def save(self, setting: Attention) -> None:
        """Save the setting in a decision of its own."""
        await self.run(lambda stores: stores.attention.save(setting))

    async def test_attention_is_fresh_at_first(self) -> None:
        """Before anything was set there is the default."""
        assert await self.run(lambda stores: stores.attention.get()) == Attention()

    async def test_the_setting_put_in_place_last_is_the_present_one(self) -> None:
        """There is one, and it can be lifted again."""
        quiet = Attention(quiet_until=NOON, off=(DAY,), version=1)
        for setting in (quiet, evolve(quiet, quiet_until=None, version=2)):
            await self.save(setting)
            assert await self.run(lambda stores: stores.attention.get()) == setting
