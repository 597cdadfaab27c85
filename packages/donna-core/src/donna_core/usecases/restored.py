"""After an older copy of the database was put in place: nothing old goes out a second time."""

from datetime import timedelta

from attrs import frozen

from donna_core.ports.outbox import DeliveryState, OutboxRow
from donna_core.ports.unit_of_work import Stores
from donna_core.usecases.runtime import Runtime

RECENT = timedelta(hours=1)
"""What was to go out later than this ago may go still."""


@frozen(kw_only=True)
class Restored:
    """The deliveries that were put aside; a person looks at them."""

    put_aside: tuple[OutboxRow, ...]


async def restored(runtime: Runtime) -> Restored:
    """Put aside what the copy says is still to go out: it may have arrived after it was made."""
    before = runtime.clock.now() - RECENT
    note = "an older copy of the database was put in place; it may have arrived already"

    def decide(stores: Stores) -> tuple[OutboxRow, ...]:
        stores.outbox.quarantine(before=before, note=note)
        return stores.outbox.select(states={DeliveryState.QUARANTINED})

    return Restored(put_aside=await runtime.unit_of_work.run(decide))
