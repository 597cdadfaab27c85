"""What ``--json`` prints: the models of the wire, kept apart from the domain's classes.

Instants are ISO 8601 in UTC, durations are minutes, fields without a value are ``null``.
The times of a reading alone are local to its zone, as they were said. Fields may be added; none
is renamed or taken away within a major version.
"""

from datetime import date
from typing import Any, Literal

from pydantic import Field

from donna_cli.schema_accounts import HistoryObject, PromisesObject, RestoredObject
from donna_cli.schema_reading import ReadingObject
from donna_cli.schema_records import CommandObject, DeliveryObject, StepObject, TaskObject
from donna_cli.wire_object import Instant, Wire


class ReasonObject(Wire):
    """One reason: a code and its facts for machines, words for people."""

    code: str
    facts: dict[str, Any]
    words: str


class OfferObject(Wire):
    """A place Donna could give a task; ``number`` is what ``donna accept`` takes."""

    number: int
    start: Instant
    end: Instant
    gives_up: ReasonObject


class ExplanationObject(Wire):
    """Why a task is where it is (placement), before what (anchor), what it is, or like which."""

    task_id: str
    topic: Literal["placement", "anchor", "priority", "duplicate", "complexity", "load", "length"]
    reasons: list[ReasonObject]
    words: str
    offers: list[OfferObject]


class PursuitObject(Wire):
    """A task Donna waits for an answer about; ``ref`` is the code that acknowledges it."""

    task_id: str
    ref: str
    tier: int
    status: str
    next_at: Instant


class AllowanceObject(Wire):
    """A raise of a budget; ``amount`` is dollars, below nothing where one is taken back."""

    at: Instant
    scope: str
    name: str
    amount: str
    approved_by: str


class ReceiptObject(Wire):
    """What a command did. With ``dry_run`` nothing of it was kept.

    ``removed`` are ids of tasks that are gone, ``took_back`` is the verb an undo took back.
    ``problems`` are calendars that could not be read and deliveries that wait for a retry.
    """

    verb: str
    outcome: str
    command_id: str | None
    dry_run: bool
    tasks: list[TaskObject]
    removed: list[str]
    reading: ReadingObject | None
    duplicate_of: TaskObject | None
    related: list[TaskObject]
    explanations: list[ExplanationObject]
    pursuits: list[PursuitObject]
    quiet_until: Instant | None
    allowances: list[AllowanceObject]
    took_back: str | None
    problems: list[str]
    undo: str | None


class TaskListObject(Wire):
    """Tasks by number; for ``next`` the most pressing first, with a reason each in ``why``."""

    tasks: list[TaskObject]
    why: list[str] = Field(default_factory=list)


class NowObject(Wire):
    """What matters at the instant ``at``."""

    at: Instant
    zone: str
    current: list[TaskObject]
    next: list[TaskObject]
    overdue: list[TaskObject]
    unplanned: list[TaskObject]
    waiting_for_answer: list[PursuitObject]
    quiet_until: Instant | None


class ContactObject(Wire):
    """When messages may go out: ordinary ones, and those of priority 5."""

    at: Instant
    ordinary_from: Instant
    urgent_from: Instant
    quiet_until: Instant | None


class EventObject(Wire):
    """One occurrence in a calendar of the person's own."""

    title: str
    calendar: str
    start: Instant
    end: Instant
    busy: bool


class DayObject(Wire):
    """One local day of the zone."""

    day: date
    zone: str
    tasks: list[TaskObject]
    events: list[EventObject]
    due: list[TaskObject]
    completed: list[TaskObject]
    problems: list[str]


class EntryObject(Wire):
    """One task or event on a day of the week."""

    kind: Literal["task", "event"]
    title: str
    start: Instant
    end: Instant
    task_id: str | None
    priority: int | None
    status: str | None


class WeekDayObject(Wire):
    """One local day and what lies on it."""

    day: date
    entries: list[EntryObject]


