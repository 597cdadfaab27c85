"""Doing what is due: the round that keeps Donna's promises.

A round claims the jobs that are due, decides each in its own transaction, and delivers what
was decided. It keeps nothing in memory: a round that is cut off is finished by the next.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

from attrs import evolve, frozen

from donna_core.domain.effects import ASIDE, Channel, JobKind, Message
from donna_core.domain.errors import DonnaError, StorageUnavailable
from donna_core.domain.events import Event, EventKind
from donna_core.domain.followup.confession import confession
from donna_core.domain.followup.consequences import HOLDS_TIME, busy_write
from donna_core.domain.followup.digests import evening_digest, morning_digest
from donna_core.domain.followup.escalation import Escalation, begin, climb, occurrence_of
from donna_core.domain.followup.nudges import reminder, unanswered
from donna_core.domain.tasks.history import Actor
from donna_core.domain.tasks.task import OPEN, Task, TaskStatus
from donna_core.domain.timing.interval import Interval
from donna_core.domain.timing.zones import local, local_day
from donna_core.domain.workflow.errand import errand_of
from donna_core.ports.distribution import Distributor
from donna_core.ports.jobs import JobRow, JobState
from donna_core.ports.outbox import Lane
from donna_core.ports.unit_of_work import Stores
from donna_core.usecases.advance import Changed
from donna_core.usecases.anchoring import tie_again
from donna_core.usecases.budget import spoken
from donna_core.usecases.deliver import (
    Delivered,
    Together,
    deliver,
    deliver_messages,
    sent_on_day,
)
from donna_core.usecases.digest import moved_unasked
from donna_core.usecases.following_calendar import follow_calendar, unread_notice
from donna_core.usecases.making_way import extend, yield_to_events
from donna_core.usecases.mirroring import Glance, events_in, mirror_calendars
from donna_core.usecases.monday import week_ahead
from donna_core.usecases.prioritising import prioritise
from donna_core.usecases.recorder import Origin, Recorder
from donna_core.usecases.routines import EXPIRES, wanting_routines
from donna_core.usecases.runtime import Runtime
from donna_core.usecases.spend import keep_lapsed

LEASE = timedelta(seconds=60)
MOST_ATTEMPTS = 3
MOST_REREADS = 4
"""How many messages a round hands on to be read again; the others are due a lease later."""
_FIRST_PAUSE = timedelta(minutes=1)


class _Superseded(DonnaError):
    """The job was claimed anew while this claim slept; the later one does it."""


@frozen(kw_only=True)
class Round:
    """What one round did, and when the next thing is due.

    ``to_reread`` are claimed jobs that wait for a model: whoever runs the round hands them to
    ``reread``, so that a slow model keeps no reminder waiting. ``to_assess`` are the
    others of ``ASIDE``, for the same reason.
    """

    jobs: tuple[JobRow, ...]
    to_reread: tuple[JobRow, ...]
    to_assess: tuple[JobRow, ...]
    handed_out: int
    calendar: Delivered
    messages: Delivered
    mirrored: Glance
    next_due: datetime | None


async def work(
    runtime: Runtime,
    distributor: Distributor | None = None,
    *,
    together: Together = asyncio.gather,
) -> Round:
    """Do everything that is due at this moment and return what was done.

    Where a distributor has workers, they do it.

    A job that fails with a ``DonnaError`` is tried again after a pause, while the others go
    on; after ``MOST_ATTEMPTS`` it is dead and its owner is told. Attempts count before a job
    runs and jobs are claimed one by one, so that one that ends its process can neither loop
    nor take others along.
    """
    mirrored = await mirror_calendars(runtime)
    await follow_calendars(runtime, mirrored)
    unreadable = tuple(error.calendar for error in mirrored.unreadable)
    now, rules = runtime.clock.now(), runtime.policy.spending
    await runtime.unit_of_work.run(lambda stores: keep_lapsed(stores, at=now, rules=rules))
    if mirrored.unreadable:
        alerts = [
            unread_notice(error, at=now, zone=runtime.policy.zone) for error in mirrored.unreadable
        ]
        await runtime.unit_of_work.run(lambda stores: stores.outbox.add(alerts, at=now))
    await runtime.unit_of_work.run(wanting_routines(runtime))
    handed_out = await distributor.hand_out(now=now) if distributor else None
    done: list[JobRow] = []
    to_reread: list[JobRow] = []
    to_assess: list[JobRow] = []
    while (row := await _claim(runtime)) is not None:
        aside = to_reread if row.job.kind is JobKind.REREAD else to_assess
        if row.job.kind in ASIDE:
            if len(aside) < MOST_REREADS:
                aside.append(row)
            else:
                await _put_back(runtime, row)
            continue
        await _run(runtime, row, unreadable)
        done.append(row)
    if done:
        await runtime.unit_of_work.run(wanting_routines(runtime))
    calendar = await deliver(runtime, Lane.CALENDAR)
    messages = await deliver_messages(runtime, together=together)
    return Round(
        jobs=tuple(done),
        to_reread=tuple(to_reread),
        to_assess=tuple(to_assess),
        handed_out=handed_out or 0,
        calendar=calendar,
        messages=messages,
        mirrored=mirrored,
        next_due=await runtime.unit_of_work.run(_next_due),
    )


async def follow_calendars(runtime: Runtime, mirrored: Glance) -> tuple[Changed, ...]:
    """Let the plan follow what a look at the calendars showed; return what it changed."""
    done = [
        await follow_calendar(runtime, mirrored),
        await tie_again(runtime, mirrored),
        await yield_to_events(runtime, mirrored),
    ]
    return tuple(each for each in done if each is not None and each.command.tasks)


async def perform(runtime: Runtime, key: str, *, fence: int) -> bool:
    """Do one job that was handed out under this fence; ``False`` where it is somebody else's."""
    until = runtime.clock.now() + LEASE
    row = await runtime.unit_of_work.run(
        lambda stores: stores.jobs.hold(key, fence=fence, lease_until=until)
    )
    if row is None:
        return False
    await _run(runtime, row, ())
    return True


