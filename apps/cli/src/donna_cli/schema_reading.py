"""What ``--json`` prints of a reading: what Donna understands of a message."""

from typing import Literal

from pydantic import Field

from donna_cli.wire_object import Instant, LocalTime, Wire


class SpanObject(Wire):
    """Characters ``[start, end)`` of the text and what they were taken for."""

    kind: str
    start: int
    end: int
    text: str


class TimeObject(Wire):
    """One time phrase; ``span`` counts characters of the text, ``[start, end)``.

    ``kind`` tells which fields count: ``start`` for an instant and a date, ``end`` too for a
    range, ``duration_s`` for a duration and for what counts from now, ``rrule`` for a recurrence:
    the parts of RFC 5545, with DTSTART and EXDATE among them where the words say so. ``role``
    tells what it says about the task: on, by, before, after, lasting, repeating. A date starts at
    its midnight; ``grain`` is how fine the time is.
    """

    span: list[int] = Field(min_length=2, max_length=2)
    text: str
    kind: Literal["instant", "date", "range", "duration", "recurrence", "constraint"]
    role: str
    start: LocalTime | None
    end: LocalTime | None
    grain: str
    rrule: str | None
    duration_s: float | None
    alternatives: list[LocalTime]


class SlotsObject(Wire):
    """What a message that is no task is about: which task, what to do with it, and when."""

    verb: Literal["move", "cancel", "done", "start", "edit", "snooze", "undo"] | None
    target: str | None
    list_name: str | None
    when: LocalTime | None


class AnchorObject(Wire):
    """Something else that a time hangs on: so long before or after an event.

    ``event`` are the person's words for it; ``title``, ``start`` and ``end`` are those of the
    event it was found to be, ``null`` while the anchor is open.
    """

    side: Literal["before", "after"]
    event: str
    offset_minutes: float
    title: str | None
    start: Instant | None
    end: Instant | None


class ReadingObject(Wire):
    """What Donna understands of a message. Its times are local to ``zone``, without an offset.

    ``duration_minutes`` is what the words say, ``estimated_minutes`` what is planned with.
    ``tasks`` holds the readings of the single tasks of a message with several, and is empty for
    one; the fields beside it tell the first of them, ``times`` and ``entities`` those of the
    whole text. ``confidence`` is the probability that the reading is right. ``assumed`` tells
    what was taken for granted, ``rules`` which rules of the grammar fired.
    """

    text: str
    zone: str
    intent: Literal[
        "task", "task_query", "task_action", "automation", "question", "planning", "chat"
    ]
    slots: SlotsObject
    title: str
    description: str | None
    times: list[TimeObject]
    time_intent: Literal["exact", "window", "constrained", "recurring", "none"]
    strictness: str
    earliest: LocalTime | None
    latest: LocalTime | None
    weekdays: list[int]
    time_of_day: str | None
    anchor: AnchorObject | None
    deadline: LocalTime | None
    deadline_type: Literal["hard", "soft", "none"]
    scheduled_start: LocalTime | None
    duration_minutes: float | None
    estimated_minutes: float
    recurrence: str | None
    recurrence_words: str | None
    domain: Literal["personal", "work", "family"]
    priority: int = Field(ge=1, le=5)
    tags: list[str]
    contexts: list[str]
    people: list[str]
    place: str | None
    amounts: list[str]
    urls: list[str]
    prep_work_flag: bool
    prep_work: str | None
    agent_eligible: bool
    confidence: float = Field(ge=0, le=1)
    assumed: list[str]
    remarks: list[str]
    alternatives: list[LocalTime]
    entities: list[SpanObject]
    spans: list[SpanObject]
    rules: list[str]
    tasks: list["ReadingObject"]
