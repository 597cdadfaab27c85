"""Recording one command: what it changes is written whole, with all that follows from it.

A decision hands its changes to a ``Recorder`` and commits once. The commit saves each record
under its next version, reconciles the jobs, the calendar and the messages with the new state,
and appends the command with everything needed to explain it and to take it back.
"""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from attrs import evolve, frozen

from donna_core.domain.effects import Job
from donna_core.domain.events import Event, EventKind
from donna_core.domain.followup.attention import Attention
from donna_core.domain.followup.consequences import (
    HOLDS_TIME,
    busy_job,
    calendar_writes,
    due_jobs,
    settled,
)
from donna_core.domain.followup.escalation import Escalation, EscalationStatus
from donna_core.domain.followup.nudges import closing_notice
from donna_core.domain.ids import CallId, CommandId, TaskId
from donna_core.domain.planning.busy import Occupied
from donna_core.domain.planning.calendar_events import CalendarEvent
from donna_core.domain.planning.reasons import ReasonCode
from donna_core.domain.policy import Policy
from donna_core.domain.spending.ledger import Account, Allowance
from donna_core.domain.tasks.history import Actor, Change, Command, Explanation, Step
from donna_core.domain.tasks.machine import SideEffect, Trigger
from donna_core.domain.tasks.task import NEEDS_REVIEW, OPEN, InputChannel, Task
from donna_core.domain.timing.interval import Interval
from donna_core.ports.unit_of_work import Stores
from donna_core.usecases.hindsight import judge_readings
from donna_core.usecases.mirroring import events_in
from donna_core.usecases.runtime import Runtime

_MOVES_READ = 20


@frozen(kw_only=True)
class Origin:
    """Who asked for what and when; drawn before the decision, the same in each run of it.

    ``understood_by`` is the call of a model whose answer the text was understood by.
    """

    command_id: CommandId
    verb: str
    text: str
    at: datetime
    actor: Actor = Actor.PERSON
    channel: InputChannel = InputChannel.APP
    understood_by: CallId | None = None

    @classmethod
    def draw(
        cls,
        runtime: Runtime,
        verb: str,
        text: str = "",
        *,
        actor: Actor = Actor.PERSON,
        channel: InputChannel = InputChannel.APP,
        understood_by: CallId | None = None,
    ) -> "Origin":
        """Draw the id and the instant of a command that is about to be decided.

        What no encoding knows (half of a surrogate pair) is kept as its escape.
        """
        return cls(
            command_id=CommandId(runtime.ids.new()),
            verb=verb,
            text=text.encode("utf-8", "backslashreplace").decode("utf-8"),
            at=runtime.clock.now(),
            actor=actor,
            channel=channel,
            understood_by=understood_by,
        )