def _next_due(stores: Stores) -> datetime | None:
    is_paused = stores.attention.get().paused_at is not None
    lanes = () if is_paused else tuple(Lane)
    known = [stores.jobs.next_due(), *(stores.outbox.next_due(lane) for lane in lanes)]
    return min((each for each in known if each is not None), default=None)


async def _claim(runtime: Runtime) -> JobRow | None:
    at = runtime.clock.now()
    rows = await runtime.unit_of_work.run(
        lambda stores: stores.jobs.claim(now=at, lease_until=at + LEASE, limit=1)
    )
    return rows[0] if rows else None


async def _put_back(runtime: Runtime, row: JobRow) -> None:
    at = runtime.clock.now()
    await runtime.unit_of_work.run(
        lambda stores: stores.jobs.finish(
            row.job.key, fence=row.fence, state=JobState.PENDING, at=at, run_at=at + LEASE
        )
    )


@frozen(kw_only=True)
class _Due:
    """One claimed job within one decision."""

    stores: Stores
    runtime: Runtime
    row: JobRow
    origin: Origin
    unreadable: tuple[str, ...]

    @property
    def at(self) -> datetime:
        return self.origin.at

    def recorder(self) -> Recorder:
        return Recorder(self.stores, self.runtime.policy, self.origin)

    def send(self, message: Message) -> None:
        self.stores.outbox.add([message], at=self.at, cause=self.row.job.key)

    def planned_task(self) -> Task | None:
        """Return the job's task while it still stands for what the job was made for."""
        task_id = self.row.job.task_id
        task = self.stores.tasks.get(task_id) if task_id else None
        if task is None or task.status not in HOLDS_TIME:
            return None
        return task if occurrence_of(task) == self.row.job.payload["occurrence"] else None


