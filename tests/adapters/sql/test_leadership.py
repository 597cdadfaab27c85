"""One leads, the others wait, and whoever slept past its time writes nothing."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from donna_adapters.sql.database import Database
from donna_adapters.sql.leadership import LIFE, Leadership, LeadershipLost
from donna_adapters.sql.opening import open_database
from donna_core.testing.contracts.stores import ME, NOON
from donna_core.testing.fake_clock import FakeClock


@pytest.fixture(params=["sqlite", "postgres"])
def databases(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Database, ...]]:
    """Give one database, opened by two who want to lead."""
    path, url = tmp_path / "donna.db", None
    if request.param == "postgres":
        url = request.getfixturevalue("own_postgres_url")
    with open_database(path=path, url=url) as one, open_database(path=path, url=url) as other:
        yield one, other


def contenders(databases: tuple[Database, ...], clock: FakeClock) -> list[Leadership]:
    """Return two who want to lead, a and b."""
    named = zip(databases, "ab", strict=True)
    return [Leadership(database, clock, holder=name) for database, name in named]


async def test_one_leads_until_its_lease_lapses(databases: tuple[Database, ...]) -> None:
    """The other one learns who leads, and takes over when it is silent for too long."""
    clock = FakeClock(NOON)
    first, second = contenders(databases, clock)
    assert await first.take() is None
    leader = await second.take()
    assert leader is not None
    assert (leader.holder, leader.since, leader.leads(NOON)) == ("a", NOON, True)

    clock.advance(by=LIFE / 2)
    assert await first.renew()
    clock.advance(by=LIFE / 2)
    assert await second.take() is not None
    clock.advance(by=LIFE / 2)
    assert await second.take() is None
    assert second.fence > first.fence
    assert not await first.renew()


async def test_a_leader_that_slept_past_its_time_writes_nothing(
    databases: tuple[Database, ...],
) -> None:
    """Its next decision is undone, by the fence, and names who leads."""
    clock = FakeClock(NOON)
    slept, awake = contenders(databases, clock)
    await slept.take()
    late = slept.guarded(ME)
    assert await late.run(lambda stores: stores.tasks.next_number()) == 1
    clock.advance(by=LIFE)
    await awake.take()

    with pytest.raises(LeadershipLost, match="does not lead any more, b does"):
        await late.run(lambda stores: stores.tasks.next_number())
    assert await awake.guarded(ME).run(lambda stores: stores.tasks.next_number()) == 2


async def test_good_order_lets_the_next_one_lead_at_once(databases: tuple[Database, ...]) -> None:
    """And it tells an end in good order from a crash."""
    clock = FakeClock(NOON)
    first, second = contenders(databases, clock)
    await first.take()
    await first.give_up()
    assert await second.take() is None
    assert second.followed is not None
    assert second.followed.lease_until is None

    clock.advance(by=timedelta(seconds=1))
    assert await first.take() is not None
    assert await first.take(at_once=True) is None  # of one that is known to be gone
    assert first.followed is not None
    assert first.followed.lease_until is not None
