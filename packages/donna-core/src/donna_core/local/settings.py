"""The configuration: packaged defaults, overlaid by a folder of the owner's own files.

Each file of the folder may name only what differs; mappings are merged, lists are replaced.
Unknown files and keys, duplicate keys and ill-typed values are errors with file and line.
"""

from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, Strict, ValidationError

from donna_core.domain.errors import ConfigError
from donna_core.domain.tasks.machine import SideEffect, Trigger
from donna_core.domain.tasks.task import Domain, TaskStatus
from donna_core.local.model_settings import GatewayFile, ModelsFile, TaskTypesFile
from donna_core.local.planning_settings import NegotiationSection, PlanningSection
from donna_core.local.sections import (
    Dollars,
    Flag,
    Hour,
    HourOfDay,
    Minute,
    NotNegative,
    Percent,
    Positive,
    Priority,
    Section,
    Weekday,
    Whole,
)
from donna_core.local.yaml_source import Document, overlay, read_document

_REMEDY = "`donna config` lists every key"

Country = Annotated[str, Field(pattern="^[A-Z]{2}$")]
LanguageCode = Annotated[str, Field(pattern="^[a-z]{2}$")]


class CalendarSource(Section):
    """One calendar: an ``.ics`` file and whether Donna may write it."""

    calendar_id: str
    access: Literal["read_write", "read_only"]


class Scheduling(Section):
    """How slots are searched."""

    slot_step_minutes: Annotated[Whole, Field(ge=1, le=240)]
    search_horizon_days: Annotated[Whole, Field(ge=1, le=366)]
    lead_minutes: NotNegative
    smallest_piece_minutes: Positive


class WindowRow(Section):
    """One row of the table of time windows."""

    start_hour: Hour = 0
    end_hour: Hour = 24
    days: tuple[Weekday, ...] = (0, 1, 2, 3, 4, 5, 6)
    domains: tuple[Domain, ...] = ()
    enabled: Flag = True
    min_priority: Priority = 1
    keywords: tuple[str, ...] = ()


class PrioritySection(Section):
    """When priorities rise by themselves."""

    deadline_warning_days: Positive
    deadline_critical_days: Positive
    soft_rising_days: Positive
    soft_final_days: Positive
    workload_threshold_per_day: Positive
    escalation_after_reschedules: NotNegative
    flag_after_reschedules: Positive


class CalendarFile(Section):
    """calendar.yaml."""

    timezone: str
    day_first: Flag
    country: Country | None
    calendars: dict[str, CalendarSource]
    poll_minutes: Positive
    known_organizers: tuple[str, ...]
    scheduling: Scheduling
    time_windows: dict[str, WindowRow]
    priority: PrioritySection
    planning: PlanningSection
    negotiation: NegotiationSection


class Deduplication(Section):
    """The two thresholds between different, uncertain and the same."""

    merge_threshold: Percent
    distinct_threshold: Percent


class ComplexitySection(Section):
    """Where simple tasks end and complex ones begin."""

    simple_below_minutes: Positive
    complex_from_minutes: Positive
    verbs_of_many_steps: tuple[str, ...]


class CaptureFile(Section):
    """capture.yaml."""

    languages: Annotated[tuple[LanguageCode, ...], Field(min_length=1)]
    text_limit_characters: Positive
    review_below_confidence: Annotated[float, Strict(), Field(ge=0, le=1)]
    deduplication: Deduplication
    complexity: ComplexitySection


class EscalationSection(Section):
    """The waits of the ladder and its last tier."""

    tier1_wait_minutes: Positive
    tier2_wait_minutes: Positive
    tier3_wait_minutes: Positive
    busy_backoff_hours: Positive
    tier4_enabled: Flag
    tier4_priority_threshold: Priority
    tier4_max_per_day: NotNegative


class RateLimit(Section):
    """How many texts a day are bearable."""

    max_per_day: NotNegative


class SmsFile(Section):
    """sms.yaml."""

    rate_limit: RateLimit
    escalation: EscalationSection


class NotificationsFile(Section):
    """notifications.yaml."""

    reminder_minutes_before: NotNegative
    overdue_minutes_after: NotNegative
    request_minutes_after: Positive
    grace_minutes: Positive


class DigestSection(Section):
    """The times of the daily routines."""

    morning_hour: HourOfDay
    morning_minute: Minute
    eod_hour: HourOfDay
    eod_minute: Minute
    eod_weekdays_only: Flag
    recalculation_hour: HourOfDay
    recalculation_minute: Minute


class EmailFile(Section):
    """email.yaml."""

    digest: DigestSection


class TransitionRow(Section):
    """One row of the table of transitions; ``*`` stands for any state."""

    origin: TaskStatus | Literal["*"] = Field(alias="from")
    target: TaskStatus = Field(alias="to")
    trigger: Trigger
    side_effects: tuple[SideEffect, ...] = ()
    timeout_days: Positive | None = None


class ForbiddenRow(Section):
    """One move that must never be in the table."""

    origin: TaskStatus = Field(alias="from")
    target: TaskStatus | Literal["*"] = Field(alias="to")
    exceptions: tuple[TaskStatus, ...] = Field(default=(), alias="except")
    reason: str


class StatesFile(Section):
    """task_states.yaml."""

    states: tuple[TaskStatus, ...]
    initial_state: TaskStatus
    transitions: tuple[TransitionRow, ...]
    invalid_transitions: tuple[ForbiddenRow, ...]


class VaultSection(Section):
    """The folder of notes."""

    root: str
    ignore_globs: tuple[str, ...]
    local_only_globs: tuple[str, ...]
    write_folders: tuple[str, ...]
    autonomy: Literal["low", "medium", "high"]
    max_note_bytes: Positive