class WeekObject(Wire):
    """Seven local days from Monday on."""

    zone: str
    days: list[WeekDayObject]
    problems: list[str]


class JobObject(Wire):
    """An act that waits for its instant."""

    kind: str
    run_at: Instant
    state: str


class WhyObject(Wire):
    """Why one task stands where it stands; ``expected`` says how long such work takes."""

    task: TaskObject
    expected: list[str]
    explanations: list[ExplanationObject]
    offers: list[OfferObject]
    commands: list[CommandObject]
    steps: list[StepObject]


class TaskViewObject(WhyObject):
    """Everything that is known about one task."""

    dependencies: list[TaskObject]
    waiting: list[TaskObject]
    jobs: list[JobObject]
    deliveries: list[DeliveryObject]
    pursuit: PursuitObject | None


class DigestObject(Wire):
    """A digest as it would be sent."""

    subject: str
    body: str


class CheckObject(Wire):
    """One check of ``donna doctor``; where it is not ``ok`` it names the cause and the fix."""

    name: str
    ok: bool
    found: str
    remedy: str | None


class DoctorObject(Wire):
    """The checks in their order; ``ok`` when all of them are."""

    ok: bool
    checks: list[CheckObject]


class PlacementObject(Wire):
    """A stretch of work in a plan; without ``bound_by``, all of it, it had a better place."""

    task_id: str
    title: str
    start: Instant
    end: Instant
    reason: str
    bound_by: list[ReasonObject]


class UnplacedObject(Wire):
    """A task that found no room in a plan, why, and the places that would each cost one thing.

    Once the plan is applied, ``donna accept`` takes their numbers.
    """

    task_id: str
    reason: str
    would_help: list[OfferObject]


class PlanObject(Wire):
    """A proposed plan. No plan costs less than ``bound``.

    ``gap`` is (objective - bound) / objective.
    Costs are twelfths of a quarter of an hour of delay of a task of weight 1.
    """

    placements: list[PlacementObject]
    unplaced: list[UnplacedObject]
    objective: int
    bound: int
    gap: float
    seconds: float


class TurnObject(Wire):
    """A task as it is (``before``) and as it would be (``after``); ``null`` where there is none."""

    before: TaskObject | None
    after: TaskObject | None


class BranchObject(Wire):
    """What would follow from a supposition: changes, ids of late tasks, the cost of the days."""

    supposed: str
    changes: list[TurnObject]
    late: list[str]
    unplaced: list[UnplacedObject]
    cost_before: int
    cost_after: int


class SettingObject(Wire):
    """One key of the configuration; ``where`` is the file and line its value comes from."""

    key: str
    value: Any
    where: str
    overlaid: bool


class ConfigObject(Wire):
    """The configuration; ``folder`` is where overlays are kept, whether it exists or not."""

    folder: str
    settings: list[SettingObject]


class VersionObject(Wire):
    """What runs here."""

    donna: str
    python: str
    sqlite: str


class ErrorObject(Wire):
    """What went wrong, on stderr; ``error`` is the name of its kind.

    ``parse --jsonl`` puts it in place of a reading, with the line it stands for.
    """

    error: str
    message: str
    exit_code: int
    line: int | None = None


PRINTED_BY: dict[str, type[Wire]] = {
    "every command that changes something": ReceiptObject,
    "donna": NowObject,
    "donna parse": ReadingObject,
    "donna list, donna next": TaskListObject,
    "donna promises": PromisesObject,
    "donna history": HistoryObject,
    "donna today": DayObject,
    "donna week": WeekObject,
    "donna plan week": PlanObject,
    "donna what-if": BranchObject,
    "donna show": TaskViewObject,
    "donna why": WhyObject,
    "donna digest": DigestObject,
    "donna quiet without a time": ContactObject,
    "donna restore": RestoredObject,
    "donna doctor": DoctorObject,
    "donna config": ConfigObject,
    "donna config get, donna config set": SettingObject,
    "donna version": VersionObject,
    "any command that fails": ErrorObject,
}
