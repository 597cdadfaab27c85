"""What holds for any text and any time."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from donna_core.domain.capture.parse import EmptyText, TextTooLong
from donna_core.domain.capture.reading import Reading
from donna_core.domain.timing.zones import instant_at

ZONES = st.sampled_from(
    [
        "UTC",
        "Europe/Berlin",
        "America/New_York",
        "Asia/Kolkata",
        "Pacific/Apia",
        "Africa/Casablanca",
    ]
).map(ZoneInfo)
WORDS = st.sampled_from(
    [
        "call",
        "Bob",
        "at",
        "5",
        "on",
        "by",
        "friday",
        "next",
        "every",
        "other",
        "monday",
        "until",
        "30",
        "february",
        "tomorrow",
        "morning",
        "in",
        "2",
        "hours",
        "for",
        "half",
        "an",
        "hour",
        "25:00",
        "noon",
        "the",
        "15th",
        "of",
        "last",
        "may",
        "sat",
        "3/4",
        "2027-02-29",
        "#tag",
        "@work",
        "!5",
        "asap",
        ".",
        "?",
        "(",
        ")",
        "-",
        "and",
        "from",
        "between",
        "to",
        "before",
        "after",
        "24",
        "0",
        "99999999",
        "½",
        "12th",
        "week",
        "month",
    ]
)
INSTANTS = st.integers(0, 100 * 366 * 86400).map(
    lambda seconds: datetime(2000, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
)


@given(
    text=st.one_of(st.text(max_size=60), st.lists(WORDS, max_size=14).map(" ".join)),
    at=INSTANTS,
    zone=ZONES,
)
def test_any_text_is_read_or_refused(
    said: Callable[..., Reading], text: str, at: datetime, zone: ZoneInfo
) -> None:
    """Reading raises its two errors only, and what it returns is sound."""
    try:
        reading = said(text, at=at, zone=zone)
    except (EmptyText, TextTooLong):
        return

    instants = (reading.start, reading.deadline, *reading.alternatives)
    assert all(found.utcoffset() == timedelta(0) for found in instants if found is not None)
    assert all(reading.text[span.start : span.end] == span.text for span in reading.spans)
    assert 0 <= reading.confidence <= 1
    assert reading.title
    assert reading.title.strip() == reading.title
    assert reading.duration > timedelta(0)


@given(words=st.lists(WORDS, max_size=14).map(" ".join), at=INSTANTS)
def test_spans_never_share_a_time(said: Callable[..., Reading], words: str, at: datetime) -> None:
    """A word belongs to one time phrase only."""
    reading = said(f"x {words}", at=at, zone=ZoneInfo("UTC"))

    times = [span for span in reading.spans if span.kind not in ("mark", "priority")]
    assert all(one.end <= other.start for one, other in pairwise(times))


@given(
    day=st.dates(date(2027, 1, 1), date(2060, 12, 31)),
    wall=st.times().map(lambda at: time(at.hour, at.minute)),
    form=st.sampled_from(
        [
            "at {t:%H:%M} on {d.day} {d:%B} {d.year}",
            "{d:%B} {d.day}, {d.year} at {t:%I:%M %p}",
            "on {d:%Y-%m-%d} at {t:%H:%M}",
            "{d:%Y-%m-%d}T{t:%H:%M}",
            "{t:%I:%M%p} on {d:%a}, {d:%b} {d.day} {d.year}",
        ]
    ),
    zone=ZONES,
)
def test_a_written_time_comes_back(
    said: Callable[..., Reading], day: date, wall: time, form: str, zone: ZoneInfo
) -> None:
    """What was rendered from a day and a time is read as that day and time."""
    words = form.format(d=day, t=wall)
    at = datetime(2026, 6, 1, tzinfo=UTC)

    reading = said(f"Meet Ann {words}", at=at, zone=zone)

    unclear = ":" in form and "%I" not in form and 1 <= wall.hour <= 12 and "T" not in form
    expected = {instant_at(day, wall, zone)}
    if unclear:
        expected.add(instant_at(day, wall.replace(hour=(wall.hour + 12) % 24), zone))
    assert reading.start in expected
    assert reading.title == "Meet Ann"
