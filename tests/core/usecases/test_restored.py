"""After an older copy was put in place, what it wanted to send is looked at by a person."""

from datetime import timedelta
from decimal import Decimal

from donna_core.domain.ids import CallId
from donna_core.domain.spending.ledger import month_account
from donna_core.ports.jobs import JobState
from donna_core.ports.outbox import DeliveryState
from donna_core.ports.unit_of_work import Stores
from donna_core.testing.contracts.spending import TODAY, reservation, settlement
from donna_core.testing.world import SimulatedWorld
from donna_core.usecases.restored import restored


async def test_old_deliveries_are_put_aside_and_new_ones_go(world: SimulatedWorld) -> None:
    """What was due long before the copy came back may have arrived; what is recent goes."""
    await world.say("call mom today at 9am for 30 min")
    world.clock.advance(by=timedelta(hours=3))
    await world.say("write to dad today at 3pm for 30 min")
    found = await restored(world.runtime, spent=())
    await world.settle()

    assert [row.state for row in found.put_aside] == [DeliveryState.QUARANTINED]
    rows = await world.look(lambda stores: stores.outbox.select())
    assert DeliveryState.SENT in {row.state for row in rows}
    assert [row.delivery for row in rows if row.state is DeliveryState.QUARANTINED] == [
        row.delivery for row in found.put_aside
    ]


async def test_what_fell_due_since_the_copy_is_missed(world: SimulatedWorld) -> None:
    """It is not done a second time, and can be looked up; what is due later is still done."""
    await world.say("call mom today at 9am for 30 min")
    await world.say("write to dad tomorrow at 3pm for 30 min")
    world.clock.advance(by=timedelta(hours=8))
    found = await restored(world.runtime, spent=())
    await world.run_until(world.clock.now() + timedelta(days=1))

    assert found.missed
    reminded = [each.message for each in world.received if each.message.kind == "reminder"]
    assert ["dad" in message.body for message in reminded] == [True]
    keys = {row.job.key for row in found.missed}
    rows = await world.look(lambda stores: stores.jobs.select(states={JobState.MISSED}))
    assert keys <= {row.job.key for row in rows}


async def test_what_models_cost_since_the_copy_is_booked(world: SimulatedWorld) -> None:
    """From the ledger before, whatever state its entries had, and only once."""

    def spend(stores: Stores) -> None:
        stores.spend.reserve(reservation("known", "0.50"))

    def spend_more(stores: Stores) -> None:
        spend(stores)
        stores.spend.settle(settlement("known", "0.10"))
        stores.spend.reserve(reservation("settled", "0.50"))
        stores.spend.settle(settlement("settled", "0.20"))
        stores.spend.reserve(reservation("kept", "0.30"))
        stores.spend.settle(settlement("kept", None))
        stores.spend.reserve(reservation("released", "0.40"))
        stores.spend.release(CallId("released"), at=settlement().at)
        stores.spend.reserve(reservation("open", "0.60"))

    before = SimulatedWorld()
    await before.look(spend_more)
    spent = await before.look(lambda stores: stores.spend.select())
    await world.look(spend)
    found = [(await restored(world.runtime, spent=spent)).booked for _ in range(2)]

    assert found == [Decimal("0.70"), 0]  # 0.50 was held already
    assert await world.look(lambda stores: stores.spend.select()) == spent
    month = month_account(TODAY)
    assert await world.look(lambda stores: stores.spend.totals([month])[month].spent) == Decimal(
        "0.60"
    )


async def test_where_nobody_knows_what_was_spent_the_caps_count_as_reached(
    world: SimulatedWorld,
) -> None:
    """Of each day since, within the month; the next day of a month with room is free again."""
    await world.say("buy milk")
    world.clock.advance(by=timedelta(days=1))
    caps = world.runtime.policy.spending.caps
    found = await restored(world.runtime, spent=None)
    again = await restored(world.runtime, spent=None)

    assert found.is_assumed
    assert found.booked == 2 * caps.daily
    assert again.booked == 0
