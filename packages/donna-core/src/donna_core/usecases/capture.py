"""Capturing: from a sentence to a task that has its place, in one commit."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from attrs import evolve, frozen

from donna_core.domain.capture.parse import clean
from donna_core.domain.capture.reading import Reading
from donna_core.domain.codec import from_plain
from donna_core.domain.errors import CalendarUnreadable, ModelUnavailable
from donna_core.domain.events import EventKind
from donna_core.domain.ids import TaskId
from donna_core.domain.planning.reasons import Reason, ReasonCode
from donna_core.domain.policy import Policy
from donna_core.domain.tasks.complexity import assess_complexity
from donna_core.domain.tasks.dedup import Twins, find_twins
from donna_core.domain.tasks.history import Command, Explanation, Topic
from donna_core.domain.tasks.task import (
    MAY_BE_PLACED,
    NEEDS_REVIEW,
    OPEN,
    DeadlineType,
    InputChannel,
    Task,
)
from donna_core.domain.timing.recurrence import Recurrence
from donna_core.ports.language_model import ModelRequest
from donna_core.ports.unit_of_work import Stores
from donna_core.usecases.mirroring import (
    Glance,
    glance,
    mirror_calendars,
    stale_calendars,
)
from donna_core.usecases.placing import place
from donna_core.usecases.prioritising import prioritise
from donna_core.usecases.recorder import Origin, Recorder
from donna_core.usecases.runtime import Runtime


class OnDuplicate(StrEnum):
    """What to do with a task that Donna takes for one she already has."""

    KEEP = "keep"
    MERGE = "merge"
    UPDATE = "update"


class Outcome(StrEnum):
    """What became of the sentence."""

    ADDED = "added"
    MERGED = "merged"
    UPDATED = "updated"
    NOT_A_TASK = "not_a_task"


class Verdict(StrEnum):
    """What two tasks are to each other."""

    SAME = "same"
    RELATED = "related"
    DIFFERENT = "different"


@frozen(kw_only=True)
class Captured:
    """What was understood and done; everything a receipt says is read from here.

    ``duplicate_of`` is the task this one was taken for, ``related`` those it resembles.
    ``unreadable`` are calendars that could not be read: the task is safe but has no place yet.
    """

    outcome: Outcome
    reading: Reading
    task: Task | None
    command: Command | None
    duplicate_of: Task | None = None
    related: tuple[Task, ...] = ()
    unreadable: tuple[CalendarUnreadable, ...] = ()


@frozen(kw_only=True)
class _Open:
    """What the decision has to know first: titles it may not judge alone, calendars anew."""

    band: tuple[TaskId, ...]
    stale: bool


@frozen(kw_only=True)
class _Plan:
    """Everything drawn before the decision, so that each run of it is the same."""

    origin: Origin
    task_id: TaskId
    reading: Reading
    on_duplicate: OnDuplicate
    verdicts: Mapping[TaskId, Verdict]
    seen: Glance
    final: bool


async def read(runtime: Runtime, text: str) -> Reading:
    """Return what Donna understands of the text; nothing is stored."""
    cleaned, remarks = clean(text, limit=runtime.policy.text_limit)
    at = runtime.clock.now()
    reply = await runtime.language_model.complete(
        ModelRequest(
            task_type="parse_task",
            inputs={
                "text": cleaned,
                "at": at.isoformat(),
                "zone": runtime.policy.zone.key,
                "day_first": runtime.policy.day_first,
            },
            caller="capture",
            priority="critical",
        )
    )
    reading = from_plain(Reading, reply.output)
    return evolve(reading, remarks=(*remarks, *reading.remarks)) if remarks else reading


async def capture(
    runtime: Runtime,
    text: str,
    *,
    on_duplicate: OnDuplicate = OnDuplicate.KEEP,
    channel: InputChannel = InputChannel.APP,
    insist: bool = False,
) -> Captured:
    """Understand the text, and keep, place and confirm the task in it.

    ``insist`` keeps even what does not read like a task. Raise ``InvalidInput`` for text that
    is empty or too long and ``StorageUnavailable`` when it could not be kept; in both cases
    nothing was stored. A calendar that cannot be read costs the task its place, never its row.
    """
    reading = await read(runtime, text)
    if not reading.is_task and not insist:
        return Captured(outcome=Outcome.NOT_A_TASK, reading=reading, task=None, command=None)
    starts = [each for each in (reading.start, reading.time_intent.earliest) if each is not None]
    begins = max(starts, default=None)
    seen = await glance(runtime, until=begins)
    plan = _Plan(
        origin=Origin.draw(runtime, "capture", text, channel=channel),
        task_id=TaskId(runtime.ids.new()),
        reading=reading,
        on_duplicate=on_duplicate,
        verdicts={},
        seen=seen,
        final=False,
    )
    answer = await _decide(runtime, plan)
    while not isinstance(answer, Captured):
        if answer.stale:
            plan = evolve(plan, seen=await mirror_calendars(runtime, until=begins))
        if answer.band:
            # Whoever writes yet another similar task in between: it is kept, and looked at.
            verdicts = await _judge(runtime, reading, answer.band)
            plan = evolve(plan, verdicts=verdicts, final=True)
        answer = await _decide(runtime, plan)
    return answer


async def _decide(runtime: Runtime, plan: _Plan) -> Captured | _Open:
    return await runtime.unit_of_work.run(lambda stores: _keep(stores, runtime, plan))


async def _judge(
    runtime: Runtime, reading: Reading, band: tuple[TaskId, ...]
) -> dict[TaskId, Verdict]:
    """Ask the model about each title in the uncertain band; it may have no answer."""
    known = await runtime.unit_of_work.run(lambda stores: stores.tasks.select(ids=band))
    verdicts = {}
    for task in known:
        request = ModelRequest(
            task_type="dedup_check",
            inputs={
                "new": {"title": reading.title, "description": reading.description},
                "existing": {"title": task.title, "description": task.description},
            },
            caller="capture",
        )
        try:
            reply = await runtime.language_model.complete(request)
        except ModelUnavailable:
            continue  # what nobody judged is kept, and looked at
        verdicts[task.id] = Verdict(reply.output["verdict"])
    return verdicts


def _keep(stores: Stores, runtime: Runtime, plan: _Plan) -> Captured | _Open:
    policy = runtime.policy
    twins = find_twins(plan.reading.title, stores.tasks.titles(), policy.dedup)
    unjudged = tuple(m.task_id for m in twins.band if m.task_id not in plan.verdicts)
    band = () if twins.duplicates or plan.final else unjudged
    stale = not plan.final and bool(stale_calendars(stores, plan.seen))
    if band or stale:
        return _Open(band=band, stale=stale)
    recorder = Recorder(stores, policy, plan.origin)
    twin = _twin(stores, plan, twins)
    related = _related(stores, plan, twins)
    if twin is not None and plan.on_duplicate is not OnDuplicate.KEEP:
        return _absorb(stores, recorder, policy, plan, twin)
    task = _new_task(stores, runtime, plan, doubtful=twin is not None or bool(unjudged))
    recorder.add(task)
    if twin is not None:
        _explain_twin(recorder, task, twin)
    task = prioritise(recorder, policy, task, others=())
    place(recorder, policy, task, not_before=plan.origin.at, unreadable=plan.seen.unreadable)
    size = assess_complexity(task, rules=policy.complexity)
    recorder.explain(Explanation(task_id=task.id, topic=Topic.COMPLEXITY, reasons=(size.reason,)))
    command = recorder.commit()
    return Captured(
        outcome=Outcome.ADDED,
        reading=plan.reading,
        task=_task_in(command, task.id),
        command=command,
        duplicate_of=twin,
        related=related,
        unreadable=plan.seen.unreadable,
    )


def _twin(stores: Stores, plan: _Plan, twins: Twins) -> Task | None:
    """Return the task this one is taken for: a certain match, or one the model calls the same."""
    certain = [match.task_id for match in twins.duplicates]
    judged = [m.task_id for m in twins.band if plan.verdicts.get(m.task_id) is Verdict.SAME]
    for task_id in (*certain, *judged):
        return stores.tasks.get(task_id)
    return None


def _related(stores: Stores, plan: _Plan, twins: Twins) -> tuple[Task, ...]:
    ids = [m.task_id for m in twins.band if plan.verdicts.get(m.task_id) is Verdict.RELATED]
    return stores.tasks.select(ids=ids) if ids else ()


def _new_task(stores: Stores, runtime: Runtime, plan: _Plan, *, doubtful: bool) -> Task:
    reading, at = plan.reading, plan.origin.at
    unsure = doubtful or reading.confidence < runtime.policy.review_below
    tags = (*reading.tags, NEEDS_REVIEW) if unsure else reading.tags
    return Task(
        id=plan.task_id,
        user_id=runtime.user_id,
        number=stores.tasks.next_number(),
        title=reading.title,
        description=reading.description,
        domain=reading.domain,
        priority=reading.priority,
        base_priority=reading.priority,
        estimated_duration=reading.duration,
        deadline=reading.deadline,
        deadline_type=reading.deadline_type,
        pinned_start=first_start(reading, at=at, policy=runtime.policy),
        recurrence=reading.recurrence,
        tags=tags,
        notes=reading.remarks,
        prep_work_flag=reading.prep_work_flag,
        prep_work_instructions=reading.prep_work_instructions,
        agent_eligible=reading.agent_eligible,
        created_at=at,
        created_via=plan.origin.channel,
        time_intent=reading.time_intent,
    )


def first_start(reading: Reading, *, at: datetime, policy: Policy) -> datetime | None:
    """Return the start the sentence fixes, for a recurring task that of its first occurrence."""
    if reading.start is None or reading.recurrence is None or reading.start > at:
        return reading.start
    rule = Recurrence.parse(reading.recurrence)
    return rule.next_after(at, zone=policy.zone, anchor=reading.start)


def _explain_twin(recorder: Recorder, task: Task, twin: Task) -> None:
    reason = Reason(code=ReasonCode.LOOKS_LIKE, facts={"title": twin.title, "number": twin.number})
    recorder.explain(Explanation(task_id=task.id, topic=Topic.DUPLICATE, reasons=(reason,)))


def _absorb(
    stores: Stores, recorder: Recorder, policy: Policy, plan: _Plan, twin: Task
) -> Captured:
    """Let the task Donna already has take up what the sentence adds."""
    merge = plan.on_duplicate is OnDuplicate.MERGE
    changed = filled(twin, plan.reading) if merge else updated(twin, plan.reading)
    changed = evolve(changed, notes=(*changed.notes, f"Also said: {plan.reading.text}"))
    recorder.put(changed)
    recorder.tell(EventKind.TASK_MERGED, twin.id, text=plan.reading.text)
    others = stores.tasks.select(statuses=OPEN)
    changed = prioritise(recorder, policy, changed, others=others)
    if _asks_for_another_place(twin, changed):
        place(recorder, policy, changed, not_before=plan.origin.at, unreadable=plan.seen.unreadable)
    command = recorder.commit()
    return Captured(
        outcome=Outcome.MERGED if merge else Outcome.UPDATED,
        reading=plan.reading,
        task=_task_in(command, twin.id),
        command=command,
        duplicate_of=twin,
        unreadable=plan.seen.unreadable,
    )


def filled(task: Task, reading: Reading) -> Task:
    """Return the task with its gaps filled from the reading; what it says itself stands."""
    takes_deadline = task.deadline is None and reading.deadline is not None
    return evolve(
        task,
        description=task.description or reading.description,
        deadline=reading.deadline if takes_deadline else task.deadline,
        deadline_type=reading.deadline_type if takes_deadline else task.deadline_type,
        pinned_start=task.pinned_start or reading.start,
        priority=max(task.priority, reading.priority),
        base_priority=max(task.base_priority, reading.priority),
        tags=tuple(dict.fromkeys((*task.tags, *reading.tags))),
        prep_work_flag=task.prep_work_flag or reading.prep_work_flag,
        prep_work_instructions=task.prep_work_instructions or reading.prep_work_instructions,
    )


def updated(task: Task, reading: Reading) -> Task:
    """Return the task as the reading tells it; what the reading leaves open stays."""
    return evolve(
        filled(task, reading),
        title=reading.title,
        deadline=reading.deadline or task.deadline,
        deadline_type=(
            task.deadline_type
            if reading.deadline_type is DeadlineType.NONE
            else reading.deadline_type
        ),
        pinned_start=reading.start or task.pinned_start,
        time_intent=reading.time_intent if reading.start else task.time_intent,
        estimated_duration=(
            reading.duration if reading.duration_stated else task.estimated_duration
        ),
    )


def _asks_for_another_place(before: Task, after: Task) -> bool:
    return after.status in MAY_BE_PLACED and (
        before.deadline != after.deadline
        or before.pinned_start != after.pinned_start
        or before.estimated_duration != after.estimated_duration
    )


def _task_in(command: Command, task_id: TaskId) -> Task | None:
    """Return the task as the command left it."""
    for change in command.tasks:
        if change.after is not None and change.after.id == task_id:
            return change.after
    return None
