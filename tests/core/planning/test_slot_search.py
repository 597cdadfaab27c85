"""The slot search against a grid of minutes, and every reason against the world without it."""

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from attrs import evolve, frozen
from hypothesis import given, settings
from hypothesis import strategies as st

from donna_core.domain.ids import TaskId
from donna_core.domain.planning.busy import Block, BusySet
from donna_core.domain.planning.reasons import Reason, ReasonCode
from donna_core.domain.planning.slots import (
    NoSlot,
    Placement,
    SlotRequest,
    SlotRules,
    find_slot,
)
from donna_core.domain.tasks.task import DeadlineType, Domain, IntentKind, Strictness, TimeIntent
from donna_core.domain.timing.interval import Interval
from donna_core.domain.timing.windows import TimeWindow, Windows

MINUTE, STEP = timedelta(minutes=1), timedelta(minutes=15)
HORIZON = timedelta(days=3)
PARTS = {"morning": (6, 12), "afternoon": (12, 17), "evening": (17, 20)}
ZONES = ("Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe")
# Around the days on which the clocks of some of these zones change, and in between.
MORNINGS = (
    datetime(2026, 3, 6, 9, tzinfo=UTC),
    datetime(2026, 3, 28, 9, tzinfo=UTC),
    datetime(2026, 4, 4, 9, tzinfo=UTC),
    datetime(2026, 10, 23, 9, tzinfo=UTC),
    datetime(2026, 10, 30, 9, tzinfo=UTC),
)


@frozen(kw_only=True)
class World:
    """One search: its request, its rules and everything it runs into."""

    request: SlotRequest
    windows: Windows
    blocks: tuple[Block, ...]
    rules: SlotRules

    def find(self) -> Placement | NoSlot:
        """Search."""
        return find_slot(
            self.request, windows=self.windows, busy=BusySet.of(self.blocks), rules=self.rules
        )


def hours(name: str, start: int, end: int, *domains: Domain, days: range = range(7)) -> TimeWindow:
    """Return a window between two full hours."""
    return TimeWindow(
        name=name,
        start=timedelta(hours=start),
        end=timedelta(hours=end),
        weekdays=frozenset(days),
        domains=frozenset(domains),
    )


def household(zone: str) -> Windows:
    """Return the usual windows."""
    private = (Domain.PERSONAL, Domain.FAMILY)
    return Windows(
        zone=ZoneInfo(zone),
        blackout=hours("blackout", 0, 6),
        quiet=hours("quiet", 20, 6),
        work_life=(
            hours("work", 8, 17, Domain.WORK, days=range(5)),
            hours("personal", 17, 20, *private),
            hours("weekend", 6, 20, *private, days=range(5, 7)),
        ),
    )


def always(windows: Windows) -> Windows:
    """Return windows that are open at any time."""
    return evolve(
        windows,
        blackout=evolve(windows.blackout, enabled=False),
        quiet=evolve(windows.quiet, enabled=False),
        work_life=(hours("always", 0, 24, *Domain),),
    )


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """Draw a world with up to twelve blocks within three days."""
    now = draw(st.sampled_from(MORNINGS)) + draw(st.integers(0, 48 * 60)) * MINUTE

    def moment(latest: int = 3 * 24 * 60) -> datetime:
        return now + draw(st.integers(0, latest)) * MINUTE

    spans = draw(st.lists(st.tuples(st.integers(-60, 4200), st.integers(0, 600)), max_size=12))
    blocks = tuple(
        Block(
            when=Interval(now + start * MINUTE, now + (start + length) * MINUTE),
            label=f"block {number}",
            source="test",
        )
        for number, (start, length) in enumerate(spans)
    )
    intent = TimeIntent(
        kind=IntentKind.CONSTRAINED,
        strictness=Strictness.HARD,
        earliest=draw(st.none() | st.builds(moment)),
        latest=draw(st.none() | st.builds(moment)),
        weekdays=tuple(draw(st.just(set()) | st.sets(st.integers(0, 6), min_size=2))),
        time_of_day=draw(st.none() | st.sampled_from(sorted(PARTS))),
    )
    deadline_type = draw(st.sampled_from(DeadlineType))
    request = SlotRequest(
        domain=draw(st.sampled_from(Domain)),
        priority=draw(st.integers(1, 5)),
        duration=draw(st.integers(1, 200)) * MINUTE,
        earliest=now,
        deadline=moment(),
        deadline_type=deadline_type,
        intent=draw(st.just(TimeIntent()) | st.just(intent)),
        snoozed_until=draw(st.none() | st.builds(moment, st.just(600))),
        task_id=TaskId("own"),
        after=draw(st.just(()) | st.just((("needed", moment(900)),))),
    )
    rules = SlotRules(step=STEP, horizon=HORIZON, lead=draw(st.sampled_from((0, 20))) * MINUTE)
    windows = household(draw(st.sampled_from(ZONES)))
    return World(request=request, windows=windows, blocks=blocks, rules=rules)


