"""What every plan of a week keeps to, whatever the week."""

from datetime import timedelta
from itertools import pairwise

from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from donna_core.domain.ids import TaskId
from donna_core.domain.planning.plan_rules import PlanRules, Preference
from donna_core.domain.planning.proposal import Planned, Proposal
from donna_core.domain.planning.reasons import ReasonCode
from donna_core.domain.tasks.task import DeadlineType, Domain, Task, TaskStatus, TimeIntent
from donna_core.domain.timing.interval import Interval
from donna_core.testing.weeks import HOUR, MONDAY, QUARTER, Situation, event, task

FEW = settings(max_examples=20)


@st.composite
def situations(draw: st.DrawFn) -> Situation:
    """Draw a crowded three days: tasks of every kind, meetings, and rules."""
    count = draw(st.integers(1, 9))
    tasks = tuple(draw(_tasks(number)) for number in range(1, count + 1))
    events = tuple(
        event(
            draw(st.sampled_from(["Meeting", "Baby time", "Lunch"])),
            MONDAY + draw(st.integers(0, 60)) * HOUR + draw(st.integers(0, 59)) * HOUR / 60,
            draw(st.sampled_from([QUARTER, HOUR, 3 * HOUR])),
            busy=draw(st.booleans()) or True,
        )
        for _ in range(draw(st.integers(0, 5)))
    )
    rules = PlanRules(
        days=3,
        buffer=draw(st.sampled_from([timedelta(0), QUARTER])),
        daily_cap=draw(st.sampled_from([3 * HOUR, 8 * HOUR])),
        longest_block=2 * HOUR,
        preparation=draw(st.sampled_from([timedelta(0), QUARTER])),
        travel={"@town": 2 * QUARTER},
        preferences=(
            Preference(
                name="focus", start=9 * HOUR, end=11 * HOUR, weight=40, tags=frozenset({"deep"})
            ),
        ),
    )
    return Situation(tasks=tasks, events=events, rules=rules)


@st.composite
def _tasks(draw: st.DrawFn, number: int) -> Task:
    kind = draw(st.sampled_from(list(DeadlineType)))
    scheduled = draw(st.sampled_from([None, None, draw(st.integers(1, 100))]))
    pinned = draw(st.sampled_from([None, None, None, draw(st.integers(1, 60))]))
    start = None if scheduled is None else MONDAY + scheduled * QUARTER
    pin = None if pinned is None else MONDAY + pinned * HOUR
    earlier = [TaskId(f"t{other}") for other in range(1, number)]
    needs = draw(st.sampled_from([(), (), tuple(earlier[-1:])]))
    return task(
        number,
        domain=draw(st.sampled_from(list(Domain))),
        priority=draw(st.integers(1, 5)),
        estimated_duration=draw(st.sampled_from([QUARTER, HOUR / 3, HOUR, 1.5 * HOUR, 3 * HOUR])),
        deadline_type=kind,
        deadline=None if kind is DeadlineType.NONE else MONDAY + draw(st.integers(1, 70)) * HOUR,
        status=TaskStatus.SCHEDULED if start or pin else TaskStatus.BACKLOG,
        scheduled_start=pin or start,
        pinned_start=pin,
        dependencies=needs,
        tags=draw(st.sampled_from([(), ("@town",), ("deep",)])),
        prep_work_flag=draw(st.booleans()),
        time_intent=draw(
            st.sampled_from(
                [TimeIntent(), TimeIntent(weekdays=(1,)), TimeIntent(time_of_day="evening")]
            )
        ),
    )


def pad(situation: Situation, planned: Planned) -> Interval:
    """Return the time a placement takes with its way and preparation, the buffer behind it."""
    there, back = situation.rules.padding(planned.task)
    return Interval(planned.when.start - there, planned.when.end + back + situation.rules.buffer)


def chosen(proposal: Proposal) -> list[Planned]:
    """Return the placements that the plan decided on, none of those that were fixed."""
    fixed = {ReasonCode.PINNED, ReasonCode.STARTED}
    free = [each for each in proposal.placements if each.reason.code not in fixed]
    return [each for each in free if each.bound_by != (each.reason,)]


