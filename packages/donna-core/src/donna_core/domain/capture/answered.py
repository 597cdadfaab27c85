"""What a model read in a message, put over what the rules read in it.

A model answers in few words and in the person's own time: ``intent``, ``confidence`` and
``tasks``, each with ``title`` and what else the message says of it. The rules have read the same
message; people, places and the spans of words stay theirs.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from attrs import evolve

from donna_core.domain.capture.reading import Intent, Reading
from donna_core.domain.errors import InvalidInput
from donna_core.domain.tasks.task import DeadlineType, Domain, IntentKind, Strictness, TimeIntent
from donna_core.domain.timing.recurrence import Recurrence
from donna_core.domain.timing.zones import instant_at

_LAST_MINUTE = time(23, 59)


class UnusableAnswer(InvalidInput):
    """An answer has the right shape and says something that cannot be."""

    def __init__(self, field: str, *, problem: str) -> None:
        self.field, self.problem = field, problem
        super().__init__(f"The answer's {field} cannot be used: {problem}. Ask once more.")


def answered(answer: Mapping[str, Any], *, rules: Reading, zone: ZoneInfo) -> Reading:
    """Return the reading of the rules with what the answer says in its place.

    Raise ``UnusableAnswer`` for a time that does not exist or a rule that cannot be followed.
    """
    intent, confidence = Intent(answer["intent"]), float(answer["confidence"])
    told: Sequence[Mapping[str, Any]] = answer["tasks"]
    if intent is Intent.TASK and not told:
        raise UnusableAnswer("tasks", problem="the intent is a task, and none is listed")
    if intent is not Intent.TASK:
        return evolve(rules, intent=intent, is_task=False, confidence=confidence, tasks=())
    bases = rules.tasks if len(rules.tasks) == len(told) else (rules,) * len(told)
    tasks = [
        evolve(_task(each, base=base, zone=zone), confidence=confidence)
        for each, base in zip(told, bases, strict=True)
    ]
    whole = evolve(
        tasks[0],
        text=rules.text,
        spans=rules.spans,
        entities=rules.entities,
        times=rules.times,
        people=rules.people,
        place=rules.place,
        amounts=rules.amounts,
        urls=rules.urls,
        remarks=rules.remarks,
    )
    return evolve(whole, tasks=tuple(tasks)) if len(tasks) > 1 else whole


def _task(told: Mapping[str, Any], *, base: Reading, zone: ZoneInfo) -> Reading:
    deadline = _deadline(told.get("deadline"), zone)
    start = _instant("scheduled_start", told.get("scheduled_start"), zone)
    recurrence = _rule(told.get("recurrence"))
    minutes = told.get("duration_minutes")
    firmness = DeadlineType(told.get("deadline_type") or "soft")
    instructions = told.get("prep_work_instructions")
    return evolve(
        base,
        intent=Intent.TASK,
        is_task=True,
        title=told["title"].strip(),
        description=told.get("description"),
        domain=Domain(told.get("domain") or base.domain),
        priority=told.get("priority") or base.priority,
        deadline=deadline,
        deadline_type=DeadlineType.NONE if deadline is None else firmness,
        start=start,
        duration=timedelta(minutes=minutes) if minutes else base.duration,
        duration_stated=bool(minutes) or base.duration_stated,
        recurrence=recurrence,
        recurrence_text=Recurrence.parse(recurrence).describe() if recurrence else None,
        time_intent=_time_intent(base, start=start, deadline=deadline, recurrence=recurrence),
        tags=tuple(told.get("tags") or base.tags),
        prep_work_flag=bool(instructions),
        prep_work_instructions=instructions,
        agent_eligible=told.get("agent_eligible", base.agent_eligible),
        alternatives=(),
        tasks=(),
    )


def _time_intent(
    base: Reading, *, start: datetime | None, deadline: datetime | None, recurrence: str | None
) -> TimeIntent:
    """Return when the work is wanted; what the rules read stands where the times are the same."""
    if (base.start, base.deadline, base.recurrence) == (start, deadline, recurrence):
        return base.time_intent
    if recurrence is not None:
        return TimeIntent(
            kind=IntentKind.RECURRING,
            recurrence=recurrence,
            recurrence_text=Recurrence.parse(recurrence).describe(),
        )
    if start is not None:
        kind, strictness = IntentKind.EXACT, Strictness.HARD
        return TimeIntent(kind=kind, strictness=strictness, due_at=start, latest=deadline)
    if deadline is not None:
        return TimeIntent(kind=IntentKind.CONSTRAINED, due_at=deadline, latest=deadline)
    return TimeIntent()


def _deadline(told: str | None, zone: ZoneInfo) -> datetime | None:
    """Return the last instant allowed; a day lasts until 23:59 of its local clock."""
    if told is None or len(told) > len("2026-01-01"):
        return _instant("deadline", told, zone)
    try:
        return instant_at(date.fromisoformat(told), _LAST_MINUTE, zone)
    except (ValueError, OverflowError) as error:
        raise UnusableAnswer("deadline", problem=f"{told!r} is no day ({error})") from error


def _instant(field: str, told: str | None, zone: ZoneInfo) -> datetime | None:
    """Return the instant of a local time; one with an offset is taken at its word."""
    if told is None:
        return None
    try:
        wall = datetime.fromisoformat(told)
        if wall.tzinfo is None:
            return instant_at(wall.date(), wall.time(), zone)
        return wall.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise UnusableAnswer(field, problem=f"{told!r} is no time ({error})") from error


def _rule(told: str | None) -> str | None:
    if told is None:
        return None
    try:
        Recurrence.parse(told)
    except InvalidInput as error:
        raise UnusableAnswer("recurrence", problem=str(error)) from error
    return told
