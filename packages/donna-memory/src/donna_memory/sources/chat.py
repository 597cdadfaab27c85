"""What the owner told Donna in so many words, read along the event log.

A sentence becomes a task that holds what it says; it is remembered besides only where it says
more: where its task was corrected since, or left something out. Talk has no task that could hold
it, so all that was kept of it is remembered. What Donna writes to her owner retells tasks and
calendars, so none of it is.
"""

import re
from collections.abc import Iterable
from datetime import date, datetime
from functools import partial
from zoneinfo import ZoneInfo

from attrs import field, frozen

from donna_core.domain.events import EventKind
from donna_core.domain.ids import CommandId, TaskId, UserId
from donna_core.domain.tasks.history import REMEMBER, Actor, Command
from donna_core.domain.tasks.task import Task
from donna_core.domain.timing.zones import local, local_day
from donna_core.ports.unit_of_work import Stores, UnitOfWork
from donna_memory.chunking import MAX_TOKENS, token_count
from donna_memory.documents import Document, SourceType
from donna_memory.lexical import content_words, words_of
from donna_memory.ports import MemoryCatalog, MemoryStore
from donna_memory.sources.log import Events, LogReader, events_within
from donna_memory.sources.progress import Progress, Tell, untold

READER = "memory.chat"
SPEAKER = "You"

_CAPTURE = "capture"
_FEWEST_WORDS = 3  # that a sentence says beyond its tasks
_SHORT = 20  # characters
_ASKS_FOR_WORK = re.compile(
    r"\b(?:do(?:es|ing|ne)?|did|(?:call|email|schedul|remind|book|check|review)(?:e?s|e?d|ing|e)?"
    r"|sen(?:d|ds|ding|t)|buy(?:s|ing)?|bought)\b",
    re.IGNORECASE,
)
# Words of time are in the fields of a task, and so are lengths and how urgent it is.
_OF_TIME = frozenset(
    word
    for line in (
        "today tonight tomorrow yesterday morning noon afternoon evening night midnight",
        "minute minutes hour hours day days daily week weeks weekly weekend month months monthly",
        "year years yearly monday tuesday wednesday thursday friday saturday sunday january",
        "february march april june july august september october november december",
        "next last first second third one two three half quarter every until due deadline",
        "urgent urgently important asap please remind",
        "heute morgen übermorgen mittag nachmittag abend nacht minuten stunde stunden tag tage",
        "woche wochen wochenende monat monate jahr jahre montag dienstag mittwoch donnerstag",
        "freitag samstag sonntag januar februar märz mai juni juli oktober dezember",
        "nächste nächsten nächster jeden jede jeder bis am um im der die das dringend bitte",
    )
    for word in line.split()
)


def is_worth_a_turn(text: str) -> bool:
    """Whether a turn is long enough, asks something or asks for work."""
    return len(text.strip()) >= _SHORT or "?" in text or bool(_ASKS_FOR_WORK.search(text))


def says_more(text: str, tasks: Iterable[Task]) -> bool:
    """Whether a sentence says what its tasks do not hold; when is in their fields."""
    held = {
        word
        for task in tasks
        for part in (task.title, task.description or "", *task.notes, *task.tags)
        for word in words_of(part)
    }
    beyond = {
        word
        for word in content_words(text)
        if word not in held | _OF_TIME and not any(map(str.isdigit, word))
    }
    return len(beyond) >= _FEWEST_WORDS


