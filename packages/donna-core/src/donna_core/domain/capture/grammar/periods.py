"""Stretches of days: this week, next month, in January, the end of the year, the weekend.

Weeks begin on Monday (ISO 8601). A stretch is vague: it says roughly when.
"""

from datetime import date, timedelta

from attrs import evolve

from donna_core.domain.capture.chart import RuleBook
from donna_core.domain.capture.dates import DAY, monday_of, month_end, plus_months, weekday_from
from donna_core.domain.capture.grammar.days import on_day
from donna_core.domain.capture.values import Clock, Frame, Grain, Length, When

book = RuleBook()

_MONTHS_IN = {Grain.MONTH: 1, Grain.QUARTER: 3, Grain.YEAR: 12}
_OFFSETS = {"this": 0, "current": 0, "the": 0, "next": 1, "coming": 1, "following": 1,
            "upcoming": 1, "last": -1, "past": -1, "previous": -1}  # fmt: skip
_CLOSE_OF_BUSINESS = Clock(hour=17)


def stretch(first: date, last: date, grain: Grain, *, fixed: bool = False) -> When:
    """Return the days from first to last."""
    return When(first=first, last=last, grain=grain, fixed=fixed, vague=True)


def _around(day: date, grain: Grain, offset: int) -> When:
    """Return the week, month, quarter or year of the day, moved by so many of them."""
    if grain is Grain.WEEK:
        first = monday_of(day) + timedelta(weeks=offset)
        return stretch(first, first + 6 * DAY, grain, fixed=offset < 0)
    months = _MONTHS_IN[grain]
    start = day.replace(day=1, month=(day.month - 1) // months * months + 1)
    first = plus_months(start, months * offset)
    return stretch(first, plus_months(first, months) - DAY, grain, fixed=offset < 0)


@book.rule(
    "period",
    "the? =this|current|next|coming|following|upcoming|last|past|previous =week|month|quarter|year",
)
def relative(frame: Frame, which: str, grain: str) -> When:
    """Next month."""
    return _around(frame.today, Grain(grain), _OFFSETS[which])


@book.rule("the_period", "the =week|month|quarter|year")
def definite(frame: Frame, grain: str) -> When:
    """The month: the current one."""
    return _around(frame.today, Grain(grain), 0)


@book.rule("period", "the? =week|month|year after next")
def after_next(frame: Frame, grain: str) -> When:
    """The week after next."""
    return _around(frame.today, Grain(grain), 2)


@book.rule("period", "the week of <day>")
def week_of(_: Frame, when: When) -> When | None:
    """The week of 3 May."""
    return _around(when.first, Grain.WEEK, 0) if when.first else None


@book.rule("period", "the? =this|next|coming|upcoming weekend", "=the weekend", "=at weekend")
def weekend(frame: Frame, which: str) -> When:
    """This weekend: Saturday and Sunday of this week, what is left of it."""
    saturday = monday_of(frame.today) + 5 * DAY
    if which == "next":
        saturday += 7 * DAY
    return stretch(saturday, saturday + DAY, Grain.DAY)


@book.rule("period", "last weekend")
def last_weekend(frame: Frame) -> When:
    """Last weekend."""
    saturday = monday_of(frame.today) - 2 * DAY
    return stretch(saturday, saturday + DAY, Grain.DAY, fixed=True)


@book.rule("period", "<month> ,|of? <year>")
def month_of(_: Frame, month: int, year: int) -> When:
    """May 2027."""
    first = date(year, month, 1)
    return stretch(first, month_end(first), Grain.MONTH, fixed=True)


@book.rule("named_month", "<month>", "next <month>", "this|coming <month>")
def named(frame: Frame, month: int) -> When:
    """May: this month if it is May, else the next one."""
    year = frame.today.year + (month < frame.today.month)
    first = date(year, month, 1)
    return stretch(first, month_end(first), Grain.MONTH)


@book.rule("period", "=q <number> <year>?", "=q <number> of? <year|period>")
def quarter(frame: Frame, _q: str, number: int, year: int | When | None = None) -> When | None:
    """Q3."""
    if not 1 <= number <= 4:
        return None
    of = year.first.year if isinstance(year, When) and year.first else year
    value = of if isinstance(of, int) else frame.today.year
    first = date(value, 3 * number - 2, 1)
    found = stretch(first, plus_months(first, 3) - DAY, Grain.QUARTER)
    if of is None and found.last is not None and found.last < frame.today:
        return _around(plus_months(first, 12), Grain.QUARTER, 0)
    return found


@book.rule("period", "the? next|coming|upcoming|following <length>")
def ahead(frame: Frame, length: Length) -> When | None:
    """The next two weeks."""
    return None if length.is_fine else stretch(frame.today, length.after(frame.today), Grain.DAY)


@book.rule("period", "the? last|past|previous <length>")
def back(frame: Frame, length: Length) -> When | None:
    """The last two weeks."""
    if length.is_fine:
        return None
    return stretch(length.after(frame.today, sign=-1), frame.today, Grain.DAY, fixed=True)


@book.rule("point", "the? end|close of <period|the_period|named_month>", "late <period>")
def end_of(_: Frame, period: When) -> When | None:
    """The end of next month."""
    return evolve(period, first=period.last, grain=Grain.DAY) if period.last else None


@book.rule("point", "month -? end", "eom", "end of month|mth", "month end")
def end_of_month(frame: Frame) -> When:
    """End of month."""
    last = month_end(frame.today)
    return stretch(last, last, Grain.DAY)


@book.rule("point", "eow", "end of week")
def end_of_week(frame: Frame) -> When:
    """End of week: its Friday, or Sunday once Friday is over."""
    friday = monday_of(frame.today) + 4 * DAY
    last = friday if friday >= frame.today else friday + 2 * DAY
    return stretch(last, last, Grain.DAY)


@book.rule("point", "eoy", "end of year", "year -? end")
def end_of_year(frame: Frame) -> When:
    """End of year."""
    last = date(frame.today.year, 12, 31)
    return stretch(last, last, Grain.DAY)


@book.rule("point", "eoq", "end of quarter", "quarter -? end")
def end_of_quarter(frame: Frame) -> When | None:
    """End of quarter."""
    return end_of(frame, _around(frame.today, Grain.QUARTER, 0))


@book.rule("point", "the? beginning|start of <period|the_period|named_month>", "early <period>")
def start_of(_: Frame, period: When) -> When | None:
    """The beginning of next month."""
    return evolve(period, last=period.first, grain=Grain.DAY) if period.first else None


@book.rule("point", "the? middle of <period|the_period|named_month>", "mid -? <period|named_month>")
def middle_of(_: Frame, period: When) -> When | None:
    """Mid-March."""
    if period.first is None or period.last is None:
        return None
    found = period.first + (period.last - period.first) // 2
    return stretch(found, found, Grain.DAY)


@book.rule(
    "point", "eod <day>", "<day> eod", "eod", "the? end of the? day on|,? <day>", "<day> end of day"
)
@book.rule("point", "the? end of the? day", "the? end of <day>")
def end_of_day(frame: Frame, when: When | None = None) -> When:
    """End of day: 23:59 of it."""
    return evolve(when or on_day(frame.today), clock=Clock(hour=23, minute=59), ends_day=True)


@book.rule(
    "point",
    "cob <day>",
    "<day> cob",
    "cob",
    "close of business|play on|,? <day>",
    "close of business|play",
)
def close_of_business(frame: Frame, when: When | None = None) -> When:
    """Close of business: 17:00."""
    return evolve(when or on_day(frame.today), clock=_CLOSE_OF_BUSINESS, ends_day=True)


@book.rule("soon", "soon|shortly", "pretty|very soon", "as? soon as possible", "in the near future")
def soon(frame: Frame) -> When:
    """Soon: within three days."""
    return stretch(frame.today, frame.today + 3 * DAY, Grain.DAY)


@book.rule(
    "soon", "one of these days", "in the coming days", "over the next few days", "sometime soon"
)
def some_day(frame: Frame) -> When:
    """One of these days: within a week."""
    return stretch(frame.today, weekday_from(frame.today, 6), Grain.DAY)
