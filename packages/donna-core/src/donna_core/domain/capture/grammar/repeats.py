"""Repetitions: every Monday at 9, every other Thursday, monthly on the 1st, quarterly."""

from collections.abc import Sequence

from attrs import evolve

from donna_core.domain.capture.chart import RuleBook
from donna_core.domain.capture.dates import plus_months
from donna_core.domain.capture.grammar.clocks import Span, nothing_counted
from donna_core.domain.capture.grammar.moments import at_time
from donna_core.domain.capture.tokens import Token
from donna_core.domain.capture.values import Clock, Frame, Length, Meaning, Part, Repeat, Role, When

book = RuleBook()

Which = tuple[int, ...]
Days = tuple[int, ...]
_ADVERBS = {
    "hourly": Repeat(every="HOURLY"), "daily": Repeat(every="DAILY"),
    "everyday": Repeat(every="DAILY"), "nightly": Repeat(every="DAILY"),
    "weekly": Repeat(every="WEEKLY"), "biweekly": Repeat(every="WEEKLY", interval=2),
    "fortnightly": Repeat(every="WEEKLY", interval=2), "monthly": Repeat(every="MONTHLY"),
    "bimonthly": Repeat(every="MONTHLY", interval=2),
    "quarterly": Repeat(every="MONTHLY", interval=3), "yearly": Repeat(every="YEARLY"),
    "annually": Repeat(every="YEARLY"), "annual": Repeat(every="YEARLY"),
}  # fmt: skip
_UNITS = {
    "second": ("SECONDLY", 1), "minute": ("MINUTELY", 1), "min": ("MINUTELY", 1),
    "hour": ("HOURLY", 1), "hr": ("HOURLY", 1), "day": ("DAILY", 1), "week": ("WEEKLY", 1),
    "fortnight": ("WEEKLY", 2), "month": ("MONTHLY", 1), "quarter": ("MONTHLY", 3),
    "year": ("YEARLY", 1), "yr": ("YEARLY", 1),
}  # fmt: skip
_UNIT_WORDS = "|".join(name + plural for name in _UNITS for plural in ("", "s"))
_WORKDAYS = tuple((0, day) for day in range(5))
_WEEKEND = ((0, 5), (0, 6))
_DETERMINERS = frozenset(
    ["the", "this", "that", "my", "our", "your", "his", "her", "their", "last", "next", "its"]
)
_ADJECTIVES = frozenset(
    ["annual", "daily", "weekly", "monthly", "quarterly", "yearly", "hourly", "nightly"]
)
_HEADS = frozenset(["reminder", "alarm", "alert", "on", "at", "every", "starting", "from"])


def _no_adjective(tokens: Sequence[Token], start: int, end: int) -> bool:
    """Whether "weekly" says how often, unlike in "the weekly report"."""
    if tokens[start].norm not in _ADJECTIVES or end - start > 1:
        return True
    before = tokens[start - 1].norm if start else ""
    after = tokens[end] if end < len(tokens) else None
    return before not in _DETERMINERS or after is None or after.norm in _HEADS


def _stepped(unit: str, count: int) -> Repeat | None:
    every, factor = _UNITS[unit if unit in _UNITS else unit.removesuffix("s")]
    return Repeat(every=every, interval=count * factor) if 0 < count * factor <= 1000 else None


@book.rule("repeat", f"={'|'.join(_ADVERBS)}", guard=_no_adjective)
def adverb(_: Frame, name: str) -> Repeat:
    """Daily."""
    return _ADVERBS[name]


@book.rule("repeat", "bi -? weekly", "semi -? monthly", "every? fortnight")
def fortnightly(_: Frame) -> Repeat:
    """Bi-weekly: every second week."""
    return Repeat(every="WEEKLY", interval=2)


@book.rule(
    "repeat",
    f"every|each|per single? ={_UNIT_WORDS}",
    "once|1x a|an|per|each|every =day|week|month|year|hour|quarter",
)
def each(_: Frame, unit: str) -> Repeat | None:
    """Every week."""
    return _stepped(unit, 1)


@book.rule(
    "repeat", f"every|each <number> -? ={_UNIT_WORDS}", f"once|one every <number> ={_UNIT_WORDS}"
)
@book.rule("repeat", f"every|each <ordinal> ={_UNIT_WORDS}")
def each_nth(_: Frame, count: int, unit: str) -> Repeat | None:
    """Every 3 months, every third month."""
    return _stepped(unit, count)


