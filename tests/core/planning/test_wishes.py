"""Which hours a person's wish makes welcome."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from donna_core.domain.planning.wishes import acceptable, wished_stretches
from donna_core.domain.tasks.task import Strictness, TimeIntent
from donna_core.domain.timing.interval import Interval

BERLIN = ZoneInfo("Europe/Berlin")
MONDAY = datetime(2026, 3, 23, tzinfo=UTC) - timedelta(hours=1)  # midnight in Berlin
WEEK = Interval(MONDAY, MONDAY + timedelta(days=7))
PARTS = {"morning": (time(6), time(12)), "night": (time(22), time(4))}


def welcome(**fields: object) -> tuple[Interval, ...] | None:
    """Return what a wish welcomes in the week in which the clocks go forward."""
    intent = TimeIntent(**fields)  # type: ignore[arg-type]  # the test names its own fields
    return wished_stretches(intent, within=WEEK, zone=BERLIN, parts_of_day=PARTS)


def after(hours: float) -> datetime:
    """Return the instant so many elapsed hours after Monday's midnight."""
    return MONDAY + timedelta(hours=hours)


def test_no_wish_welcomes_everything() -> None:
    """Without weekdays, part of the day and end there is nothing to keep to."""
    assert welcome(earliest=after(10)) is None


def test_days_in_a_row_are_one_stretch() -> None:
    """Saturday and Sunday touch, so that work may run over the midnight between them."""
    assert welcome(weekdays=(1, 5, 6)) == (
        Interval(after(24), after(48)),
        Interval(after(120), after(167)),  # Sunday lasts 23 hours
    )


def test_a_part_over_midnight_belongs_to_the_day_it_starts_on() -> None:
    """Tuesday night ends on Wednesday, also where the wish is asked about from then on."""
    assert welcome(weekdays=(1,), time_of_day="night") == (Interval(after(46), after(52)),)

    wednesday = Interval(after(49), after(72))
    intent = TimeIntent(weekdays=(1,), time_of_day="night")
    found = wished_stretches(intent, within=wednesday, zone=BERLIN, parts_of_day=PARTS)
    assert found == (Interval(after(49), after(52)),)


def test_the_end_of_a_wish_cuts_its_stretches() -> None:
    """Nothing after the latest moment is welcome."""
    assert welcome(time_of_day="morning", latest=after(32)) == (
        Interval(after(6), after(12)),
        Interval(after(30), after(32)),
    )


def test_hours_nobody_knows_welcome_nothing() -> None:
    """An unknown part of the day is not taken for any time."""
    assert welcome(time_of_day="teatime") == ()


def test_a_wish_gives_way_by_degrees_and_a_must_does_not() -> None:
    """First the part of the day goes, then days and end; the beginning stays."""
    soft = TimeIntent(weekdays=(1,), time_of_day="morning", latest=after(60), earliest=after(9))
    must = TimeIntent(strictness=Strictness.HARD, weekdays=(1,))

    assert list(acceptable(must)) == [must]
    assert list(acceptable(soft)) == [
        soft,
        TimeIntent(weekdays=(1,), latest=after(60), earliest=after(9)),
        TimeIntent(earliest=after(9)),
    ]
