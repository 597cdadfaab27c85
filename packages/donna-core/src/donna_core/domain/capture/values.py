"""What time words mean: lengths, clock times, days, stretches of days, repetitions."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from attrs import evolve, field, frozen

from donna_core.domain.capture.dates import plus_months
from donna_core.domain.capture.language import Language
from donna_core.domain.timing.zones import instant_at, local

LAST_MINUTE = time(23, 59)
LONGEST_DAYS = 366 * 100


@frozen(kw_only=True)
class Part:
    """A part of the day in hours after its midnight; ``end`` may pass 24."""

    name: str
    start: int
    end: int


@frozen(kw_only=True)
class Frame:
    """What the meaning of time words depends on. ``now`` is the zone's wall clock, naive."""

    at: datetime
    zone: ZoneInfo
    day_first: bool
    parts: Mapping[str, Part] = field(eq=False)
    language: Language
    now: datetime
    country: str | None = None

    @classmethod
    def of(
        cls,
        *,
        at: datetime,
        zone: ZoneInfo,
        day_first: bool,
        parts: Mapping[str, Part],
        language: Language,
        country: str | None = None,
    ) -> "Frame":
        """Return the frame of a person in ``zone`` at the instant ``at``.

        ``country`` is an ISO 3166 code; it decides on which day a holiday falls.
        """
        now = local(at, zone).replace(tzinfo=None)
        return cls(
            at=at,
            zone=zone,
            day_first=day_first,
            parts=parts,
            language=language,
            now=now,
            country=country,
        )

    @property
    def today(self) -> date:
        """The local day."""
        return self.now.date()

    def instant(self, day: date, wall: time) -> datetime:
        """Return the instant of a wall time on a day."""
        return instant_at(day, wall, self.zone)


class Grain(StrEnum):
    """How fine a time is."""

    SECOND = "second"
    MINUTE = "minute"
    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


@frozen(kw_only=True)
class Length:
    """A length of time; months are kept apart because they differ."""

    months: int = 0
    days: int = 0
    seconds: int = 0

    def __attrs_post_init__(self) -> None:
        if self.months > 1200 or self.days > LONGEST_DAYS or self.seconds > 86400 * LONGEST_DAYS:
            raise OverflowError("longer than a century")

    @property
    def is_fine(self) -> bool:
        """Whether it is counted in hours or less."""
        return self.seconds > 0

    @property
    def span(self) -> timedelta:
        """The elapsed time, with months of 30 and years of 365 days."""
        years, months = divmod(self.months, 12)
        return timedelta(days=365 * years + 30 * months + self.days, seconds=self.seconds)

    @property
    def grain(self) -> "Grain":
        """The smallest unit it is counted in."""
        if self.seconds:
            units = ((3600, Grain.HOUR), (60, Grain.MINUTE), (1, Grain.SECOND))
            return next(grain for size, grain in units if self.seconds % size == 0)
        if self.days:
            return Grain.DAY if self.days % 7 else Grain.WEEK
        return Grain.MONTH if self.months % 12 else Grain.YEAR

    def plus(self, other: "Length") -> "Length":
        """Return both lengths together."""
        return Length(
            months=self.months + other.months,
            days=self.days + other.days,
            seconds=self.seconds + other.seconds,
        )

    def after(self, day: date, *, sign: int = 1) -> date:
        """Return the day that many months and days later, or earlier for ``sign=-1``."""
        return plus_months(day, sign * self.months) + timedelta(days=sign * self.days)