@book.rule(
    "repeat",
    f"every|each other|alternate|second ={_UNIT_WORDS}",
    f"every couple of? ={_UNIT_WORDS}",
)
def each_other(_: Frame, unit: str) -> Repeat | None:
    """Every other week."""
    return _stepped(unit, 2)


@book.rule("day_list", "<weekday>", "<weekdays>")
def one_day(_: Frame, day: int) -> Days:
    """Monday."""
    return (day,)


@book.rule(
    "day_list", "<weekday|weekdays> ,|and|&|/|or <day_list>", "<weekday|weekdays> , and <day_list>"
)
def more_days(_: Frame, day: int, rest: Days) -> Days | None:
    """Monday, Wednesday and Friday."""
    return (day, *rest) if len(rest) < 7 else None


@book.rule("day_list", "<weekday|weekdays> -|–|to|through|thru <weekday|weekdays>")
def day_range(_: Frame, first: int, last: int) -> Days:
    """Monday to Friday."""
    return tuple((first + step) % 7 for step in range((last - first) % 7 + 1))


@book.rule(
    "repeat_days",
    "on? weekdays|workdays",
    "every|each weekday|workday",
    "on? work -? days",
    "every work|working|business day",
)
def workdays(_: Frame) -> tuple[tuple[int, int], ...]:
    """On weekdays."""
    return _WORKDAYS


@book.rule("repeat_days", "on|at? weekends", "every|each weekend", "at weekends")
def weekends(_: Frame) -> tuple[tuple[int, int], ...]:
    """On weekends."""
    return _WEEKEND


@book.rule("repeat_days", "every|each|all <day_list>")
def every_days(_: Frame, days: Days) -> tuple[tuple[int, int], ...]:
    """Every Monday and Thursday."""
    return tuple((0, day) for day in days)


@book.rule("repeat_days", "on? <plural_list>")
def plural_days(_: Frame, days: Days) -> tuple[tuple[int, int], ...]:
    """On Tuesdays."""
    return tuple((0, day) for day in days)


@book.rule("plural_list", "<weekdays>", "<weekdays> ,|and|&|-|through|thru|to <weekday|weekdays>")
def plural_list(_: Frame, *days: int) -> Days:
    """Tuesdays and Thursdays."""
    return days


@book.rule("repeat", "<repeat_days>")
def weekly_on(_: Frame, days: tuple[tuple[int, int], ...]) -> Repeat:
    """On these weekdays of every week."""
    return Repeat(every="WEEKLY", weekdays=tuple(dict.fromkeys(days)))


@book.rule("repeat", "every|each other|alternate|second <day_list>")
def other_days(_: Frame, days: Days) -> Repeat:
    """Every other Thursday."""
    return Repeat(every="WEEKLY", interval=2, weekdays=tuple((0, day) for day in days))


@book.rule("repeat", "every <number> <weekdays>")
def counted_days(_: Frame, count: int, day: int) -> Repeat | None:
    """Every three Mondays."""
    return Repeat(every="WEEKLY", interval=count, weekdays=((0, day),)) if 0 < count < 100 else None


@book.rule("repeat", "every|each other|alternate|second weekend")
def other_weekend(_: Frame) -> Repeat:
    """Every other weekend."""
    return Repeat(every="WEEKLY", interval=2, weekdays=_WEEKEND)


@book.rule("repeat", "every|each <number> weekends")
def counted_weekends(_: Frame, count: int) -> Repeat | None:
    """Every four weekends."""
    return Repeat(every="WEEKLY", interval=count, weekdays=_WEEKEND) if 0 < count < 100 else None


@book.rule(
    "repeat", "every|each <part>", "every|each <weekday> <part>", "<weekday> <parts>", "<parts>"
)
def every_part(_: Frame, first: int | Part, second: Part | None = None) -> Repeat | None:
    """Every morning, every Monday morning, Tuesday nights."""
    if isinstance(first, Part):
        return Repeat(every="DAILY", part=first)
    return Repeat(every="WEEKLY", weekdays=((0, first),), part=second)


@book.rule("parts", "{word}")
def parts(frame: Frame, token: Token) -> Part | None:
    """Mornings."""
    return frame.parts.get(token.norm[:-1]) if token.norm.endswith("s") else None


