"""From a reading to the wire."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from donna_cli import schema_reading
from donna_core.domain.capture.reading import Reading, Slots
from donna_core.domain.capture.spans import Span
from donna_core.domain.capture.times import TimeReading
from donna_core.domain.tasks.task import Anchor


def reading(each: Reading, zone: ZoneInfo) -> schema_reading.ReadingObject:
    """Return what was understood of a message, its times on the clocks of the zone."""
    intent = each.time_intent
    return schema_reading.ReadingObject(
        text=each.text,
        zone=zone.key,
        intent=each.intent.value,
        slots=_slots(each.slots, zone),
        title=each.title,
        description=each.description,
        times=[_time(time, zone) for time in each.times],
        time_intent=intent.kind.value,
        strictness=intent.strictness,
        earliest=_local(intent.earliest, zone),
        latest=_local(intent.latest, zone),
        weekdays=list(intent.weekdays),
        time_of_day=intent.time_of_day,
        anchor=anchor(intent.anchor),
        deadline=_local(each.deadline, zone),
        deadline_type=each.deadline_type.value,
        scheduled_start=_local(each.start, zone),
        duration_minutes=minutes(each.duration) if each.duration_stated else None,
        estimated_minutes=minutes(each.duration),
        recurrence=each.recurrence,
        recurrence_words=each.recurrence_text,
        domain=each.domain.value,
        priority=each.priority,
        tags=list(each.tags),
        contexts=list(each.contexts),
        people=list(each.people),
        place=each.place,
        amounts=list(each.amounts),
        urls=list(each.urls),
        prep_work_flag=each.prep_work_flag,
        prep_work=each.prep_work_instructions if each.prep_work_flag else None,
        agent_eligible=each.agent_eligible,
        confidence=each.confidence,
        assumed=list(each.assumed),
        remarks=list(each.remarks),
        alternatives=_locals(each.alternatives, zone),
        entities=_spans(each.entities),
        spans=_spans(each.spans),
        rules=list(each.rules),
        tasks=[reading(task, zone) for task in each.tasks],
    )


def anchor(each: Anchor | None) -> schema_reading.AnchorObject | None:
    """Return what a time hangs on."""
    if each is None:
        return None
    return schema_reading.AnchorObject(
        side=each.side.value,
        event=each.event,
        offset_minutes=minutes(each.offset),
        title=each.met.title if each.met else None,
        start=each.met.start if each.met else None,
        end=each.met.end if each.met else None,
    )


def _slots(each: Slots, zone: ZoneInfo) -> schema_reading.SlotsObject:
    return schema_reading.SlotsObject(
        verb=each.verb.value if each.verb else None,
        target=each.target,
        list_name=each.list_name,
        when=_local(each.when, zone),
    )


def _time(each: TimeReading, zone: ZoneInfo) -> schema_reading.TimeObject:
    return schema_reading.TimeObject(
        span=[each.span.start, each.span.end],
        text=each.span.text,
        kind=each.kind.value,
        role=each.role.value,
        start=_local(each.start, zone),
        end=_local(each.end, zone),
        grain=each.grain.value,
        rrule=each.rrule,
        duration_s=each.duration.total_seconds() if each.duration is not None else None,
        alternatives=_locals(each.alternatives, zone),
    )


def _spans(spans: Iterable[Span]) -> list[schema_reading.SpanObject]:
    return [
        schema_reading.SpanObject(kind=span.kind, start=span.start, end=span.end, text=span.text)
        for span in spans
    ]


def _locals(instants: Iterable[datetime], zone: ZoneInfo) -> list[str]:
    return [_wall(instant, zone) for instant in instants]


def _local(instant: datetime | None, zone: ZoneInfo) -> str | None:
    return None if instant is None else _wall(instant, zone)


def _wall(instant: datetime, zone: ZoneInfo) -> str:
    return instant.astimezone(zone).replace(tzinfo=None).isoformat(timespec="seconds")


def minutes(duration: timedelta) -> float:
    """Return a duration as the wire has it."""
    return duration / timedelta(minutes=1)
