"""How much time there is for what is due: the outlook of a task, and a warning of too much."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from attrs import evolve

from donna_core.domain.capture.reading import Reading
from donna_core.domain.planning.busy import Occupied, busy_for
from donna_core.domain.planning.calendar_events import CalendarEvent
from donna_core.domain.planning.durations import Outlook, TimeModel, Usual
from donna_core.domain.planning.reasons import Reason, ReasonCode
from donna_core.domain.policy import Policy
from donna_core.domain.tasks.history import Explanation, Topic
from donna_core.domain.tasks.task import OPEN, DeadlineType, Task
from donna_core.domain.timing.interval import Interval
from donna_core.ports.unit_of_work import Stores
from donna_core.usecases.mirroring import events_in
from donna_core.usecases.recorder import Recorder

_FARTHEST = timedelta(days=28)
"""Who is overloaded so far ahead has time to find out."""


WORK_READ = 200
"""So many finished tasks tell how long work takes; older ones were done by somebody younger."""


def outlook_of(stores: Stores, policy: Policy, task: Task, *, at: datetime) -> Outlook | None:
    """Return how long an open task may take and how likely it is in time.

    Its time is what is free from its planned start, or from now on, until its deadline.
    """
    if not task.is_open:
        return None
    model = TimeModel.of(stores.work.latest(WORK_READ))
    due = _due(task)
    if due is None:
        return model.outlook(task, None)
    begins = max(at, task.scheduled_start or at)
    within = Interval(begins, max(begins, min(due, begins + _FARTHEST)))
    others = [each for each in stores.tasks.occupied(within) if each.task_id != task.id]
    available = _free(policy, task, within, events_in(stores, within), others)
    return model.outlook(task, available)


def usual_length(stores: Stores, policy: Policy, reading: Reading) -> Usual | None:
    """Return how long such work usually takes, in whole steps, where the sentence leaves it open.

    What a person says counts, however long it took before.
    """
    if reading.duration_stated:
        return None
    usual = TimeModel.of(stores.work.latest(WORK_READ)).usual(reading.domain, reading.title)
    if usual is None:
        return None
    step = policy.slots.step
    return evolve(usual, duration=-(-usual.duration // step) * step)


def warn_of_overload(stores: Stores, recorder: Recorder, policy: Policy, task: Task) -> None:
    """Keep a warning with the task where more is due by its deadline than there is time for.

    Counted is the work of its part of life that is due by then, and the hours that are open to
    it and free of events.
    """
    due, at = _due(task), recorder.at
    if due is None or not at < due <= at + _FARTHEST:
        return
    known = {each.id: each for each in stores.tasks.select(statuses=OPEN)}
    known[task.id] = task
    rivals = [
        each
        for each in known.values()
        if each.domain is task.domain and (_due(each) or due + timedelta(1)) <= due
    ]
    work = sum((each.estimated_duration for each in rivals), timedelta(0))
    within = Interval(at, due)
    free = _free(policy, task, within, recorder.events(within), ())
    if work > free:
        reason = Reason.of(ReasonCode.OVERLOADED, wanted=work, duration=free, deadline=due)
        recorder.explain(Explanation(task_id=task.id, topic=Topic.LOAD, reasons=(reason,)))


def _due(task: Task) -> datetime | None:
    return None if task.deadline_type is DeadlineType.NONE else task.deadline


def _free(
    policy: Policy,
    task: Task,
    within: Interval,
    events: Sequence[CalendarEvent],
    others: Sequence[Occupied],
) -> timedelta:
    """Return how much of the time is open to the task and taken by nothing else."""
    busy = busy_for(task.domain, events, others, policy.windows)
    opened = policy.windows.open_for(task.domain, priority=task.priority, within=within)
    stretches = (gap.length for stretch in opened for gap in busy.free(stretch))
    return sum(stretches, timedelta(0))