@book.rule(
    "repeat",
    "every|each|the <nth> <weekday|weekdays>",
    "every|each <nth> <weekday> of|in the|every|each? month",
)
@book.rule("repeat", "on? the? <nth> <weekday|weekdays> of|in|on every|each month")
def nth_weekday(_: Frame, nth: int, day: int) -> Repeat | None:
    """Every first Monday: of the month."""
    return Repeat(every="MONTHLY", weekdays=((nth, day),)) if abs(nth) <= 5 else None


@book.rule(
    "repeat", "on? the? <nth> and|& the? <nth> <weekday|weekdays> of|in every|each|the month"
)
def two_nth(_: Frame, first: int, second: int, day: int) -> Repeat | None:
    """The second and last Friday of each month."""
    if max(abs(first), abs(second)) > 5:
        return None
    return Repeat(every="MONTHLY", weekdays=((first, day), (second, day)))


@book.rule("repeat", "on? the? <nth|number> day? of <repeat>", "the? <nth> <repeat>")
def nth_of(_: Frame, nth: int, base: Repeat) -> Repeat | None:
    """The 4th of every other month, the 31st day of every year."""
    return _on_numbers(base, (nth,))


@book.rule("repeat", "on? the? <nth> <weekday> of|in <repeat>")
def nth_weekday_of(_: Frame, nth: int, day: int, base: Repeat) -> Repeat | None:
    """The first Friday of every third month."""
    if base.every not in ("MONTHLY", "YEARLY") or base.weekdays or abs(nth) > 5:
        return None
    return evolve(base, weekdays=((nth, day),))


@book.rule("number_list", "<nth>", "<ordinal|nth> ,|and|& the? <number_list>")
@book.rule("number_list", "<number>", "<number> ,|and|& <number_list>")
def number_list(_: Frame, first: int, rest: Which = ()) -> Which | None:
    """The 1st and 15th."""
    return (first, *rest) if len(rest) < 12 else None


@book.rule(
    "repeat",
    "<repeat> ,? on? the|day|days? day? <number_list> of? the? day?",
    "<repeat> at|in the beginning",
)
def on_numbers(_: Frame, base: Repeat, numbers: Which = (1,)) -> Repeat | None:
    """Monthly on the 1st."""
    return _on_numbers(base, numbers)


@book.rule(
    "repeat",
    "<repeat> ,? on|, the? <nth> <weekday>",
    "<repeat> on? the? <nth> <weekday> in|of <month>",
)
def on_nth(_: Frame, base: Repeat, nth: int, day: int, month: int | None = None) -> Repeat | None:
    """Monthly on the last Friday; yearly on the fourth Thursday in November."""
    if base.every not in ("MONTHLY", "YEARLY") or base.weekdays or abs(nth) > 53:
        return None
    return evolve(base, weekdays=((nth, day),), months=(month,) if month else ())


@book.rule("repeat", "<repeat> ,? on? <day_list>", "<repeat> ,? <repeat_days>")
def on_days(
    _: Frame, base: Repeat, days: tuple[int, ...] | tuple[tuple[int, int], ...]
) -> Repeat | None:
    """Every 3 weeks on Monday; weekly on Wednesdays."""
    if base.weekdays or base.every not in ("WEEKLY", "DAILY"):
        return None
    pairs = tuple(day if isinstance(day, tuple) else (0, day) for day in days)
    return evolve(base, every="WEEKLY", weekdays=tuple(dict.fromkeys(pairs)))


@book.rule(
    "repeat",
    "every|each <month> on? the? day? <number_list>",
    "every year on? <month> the? <number_list>",
)
@book.rule("repeat", "yearly|annually on <month> the? <number_list>", "every|each <month>")
def yearly_date(_: Frame, month: int, days: Which = ()) -> Repeat | None:
    """Every August on day 20."""
    if not all(1 <= day <= 31 for day in days):
        return None
    return Repeat(every="YEARLY", months=(month,), month_days=days)


@book.rule(
    "repeat",
    "yearly|annually on|, the? <number> of? <month>",
    "every <ordinal|number> of? <month>",
    "every year on the? <ordinal|number> of? <month>",
)
def yearly_day(_: Frame, day: int, month: int) -> Repeat | None:
    """Every 3rd of May."""
    return Repeat(every="YEARLY", months=(month,), month_days=(day,)) if 1 <= day <= 31 else None


