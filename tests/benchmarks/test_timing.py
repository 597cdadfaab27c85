"""What the rules of local time cost, beside the plain way to do the same."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from timeit import repeat
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr

from donna_core.domain.tasks.task import Domain
from donna_core.domain.timing.interval import Interval
from donna_core.domain.timing.recurrence import Recurrence
from donna_core.domain.timing.windows import TimeWindow, Windows

BERLIN, UTC_ZONE = ZoneInfo("Europe/Berlin"), ZoneInfo("UTC")
NOW = datetime(2026, 11, 20, 10, 5, tzinfo=UTC)
HORIZON = Interval(NOW, NOW + timedelta(days=14))


def hours() -> Windows:
    """Build a person's hours, equal each time and with nothing remembered about them."""
    weekdays = frozenset(range(5))
    return Windows(
        zone=BERLIN,
        blackout=TimeWindow(name="blackout", end=timedelta(hours=6)),
        quiet=TimeWindow(name="quiet", start=timedelta(hours=20), end=timedelta(hours=6)),
        work_life=(
            TimeWindow(
                name="work",
                start=timedelta(hours=8),
                end=timedelta(hours=17),
                weekdays=weekdays,
                domains=frozenset({Domain.WORK}),
            ),
        ),
    )


def seconds(act: Callable[[], object], *, number: int) -> float:
    """Return the best time of one call."""
    return min(repeat(act, number=number, repeat=5)) / number


def test_open_stretches_against_a_walk_in_steps_of_a_quarter() -> None:
    """Two weeks of open stretches, remembered, against asking the clock each quarter hour."""
    person = hours()

    def walk() -> int:
        count, instant = 0, HORIZON.start
        while instant < HORIZON.end:
            clock = instant.astimezone(BERLIN)
            count += clock.weekday() < 5 and 8 <= clock.hour < 17
            instant += timedelta(minutes=15)
        return count

    def opened() -> tuple[Interval, ...]:
        return person.open_for(Domain.WORK, priority=2, within=HORIZON)

    quick, plain = seconds(opened, number=200), seconds(walk, number=5)

    print(f"open_for, 14 days, warm: {quick * 1e6:.0f} µs, {plain / quick:.0f}x a quarterly walk")
    assert sum((i.length for i in opened()), timedelta(0)) >= walk() * timedelta(minutes=14)


def test_the_next_of_an_old_rule_against_a_walk_from_its_start() -> None:
    """A quarter-hourly rule that is a year old, against dateutil walking from DTSTART."""
    anchor = NOW - timedelta(days=365)
    rule = "FREQ=MINUTELY;INTERVAL=15"
    ours, peer = Recurrence.parse(rule), rrulestr(rule, dtstart=anchor)

    def following() -> datetime | None:
        return ours.next_after(NOW, zone=UTC_ZONE, anchor=anchor)

    quick = seconds(following, number=50)
    plain = seconds(lambda: peer.after(NOW), number=1)

    print(f"next_after, one year on: {quick * 1e6:.0f} µs, {plain / quick:.0f}x dateutil's walk")
    assert following() == peer.after(NOW)
