"""Named days: by the calendar, by Easter, by the moon, by the person's country."""

import subprocess
import sys
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from donna_core.domain.capture.holidays import normal
from donna_core.local.languages import language

HOLIDAYS = language("en").holidays
days_of = HOLIDAYS.days_of


@pytest.mark.parametrize(
    ("name", "year", "day"),
    [
        ("Easter Sunday", 2027, date(2027, 3, 28)),
        ("Orthodox Easter", 2027, date(2027, 5, 2)),
        ("Thanksgiving", 2027, date(2027, 11, 25)),
        ("Chinese New Year", 2027, date(2027, 2, 6)),
        ("Diwali", 2027, date(2027, 10, 29)),
        ("Eid al-Fitr", 2027, date(2027, 3, 9)),
        ("Yom Kippur", 2027, date(2027, 10, 11)),
        ("Nowruz", 2027, date(2027, 3, 21)),
        ("Koningsdag", 2025, date(2025, 4, 26)),
        ("Victoria Day", 2027, date(2027, 5, 24)),
    ],
)
def test_a_name_has_its_day(name: str, year: int, day: date) -> None:
    """The tables give the day of the year."""
    assert days_of(normal(name.casefold().replace("-", " ").split()), year) == (day,)


def test_the_country_decides() -> None:
    """Independence Day is another one in India."""
    assert days_of("independence day", 2027) == (date(2027, 7, 4),)
    assert days_of("independence day", 2027, country="IN") == (date(2027, 8, 15),)
    assert days_of("independence day", 2027, country="XX") == (date(2027, 7, 4),)


@pytest.mark.parametrize("spelling", ["St. Patrick's Day", "st patricks day", "St Patrick’s Day"])
def test_spellings_meet(spelling: str) -> None:
    """Dots, apostrophes and hyphens do not distinguish names."""
    assert normal(spelling.casefold().replace("’s", "").split()) in HOLIDAYS.by_name


@given(name=st.sampled_from(sorted(HOLIDAYS.by_name)), year=st.integers(1000, 2999))
def test_every_name_is_safe_in_every_year(name: str, year: int) -> None:
    """A day lies in its year, or none is known; nothing is raised."""
    assert all(abs(day.year - year) <= 1 for day in days_of(name, year))


def test_the_tables_are_not_loaded_without_need() -> None:
    """Who names no feast of the moon pays nothing for it."""
    code = (
        "import sys, donna_core.local.languages as each; each.language('en');"
        "print('holidays' in sys.modules)"
    )

    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert told.stdout.strip() == "False"
