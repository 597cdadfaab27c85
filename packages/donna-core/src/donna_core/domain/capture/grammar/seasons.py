"""Seasons, astronomical and of the northern half: this summer, winter 2028, the holidays."""

from datetime import date

from attrs import evolve

from donna_core.domain.capture.chart import RuleBook
from donna_core.domain.capture.dates import DAY, plus_months
from donna_core.domain.capture.grammar.periods import OFFSETS, stretch
from donna_core.domain.capture.values import Frame, Grain, When

book = RuleBook()


_SEASONS = {
    "spring": (3, 20, 3), "summer": (6, 21, 3), "autumn": (9, 23, 3), "winter": (12, 21, 3),
}  # fmt: skip


def season_of(name: str, year: int) -> When:
    """Return the astronomical season of the northern half that begins in the year."""
    month, day, length = _SEASONS[name]
    first = date(year, month, day)
    return stretch(first, plus_months(first, length) - DAY, Grain.QUARTER)


@book.meaning
def relative_season(frame: Frame, which: str, name: str) -> When | None:
    """This summer, next winter."""
    seasons = [season_of(name, frame.today.year + step) for step in range(-2, 3)]
    ahead = [season for season in seasons if season.last and season.last >= frame.today]
    over = [season for season in seasons if season.last and season.last < frame.today]
    if which == "last":
        return evolve(over[-1], fixed=True)
    begun = ahead[0].first is not None and ahead[0].first <= frame.today
    return ahead[1] if which == "next" and begun else ahead[0]


@book.meaning
def season_in(_: Frame, name: str, year: int) -> When:
    """Summer 2028."""
    return evolve(season_of(name, year), fixed=True)


@book.meaning
def plain_season(frame: Frame, name: str) -> When | None:
    """Winter, and nothing else."""
    return relative_season(frame, "this", name)


@book.meaning
def this_season(frame: Frame, which: str) -> When:
    """Next season: of the four of the year."""
    names = list(_SEASONS)
    known = [season_of(name, year) for year in range(frame.today.year - 2, frame.today.year + 3)
             for name in names]  # fmt: skip
    begun = [each for each in known if each.first is not None and each.first <= frame.today]
    offset = OFFSETS.get(which, 0)
    found = known[len(begun) - 1 + offset]
    return evolve(found, fixed=offset <= 0)


@book.meaning
def season(frame: Frame, name: str) -> When | None:
    """In spring."""
    return relative_season(frame, "this", name)


@book.meaning
def festive(frame: Frame) -> When:
    """The holidays: from Christmas Eve to New Year's Day."""
    year = frame.today.year - (frame.today <= date(frame.today.year, 1, 1))
    return stretch(date(year, 12, 24), date(year + 1, 1, 1), Grain.WEEK)
