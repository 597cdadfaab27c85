"""Taking back and bringing back: the exact former state, under a new version."""

from typing import Any

from attrs import evolve, fields

from donna_core.domain.errors import Refused
from donna_core.domain.ids import CommandId
from donna_core.domain.tasks.history import Actor, Change, Command
from donna_core.domain.tasks.task import Task
from donna_core.ports.unit_of_work import Stores
from donna_core.usecases.advance import Changed
from donna_core.usecases.recorder import Origin, Recorder
from donna_core.usecases.runtime import Runtime

_COMMANDS_READ = 200
_OWN = frozenset({"version"})


class NothingToUndo(Refused):
    """No command is left that could be taken back."""

    def __init__(self) -> None:
        super().__init__("Nothing to undo: you have not asked for anything that still stands.")


class NothingToRedo(Refused):
    """No command was taken back, or something new was asked since."""

    def __init__(self) -> None:
        super().__init__("Nothing to redo: nothing was undone since your last request.")


async def undo(runtime: Runtime) -> tuple[Command, Changed]:
    """Take back the latest request that still stands; return it and what taking it back did.

    Every task, pursuit and setting it changed is as before; the calendar, the jobs and the
    unsent messages follow. What Donna did by herself in between is kept where it touched
    other fields. Raise ``NothingToUndo``.
    """
    origin = Origin.draw(runtime, "undo")

    def decide(stores: Stores) -> tuple[Command, Changed]:
        target = _last_standing(stores)
        recorder = Recorder(stores, runtime.policy, origin)
        _restore(stores, recorder, target, backwards=True)
        stores.history.mark(target.id, undone=True)
        return target, Changed(command=recorder.commit(undoes=target.id))

    return await runtime.unit_of_work.run(decide)


async def redo(runtime: Runtime) -> tuple[Command, Changed]:
    """Bring back what was last taken back, unless something new was asked since.

    Raise ``NothingToRedo``.
    """
    origin = Origin.draw(runtime, "redo")

    def decide(stores: Stores) -> tuple[Command, Changed]:
        target = _last_undone(stores)
        recorder = Recorder(stores, runtime.policy, origin)
        _restore(stores, recorder, target, backwards=False)
        stores.history.mark(target.id, undone=False)
        return target, Changed(command=recorder.commit(redoes=target.id))

    return await runtime.unit_of_work.run(decide)


def _last_standing(stores: Stores) -> Command:
    for command in stores.history.recent(_COMMANDS_READ):
        if _is_request(command) and not command.undone:
            return command
    raise NothingToUndo


def _last_undone(stores: Stores) -> Command:
    """Return what the latest undo took back, unless it was brought back or work went on."""
    brought_back: set[CommandId] = set()
    for command in stores.history.recent(_COMMANDS_READ):
        if command.redoes is not None:
            brought_back.add(command.redoes)
        elif command.undoes in brought_back:
            brought_back.discard(command.undoes)
        elif command.undoes is not None:
            target = stores.history.get(command.undoes)
            if target is not None:
                return target
        elif _is_request(command):
            break
    raise NothingToRedo


def _is_request(command: Command) -> bool:
    return command.actor is Actor.PERSON and command.undoes is None and command.redoes is None


def _restore(stores: Stores, recorder: Recorder, command: Command, *, backwards: bool) -> None:
    for change in command.tasks:
        old, new = _directed(change, backwards=backwards)
        trigger = "undo" if backwards else "redo"
        _restore_task(stores, recorder, old, new, trigger=trigger)
    for pursuit in command.escalations:
        old_pursuit, new_pursuit = _directed(pursuit, backwards=backwards)
        if new_pursuit is not None:
            current = stores.escalations.get(new_pursuit.task_id)
            version = max(current.version if current else 0, new_pursuit.version) + 1
            recorder.pursue(evolve(new_pursuit, version=version))
        elif old_pursuit is not None:
            recorder.drop_pursuit(old_pursuit.task_id)
    if command.attention is not None:
        _, wish = _directed(command.attention, backwards=backwards)
        if wish is not None:
            recorder.attend(evolve(wish, version=stores.attention.get().version + 1))


def _directed(change: Change[Any], *, backwards: bool) -> tuple[Any, Any]:
    return (change.after, change.before) if backwards else (change.before, change.after)


def _restore_task(
    stores: Stores, recorder: Recorder, old: Task | None, new: Task | None, *, trigger: str
) -> None:
    if new is None:
        if old is not None:
            recorder.remove(old.id)
        return
    current = recorder.task(new.id)
    if current is None or old is None:
        recorder.restore(evolve(new, version=_last_version(stores, new) + 1), trigger=trigger)
        return
    changed = {
        field.name: getattr(new, field.name)
        for field in fields(Task)
        if field.name not in _OWN and getattr(old, field.name) != getattr(new, field.name)
    }
    recorder.restore(evolve(current, **changed), trigger=trigger)


def _last_version(stores: Stores, task: Task) -> int:
    """Return the version a task had when it was last taken away."""
    (latest,) = stores.history.recent(1, task_id=task.id)
    known = [record for change in latest.tasks for record in (change.before, change.after)]
    return max(record.version for record in known if record is not None and record.id == task.id)
