"""Days with a name: by the calendar, by Easter, by the tables of the ``holidays`` library.

The names are a language's data. The library is imported with the first name that needs its tables
(lunar calendars, a country's own days), so that sentences without such a name never pay for it.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from functools import lru_cache

from attrs import field, frozen
from dateutil.easter import EASTER_ORTHODOX, EASTER_WESTERN, easter

from donna_core.domain.capture.dates import nth_weekday, weekday_before
from donna_core.domain.capture.lunar import lunar_days

DaysOfYear = Callable[[int], tuple[date, ...]]

_RULES = {
    "fixed": re.compile(r"(\d+)-(\d+)(?: or before if (\w{3}))?()"),
    "nth": re.compile(r"nth (\d+) (-?\d) (\w{3})(?: ([+-]\d+))?"),
    "before": re.compile(r"before (\d+)-(\d+) (\w{3})()"),
    "easter": re.compile(r"(easter|orthodox_easter)()()(?: ([+-]\d+))?"),
    "feast": re.compile(r"feast (\w+)()()(?: ([+-]\d+))?"),
}
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@frozen(kw_only=True, eq=False)
class Holidays:
    """The days with a name in one language, by the normal form of the name.

    ``beginnings`` are the names and what they begin with, word by word; ``first_words`` the first
    of them as they are written.
    ``from_sunset`` begin on the evening before, ``national`` are those that countries keep on
    days of their own, which the library names in ``library_language``.
    """

    by_name: Mapping[str, DaysOfYear] = field(repr=False)
    beginnings: frozenset[str] = field(repr=False)
    first_words: frozenset[str] = field(repr=False)
    from_sunset: frozenset[str] = frozenset()
    national: frozenset[str] = frozenset()
    library_language: str = "en_US"

    @classmethod
    def of(
        cls,
        names: Mapping[str, str],
        *,
        from_sunset: Iterable[str] = (),
        national: Iterable[str] = (),
        library_language: str = "en_US",
    ) -> "Holidays":
        """Return the days of a mapping such as ``{"christmas eve|xmas eve": "12-24"}``.

        A rule is MONTH-DAY, "nth 11 4 thu +1" (days after the nth weekday of a month), "before
        5-25 mon", "easter -2", "orthodox_easter" or "feast NAME". Raises ``ValueError`` for
        another.
        """
        by_name = {
            normal(name.split()): rule
            for entry, text in names.items()
            for rule in (_rule(str(text)),)
            for name in entry.split("|")
        }
        return cls(
            by_name=by_name,
            beginnings=beginnings_of(by_name),
            first_words=frozenset(
                spelled
                for entry in names
                for name in entry.split("|")
                for first in (name.split()[0],)
                for spelled in (first, first + "s", first.removesuffix("s"))
            ),
            from_sunset=frozenset(
                normal(name.split()) for entry in from_sunset for name in entry.split("|")
            ),
            national=frozenset(normal(name.split()) for name in national),
            library_language=library_language,
        )

    def days_of(self, name: str, year: int, *, country: str | None = None) -> tuple[date, ...]:
        """Return the days of that name in a year, in order; none where no table reaches so far.

        ``country`` is an ISO 3166 code; its own day goes before the one the name has elsewhere.
        """
        if country is not None and (name in self.national or name not in self.by_name):
            found = _national(country, year, self.library_language).get(name, ())
            if found:
                return found
        rule = self.by_name.get(name)
        return rule(year) if rule is not None else ()

    def names_in(self, country: str, year: int) -> frozenset[str]:
        """Return the normal forms of the names that a country's own days have in a year."""
        return frozenset(_national(country, year, self.library_language))


def beginnings_of(names: Iterable[str]) -> frozenset[str]:
    """Return every run of words that one of the names begins with, itself included."""
    return frozenset(
        " ".join(words[:count])
        for words in (name.split() for name in names)
        for count in range(1, len(words) + 1)
    )


def normal(words: Iterable[str]) -> str:
    """Return a name as it is compared: without hyphens, dots and what possessives add."""
    kept = ("".join(letter for letter in word if letter.isalnum()) for word in words)
    return " ".join(_singular(word) for word in kept if word)


def _singular(word: str) -> str:
    return word[:-1] if len(word) > 4 and word.endswith("s") and not word.endswith("ss") else word


def _rule(text: str) -> DaysOfYear:
    for kind, pattern in _RULES.items():
        match = pattern.fullmatch(text)
        if match is not None:
            first, second, weekday, offset = match.groups()
            day = _WEEKDAYS.index(weekday) if weekday else None
            return _days(kind, first, int(second or 0), day, timedelta(days=int(offset or 0)))
    raise ValueError(f"'{text}' is no rule for a holiday")


def _days(kind: str, first: str, second: int, weekday: int | None, offset: timedelta) -> DaysOfYear:
    def days(year: int) -> tuple[date, ...]:
        if kind == "feast":
            return tuple(day + offset for day in lunar_days(year).get(first, ()))
        if kind == "easter":
            western = easter(year, EASTER_WESTERN)
            return ((western if first == "easter" else easter(year, EASTER_ORTHODOX)) + offset,)
        if kind == "nth" and weekday is not None:
            return (nth_weekday(year, int(first), second, weekday) + offset,)
        day = date(year, int(first), second)
        if kind == "before" and weekday is not None:
            return (weekday_before(day, weekday),)
        return (day - timedelta(days=day.weekday() == weekday),)

    return days


@lru_cache(maxsize=64)
def _national(country: str, year: int, language: str) -> Mapping[str, tuple[date, ...]]:
    """Return the days of a country's year by name; nothing for a country without a table."""
    # Lazy: the tables are large and few sentences need them.
    from holidays import country_holidays  # noqa: PLC0415

    try:
        table = country_holidays(country, years=year, language=language)
    except NotImplementedError:  # the library's word for a country it has no table for
        return {}
    found: dict[str, tuple[date, ...]] = {}
    for day, names in sorted(table.items()):
        for name in names.split("; "):
            key = normal(name.casefold().split())
            found[key] = (*found.get(key, ()), day)
    return found
