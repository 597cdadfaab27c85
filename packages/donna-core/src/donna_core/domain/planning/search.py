"""The search for the first place a task fits, and the account of why not sooner.

A place starts on the grid of the local clock face, lies whole within one open stretch, begins
at or after every bound and meets no busy block. Fixed in length, it is found by walking the
stretches in order: the first fit is the best one.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from attrs import evolve, field, frozen

from donna_core.domain.errors import InvalidInput
from donna_core.domain.ids import TaskId
from donna_core.domain.planning.busy import Block, BusySet
from donna_core.domain.planning.reasons import Reason, ReasonCode
from donna_core.domain.planning.wishes import PARTS_OF_DAY, is_wish, wish_facts, wished_stretches
from donna_core.domain.tasks.task import DeadlineType, Domain, TimeIntent
from donna_core.domain.timing.interval import Interval
from donna_core.domain.timing.windows import TimeWindow, Windows
from donna_core.domain.timing.zones import local


class InvalidDuration(InvalidInput):
    """A task that takes no time has no place to look for."""

    def __init__(self, duration: timedelta) -> None:
        self.duration = duration
        super().__init__(f"A task cannot take {duration}. Give it at least a minute.")


@frozen(kw_only=True)
class SlotRules:
    """How places are looked for.

    Starts are multiples of ``step`` after local midnight. The search ends ``horizon`` after the
    first allowed start. ``lead`` is the least notice before a start; pieces shorter than
    ``smallest_piece`` are not offered.
    """

    step: timedelta = timedelta(minutes=15)
    horizon: timedelta = timedelta(days=14)
    lead: timedelta = timedelta(0)
    smallest_piece: timedelta = timedelta(minutes=15)
    parts_of_day: Mapping[str, tuple[time, time]] = field(default=PARTS_OF_DAY, hash=False)


@frozen(kw_only=True)
class SlotRequest:
    """What has to be placed. Instants are aware UTC.

    Nothing starts before ``earliest``, which is usually now. ``after`` names what has to be
    over first and when it ends. A deadline without a type other than ``none`` binds nothing.
    The blocks of ``task_id`` itself do not stand in its way. Raises ``InvalidDuration``.
    """

    domain: Domain
    priority: int
    duration: timedelta
    earliest: datetime
    deadline: datetime | None = None
    deadline_type: DeadlineType = DeadlineType.NONE
    intent: TimeIntent = field(factory=TimeIntent)
    pinned_start: datetime | None = None
    snoozed_until: datetime | None = None
    task_id: TaskId | None = None
    after: tuple[tuple[str, datetime], ...] = ()

    def __attrs_post_init__(self) -> None:
        if self.duration <= timedelta(0):
            raise InvalidDuration(self.duration)

    @property
    def due(self) -> datetime | None:
        """The deadline, where there is one that binds or is hoped for."""
        return None if self.deadline_type is DeadlineType.NONE else self.deadline

    @property
    def must_end_by(self) -> datetime | None:
        """The deadline, where it is a hard one."""
        return self.deadline if self.deadline_type is DeadlineType.HARD else None


@frozen(kw_only=True)
class Bound:
    """No start before ``instant``, and why; a bound without a reason is the request's own."""

    instant: datetime
    reason: Reason | None = None


