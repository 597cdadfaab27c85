"""What a session remembers, and how it is written down.

The plain form is that of the 0.2.1 engine. Members it did not have are written only where they
say something, and a state without them is read as that engine meant it.
"""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from attrs import evolve, field, frozen

T = TypeVar("T")


@frozen(kw_only=True)
class Task:
    """One workflow that runs, with the variables its operations have saved."""

    id: str
    context: Mapping[str, Any] = field(factory=dict)
    workflow: str | None = None


@frozen(kw_only=True)
class WorkUnit:
    """An operation that is to be executed. ``begun``: its script may have run already."""

    id: str
    task_id: str
    operation_id: str
    context: Mapping[str, Any] = field(factory=dict)
    begun: bool = False


@frozen(kw_only=True)
class ActionRequest:
    """What the agent is asked to do.

    ``task_id`` is the task it belongs to; a state of the 0.2.1 engine does not say. ``choices``
    are the local ids that were offered when it was written, and ``attempts`` counts results
    that did not fit.
    """

    id: str
    request: str
    operation_id: str
    task_id: str | None = None
    choices: Sequence[str] = ()
    attempts: int = 0


@frozen(kw_only=True)
class State:
    """All of a session. Tasks stand in the order they began; the last is on top."""

    tasks: Sequence[Task] = ()
    work_units: Sequence[WorkUnit] = ()
    action_requests: Sequence[ActionRequest] = ()
    started: bool = False
    last_id: int = 0

    def task(self, task_id: str) -> Task | None:
        """Return the task of that id."""
        return next((each for each in self.tasks if each.id == task_id), None)

    def request(self, request_id: str) -> ActionRequest | None:
        """Return the open request of that id."""
        return next((each for each in self.action_requests if each.id == request_id), None)

    def next_unit(self) -> WorkUnit | None:
        """Return the oldest unit of the topmost task that has one."""
        for task in reversed(self.tasks):
            for unit in self.work_units:
                if unit.task_id == task.id:
                    return unit
        return None

    def with_variable(self, task_id: str, name: str, value: Any) -> "State":
        """Return the state in which a task has the variable."""
        return evolve(
            self,
            tasks=tuple(
                evolve(each, context={**each.context, name: value}) if each.id == task_id else each
                for each in self.tasks
            ),
        )

    def without_unit(self, unit_id: str) -> "State":
        """Return the state without the unit."""
        return evolve(self, work_units=_without(self.work_units, unit_id))

    def without_request(self, request_id: str) -> "State":
        """Return the state without the request."""
        return evolve(self, action_requests=_without(self.action_requests, request_id))

    def without_task(self, task_id: str) -> "State":
        """Return the state without the task and everything that belongs to it."""
        return evolve(
            self,
            tasks=_without(self.tasks, task_id),
            work_units=tuple(each for each in self.work_units if each.task_id != task_id),
            action_requests=tuple(each for each in self.action_requests if each.task_id != task_id),
        )


class Malformed(ValueError):
    """A plain form is no state; the text says why."""


def to_plain(state: State) -> dict[str, Any]:
    """Return the state as it is written to ``state.json``."""
    return {
        "tasks": [
            {"id": each.id, "context": dict(each.context), **_said(workflow=each.workflow)}
            for each in state.tasks
        ],
        "work_units": [
            {
                "id": each.id,
                "task_id": each.task_id,
                "operation_id": each.operation_id,
                "context": dict(each.context),
                **_said(begun=each.begun),
            }
            for each in state.work_units
        ],
        "action_requests": [
            {
                "id": each.id,
                "request": each.request,
                "operation_id": each.operation_id,
                **_said(task_id=each.task_id, choices=list(each.choices), attempts=each.attempts),
            }
            for each in state.action_requests
        ],
        "started": state.started,
        "last_id": state.last_id,
    }


def from_plain(plain: object) -> State:
    """Return the state of a plain form; raise ``Malformed``."""
    record = _record(plain, "state")
    state = State(
        tasks=tuple(_task(each) for each in _list(record, "tasks")),
        work_units=tuple(_unit(each) for each in _list(record, "work_units")),
        action_requests=tuple(_request(each) for each in _list(record, "action_requests")),
        started=_member(record, "started", bool),
        last_id=_member(record, "last_id", int),
    )
    return _bound(state)


def _bound(state: State) -> State:
    """Bind requests that name no task to the one that was on top when they were written."""
    if not state.tasks:
        return state
    top = state.tasks[-1].id
    return evolve(
        state,
        action_requests=tuple(
            each if each.task_id is not None else evolve(each, task_id=_owner(state, each) or top)
            for each in state.action_requests
        ),
    )


def _owner(state: State, request: ActionRequest) -> str | None:
    """Return the last task that began before the request: ids are drawn from one counter."""
    number = _number(request.id)
    older = [each.id for each in state.tasks if _number(each.id) < number]
    return older[-1] if older else None


def _number(identity: str) -> int:
    parts = identity.split("-")
    return int(parts[-2]) if len(parts) >= 3 and parts[-2].isdecimal() else 0


def _task(plain: object) -> Task:
    record = _record(plain, "task")
    return Task(
        id=_member(record, "id", str),
        context=_record(record.get("context", {}), "context"),
        workflow=_optional(record, "workflow", str),
    )


def _unit(plain: object) -> WorkUnit:
    record = _record(plain, "work unit")
    return WorkUnit(
        id=_member(record, "id", str),
        task_id=_member(record, "task_id", str),
        operation_id=_member(record, "operation_id", str),
        context=_record(record.get("context", {}), "context"),
        begun=_optional(record, "begun", bool) or False,
    )


def _request(plain: object) -> ActionRequest:
    record = _record(plain, "action request")
    return ActionRequest(
        id=_member(record, "id", str),
        request=_member(record, "request", str),
        operation_id=_member(record, "operation_id", str),
        task_id=_optional(record, "task_id", str),
        choices=tuple(str(each) for each in record.get("choices", ())),
        attempts=_optional(record, "attempts", int) or 0,
    )


def _said(**members: Any) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value}


def _without(items: Sequence[T], identity: str) -> tuple[T, ...]:
    return tuple(each for each in items if getattr(each, "id", None) != identity)


def _record(plain: object, what: str) -> dict[str, Any]:
    if not isinstance(plain, dict):
        raise Malformed(f"a {what} must be an object")
    return plain


def _list(record: dict[str, Any], name: str) -> list[Any]:
    return _member(record, name, list)


def _member(record: dict[str, Any], name: str, cls: type[T]) -> T:
    value = record.get(name)
    if not isinstance(value, cls):
        raise Malformed(f"`{name}` must be of type {cls.__name__}")
    return value


def _optional(record: dict[str, Any], name: str, cls: type[T]) -> T | None:
    return None if record.get(name) is None else _member(record, name, cls)
