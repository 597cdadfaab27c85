"""Days with a name: Halloween, the Friday before Christmas, Easter 2027, Diwali in two years."""

from datetime import date, timedelta

from attrs import evolve

from donna_core.domain.capture.chart import RuleBook
from donna_core.domain.capture.dates import DAY
from donna_core.domain.capture.grammar.days import on_day
from donna_core.domain.capture.values import Frame, Grain, Length, Part, When

book = RuleBook()

_SEARCHED_YEARS = 3


@book.meaning
def holiday_day(frame: Frame, name: str) -> When | None:
    """Halloween: the next one."""
    for year in range(frame.today.year, frame.today.year + _SEARCHED_YEARS):
        for day in _days(frame, name, year):
            if day >= frame.today:
                return _kept(frame, name, day)
    return None


@book.meaning
def last_holiday(frame: Frame, name: str) -> When | None:
    """Last Christmas."""
    for year in range(frame.today.year, frame.today.year - _SEARCHED_YEARS, -1):
        for day in reversed(_days(frame, name, year)):
            if day < frame.today:
                return evolve(_kept(frame, name, day), fixed=True)
    return None


@book.meaning
def holiday_of(frame: Frame, name: str, of: int) -> When | None:
    """Easter 2027."""
    days = _days(frame, name, of)
    return evolve(_kept(frame, name, days[0]), fixed=True) if days else None


@book.meaning
def holiday_period(frame: Frame, name: str, when: When | Length) -> When | None:
    """Thanksgiving of next year; Diwali in five years: the first from that day on."""
    if isinstance(when, When):
        of_year = when.first is not None and when.grain is Grain.YEAR
        return holiday_of(frame, name, when.first.year) if of_year and when.first else None
    start = when.after(frame.today)
    for year in range(start.year, start.year + 2):
        for day in _days(frame, name, year):
            if day >= start:
                return _kept(frame, name, day)
    return None


@book.meaning
def holiday_part(frame: Frame, name: str, part: Part) -> When | None:
    """Christmas morning."""
    found = holiday_day(frame, name) if part.name != "eve" else None
    return evolve(found, part=part) if found else None


@book.meaning
def eve(frame: Frame, name: str) -> When | None:
    """The eve of Easter."""
    found = holiday_day(frame, name)
    return on_day(found.last - DAY) if found and found.last else None


def _days(frame: Frame, name: str, year: int) -> tuple[date, ...]:
    return frame.language.holidays.days_of(name, year, country=frame.country)


def _kept(frame: Frame, name: str, day: date) -> When:
    """Return the day as it is kept: a Jewish day from the evening before it."""
    if name in frame.language.holidays.from_sunset:
        return When(first=day - timedelta(days=1), last=day)
    return on_day(day)
