"""Weeks worked out by hand: what goes first, what gives way, what is said about it."""

from datetime import timedelta
from typing import Any

import pytest
from attrs import evolve

from donna_core.domain.planning.plan_rules import InvalidPlanRules, PlanRules, Preference
from donna_core.domain.planning.proposal import Planned, Proposal
from donna_core.domain.planning.reasons import ReasonCode
from donna_core.domain.tasks.task import DeadlineType, Domain, Task, TaskStatus
from donna_core.testing.weeks import HOUR, MONDAY, QUARTER, Situation, event, task

THREE_DAYS = PlanRules(days=3)


def week(*tasks: Task, events: Any = (), rules: PlanRules = THREE_DAYS) -> Situation:
    """Return a situation of these tasks."""
    return Situation(tasks=tasks, events=tuple(events), rules=rules)


def placed(proposal: Proposal, number: int) -> Planned:
    """Return the one placement of the task."""
    [found] = [each for each in proposal.placements if each.task.number == number]
    return found


def at(hour: float, day: int = 0) -> Any:
    """Return the instant at which clocks in Berlin show this hour, so many days later."""
    return MONDAY + timedelta(days=day) + (hour - 8) * HOUR


def test_worth_goes_first() -> None:
    """Of two alike the one of higher priority is done sooner."""
    _, _, proposal = week(task(1, priority=1), task(2, priority=5)).planned()

    assert placed(proposal, 2).when.start == at(8)
    assert placed(proposal, 1).when.start == at(9)
    [bound] = placed(proposal, 1).bound_by
    assert (bound.code, bound.facts["task_id"]) == (ReasonCode.BUSY_BEFORE, "t2")


def test_a_hard_deadline_goes_before_worth() -> None:
    """The last hour before it is kept for it, however little it is worth."""
    lesson = event("Lesson", at(9), 3 * HOUR)
    due = task(1, priority=1, deadline=at(9), deadline_type=DeadlineType.HARD)

    _, _, proposal = week(due, task(2, priority=5), events=[lesson]).planned()

    assert placed(proposal, 1).when.start == at(8)
    assert placed(proposal, 2).when.start == at(8, 1)


def test_taking_the_binding_meeting_away_improves_the_placement() -> None:
    """What is named is what stands in the way."""
    meeting = event("Review", at(8), 2 * HOUR)
    situation = week(task(1), events=[meeting])
    _, _, proposal = situation.planned()
    [bound] = placed(proposal, 1).bound_by
    assert (bound.code, bound.facts["label"]) == (ReasonCode.BUSY_BEFORE, "Review")

    _, _, freer = evolve(situation, events=()).planned()

    assert placed(freer, 1).when.start < placed(proposal, 1).when.start


def test_long_work_is_done_in_pieces_in_their_order() -> None:
    """Five hours in mornings of four: no piece longer than two, each after the one before."""
    rules = evolve(THREE_DAYS, longest_block=2 * HOUR)
    _, _, proposal = week(task(1, estimated_duration=5 * HOUR), rules=rules).planned()

    pieces = proposal.placements
    assert [each.title for each in pieces] == ["Task 1 (1/3)", "Task 1 (2/3)", "Task 1 (3/3)"]
    assert sum((each.when.length for each in pieces), timedelta(0)) == 5 * HOUR
    assert all(each.when.length <= 2 * HOUR for each in pieces)


def test_the_way_there_and_back_stays_free() -> None:
    """Half an hour before and after work in town, and a quarter between any two."""
    rules = evolve(THREE_DAYS, travel={"@town": HOUR / 2}, buffer=QUARTER)
    _, _, proposal = week(task(1, tags=("@town",), priority=4), task(2), rules=rules).planned()

    assert placed(proposal, 1).when.start == at(8.5)
    assert placed(proposal, 2).when.start == at(10.25)


def test_preparing_comes_right_before() -> None:
    """A task to prepare for starts when there was time for it."""
    rules = evolve(THREE_DAYS, preparation=HOUR)
    _, _, proposal = week(task(1, prep_work_flag=True), rules=rules).planned()

    assert placed(proposal, 1).when.start == at(9)


def test_a_day_holds_no_more_than_its_cap() -> None:
    """The second task waits for tomorrow, and says why."""
    rules = evolve(THREE_DAYS, daily_cap=2 * HOUR, longest_block=2 * HOUR)
    one, two = task(1, estimated_duration=2 * HOUR, priority=3), task(2)

    _, _, proposal = week(one, two, rules=rules).planned()

    assert placed(proposal, 2).when.start == at(8, 1)
    assert ReasonCode.DAILY_CAP in {each.code for each in placed(proposal, 2).bound_by}


def test_focus_hours_are_worth_waiting_for() -> None:
    """Deep work goes to its hours, other work does not care."""
    focus = Preference(
        name="f", start=10 * HOUR, end=12 * HOUR, weight=40, tags=frozenset({"deep"})
    )
    rules = evolve(THREE_DAYS, preferences=(focus,))
    _, _, proposal = week(task(1, tags=("deep",)), task(2), rules=rules).planned()

    assert placed(proposal, 1).when.start == at(10)
    assert placed(proposal, 2).when.start == at(8)


def test_a_plan_stays_calm() -> None:
    """A quarter of an hour sooner is not worth moving for; half a day is."""
    near = task(1, status=TaskStatus.SCHEDULED, scheduled_start=at(8.25), priority=1)
    far = task(
        2,
        status=TaskStatus.SCHEDULED,
        scheduled_start=at(17, 2),
        domain=Domain.PERSONAL,
    )

    _, _, proposal = week(near, far).planned()

    assert not placed(proposal, 1).is_new
    assert placed(proposal, 2).when.start == at(17)


def test_what_finds_no_room_says_what_would_help() -> None:
    """Later, or over something of no more worth, or after the deadline."""
    tasks = [task(n, priority=3, estimated_duration=3 * HOUR) for n in range(1, 5)]
    due = [evolve(t, deadline=at(12, 2), deadline_type=DeadlineType.HARD) for t in tasks]

    _, _, proposal = week(*due).planned()

    [left_out] = proposal.unplaced
    assert left_out.reason.code is ReasonCode.NO_TIME_BEFORE_DEADLINE
    kinds = {each.gives_up.code for each in left_out.would_help}
    assert {ReasonCode.DOUBLE_BOOKED, ReasonCode.LATER} <= kinds


def test_what_waits_for_something_left_out_is_left_out() -> None:
    """And names it."""
    never = task(1, estimated_duration=9 * HOUR, status=TaskStatus.BACKLOG, recurrence="FREQ=DAILY")

    _, _, proposal = week(never, task(2, dependencies=(never.id,))).planned()

    assert proposal.placements == ()
    reasons = {each.task.number: each.reason.code for each in proposal.unplaced}
    assert reasons[2] is ReasonCode.NEEDED_UNPLACED


def test_baby_time_is_open_to_family() -> None:
    """An event that sets time aside for a domain takes none from it."""
    baby = event("Baby time", at(17), HOUR)
    family = task(1, domain=Domain.FAMILY)

    _, _, proposal = week(family, events=[baby]).planned()

    assert placed(proposal, 1).when.start == at(17)


@pytest.mark.parametrize(
    "wrong",
    [
        {"longest_block": HOUR / 2},
        {"daily_cap": HOUR},
    ],
)
def test_rules_that_contradict_each_other_are_refused(wrong: Any) -> None:
    """With the key to change."""
    with pytest.raises(InvalidPlanRules, match=r"planning\.\w+_minutes"):
        evolve(THREE_DAYS, **wrong)
