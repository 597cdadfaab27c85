"""The ground a week is planned on: the grid of ticks, and where on it each task may lie.

Everything is counted in whole minutes from the first tick, cautiously: what is taken begins on
the minute before and ends on the minute after.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from attrs import field, frozen

from donna_core.domain.planning.busy import Block, Occupied, busy_for
from donna_core.domain.planning.calendar_events import CalendarEvent
from donna_core.domain.planning.plan_rules import PlanRules, Preference
from donna_core.domain.planning.search import SlotRules
from donna_core.domain.planning.wishes import is_wish, wished_stretches
from donna_core.domain.tasks.task import Domain, TimeIntent
from donna_core.domain.timing.interval import Interval
from donna_core.domain.timing.windows import Windows
from donna_core.domain.timing.zones import local, local_day, shown

MINUTE = timedelta(minutes=1)
Stretch = tuple[int, int]
"""Minutes from the first tick: from when, until when."""


@frozen(kw_only=True)
class Grid:
    """Ticks of the local clock face from ``origin`` to ``end``."""

    origin: datetime
    end: datetime
    step: int
    zone: ZoneInfo

    @classmethod
    def of(cls, *, at: datetime, days: int, step: timedelta, zone: ZoneInfo) -> "Grid":
        """Return the grid from the first tick at or after ``at`` over so many local days."""
        today = local(at, zone).date()
        midnight = local_day(today, zone).start
        origin = at + -(at - midnight) % step
        end = local_day(today + timedelta(days=days - 1), zone).end
        return cls(origin=origin, end=max(origin, end), step=step // MINUTE, zone=zone)

    @property
    def within(self) -> Interval:
        """The whole stretch of time."""
        return Interval(self.origin, self.end)

    @property
    def ticks(self) -> int:
        """How many ticks there are."""
        return self.since(self.end) // self.step

    def since(self, instant: datetime) -> int:
        """Return the minutes from the origin, rounded down."""
        return (instant - self.origin) // MINUTE

    def until(self, instant: datetime) -> int:
        """Return the minutes from the origin, rounded up."""
        return -((self.origin - instant) // MINUTE)

    def instant(self, minute: int) -> datetime:
        """Return the instant that many minutes after the origin."""
        return self.origin + minute * MINUTE

    def tick_at(self, instant: datetime) -> int | None:
        """Return the tick at exactly this instant, where there is one."""
        ticks, rest = divmod(instant - self.origin, self.step * MINUTE)
        return ticks if not rest and 0 <= ticks < self.ticks else None

    def days(self) -> tuple[date, ...]:
        """Return the local days in order."""
        first, last = (local(each, self.zone).date() for each in (self.origin, self.end - MINUTE))
        return tuple(first + timedelta(days=offset) for offset in range((last - first).days + 1))

    def day_of_ticks(self) -> tuple[int, ...]:
        """Return, for each tick, the position of its local day."""
        found: list[int] = []
        for position, day in enumerate(self.days()):
            last = min(self.ticks, -(-self.until(local_day(day, self.zone).end) // self.step))
            found.extend([position] * (last - len(found)))
        return tuple(found)

    def stretches(self, several: Iterable[Interval]) -> tuple[Stretch, ...]:
        """Return free or open stretches in minutes, each no longer than it is."""
        return tuple((self.until(each.start), self.since(each.end)) for each in several)


@frozen(kw_only=True)
class Ground:
    """Windows, calendars and what is held already, by kind of task.

    ``held`` are the places of tasks that this plan leaves where they are.
    """

    grid: Grid
    windows: Windows
    slots: SlotRules
    rules: PlanRules
    events: tuple[CalendarEvent, ...]
    held: tuple[Occupied, ...]
    _opened: dict[tuple[Domain, int], tuple[Stretch, ...]] = field(factory=dict, eq=False)
    _taken: dict[Domain, tuple[Block, ...]] = field(factory=dict, eq=False)
    _free: dict[tuple[Domain, int], tuple[Stretch, ...]] = field(factory=dict, eq=False)
    _wished: dict[TimeIntent, tuple[Stretch, ...] | None] = field(factory=dict, eq=False)
    _preferred: dict[Preference, tuple[Stretch, ...]] = field(factory=dict, eq=False)

    def opened(self, domain: Domain, priority: int) -> tuple[Stretch, ...]:
        """Return when the windows are open for such tasks."""
        key = (domain, priority)
        if key not in self._opened:
            found = self.windows.open_for(domain, priority=priority, within=self.grid.within)
            self._opened[key] = self.grid.stretches(found)
        return self._opened[key]

    def taken(self, domain: Domain) -> tuple[Block, ...]:
        """Return what is taken for tasks of the domain, in order of time."""
        if domain not in self._taken:
            busy = busy_for(domain, self.events, self.held, self.windows)
            self._taken[domain] = busy.overlapping(self.grid.within)
        return self._taken[domain]

    def free(self, domain: Domain, priority: int) -> tuple[Stretch, ...]:
        """Return when the windows are open and nothing is taken, with the buffer kept."""
        key = (domain, priority)
        if key not in self._free:
            blocked = merged(self.around(block) for block in self.taken(domain))
            self._free[key] = tuple(without(self.opened(domain, priority), blocked))
        return self._free[key]

    def around(self, block: Block) -> Stretch:
        """Return the minutes of a block that no task may touch, its buffer included."""
        buffer = self.rules.buffer
        return (
            self.grid.since(block.when.start - buffer),
            self.grid.until(block.when.end + buffer),
        )

    def bare(self, block: Block) -> Stretch:
        """Return the minutes of a block itself."""
        return self.grid.since(block.when.start), self.grid.until(block.when.end)

    def wished(self, intent: TimeIntent) -> tuple[Stretch, ...] | None:
        """Return the welcome hours, ``None`` where all are."""
        if not is_wish(intent):
            return None
        if intent not in self._wished:
            found = wished_stretches(
                intent,
                within=self.grid.within,
                zone=self.grid.zone,
                parts_of_day=self.slots.parts_of_day,
            )
            self._wished[intent] = None if found is None else self.grid.stretches(found)
        return self._wished[intent]

    def preferred(self, preference: Preference) -> tuple[Stretch, ...]:
        """Return the hours of a preference."""
        if preference not in self._preferred:
            self._preferred[preference] = self.grid.stretches(
                stretch
                for day in self.grid.days()
                for stretch in shown(
                    day, start=preference.start, end=preference.end, zone=self.grid.zone
                )
            )
        return self._preferred[preference]


def holds(stretches: Sequence[Stretch], begin: int, end: int) -> bool:
    """Say whether one of the stretches holds all of these minutes."""
    return any(start <= begin and end <= last for start, last in stretches)


def merged(stretches: Iterable[Stretch]) -> tuple[Stretch, ...]:
    """Return the stretches in order, those that touch as one."""
    runs: list[Stretch] = []
    for start, end in sorted(stretches):
        if runs and start <= runs[-1][1]:
            runs[-1] = (runs[-1][0], max(runs[-1][1], end))
        else:
            runs.append((start, end))
    return tuple(runs)


def without(stretches: Iterable[Stretch], blocked: Sequence[Stretch]) -> Iterator[Stretch]:
    """Yield what is left of the stretches when sorted blocked ones are taken out."""
    for begin, last in stretches:
        opens = begin
        for start, end in blocked:
            if end <= opens:
                continue
            if start >= last:
                break
            if start > opens:
                yield opens, start
            opens = max(opens, end)
        if opens < last:
            yield opens, last