@frozen(kw_only=True)
class Search:
    """Everything one search goes by; ``Search.of`` gathers it."""

    request: SlotRequest
    rules: SlotRules
    busy: BusySet
    zone: ZoneInfo
    bounds: tuple[Bound, ...]
    window_stretches: tuple[Interval, ...]
    stretches: tuple[Interval, ...]
    limit: datetime

    @classmethod
    def of(
        cls, request: SlotRequest, *, windows: Windows, busy: BusySet, rules: SlotRules
    ) -> "Search":
        """Return the search for this request, within its windows and its wishes."""
        bounds = tuple(_bounds(request, rules))
        lower = max(bound.instant for bound in bounds)
        limit = lower + rules.horizon
        # One step more at the front, so that the start before the first can be explained.
        within = Interval(max(request.earliest, lower - rules.step), limit)
        opened = windows.open_for(request.domain, priority=request.priority, within=within)
        wished = wished_stretches(
            request.intent, within=within, zone=windows.zone, parts_of_day=rules.parts_of_day
        )
        return cls(
            request=request,
            rules=rules,
            busy=busy,
            zone=windows.zone,
            bounds=bounds,
            window_stretches=opened,
            stretches=opened if wished is None else tuple(_intersection(opened, wished)),
            limit=limit,
        )

    @property
    def lower(self) -> datetime:
        """The latest of the bounds."""
        return max(bound.instant for bound in self.bounds)

    def first(
        self, *, by: datetime | None = None, duration: timedelta | None = None
    ) -> Interval | None:
        """Return the first place of that duration (the request's own) that ends by then."""
        duration = duration or self.request.duration
        limit = self.limit if by is None else min(self.limit, by)
        for stretch in self.stretches:
            opens, closes = max(stretch.start, self.lower), min(stretch.end, limit)
            if closes - opens < duration:
                continue
            for gap in self.busy.gaps(Interval(opens, closes), at_least=duration):
                start = self.on_grid(gap.start)
                if start + duration <= gap.end:
                    return Interval(start, start + duration)
        return None

    def on_grid(self, instant: datetime) -> datetime:
        """Return the first start on the grid at or after the instant."""
        wall = local(instant, self.zone)
        since_midnight = timedelta(
            hours=wall.hour,
            minutes=wall.minute,
            seconds=wall.second,
            microseconds=wall.microsecond,
        )
        return instant + -since_midnight % self.rules.step

    def why_not_sooner(self, place: Interval) -> tuple[Reason, ...]:
        """Return what rules out the step before the place, and what fills the stretch before.

        Without everything named for the step before, the task would start there; without the
        blocks named for the stretch before, it would fit in that.
        """
        sooner = place.start - self.rules.step
        if sooner < self.request.earliest:
            return ()
        against = self._against(Interval(sooner, sooner + place.length), place)
        return tuple(_distinct([*against, *self._stretch_taken(place)]))

    def _against(self, sooner: Interval, place: Interval) -> Iterator[Reason]:
        for bound in self.bounds:
            if bound.reason and bound.instant > sooner.start:
                yield bound.reason
        if _around(self.window_stretches, sooner) is None:
            stretch = _around(self.window_stretches, place)
            opens = place.start if stretch is None else stretch.start
            yield Reason.of(ReasonCode.WINDOW, domain=self.request.domain, opens=opens)
        if is_wish(self.request.intent) and not self._wished(sooner):
            yield Reason.of(ReasonCode.INTENT, wish=wish_facts(self.request.intent))
        for block in self.busy.overlapping(sooner):
            yield block_reason(ReasonCode.BUSY_BEFORE, block)

    def _wished(self, when: Interval) -> bool:
        wished = wished_stretches(
            self.request.intent,
            within=when,
            zone=self.zone,
            parts_of_day=self.rules.parts_of_day,
        )
        return wished is None or _around(wished, when) is not None

    def _stretch_taken(self, place: Interval) -> Iterator[Reason]:
        """Yield the reason for the last stretch before the place that was long enough."""
        for stretch in reversed(self.stretches):
            if stretch.end > place.start:
                continue
            opens = self.on_grid(max(stretch.start, self.lower))
            if opens + place.length <= stretch.end:
                blocks = self.busy.overlapping(Interval(opens, stretch.end))
                labels = list(dict.fromkeys(block.label for block in blocks))
                yield Reason.of(
                    ReasonCode.STRETCH_TAKEN, opens=opens, closes=stretch.end, labels=labels
                )
                return


def block_reason(code: ReasonCode, block: Block, **facts: object) -> Reason:
    """Return a reason that names a block of time."""
    return Reason.of(
        code,
        label=block.label,
        source=block.source,
        task_id=block.task_id,
        starts=block.when.start,
        until=block.when.end,
        **facts,
    )


def waking(windows: Windows) -> Windows:
    """Return the windows that admit everything outside blackout and quiet hours."""
    return evolve(windows, work_life=(TimeWindow(name="awake", domains=frozenset(Domain)),))


def outside_blackout(windows: Windows) -> Windows:
    """Return the windows that admit everything outside blackout."""
    return evolve(waking(windows), quiet=evolve(windows.quiet, enabled=False))


def is_open(windows: Windows, domain: Domain, *, priority: int, when: Interval) -> bool:
    """Return whether the whole interval lies in one open stretch."""
    return windows.open_for(domain, priority=priority, within=when) == (when,)


def _bounds(request: SlotRequest, rules: SlotRules) -> Iterator[Bound]:
    yield Bound(instant=request.earliest)
    if rules.lead:
        until = request.earliest + rules.lead
        yield Bound(
            instant=until, reason=Reason.of(ReasonCode.LEAD_TIME, lead=rules.lead, until=until)
        )
    if request.snoozed_until:
        reason = Reason.of(ReasonCode.SNOOZED, until=request.snoozed_until)
        yield Bound(instant=request.snoozed_until, reason=reason)
    for label, until in request.after:
        reason = Reason.of(ReasonCode.DEPENDENCY, label=label, until=until)
        yield Bound(instant=until, reason=reason)
    if request.intent.earliest:
        reason = Reason.of(ReasonCode.INTENT, wish=wish_facts(request.intent))
        yield Bound(instant=request.intent.earliest, reason=reason)


def _intersection(some: tuple[Interval, ...], others: tuple[Interval, ...]) -> Iterator[Interval]:
    """Yield what two sequences of sorted disjoint stretches share."""
    position = 0
    for stretch in some:
        while position < len(others) and others[position].end <= stretch.start:
            position += 1
        for other in others[position:]:
            if other.start >= stretch.end:
                break
            yield Interval(max(stretch.start, other.start), min(stretch.end, other.end))


def _around(stretches: tuple[Interval, ...], when: Interval) -> Interval | None:
    """Return the stretch that holds the whole interval."""
    holding = (s for s in stretches if s.start <= when.start and when.end <= s.end)
    return next(holding, None)


def _distinct(reasons: list[Reason]) -> list[Reason]:
    return [reason for position, reason in enumerate(reasons) if reason not in reasons[:position]]
