"""What Donna understood of a sentence."""

from datetime import datetime, timedelta
from enum import StrEnum

from attrs import field, frozen, resolve_types

from donna_core.domain.capture.spans import Span
from donna_core.domain.capture.times import TimeReading
from donna_core.domain.tasks.task import DeadlineType, Domain, TimeIntent


class Intent(StrEnum):
    """What a message wants."""

    TASK = "task"  # something to be kept
    TASK_QUERY = "task_query"  # an answer from the agenda
    TASK_ACTION = "task_action"  # a change to something in the agenda
    AUTOMATION = "automation"  # something Donna shall do by herself, again or on a condition
    QUESTION = "question"  # an answer from elsewhere
    PLANNING = "planning"  # an arrangement of a stretch of time
    CHAT = "chat"  # only talk


class ActionVerb(StrEnum):
    """What a message wants done to a task Donna has."""

    MOVE = "move"
    CANCEL = "cancel"
    DONE = "done"
    START = "start"
    EDIT = "edit"
    SNOOZE = "snooze"
    UNDO = "undo"


@frozen(kw_only=True)
class Slots:
    """What a message that is no task is about; ``when`` is the time it names, in UTC.

    ``target`` are the person's words for the task, ``verb`` is set for a task action.
    """

    verb: ActionVerb | None = None
    target: str | None = None
    list_name: str | None = None
    when: datetime | None = None


@frozen(kw_only=True)
class Reading:
    """One message as understood. Instants are aware UTC; ``confidence`` lies in [0, 1].

    ``tasks`` are the readings of the single tasks where the message holds several; the fields
    beside it then tell the first of them. Spans count in ``text`` of their own reading.
    ``start`` is set where the sentence fixes when the work happens (an appointment).
    ``duration`` is always an estimate to plan with; ``duration_stated`` says whose.
    ``remarks`` tell the person what was odd: an impossible date, a deadline in the past.
    ``alternatives`` are other instants the time words could mean, the likeliest first.
    ``entities`` are people, places, events, lists, amounts, addresses and the parts of times.
    ``rules`` are the names of the grammar's rules that fired, ``assumed`` what was taken for
    granted.
    """

    text: str
    title: str
    is_task: bool = True
    intent: Intent = Intent.TASK
    slots: Slots = field(factory=Slots)
    description: str | None = None
    domain: Domain = Domain.PERSONAL
    priority: int = 2
    deadline: datetime | None = None
    deadline_type: DeadlineType = DeadlineType.NONE
    start: datetime | None = None
    duration: timedelta = timedelta(hours=1)
    duration_stated: bool = False
    recurrence: str | None = None
    recurrence_text: str | None = None
    time_intent: TimeIntent = field(factory=TimeIntent)
    tags: tuple[str, ...] = ()
    contexts: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    place: str | None = None
    amounts: tuple[str, ...] = ()
    urls: tuple[str, ...] = ()
    prep_work_flag: bool = False
    prep_work_instructions: str | None = None
    agent_eligible: bool = False
    confidence: float = 0.5
    remarks: tuple[str, ...] = ()
    assumed: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    alternatives: tuple[datetime, ...] = ()
    times: tuple[TimeReading, ...] = ()
    entities: tuple[Span, ...] = ()
    spans: tuple[Span, ...] = ()
    tasks: tuple["Reading", ...] = ()


resolve_types(Reading)
