"""Why a task stands where it stands: codes and facts that a machine can check and a person read.

Every placement, priority and verdict carries its reasons as values. ``say`` turns one into a
clause that begins with its conjunction, so that a face only has to join them.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from enum import Enum, StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from attrs import field, frozen

from donna_core.domain.followup.phrasing import WEEKDAYS, clock, length, short_day
from donna_core.domain.timing.zones import local


class ReasonCode(StrEnum):
    """The kinds of reasons; the comment behind each names its facts."""

    EARLIEST_FREE = "earliest_free"  # start, duration
    PINNED = "pinned"  # start
    ASKED_FOR = "asked_for"  # none
    WINDOW = "window"  # domain, opens
    STRETCH_TAKEN = "stretch_taken"  # opens, closes, labels
    BUSY_BEFORE = "busy_before"  # label, source, task_id, starts, until
    DEPENDENCY = "dependency"  # label, until
    SNOOZED = "snoozed"  # until
    LEAD_TIME = "lead_time"  # lead, until
    INTENT = "intent"  # wish
    DEADLINE = "deadline"  # deadline, deadline_type
    DEADLINE_MISSED = "deadline_missed"  # deadline, deadline_type
    INTENT_RELAXED = "intent_relaxed"  # wish
    OUTSIDE_WINDOWS = "outside_windows"  # domain
    CONFLICT = "conflict"  # label, source, task_id, starts, until
    DEPENDENCY_OPEN = "dependency_open"  # label, until
    BLACKOUT = "blackout"  # start
    PIN_PASSED = "pin_passed"  # start, earliest
    NO_TIME_BEFORE_DEADLINE = "no_time_before_deadline"  # duration, deadline
    NO_TIME_IN_HORIZON = "no_time_in_horizon"  # duration, until
    INTENT_UNMET = "intent_unmet"  # wish
    SHORTER = "shorter"  # duration, wanted
    DOUBLE_BOOKED = "double_booked"  # label, source, task_id, starts, until, priority
    CALENDAR_UNREADABLE = "calendar_unreadable"  # calendar
    PRESENT = "present"  # start
    DAILY_CAP = "daily_cap"  # start, duration
    PLANNED = "planned"  # start, duration
    KEPT = "kept"  # start
    STARTED = "started"  # start
    NEEDED_UNPLACED = "needed_unplaced"  # label, task_id
    CROWDED_OUT = "crowded_out"  # duration, until
    LATER = "later"  # start, until
    MADE_WAY = "made_way"  # label, title, number
    RAN_OVER = "ran_over"  # label, until
    TIME_OVER = "time_over"  # until
    TIME_HAS_COME = "time_has_come"  # start
    PLANNED_FOR = "planned_for"  # start
    NO_PLACE = "no_place"  # priority
    OVERLOADED = "overloaded"  # wanted, duration, deadline

    ANCHORED = "anchored"  # label, source, starts, until, event, side
    ANCHOR_OPEN = "anchor_open"  # event, side
    ANCHOR_AWAITED = "anchor_awaited"  # event, side

    LOOKS_LIKE = "looks_like"  # title, number
    MERGED = "merged"  # title, number

    BASE = "base"  # priority
    LOCKED = "locked"  # priority
    DEADLINE_NEAR = "deadline_near"  # deadline, deadline_type, days, priority
    CROWDED_DAY = "crowded_day"  # tasks, reschedules, priority
    OFTEN_RESCHEDULED = "often_rescheduled"  # reschedules
    WAITED_ON = "waited_on"  # label, task_id, priority
    FAMILY = "family"  # priority

    SHORT_AND_ALONE = "short_and_alone"  # duration
    MODERATE = "moderate"  # duration
    HAS_DEPENDENCIES = "has_dependencies"  # dependencies, duration
    LONG = "long"  # duration
    USUAL_LENGTH = "usual_length"  # duration, tasks
    MANY_STEPS = "many_steps"  # word, duration


def _plain_facts(facts: Mapping[str, Any]) -> Mapping[str, Any]:
    return {name: _plain(value) for name, value in facts.items()}


def _plain(value: Any) -> Any:
    """Return the value as JSON knows it."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Mapping):
        return {str(name): _plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return value


@frozen(kw_only=True)
class Reason:
    """One reason. ``facts`` holds JSON-ready values, whatever it was made of.

    Instants become ISO 8601 texts in UTC, durations seconds, so that a reason that was stored
    equals the one that was made; ``instant`` and ``duration`` read them back. Equal reasons
    have equal codes and facts; the hash is the code's alone, since facts may hold lists.
    """

    code: ReasonCode
    facts: Mapping[str, Any] = field(factory=dict, converter=_plain_facts, hash=False)

    @classmethod
    def of(cls, code: ReasonCode, **facts: Any) -> "Reason":
        """Return the reason with these facts."""
        return cls(code=code, facts=facts)

    def instant(self, fact: str) -> datetime:
        """Return the fact as an instant."""
        return datetime.fromisoformat(self.facts[fact])

    def duration(self, fact: str) -> timedelta:
        """Return the fact as a duration."""
        return timedelta(seconds=self.facts[fact])


_CLAUSES: Mapping[ReasonCode, str] = {
    ReasonCode.EARLIEST_FREE: "because it is the first free {duration}",
    ReasonCode.PINNED: "because you asked for {start}",
    ReasonCode.ASKED_FOR: "because you asked for this time",
    ReasonCode.WINDOW: "because time for {domain} tasks begins {opens}",
    ReasonCode.STRETCH_TAKEN: "because {labels} leave no room from {opens} to {closes}",
    ReasonCode.BUSY_BEFORE: "because '{label}' lasts until {until}",
    ReasonCode.DEPENDENCY: "because '{label}' comes first and ends {until}",
    ReasonCode.SNOOZED: "because it is snoozed until {until}",
    ReasonCode.LEAD_TIME: "because it needs {lead} of notice",
    ReasonCode.INTENT: "because you asked for {wish}",
    ReasonCode.DEADLINE: "because the deadline is {deadline}",
    ReasonCode.DEADLINE_MISSED: "although that misses the {deadline_type} deadline {deadline}",
    ReasonCode.INTENT_RELAXED: "although you asked for {wish}",
    ReasonCode.OUTSIDE_WINDOWS: "although that is outside the usual hours for {domain} tasks",
    ReasonCode.CONFLICT: "although it overlaps '{label}' ({starts} to {until})",
    ReasonCode.DEPENDENCY_OPEN: "although '{label}' comes first and ends only {until}",
    ReasonCode.BLACKOUT: "because a start {start} reaches into the blackout",
    ReasonCode.PIN_PASSED: "because {start} is earlier than {earliest}",
    ReasonCode.NO_TIME_BEFORE_DEADLINE: "because there is no free {duration} before {deadline}",
    ReasonCode.NO_TIME_IN_HORIZON: "because there is no free {duration} until {until}",
    ReasonCode.INTENT_UNMET: "because nothing is free in what you asked for: {wish}",
    ReasonCode.SHORTER: "although only {duration} of {wanted} fit",
    ReasonCode.DOUBLE_BOOKED: "although '{label}' (priority {priority}) would have to move",
    ReasonCode.CALENDAR_UNREADABLE: "because calendar '{calendar}' cannot be read",
    ReasonCode.ANCHORED: "because it belongs {side} '{label}' ({starts} to {until})",
    ReasonCode.ANCHOR_OPEN: "although no '{event}' is in sight yet",
    ReasonCode.ANCHOR_AWAITED: "because it waits for '{event}', which is not in sight yet",
    ReasonCode.PRESENT: "because nothing begins before {start}",
    ReasonCode.DAILY_CAP: "because a day holds no more than {duration} of tasks",
    ReasonCode.PLANNED: "because it does the most good there",
    ReasonCode.KEPT: "because it stays where it was",
    ReasonCode.STARTED: "because it is under way since {start}",
    ReasonCode.NEEDED_UNPLACED: "because '{label}' comes first and has no place",
    ReasonCode.CROWDED_OUT: "because other tasks need the time until {until} more",
    ReasonCode.LATER: "although that is only after {until}",
    ReasonCode.MADE_WAY: "because it made way for '{label}'",
    ReasonCode.TIME_OVER: "because its time was over {until}",
    ReasonCode.TIME_HAS_COME: "because its time has come ({start})",
    ReasonCode.PLANNED_FOR: "because it is planned for {start}",
    ReasonCode.NO_PLACE: "because it has priority {priority} and no place yet",
    ReasonCode.USUAL_LENGTH: "because {tasks} tasks of its kind took about {duration}",
    ReasonCode.OVERLOADED: "although {wanted} of work are due by {deadline}, with {duration} free",
    ReasonCode.RAN_OVER: "because '{label}' takes longer, until {until}",
    ReasonCode.LOOKS_LIKE: "because it reads like #{number} '{title}'",
    ReasonCode.MERGED: "because #{number} '{title}' was the same task",
    ReasonCode.BASE: "because {priority} is the priority it was given",
    ReasonCode.LOCKED: "because you fixed the priority at {priority}",
    ReasonCode.DEADLINE_NEAR: "because the {deadline_type} deadline is {deadline}",
    ReasonCode.CROWDED_DAY: "because its day holds {tasks} tasks and it moved {reschedules} times",
    ReasonCode.OFTEN_RESCHEDULED: "because it was rescheduled {reschedules} times",
    ReasonCode.WAITED_ON: "because '{label}' (priority {priority}) waits on it",
    ReasonCode.FAMILY: "because family tasks keep the priority {priority} they once have",
    ReasonCode.SHORT_AND_ALONE: "because it takes {duration} and depends on nothing",
    ReasonCode.MODERATE: "because it takes {duration}",
    ReasonCode.HAS_DEPENDENCIES: "because it takes {duration} and depends on {dependencies} more",
    ReasonCode.LONG: "because it takes {duration}",
    ReasonCode.MANY_STEPS: "because '{word}' usually means several steps",
}

_INSTANTS = frozenset({"start", "starts", "until", "opens", "closes", "deadline", "earliest"})
_DURATIONS = frozenset({"duration", "wanted", "lead"})
_LABELS_SHOWN = 3


def say(reason: Reason, *, zone: ZoneInfo) -> str:
    """Return the reason as one short clause, its instants as the zone's clocks show them."""
    spoken = {name: _spoken(name, value, zone) for name, value in reason.facts.items()}
    return _CLAUSES[reason.code].format_map(spoken)


def say_all(reasons: Iterable[Reason], *, zone: ZoneInfo) -> str:
    """Return the clauses as one phrase: first what speaks for it, then what speaks against it."""
    clauses = dict.fromkeys(say(reason, zone=zone) for reason in reasons)
    parts = []
    for conjunction in ("because ", "although "):
        tails = [
            clause.removeprefix(conjunction) for clause in clauses if clause.startswith(conjunction)
        ]
        if tails:
            parts.append(conjunction + _listed(tails))
    return ", ".join(parts)


def _spoken(name: str, value: Any, zone: ZoneInfo) -> str:
    if name in _INSTANTS and value is not None:
        return _moment(datetime.fromisoformat(value), zone)
    if name in _DURATIONS:
        return length(timedelta(seconds=value))
    if name == "labels":
        shown = [f"'{label}'" for label in value[:_LABELS_SHOWN]]
        return _listed(shown + [f"{len(value) - _LABELS_SHOWN} more"] * bool(value[_LABELS_SHOWN:]))
    if name == "wish":
        return _wish(value, zone)
    return str(value)


def _moment(instant: datetime, zone: ZoneInfo) -> str:
    """Return an instant such as ``Fri 20 Nov 17:00``."""
    return f"{short_day(local(instant, zone).date())} {clock(instant, zone=zone)}"


def _wish(wish: Mapping[str, Any], zone: ZoneInfo) -> str:
    """Return the times a person asked for, such as ``Sat or Sun, morning``."""
    parts = [
        " or ".join(WEEKDAYS[weekday][:3] for weekday in wish["weekdays"]),
        wish["time_of_day"] or "",
        f"not before {_moment(datetime.fromisoformat(wish['earliest']), zone)}"
        if wish["earliest"]
        else "",
        f"done by {_moment(datetime.fromisoformat(wish['latest']), zone)}"
        if wish["latest"]
        else "",
    ]
    return ", ".join(filter(None, parts))


def _listed(items: list[str]) -> str:
    """Return ``a, b and c``."""
    return " and ".join([", ".join(items[:-1]), items[-1]] if len(items) > 1 else items)