@frozen(kw_only=True)
class ChatSource:
    """Remembers a day's turns on one channel as one session, a run of them as one document.

    What was said of a task that is gone, or was taken back, is forgotten. What its owner made
    Donna forget stays so until a backfill, or until it or its task comes back or is corrected.
    """

    unit_of_work: UnitOfWork
    store: MemoryStore
    catalog: MemoryCatalog
    user_id: UserId
    zone: ZoneInfo

    async def follow(self, tell: Tell = untold) -> int:
        """Read on from where this reader stopped; return how many documents were looked at."""
        return await self._read(await self._log.stopped_at(), advance=True, tell=tell)

    async def backfill(self, tell: Tell = untold) -> int:
        """Look at all that was said, wherever the cursor stands; return how many documents."""
        return await self._read(0, advance=False, tell=tell)

    @property
    def _log(self) -> LogReader:
        return LogReader(name=READER, unit_of_work=self.unit_of_work)

    async def _read(self, since: int, *, advance: bool, tell: Tell = untold) -> int:
        done = Progress()
        seen: set[date] = set()
        look = partial(_page, self.zone)
        async for page in self._log.pages(look, since=since, advance=advance):
            kept = await self._kept() if page.named or page.days else ()
            days = page.days | {each.day for each in kept if each.tasks & page.named}
            for day in sorted(days if advance else days - seen):
                done = await self._remember(page, day, kept, since=since, done=done)
                tell(done)
            seen |= days
        return done.looked_at

    async def _remember(
        self, page: "_Page", day: date, kept: tuple["_Kept", ...], *, since: int, done: Progress
    ) -> Progress:
        """Keep the documents of a day as they are now, and forget those that are no more."""
        own = tuple(each for each in kept if each.day == day)
        wanted = _Wanted(since=since, back=page.back, kept=own)
        documents = await self.unit_of_work.run(
            lambda stores: _documents(stores, day, self.zone, self.user_id, wanted)
        )
        done = done.plus(await self.store.upsert_many(documents))
        for gone in {each.source_id for each in own} - {each.source_id for each in documents}:
            await self.store.forget(self.user_id, SourceType.CHAT, gone)
        return done

    async def _kept(self) -> tuple["_Kept", ...]:
        """Return what this source keeps; what was ingested has no tasks."""
        found = await self.catalog.kept(self.user_id, SourceType.CHAT)
        return tuple(
            _Kept(
                source_id=source_id,
                day=date.fromisoformat(each.metadata["day"]),
                channel=each.metadata["channel"],
                first=each.metadata["first"],
                last=each.metadata["last"],
                tasks=frozenset(each.metadata["tasks"]),
            )
            for source_id, each in found.items()
            if not each.is_deleted and each.metadata.keys() >= _MINE
        )


# What a sentence leaves in the log: a task of its own, or more of one that was there.
_TOLD = frozenset({EventKind.TASK_CAPTURED, EventKind.TASK_MERGED, EventKind.TALK_HEARD})
_TALK = frozenset({EventKind.TALK_HEARD, EventKind.TALK_TAKEN_BACK})
_BACK = frozenset({EventKind.TASK_CAPTURED, EventKind.TASK_CORRECTED})
_MINE = frozenset({"day", "channel", "first", "last", "tasks"})


@frozen(kw_only=True)
class _Page:
    """The days on which something may have been said, and the tasks that events are about.

    ``back`` are those that came in, came back or were corrected, and talk that did.
    """

    days: frozenset[date]
    named: frozenset[TaskId]
    back: frozenset[TaskId | CommandId]


@frozen(kw_only=True)
class _Kept:
    source_id: str
    day: date
    channel: str
    first: int
    last: int
    tasks: frozenset[TaskId]


@frozen(kw_only=True)
class _Turn:
    position: int
    at: datetime
    channel: str
    text: str
    command: CommandId
    tasks: frozenset[TaskId]


@frozen(kw_only=True)
class _Wanted:
    """Which turns are to be remembered: what is new, what is kept, and what came back."""

    since: int
    back: frozenset[TaskId | CommandId]
    kept: tuple[_Kept, ...]

    def has(self, turn: _Turn) -> bool:
        """Whether the turn is one of them."""
        return (
            turn.position > self.since
            or not self.back.isdisjoint({turn.command, *turn.tasks})
            or any(
                each.channel == turn.channel and each.first <= turn.position <= each.last
                for each in self.kept
            )
        )


