"""A proposed week in words: what goes where, what moves, what found no room, how good it is."""

from collections.abc import Iterator

from donna_core.domain.planning.proposal import Planned, Proposal, Unplaced
from donna_core.domain.planning.reasons import Reason, say
from donna_core.domain.tasks.history import Change
from donna_core.domain.tasks.task import Task, TaskStatus
from donna_core.domain.wording import (
    Line,
    Scene,
    Tone,
    because,
    day,
    deadline,
    hours,
    place,
    span,
)
from donna_core.usecases.plan_week import WeekPlan
from donna_core.usecases.what_if import Branch

PLAN_COLUMNS = ("Day", "Time", "#", "What", "Change", "Why there")


def plan_rows(proposal: Proposal, scene: Scene) -> Iterator[tuple[str, ...]]:
    """Yield each place under ``PLAN_COLUMNS``, each day named once."""
    named = ""
    for each in proposal.placements:
        today = day(each.when.start.astimezone(scene.zone).date(), scene)
        why = bound(each, scene)
        yield (
            "" if today == named else today,
            hours(each.when, scene),
            each.task.handle,
            each.title + (" (at risk)" if proposal.is_at_risk(each) else ""),
            change(each, scene),
            why,
        )
        named = today


def change(planned: Planned, scene: Scene) -> str:
    """Return what applying the plan would do to this place."""
    if not planned.is_new:
        return ""
    return "new" if planned.before is None else f"from {span(planned.before, scene)}"


def bound(planned: Planned, scene: Scene) -> str:
    """Return what keeps the work from a better place, without its conjunction."""
    first: Reason = planned.bound_by[0] if planned.bound_by else planned.reason
    more = f" (and {len(planned.bound_by) - 1} more)" if len(planned.bound_by) > 1 else ""
    return say(first, zone=scene.zone).removeprefix("because ") + more


def without_room(proposal: Proposal, scene: Scene) -> Iterator[Line]:
    """Yield what found no room, and what would make some."""
    if proposal.unplaced:
        yield Line("Without room", Tone.WARNING)
    for each in proposal.unplaced:
        yield from _unplaced(each, scene)


def quality(plan: WeekPlan) -> Line:
    """Return how good the plan is known to be."""
    proposal = plan.proposal
    if proposal.gap == 0:
        return Line(f"Proven: no plan is better (it costs {proposal.objective}).", Tone.QUIET)
    return Line(
        f"It costs {proposal.objective}, and no plan costs less than {proposal.bound}: "
        f"it is within {proposal.gap:.1%} of the best.",
        Tone.QUIET,
    )


def verdict(plan: WeekPlan) -> Line:
    """Return how many tasks the plan would move, in one line."""
    changes = plan.proposal.changes
    new = sum(each.before is None for each in changes)
    moved = len(changes) - new
    if not changes:
        return Line("Nothing to change: everything is where it does the most good.", Tone.GOOD)
    parts = [f"{new} get a place"] * bool(new) + [f"{moved} move"] * bool(moved)
    kept = len(plan.proposal.placements) - len(changes)
    return Line(f"Proposed: {', '.join(parts)}, {kept} stay. Nothing is changed yet.", Tone.HEADING)


def _unplaced(each: Unplaced, scene: Scene) -> Iterator[Line]:
    words = because([each.reason], scene)
    yield Line(f"{each.task.handle} {each.task.title}: {words}", depth=1)
    for offer in each.would_help:
        cost = because([offer.gives_up], scene)
        yield Line(f"there is room {span(offer.when, scene)}, {cost}", Tone.QUIET, 2)


def branch_lines(branch: Branch, scene: Scene) -> Iterator[Line]:
    """Yield what would follow from a supposition: moved, added, dropped, late, left out, cost."""
    yield Line(f"What if: {branch.scenario.text}", Tone.HEADING)
    if not branch.changes:
        yield Line("Nothing would change.", Tone.GOOD, 1)
    for change_ in branch.changes:
        task = change_.after or change_.before
        if task is not None:
            yield Line(f"{task.handle} {task.title}: {_turn(change_, scene)}", depth=1)
    for task in branch.late:
        due = deadline(task.deadline, task.deadline_type, scene)
        yield Line(f"{task.handle} {task.title} would be late: {due}", Tone.WARNING, 1)
    for each in branch.left_out:
        yield from _unplaced(each, scene)
    more = branch.after - branch.before
    if more:
        yield Line(
            f"The days ahead would cost {abs(more)} {'more' if more > 0 else 'less'}.",
            Tone.QUIET,
            1,
        )


def _turn(each: Change[Task], scene: Scene) -> str:
    """Return how a task would change: from where to where."""
    before, after = each.before, each.after
    if after is None:
        return "would be gone"
    where = place(after, scene)
    if before is None:
        return f"new, {where}"
    if not after.is_open:
        return "would be dropped" if after.status is TaskStatus.CANCELLED else where
    was = place(before, scene)
    if where != was:
        return f"from {was} to {where}"
    changed = deadline(after.deadline, after.deadline_type, scene)
    return f"stays {where}, {changed}, priority {after.priority}"
