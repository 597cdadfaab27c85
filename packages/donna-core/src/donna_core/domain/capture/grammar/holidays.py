"""Days with a name: fixed dates, nth weekdays and days counted from Easter."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from functools import partial
from types import MappingProxyType

from donna_core.domain.capture.chart import RuleBook
from donna_core.domain.capture.dates import easter_sunday, nth_weekday, plus_months
from donna_core.domain.capture.grammar.days import on_day
from donna_core.domain.capture.tokens import Token
from donna_core.domain.capture.values import Frame, Grain, Length, When

book = RuleBook()

DayOfYear = Callable[[int], date]


def _fixed(month: int, day: int) -> DayOfYear:
    return lambda year: date(year, month, day)


def _nth(month: int, nth: int, weekday: int, *, offset: int = 0) -> DayOfYear:
    return lambda year: nth_weekday(year, month, nth, weekday) + timedelta(days=offset)


def _easter(offset: int, year: int) -> date:
    return easter_sunday(year) + timedelta(days=offset)


_NAMES: dict[str, DayOfYear] = {
    "new year eve|new years eve|new year's eve|nye": _fixed(12, 31),
    "new year day|new years day|new year's day": _fixed(1, 1),
    "valentine day|valentines day": _fixed(2, 14),
    "saint patrick day|saint patricks day|st patrick day|st patricks day": _fixed(3, 17),
    "april fools day|april fool day": _fixed(4, 1),
    "international workers' day|international workers day|may day|labour day": _fixed(5, 1),
    "independence day": _fixed(7, 4),
    "halloween": _fixed(10, 31),
    "veterans day": _fixed(11, 11),
    "christmas eve|xmas eve": _fixed(12, 24),
    "christmas|christmas day|xmas|xmas day": _fixed(12, 25),
    "boxing day": _fixed(12, 26),
    "mlk day|martin luther king day": _nth(1, 3, 0),
    "presidents day|presidents' day": _nth(2, 3, 0),
    "mother day|mothers day": _nth(5, 2, 6),
    "memorial day": _nth(5, -1, 0),
    "father day|fathers day": _nth(6, 3, 6),
    "labor day": _nth(9, 1, 0),
    "columbus day": _nth(10, 2, 0),
    "thanksgiving|thanksgiving day|thanks giving day": _nth(11, 4, 3),
    "black friday": _nth(11, 4, 3, offset=1),
    "cyber monday": _nth(11, 4, 3, offset=4),
    "mardi gras|shrove tuesday": partial(_easter, -47),
    "ash wednesday": partial(_easter, -46),
    "palm sunday": partial(_easter, -7),
    "good friday": partial(_easter, -2),
    "easter|easter sunday": partial(_easter, 0),
    "easter monday": partial(_easter, 1),
    "ascension day": partial(_easter, 39),
    "pentecost|whit sunday|white sunday": partial(_easter, 49),
    "whit monday": partial(_easter, 50),
    "corpus christi": partial(_easter, 60),
}
HOLIDAYS: Mapping[str, DayOfYear] = MappingProxyType(
    {name: rule for names, rule in _NAMES.items() for name in names.split("|")}
)


@book.rule(
    "holiday", "{word}", "{word} {word}", "{word} {word} {word}", "{word} {word} {word} {word}"
)
def holiday(_: Frame, *words: Token) -> str | None:
    """Christmas Eve."""
    name = " ".join(word.norm for word in words)
    return name if name in HOLIDAYS else None


@book.rule("day", "next|this|on? <holiday>", "<holiday> ,|of|in? <year>")
def holiday_day(frame: Frame, name: str, of: int | None = None) -> When:
    """Halloween: the next one, or that of a year."""
    if of is not None:
        return on_day(HOLIDAYS[name](of), fixed=True)
    found = HOLIDAYS[name](frame.today.year)
    return on_day(found if found >= frame.today else HOLIDAYS[name](frame.today.year + 1))


@book.rule("day", "<holiday> of? <period>", "<holiday> in <length>")
def holiday_period(frame: Frame, name: str, when: When | Length) -> When | None:
    """Thanksgiving of next year, Thanksgiving in a year."""
    if isinstance(when, Length):
        return on_day(HOLIDAYS[name](plus_months(frame.today, when.months).year))
    if when.first is None or when.grain is not Grain.YEAR:
        return None
    return on_day(HOLIDAYS[name](when.first.year), fixed=True)
