"""Reading a digest when it is asked for; nothing is sent."""

from datetime import datetime, timedelta

from donna_core.domain.effects import Message
from donna_core.domain.followup.digests import evening_digest, morning_digest
from donna_core.domain.followup.phrasing import moment, one_line
from donna_core.domain.ids import TaskId
from donna_core.domain.policy import Policy
from donna_core.domain.tasks.history import Actor
from donna_core.domain.timing.interval import Interval
from donna_core.domain.timing.zones import local, local_day
from donna_core.ports.unit_of_work import Stores
from donna_core.usecases.budget import spoken
from donna_core.usecases.mirroring import Glance, events_in, mirror_calendars
from donna_core.usecases.runtime import Runtime

_A_DAY = timedelta(days=1)
_READ = 200
"""How many commands are looked through for what moved."""


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
            events=events_in(stores, span if evening else local_day(day, zone)),
            zone=zone,
            at=at,
            unreadable=[error.calendar for error in mirrored.unreadable],
            money=spoken(
                stores,
                runtime.policy.spending,
                at=at,
                day=day if evening else day - timedelta(days=1),
            ),
            moved=moved_unasked(stores, runtime.policy, at=at),
        )

    return await runtime.unit_of_work.run(decide), mirrored


def moved_unasked(stores: Stores, policy: Policy, *, at: datetime) -> list[str]:
    """Return, in words, what Donna moved by herself within a day and told nobody of yet.

    What matters more was told when it moved. A task that moved twice is named once.
    """
    told: dict[TaskId, str] = {}
    for command in stores.history.recent(_READ):
        if command.at < at - _A_DAY:
            break
        if command.actor is Actor.PERSON or command.undone:
            continue
        for change in command.tasks:
            before = change.before
            after = stores.tasks.get(before.id) if before is not None else None
            if before is None or after is None or before.scheduled_start is None:
                continue
            was, now = before.scheduled_start, after.scheduled_start
            if now is not None and now != was and after.priority < policy.negotiation.notify_from:
                times = [moment(each, zone=policy.zone, at=at) for each in (was, now)]
                title = one_line(after.title, limit=80)
                told[after.id] = f"{title} ({after.handle}): from {times[0]} to {times[1]}"
    return list(told.values())
