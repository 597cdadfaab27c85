"""What every store of circuit breakers keeps to."""

from donna_core.domain.spending.limits import Breaker
from donna_core.testing.contracts.stores import HOUR, NOON, StoresContract

OPEN = Breaker(failures=(NOON - HOUR, NOON), opened_at=NOON, probe_at=NOON + HOUR)


class ProviderHealthContract(StoresContract):
    """Subclass this in a test module, say which unit of work, and every promise is tested."""

    async def save(self, provider: str, breaker: Breaker) -> None:
        """Save the breaker in a decision of its own."""
        await self.run(lambda stores: stores.health.save(provider, breaker))

    async def test_a_provider_is_healthy_at_first(self) -> None:
        """Before anything was noted its breaker is closed, and it is not among all."""
        assert await self.run(lambda stores: stores.health.get("anthropic")) == Breaker()
        assert await self.run(lambda stores: stores.health.all()) == {}

    async def test_the_breaker_put_in_place_last_is_the_present_one(self) -> None:
        """Each provider has one, and all come in order of name."""
        await self.save("ollama", Breaker(failures=(NOON,)))
        for breaker in (OPEN, Breaker(), OPEN):
            await self.save("anthropic", breaker)
            assert await self.run(lambda stores: stores.health.get("anthropic")) == breaker

        found = await self.run(lambda stores: stores.health.all())
        assert list(found.items()) == [("anthropic", OPEN), ("ollama", Breaker(failures=(NOON,)))]
