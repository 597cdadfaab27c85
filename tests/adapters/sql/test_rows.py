"""What the rows hold, and whose they are."""

import inspect
from collections.abc import Callable
from typing import Any

import pytest
from attrs import evolve, fields
from hypothesis import HealthCheck, given, settings
from sqlalchemy import UniqueConstraint, event
from sqlalchemy.engine import Engine

from donna_adapters.sql.sqlite import SqliteDatabase
from donna_adapters.sql.tables import LEADERSHIP, METADATA
from donna_adapters.sql.unit_of_work import stores_of
from donna_core.domain.errors import StorageUnavailable
from donna_core.domain.followup.attention import Attention
from donna_core.domain.ids import CallId, CommandId, TaskId
from donna_core.domain.spending.invocations import CallFilter, Dimension
from donna_core.domain.spending.ledger import day_account, month_account
from donna_core.domain.spending.limits import Breaker
from donna_core.domain.tasks.task import Task
from donna_core.ports.jobs import JobState
from donna_core.ports.outbox import DeliveryState, Lane
from donna_core.ports.unit_of_work import Stores
from donna_core.testing.contracts.event_log import event as happening
from donna_core.testing.contracts.everything import fill
from donna_core.testing.contracts.lifecycle_store import STANDING, STEP, a_run
from donna_core.testing.contracts.skill_stores import CAPABILITY, RUN, STEP_RECORD
from donna_core.testing.contracts.spending import (
    TODAY,
    allowance,
    invocation,
    reservation,
    settlement,
)
from donna_core.testing.contracts.stores import (
    DAY,
    HOUR,
    ME,
    NOON,
    OTHER,
    calendar_write,
    capture,
    escalation,
    full_task,
    job,
    message,
    occurrence,
    snapshot,
    task,
)
from donna_core.testing.strategies import values

