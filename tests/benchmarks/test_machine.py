"""The state machine beside a plain dict and beside two libraries for state machines."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from timeit import repeat

import pytest
import yaml
from attrs import evolve
from statemachine import State
from statemachine import StateMachine as PeerMachine
from transitions import Machine

from donna_core.domain.ids import TaskId, UserId
from donna_core.domain.tasks.machine import Decision, SideEffect, StateMachine, Transition, Trigger
from donna_core.domain.tasks.task import Task, TaskStatus

TABLE = Path(__file__).resolve().parents[2] / "config" / "task_states.yaml"
AT = datetime(2026, 8, 3, tzinfo=UTC)
TASK = Task(id=TaskId("t"), user_id=UserId("u"), number=1, title="x", created_at=AT)
THERE, BACK = Trigger.SCHEDULER_ASSIGNS_SLOT, Trigger.USER_CANCELS_SCHEDULED_TIME


class Ticket:
    """What `transitions` moves: an object it gives a state and the triggers as methods."""

    state: str
    assign: Callable[[], bool]
    cancel: Callable[[], bool]
    begun: datetime | None = None

    def note(self) -> None:
        """Do on entering what a side effect would."""
        self.begun = AT


class PeerTicket(PeerMachine):
    """The same two states as `python-statemachine` declares them."""

    backlog = State(initial=True)
    scheduled = State()
    assign = backlog.to(scheduled)
    cancel = scheduled.to(backlog)
    begun: datetime | None = None

    def on_assign(self) -> None:
        """Do on entering what a side effect would."""
        self.begun = AT


def microseconds(act: Callable[[], object], *, number: int) -> float:
    """Return the best time of one act over several rounds."""
    return min(repeat(act, number=number, repeat=7)) / number * 1e6


@pytest.fixture(scope="module")
def machine() -> StateMachine:
    """Return the machine of the shipped table without its bans, which cost nothing at run time."""
    rows = yaml.safe_load(TABLE.read_text())["transitions"]
    return StateMachine.from_rows(
        transitions=[
            Transition(
                origin=TaskStatus(row["from"]),
                target=TaskStatus(row["to"]),
                trigger=Trigger(row["trigger"]),
                side_effects=tuple(map(SideEffect, row["side_effects"])),
                timeout=timedelta(days=row["timeout_days"]) if "timeout_days" in row else None,
            )
            for row in rows
            if row["from"] != "*"
        ],
        forbidden=(),
        initial=TaskStatus.BACKLOG,
    )


def test_deciding_beside_a_dict(machine: StateMachine) -> None:
    """A decision costs what looking up the same key in a plain dict costs, and a call."""
    plain: dict[tuple[TaskStatus, Trigger], Decision] = {
        (status, trigger): machine.decide(status, trigger)
        for status in TaskStatus
        for trigger in machine.possible(status)
    }
    status, decide = TaskStatus.BACKLOG, machine.decide

    ours = microseconds(lambda: decide(status, THERE), number=100_000)
    peer = microseconds(lambda: plain[status, THERE], number=100_000)

    print(f"\ndecide: {ours:.3f} µs, dict: {peer:.3f} µs, ratio {ours / peer:.2f}")
    assert decide(status, THERE) is plain[status, THERE]


def test_a_whole_transition_beside_the_libraries(machine: StateMachine) -> None:
    """There and back again: a new frozen task of 40 fields and its step, against a set field."""
    ticket, peer_ticket = Ticket(), PeerTicket()
    Machine(
        ticket,
        states=["backlog", "scheduled"],
        transitions=[
            {"trigger": "assign", "source": "backlog", "dest": "scheduled", "after": "note"},
            {"trigger": "cancel", "source": "scheduled", "dest": "backlog"},
        ],
        initial="backlog",
    )
    scheduled = evolve(TASK, status=TaskStatus.SCHEDULED)

    ours = microseconds(
        lambda: (machine.apply(TASK, THERE, at=AT), machine.apply(scheduled, BACK, at=AT)),
        number=5_000,
    )
    transitions = microseconds(lambda: (ticket.assign(), ticket.cancel()), number=5_000)
    statemachine = microseconds(lambda: (peer_ticket.assign(), peer_ticket.cancel()), number=500)

    print(
        f"\ntransition: {ours / 2:.2f} µs, transitions {transitions / 2:.2f} µs "
        f"(ours takes {ours / transitions:.2f} of it), python-statemachine "
        f"{statemachine / 2:.2f} µs (our rate is {statemachine / ours:.1f} of it)"
    )
    assert machine.apply(TASK, THERE, at=AT).task.status == "scheduled"
    assert ticket.state == "backlog"
    assert peer_ticket.begun == ticket.begun == AT
