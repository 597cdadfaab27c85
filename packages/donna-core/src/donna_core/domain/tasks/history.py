"""Commands and what they changed: the ground of undo, redo and every audit.

A command keeps each record it touched as it was and as it became. Undoing writes the former
values under a new version, so that versions only rise and history only grows.
"""

from datetime import datetime
from enum import StrEnum
from typing import Generic, TypeVar

from attrs import fields, frozen

from donna_core.domain.followup.attention import Attention
from donna_core.domain.followup.escalation import Escalation
from donna_core.domain.ids import CallId, CommandId, TaskId
from donna_core.domain.planning.reasons import Reason
from donna_core.domain.spending.ledger import Allowance
from donna_core.domain.tasks.task import InputChannel, Task, TaskStatus
from donna_core.domain.timing.interval import Interval

R = TypeVar("R", Task, Escalation, Attention)

REMEMBER = "remember"
"""The verb of a command that keeps what was said, and no task."""


class Actor(StrEnum):
    """Who asked: only what a person asked for is taken back by a plain undo."""

    PERSON = "person"
    DONNA = "donna"


class Topic(StrEnum):
    """What an explanation is about."""

    PLACEMENT = "placement"
    ANCHOR = "anchor"
    PRIORITY = "priority"
    DUPLICATE = "duplicate"
    COMPLEXITY = "complexity"
    LOAD = "load"
    LENGTH = "length"


@frozen(kw_only=True)
class Change(Generic[R]):
    """A record before and after a command; ``None`` where it did not exist."""

    before: R | None
    after: R | None


def differences(change: Change[Task]) -> tuple[tuple[str, object, object], ...]:
    """Return the fields a command changed in a task, each with its value before and after.

    Nothing for a task that is new or gone, nor for the version, which every change raises.
    """
    before, after = change.before, change.after
    if before is None or after is None:
        return ()
    pairs = [
        (field.name, getattr(before, field.name), getattr(after, field.name))
        for field in fields(Task)
        if field.name != "version"
    ]
    return tuple(pair for pair in pairs if pair[1] != pair[2])


@frozen(kw_only=True)
class Step:
    """One transition of one task, as the state machine or an ``undo`` or ``redo`` made it."""

    task_id: TaskId
    origin: TaskStatus
    target: TaskStatus
    trigger: str
    at: datetime


@frozen(kw_only=True)
class Offer:
    """A place Donna could give a task that fits nowhere as asked, and what it would cost."""

    when: Interval
    gives_up: Reason


@frozen(kw_only=True)
class Explanation:
    """Why a task is where and what it is, kept with the command that made it so."""

    task_id: TaskId
    topic: Topic
    reasons: tuple[Reason, ...]
    offers: tuple[Offer, ...] = ()


@frozen(kw_only=True)
class Command:
    """One thing that was asked for and everything it changed.

    ``verb`` is the use case, ``text`` what was said, ``undoes`` the command that an undo takes
    back (``redoes``: brings back), ``undone`` whether it is taken back at present.
    """

    id: CommandId
    verb: str
    text: str
    at: datetime
    actor: Actor = Actor.PERSON
    channel: InputChannel = InputChannel.APP
    tasks: tuple[Change[Task], ...] = ()
    escalations: tuple[Change[Escalation], ...] = ()
    attention: Change[Attention] | None = None
    allowances: tuple[Allowance, ...] = ()
    steps: tuple[Step, ...] = ()
    explanations: tuple[Explanation, ...] = ()
    understood_by: CallId | None = None
    undoes: CommandId | None = None
    redoes: CommandId | None = None
    undone: bool = False

    @property
    def subjects(self) -> frozenset[TaskId]:
        """The tasks this command changed, pursued, moved or explained."""
        tasks = [task for change in self.tasks for task in (change.before, change.after)]
        pursuits = [each for change in self.escalations for each in (change.before, change.after)]
        return frozenset(
            [
                *(task.id for task in tasks if task is not None),
                *(pursuit.task_id for pursuit in pursuits if pursuit is not None),
                *(step.task_id for step in self.steps),
                *(explanation.task_id for explanation in self.explanations),
            ]
        )