ONE, CALL = TaskId("task-1"), CallId("call-1")
OF_THE_LEADER = {"ix_job_run_at", "ix_job_lease_until"}  # whose turn it is among all users
# Every method of every store, called with the keys of somebody else's rows.
CALLS: dict[str, Callable[[Stores], object]] = {
    "tasks.get": lambda s: s.tasks.get(ONE),
    "tasks.select": lambda s: s.tasks.select(ids=[ONE]),
    "work.latest": lambda s: s.work.latest(9),
    "tasks.titles": lambda s: s.tasks.titles(),
    "tasks.occupied": lambda s: s.tasks.occupied(DAY),
    "tasks.next_number": lambda s: s.tasks.next_number() - 1,
    "tasks.remove": lambda s: s.tasks.remove(ONE),
    "tasks.save": lambda s: s.tasks.save(task(user_id=OTHER, version=2)),
    "history.get": lambda s: s.history.get(CommandId("command-1")),
    "history.recent": lambda s: s.history.recent(9) or s.history.recent(9, task_id=ONE),
    "history.steps": lambda s: s.history.steps(ONE),
    "history.mark": lambda s: s.history.mark(CommandId("command-1"), undone=True),
    "history.record": lambda s: s.history.record(capture(task(user_id=OTHER))),
    "events.since": lambda s: s.events.since(0),
    "events.append": lambda s: s.events.append([happening(1)]),
    "cursors.get": lambda s: s.cursors.get("replica"),
    "cursors.advance": lambda s: s.cursors.advance("replica", 7),
    "escalations.get": lambda s: s.escalations.get(ONE),
    "escalations.active": lambda s: s.escalations.active(),
    "escalations.remove": lambda s: s.escalations.remove(ONE),
    "escalations.save": lambda s: s.escalations.save(escalation(tier=3)),
    "attention.get": lambda s: s.attention.get().version,
    "attention.save": lambda s: s.attention.save(Attention(version=7)),
    "jobs.select": lambda s: s.jobs.select(task_id=ONE),
    "jobs.next_due": lambda s: s.jobs.next_due(),
    "jobs.claim": lambda s: s.jobs.claim(now=NOON, lease_until=NOON, limit=9),
    "jobs.hold": lambda s: s.jobs.hold("job-1", fence=1, lease_until=NOON),
    "jobs.finish": lambda s: s.jobs.finish("job-1", fence=1, state=JobState.DONE, at=NOON),
    "jobs.retract": lambda s: s.jobs.retract(ONE),
    "jobs.want": lambda s: s.jobs.want([job(payload={"n": 1})]),
    "outbox.select": lambda s: s.outbox.select(task_id=ONE),
    "outbox.next_due": lambda s: s.outbox.next_due(Lane.DISCORD),
    "outbox.claim": lambda s: s.outbox.claim(
        Lane.DISCORD, now=NOON + HOUR, lease_until=NOON, limit=9
    ),
    "outbox.settle": lambda s: s.outbox.settle(
        "message-1", fence=1, state=DeliveryState.SENT, at=NOON
    ),
    "outbox.quarantine": lambda s: s.outbox.quarantine(before=NOON + HOUR, note="old"),
    "outbox.add": lambda s: s.outbox.add([message(), calendar_write()], at=NOON),
    "mirror.known": lambda s: s.mirror.known(),
    "mirror.events": lambda s: s.mirror.events(DAY),
    "mirror.forget": lambda s: s.mirror.forget("work"),
    "mirror.apply": lambda s: s.mirror.apply(snapshot("work", occurrence("x")), at=NOON),
    "spend.totals": lambda s: s.spend.totals([day_account(TODAY)])[day_account(TODAY)].committed,
    "spend.select": lambda s: s.spend.select(),
    "spend.reserve": lambda s: s.spend.reserve(reservation()),
    "spend.settle": lambda s: s.spend.settle(settlement()),
    "spend.release": lambda s: s.spend.release(CALL, at=NOON),
    "spend.allow": lambda s: s.spend.allow(allowance()),
    "spend.allowances": lambda s: s.spend.allowances([month_account(TODAY)]),
    "invocations.get": lambda s: s.invocations.get(CALL),
    "invocations.select": lambda s: s.invocations.select(CallFilter(), limit=9),
    "invocations.sums": lambda s: s.invocations.sums(CallFilter(), by=Dimension.CALLER),
    "invocations.assess": lambda s: s.invocations.assess(CALL, was_right=True),
    "invocations.forget_texts": lambda s: s.invocations.forget_texts(before=NOON + HOUR),
    "invocations.record": lambda s: s.invocations.record([invocation()]),
    "health.get": lambda s: s.health.get("anthropic").failures,
    "health.all": lambda s: s.health.all(),
    "health.save": lambda s: s.health.save("anthropic", Breaker()),
    "lifecycles.get": lambda s: s.lifecycles.get("news"),
    "lifecycles.all": lambda s: s.lifecycles.all(),
    "lifecycles.save": lambda s: s.lifecycles.save(STANDING, step=STEP),
    "lifecycles.steps": lambda s: s.lifecycles.steps("news"),
    "lifecycles.observe": lambda s: s.lifecycles.observe("news", a_run("run-1", valid=False)),
    "lifecycles.runs": lambda s: s.lifecycles.runs("news", version="v1", limit=9),
    "lifecycles.divergences": lambda s: s.lifecycles.divergences("news", version="v1", limit=9),
    "skills.put": lambda s: s.skills.put("news", "v1", {"skill.yaml": "changed"}),
    "skills.files": lambda s: s.skills.files("news", "v1"),
    "skills.put_fixture": lambda s: s.skills.put_fixture("news", "one", "[]"),
    "skills.fixtures": lambda s: s.skills.fixtures("news"),
    "skills.put_capability": lambda s: s.skills.put_capability(CAPABILITY),
    "skills.capabilities": lambda s: s.skills.capabilities(),
    "skill_runs.save": lambda s: s.skill_runs.save(RUN),
    "skill_runs.get": lambda s: s.skill_runs.get("run-1"),
    "skill_runs.recent": lambda s: s.skill_runs.recent(skill="news", limit=9),
    "skill_runs.add_step": lambda s: not s.skill_runs.add_step("run-1", STEP_RECORD),
    "skill_runs.steps": lambda s: s.skill_runs.steps("run-1"),
    "skill_runs.forget": lambda s: s.skill_runs.forget(before=NOON + HOUR),
}


