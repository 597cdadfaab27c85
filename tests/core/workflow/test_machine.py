"""The machine against a reference that is written down another way."""

from collections.abc import Mapping
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from donna_core.domain.workflow.artifact import (
    Finish,
    Operation,
    Output,
    RequestAction,
    RunScript,
    Script,
    WorkflowHead,
)
from donna_core.domain.workflow.ids import OperationId, parse_artifact_id, parse_operation_id
from donna_core.domain.workflow.machine import (
    Completed,
    Continued,
    Event,
    Execute,
    Found,
    Load,
    Report,
    Rest,
    ScriptEnded,
    Show,
    WorkflowCalled,
    step,
)
from donna_core.domain.workflow.state import State, from_plain, to_plain

FLOW = parse_artifact_id("project:w")
NAMES = [f"s{number}" for number in range(6)]
SCRIPT = Script(language="sh", text="true", line=1)
Machine = Mapping[str, Any]


@st.composite
def machines(draw: st.DrawFn) -> Machine:
    """Draw the operations of a workflow: kind and targets by name."""
    name = st.sampled_from(NAMES)
    kinds = {
        "output": st.tuples(st.just("output"), name),
        "script": st.tuples(st.just("script"), name, name, st.booleans()),
        "request": st.tuples(st.just("request"), st.lists(name, min_size=1, max_size=3)),
        "finish": st.tuples(st.just("finish")),
    }
    return {each: draw(st.one_of(*kinds.values())) for each in NAMES}


def operation(machine: Machine, local: str) -> Operation:
    """Return an operation as the machine is handed it."""
    if local == "primary":
        return WorkflowHead(start=NAMES[0])
    match machine[local]:
        case ("output", target):
            return Output(following=target)
        case ("script", good, bad, saves):
            saved = "out" if saves else None
            return RunScript(script=SCRIPT, on_success=good, on_failure=bad, save_stdout_to=saved)
        case ("request", _):
            return RequestAction()
        case _:
            return Finish()


def ways(machine: Machine, local: str) -> list[str]:
    """Return where a request leads."""
    return list(machine[local][1]) if machine.get(local, ("",))[0] == "request" else []


class Reference:
    """The same rules as nested lists: a stack of tasks, each with what it waits for."""

    def __init__(self, machine: Machine) -> None:
        self.machine, self.tasks, self.trace, self.used = machine, [], [], 0

    machine: Machine
    tasks: list[dict[str, Any]]
    trace: list[str]
    used: int

    def call(self, codes: list[int], limit: int) -> None:
        self.used += 2
        self.tasks.append({"queue": ["primary"], "asks": [], "out": None})
        self.go(codes, limit)

    def answer(self, index: int, target: str, codes: list[int], limit: int) -> None:
        open_requests = sorted(ask for task in self.tasks for ask in task["asks"])
        number, local = open_requests[index]
        task = next(each for each in self.tasks if (number, local) in each["asks"])
        task["asks"].remove((number, local))
        task["queue"].append(target)
        self.used += 1
        self.go(codes, limit)

    def go(self, codes: list[int], limit: int) -> None:
        while limit and any(task["queue"] for task in self.tasks):
            limit -= 1
            task = [each for each in self.tasks if each["queue"]][-1]
            local = task["queue"].pop(0)
            self.trace.append(local)
            if local == "primary":
                self.queue(task, NAMES[0])
                continue
            match self.machine[local]:
                case ("output", target):
                    self.queue(task, target)
                case ("script", good, bad, saves):
                    code = codes[len(self.trace) % len(codes)]
                    task["out"] = str(code) if saves else task["out"]
                    self.queue(task, good if code == 0 else bad)
                case ("request", _):
                    self.used += 1
                    task["asks"].append((self.used, local))
                case _:
                    self.tasks.remove(task)

    def queue(self, task: dict[str, Any], local: str) -> None:
        self.used += 1
        task["queue"].append(local)


