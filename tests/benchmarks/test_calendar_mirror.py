"""What keeping occurrences in the database saves over laying them out each time."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from timeit import timeit
from zoneinfo import ZoneInfo

import icalendar
import recurring_ical_events  # type: ignore[import-untyped]  # it ships no types
from attrs import evolve

from donna_adapters.calendars.ics import IcsCalendar
from donna_adapters.sql.sqlite import SqliteDatabase
from donna_core.domain.planning.busy import BusySet, busy_for
from donna_core.domain.tasks.task import Domain
from donna_core.domain.timing.interval import Interval
from donna_core.ports.unit_of_work import Stores
from donna_core.testing.contracts.stores import ME, NOON
from donna_core.testing.world import SimulatedWorld

YEAR = Interval(datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC))
SINGLE, REPEATING = 5_000, 200


def a_year() -> str:
    """Return 5,000 appointments and 200 weekly ones."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:x"]
    for number in range(SINGLE + REPEATING):
        is_weekly = number >= SINGLE
        within = 7 * 24 * 60 if is_weekly else 365 * 24 * 60
        start = YEAR.start + timedelta(minutes=number * 97 % within)
        rule = ["RRULE:FREQ=WEEKLY"] if is_weekly else []
        lines += [
            "BEGIN:VEVENT",
            f"UID:event-{number}",
            f"DTSTART;TZID=Europe/Berlin:{start:%Y%m%dT%H%M%S}",
            f"DTEND;TZID=Europe/Berlin:{start + timedelta(minutes=30):%Y%m%dT%H%M%S}",
            *rule,
            f"SUMMARY:Appointment {number}",
            "END:VEVENT",
        ]
    return "\n".join([*lines, "END:VCALENDAR", ""])


def test_a_year_of_a_full_calendar(tmp_path: Path) -> None:
    """Building the busy set of 365 days, and taking in one change, against laying all out anew."""
    path = tmp_path / "work.ics"
    path.write_text(a_year())
    calendar = IcsCalendar("work", path, zone=ZoneInfo("Europe/Berlin"), writable=False)
    whole = asyncio.run(calendar.changes(YEAR))
    windows = SimulatedWorld().runtime.policy.windows

    with SqliteDatabase.open(tmp_path / "donna.db") as database:
        unit = database.unit_of_work(ME)
        asyncio.run(unit.run(lambda stores: stores.mirror.apply(whole, at=NOON)))

        def busy_set() -> BusySet:
            def build(stores: Stores) -> BusySet:
                return busy_for(Domain.WORK, stores.mirror.events(YEAR), (), windows)

            return asyncio.run(unit.run(build))

        def laid_out_anew() -> int:
            parsed = icalendar.Calendar.from_ical(path.read_bytes())
            return len(recurring_ical_events.of(parsed).between(YEAR.start, YEAR.end))

        def one_change() -> float:
            moved = evolve(whole.events[0], title="Moved")
            news = evolve(whole, replaced=frozenset({moved.event_id}), events=(moved,))

            def apply(stores: Stores) -> float:
                return timeit(lambda: stores.mirror.apply(news, at=NOON), number=20) / 20

            return asyncio.run(unit.run(apply))

        assert len(busy_set()) == len(whole.events) >= SINGLE + 50 * REPEATING
        building = timeit(busy_set, number=3) / 3
        changing = min(one_change() for _ in range(3))
        expanding = timeit(laid_out_anew, number=1)
    print(
        f"\nbusy set of {len(whole.events)} occurrences: {building * 1000:.0f} ms, "
        f"{expanding / building:.0f} times as fast as reading and laying them out by library; "
        f"one change taken in: {changing * 1000:.2f} ms"
    )
