"""The played owner of the demo: a script of sentences, and a person who answers messages."""

import heapq
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from importlib.resources import files
from itertools import count
from pathlib import Path
from typing import Literal

from attrs import field, frozen
from pydantic import BaseModel, ConfigDict

from donna_core.domain.effects import Channel, Message, MessageKind
from donna_core.domain.ids import TaskId
from donna_core.local.yaml_source import read_document
from donna_core.ports.clock import Clock
from donna_core.ports.messaging import Notifier, Sent
from donna_core.usecases.advance import Verb, advance
from donna_core.usecases.answer import ack
from donna_core.usecases.runtime import Runtime

SCRIPT = "sentences.yaml"
READS_A_NUDGE = timedelta(minutes=5)
READS_MAIL = timedelta(minutes=20)
PROCRASTINATES = timedelta(minutes=60)


class Spoken(BaseModel):
    """One sentence of the script: the minute it is said in, and how its owner goes on.

    ``owner: forgets`` leaves the task undone until a message reaches the person by mail.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    minute: int
    say: str
    owner: Literal["works", "forgets"] = "works"


class Script(BaseModel):
    """When the demo starts, in the machine's own zone, and what is said."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    starts_at: datetime
    sentences: tuple[Spoken, ...]


def read_script() -> Script:
    """Return the script that comes with Donna."""
    document = read_document(Path(str(files("donna_cli") / "demo_data" / SCRIPT)))
    return Script.model_validate(document.data)


Answer = Callable[[Runtime], Awaitable[object]]


@frozen(kw_only=True, order=True)
class Intention:
    """What the owner is going to do, and when."""

    at: datetime
    order: int
    words: str = field(order=False)
    task_id: TaskId = field(order=False)
    answer: Answer = field(order=False)


class Owner(Notifier):
    """The person: reads every message, and answers as the script says, some time later.

    Tasks are started when they are due and finished after their planned time; those in
    ``forgetful`` are left alone until a message about them comes by mail.
    """

    def __init__(self, console: Notifier, clock: Clock) -> None:
        self._console, self._clock = console, clock
        self._order = count()
        self._intentions: list[Intention] = []
        self.forgetful: set[TaskId] = set()

    async def send(self, message: Message) -> Sent:
        """Show the message and make up one's mind about it."""
        sent = await self._console.send(message)
        if message.task_id is not None:
            self._consider(message, message.task_id)
        return sent

    def next_at(self) -> datetime | None:
        """Return when the owner acts next."""
        return self._intentions[0].at if self._intentions else None

    async def find(self, message: Message, *, since: datetime) -> Sent | None:
        del message, since
        return None

    def due(self) -> Intention | None:
        """Take the next thing the owner does now, if there is one."""
        if self._intentions and self._intentions[0].at <= self._clock.now():
            return heapq.heappop(self._intentions)
        return None

    def _consider(self, message: Message, task_id: TaskId) -> None:
        if task_id in self.forgetful:
            if message.channel is Channel.EMAIL and message.ref is not None:
                ref = message.ref
                self._intend(READS_MAIL, f"answers {ref}", task_id, lambda r: ack(r, ref))
                self._intend(PROCRASTINATES, "does it at last", task_id, _finish(task_id))
        elif message.kind is MessageKind.REMINDER:
            now = self._clock.now()
            self._intend(
                (message.expires_at or now) - now, "is done with", task_id, _finish(task_id)
            )
        elif message.kind is MessageKind.NUDGE:
            self._intend(READS_A_NUDGE, "is done with", task_id, _finish(task_id))

    def _intend(self, after: timedelta, words: str, task_id: TaskId, answer: Answer) -> None:
        intention = Intention(
            at=self._clock.now() + after,
            order=next(self._order),
            words=words,
            task_id=task_id,
            answer=answer,
        )
        heapq.heappush(self._intentions, intention)


def _finish(task_id: TaskId) -> Answer:
    return lambda runtime: advance(runtime, task_id, Verb.DONE)
