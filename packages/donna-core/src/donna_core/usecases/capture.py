"""Capturing: from a sentence to a task that has its place, in one commit."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from enum import StrEnum

from attrs import evolve, frozen

from donna_core.domain.capture.facts import is_asked_to_remember, says_something
from donna_core.domain.capture.reading import Intent, Reading
from donna_core.domain.errors import CalendarUnreadable, ModelUnavailable, OverBudget
from donna_core.domain.events import EventKind
from donna_core.domain.ids import TaskId
from donna_core.domain.planning.durations import Usual
from donna_core.domain.planning.reasons import Reason, ReasonCode
from donna_core.domain.policy import Policy
from donna_core.domain.tasks.complexity import assess_complexity
from donna_core.domain.tasks.dedup import Twins, Verdict, find_twins
from donna_core.domain.tasks.history import Command, Explanation, Topic
from donna_core.domain.tasks.task import (
    NEEDS_REVIEW,
    OPEN,
    InputChannel,
    Task,
)
from donna_core.ports.language_model import ModelLane, ModelRequest
from donna_core.ports.unit_of_work import Stores
from donna_core.usecases.absorbing import as_told, asks_for_another_place, filled, updated
from donna_core.usecases.anchoring import tie
from donna_core.usecases.loading import usual_length, warn_of_overload
from donna_core.usecases.mirroring import (
    Glance,
    mirror_calendars,
)
from donna_core.usecases.placing import place
from donna_core.usecases.prioritising import prioritise
from donna_core.usecases.recorder import Origin, Recorder
from donna_core.usecases.remember import remember
from donna_core.usecases.reread import reread_job
from donna_core.usecases.runtime import Runtime
from donna_core.usecases.splitting import lengths_of, spare_ids, split
from donna_core.usecases.understand import Understood, understand


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
    REMEMBERED = "remembered"


@frozen(kw_only=True)
class Captured:
    """What was understood and done; everything a receipt says is read from here.

    ``duplicate_of`` is the task this one was taken for, ``related`` those it resembles.
    ``others`` are the further tasks of a message that held several, in their order.
    ``asked`` tells of talk that it asks in so many words to be remembered.
    ``unreadable`` are calendars that could not be read: the task is safe but has no place yet.
    """

    outcome: Outcome
    reading: Reading
    task: Task | None
    command: Command | None
    duplicate_of: Task | None = None
    related: tuple[Task, ...] = ()
    others: tuple["Captured", ...] = ()
    unreadable: tuple[CalendarUnreadable, ...] = ()
    asked: bool = False

    @property
    def parts(self) -> tuple["Captured", ...]:
        """What became of each task of the message, in its order."""
        return (self, *self.others)

    def part_about(self, task: Task) -> "Captured | None":
        """Return the part that became this task or was taken up by it."""
        return next((each for each in self.parts if each.task and each.task.id == task.id), None)


@frozen(kw_only=True)
class _Open:
    """What the decision has to know first: titles it may not judge alone, calendars anew.

    ``bands`` are the tasks that resemble each part of the message.
    """

    bands: tuple[tuple[TaskId, ...], ...]


@frozen(kw_only=True)
class _Plan:
    """Everything drawn before the decision, so that each run of it is the same."""

    origin: Origin
    reading: Reading
    parts: tuple["_Part", ...]
    on_duplicate: OnDuplicate
    seen: Glance
    reread: bool
    final: bool


@frozen(kw_only=True)
class _Part:
    """One task of the message: the id it gets and what the model said it resembles."""

    task_id: TaskId
    reading: Reading
    verdicts: Mapping[TaskId, Verdict]


async def read(runtime: Runtime, text: str) -> Reading:
    """Return what Donna understands of the text; nothing is stored."""
    return (await understand(runtime, text)).reading


async def capture(
    runtime: Runtime,
    text: str,
    *,
    on_duplicate: OnDuplicate = OnDuplicate.KEEP,
    channel: InputChannel = InputChannel.APP,
    insist: bool = False,
) -> Captured:
    """Understand the text, and keep, place and confirm the task or the tasks in it.

    Several tasks are one command, so that one undo takes all of them back. Talk that says
    something is no task and is remembered as it was said.

    ``insist`` makes a task even of what does not read like one. Raise ``InvalidInput`` for text
    that is empty or too long and ``StorageUnavailable`` when it could not be kept; in both
    cases nothing was stored. A calendar that cannot be read costs the task its place, never its
    row.
    """
    understood = await understand(runtime, text)
    reading = understood.reading
    if not reading.is_task and not insist:
        return await _no_task(runtime, text, understood, channel=channel)
    readings = reading.tasks or (reading,)
    begins = max(_begins(readings), default=None)
    seen = await mirror_calendars(runtime, until=begins)
    plan = _Plan(
        origin=Origin.draw(
            runtime, "capture", text, channel=channel, understood_by=understood.call
        ),
        reading=reading,
        parts=tuple(
            _Part(task_id=TaskId(runtime.ids.new()), reading=each, verdicts={}) for each in readings
        ),
        on_duplicate=on_duplicate,
        seen=seen,
        reread=understood.stands_in,
        final=False,
    )
    answer = await _decide(runtime, plan)
    while not isinstance(answer, Captured):
        # Whoever writes yet another similar task in between: it is kept, and looked at.
        parts = [
            evolve(part, verdicts=await _judge(runtime, part.reading, band))
            for part, band in zip(plan.parts, answer.bands, strict=True)
        ]
        plan = evolve(plan, parts=tuple(parts), final=True)
        answer = await _decide(runtime, plan)
    return answer


async def _no_task(
    runtime: Runtime, text: str, understood: Understood, *, channel: InputChannel
) -> Captured:
    """Remember what is talk; nothing is kept of a question or of a command for the agenda."""
    reading, lexicon = understood.reading, runtime.policy.lexicon
    asked = is_asked_to_remember(reading.text, lexicon)
    talk = reading.intent is Intent.CHAT and (asked or says_something(reading.text, lexicon))
    if not talk:
        return Captured(outcome=Outcome.NOT_A_TASK, reading=reading, task=None, command=None)
    kept = await remember(runtime, text, channel=channel, understood_by=understood.call)
    return Captured(
        outcome=Outcome.REMEMBERED, reading=reading, task=None, command=kept.command, asked=asked
    )


def _begins(readings: Sequence[Reading]) -> Iterator[datetime]:
    for reading in readings:
        anchor = reading.time_intent.anchor
        said = anchor.closes if anchor else None
        for instant in (reading.start, reading.time_intent.earliest, said):
            if instant is not None:
                yield instant


async def _decide(runtime: Runtime, plan: _Plan) -> Captured | _Open:
    return await runtime.unit_of_work.run(lambda stores: _keep(stores, runtime, plan))


async def _judge(
    runtime: Runtime, reading: Reading, band: tuple[TaskId, ...]
) -> dict[TaskId, Verdict]:
    """Ask the model about each title in the uncertain band; it may have no answer."""
    if not band:
        return {}
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
            lane=ModelLane.EXTERNAL,
            sources=(f"task:{task.number}",),
        )
        try:
            reply = await runtime.language_model.complete(request)
        except (ModelUnavailable, OverBudget):
            continue  # what nobody judged is kept, and looked at
        verdicts[task.id] = Verdict(reply.output["verdict"])
    return verdicts


def _keep(stores: Stores, runtime: Runtime, plan: _Plan) -> Captured | _Open:
    """Keep each task of the message, all in one command."""
    policy = runtime.policy
    titles = stores.tasks.titles()
    twins = [find_twins(part.reading.title, titles, policy.dedup) for part in plan.parts]
    bands = tuple(_unjudged(part, found) for part, found in zip(plan.parts, twins, strict=True))
    undecided = () if plan.final else tuple(
        () if found.duplicates else band for found, band in zip(twins, bands, strict=True)
    )  # fmt: skip
    if any(undecided):
        return _Open(bands=undecided)
    recorder = Recorder(stores, policy, plan.origin)
    kept = [
        _keep_part(stores, runtime, recorder, plan=plan, part=part, twins=found)
        for part, found in zip(plan.parts, twins, strict=True)
    ]
    command = recorder.commit()
    if plan.reread and any(each.outcome is Outcome.ADDED for each in kept):
        stores.jobs.want([reread_job(command.id, at=plan.origin.at)])
    results = [_captured(each, command, plan) for each in kept]
    return evolve(results[0], reading=plan.reading, others=tuple(results[1:]))


@frozen(kw_only=True)
class _Kept:
    """What became of one task of the message before the command is committed."""

    outcome: Outcome
    reading: Reading
    task_id: TaskId
    twin: Task | None
    related: tuple[Task, ...] = ()


def _captured(kept: _Kept, command: Command, plan: _Plan) -> Captured:
    return Captured(
        outcome=kept.outcome,
        reading=kept.reading,
        task=_task_in(command, kept.task_id),
        command=command,
        duplicate_of=kept.twin,
        related=kept.related,
        unreadable=plan.seen.unreadable,
    )


def _unjudged(part: _Part, twins: Twins) -> tuple[TaskId, ...]:
    return tuple(m.task_id for m in twins.band if m.task_id not in part.verdicts)


def _keep_part(
    stores: Stores,
    runtime: Runtime,
    recorder: Recorder,
    *,
    plan: _Plan,
    part: _Part,
    twins: Twins,
) -> _Kept:
    policy = runtime.policy
    twin = _twin(stores, part, twins)
    if twin is not None and plan.on_duplicate is not OnDuplicate.KEEP:
        return _absorb(stores, recorder, policy, plan=plan, part=part, twin=twin)
    doubtful = twin is not None or bool(_unjudged(part, twins))
    number = stores.tasks.next_number()
    usual = usual_length(stores, policy, part.reading)
    task = _new_task(runtime, plan, part, number=number, doubtful=doubtful, usual=usual)
    recorder.add(task)
    if usual is not None:
        _explain_usual(recorder, task, usual)
    if twin is not None:
        _explain_twin(recorder, task, twin)
    task = tie(recorder, policy, task)
    task = prioritise(recorder, policy, task, others=())
    lengths = lengths_of(task, policy)
    at, unreadable = plan.origin.at, plan.seen.unreadable
    for piece in split(recorder, stores, task, lengths, spare_ids(task.id, len(lengths))):
        place(recorder, policy, piece, not_before=at, unreadable=unreadable)
    warn_of_overload(stores, recorder, policy, task)
    size = assess_complexity(task, rules=policy.complexity)
    recorder.explain(Explanation(task_id=task.id, topic=Topic.COMPLEXITY, reasons=(size.reason,)))
    return _Kept(
        outcome=Outcome.ADDED,
        reading=part.reading,
        task_id=task.id,
        twin=twin,
        related=_related(stores, part, twins),
    )


def _twin(stores: Stores, part: _Part, twins: Twins) -> Task | None:
    """Return the task this one is taken for: a certain match, or one the model calls the same."""
    certain = [match.task_id for match in twins.duplicates]
    judged = [m.task_id for m in twins.band if part.verdicts.get(m.task_id) is Verdict.SAME]
    for task_id in (*certain, *judged):
        return stores.tasks.get(task_id)
    return None


def _related(stores: Stores, part: _Part, twins: Twins) -> tuple[Task, ...]:
    ids = [m.task_id for m in twins.band if part.verdicts.get(m.task_id) is Verdict.RELATED]
    return stores.tasks.select(ids=ids) if ids else ()


def _new_task(
    runtime: Runtime,
    plan: _Plan,
    part: _Part,
    *,
    number: int,
    doubtful: bool,
    usual: Usual | None,
) -> Task:
    reading, at = part.reading, plan.origin.at
    unsure = doubtful or not reading.is_task or reading.confidence < runtime.policy.review_below
    told = as_told(reading, at=at, policy=runtime.policy, usual=usual)
    if unsure:
        told["tags"] = (*told["tags"], NEEDS_REVIEW)
    return Task(
        id=part.task_id,
        user_id=runtime.user_id,
        number=number,
        notes=reading.remarks,
        created_at=at,
        created_via=plan.origin.channel,
        **told,
    )


def _explain_usual(recorder: Recorder, task: Task, usual: Usual) -> None:
    reason = Reason.of(ReasonCode.USUAL_LENGTH, duration=usual.duration, tasks=usual.like_it)
    recorder.explain(Explanation(task_id=task.id, topic=Topic.LENGTH, reasons=(reason,)))


def _explain_twin(recorder: Recorder, task: Task, twin: Task) -> None:
    reason = Reason(code=ReasonCode.LOOKS_LIKE, facts={"title": twin.title, "number": twin.number})
    recorder.explain(Explanation(task_id=task.id, topic=Topic.DUPLICATE, reasons=(reason,)))


def _absorb(
    stores: Stores, recorder: Recorder, policy: Policy, *, plan: _Plan, part: _Part, twin: Task
) -> _Kept:
    """Let the task Donna already has take up what the sentence adds."""
    merge = plan.on_duplicate is OnDuplicate.MERGE
    reading = part.reading
    changed = filled(twin, reading) if merge else updated(twin, reading)
    changed = evolve(changed, notes=(*changed.notes, f"Also said: {reading.text}"))
    recorder.put(changed)
    recorder.tell(EventKind.TASK_MERGED, twin.id, text=reading.text)
    changed = tie(recorder, policy, changed)
    others = stores.tasks.select(statuses=OPEN)
    changed = prioritise(recorder, policy, changed, others=others)
    if asks_for_another_place(twin, changed):
        place(recorder, policy, changed, not_before=plan.origin.at, unreadable=plan.seen.unreadable)
    outcome = Outcome.MERGED if merge else Outcome.UPDATED
    return _Kept(outcome=outcome, reading=reading, task_id=twin.id, twin=twin)


def _task_in(command: Command, task_id: TaskId) -> Task | None:
    """Return the task as the command left it."""
    for change in command.tasks:
        if change.after is not None and change.after.id == task_id:
            return change.after
    return None
