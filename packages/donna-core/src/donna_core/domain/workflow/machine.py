"""The machine that runs workflows: ``(state, event) → (state, requests)``, without any I/O.

Whoever drives it hands it what happened and does what it asks for, in order: load an operation,
print a cell, run a script, report a problem, or rest until the agent answers.
"""

import json
from collections.abc import Sequence
from typing import Any, TypeAlias, assert_never

from attrs import evolve, frozen

from donna_core.domain.workflow.artifact import (
    Finish,
    Operation,
    Output,
    Prose,
    RequestAction,
    ResultRule,
    RunScript,
    WorkflowHead,
)
from donna_core.domain.workflow.cells import Cell, log
from donna_core.domain.workflow.ids import OperationId, numbered
from donna_core.domain.workflow.problems import Problem, problem
from donna_core.domain.workflow.state import ActionRequest, State, Task, WorkUnit

# --- what happened ---


@frozen(kw_only=True)
class WorkflowCalled:
    """A workflow was asked for; ``head`` is its primary section."""

    head: OperationId


@frozen(kw_only=True)
class Completed:
    """The agent says that it did what a request asks for.

    ``operation`` and ``transitions`` are those of the request's operation as the file has them
    now. ``target`` may be absent where a result chooses it. ``complaints`` say why the result
    does not fit its schema.
    """

    request_id: str
    target: OperationId | None
    source: OperationId
    operation: Operation
    transitions: Sequence[str]
    result: Any = None
    has_result: bool = False
    complaints: Sequence[str] = ()


@frozen(kw_only=True)
class Continued:
    """Nothing new: go on with what is queued."""


@frozen(kw_only=True)
class Found:
    """The operation of a unit was loaded and rendered.

    ``offered`` are the local ids its rendered text leads to. ``doubt`` asks what became of its
    script, for the case that it was cut off.
    """

    unit_id: str
    source: OperationId
    title: str
    operation: Operation
    text: str
    offered: Sequence[str] = ()
    doubt: str = ""


@frozen(kw_only=True)
class ScriptEnded:
    """A script ended with a code, or was ended: 124 is a timeout, a signal is negative."""

    unit_id: str
    source: OperationId
    operation: RunScript
    code: int
    stdout: str
    stderr: str


Event: TypeAlias = WorkflowCalled | Completed | Continued | Found | ScriptEnded

# --- what is to be done ---


@frozen(kw_only=True)
class Load:
    """Load and render the operation of a unit, then say what was ``Found``."""

    unit: WorkUnit


@frozen(kw_only=True)
class Show:
    """Print a cell at once."""

    cell: Cell


@frozen(kw_only=True)
class Execute:
    """Save the state, run the script, then say how it ``Ended``."""

    unit: WorkUnit
    operation: RunScript


@frozen(kw_only=True)
class Report:
    """Save the state and stop with a problem."""

    problem: Problem


@frozen(kw_only=True)
class Rest:
    """Save the state: nothing can be done until the agent answers or a workflow is called."""


Request: TypeAlias = Load | Show | Execute | Report | Rest
Step: TypeAlias = tuple[State, tuple[Request, ...]]


def step(state: State, event: Event) -> Step:
    """Return the state after an event, and what is to be done because of it."""
    match event:
        case Continued():
            return _go_on(state)
        case WorkflowCalled():
            return _call(state, event)
        case Completed():
            return _complete(state, event)
        case Found():
            return _perform(state, event)
        case ScriptEnded():
            return _after_script(state, event)
    assert_never(event)


def _go_on(state: State) -> Step:
    unit = state.next_unit()
    return state, (Rest() if unit is None else Load(unit=unit),)


def _then(state: State, *requests: Request) -> Step:
    """Return the step that does these things and goes on."""
    state, following = _go_on(state)
    return state, (*requests, *following)


def _call(state: State, event: WorkflowCalled) -> Step:
    task_id = numbered("T", state.last_id + 1)
    task = Task(id=task_id, workflow=str(event.head.artifact))
    called = evolve(state, tasks=(*state.tasks, task), started=True, last_id=state.last_id + 1)
    return _then(_queued(called, task_id, event.head))


def _queued(state: State, task_id: str, operation: OperationId) -> State:
    number = state.last_id + 1
    unit = WorkUnit(id=numbered("WU", number), task_id=task_id, operation_id=str(operation))
    return evolve(state, work_units=(*state.work_units, unit), last_id=number)


def _perform(state: State, event: Found) -> Step:
    unit = next(each for each in state.work_units if each.id == event.unit_id)
    announced = Show(cell=log(f"{event.source}: {event.title}"))
    match event.operation:
        case WorkflowHead(start=start):
            queued = _queued(state, unit.task_id, event.source.artifact.operation(start))
            return _then(queued.without_unit(unit.id), announced)
        case RequestAction():
            asked = _asked(state, unit, text=event.text, choices=event.offered)
            return _then(asked, announced)
        case Output() as operation:
            return _print(state, unit, event, operation, announced)
        case Finish():
            return _then(state.without_task(unit.task_id), announced, _printed(event))
        case RunScript() as operation:
            return _begin_script(state, unit, event, operation, announced)
        case Prose():
            code = "machine.operation_not_executable"
            kind = "text or specification"
            refused = problem(code, operation_id=str(event.source), section_kind=kind)
            return state, (Report(problem=refused),)
    assert_never(event.operation)


