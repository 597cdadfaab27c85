"""Time phrases in many spellings mean what they were made from, in bounded work."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from attrs import evolve
from dateutil.rrule import rrulestr
from hypothesis import given
from hypothesis import strategies as st

from donna_core.domain.capture.chart import Build, Grammar
from donna_core.domain.capture.lexicon import Lexicon
from donna_core.domain.capture.phrases import find
from donna_core.domain.capture.times import TimeReading, read_times
from donna_core.domain.capture.tokens import tokenize
from donna_core.domain.capture.values import Frame
from donna_core.local.languages import language

UTC = ZoneInfo("UTC")
NOW = datetime(2027, 5, 5, 0, 0, tzinfo=UTC)
WORDS = [
    *sorted(language("en").vocabulary),
    "3",
    "15",
    "1st",
    "2nd",
    "2027",
    "5pm",
    "9:30",
    "3/4",
    "1h30",
]
ONES = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
]
UNITS = {"minutes": 60, "hours": 3600, "days": 86400, "weeks": 7 * 86400}
ReadTimes = Callable[[str], tuple[TimeReading, ...]]


@pytest.fixture(scope="module")
def frame(lexicon: Lexicon) -> Frame:
    """Somebody in UTC at the midnight that begins Wednesday 5 May 2027."""
    return Frame.of(
        at=NOW, zone=UTC, day_first=False, parts=lexicon.parts, language=lexicon.language
    )


@pytest.fixture(scope="module")
def times(frame: Frame) -> ReadTimes:
    """Read the times of a text as said then."""
    return lambda text: read_times(find(tokenize(text), text, frame=frame), frame=frame)


@given(
    day=st.dates(date(1950, 1, 1), date(2099, 12, 31)),
    form=st.sampled_from(
        [
            "{d:%Y-%m-%d}", "{d:%Y/%m/%d}", "{d.month}/{d.day}/{d.year}", "{d:%d-%b-%Y}",
            "{d:%B} {d.day}, {d.year}", "{d:%b} {d.day} {d.year}", "{d.day} {d:%B} {d.year}",
            "the {d.day}{th} of {d:%B} {d.year}", "{d:%A}, {d:%B} {d.day}, {d.year}",
            "on {d:%Y%m%d}", "{d:%a} {d.day}{th} {d:%b} {d.year}",
        ]
    ),
)  # fmt: skip
def test_a_written_date_comes_back(times: ReadTimes, day: date, form: str) -> None:
    """Whatever way a full date is written, it is that date."""
    th = {1: "st", 2: "nd", 3: "rd"}.get(day.day % 10 * (day.day // 10 != 1), "th")

    (reading,) = times(form.format(d=day, th=th))

    assert reading.start is not None
    assert reading.start.date() == day


@given(
    hour=st.integers(1, 11),
    said=st.sampled_from(
        [(0, "{h} o'clock"), (15, "quarter past {h}"), (30, "half past {h}"), (10, "ten past {h}"),
         (45, "quarter to {n}"), (40, "twenty to {n}"), (30, "at half {h}"), (30, "{h} thirty")]
    ),
    half=st.sampled_from(["in the morning", "in the evening"]),
)  # fmt: skip
def test_a_spoken_time_comes_back(
    times: ReadTimes, hour: int, said: tuple[int, str], half: str
) -> None:
    """The clock in words, with the half of the day beside it."""
    minute, form = said
    words = form.format(h=ONES[hour], n=ONES[hour + 1])

    (reading,) = times(f"{words} {half}")

    assert reading.start is not None
    assert (reading.start.hour % 12, reading.start.minute) == (hour % 12, minute)


@given(
    count=st.integers(1, 500),
    unit=st.sampled_from(sorted(UNITS)),
    form=st.sampled_from(["in {n} {u}", "{n} {u} from now", "{n} {u} later", "in about {n} {u}"]),
)
def test_a_length_is_counted_from_now(times: ReadTimes, count: int, unit: str, form: str) -> None:
    """So many of a unit ahead."""
    (reading,) = times(form.format(n=count, u=unit))

    assert reading.start == NOW + timedelta(seconds=count * UNITS[unit])


@given(
    lead=st.sampled_from(["every", "each", "every other", "every third"]),
    what=st.sampled_from(["day", "week", "month", "monday", "friday"]),
    hour=st.integers(1, 12),
    limit=st.sampled_from(["", " until december 2027", " for 5 times", " except in july"]),
)
def test_a_rule_begins_where_its_reading_says(
    times: ReadTimes, lead: str, what: str, hour: int, limit: str
) -> None:
    """The RRULE is valid, and its first occurrence is the start of the reading."""
    (reading,) = times(f"{lead} {what} at {hour} pm{limit}")

    assert reading.rrule is not None
    assert reading.start is not None
    naive = reading.start.replace(tzinfo=None)
    rule = rrulestr(reading.rrule.replace("Z", ""), dtstart=naive)
    assert next(iter(rule)) == naive


@given(words=st.lists(st.sampled_from(WORDS), max_size=12).map(" ".join))
def test_any_words_of_the_grammar_are_safe(times: ReadTimes, words: str) -> None:
    """No order of the words it knows breaks the grammar."""
    readings = times(words)

    assert all(words[r.span.start : r.span.end] == r.span.text for r in readings)
    assert all(r.end is None or r.start is None or r.start <= r.end for r in readings)


@given(unit=st.lists(st.sampled_from(WORDS), min_size=1, max_size=4).map(" ".join))
def test_work_grows_with_the_text_only(frame: Frame, unit: str) -> None:
    """Repeating any words never makes one more of them dearer than those before."""
    calls: list[Build] = []
    counting = counted(calls)

    counting.parse(tokenize(" ".join([unit] * 20)), frame=frame, wanted="phrase")
    short = len(calls)
    counting.parse(tokenize(" ".join([unit] * 40)), frame=frame, wanted="phrase")

    assert len(calls) - short <= 3 * short + 500


def counted(calls: list[Build]) -> Grammar[Frame]:
    """Return the grammar with every call of a builder counted."""

    def counting(build: Build) -> Build:
        def call(*values: object) -> object:
            calls.append(build)
            return build(*values)

        return call

    rules = language("en").rules
    return Grammar.of(evolve(rule, build=counting(rule.build)) for rule in rules)