@book.rule("repeat", "<repeat> in week|weeks <number_list>")
def in_weeks(_: Frame, base: Repeat, weeks: Which) -> Repeat | None:
    """Every year in week 12."""
    if not all(1 <= week <= 53 for week in weeks):
        return None
    return evolve(base, every="YEARLY", weeks=weeks)


@book.rule(
    "repeat", "<repeat> for? up? to? <number> times|occurrences|x", "<repeat> <number> ~x|times"
)
def times(_: Frame, base: Repeat, count: int) -> Repeat | None:
    """Every day for 4 times."""
    return evolve(base, count=count) if count > 0 and base.until is None else None


@book.rule("repeat", "<repeat> ,? for up? to? the? next? <length>")
def for_length(frame: Frame, base: Repeat, length: Length) -> Repeat | None:
    """Every Thursday for the next three weeks."""
    if length.is_fine or base.count is not None:
        return None
    return evolve(base, until=length.after(base.since or frame.today))


@book.rule("repeat", "<repeat> ,? for the? next =week|month|year")
def for_next(frame: Frame, base: Repeat, name: str) -> Repeat | None:
    """Every other Friday for the next year."""
    length = {"week": Length(days=7), "month": Length(months=1), "year": Length(months=12)}[name]
    return for_length(frame, base, length)


@book.rule(
    "repeat",
    "<repeat> ,? until|till|til|ending <day|period|point|named_month>",
    "<repeat> through|thru <date|period|named_month>",
)
def until(_: Frame, base: Repeat, when: When) -> Repeat | None:
    """Every Monday until June: its first day ends it."""
    end = when.last if when.first == when.last else when.first
    if end is None or base.count is not None:
        return None
    if base.since is not None and end < base.since and not when.fixed:
        end = plus_months(end, 12)
    return evolve(base, until=end)


@book.rule(
    "repeat",
    "<repeat> ,? starting|beginning|from|since on|in|from? <day|daypart|period|named_month>",
)
@book.rule("repeat", "starting|beginning|from on|in? <day|daypart|period|named_month> ,? <repeat>")
def since(_: Frame, first: Repeat | When, second: Repeat | When) -> Repeat | None:
    """Daily starting 3 March."""
    base, when = (first, second) if isinstance(first, Repeat) else (second, first)
    if not isinstance(base, Repeat) or not isinstance(when, When):
        return None
    return evolve(base, since=when.first)


@book.rule("repeat", "<repeat> ,? <clock|timed|range>")
@book.rule("repeat", "<repeat> at? <number>", guard=nothing_counted)
@book.rule("repeat", "<repeat> at|in|on? the? <part>")
def at(_: Frame, base: Repeat, value: Clock | Span | Part | int) -> Repeat | None:
    """Every Monday at 9."""
    if base.clock is not None:
        return None
    if isinstance(value, Part):
        return evolve(base, part=value) if base.part is None else None
    if isinstance(value, int) and not 1 <= value <= 23:
        return None
    timed = at_time(When(part=base.part), value)
    return evolve(base, clock=timed.clock, stop=timed.until) if timed else None


@book.rule("repeat", "<clock|timed> ,? <repeat>")
def at_before(frame: Frame, value: Clock, base: Repeat) -> Repeat | None:
    """At 5 pm daily."""
    return at(frame, base, value)


@book.rule("phrase", "<repeat>")
def repeating(_: Frame, base: Repeat) -> Meaning:
    """A repetition."""
    return Meaning(role=Role.REPEATING, repeat=base)


@book.rule("phrase", "by|until <clock> <repeat>", "<repeat> by <clock>")
def repeating_by(_: Frame, first: Repeat | Clock, second: Repeat | Clock) -> Meaning | None:
    """Every Tuesday by 8 pm."""
    base, clock = (first, second) if isinstance(first, Repeat) else (second, first)
    if not isinstance(base, Repeat) or not isinstance(clock, Clock):
        return None
    return Meaning(role=Role.REPEATING, repeat=evolve(base, clock=clock.daytime))


def _on_numbers(base: Repeat, numbers: Which) -> Repeat | None:
    if base.weekdays or base.month_days:
        return None
    if base.every == "MONTHLY" and all(-31 <= number <= 31 and number for number in numbers):
        return evolve(base, month_days=numbers)
    if base.every == "YEARLY" and not base.months and all(1 <= number <= 366 for number in numbers):
        return evolve(base, year_days=numbers)
    return None