@FEW
@given(situations())
def test_nothing_overlaps(situation: Situation) -> None:
    """Neither two tasks with what they need around them, nor a task and an event."""
    _, _, proposal = situation.planned()

    placed = chosen(proposal)
    for one in placed:
        taken = [other for other in proposal.placements if other is not one]
        assert not any(one.when.overlaps(other.when) for other in taken), one.title
        pairs = [other for other in placed if other is not one]
        new = [each for each in pairs if each.is_new and one.is_new]
        assert not any(pad(situation, one).overlaps(pad(situation, other)) for other in new)
        for busy in situation.events:
            open_to_it = "Baby" in busy.title and one.task.domain is Domain.FAMILY
            assert open_to_it or not one.when.overlaps(busy.when)


@FEW
@given(situations())
def test_hours_deadlines_and_order_are_kept(situation: Situation) -> None:
    """Every placement lies in its windows, before its hard deadline, after what it needs."""
    _, _, proposal = situation.planned()

    ends: dict[TaskId, list[Interval]] = {}
    for each in proposal.placements:
        ends.setdefault(each.task.id, []).append(each.when)
    for each in chosen(proposal):
        it, when = each.task, each.when
        opened = situation.windows.open_for(it.domain, priority=it.priority, within=when)
        assert opened == (when,)
        assert when.start >= situation.at
        if it.deadline is not None and it.deadline_type is DeadlineType.HARD:
            assert when.end <= it.deadline
        for needed in it.dependencies:
            assert all(when.start >= other.end for other in ends.get(needed, ()))
    by_piece = sorted(proposal.placements, key=lambda each: (each.task.number, each.index))
    for first, second in pairwise(by_piece):
        if first.task.id == second.task.id:
            assert first.when.end <= second.when.start


@FEW
@given(situations())
def test_pins_stay_and_no_day_is_too_full(situation: Situation) -> None:
    """What a person pinned is where it was; the rest leaves room to breathe."""
    _, _, proposal = situation.planned()

    for each in proposal.placements:
        if each.task.pinned_start is not None:
            assert each.when.start == each.task.pinned_start
    zone = situation.windows.zone
    days = {each.when.start.astimezone(zone).date() for each in chosen(proposal)}
    for day in days:
        on_day = [p for p in proposal.placements if p.when.start.astimezone(zone).date() == day]
        pinned = sum((p.when.length for p in on_day if p not in chosen(proposal)), timedelta(0))
        whole = sum((p.when.length for p in on_day), timedelta(0))
        assert whole <= max(situation.rules.daily_cap, pinned) or whole == pinned


@FEW
@given(situations(), st.randoms(use_true_random=False))
def test_the_order_of_the_input_changes_nothing(situation: Situation, dice: object) -> None:
    """The same tasks and events in any order make the same plan."""
    shuffled = evolve(
        situation,
        tasks=tuple(dice.sample(situation.tasks, len(situation.tasks))),  # type: ignore[attr-defined]  # a Random
        events=tuple(dice.sample(situation.events, len(situation.events))),  # type: ignore[attr-defined]  # a Random
    )

    assert situation.planned()[2] == shuffled.planned()[2]


@FEW
@given(situations())
def test_without_what_binds_it_a_placement_is_better(situation: Situation) -> None:
    """Every placement has a cheaper tick against which nothing speaks but what it is bound by."""
    model, starts, proposal = situation.planned()

    for each in chosen(proposal):
        piece = next(
            p for p in model.pieces.values() if p.task.id == each.task.id and p.index == each.index
        )
        tick = starts[piece.key]
        cheaper = [
            other
            for other in range(-piece.before - 1, len(model.problem.day_of))
            if model.cost(piece, other) < model.cost(piece, tick)
        ]
        assert bool(each.bound_by) == bool(cheaper)
        if cheaper:
            named = set(each.bound_by)
            assert any(set(model.against(piece, t, starts)) <= named for t in cheaper)


@FEW
@given(situations())
def test_every_task_is_placed_or_said_to_be_left_out(situation: Situation) -> None:
    """Nothing is lost, and what is left out says why."""
    _, _, proposal = situation.planned()

    placed = {each.task.id for each in proposal.placements}
    left_out = {each.task.id for each in proposal.unplaced}
    later = {
        t.id
        for t in situation.tasks
        if t.scheduled_start and t.scheduled_start >= proposal.within.end
    }
    past = {t.id for t in situation.tasks if t.pinned_start}
    assert placed | left_out | later | past >= {each.id for each in situation.tasks}
    assert all(each.reason for each in proposal.unplaced)
