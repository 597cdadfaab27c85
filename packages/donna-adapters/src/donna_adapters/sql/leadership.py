"""Who leads: one row, held for a while and renewed, with a fence that only rises.

The lock of a data folder keeps two processes of one machine apart; the row does the same for
machines, and keeps a leader that slept past its time from writing anything more.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeVar

from attrs import frozen
from sqlalchemy import Connection, Row, bindparam, insert, select, update

from donna_adapters.sql.database import Database
from donna_adapters.sql.tables import LEADERSHIP
from donna_adapters.sql.unit_of_work import stores_of
from donna_core.domain.errors import StorageUnavailable
from donna_core.domain.ids import UserId
from donna_core.ports.clock import Clock
from donna_core.ports.unit_of_work import Stores, UnitOfWork

T = TypeVar("T")

LIFE = timedelta(seconds=45)
RENEWAL = timedelta(seconds=15)
ROLE = "leader"

_READ = select(LEADERSHIP).where(LEADERSHIP.c.role == ROLE)
_TAKE = (
    update(LEADERSHIP)
    .where(LEADERSHIP.c.role == ROLE)
    .values(
        holder=bindparam("new_holder"),
        fence=LEADERSHIP.c.fence + 1,
        since=bindparam("at", type_=LEADERSHIP.c.since.type),
        lease_until=bindparam("until", type_=LEADERSHIP.c.lease_until.type),
    )
)
_HOLD = (
    update(LEADERSHIP)
    .where(LEADERSHIP.c.role == ROLE, LEADERSHIP.c.fence == bindparam("held"))
    .values(lease_until=bindparam("until", type_=LEADERSHIP.c.lease_until.type))
)


@frozen(kw_only=True)
class Leader:
    """Who leads since when; ``lease_until`` is ``None`` after it was given up in good order."""

    holder: str
    fence: int
    since: datetime
    lease_until: datetime | None

    def leads(self, at: datetime) -> bool:
        """Whether it may still be at work."""
        return self.lease_until is not None and self.lease_until > at


class LeadershipLost(StorageUnavailable):
    """Somebody else took over; nothing of the decision was kept."""

    def __init__(self, leader: Leader | None) -> None:
        self.leader = leader
        by = leader.holder if leader else "nobody"
        super().__init__(
            f"this process does not lead any more, {by} does",
            remedy="It waits until the other one ends.",
        )


class Leadership:
    """The right of one process to do what is due."""

    def __init__(self, database: Database, clock: Clock, *, holder: str) -> None:
        self._database, self._clock = database, clock
        self.holder = holder
        self.fence = 0
        self.followed: Leader | None = None

    async def current(self) -> Leader | None:
        """Return who leads or led last, if anybody ever did."""
        return await self._database.transact(_read)

    async def take(self, *, at_once: bool = False) -> Leader | None:
        """Begin to lead and return ``None``, or return who leads.

        ``at_once`` does not wait for the lease of one that is known to be gone. ``followed``
        tells afterwards who led before, with its lease where it ended without giving it up.
        """
        now = self._clock.now()

        def decide(connection: Connection) -> tuple[Leader | None, int | None]:
            found = _read(connection)
            if found is None:
                fresh = {"role": ROLE, "holder": self.holder, "fence": 0, "since": now}
                connection.execute(insert(LEADERSHIP), fresh)
            elif found.leads(now) and not at_once:
                return found, None
            asked = {"new_holder": self.holder, "at": now, "until": now + LIFE}
            connection.execute(_TAKE, asked)
            return found, (found.fence if found else 0) + 1

        found, fence = await self._database.transact(decide, turn=ROLE)
        if fence is None:
            return found
        self.fence, self.followed = fence, found
        return None

    async def renew(self) -> bool:
        """Go on leading for a while; ``False`` where somebody else took over."""
        return await self._hold(self._clock.now() + LIFE)

    async def give_up(self) -> None:
        """Let the next one lead at once."""
        await self._hold(None)

    def guarded(self, user_id: UserId) -> UnitOfWork:
        """Return a unit of work that keeps nothing once somebody else leads."""
        return _Guarded(self._database, self, user_id)

    def check(self, connection: Connection) -> None:
        """Raise ``LeadershipLost`` where somebody else leads."""
        found = _read(connection)
        if found is None or found.fence != self.fence:
            raise LeadershipLost(found)

    async def _hold(self, until: datetime | None) -> bool:
        asked = {"held": self.fence, "until": until}
        held = await self._database.transact(
            lambda connection: connection.execute(_HOLD, asked).rowcount, turn=ROLE
        )
        return held == 1


class _Guarded(UnitOfWork):
    """Looks at the fence in the transaction of each decision."""

    def __init__(self, database: Database, leadership: Leadership, user_id: UserId) -> None:
        self._database, self._leadership, self._user_id = database, leadership, user_id

    async def run(self, decide: Callable[[Stores], T]) -> T:
        def work(connection: Connection) -> T:
            self._leadership.check(connection)
            return decide(stores_of(self._user_id, connection))

        return await self._database.transact(work, turn=self._user_id)


def _read(connection: Connection) -> Leader | None:
    row: Row[tuple[object, ...]] | None = connection.execute(_READ).one_or_none()
    if row is None:
        return None
    return Leader(holder=row.holder, fence=row.fence, since=row.since, lease_until=row.lease_until)
