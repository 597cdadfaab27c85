"""After an older copy was put in place, what it wanted to send is looked at by a person."""

from datetime import timedelta

from donna_core.ports.outbox import DeliveryState
from donna_core.testing.world import SimulatedWorld
from donna_core.usecases.restored import restored


async def test_old_deliveries_are_put_aside_and_new_ones_go(world: SimulatedWorld) -> None:
    """What was due long before the copy came back may have arrived; what is recent goes."""
    await world.say("call mom today at 9am for 30 min")
    world.clock.advance(by=timedelta(hours=3))
    await world.say("write to dad today at 3pm for 30 min")
    found = await restored(world.runtime)
    await world.settle()

    assert [row.state for row in found.put_aside] == [DeliveryState.QUARANTINED]
    rows = await world.look(lambda stores: stores.outbox.select())
    assert DeliveryState.SENT in {row.state for row in rows}
    assert [row.delivery for row in rows if row.state is DeliveryState.QUARANTINED] == [
        row.delivery for row in found.put_aside
    ]
