"""Taking back and bringing back: the exact former state, under a new version."""

from attrs import evolve, fields

from donna_core.domain.errors import Refused
from donna_core.domain.events import EventKind
from donna_core.domain.ids import CommandId
from donna_core.domain.tasks.history import REMEMBER, Actor, Command
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
        _take_back(stores, recorder, target, trigger="undo")
        if target.verb == REMEMBER:
            recorder.tell(EventKind.TALK_TAKEN_BACK, talk=target.id)
        stores.history.mark(target.id, undone=True)
        return target, Changed(command=recorder.commit(undoes=target.id))

    return await runtime.unit_of_work.run(decide)


async def redo(runtime: Runtime) -> tuple[Command, Changed]:
    """Bring back what was last taken back, unless something new was asked since.

    Everything is as it was before it was taken back, with what Donna had done until then.
    Raise ``NothingToRedo``.
    """
    origin = Origin.draw(runtime, "redo")

    def decide(stores: Stores) -> tuple[Command, Changed]:
        undoing, target = _last_undone(stores)
        recorder = Recorder(stores, runtime.policy, origin)
        _take_back(stores, recorder, undoing, trigger="redo")
        if target.verb == REMEMBER:
            recorder.tell(EventKind.TALK_HEARD, talk=target.id)
        stores.history.mark(target.id, undone=False)
        return target, Changed(command=recorder.commit(redoes=target.id))

    return await runtime.unit_of_work.run(decide)


def _last_standing(stores: Stores) -> Command:
    for command in stores.history.recent(_COMMANDS_READ):
        if _is_request(command) and not command.undone:
            return command
    raise NothingToUndo


def _last_undone(stores: Stores) -> tuple[Command, Command]:
    """Return the latest undo that still stands and what it took back, unless work went on."""
    brought_back: set[CommandId] = set()
    for command in stores.history.recent(_COMMANDS_READ):
        if command.redoes is not None:
            brought_back.add(command.redoes)
        elif command.undoes in brought_back:
            brought_back.discard(command.undoes)
        elif command.undoes is not None:
            target = stores.history.get(command.undoes)
            if target is not None:
                return command, target
        elif _is_request(command):
            break
    raise NothingToRedo


def _is_request(command: Command) -> bool:
    return command.actor is Actor.PERSON and command.undoes is None and command.redoes is None


def _take_back(stores: Stores, recorder: Recorder, command: Command, *, trigger: str) -> None:
    for change in command.tasks:
        _restore_task(recorder, change.after, change.before, trigger=trigger)
    for pursuit in command.escalations:
        if pursuit.before is not None:
            current = stores.escalations.get(pursuit.before.task_id)
            version = max(current.version if current else 0, pursuit.before.version) + 1
            recorder.pursue(evolve(pursuit.before, version=version))
        elif pursuit.after is not None:
            recorder.drop_pursuit(pursuit.after.task_id)
    if command.attention is not None and command.attention.before is not None:
        version = stores.attention.get().version + 1
        recorder.attend(evolve(command.attention.before, version=version))
    for raised in command.allowances:
        recorder.allow(raised.account, -raised.amount, approved_by=raised.approved_by)


def _restore_task(recorder: Recorder, old: Task | None, new: Task | None, *, trigger: str) -> None:
    if new is None:
        if old is not None:
            recorder.remove(old.id)
        return
    current = recorder.task(new.id)
    if current is None or old is None:
        recorder.restore(evolve(new, version=new.version + 1), trigger=trigger)
        return
    changed = {
        field.name: getattr(new, field.name)
        for field in fields(Task)
        if field.name not in _OWN and getattr(old, field.name) != getattr(new, field.name)
    }
    recorder.restore(evolve(current, **changed), trigger=trigger)
