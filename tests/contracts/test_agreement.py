"""In memory and in SQLite, the same decisions have the same outcome."""

from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from donna_adapters.sql.sqlite import SqliteDatabase
from donna_core.domain.errors import Refused, VersionConflict
from donna_core.domain.ids import CommandId, TaskId, UserId
from donna_core.domain.tasks.task import TaskStatus
from donna_core.local.stores import InMemoryUnitOfWork
from donna_core.ports.jobs import JobState
from donna_core.ports.outbox import DeliveryState, Lane
from donna_core.ports.unit_of_work import Stores, UnitOfWork
from donna_core.testing.contracts.event_log import event
from donna_core.testing.contracts.everything import contents
from donna_core.testing.contracts.stores import (
    HOUR,
    NOON,
    calendar_write,
    capture,
    escalation,
    job,
    message,
    occurrence,
    snapshot,
    task,
)

Act = Callable[[Stores], object]

NUMBERS = st.integers(1, 3)
INSTANTS = NUMBERS.map(lambda hours: NOON + hours * HOUR)
KEYS, FENCES = st.sampled_from("abc"), st.integers(1, 3)
TASKS = NUMBERS.map(lambda number: TaskId(f"task-{number}"))
USERS = count()


def acts(user_id: UserId) -> st.SearchStrategy[Act]:
    """Return a strategy for one call of one method that changes something."""
    return st.one_of(task_acts(user_id), HISTORY_ACTS, JOB_ACTS, OUTBOX_ACTS, MIRROR_ACTS)


def task_acts(user_id: UserId) -> st.SearchStrategy[Act]:
    """Return a strategy for what is done to the tasks of the user."""

    def save(number: int, version: int, status: TaskStatus, start: Any) -> Act:
        saved = task(number, user_id=user_id, version=version, status=status, scheduled_start=start)
        return lambda s: s.tasks.save(saved)

    return st.one_of(
        st.builds(save, NUMBERS, NUMBERS, st.sampled_from(TaskStatus), st.none() | INSTANTS),
        st.builds(lambda one: lambda s: s.tasks.remove(one), TASKS),
        st.just(lambda s: s.tasks.next_number()),
    )


def recording(key: str, number: int) -> Act:
    """Return the act of recording a command, once."""

    def record(stores: Stores) -> None:
        if stores.history.get(CommandId(key)) is None:
            stores.history.record(capture(task(number), key))

    return record


HISTORY_ACTS: st.SearchStrategy[Act] = st.one_of(
    st.builds(recording, KEYS, NUMBERS),
    st.builds(lambda k, u: lambda s: s.history.mark(CommandId(k), undone=u), KEYS, st.booleans()),
    st.builds(lambda n: lambda s: s.events.append([event(n)]), NUMBERS),
    st.builds(lambda n, t: lambda s: s.escalations.save(escalation(n, tier=t)), NUMBERS, FENCES),
    st.builds(lambda one: lambda s: s.escalations.remove(one), TASKS),
)
JOB_ACTS: st.SearchStrategy[Act] = st.one_of(
    st.builds(
        lambda k, at, one: lambda s: s.jobs.want([job(k, run_at=at, task_id=one)]),
        *(KEYS, INSTANTS, TASKS),
    ),
    st.builds(lambda one, k: lambda s: s.jobs.retract(one, keep=[k]), TASKS, KEYS),
    st.builds(
        lambda now, until, n: lambda s: s.jobs.claim(now=now, lease_until=until, limit=n),
        *(INSTANTS, INSTANTS, NUMBERS),
    ),
    st.builds(
        lambda k, f, state, at: (
            lambda s: s.jobs.finish(k, fence=f, state=state, at=NOON, run_at=at)
        ),
        *(KEYS, FENCES, st.sampled_from(sorted(set(JobState) - {JobState.RUNNING}))),
        st.none() | INSTANTS,
    ),
)
OUTBOX_ACTS: st.SearchStrategy[Act] = st.one_of(
    st.builds(
        lambda k, at, one: (
            lambda s: s.outbox.add(
                [message(k, not_before=at, task_id=one), calendar_write(f"w{k}")], at=at
            )
        ),
        *(KEYS, INSTANTS, TASKS),
    ),
    st.builds(
        lambda lane, now, until, n: (
            lambda s: s.outbox.claim(lane, now=now, lease_until=until, limit=n)
        ),
        *(st.sampled_from(Lane), INSTANTS, INSTANTS, NUMBERS),
    ),
    st.builds(
        lambda k, f, state, at, again: (
            lambda s: s.outbox.settle(
                k, fence=f, state=state, at=at, not_before=again, remote_id=k, note=k
            )
        ),
        *(KEYS, FENCES, st.sampled_from(sorted(set(DeliveryState) - {DeliveryState.IN_FLIGHT}))),
        *(INSTANTS, st.none() | INSTANTS),
    ),
)
MIRROR_ACTS: st.SearchStrategy[Act] = st.one_of(
    st.builds(
        lambda k, n: (
            lambda s: s.mirror.apply(
                snapshot(k, *[occurrence(f"{k}{i}", calendar_id=k) for i in range(n)]), at=NOON
            )
        ),
        *(KEYS, NUMBERS),
    ),
    st.builds(lambda k: lambda s: s.mirror.forget(k), KEYS),
)


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqliteDatabase]:
    """Give one file for all examples; each is another user's."""
    folder: Path = tmp_path_factory.mktemp("agreement")
    with SqliteDatabase.open(folder / "donna.db") as opened:
        yield opened


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
async def test_both_storages_agree(database: SqliteDatabase, data: st.DataObject) -> None:
    """After every decision, kept or taken back, all that can be read is the same."""
    user_id = UserId(f"user-{next(USERS)}")
    units = [InMemoryUnitOfWork(user_id), database.unit_of_work(user_id)]
    decisions = st.lists(acts(user_id), min_size=1, max_size=8)
    for chosen in data.draw(st.lists(decisions, min_size=1, max_size=5)):
        refuse = data.draw(st.booleans())
        in_memory, in_file = [await outcome(unit, chosen, refuse=refuse) for unit in units]
        assert in_memory == in_file


async def outcome(unit: UnitOfWork, chosen: list[Act], *, refuse: bool) -> list[object]:
    """Run the acts as one decision and return what they and all readings returned."""
    returned: list[object] = []

    def decide(stores: Stores) -> None:
        returned.extend(answer(stores, act) for act in chosen)
        returned.append(levelled(contents(stores)))
        if refuse:
            raise Refused("after all")

    try:
        await unit.run(decide)
    except Refused:
        returned.append("refused")
    return [*map(levelled, returned), levelled(await unit.run(contents))]


def answer(stores: Stores, act: Act) -> object:
    """Return what the act returns, or the words of its refusal."""
    try:
        return act(stores)
    except VersionConflict as conflict:
        return str(conflict)


def levelled(value: Any) -> Any:
    """Return the value with positions counted from one user's first, as they rise over all."""
    match value:
        case {"events.since": events, "outbox.select": rows, **rest}:
            ranks = {row.sequence: rank for rank, row in enumerate(rows)}
            return {
                **rest,
                "events": [appended for _, appended in events],
                "outbox": [evolve(row, sequence=ranks[row.sequence]) for row in rows],
            }
        case (first, *_) if hasattr(first, "sequence"):
            return [evolve(row, sequence=0) for row in value]
        case _:
            return value