async def test_every_method_is_tried(database: SqliteDatabase) -> None:
    """The list of calls has every public method of every store, and no other."""
    stores = await database.transact(lambda connection: stores_of(ME, connection))
    methods = {
        f"{store.name}.{name}"
        for store in fields(Stores)
        for name, _ in inspect.getmembers(getattr(stores, store.name), inspect.ismethod)
        if not name.startswith("_")
    }

    assert methods == set(CALLS)


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
async def test_no_method_reaches_another_users_rows(
    database: SqliteDatabase, call: Callable[[Stores], object]
) -> None:
    """It finds nothing, changes nothing, and each of its statements names its own user only."""
    ran: list[tuple[str, Any]] = []

    def listen(*heard: Any) -> None:
        ran.append(heard[2:4])

    await database.unit_of_work(ME).run(fill)
    mine = await dump(database)
    event.listen(Engine, "before_cursor_execute", listen)
    try:
        found = await database.unit_of_work(OTHER).run(call)
    finally:
        event.remove(Engine, "before_cursor_execute", listen)

    assert not found
    assert await dump(database) == mine
    statements = [heard for heard in ran if heard[0] != "BEGIN IMMEDIATE"]
    assert statements
    for text, parameters in statements:
        assert "user_id" in text
        assert OTHER in str(parameters)


def test_every_table_is_scoped_by_user() -> None:
    """Each has the column, and each key and index but those of the leader begins with it."""
    for table in METADATA.tables.values():
        if table is LEADERSHIP:
            continue
        assert not table.c.user_id.nullable
        uniques = [c for c in table.constraints if isinstance(c, UniqueConstraint)]
        indexes = [index for index in table.indexes if index.name not in OF_THE_LEADER]
        columns = [table.primary_key.columns, *(each.columns for each in uniques)]
        if table.name == "memory_chunks":
            columns.pop(0)  # numbered over all users, for an index that knows none
        columns += [index.columns for index in indexes]
        assert all(next(iter(keyed)).key == "user_id" for keyed in columns)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(drawn=values(Task))
async def test_any_task_survives_as_a_row(database: SqliteDatabase, drawn: Task) -> None:
    """Whatever its fields hold, it comes back equal."""
    kept = evolve(drawn, user_id=ME)

    def decide(stores: Stores) -> Task | None:
        for former in stores.tasks.select():
            stores.tasks.remove(former.id)
        stores.tasks.save(kept)
        return stores.tasks.get(kept.id)

    assert await database.unit_of_work(ME).run(decide) == kept


async def test_a_number_names_one_task(database: SqliteDatabase) -> None:
    """The database takes no second task under a number."""
    await database.unit_of_work(ME).run(lambda stores: stores.tasks.save(full_task()))
    twin = evolve(full_task(), id=TaskId("twin"))
    with pytest.raises(StorageUnavailable, match="UNIQUE"):
        await database.unit_of_work(ME).run(lambda stores: stores.tasks.save(twin))


async def test_a_naive_instant_is_refused(database: SqliteDatabase) -> None:
    """Nobody guesses its zone, nothing is kept, and no vendor's error reaches the caller."""
    naive = task(deadline=NOON.replace(tzinfo=None))
    with pytest.raises(ValueError, match="no time zone"):
        await database.unit_of_work(ME).run(lambda stores: stores.tasks.save(naive))

    assert await database.unit_of_work(ME).run(lambda stores: stores.tasks.select()) == ()


async def dump(database: SqliteDatabase) -> dict[str, list[tuple[Any, ...]]]:
    """Return all rows of one user."""
    return await database.transact(
        lambda connection: {
            name: [
                tuple(row)
                for row in connection.execute(table.select().where(table.c.user_id == ME))
            ]
            for name, table in METADATA.tables.items()
            if table is not LEADERSHIP
        }
    )