def drive(
    machine: Machine, state: State, event: Event, codes: list[int], limit: int, trace: list[str]
) -> State:
    """Do what the machine asks for, at most so many operations; every state survives its file."""
    following: Event | None = event
    while following is not None:
        state, requests = step(from_plain(to_plain(state)), following)
        following = None
        for request in requests:
            match request:
                case Load(unit=unit):
                    if limit == 0:
                        return state
                    limit -= 1
                    source = parse_operation_id(unit.operation_id)
                    trace.append(source.local)
                    following = Found(
                        unit_id=unit.id,
                        source=source,
                        title="",
                        operation=operation(machine, source.local),
                        text="",
                        offered=ways(machine, source.local),
                    )
                case Execute(unit=unit, operation=script):
                    code = codes[len(trace) % len(codes)]
                    following = ScriptEnded(
                        unit_id=unit.id,
                        source=parse_operation_id(unit.operation_id),
                        operation=script,
                        code=code,
                        stdout=str(code),
                        stderr="",
                    )
                case Report(problem=problem):
                    raise AssertionError(problem)
                case Show() | Rest():
                    pass
    return state


def answered(machine: Machine, state: State, index: int, target: str) -> Completed:
    """Return the event of a request that was done."""
    request = state.action_requests[index]
    source: OperationId = parse_operation_id(request.operation_id)
    return Completed(
        request_id=request.id,
        target=FLOW.operation(target),
        source=source,
        operation=operation(machine, source.local),
        transitions=ways(machine, source.local),
    )


@given(machine=machines(), data=st.data())
def test_random_machines_run_as_the_reference_says(machine: Machine, data: st.DataObject) -> None:
    """Calls and answers in any order give the same steps, tasks, requests, ids and variables."""
    codes = data.draw(st.lists(st.sampled_from([0, 1]), min_size=1, max_size=5))
    reference, state = Reference(machine), State()
    trace: list[str] = []
    for _ in range(data.draw(st.integers(1, 8))):
        limit = 30
        answers: bool = data.draw(st.booleans())
        if answers and state.action_requests:
            index = data.draw(st.integers(0, len(state.action_requests) - 1))
            local = parse_operation_id(state.action_requests[index].operation_id).local
            target = data.draw(st.sampled_from(ways(machine, local)))
            reference.answer(index, target, codes, limit)
            state = drive(
                machine, state, answered(machine, state, index, target), codes, limit, trace
            )
        else:
            reference.call(codes, limit)
            event = WorkflowCalled(head=FLOW.operation("primary"))
            state = drive(machine, state, event, codes, limit, trace)

    assert trace == reference.trace
    assert len(state.tasks) == len(reference.tasks)
    assert state.last_id == reference.used
    asked = sorted(ask for task in reference.tasks for ask in task["asks"])
    assert [(int(each.id.split("-")[1]), each.operation_id) for each in state.action_requests] == [
        (number, f"{FLOW}:{local}") for number, local in asked
    ]
    saved = [task.context.get("out") for task in state.tasks]
    assert saved == [task["out"] for task in reference.tasks]


def test_a_script_that_was_cut_off_is_asked_about() -> None:
    """It is not run again by itself, and the agent may choose to run it again."""
    machine = {"s0": ("script", "s1", "s1", False), "s1": ("finish",)}
    trace: list[str] = []
    called, requests = step(State(), WorkflowCalled(head=FLOW.operation("primary")))
    assert isinstance(requests[0], Load)
    found = Found(
        unit_id=requests[0].unit.id,
        source=FLOW.operation("primary"),
        title="",
        operation=operation(machine, "primary"),
        text="",
    )
    queued, requests = step(called, found)
    load = requests[-1]
    assert isinstance(load, Load)
    begun, _ = step(
        queued,
        Found(
            unit_id=load.unit.id,
            source=FLOW.operation("s0"),
            title="",
            operation=operation(machine, "s0"),
            text="",
        ),
    )

    resumed = drive(machine, begun, Continued(), [0], 5, trace)

    assert trace == ["s0"]
    assert resumed.work_units == ()
    assert list(resumed.action_requests[0].choices) == ["s0"]
