"""Repetitions: every Monday at 9, every other Thursday, monthly on the 1st, quarterly."""

from collections.abc import Sequence

from attrs import evolve

from donna_core.domain.capture.chart import RuleBook
from donna_core.domain.capture.grammar.clocks import Span, hour, nothing_counted
from donna_core.domain.capture.grammar.moments import at_time
from donna_core.domain.capture.tokens import Shape, Token
from donna_core.domain.capture.values import (
    Clock,
    Frame,
    Length,
    Meaning,
    Part,
    Repeat,
    Role,
    When,
)

book = RuleBook()

Which = tuple[int, ...]
Days = tuple[int, ...]
Pairs = tuple[tuple[int, int], ...]
_ADVERBS = {
    "hourly": Repeat(every="HOURLY"), "daily": Repeat(every="DAILY"),
    "everyday": Repeat(every="DAILY"), "nightly": Repeat(every="DAILY"),
    "weekly": Repeat(every="WEEKLY"), "biweekly": Repeat(every="WEEKLY", interval=2),
    "fortnightly": Repeat(every="WEEKLY", interval=2), "monthly": Repeat(every="MONTHLY"),
    "semiannually": Repeat(every="MONTHLY", interval=6),
    "biannually": Repeat(every="MONTHLY", interval=6),
    "biennially": Repeat(every="YEARLY", interval=2),
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
WORKDAYS = tuple((0, day) for day in range(5))
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


def _are_short(tokens: Sequence[Token], start: int, end: int) -> bool:
    """Whether the weekdays are abbreviated, as in a plan; "Monday, Tuesday, Friday" may be days."""
    words = [token.norm for token in tokens[start:end] if token.shape is Shape.WORD]
    return all(len(word) <= 5 for word in words)


def _stepped(unit: str, count: int) -> Repeat | None:
    every, factor = _UNITS[unit if unit in _UNITS else unit.removesuffix("s")]
    return Repeat(every=every, interval=count * factor) if 0 < count * factor <= 1000 else None


@book.rule("repeat", f"={'|'.join(_ADVERBS)}", guard=_no_adjective)
def adverb(_: Frame, name: str) -> Repeat:
    """Daily."""
    return _ADVERBS[name]


@book.rule("repeat", "semi|half|bi -? yearly|annually", "twice|2x a|per|each year")
def half_yearly(_: Frame) -> Repeat:
    """Twice a year: every six months."""
    return Repeat(every="MONTHLY", interval=6)


@book.rule("repeat", "bi -? weekly", "semi -? monthly", "every? fortnight")
def fortnightly(_: Frame) -> Repeat:
    """Bi-weekly: every second week."""
    return Repeat(every="WEEKLY", interval=2)


@book.rule(
    "repeat",
    f"every|each|per single? ={_UNIT_WORDS}",
    "once|1x a|an|per|each|every =day|week|fortnight|month|year|hour|quarter",
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


@book.rule("repeat", f"every few ={_UNIT_WORDS}")
def each_few(_: Frame, unit: str) -> Repeat | None:
    """Every few days: three."""
    return _stepped(unit, 3)


@book.rule("repeat", "<weekday> / <weekday>", "<weekday> / <weekday> / <weekday>")
@book.rule("repeat", "<weekday> ,? <weekday> ,? and|&? <weekday>", guard=_are_short)
def short_list(_: Frame, *days: int) -> Repeat | None:
    """Tue/Thu, Mon Wed Fri: every week."""
    if len(set(days)) < len(days):
        return None
    return Repeat(every="WEEKLY", weekdays=tuple((0, day) for day in days))


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
    return WORKDAYS


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


@book.rule("plural_list", "<weekdays>", "<weekdays> ,|and|& <weekday|weekdays>")
@book.rule("plural_list", "<weekdays> ,? <weekdays> ,? and|& <weekdays>")
def plural_list(_: Frame, *days: int) -> Days:
    """Tuesdays and Thursdays."""
    return days


@book.rule("plural_list", "<weekdays> -|–|through|thru|to <weekday|weekdays>")
def plural_range(frame: Frame, first: int, last: int) -> Days:
    """Mondays through Fridays."""
    return day_range(frame, first, last)


@book.rule("repeat", "on? <day_list> ,? of? every|each week")
def days_each_week(_: Frame, days: Days) -> Repeat:
    """Monday, Wednesday and Friday every week."""
    return Repeat(every="WEEKLY", weekdays=tuple((0, day) for day in days))


@book.rule("repeat", "weekday|workday <parts>")
def weekday_parts(_: Frame, part: Part) -> Repeat:
    """Weekday mornings."""
    return Repeat(every="WEEKLY", weekdays=WORKDAYS, part=part)


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


@book.rule("repeat", "<repeat> ,? on? <day_list>", "<repeat> ,? <repeat_days>")
def on_days(
    _: Frame, base: Repeat, days: tuple[int, ...] | tuple[tuple[int, int], ...]
) -> Repeat | None:
    """Every 3 weeks on Monday; weekly on Wednesdays."""
    if base.weekdays or base.every not in ("WEEKLY", "DAILY"):
        return None
    pairs = tuple(day if isinstance(day, tuple) else (0, day) for day in days)
    return evolve(base, every="WEEKLY", weekdays=tuple(dict.fromkeys(pairs)))


@book.rule("repeat", "every|each <length>")
def each_length(_: Frame, length: Length) -> Repeat | None:
    """Every hour and a half."""
    minutes, rest = divmod(length.seconds, 60)
    if length.months or length.days or rest or not 0 < minutes <= 1440 or not minutes % 60:
        return None
    return Repeat(every="MINUTELY", interval=minutes)


@book.rule("repeat", "<repeat> ,? <clock|timed|range>")
@book.rule("repeat", "<repeat> at? <number>", guard=nothing_counted)
@book.rule("repeat", "<repeat> at|in|on? the? <part>")
def at(_: Frame, base: Repeat, value: Clock | Span | Part | int) -> Repeat | None:
    """Every Monday at 9."""
    if base.clock is not None or base.without:
        return None
    if isinstance(value, Part):
        return evolve(base, part=value) if base.part is None else None
    if isinstance(value, int) and not 1 <= value <= 23:
        return None
    timed = at_time(When(part=base.part), value)
    if timed is None or timed.clock is None:
        return None
    if base.every == "HOURLY" and timed.until is not None:
        hours = range(timed.clock.daytime.hour + 1, timed.until.hour + 1)
        also = tuple(evolve(timed.clock, hour=hour, open=False) for hour in hours)
        return evolve(base, clock=timed.clock.daytime, also=also)
    return evolve(base, clock=timed.clock, stop=timed.until)


@book.rule("repeat", "<repeat> ,|and|& <number>", guard=nothing_counted)
@book.rule("repeat", "<repeat> ,|and|& <clock>", "<repeat> , and|& <clock|number>")
def also_at(_: Frame, base: Repeat, value: Clock | int) -> Repeat | None:
    """Every day at 10, 12 and 17."""
    clock = hour(value) if isinstance(value, int) else value
    if base.clock is None or clock is None or base.stop is not None or len(base.also) > 22:
        return None
    return evolve(base, also=(*base.also, clock)) if clock.minute == base.clock.minute else None


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
