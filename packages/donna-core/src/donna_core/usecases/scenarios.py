"""What a person wonders about, from words: a day off, a new task, a meeting or a deadline moved."""

import re
from datetime import datetime, timedelta
from enum import StrEnum

from attrs import frozen

from donna_core.domain.capture.reading import Reading
from donna_core.domain.errors import InvalidInput
from donna_core.domain.planning.calendar_events import CalendarEvent
from donna_core.domain.timing.interval import Interval
from donna_core.domain.timing.zones import instant_at, local, local_day
from donna_core.ports.unit_of_work import Stores
from donna_core.usecases.capture import read
from donna_core.usecases.moment import UnclearTime, understand_deadline, understand_moment
from donna_core.usecases.runtime import Runtime

_OFF = re.compile(
    r"(?i)^(?:i(?:'m| am| was)? )?(?:off|away|out|busy|no time|vacation)\s+(?P<when>.+)$"
)
_DROP = re.compile(r"(?i)^(?:drop|without|cancel)\s+(?P<task>.+)$")
_DUE = re.compile(
    r"(?i)^(?:deadline\s+)?(?P<task>#?\d+|.+?)\s+(?:is\s+)?(?:due|by)\s+(?P<when>.+)$"
)
_MEETING = re.compile(
    r"(?i)^(?:meeting|event)\s+(?P<title>.+?)\s+(?:moved\s+|moves\s+)?(?:to|at)\s+(?P<when>.+)$"
)
_RANGE = re.compile(r"(?i)^(?:from\s+)?(?P<first>.+?)\s+(?:to|until|till|through)\s+(?P<last>.+)$")
_PART = re.compile(r"(?i)\b(?P<part>[a-z]+)$")
_TASK = re.compile(r"#?\d+")


class NoSuchEvent(InvalidInput):
    """No event ahead has these words in its title."""

    def __init__(self, title: str) -> None:
        self.title = title
        super().__init__(f"No event ahead is called '{title}'. `donna week` lists them.")


class Kind(StrEnum):
    """What is supposed."""

    OFF = "off"
    ADD = "add"
    DROP = "drop"
    MOVE = "move"
    DUE = "due"
    MEETING = "meeting"


@frozen(kw_only=True)
class Scenario:
    """One supposition. ``task`` is a reference, ``title`` words of an event.

    ``when`` is the time off, ``instant`` the new start or deadline, ``reading`` the new task.
    """

    kind: Kind
    text: str
    task: str = ""
    title: str = ""
    when: Interval | None = None
    instant: datetime | None = None
    reading: Reading | None = None


async def understand_scenario(runtime: Runtime, text: str) -> Scenario:
    """Return what the words suppose; whatever else they are, they are taken for a new task.

    ``off friday``, ``off mon to wed``, ``drop 3``, ``move 3 fri 3pm``, ``3 due thursday``,
    ``meeting standup to fri 10:00``, ``add write the report 3h``. Raise ``UnclearTime`` or
    ``EmptyText``.
    """
    words = re.sub(r"(?i)^what if\s+", "", text.strip()).rstrip("?")
    if found := _OFF.match(words):
        return Scenario(kind=Kind.OFF, text=words, when=_time_off(runtime, found["when"]))
    if found := _DROP.match(words):
        return Scenario(kind=Kind.DROP, text=words, task=found["task"])
    if found := _MEETING.match(words):
        instant = understand_moment(runtime, found["when"]).instant
        return Scenario(kind=Kind.MEETING, text=words, title=found["title"], instant=instant)
    if moved := _moved(runtime, words):
        return moved
    if (found := _DUE.match(words)) and _TASK.fullmatch(found["task"]):
        instant = understand_deadline(runtime, found["when"])
        return Scenario(kind=Kind.DUE, text=words, task=found["task"], instant=instant)
    sentence = re.sub(r"(?i)^(?:add|new)\s+", "", words)
    return Scenario(kind=Kind.ADD, text=words, reading=await read(runtime, sentence))


def _moved(runtime: Runtime, words: str) -> Scenario | None:
    """Return a move, split where the words behind the task are a time."""
    if not words.lower().startswith("move "):
        return None
    rest = words.split()[1:]
    for place in range(1, len(rest)):
        try:
            instant = understand_moment(runtime, " ".join(rest[place:])).instant
        except UnclearTime:
            continue
        task = " ".join(rest[:place]).removesuffix(" to")
        return Scenario(kind=Kind.MOVE, text=words, task=task, instant=instant)
    raise UnclearTime(words, wanted="time to move to", examples="'move 3 fri 3pm'", unread=[])


def _time_off(runtime: Runtime, words: str) -> Interval:
    """Return the time off: a day, a part of one, from a time on, or from one day to another."""
    if (found := _RANGE.match(words)) is not None:
        first = _day_or_time(runtime, found["first"]).start
        return Interval(first, max(first, _day_or_time(runtime, found["last"]).end))
    return _day_or_time(runtime, words)


def _day_or_time(runtime: Runtime, words: str) -> Interval:
    zone, parts = runtime.policy.zone, runtime.policy.slots.parts_of_day
    moment = understand_moment(runtime, words)
    today = local(moment.instant, zone).date()
    day = local_day(today, zone)
    if moment.exact:
        return Interval(moment.instant, max(moment.instant, day.end))
    part = _PART.search(words)
    hours = parts.get(part["part"].lower()) if part else None
    if hours is None:
        return day
    start, end = hours
    last = today if end > start else today + timedelta(days=1)
    return Interval(instant_at(today, start, zone), instant_at(last, end, zone))


def event_called(stores: Stores, title: str, *, ahead: Interval) -> CalendarEvent:
    """Return the first event ahead whose title has these words; raise ``NoSuchEvent``."""
    wanted = title.casefold()
    for event in sorted(stores.mirror.events(ahead), key=lambda each: each.when):
        if event.task_id is None and wanted in event.title.casefold():
            return event
    raise NoSuchEvent(title)
