"""Days and times joined: tomorrow at 9, Friday evening, 8 tonight, in an hour and a half."""

from datetime import UTC, datetime, time, timedelta

from attrs import evolve

from donna_core.domain.capture.chart import RuleBook
from donna_core.domain.capture.dates import DAY, weekday_from
from donna_core.domain.capture.grammar.clocks import Span, hour, span
from donna_core.domain.capture.grammar.dayparts import early_late as halved
from donna_core.domain.capture.grammar.days import on_day
from donna_core.domain.capture.grammar.lengths import UNITS, length_of
from donna_core.domain.capture.tokens import Token
from donna_core.domain.capture.values import Clock, Frame, Length, Meaning, Part, Role, When

book = RuleBook()

Time = Clock | Span | int


def at_time(when: When, value: Time) -> When | None:
    """Return the day with a time or a range of times; a part of the day settles the half."""
    clock = hour(value) if isinstance(value, int) else value
    if clock is None:
        return None
    first, last, loose = clock if isinstance(clock, tuple) else (clock, None, False)
    if when.part is not None:
        first = first.within(when.part)
    return evolve(when, clock=first, until=last, loose=loose)


@book.meaning
def day_and_part(_: Frame, first: When | Part, second: When | Part) -> When | None:
    """Tomorrow morning."""
    when, part = (first, second) if isinstance(first, When) else (second, first)
    if not isinstance(when, When) or not isinstance(part, Part) or when.clock is not None:
        return None
    return evolve(when, part=part)


@book.meaning
def early_late(frame: Frame, which: str, when: When, whole: Part | None = None) -> When | None:
    """Early tomorrow morning."""
    part = whole or when.part
    if part is None or when.clock is not None:
        return None
    return evolve(when, part=halved(frame, which, part))


@book.meaning
def tonight(frame: Frame) -> When:
    """Tonight: the evening of today and what is left of the day."""
    evening = frame.parts.get("tonight") or Part(name="tonight", start=18, end=24)
    return evolve(on_day(frame.today), part=evening)


@book.meaning
def this_part(frame: Frame, part: Part) -> When:
    """This afternoon."""
    over = part.end <= 24 and frame.now.hour >= part.end
    return evolve(on_day(frame.today, fixed=over), part=part)


@book.meaning
def later_today(frame: Frame) -> When:
    """Later today: what is left of the day."""
    return evolve(on_day(frame.today), part=Part(name="later", start=frame.now.hour + 1, end=24))


@book.meaning
def last_night(frame: Frame) -> When:
    """Last night."""
    part = frame.parts.get("night") or Part(name="night", start=20, end=24)
    return evolve(on_day(frame.today - timedelta(days=1), fixed=True), part=part)


@book.meaning
def day_time(_: Frame, when: When, value: Time) -> When | None:
    """Tomorrow at 9."""
    return at_time(when, value) if when.clock is None else None


@book.meaning
def day_hour(_: Frame, when: When, value: int) -> When | None:
    """Friday 7."""
    return at_time(when, value) if 1 <= value <= 23 and when.clock is None else None


@book.meaning
def day_spoken(_: Frame, when: When, value: int, minute: int) -> When | None:
    """Tomorrow six thirty."""
    clock = hour(value, minute) if 10 <= minute < 60 else None
    return at_time(when, clock) if clock else None


@book.meaning
def time_day(_: Frame, value: Time, when: When) -> When | None:
    """3 pm tomorrow, 8 tonight."""
    return at_time(when, value) if when.clock is None else None


@book.meaning
def compact_hour(_: Frame, when: When, token: Token) -> When | None:
    """Tonight 815."""
    found = hour(*divmod(int(token.text), 100)) if len(token.text) in (3, 4) else None
    return at_time(when, found) if found and when.clock is None else None


@book.meaning
def day_dotted(frame: Frame, when: When, first: Clock, last: Clock | None = None) -> When | None:
    """Friday 13.00 - 16.00."""
    if when.clock is not None:
        return None
    if last is None and first.minute % 15:
        return None  # rather a date: Monday, 10.05.
    value = span(frame, first, last) if last else first
    return at_time(when, value) if value else None


@book.meaning
def day_hours(frame: Frame, *parts: When | int) -> When | None:
    """Monday 9-5."""
    when = next(part for part in parts if isinstance(part, When))
    first, last = (part for part in parts if isinstance(part, int))
    if when.clock is not None or not 1 <= first <= 23 or not 1 <= last <= 24 or first == last:
        return None
    value = span(frame, first, last)
    return at_time(when, value) if value else None