def _print(state: State, unit: WorkUnit, event: Found, operation: Output, announced: Show) -> Step:
    if operation.following is None:
        code = "workflows.output_missing_next_operation"
        return state, (announced, Report(problem=problem(code, section_id=event.source.local)))
    target = event.source.artifact.operation(operation.following)
    queued = _queued(state, unit.task_id, target)
    return _then(queued.without_unit(unit.id), announced, _printed(event))


def _begin_script(
    state: State, unit: WorkUnit, event: Found, operation: RunScript, announced: Show
) -> Step:
    """Run the script; one that may have run before is asked about, unless that does no harm."""
    if unit.begun and not operation.idempotent:
        targets = dict.fromkeys((event.source.local, *event.offered))
        return _then(_asked(state, unit, text=event.doubt, choices=tuple(targets)), announced)
    begun = evolve(unit, begun=True)
    units = tuple(begun if each.id == unit.id else each for each in state.work_units)
    execute = Execute(unit=begun, operation=operation)
    return evolve(state, work_units=units), (announced, execute)


def _after_script(state: State, event: ScriptEnded) -> Step:
    unit = next(each for each in state.work_units if each.id == event.unit_id)
    following = event.operation.after(event.code)
    if following is None:
        missing = "success" if event.code == 0 else "failure"
        code = f"workflows.run_script_missing_goto_on_{missing}"
        return state, (Report(problem=problem(code, section_id=event.source.local)),)
    for name, value in (
        (event.operation.save_stdout_to, event.stdout),
        (event.operation.save_stderr_to, event.stderr),
    ):
        if name is not None:
            state = state.with_variable(unit.task_id, name, value)
    queued = _queued(state, unit.task_id, event.source.artifact.operation(following))
    return _then(queued.without_unit(unit.id))


def _asked(state: State, unit: WorkUnit, *, text: str, choices: Sequence[str]) -> State:
    number = state.last_id + 1
    request = ActionRequest(
        id=numbered("AR", number),
        request=text,
        operation_id=unit.operation_id,
        task_id=unit.task_id,
        choices=tuple(choices),
    )
    asked = evolve(state, action_requests=(*state.action_requests, request), last_id=number)
    return asked.without_unit(unit.id)


def _printed(event: Found) -> Show:
    meta = {"operation_id": str(event.source)}
    return Show(cell=Cell(kind="operation_output", content=event.text, meta=meta))


def _complete(state: State, event: Completed) -> Step:
    request = state.request(event.request_id)
    if request is None:
        unknown = problem("machine.action_request_not_found", request_id=event.request_id)
        return state, (Report(problem=unknown),)
    rule = event.operation.result if isinstance(event.operation, RequestAction) else None
    target = event.target
    if rule is not None:
        refused = _judge(state, request, rule, event)
        if refused is not None:
            return refused
        routed = _routed(rule, event)
        if isinstance(routed, Problem):
            return state, (Report(problem=routed),)
        target = routed or target
        # An id beside a result that chooses must not contradict it.
        if event.target is not None and target != event.target:
            target = None
    allowed = {*event.transitions, *request.choices}
    if target is None or target.artifact != event.source.artifact or target.local not in allowed:
        named = event.target or target
        refusal = problem(
            "machine.invalid_operation_transition",
            operation_id=str(event.source),
            next_operation_id="" if named is None else str(named),
        )
        return state, (Report(problem=refusal),)
    return _answered(state, request, rule, event, target)


def _judge(state: State, request: ActionRequest, rule: ResultRule, event: Completed) -> Step | None:
    """Return how a result that is missing or does not fit is answered; ``None`` when it fits."""
    if not event.has_result:
        missing = problem("machine.action_request_result_required", operation_id=str(event.source))
        return state, (Report(problem=missing),)
    if not event.complaints:
        return None
    attempt = request.attempts + 1
    if attempt >= rule.max_attempts and rule.on_invalid is not None:
        task_id = _owner(state, request)
        target = event.source.artifact.operation(rule.on_invalid)
        return _then(_queued(state, task_id, target).without_request(request.id))
    counted = tuple(
        evolve(each, attempts=attempt) if each.id == request.id else each
        for each in state.action_requests
    )
    refusal = problem(
        "machine.action_request_result_invalid",
        operation_id=str(event.source),
        details="; ".join(event.complaints),
        attempt=attempt,
        max_attempts=rule.max_attempts,
    )
    return evolve(state, action_requests=counted), (Report(problem=refusal),)


def _routed(rule: ResultRule, event: Completed) -> OperationId | Problem | None:
    """Return where the result leads; ``None`` when the agent is to say it."""
    if rule.key is None:
        return None
    value = event.result.get(rule.key) if isinstance(event.result, dict) else None
    chosen = rule.branches.get(as_text(value))
    if chosen is None:
        return problem(
            "machine.action_request_result_unrouted",
            operation_id=str(event.source),
            key=rule.key,
            value=as_text(value),
        )
    return event.source.artifact.operation(chosen)


def _answered(
    state: State,
    request: ActionRequest,
    rule: ResultRule | None,
    event: Completed,
    target: OperationId,
) -> Step:
    task_id = _owner(state, request)
    if rule is not None and rule.save_to is not None:
        state = state.with_variable(task_id, rule.save_to, as_text(event.result))
    return _then(_queued(state, task_id, target).without_request(request.id))


def _owner(state: State, request: ActionRequest) -> str:
    """Return the task of a request; one whose task is gone belongs to the topmost."""
    if request.task_id is not None and state.task(request.task_id) is not None:
        return request.task_id
    return state.tasks[-1].id if state.tasks else ""


def as_text(value: Any) -> str:
    """Return a result as a task variable holds it: a text as it is, all else as JSON."""
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
