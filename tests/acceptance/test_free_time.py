"""Time that could move is free to others until its slack runs out."""

from datetime import timedelta
from pathlib import Path

import pytest

from donna_core.testing.world import SimulatedWorld
from donna_core.usecases import reschedule
from donna_core.usecases.undo import undo


@pytest.fixture
def house() -> SimulatedWorld:
    """Give a world with the shipped rules (24 hours of slack), on a Monday at eight."""
    return SimulatedWorld()


async def shown(house: SimulatedWorld) -> dict[str, bool]:
    """Return whether each of Donna's events is busy, by its title."""
    await house.settle()
    changes = await house.runtime.own_calendar.changes(house.view())
    return {event.title: event.busy for event in changes.events}


async def test_time_far_ahead_is_free_until_a_day_before(house: SimulatedWorld) -> None:
    """And then busy, without anything else about the event changing."""
    await house.say("Call Anna 1h on friday at 10am")
    await reschedule.unpin(house.runtime, "1")
    assert await shown(house) == {"Call Anna": False}

    await house.run_until(house.instant("2026-11-26 09:59"))
    assert await shown(house) == {"Call Anna": False}
    await house.run_until(house.instant("2026-11-26 10:01"))
    assert await shown(house) == {"Call Anna": True}


async def test_what_is_pinned_is_busy_at_once(house: SimulatedWorld) -> None:
    """It cannot move, so nobody else may have its time."""
    await house.say("Call Anna 1h on friday at 10am")
    await reschedule.pin(house.runtime, "1", to=None)
    assert await shown(house) == {"Call Anna": True}

    await reschedule.unpin(house.runtime, "1")
    assert await shown(house) == {"Call Anna": False}
    await undo(house.runtime)
    assert await shown(house) == {"Call Anna": True}


async def test_a_near_deadline_leaves_no_slack(house: SimulatedWorld) -> None:
    """What must be done on Thursday evening is busy from Wednesday on, wherever it stands."""
    await house.say("Send the offer 1h for work by thursday 5pm")
    await reschedule.move(house.runtime, "1", to=house.instant("2026-11-26 14:00"))
    assert await shown(house) == {"Send the offer for work": False}

    await house.run_until(house.instant("2026-11-25 13:59"))
    assert await shown(house) == {"Send the offer for work": False}
    await house.run_until(house.instant("2026-11-25 14:01"))
    assert await shown(house) == {"Send the offer for work": True}


async def test_it_is_made_up_for_when_nobody_was_there(house: SimulatedWorld) -> None:
    """A change after the instant does not lose what was due at it."""
    await house.say("Call Anna 1h on friday at 10am")
    await reschedule.unpin(house.runtime, "1")
    await house.settle()
    house.clock.advance(to=house.instant("2026-11-27 08:00"))

    await reschedule.snooze(house.runtime, "1", until=house.clock.now() + timedelta(minutes=10))

    assert await shown(house) == {"Call Anna": True}


async def test_zero_hours_show_everything_as_busy(tmp_path: Path) -> None:
    """Who shares the calendar with nobody who books loses nothing by it."""
    (tmp_path / "calendar.yaml").write_text("planning: {free_slack_hours: 0}\n")
    house = SimulatedWorld(config=tmp_path)
    await house.say("Call Anna 1h on friday at 10am")
    await reschedule.unpin(house.runtime, "1")
    assert await shown(house) == {"Call Anna": True}