class Recorder:
    """Collects what one command changes and commits it once."""

    def __init__(self, stores: Stores, policy: Policy, origin: Origin) -> None:
        self._stores, self._policy, self._origin = stores, policy, origin
        self._before: dict[TaskId, Task | None] = {}
        self._after: dict[TaskId, Task | None] = {}
        self._new: set[TaskId] = set()
        self._pursuits: dict[TaskId, Change[Escalation]] = {}
        self._attention: Change[Attention] | None = None
        self._allowances: list[Allowance] = []
        self._steps: list[Step] = []
        self._explanations: list[Explanation] = []
        self._events: list[Event] = []

    @property
    def at(self) -> datetime:
        """The instant of the command."""
        return self._origin.at

    def task(self, task_id: TaskId) -> Task | None:
        """Return the task as it stands within this command."""
        if task_id in self._after:
            return self._after[task_id]
        return self._stores.tasks.get(task_id)

    def changed(self) -> tuple[Task, ...]:
        """Return the tasks that this command touched so far, as they stand within it."""
        return tuple(task for task in self._after.values() if task is not None)

    def is_new(self, task_id: TaskId) -> bool:
        """Whether this command brings the task in."""
        return task_id in self._new

    def moves_today(self, task_id: TaskId, zone: ZoneInfo) -> int:
        """Return how often the task made way for another on this local day so far."""
        today = self.at.astimezone(zone).date()
        return sum(
            reason.code is ReasonCode.MADE_WAY
            for command in self._stores.history.recent(_MOVES_READ, task_id=task_id)
            if command.at.astimezone(zone).date() == today and not command.undone
            for explanation in command.explanations
            if explanation.task_id == task_id
            for reason in explanation.reasons
        )

    def occupied(self, window: Interval) -> tuple[Occupied, ...]:
        """Return the planned places within the window as they stand within this command."""
        stored = [
            each for each in self._stores.tasks.occupied(window) if each.task_id not in self._after
        ]
        changed = [_place_of(task) for task in self._after.values() if task is not None]
        return (*stored, *(each for each in changed if each and each.when.overlaps(window)))

    def waiting_for(self, task_id: TaskId) -> tuple[Task, ...]:
        """Return the open tasks that come after this one, as they stand within this command."""
        stored = (
            ()
            if self.is_new(task_id)
            else self._stores.tasks.select(statuses=OPEN, waiting_for=task_id)
        )
        within = [task for task in self._after.values() if task is not None and task.is_open]
        return (
            *(each for each in stored if each.id not in self._after),
            *(each for each in within if task_id in each.dependencies),
        )

    def events(self, window: Interval) -> tuple[CalendarEvent, ...]:
        """Return what is known of the calendars within the window."""
        return events_in(self._stores, window)

    def add(self, task: Task) -> Task:
        """Take a task in whose id was drawn for this command, so that nothing knows it yet."""
        self._new.add(task.id)
        self._before[task.id] = None
        self._after[task.id] = task
        return task

    def put(self, task: Task) -> Task:
        """Take the task as changed."""
        if task.id not in self._before:
            self._before[task.id] = self._stores.tasks.get(task.id)
        self._after[task.id] = task
        return task

    def remove(self, task_id: TaskId) -> None:
        """Take the task as gone."""
        if task_id not in self._before:
            self._before[task_id] = self._stores.tasks.get(task_id)
        self._after[task_id] = None

    def restore(self, task: Task, *, trigger: str) -> None:
        """Take the task as it once was; its status moves by a step of that name."""
        current = self.task(task.id)
        if current is not None and current.status is not task.status:
            step = Step(
                task_id=task.id,
                origin=current.status,
                target=task.status,
                trigger=trigger,
                at=self.at,
            )
            self._steps.append(step)
        self.put(task)

    def apply(self, task: Task, trigger: Trigger) -> Task:
        """Take one transition; raise ``InvalidTransition`` when the table has no such row."""
        applied = self._policy.machine.apply(task, trigger, at=self.at)
        self._steps.extend(applied.steps)
        self.put(applied.task)
        self._carry_out(applied.task, applied.effects)
        return applied.task

    def complete(self, task: Task) -> Task:
        """Walk the completion path from wherever the task stands."""
        applied = self._policy.machine.complete(task, at=self.at)
        self._steps.extend(applied.steps)
        self.put(applied.task)
        self._carry_out(applied.task, applied.effects)
        return applied.task

    def pursue(self, escalation: Escalation) -> None:
        """Take the pursuit of a task as changed."""
        known = self._pursuits.get(escalation.task_id)
        before = known.before if known else self._stores.escalations.get(escalation.task_id)
        self._pursuits[escalation.task_id] = Change(before=before, after=escalation)

    def drop_pursuit(self, task_id: TaskId) -> None:
        """Take the pursuit of a task as never begun."""
        before = self._stores.escalations.get(task_id)
        self._pursuits[task_id] = Change(before=before, after=None)

    def attend(self, attention: Attention) -> None:
        """Take the person's wish about being reached as changed."""
        self._attention = Change(before=self._stores.attention.get(), after=attention)

    def allow(self, account: Account, amount: Decimal, *, approved_by: str) -> None:
        """Raise the cap of an account, or lower it again by a negative amount."""
        number = len(self._allowances) + 1
        allowance = Allowance(
            id=f"{self._origin.command_id}:{number}",
            at=self.at,
            account=account,
            amount=amount,
            approved_by=approved_by,
        )
        self._allowances.append(allowance)
        self._stores.spend.allow(allowance)
        self.tell(
            EventKind.BUDGET_RAISED,
            cap=account.scope.value,
            name=account.name,
            dollars=str(allowance.amount),
            approved_by=approved_by,
        )

    def explain(self, explanation: Explanation) -> None:
        """Keep why a task became what it is."""
        self._explanations.append(explanation)

    def tell(self, kind: EventKind, task_id: TaskId | None = None, **data: object) -> None:
        """Note a domain event besides those that follow from the changes themselves."""
        self._events.append(
            Event(
                kind=kind,
                at=self.at,
                task_id=task_id,
                command_id=self._origin.command_id,
                data=data,
            )
        )

    def commit(
        self,
        *,
        undoes: CommandId | None = None,
        redoes: CommandId | None = None,
        keep: bool = False,
    ) -> Command:
        """Write everything and return the command as recorded.

        A command that changed nothing is recorded only to ``keep`` what it says: there is
        nothing else to take back.
        """
        changes = (self._settle(task_id) for task_id in self._after)
        tasks = tuple(change for change in changes if _is_real(change))
        self._end_pursuits(tasks)
        for change in tasks:
            self._write(change)
        for task_id, pursuit in self._pursuits.items():
            self._write_pursuit(task_id, pursuit)
        if self._attention is not None and self._attention.after is not None:
            self._stores.attention.save(self._attention.after)
        for task_id in {**self._after, **self._pursuits}:
            self._reconcile_jobs(task_id)
        command = Command(
            id=self._origin.command_id,
            verb=self._origin.verb,
            text=self._origin.text,
            at=self.at,
            actor=self._origin.actor,
            channel=self._origin.channel,
            tasks=tasks,
            escalations=tuple(self._pursuits.values()),
            attention=self._attention,
            allowances=tuple(self._allowances),
            steps=tuple(self._steps),
            explanations=tuple(self._explanations),
            understood_by=self._origin.understood_by,
            undoes=undoes,
            redoes=redoes,
        )
        changed = tasks or self._pursuits or self._attention or self._allowances
        if changed or undoes or redoes or keep:
            self._stores.history.record(command)
        judge_readings(self._stores, command)
        self._stores.events.append(self._events)
        return command

    def _settle(self, task_id: TaskId) -> Change[Task]:
        """Return the change with the next version and the event id the new state implies."""
        before, after = self._before[task_id], self._after[task_id]
        if after is None:
            return Change(before=before, after=None)
        version = before.version + 1 if before else after.version
        return Change(before=before, after=settled(evolve(after, version=version)))

    def _end_pursuits(self, changes: Iterable[Change[Task]]) -> None:
        """Complete the pursuit of every task whose pursued plan is over."""
        for change in changes:
            task = change.after or change.before
            if task is None or task.id in self._pursuits or not _plan_ended(change):
                continue
            pursuit = self._stores.escalations.get(task.id)
            if pursuit is not None and pursuit.is_active:
                self.pursue(completed(pursuit, at=self.at))

    def _write(self, change: Change[Task]) -> None:
        task = change.after or change.before
        if task is None:
            return
        if change.after is None:
            self._stores.tasks.remove(task.id)
        else:
            self._stores.tasks.save(change.after)
        slack = self._policy.planning.free_slack
        writes = calendar_writes(change.before, change.after, at=self.at, slack=slack)
        self._stores.outbox.add(writes, at=self.at)
        self.tell(_kind_of(change), task.id)

    def _write_pursuit(self, task_id: TaskId, change: Change[Escalation]) -> None:
        if change.after is None:
            self._stores.escalations.remove(task_id)
        else:
            self._stores.escalations.save(change.after)

    def _reconcile_jobs(self, task_id: TaskId) -> None:
        """Make the task's pending jobs those its present state implies."""
        task = self._after[task_id] if task_id in self._after else self._stores.tasks.get(task_id)
        is_new = task_id in self._new
        pursuit = None if is_new else self._stores.escalations.get(task_id)
        jobs: tuple[Job, ...] = ()
        slack = self._policy.planning.free_slack
        # What is due but not done yet must not be lost with the first change after it.
        due = None if task is None else busy_job(task, slack=slack)
        if task is not None:
            jobs = due_jobs(
                task,
                pursuit,
                at=self.at,
                rules=self._policy.follow_through,
                windows=self._policy.windows,
                slack=slack,
                extends=self._policy.negotiation.overrun is not None,
            )
        if not is_new:
            kept = [job.key for job in (*jobs, due) if job is not None]
            self._stores.jobs.retract(task_id, keep=kept)
        self._stores.jobs.want(jobs)

    def _carry_out(self, task: Task, effects: Iterable[SideEffect]) -> None:
        """Do what a transition asks beyond its own task and what that implies."""
        for effect in effects:
            match effect:
                case SideEffect.FLAG_DEPENDENT_TASKS:
                    self._tell_dependents(task, f"{task.handle} was dropped", review=True)
                case SideEffect.NOTIFY_DEPENDENT_TASKS:
                    self._tell_dependents(task, f"{task.handle} is blocked", review=False)
                case SideEffect.UPDATE_VELOCITY_METRICS:
                    self._note_velocity(task)
                case SideEffect.NOTIFY_USER:
                    self._stores.outbox.add([closing_notice(task, at=self.at)], at=self.at)
                case _:
                    # The task's own fields, its event and its slot: the machine, the
                    # consequences and the use case see to those.
                    continue

    def _tell_dependents(self, task: Task, what: str, *, review: bool) -> None:
        for dependent in self._stores.tasks.select(statuses=OPEN):
            current = self.task(dependent.id) or dependent
            if task.id not in current.dependencies:
                continue
            tags = current.tags
            if review and NEEDS_REVIEW not in tags:
                tags = (*tags, NEEDS_REVIEW)
            self.put(evolve(current, notes=(*current.notes, f"Waits on it: {what}"), tags=tags))
            self.tell(EventKind.DEPENDENTS_FLAGGED, dependent.id, on=task.id)

    def _note_velocity(self, task: Task) -> None:
        if task.completed_at is None or task.actual_start is None:
            return
        self.tell(
            EventKind.TASK_COMPLETED,
            task.id,
            estimated_minutes=task.estimated_duration.total_seconds() / 60,
            elapsed_minutes=(task.completed_at - task.actual_start).total_seconds() / 60,
            reschedules=task.reschedule_count,
        )


