"""Time readings: what each time phrase means, whatever the task makes of it."""

from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from donna_core.domain.capture.lexicon import Lexicon
from donna_core.domain.capture.phrases import find
from donna_core.domain.capture.times import TimeKind, TimeReading, read_times
from donna_core.domain.capture.tokens import tokenize
from donna_core.domain.capture.values import Frame, Role

ReadTimes = Callable[..., tuple[TimeReading, ...]]
Wall = Callable[[datetime | None], str | None]
BERLIN = ZoneInfo("Europe/Berlin")
WEDNESDAY = datetime(2027, 5, 5, 10, 20, tzinfo=BERLIN)


@pytest.fixture(scope="module")
def times(lexicon: Lexicon) -> ReadTimes:
    """Read the times of a text as said on Wednesday 5 May 2027 at 10:20 in Berlin."""

    def read(text: str, **changes: object) -> tuple[TimeReading, ...]:
        facts = {"at": WEDNESDAY, "zone": BERLIN, "day_first": False, "country": None, **changes}
        frame = Frame.of(parts=lexicon.parts, language=lexicon.language, **facts)  # type: ignore[arg-type]  # the facts are each test's own
        return read_times(find(tokenize(text), text, frame=frame), frame=frame)

    return read


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("the third Tuesday of next month", "2027-06-15"),
        ("last working day", "2027-05-31"),
        ("last business day of March", "2028-03-31"),
        ("3 days after tomorrow", "2027-05-09"),
        ("a week from Friday", "2027-05-14"),
        ("the Friday before Christmas", "2027-12-24"),
        ("the day after Christmas", "2027-12-26"),
        ("the third Monday after Easter", "2028-05-01"),
        ("the Monday nearest to 5 October", "2027-10-04"),
        ("Friday in two weeks", "2027-05-21"),
        ("the first Saturday in this month", "2027-05-01"),
        ("end of next week", "2027-05-14"),
        ("end of 2028", "2028-12-31"),
        ("3-Sep-27", "2027-09-03"),
        ("on 20270903", "2027-09-03"),
        ("2027 09 03", "2027-09-03"),
        ("2027-05-20 -10days", "2027-05-10"),
        ("Friday (Apr-30)", "2027-04-30"),
        ("10 August 2570 BE", "2027-08-10"),
        ("two weeks ago", "2027-04-21"),
    ],
)
def test_days_are_found(times: ReadTimes, wall: Wall, words: str, day: str) -> None:
    """A phrase for one day is that date, and covers all its words."""
    (reading,) = times(words)

    assert reading.kind is TimeKind.DATE
    assert str(wall(reading.start))[:10] == day
    assert (reading.span.start, reading.end) == (len(words) - len(reading.span.text), None)


@pytest.mark.parametrize(
    ("words", "start", "end"),
    [
        ("Mon-Wed", "2027-05-10 00:00", "2027-05-12 23:59"),
        ("Monday through Friday next week", "2027-05-10 00:00", "2027-05-14 23:59"),
        ("from 9:30 to 11 on Thursday", "2027-05-06 09:30", "2027-05-06 11:00"),
        ("Friday 13.00 - 16.00", "2027-05-07 13:00", "2027-05-07 16:00"),
        ("11pm to 1am", "2027-05-05 23:00", "2027-05-06 01:00"),
        ("10 - 22 August 2028", "2028-08-10 00:00", "2028-08-22 23:59"),
        ("from the 25th to the 3rd", "2027-05-25 00:00", "2027-06-03 23:59"),
        ("second quarter of 2028", "2028-04-01 00:00", "2028-06-30 23:59"),
        ("this summer", "2027-06-21 00:00", "2027-09-20 23:59"),
        ("in 2028", "2028-01-01 00:00", "2028-12-31 23:59"),
        ("late June", "2027-06-21 00:00", "2027-06-30 23:59"),
        ("week 23", "2027-06-07 00:00", "2027-06-13 23:59"),
        ("first week of October 2014", "2014-10-06 00:00", "2014-10-12 23:59"),
        ("early tomorrow morning", "2027-05-06 06:00", "2027-05-06 09:00"),
        ("midafternoon", "2027-05-05 14:00", "2027-05-05 16:00"),
        ("in the morning", "2027-05-06 06:00", "2027-05-06 12:00"),
        ("over the holidays", "2027-12-24 00:00", "2028-01-01 23:59"),
    ],
)
def test_ranges_have_both_ends(
    times: ReadTimes, wall: Wall, words: str, start: str, end: str
) -> None:
    """A stretch of days or hours is told by its first and last instant."""
    (reading,) = times(words)

    assert reading.kind is TimeKind.RANGE
    assert (wall(reading.start), wall(reading.end)) == (start, end)
    assert reading.span.text == words


@pytest.mark.parametrize(
    ("words", "start"),
    [
        ("at 0930 on Friday", "2027-05-07 09:30"),
        ("1530 hours", "2027-05-05 15:30"),
        ("at half six", "2027-05-05 18:30"),
        ("at 10 to 6", "2027-05-05 17:50"),
        ("tonight 815", "2027-05-05 20:15"),
        ("in an hour and a half", "2027-05-05 11:50"),
        ("two hours before midnight", "2027-05-05 22:00"),
        ("tomorrow at 15:00 -0500", "2027-05-06 22:00"),
        ("Friday 8h pst", "2027-05-07 17:00"),
        ("05/20/2027:14:15", "2027-05-20 14:15"),
        ("was at 3 pm", "2027-05-04 15:00"),
        ("within 12 months", "2028-05-05 10:20"),
    ],
)
def test_instants_are_found(times: ReadTimes, wall: Wall, words: str, start: str) -> None:
    """A clock time or a counted length is an instant."""
    (reading,) = times(words)

    assert wall(reading.start) == start


@pytest.mark.parametrize(
    ("words", "seconds"),
    [
        ("takes three quarters of an hour", 2700),
        ("for at least 3 hours", 10800),
        ("more than 4 days", 345600),
        ("for 1h30", 5400),
        ("will last two weekends", 345600),
    ],
)
def test_lengths_are_durations(times: ReadTimes, words: str, seconds: int) -> None:
    """How long something takes is no point in time."""
    (reading,) = times(words)

    assert (reading.kind, reading.start) == (TimeKind.DURATION, None)
    assert reading.duration == timedelta(seconds=seconds)


def test_a_lead_is_a_constraint(times: ReadTimes) -> None:
    """So long before the thing itself waits for the thing's own time."""
    day, lead = times("School starts August 13; remind me a week before")

    assert day.kind is TimeKind.DATE
    assert (lead.kind, lead.role, lead.duration) == (
        TimeKind.CONSTRAINT,
        Role.LEAD,
        timedelta(days=7),
    )


@pytest.mark.parametrize(
    "text",
    ["the 1990s", "Meet at 5 stores", "Read chapters 3-4", "Order 1500"],
)
def test_numbers_alone_are_no_times(times: ReadTimes, text: str) -> None:
    """What only looks like a time is left alone."""
    assert times(text) == ()


def test_a_phrase_tells_its_rules(lexicon: Lexicon) -> None:
    """The rules that fired are named, the outermost first."""
    frame = Frame.of(
        at=WEDNESDAY, zone=BERLIN, day_first=False, parts=lexicon.parts, language=lexicon.language
    )
    text = "tomorrow at half past six"

    (phrase,) = find(tokenize(text), text, frame=frame)

    assert phrase.rules[0] == "roles.alone"
    assert {"days.tomorrow", "spoken.half_past", "moments.day_time"} <= set(phrase.rules)
