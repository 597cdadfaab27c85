"""What Donna understood of a sentence."""

from datetime import datetime, timedelta

from attrs import field, frozen

from donna_core.domain.tasks.task import DeadlineType, Domain, TimeIntent


@frozen(kw_only=True)
class Span:
    """Characters ``[start, end)`` of the text and what they were taken for."""

    kind: str
    start: int
    end: int
    text: str


@frozen(kw_only=True)
class Reading:
    """One task as understood. Instants are aware UTC; ``confidence`` lies in [0, 1].

    ``start`` is set where the sentence fixes when the work happens (an appointment).
    ``duration`` is always an estimate to plan with; ``duration_stated`` says whose.
    ``remarks`` tell the person what was odd: an impossible date, a deadline in the past.
    ``alternatives`` are other instants the time words could mean, the likeliest first.
    """

    text: str
    title: str
    is_task: bool = True
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
    prep_work_flag: bool = False
    prep_work_instructions: str | None = None
    agent_eligible: bool = False
    confidence: float = 0.5
    remarks: tuple[str, ...] = ()
    alternatives: tuple[datetime, ...] = ()
    spans: tuple[Span, ...] = ()
