"""Writing one of everything, and reading all there is."""

from typing import Any

from donna_core.domain.events import Event, EventKind
from donna_core.domain.followup.attention import Attention
from donna_core.domain.ids import CallId, CommandId, TaskId, UserId
from donna_core.domain.spending.invocations import CallFilter, Dimension
from donna_core.domain.spending.limits import Breaker
from donna_core.ports.outbox import Lane
from donna_core.ports.unit_of_work import Stores
from donna_core.testing.contracts.lifecycle_store import (
    STANDING,
    STEP,
    a_divergence,
    a_run,
)
from donna_core.testing.contracts.skill_stores import CAPABILITY, RUN, STEP_RECORD
from donna_core.testing.contracts.spending import allowance, invocation, reservation
from donna_core.testing.contracts.stores import (
    DAY,
    ME,
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

_LANES = (Lane.CALENDAR, Lane.DISCORD)  # those that have a delivery


def fill(stores: Stores, *, user_id: UserId = ME) -> None:
    """Write one of everything."""
    captured = task(stores.tasks.next_number(), user_id=user_id)
    captured_at_noon = Event(kind=EventKind.TASK_CAPTURED, at=NOON, task_id=captured.id)
    stores.tasks.save(captured)
    stores.history.record(capture(captured))
    stores.events.append([captured_at_noon])
    stores.escalations.save(escalation())
    stores.attention.save(Attention(quiet_until=NOON, version=1))
    stores.jobs.want([job(task_id=captured.id)])
    stores.outbox.add([message(task_id=captured.id), calendar_write()], at=NOON)
    stores.mirror.apply(snapshot("work", occurrence()), at=NOON)
    stores.spend.reserve(reservation(task_id=captured.id))
    stores.spend.allow(allowance())
    stores.invocations.record([invocation(task_id=captured.id, prompt="Tea?")])
    stores.health.save("anthropic", Breaker(failures=(NOON,)))
    stores.lifecycles.save(STANDING, step=STEP)
    stores.lifecycles.observe("news", a_run("run-1"))
    stores.lifecycles.observe("news", a_divergence("run-1"))
    stores.skills.put("news", "v1", {"skill.yaml": "steps: []"})
    stores.skills.put_fixture("news", "one", "{}")
    stores.skills.put_capability(CAPABILITY)
    stores.skill_runs.save(RUN)
    stores.skill_runs.add_step("run-1", STEP_RECORD)


def contents(stores: Stores) -> dict[str, Any]:
    """Return everything that can be read, by the method that reads it."""
    one = TaskId("task-1")
    return {
        "tasks.get": stores.tasks.get(one),
        "tasks.select": stores.tasks.select(),
        "work.latest": stores.work.latest(9),
        "tasks.titles": stores.tasks.titles(),
        "tasks.occupied": stores.tasks.occupied(DAY),
        "history.get": stores.history.get(CommandId("command-1")),
        "history.recent": stores.history.recent(9),
        "history.recent of one": stores.history.recent(9, task_id=one),
        "history.steps": stores.history.steps(one),
        "events.since": stores.events.since(0),
        "escalations.get": stores.escalations.get(one),
        "escalations.active": stores.escalations.active(),
        "attention.get": stores.attention.get(),
        "jobs.select": stores.jobs.select(),
        "jobs.next_due": stores.jobs.next_due(),
        "outbox.select": stores.outbox.select(),
        **{f"outbox.next_due {lane}": stores.outbox.next_due(lane) for lane in _LANES},
        "mirror.known": stores.mirror.known(),
        "mirror.events": stores.mirror.events(DAY),
        "spend.select": stores.spend.select(),
        "spend.totals": {
            each: amount
            for each, amount in stores.spend.totals(reservation().accounts).items()
            if amount.committed
        },
        "spend.allowances": stores.spend.allowances(reservation().accounts),
        "invocations.get": stores.invocations.get(CallId("call-1")),
        "invocations.select": stores.invocations.select(CallFilter(), limit=9),
        "invocations.sums": stores.invocations.sums(CallFilter(), by=Dimension.MODEL),
        "health.get": stores.health.get("anthropic").failures,
        "health.all": stores.health.all(),
        "lifecycles.get": stores.lifecycles.get("news"),
        "lifecycles.all": stores.lifecycles.all(),
        "lifecycles.steps": stores.lifecycles.steps("news"),
        "lifecycles.runs": stores.lifecycles.runs("news", version="v1", limit=9),
        "lifecycles.divergences": stores.lifecycles.divergences("news", version="v1", limit=9),
        "skills.files": stores.skills.files("news", "v1"),
        "skills.fixtures": stores.skills.fixtures("news"),
        "skills.capabilities": stores.skills.capabilities(),
        "skill_runs.get": stores.skill_runs.get("run-1"),
        "skill_runs.recent": stores.skill_runs.recent(limit=9),
        "skill_runs.steps": stores.skill_runs.steps("run-1"),
    }