async def _run(runtime: Runtime, row: JobRow, unreadable: tuple[str, ...]) -> None:
    origin = Origin.draw(runtime, row.job.kind, row.job.key, actor=Actor.DONNA)

    def due_in(stores: Stores) -> _Due:
        return _Due(stores=stores, runtime=runtime, row=row, origin=origin, unreadable=unreadable)

    try:
        await runtime.unit_of_work.run(lambda stores: _do(due_in(stores)))
    except _Superseded:
        return
    except StorageUnavailable:
        raise  # a failure that cannot be written down either
    except DonnaError as error:
        problem = str(error)
        await runtime.unit_of_work.run(lambda stores: _fail(due_in(stores), problem))


def _do(due: _Due) -> None:
    if due.row.attempts > MOST_ATTEMPTS:
        _give_up(due, JobState.DEAD, f"{MOST_ATTEMPTS} attempts came to nothing")
    elif _too_late(due):
        _give_up(due, JobState.MISSED, "I was not there in time")
    else:
        _ACTS[due.row.job.kind](due)
        _finish(due, JobState.DONE)


def _fail(due: _Due, problem: str) -> None:
    """Note that an attempt failed: try again after a pause, or give up after the last."""
    if due.row.attempts >= MOST_ATTEMPTS:
        _give_up(due, JobState.DEAD, problem)
        return
    pause = _FIRST_PAUSE * 2 ** (due.row.attempts - 1)
    due.stores.jobs.finish(
        due.row.job.key,
        fence=due.row.fence,
        state=JobState.PENDING,
        at=due.at,
        note=problem,
        run_at=due.at + pause,
    )


def _give_up(due: _Due, state: JobState, why: str) -> None:
    event = Event(
        kind=EventKind.JOB_MISSED,
        at=due.at,
        task_id=due.row.job.task_id,
        data={"key": due.row.job.key, "note": why},
    )
    due.stores.events.append([event])
    job, zone = due.row.job, due.runtime.policy.zone
    task = due.stores.tasks.get(job.task_id) if job.task_id else None
    due.send(confession(job, task, why=why, zone=zone, at=due.at))
    _finish(due, state, note=why)


def _finish(due: _Due, state: JobState, *, note: str = "") -> None:
    """Move the job on; what was done under an older fence must not be kept."""
    if not due.stores.jobs.finish(
        due.row.job.key, fence=due.row.fence, state=state, at=due.at, note=note
    ):
        raise _Superseded(f"{due.row.job.key} was claimed by somebody else meanwhile.")


def _too_late(due: _Due) -> bool:
    """Whether the moment for it has passed; a nudge or a tier is never too late."""
    job = due.row.job
    if job.kind not in EXPIRES:
        return False
    if job.kind is JobKind.REMINDER:
        task = due.planned_task()
        if task is None:
            return False
        if task.scheduled_end is not None and task.scheduled_end <= due.at:
            return True
    return due.at > job.run_at + due.runtime.policy.follow_through.grace


def _remind(due: _Due) -> None:
    task = due.planned_task()
    if task is None:
        return
    policy = due.runtime.policy
    lead = policy.follow_through.reminder_lead
    due.send(reminder(task, zone=policy.zone, at=due.at, lead=lead))


def _nudge(due: _Due) -> None:
    task = due.planned_task()
    if task is None:
        return
    policy = due.runtime.policy
    started = begin(
        task,
        at=due.at,
        ladder=policy.ladder,
        windows=policy.windows,
        quiet_until=due.stores.attention.get().quiet_until,
    )
    _record_nudge(due, task, started.escalation)
    if started.message is not None:
        due.send(started.message)


def _ask_for_answer(due: _Due) -> None:
    """Say that a workflow waits, while it waits for what it waited for then."""
    task_id, payload = due.row.job.task_id, due.row.job.payload
    task = due.stores.tasks.get(task_id) if task_id else None
    errand = errand_of(task) if task is not None and task.is_open else None
    if task is None or errand is None or errand.asked_at is None:
        return
    if (errand.request, errand.asked_at.isoformat()) != (payload["request"], payload["asked_at"]):
        return
    due.send(unanswered(task, errand, zone=due.runtime.policy.zone, at=due.at))


