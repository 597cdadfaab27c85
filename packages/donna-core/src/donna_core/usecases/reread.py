"""Reading a message again that the rules read while the model was away.

The message was kept when it came; a job waits for the model. What the person changed meanwhile
stands, everything else becomes as the model reads it.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from attrs import evolve

from donna_core.domain.capture.reading import Reading
from donna_core.domain.effects import Job, JobKind
from donna_core.domain.errors import CalendarUnreadable, DonnaError
from donna_core.domain.ids import CommandId, TaskId
from donna_core.domain.policy import Policy
from donna_core.domain.tasks.history import Actor, Command
from donna_core.domain.tasks.task import NEEDS_REVIEW, OPEN, Task
from donna_core.ports.jobs import JobRow, JobState
from donna_core.ports.language_model import ModelLane
from donna_core.ports.unit_of_work import Stores
from donna_core.usecases.absorbing import as_told, asks_for_another_place
from donna_core.usecases.anchoring import tie
from donna_core.usecases.loading import usual_length
from donna_core.usecases.mirroring import Glance
from donna_core.usecases.patience import within
from donna_core.usecases.placing import place
from donna_core.usecases.prioritising import prioritise
from donna_core.usecases.recorder import Origin, Recorder
from donna_core.usecases.runtime import Runtime
from donna_core.usecases.understand import STAND_IN, Understood, understand

PATIENCE = timedelta(seconds=45)
"""How long the model may take: less than the lease under which the job was claimed."""

FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=5), timedelta(hours=1)
GIVE_UP_AFTER = timedelta(days=7)
_CALLER = "reread"
_UNLIKE = "The model reads this message differently: look whether it is what you meant."


def reread_job(command_id: CommandId, *, at: datetime) -> Job:
    """Return the job that reads the message of a capture again."""
    return Job(
        key=f"reread:{command_id}",
        kind=JobKind.REREAD,
        run_at=at + FIRST_PAUSE,
        payload={"command": command_id},
    )


async def reread(runtime: Runtime, row: JobRow, *, seen: Glance) -> None:
    """Read the message of a claimed job again, or put it off while the model is still away."""
    command_id = CommandId(row.job.payload["command"])
    command = await runtime.unit_of_work.run(lambda stores: stores.history.get(command_id))
    if command is None or command.undone:
        await _finish(runtime, row, JobState.DONE, note="it was taken back")
        return
    understood, problem = await _understood(runtime, command)
    if understood is None:
        await _put_off(runtime, row, command, problem)
        return
    origin = Origin.draw(
        runtime, "reread", command.text, actor=Actor.DONNA, understood_by=understood.call
    )
    reading, unreadable = understood.reading, seen.unreadable

    def decide(stores: Stores) -> None:
        if stores.jobs.finish(row.job.key, fence=row.fence, state=JobState.DONE, at=origin.at):
            _correct(stores, runtime.policy, origin, command, reading, unreadable=unreadable)

    await runtime.unit_of_work.run(decide)


async def _understood(runtime: Runtime, command: Command) -> tuple[Understood | None, str]:
    """Return what the model reads, or ``None`` and why it does not; give up after a while."""
    reading = understand(
        runtime, command.text, at=command.at, lane=ModelLane.INTERNAL, caller=_CALLER
    )
    until = runtime.clock.now() + PATIENCE
    try:
        understood = await within(runtime.clock, reading, until=until)
    except TimeoutError:
        return None, "the model took too long"
    except DonnaError as error:
        return None, str(error)
    return (None, "the model is still away") if understood.stands_in else (understood, "")


async def _put_off(runtime: Runtime, row: JobRow, command: Command, problem: str) -> None:
    """Try again after a pause that grows; after a week the reading of the rules stands."""
    now = runtime.clock.now()
    if now - command.at > GIVE_UP_AFTER:
        await _finish(runtime, row, JobState.DONE, note=f"the rules' reading stands: {problem}")
        return
    pause = min(FIRST_PAUSE * (1 << min(row.attempts - 1, 10)), LONGEST_PAUSE)
    await _finish(runtime, row, JobState.PENDING, note=problem, run_at=now + pause)


async def _finish(runtime: Runtime, row: JobRow, state: JobState, **more: Any) -> None:
    at = runtime.clock.now()
    await runtime.unit_of_work.run(
        lambda stores: stores.jobs.finish(row.job.key, fence=row.fence, state=state, at=at, **more)
    )


def _correct(
    stores: Stores,
    policy: Policy,
    origin: Origin,
    command: Command,
    reading: Reading,
    *,
    unreadable: Sequence[CalendarUnreadable],
) -> None:
    """Give the tasks of the message what the model reads, where nobody has changed it since.

    Long work stays in the pieces that it was planned in.
    """
    made = [change.after for change in command.tasks if change.before is None and change.after]
    in_pieces = {task.parent_task for task in made}
    kept = [task for task in made if task.parent_task not in {each.id for each in made}]
    readings = reading.tasks or (reading,)
    fits = reading.is_task and len(readings) == len(kept)
    recorder = Recorder(stores, policy, origin)
    others = stores.tasks.select(statuses=OPEN)
    for number, before in enumerate(sorted(kept, key=lambda task: task.number)):
        current = _open(stores, before.id)
        if current is None or current.id in in_pieces:
            continue
        changed = _doubted(current)
        if fits:
            read = readings[number]
            usual = usual_length(stores, policy, read)
            told = as_told(read, at=command.at, policy=policy, usual=usual)
            sure = read.confidence >= policy.review_below
            changed = _corrected(before, current, told, sure=sure)
        changed = tie(recorder, policy, recorder.put(changed))
        changed = prioritise(recorder, policy, changed, others=others)
        if asks_for_another_place(current, changed):
            place(recorder, policy, changed, not_before=origin.at, unreadable=unreadable)
    recorder.commit()


def _open(stores: Stores, task_id: TaskId) -> Task | None:
    task = stores.tasks.get(task_id)
    return task if task is not None and task.is_open else None


def _corrected(before: Task, current: Task, told: dict[str, Any], *, sure: bool) -> Task:
    """Return the present task with what the model reads; a field that was changed since stays."""
    fields = {
        name: value
        for name, value in told.items()
        if getattr(current, name) == getattr(before, name)
    }
    # The priority rises and falls by itself; only the one that was given tells a change.
    fields.pop("priority", None)
    if "base_priority" in fields:
        fields["priority"] = fields["base_priority"]
    tags = tuple(tag for tag in fields.pop("tags", current.tags) if tag != NEEDS_REVIEW)
    return evolve(
        current,
        **fields,
        tags=tags if sure else (*tags, NEEDS_REVIEW),
        notes=tuple(note for note in current.notes if note != STAND_IN),
    )


def _doubted(task: Task) -> Task:
    """Return the task marked for a person, where the model reads the message differently."""
    notes = (*(note for note in task.notes if note != STAND_IN), _UNLIKE)
    marked = NEEDS_REVIEW in task.tags
    return evolve(task, notes=notes, tags=task.tags if marked else (*task.tags, NEEDS_REVIEW))