def naive(world: World) -> datetime | None:
    """Return the first start by looking at every minute of the horizon."""
    request, zone = world.request, world.windows.zone
    lower = max(
        request.earliest + world.rules.lead,
        request.snoozed_until or request.earliest,
        request.intent.earliest or request.earliest,
        *(end for _, end in request.after),
    )
    limit = lower + HORIZON
    if request.deadline_type is DeadlineType.HARD and request.deadline is not None:
        limit = min(limit, request.deadline)
    run, needed = 0, request.duration // MINUTE
    minutes = max((limit - lower) // MINUTE, 0)
    good = [is_good(world, lower + n * MINUTE) for n in range(minutes)]
    free_from = [0] * (minutes + 1)
    for n in reversed(range(minutes)):
        run = run + 1 if good[n] else 0
        free_from[n] = run
    starts = (n for n in range(minutes) if free_from[n] >= needed)
    on_grid = (n for n in starts if (lower + n * MINUTE).astimezone(zone).minute % 15 == 0)
    return next((lower + n * MINUTE for n in on_grid), None)


def is_good(world: World, minute: datetime) -> bool:
    """Return whether the task may be worked on in this minute."""
    request, clock = world.request, minute.astimezone(world.windows.zone)
    wish, hour = request.intent, clock.hour
    if any(block.when.contains(minute) for block in world.blocks):
        return False
    if wish.weekdays and clock.weekday() not in wish.weekdays:
        return False
    if wish.latest is not None and minute >= wish.latest:
        return False
    if wish.time_of_day:
        start, end = PARTS[wish.time_of_day]
        if not start <= hour < end:
            return False
    if request.domain is Domain.WORK:
        return clock.weekday() < 5 and 8 <= hour < 17
    return 17 <= hour < 20 or (clock.weekday() >= 5 and 6 <= hour < 20)


@settings(max_examples=150)
@given(world=worlds())
def test_the_place_found_is_the_first_of_the_minutes(world: World) -> None:
    """The search returns the first start on the grid that every minute of the task agrees to."""
    found, expected = world.find(), naive(world)

    if expected is None:
        assert isinstance(found, NoSlot)
    else:
        assert isinstance(found, Placement)
        assert found.when == Interval(expected, expected + world.request.duration)


@settings(max_examples=150)
@given(world=worlds())
def test_without_what_is_named_the_task_starts_sooner(world: World) -> None:
    """Lifting everything a placement names as in its way lets it begin earlier."""
    found = world.find()
    if not isinstance(found, Placement):
        return
    sooner = found.when.start - STEP

    named = [reason for reason in found.reasons if reason.code in LIFTED]
    freed = world
    for reason in named:
        freed = LIFTED[reason.code](freed, reason)
    if named:
        assert start_of(freed.find()) < found.when.start
    else:
        assert sooner < world.request.earliest


@settings(max_examples=150)
@given(world=worlds())
def test_without_the_blocks_of_a_full_stretch_the_task_fits_there(world: World) -> None:
    """Emptying the stretch that is called full lets the task begin within it."""
    found = world.find()
    reasons = found.reasons if isinstance(found, Placement) else ()
    for reason in reasons:
        if reason.code is ReasonCode.STRETCH_TAKEN:
            full = Interval(reason.instant("opens"), reason.instant("closes"))
            emptied = tuple(block for block in world.blocks if not block.when.overlaps(full))
            assert start_of(evolve(world, blocks=emptied).find()) < full.end


def start_of(found: Placement | NoSlot) -> datetime:
    """Return where the task starts."""
    assert isinstance(found, Placement)
    return found.when.start


def without_block(world: World, reason: Reason) -> World:
    """Take out the block that a reason names."""
    left = tuple(block for block in world.blocks if block.label != reason.facts["label"])
    return evolve(world, blocks=left)


def asking(world: World, **changes: Any) -> World:
    """Change the request."""
    return evolve(world, request=evolve(world.request, **changes))


LIFTED: dict[ReasonCode, Callable[[World, Reason], World]] = {
    ReasonCode.BUSY_BEFORE: without_block,
    ReasonCode.WINDOW: lambda world, _: evolve(world, windows=always(world.windows)),
    ReasonCode.INTENT: lambda world, _: asking(world, intent=TimeIntent()),
    ReasonCode.SNOOZED: lambda world, _: asking(world, snoozed_until=None),
    ReasonCode.DEPENDENCY: lambda world, _: asking(world, after=()),
    ReasonCode.LEAD_TIME: lambda world, _: evolve(
        world, rules=evolve(world.rules, lead=timedelta(0))
    ),
}


@settings(max_examples=100)
@given(world=worlds())
def test_every_alternative_gives_up_what_it_says_and_no_more(world: World) -> None:
    """An offer lies outside blackout and quiet hours, after every bound, and clear of blocks."""
    found = world.find()
    for offer in found.alternatives if isinstance(found, NoSlot) else ():
        code, when = offer.gives_up.code, offer.when
        assert when.start >= world.request.earliest + world.rules.lead
        assert BusySet.of(world.blocks).overlapping(when) == ()
        for instant in (when.start, when.end - MINUTE):
            clock = instant.astimezone(world.windows.zone).time()
            assert time(6) <= clock < time(20)
        if world.request.deadline_type is DeadlineType.HARD and world.request.deadline:
            late = when.end > world.request.deadline
            assert late == (code is ReasonCode.DEADLINE_MISSED)
        assert (when.length < world.request.duration) == (code is ReasonCode.SHORTER)