@book.meaning
def beside_time(_: Frame, length: Length, side: str, value: Clock | When) -> When | None:
    """Two hours before midnight."""
    when = at_time(When(), value) if isinstance(value, Clock) else value
    clock = when.clock if when else None
    if when is None or clock is None or not length.is_fine or length.months or when.until:
        return None
    clock = clock.within(when.part) if when.part else clock
    seconds = length.seconds if side != "before" else -length.seconds
    total = 60 * clock.hour + clock.minute + seconds // 60 + 1440 * length.days
    days, minutes = divmod(total, 1440)
    shifted = evolve(clock, hour=minutes // 60, minute=minutes % 60)
    shifted = evolve(shifted, open=clock.open and 1 <= shifted.hour <= 12)
    first = when.first + timedelta(days=days) if when.first else None
    return evolve(when, first=first, last=first, clock=shifted, part=None)


@book.meaning
def first_thing(frame: Frame, when: When) -> When | None:
    """First thing tomorrow."""
    morning = frame.parts.get("morning")
    return evolve(when, part=morning) if morning else None


@book.meaning
def spoken_part(_: Frame, value: int, minute: int, part: Part) -> When | None:
    """Five thirty in the morning."""
    clock = hour(value, minute) if minute >= 10 else None
    return at_time(When(part=part), clock) if clock else None


@book.meaning
def time_part(_: Frame, value: Time, part: Part) -> When | None:
    """8 in the evening."""
    return at_time(When(part=part), value)


@book.meaning
def part_time(_: Frame, part: Part, value: Time) -> When | None:
    """Afternoon 3:30."""
    return at_time(When(part=part), value)


@book.meaning
def day_moment(_: Frame, first: When, second: When) -> When | None:
    """Tomorrow at 8 in the evening."""
    day, moment = (first, second) if second.first is None else (second, first)
    if moment.first is not None or day.clock is not None:
        return None
    return evolve(day, clock=moment.clock, until=moment.until, part=moment.part)


@book.meaning
def now(frame: Frame) -> When:
    """Now."""
    return When(first=frame.today, last=frame.today, instant=frame.at)


@book.meaning
def minutes_sign(frame: Frame, token: Token) -> When | None:
    """In 5'."""
    return counted(frame, Length(seconds=60 * int(token.text)), sign=1)


@book.meaning
def colon_joined(_: Frame, when: When, hours: Token, minutes: Token) -> When | None:
    """05/31/2027:14:15, the time stamp of log files."""
    return at_time(when, Clock(hour=int(hours.text), minute=int(minutes.text)))


@book.meaning
def plus(_: Frame, when: When, first: str | Length, second: Length | None = None) -> When | None:
    """2027-05-03 -10days."""
    sign, length = (first, second) if isinstance(first, str) else ("+", first)
    if when.first is None or length is None or length.is_fine:
        return None
    return on_day(length.after(when.first, sign=-1 if sign == "-" else 1), fixed=True)


@book.meaning
def alarm_for(_: Frame, value: int) -> Clock | None:
    """An alarm for 7."""
    return hour(value)


@book.meaning
def minus(frame: Frame, length: Length) -> When:
    """-2h: the whole text, for elsewhere the dash may lead to a length."""
    return counted(frame, length, sign=-1)


@book.meaning
def around_now(frame: Frame, length: Length | str, side: str) -> When | None:
    """The hour before: of now, where the text names nothing else."""
    if isinstance(length, str):
        one = length_of(1, UNITS[length])
        if one is None:
            return None
        length = one
    return counted(frame, length, sign=1 if side == "after" else -1)


@book.meaning
def was_at(frame: Frame, clock: Clock) -> When:
    """It was at 5 pm: the last such time."""
    halves = [clock.daytime, clock.daytime.other_half] if clock.open else [clock]
    minutes = 60 * frame.now.hour + frame.now.minute
    day = frame.today
    if all(60 * (half.hour % 24) + half.minute > minutes for half in halves):
        day -= DAY
    ends = [half for half in halves if day < frame.today or half.wall <= frame.now.time()]
    return When(first=day, last=day, clock=evolve(ends[-1], hour=ends[-1].hour % 24), fixed=True)


@book.meaning
def whole_text(frame: Frame, length: Length) -> Meaning | None:
    """One hour, and nothing else: an answer to when as well as to how long."""
    if not length.is_fine or length.span > timedelta(days=1):
        return None
    return Meaning(role=Role.ON, when=counted(frame, length, sign=1), length=length)


@book.meaning
def after_length(frame: Frame, length: Length) -> When:
    """After two hours."""
    return exactly(frame, length, sign=1)


@book.meaning
def ahead(frame: Frame, length: Length) -> When:
    """In two hours, counted in real time; in three days, a whole day."""
    return counted(frame, length, sign=1)


@book.meaning
def ago(frame: Frame, length: Length) -> When:
    """Two hours ago."""
    return counted(frame, length, sign=-1)


@book.meaning
def counted_time(_: Frame, first: When | Clock, second: When | Clock | Part) -> When | None:
    """In three days at 9; in two weeks in the morning; at 7 in two weeks."""
    when, value = (first, second) if isinstance(first, When) else (second, first)
    if not isinstance(when, When) or isinstance(value, When):
        return None
    if when.first is None or when.instant is not None or when.clock is not None or when.part:
        return None
    return evolve(when, part=value) if isinstance(value, Part) else at_time(when, value)


def exactly(frame: Frame, length: Length, *, sign: int) -> When:
    """Return the day that far from now, at this very time of day."""
    when = counted(frame, length, sign=sign)
    return when if when.instant else evolve(when, kept=frame.now.time().replace(microsecond=0))


def counted(frame: Frame, length: Length, *, sign: int) -> When:
    """Return the instant or the day that far from now."""
    day = length.after(frame.today, sign=sign)
    if not length.is_fine:
        return evolve(
            on_day(day, fixed=sign < 0),
            counted=length,
            kept=frame.now.time().replace(minute=0, second=0, microsecond=0),
        )
    start = frame.at
    if day != frame.today:
        start = frame.instant(day, time(frame.now.hour, frame.now.minute, frame.now.second))
    instant = start + sign * timedelta(seconds=length.seconds)
    here: datetime = instant.astimezone(frame.zone)
    return When(
        first=here.date(), last=here.date(), instant=instant, fixed=sign < 0, counted=length
    )


@book.meaning
def seconds_sign(frame: Frame, token: Token) -> When | None:
    """In 30″."""
    return counted(frame, Length(seconds=int(token.text[:6])), sign=1)


@book.meaning
def at_meal(_: Frame, first: Part | When, second: Part | When) -> When | None:
    """At lunch tomorrow."""
    when, part = (first, second) if isinstance(first, When) else (second, first)
    if not isinstance(when, When) or not isinstance(part, Part) or when.clock is not None:
        return None
    return evolve(when, part=part)


@book.meaning
def until_clock(_: Frame, when: When, last: Clock) -> When | None:
    """2027-05-03 13:00 - 16:00."""
    first = when.clock
    if first is None or when.until is not None or when.first is None:
        return None
    value = span(_, first, last)
    return evolve(when, until=value[1]) if value and value[1].wall > first.daytime.wall else None


@book.meaning
def epoch(frame: Frame, token: Token) -> When | None:
    """Epoch 1700000000: seconds, or with thirteen digits milliseconds, since 1970."""
    if len(token.text) not in (10, 13):
        return None
    instant = datetime.fromtimestamp(int(token.text[:10]), UTC)
    day = instant.astimezone(frame.zone).date()
    return When(first=day, last=day, instant=instant, fixed=True)


@book.meaning
def one_part(_: Frame, *said: Part | When | int) -> When | None:
    """One morning next week; some day this week."""
    period = said[-1]
    if not isinstance(period, When) or period.first is None or period.last is None:
        return None
    if isinstance(said[0], int):
        day = weekday_from(period.first, said[0])
        return on_day(day) if day <= period.last else None
    return evolve(period, part=said[0]) if isinstance(said[0], Part) else period


@book.meaning
def weekday_part(frame: Frame, said: str) -> When | None:
    """Freitagabend: a weekday and a part of it in one word."""
    index, name = said.split()
    part = frame.parts.get(name)
    day = weekday_from(frame.today + DAY, int(index))
    return evolve(on_day(day), part=part) if part else None


@book.meaning
def early_day(frame: Frame, which: str, when: When) -> When | None:
    """Early tomorrow: its early morning; late tomorrow: its late evening."""
    part = frame.parts.get("morning" if which == "early" else "evening")
    if part is None or when.clock is not None or when.part is not None:
        return None
    return evolve(when, part=halved(frame, which, part))


@book.meaning
def whole_day(_: Frame, when: When) -> When | None:
    """All day tomorrow."""
    return when if when.clock is None else None