@frozen(kw_only=True)
class _Runs:
    """The turns of a day by channel, in runs that nothing of Donna's came between."""

    by_channel: dict[str, list[list[_Turn]]] = field(factory=dict)

    def add(self, turn: _Turn) -> None:
        """Put the turn at the end of the last run, while that is no longer than a chunk.

        What is no task was told for its own sake, and stands by itself.
        """
        if not turn.tasks:
            self.end(turn.channel)
        runs = self.by_channel.setdefault(turn.channel, [[]])
        said = "\n".join(each.text for each in (*runs[-1], turn))
        if runs[-1] and token_count(said) > MAX_TOKENS:
            runs.append([])
        runs[-1].append(turn)
        if not turn.tasks:
            self.end(turn.channel)

    def end(self, channel: str) -> None:
        """Begin another run with the next turn on the channel."""
        runs = self.by_channel.get(channel)
        if runs and runs[-1]:
            runs.append([])


def _page(zone: ZoneInfo, stores: Stores, events: Events) -> _Page:
    about = [(event, event.task_id) for _, event in events if event.task_id is not None]
    back = frozenset(task_id for event, task_id in about if event.kind in _BACK)
    tasks = stores.tasks.select(ids=back) if back else ()
    talk = [(event, CommandId(event.data["talk"])) for _, event in events if event.kind in _TALK]
    said = [stores.history.get(command_id) for _, command_id in talk]
    told = {event.at for event, _ in about if event.kind in _TOLD}
    told |= {each.created_at for each in tasks} | {each.at for each in said if each is not None}
    return _Page(
        days=frozenset(local(at, zone).date() for at in told),
        named=frozenset(task_id for _, task_id in about),
        back=back | {each for event, each in talk if event.kind is EventKind.TALK_HEARD},
    )


def _documents(
    stores: Stores, day: date, zone: ZoneInfo, user_id: UserId, wanted: _Wanted
) -> list[Document]:
    """Return the documents of a day, by channel and in order."""
    runs, seen = _Runs(), set()
    for position, event in events_within(stores, local_day(day, zone)):
        if event.kind is EventKind.MESSAGE_SENT:
            runs.end(str(event.data["what"]))
        elif event.kind in _TOLD and event.command_id and event.command_id not in seen:
            seen.add(event.command_id)
            turn = _turn(stores, position, stores.history.get(event.command_id))
            if turn is not None and wanted.has(turn):
                runs.add(turn)
    return [
        _document(run, number, channel, day, user_id)
        for channel, several in sorted(runs.by_channel.items())
        for number, run in enumerate(filter(None, several))
    ]


def _turn(stores: Stores, position: int, command: Command | None) -> _Turn | None:
    """Return what a command says beyond its tasks, if it was said and still stands."""
    if command is None or command.actor is not Actor.PERSON or command.undone:
        return None
    named = {change.after.id for change in command.tasks if change.after is not None}
    tasks = stores.tasks.select(ids=named) if named else ()
    tells = command.verb == REMEMBER or (
        command.verb == _CAPTURE
        and named == {task.id for task in tasks}
        and is_worth_a_turn(command.text)
        and says_more(command.text, tasks)
    )
    if not tells:
        return None
    return _Turn(
        position=position,
        at=command.at,
        channel=command.channel.value,
        text=command.text.strip(),
        command=command.id,
        tasks=frozenset(named),
    )


def _document(run: list[_Turn], number: int, channel: str, day: date, user_id: UserId) -> Document:
    session, first, last = f"{channel}:{day}", run[0], run[-1]
    return Document(
        user_id=user_id,
        source_type=SourceType.CHAT,
        source_id=f"{session}:{first.position}-{last.position}",
        content="\n".join(turn.text for turn in run),
        uri=f"chat:{session}",
        time=first.at,
        session=session,
        position=number,
        speaker=SPEAKER,
        metadata={
            "day": day.isoformat(),
            "channel": channel,
            "first": first.position,
            "last": last.position,
            "tasks": sorted(frozenset[TaskId]().union(*(turn.tasks for turn in run))),
        },
    )