def _climb(due: _Due) -> None:
    task_id = due.row.job.task_id
    task = due.stores.tasks.get(task_id) if task_id else None
    pursuit = due.stores.escalations.get(task_id) if task_id else None
    if task is None or pursuit is None:
        return
    policy = due.runtime.policy
    step = climb(
        pursuit,
        task,
        at=due.at,
        ladder=policy.ladder,
        windows=policy.windows,
        calls_today=sent_on_day(due.stores, policy, Channel.PHONE, due.at),
        quiet_until=due.stores.attention.get().quiet_until,
    )
    if step.escalation == pursuit:
        return
    if step.message is not None:
        _record_nudge(due, task, step.escalation)
        due.send(step.message)
        return
    recorder = due.recorder()
    recorder.pursue(step.escalation)
    recorder.commit()


def _record_nudge(due: _Due, task: Task, pursuit: Escalation) -> None:
    recorder = due.recorder()
    recorder.put(evolve(task, nudge_count=task.nudge_count + 1))
    recorder.pursue(pursuit)
    recorder.tell(EventKind.ESCALATED, task.id, tier=pursuit.tier)
    recorder.commit()


def _morning(due: _Due) -> None:
    _digest(due, morning_digest, finished_since=timedelta(days=2), days=1)


def _evening(due: _Due) -> None:
    _digest(due, evening_digest, finished_since=timedelta(days=1), days=2)


def _digest(
    due: _Due, compose: Callable[..., Message], *, finished_since: timedelta, days: int
) -> None:
    """Send a digest of this local day, with the events of that many days."""
    zone = due.runtime.policy.zone
    day = local(due.at, zone).date()
    span = Interval(local_day(day, zone).start, local_day(day + timedelta(days=days - 1), zone).end)
    finished = [
        task
        for task in due.stores.tasks.select(statuses={TaskStatus.DONE})
        if task.completed_at is not None and task.completed_at > due.at - finished_since
    ]
    due.send(
        compose(
            day=day,
            tasks=(*due.stores.tasks.select(statuses=OPEN), *finished),
            events=events_in(due.stores, span),
            zone=zone,
            at=due.at,
            unreadable=due.unreadable,
            money=spoken(
                due.stores,
                due.runtime.policy.spending,
                at=due.at,
                day=day if days > 1 else day - timedelta(days=1),
            ),
            moved=moved_unasked(due.stores, due.runtime.policy, at=due.at),
        )
    )


def _propose_week(due: _Due) -> None:
    key, policy = due.row.job.key, due.runtime.policy
    for message in week_ahead(due.stores, policy, key=key, at=due.at, unreadable=due.unreadable):
        due.send(message)


def _overrun(due: _Due) -> None:
    task = due.planned_task()
    if task is not None:
        extend(due.stores, due.recorder(), due.runtime.policy, task)


def _show_busy(due: _Due) -> None:
    task = due.planned_task()
    write = busy_write(task) if task is not None else None
    if write is not None:
        due.stores.outbox.add([write], at=due.at)


def _recalculate(due: _Due) -> None:
    recorder, policy = due.recorder(), due.runtime.policy
    tasks = due.stores.tasks.select(statuses=OPEN)
    for task in tasks:
        prioritise(recorder, policy, task, others=tasks)
    recorder.commit()


def _forget(due: _Due) -> None:
    """Drop what was said in model calls and runs of skills that are older than it is kept."""
    before = due.at - due.runtime.policy.call_texts.keep_for
    due.stores.invocations.forget_texts(before=before)
    due.stores.skill_runs.forget(before=before)


_ACTS: dict[JobKind, Callable[[_Due], None]] = {
    JobKind.REMINDER: _remind,
    JobKind.OVERDUE_NUDGE: _nudge,
    JobKind.ESCALATION: _climb,
    JobKind.MORNING_DIGEST: _morning,
    JobKind.EVENING_DIGEST: _evening,
    JobKind.PRIORITY_RECALCULATION: _recalculate,
    JobKind.WEEK_PLAN: _propose_week,
    JobKind.OVERRUN: _overrun,
    JobKind.BUSY: _show_busy,
    JobKind.FORGETTING: _forget,
    JobKind.REQUEST_NUDGE: _ask_for_answer,
}