def completed(pursuit: Escalation, *, at: datetime) -> Escalation:
    """Return the pursuit as over."""
    return evolve(
        pursuit,
        status=EscalationStatus.COMPLETED,
        updated_at=at,
        version=pursuit.version + 1,
    )


def _is_real(change: Change[Task]) -> bool:
    """Whether anything but the version differs."""
    before, after = change.before, change.after
    if before is None or after is None:
        return before is not after
    return evolve(after, version=before.version) != before


def _plan_ended(change: Change[Task]) -> bool:
    """Whether the plan that messages and pursuits spoke of holds no longer."""
    before, after = change.before, change.after
    if before is None or before.scheduled_start is None:
        return False
    if after is None or after.scheduled_start != before.scheduled_start:
        return True
    return before.status in HOLDS_TIME and after.status not in HOLDS_TIME


def _place_of(task: Task) -> Occupied | None:
    """Return what the task holds in the calendar, if it holds anything."""
    start, end = task.scheduled_start, task.scheduled_end
    if start is None or end is None or task.status not in HOLDS_TIME:
        return None
    when = Interval(start, end)
    return Occupied(task_id=task.id, title=task.title, when=when, priority=task.priority)


def _kind_of(change: Change[Task]) -> EventKind:
    if change.before is None:
        return EventKind.TASK_CAPTURED
    return EventKind.TASK_REMOVED if change.after is None else EventKind.TASK_CHANGED
