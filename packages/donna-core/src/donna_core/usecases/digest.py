"""Reading a digest when it is asked for; nothing is sent."""

from datetime import timedelta

from donna_core.domain.effects import Message
from donna_core.domain.followup.digests import evening_digest, morning_digest
from donna_core.domain.timing.interval import Interval
from donna_core.domain.timing.zones import local, local_day
from donna_core.ports.unit_of_work import Stores
from donna_core.usecases.budget import spoken
from donna_core.usecases.mirroring import Glance, mirror_calendars
from donna_core.usecases.runtime import Runtime


async def digest(runtime: Runtime, *, evening: bool = False) -> tuple[Message, Glance]:
    """Return the overview of the present local day, or with ``evening`` its balance."""
    mirrored = await mirror_calendars(runtime)
    at, zone = runtime.clock.now(), runtime.policy.zone
    day = local(at, zone).date()
    span = Interval(local_day(day, zone).start, local_day(day + timedelta(days=1), zone).end)
    compose = evening_digest if evening else morning_digest

    def decide(stores: Stores) -> Message:
        return compose(
            day=day,
            tasks=stores.tasks.select(),
            events=stores.mirror.events(span if evening else local_day(day, zone)),
            zone=zone,
            at=at,
            unreadable=[error.calendar for error in mirrored.unreadable],
            money=spoken(
                stores,
                runtime.policy.spending,
                at=at,
                day=day if evening else day - timedelta(days=1),
            ),
        )

    return await runtime.unit_of_work.run(decide), mirrored
