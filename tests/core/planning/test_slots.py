"""What the search does with pins, wishes and deadlines, and what it offers where nothing fits."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from donna_core.domain.ids import TaskId
from donna_core.domain.planning.busy import Block, BusySet
from donna_core.domain.planning.reasons import ReasonCode
from donna_core.domain.planning.slots import (
    InvalidDuration,
    NoSlot,
    Placement,
    SlotRequest,
    SlotRules,
    find_slot,
)
from donna_core.domain.tasks.task import DeadlineType, Domain, IntentKind, Strictness, TimeIntent
from donna_core.domain.timing.interval import Interval
from donna_core.domain.timing.windows import Windows

# Monday 9 March 2026 in Berlin, one hour ahead of UTC.
MONDAY = datetime(2026, 3, 8, 23, tzinfo=UTC)
HOUR = timedelta(hours=1)


def at(hour: float, *, day: int = 0) -> datetime:
    """Return the instant of a local hour, so many days after Monday."""
    return MONDAY + timedelta(days=day, hours=hour)


def busy(start: float, end: float, *, day: int = 0, **fields: Any) -> Block:
    """Return a block between two local hours."""
    when = Interval(at(start, day=day), at(end, day=day))
    meeting: dict[str, Any] = {"when": when, "label": "Meeting", "source": "work"}
    return Block(**meeting | fields)


def search(
    windows: Windows,
    *blocks: Block,
    rules: SlotRules | None = None,
    **fields: Any,
) -> Placement | NoSlot:
    """Search on Monday at nine for an hour of work, unless told otherwise."""
    ordinary: dict[str, Any] = {
        "domain": Domain.WORK,
        "priority": 2,
        "duration": HOUR,
        "earliest": at(9),
    }
    request = SlotRequest(**ordinary | fields)
    return find_slot(request, windows=windows, busy=BusySet.of(blocks), rules=rules or SlotRules())


def placed(found: Placement | NoSlot) -> Placement:
    """Return the placement."""
    assert isinstance(found, Placement)
    return found


def refused(found: Placement | NoSlot) -> NoSlot:
    """Return the refusal."""
    assert isinstance(found, NoSlot)
    return found


def codes(found: Placement | NoSlot) -> list[ReasonCode]:
    """Return the codes of the reasons."""
    return [reason.code for reason in found.reasons]


def offers(found: NoSlot) -> dict[ReasonCode, Interval]:
    """Return the offered places by what they give up."""
    return {offer.gives_up.code: offer.when for offer in found.alternatives}


def wish(strictness: Strictness, **fields: Any) -> TimeIntent:
    """Return a time intent."""
    return TimeIntent(kind=IntentKind.CONSTRAINED, strictness=strictness, **fields)


def test_a_task_starts_now_where_now_is_free(windows: Windows) -> None:
    """With nothing in the way the task starts at once, and nothing is named against it."""
    found = placed(search(windows))

    assert found.when == Interval(at(9), at(10))
    assert codes(found) == [ReasonCode.EARLIEST_FREE]
    assert found.meets_deadline


def test_the_meeting_before_is_named(windows: Windows) -> None:
    """A task pushed by a meeting names the meeting and when it ends."""
    found = placed(search(windows, busy(8.5, 10.1)))

    assert found.when.start == at(10.25)
    assert codes(found) == [ReasonCode.EARLIEST_FREE, ReasonCode.BUSY_BEFORE]
    assert found.reasons[1].facts["label"] == "Meeting"
    assert found.reasons[1].instant("until") == at(10.1)


def test_a_full_evening_is_named_on_the_next_one(windows: Windows) -> None:
    """A personal task that found evenings full says what fills the last of them."""
    evenings = [busy(17, 20, label="Choir"), busy(17, 20, day=1, label="Concert")]

    found = placed(search(windows, *evenings, domain=Domain.PERSONAL))

    assert found.when.start == at(17, day=2)
    assert codes(found) == [
        ReasonCode.EARLIEST_FREE,
        ReasonCode.WINDOW,
        ReasonCode.STRETCH_TAKEN,
    ]
    assert found.reasons[2].facts["labels"] == ["Concert"]


def test_the_own_block_is_not_in_the_way(windows: Windows) -> None:
    """A task that is planned anew may have its own place again."""
    own = busy(9, 10, task_id=TaskId("own"))

    assert placed(search(windows, own, task_id=TaskId("own"))).when.start == at(9)


def test_notice_snooze_and_dependencies_hold_it_back(windows: Windows) -> None:
    """The latest bound decides, and each bound that holds is named."""
    found = placed(
        search(
            windows,
            rules=SlotRules(lead=timedelta(minutes=20)),
            snoozed_until=at(10.9),
            after=(("Draft", at(10.95)), ("Old", at(9.1))),
        )
    )

    assert found.when.start == at(11)
    assert codes(found)[1:] == [ReasonCode.SNOOZED, ReasonCode.DEPENDENCY]
    assert found.reasons[2].facts["label"] == "Draft"


def test_a_pin_is_kept_exactly_and_its_costs_are_told(windows: Windows) -> None:
    """A pinned start off the grid, outside the windows and over a meeting is honoured."""
    found = placed(
        search(
            windows,
            busy(21, 22),
            pinned_start=at(20.6),
            after=(("Draft", at(21)),),
            deadline=at(21),
            deadline_type=DeadlineType.HARD,
        )
    )

    assert found.when == Interval(at(20.6), at(21.6))
    assert codes(found) == [
        ReasonCode.PINNED,
        ReasonCode.DEADLINE_MISSED,
        ReasonCode.OUTSIDE_WINDOWS,
        ReasonCode.DEPENDENCY_OPEN,
        ReasonCode.CONFLICT,
    ]
    assert not found.meets_deadline


@pytest.mark.parametrize(("hour", "hours"), [(26, 1), (23.5, 1), (29.5, 1)])
def test_a_pin_in_the_blackout_is_refused(windows: Windows, hour: float, hours: float) -> None:
    """Not even a wish plans into the blackout; the first waking hour after it is offered."""
    found = refused(search(windows, pinned_start=at(hour), duration=hours * HOUR))

    assert codes(found) == [ReasonCode.BLACKOUT]
    assert offers(found) == {
        ReasonCode.PINNED: Interval(at(8, day=1), at(9, day=1)),
        ReasonCode.OUTSIDE_WINDOWS: Interval(at(6, day=1), at(7, day=1)),
    }


def test_a_pin_in_the_past_is_refused(windows: Windows) -> None:
    """A start that is over is offered anew from now on; one that has just begun is kept."""
    found = refused(search(windows, pinned_start=at(8)))

    assert codes(found) == [ReasonCode.PIN_PASSED]
    assert offers(found)[ReasonCode.PINNED].start == at(9)
    assert placed(search(windows, pinned_start=at(8.9))).when.start == at(8.9)


def test_a_hard_deadline_is_never_missed(windows: Windows) -> None:
    """What cannot end in time is not placed, and everything that would help is offered."""
    meetings = [
        busy(9, 11),
        busy(11, 12.5, label="Errand", source="donna", movable=True, priority=2),
        busy(12.5, 16.5, label="Review", source="donna", movable=True, priority=1),
    ]
    found = refused(search(windows, *meetings, deadline=at(19), deadline_type=DeadlineType.HARD))

    assert codes(found) == [ReasonCode.NO_TIME_BEFORE_DEADLINE]
    assert offers(found) == {
        ReasonCode.OUTSIDE_WINDOWS: Interval(at(16.5), at(17.5)),
        ReasonCode.DOUBLE_BOOKED: Interval(at(12.5), at(13.5)),
        ReasonCode.SHORTER: Interval(at(16.5), at(17)),
        ReasonCode.DEADLINE_MISSED: Interval(at(8, day=1), at(9, day=1)),
    }


def test_no_block_of_a_higher_priority_is_offered_to_move(windows: Windows) -> None:
    """Double-booking is offered over tasks of no higher priority, and never over meetings."""
    blocks = [busy(9, 13), busy(13, 17, label="Review", source="donna", movable=True, priority=3)]

    found = refused(search(windows, *blocks, deadline=at(17), deadline_type=DeadlineType.HARD))

    assert ReasonCode.DOUBLE_BOOKED not in offers(found)


def test_a_soft_deadline_is_missed_with_a_word(windows: Windows) -> None:
    """What cannot end by a soft deadline comes as soon as it can, and says so."""
    soft: dict[str, Any] = {"deadline": at(12), "deadline_type": DeadlineType.SOFT}

    late, early = placed(search(windows, busy(9, 12), **soft)), placed(search(windows, **soft))

    assert (late.when.start, late.meets_deadline) == (at(12), False)
    assert codes(late)[-1] is ReasonCode.DEADLINE_MISSED
    assert early.meets_deadline
    assert codes(early)[-1] is ReasonCode.DEADLINE


def test_a_deadline_without_a_type_binds_nothing(windows: Windows) -> None:
    """A date that is no deadline neither moves the task nor is counted as missed."""
    found = placed(search(windows, busy(9, 12), deadline=at(10)))

    assert found.meets_deadline


def test_a_wish_is_kept_before_an_earlier_place(windows: Windows) -> None:
    """Asked for Wednesday afternoon, the task goes there though Monday is free."""
    intent = wish(Strictness.SOFT, weekdays=(2,), time_of_day="afternoon")

    found = placed(search(windows, intent=intent))

    assert found.when.start == at(12, day=2)
    assert codes(found) == [ReasonCode.EARLIEST_FREE, ReasonCode.INTENT]


def test_a_wish_gives_way_by_degrees_to_a_deadline(windows: Windows) -> None:
    """Where the wished part of the day is full, the wished day is still kept."""
    intent = wish(Strictness.SOFT, weekdays=(2,), time_of_day="afternoon")
    full = busy(12, 17, day=2)

    found = placed(
        search(
            windows,
            full,
            intent=intent,
            deadline=at(0, day=4),
            deadline_type=DeadlineType.SOFT,
        )
    )

    assert found.when.start == at(8, day=2)
    assert codes(found)[-1] is ReasonCode.INTENT_RELAXED


@pytest.mark.parametrize("part", ["evening", "teatime"])
def test_a_must_that_cannot_be_is_refused(windows: Windows, part: str) -> None:
    """Work in the evening, or at hours nobody knows, is not placed elsewhere unasked."""
    found = refused(search(windows, intent=wish(Strictness.HARD, time_of_day=part)))

    assert codes(found) == [ReasonCode.INTENT_UNMET]
    assert offers(found)[ReasonCode.INTENT_RELAXED].start == at(9)


def test_a_wish_is_not_blamed_where_nothing_fits_anyway(windows: Windows) -> None:
    """A full fortnight is the reason, not the wish that would have given way."""
    intent = wish(Strictness.SOFT, time_of_day="morning")

    found = refused(search(windows, busy(0, 24 * 20), intent=intent))

    assert codes(found) == [ReasonCode.NO_TIME_IN_HORIZON]


def test_a_task_longer_than_any_stretch_is_offered_in_pieces(windows: Windows) -> None:
    """Ten hours of work fit no working day; nine do."""
    found = refused(search(windows, duration=10 * HOUR))

    assert codes(found) == [ReasonCode.NO_TIME_IN_HORIZON]
    assert offers(found)[ReasonCode.SHORTER] == Interval(at(8, day=1), at(17, day=1))


def test_a_task_without_length_is_refused() -> None:
    """A duration of nothing is an error, not a place of no time."""
    with pytest.raises(InvalidDuration, match="at least a minute"):
        SlotRequest(domain=Domain.WORK, priority=2, duration=timedelta(0), earliest=at(9))