@frozen(kw_only=True)
class Clock:
    """A time on the clock; 24:00 ends a day.

    ``open`` tells that it may as well mean twelve hours later. ``zone`` is the IANA name of the
    zone the words name, where they name one.
    """

    hour: int
    minute: int = 0
    second: int = 0
    open: bool = False
    zone: str | None = None

    def __attrs_post_init__(self) -> None:
        time(self.hour % 24 if self.hour == 24 else self.hour, self.minute, self.second)

    @property
    def wall(self) -> time:
        """The wall time; 24:00 is 0:00 of the next day."""
        return time(self.hour % 24, self.minute, self.second)

    @property
    def other_half(self) -> "Clock":
        """The same time twelve hours away."""
        return evolve(self, hour=(self.hour + 12) % 24, open=False)

    def within(self, part: Part) -> "Clock":
        """Return the half of the day that fits the part: eight in the evening is 20:00."""
        if not self.open:
            return self
        halves = (
            evolve(self, hour=self.hour % 12, open=False),
            evolve(self, hour=self.hour % 12 + 12, open=False),
        )
        return min(
            halves, key=lambda half: (half.hours_off(part), (half.hour < 12) != (part.start < 12))
        )

    def hours_off(self, part: Part) -> int:
        """Return how many hours lie between this time and the part of the day."""
        hours = (self.hour, self.hour + 24)
        return min(max(part.start - hour, hour - part.end + 1, 0) for hour in hours)

    @property
    def daytime(self) -> "Clock":
        """The likelier half: one to six means the afternoon, seven to twelve as written."""
        if not self.open:
            return self
        hour = self.hour % 12
        return evolve(self, hour=hour + 12 if hour < 7 else hour, open=False)


@frozen(kw_only=True)
class When:
    """A time as far as the words tell: days, a clock time or a part of the day, or an instant.

    ``first`` and ``last`` are local days, both included. ``fixed`` tells that the words leave no
    choice of year or week, so the time stays even where it is past. ``vague`` marks "end of
    month" and "soon", ``ends_day`` "end of day". From ``clock`` to ``until`` is the work itself,
    or, where ``loose``, a stretch it has to lie in. ``instant`` is aware UTC and set where a
    length counts from now. ``others`` are days the words could mean as well. ``kept`` is the time
    of day that "in two weeks" keeps, finer than its grain; ``counted`` the length it counts.
    """

    first: date | None = None
    last: date | None = None
    grain: Grain = Grain.DAY
    clock: Clock | None = None
    until: Clock | None = None
    part: Part | None = None
    instant: datetime | None = None
    fixed: bool = False
    vague: bool = False
    loose: bool = False
    ends_day: bool = False
    others: tuple[date, ...] = ()
    kept: time | None = None
    counted: Length | None = None

    @property
    def has_time(self) -> bool:
        """Whether a time of day is fixed."""
        return self.clock is not None or self.instant is not None


class Role(StrEnum):
    """What a time phrase says about the task."""

    ON = "on"  # when the work happens
    BY = "by"  # the time itself still counts
    BEFORE = "before"  # the time itself is too late
    AFTER = "after"  # not earlier
    LASTING = "lasting"  # how long the work takes
    LEAD = "lead"  # how long before the thing itself
    LAG = "lag"  # how long after it
    REPEATING = "repeating"
    NAMING = "naming"  # how often a thing is that bears it in its name
    IMPOSSIBLE = "impossible"  # looks like a date, is none


@frozen(kw_only=True)
class Repeat:
    """A repetition in the terms of RFC 5545 section 3.3.10; weekdays count Monday as 0."""

    every: str
    interval: int = 1
    weekdays: tuple[tuple[int, int], ...] = ()  # (which one or 0 for each, weekday)
    month_days: tuple[int, ...] = ()
    months: tuple[int, ...] = ()
    year_days: tuple[int, ...] = ()
    weeks: tuple[int, ...] = ()
    positions: tuple[int, ...] = ()  # which ones of the weekdays of a month
    count: int | None = None
    until: date | None = None
    since: date | None = None
    without: tuple[date, ...] = ()  # days left out
    clock: Clock | None = None
    also: tuple[Clock, ...] = ()  # further times of the same minute
    stop: Clock | None = None
    part: Part | None = None
    near: date | None = None  # a day said beside it, from which on it happens
    spread: bool = False  # the words say how often, not when


@frozen(kw_only=True)
class Meaning:
    """The value of a whole time phrase; which fields are set depends on the role."""

    role: Role
    when: When | None = None
    length: Length | None = None
    repeat: Repeat | None = None
    stressed: bool = False  # "due", "deadline", "no later than"
