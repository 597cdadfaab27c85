"""What every store of cursors keeps to."""

from donna_core.testing.contracts.stores import ME, OTHER, StoresContract


class CursorStoreContract(StoresContract):
    """Subclass this in a test module, say which unit of work, and every promise is tested."""

    async def advance(self, position: int) -> None:
        """Let my reader move on."""
        await self.run(lambda stores: stores.cursors.advance("memory", position))

    async def test_a_reader_begins_at_the_start_and_only_moves_on(self) -> None:
        """A lower position changes nothing; each reader and each user has one of its own."""
        assert await self.run(lambda stores: stores.cursors.get("memory")) == 0

        for position, expected in [(5, 5), (3, 5), (9, 9)]:
            await self.advance(position)
            assert await self.run(lambda stores: stores.cursors.get("memory")) == expected

        assert await self.run(lambda stores: stores.cursors.get("replica")) == 0
        assert await self.run(lambda stores: stores.cursors.get("memory"), user_id=OTHER) == 0
        assert await self.run(lambda stores: stores.cursors.get("memory"), user_id=ME) == 9
