"""What a person's acts say about the answer their task was read from.

A correction of what was read says that it was wrong; finishing the task as it was read, or
saying that it was looked at, says that it was right. So a model's own confidence can be held
against the truth, without asking anybody.
"""

from donna_core.domain.ids import CallId, TaskId
from donna_core.domain.tasks.history import Actor, Change, Command
from donna_core.domain.tasks.task import NEEDS_REVIEW, Task, TaskStatus
from donna_core.ports.unit_of_work import Stores

_FAR_BACK = 50
_READ = (
    *("title", "domain", "base_priority", "deadline", "deadline_type"),
    *("estimated_duration", "recurrence", "time_intent"),
)
"""The fields of a task that a sentence is read for; what is added to them later is no fault."""


def judge_readings(stores: Stores, command: Command) -> None:
    """Attach to the calls behind the changed tasks what this command says about them."""
    if command.actor is not Actor.PERSON or command.undoes or command.redoes:
        return
    for change in command.tasks:
        verdict = _verdict(command, change)
        if verdict is None or change.before is None:
            continue
        call_id = _read_by(stores, change.before.id)
        known = None if call_id is None else stores.invocations.get(call_id)
        # Of several tasks in one message, one that was read wrong makes the answer wrong.
        if known is not None and (verdict is False or known.was_right is None):
            stores.invocations.assess(known.id, was_right=verdict)


def _verdict(command: Command, change: Change[Task]) -> bool | None:
    before, after = change.before, change.after
    if before is None or after is None:
        return None
    if command.verb == "edit":
        return _looked_at(before, after)
    is_done = after.status is TaskStatus.DONE and before.status is not TaskStatus.DONE
    return True if is_done else None


def _looked_at(before: Task, after: Task) -> bool | None:
    """Return whether everything was as it was read, where this says anything about it."""
    if any(getattr(before, name) != getattr(after, name) for name in _READ):
        return False
    return True if NEEDS_REVIEW in before.tags and NEEDS_REVIEW not in after.tags else None


def _read_by(stores: Stores, task_id: TaskId) -> CallId | None:
    """Return the call whose answer the task was last made of."""
    for command in stores.history.recent(_FAR_BACK, task_id=task_id):
        if command.understood_by is not None:
            return command.understood_by
    return None
