"""From single records to the wire."""

from collections.abc import Iterable
from decimal import Decimal

from donna_cli import schema_records as records
from donna_cli.wire_reading import anchor, minutes
from donna_core.domain.effects import Message
from donna_core.domain.tasks.history import Command, Step
from donna_core.domain.tasks.task import Task
from donna_core.ports.outbox import OutboxRow


def task(each: Task) -> records.TaskObject:
    """Return one task."""
    return records.TaskObject(
        id=each.id,
        number=each.number,
        title=each.title,
        description=each.description,
        domain=each.domain.value,
        priority=each.priority,
        base_priority=each.base_priority,
        priority_locked=each.priority_locked,
        status=each.status,
        duration_minutes=minutes(each.estimated_duration),
        start=each.scheduled_start,
        end=each.scheduled_end,
        deadline=each.deadline,
        deadline_type=each.deadline_type.value,
        pinned_start=each.pinned_start,
        snoozed_until=each.snoozed_until,
        actual_start=each.actual_start,
        completed_at=each.completed_at,
        recurrence=each.recurrence,
        recurrence_words=each.time_intent.recurrence_text,
        anchor=anchor(each.time_intent.anchor),
        dependencies=list(each.dependencies),
        parent_task=each.parent_task,
        tags=list(each.tags),
        notes=list(each.notes),
        prep_work=each.prep_work_instructions if each.prep_work_flag else None,
        agent_eligible=each.agent_eligible,
        reschedule_count=each.reschedule_count,
        nudge_count=each.nudge_count,
        created_at=each.created_at,
        created_via=each.created_via,
        version=each.version,
    )


def tasks(several: Iterable[Task]) -> list[records.TaskObject]:
    """Return each task."""
    return [task(each) for each in several]


def command(each: Command) -> records.CommandObject:
    """Return one command without what it changed."""
    return records.CommandObject(
        id=each.id,
        verb=each.verb,
        text=each.text,
        at=each.at,
        actor=each.actor.value,
        channel=each.channel,
        undone=each.undone,
    )


def step(each: Step) -> records.StepObject:
    """Return one transition."""
    return records.StepObject(
        origin=each.origin, target=each.target, trigger=each.trigger, at=each.at
    )


def delivery(row: OutboxRow) -> records.DeliveryObject:
    """Return one delivery."""
    message = row.delivery if isinstance(row.delivery, Message) else None
    return records.DeliveryObject(
        kind=message.kind if message else "calendar",
        state=row.state,
        subject=message.subject if message else row.delivery.key,
        not_before=row.not_before,
        sent_at=row.sent_at,
        note=row.note,
    )


def dollars(amount: Decimal) -> str:
    """Return dollars without an exponent and without needless zeros, two places at least."""
    whole, _, places = f"{amount:f}".partition(".")
    return f"{whole}.{places.rstrip('0').ljust(2, '0')}"