class EmbeddingSection(Section):
    """How texts become vectors."""

    provider: Annotated[str, Field(pattern=r"^(minilm-l6-v2|none|[a-zA-Z_][\w.]*:[a-zA-Z_]\w*)$")]
    weights: str


class RetrievalSection(Section):
    """The bounds of a search in memory."""

    default_k: Positive
    max_k: Positive
    min_score: Annotated[float, Strict(), Field(ge=0, le=1)]
    index: Literal["auto", "memory", "database"]


class NoteRow(Section):
    """When a note is written each day."""

    enabled: Flag
    hour: HourOfDay


class WeeklyNoteRow(Section):
    """When a note is written each week."""

    enabled: Flag
    day: Weekday
    hour: HourOfDay


class MeetingNoteRow(Section):
    """Whether a note is written after each meeting."""

    enabled: Flag


class NotesSection(Section):
    """The notes that Donna writes by herself."""

    daily_reflection: NoteRow
    commitment_log: NoteRow
    weekly_review: WeeklyNoteRow
    meeting_note: MeetingNoteRow
    person_profile: WeeklyNoteRow


class MemoryFile(Section):
    """memory.yaml."""

    vault: VaultSection
    notes: NotesSection
    embedding: EmbeddingSection
    retrieval: RetrievalSection


class RunSection(Section):
    """How long a run of a skill may take, and what it may cost."""

    step_seconds: Positive
    run_seconds: Positive
    cost_usd: Dollars


class WebSection(Section):
    """What tools that read the web may reach."""

    opened: tuple[str, ...]


class SkillsFile(Section):
    """skills.yaml."""

    runs: RunSection
    web: WebSection


class CapabilityRow(Section):
    """Something Donna can be asked to do, and what its skills may use for it."""

    description: str
    trigger: Literal["on_schedule", "on_message", "on_manual"] = "on_message"
    tools: tuple[str, ...] = ()


class CapabilitiesFile(Section):
    """capabilities.yaml."""

    capabilities: dict[str, CapabilityRow]


class Settings(Section):
    """Everything that can be configured, checked."""

    calendar: CalendarFile
    capture: CaptureFile
    sms: SmsFile
    notifications: NotificationsFile
    email: EmailFile
    task_states: StatesFile
    donna_models: ModelsFile
    task_types: TaskTypesFile
    llm_gateway: GatewayFile
    memory: MemoryFile
    skills: SkillsFile
    capabilities: CapabilitiesFile
    lexicon: dict[str, Any]


def load_settings(folder: Path | None = None) -> Settings:
    """Return the packaged defaults overlaid by the folder's files.

    Raise ``ConfigError`` for a folder that is missing, a file or key that is not known, a key
    that stands twice, or a value of the wrong kind.
    """
    documents = load_documents(folder)
    return Settings.model_construct(
        **{
            name: _checked(field.annotation, documents[name])
            for name, field in Settings.model_fields.items()
        }
    )


def load_documents(folder: Path | None = None) -> dict[str, Document]:
    """Return each configuration file as plain data with the place of every value."""
    defaults = defaults_folder()
    documents = {name: read_document(defaults / f"{name}.yaml") for name in Settings.model_fields}
    for path in _files_in(folder):
        if path.stem not in documents:
            known = ", ".join(f"{name}.yaml" for name in sorted(documents))
            raise ConfigError(
                "is no configuration file of Donna's", where=str(path), remedy=f"Known: {known}"
            )
        documents[path.stem] = _overlaid(documents[path.stem], path)
    return documents


def defaults_folder() -> Path:
    """Return the folder of the packaged defaults."""
    return Path(str(files("donna_core") / "defaults"))


def _files_in(folder: Path | None) -> list[Path]:
    if folder is None:
        return []
    if not folder.is_dir():
        raise ConfigError(
            "the configuration folder does not exist",
            where=str(folder),
            remedy="Create it, or name another with --config-dir or DONNA_CONFIG_DIR",
        )
    return sorted(each for each in folder.iterdir() if each.suffix in {".yaml", ".yml"})


def _overlaid(default: Document, path: Path) -> Document:
    """Return the default under the owner's file, whose keys have to be among the default's."""
    own = read_document(path)
    if isinstance(own.data, dict) and isinstance(default.data, dict):
        for key in own.data:
            if key not in default.data:
                problem = f"the key '{key}' is not known"
                raise ConfigError(problem, where=own.place((key,)), remedy=_REMEDY)
    return overlay(default, own)


def _checked(kind: Any, document: Document) -> Any:
    if not isinstance(kind, type) or not issubclass(kind, BaseModel):
        if not isinstance(document.data, dict):
            problem = f"is {document.data!r} and has to be a mapping"
            raise ConfigError(problem, where=document.place(()), remedy=_REMEDY)
        return document.data
    try:
        return kind.model_validate(document.data)
    except ValidationError as error:
        raise _named(error, document) from None


def _named(error: ValidationError, document: Document) -> ConfigError:
    """Return the first problem as a ``ConfigError`` at its file and line."""
    first = error.errors()[0]
    path = document.known_part(first["loc"])
    key = ".".join(str(part) for part in path) or "the whole file"
    if first["type"] == "extra_forbidden":
        problem = f"the key '{key}' is not known"
    elif first["type"] == "missing":
        problem = f"the key '{'.'.join(str(part) for part in first['loc'])}' is missing"
    else:
        problem = f"'{key}' is {first.get('input')!r}: {first['msg'].lower()}"
    return ConfigError(problem, where=document.place(path), remedy=_REMEDY)
