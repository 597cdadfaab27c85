"""What the owner is told about the gateway itself, through the outbox and not over and over."""

from collections import Counter
from datetime import datetime, timedelta

from donna_core.domain.effects import Channel, Message, MessageKind
from donna_core.domain.events import Event, EventKind
from donna_core.ports.clock import Clock
from donna_core.ports.unit_of_work import Stores, UnitOfWork
from donna_llm.configuration import Alerts

_PRIORITY = 3
_EPOCH_SECONDS = timedelta(seconds=1)


class Alerter:
    """Says each thing at most once in a while, over restarts too: the key names the while."""

    def __init__(self, unit_of_work: UnitOfWork, clock: Clock) -> None:
        self._unit_of_work, self._clock = unit_of_work, clock
        self._said: dict[str, datetime] = {}
        self._refusals: Counter[str] = Counter()

    async def queue_is_long(self, provider: str, waiting: int, rules: Alerts) -> None:
        """Tell of a queue that has grown to so many."""
        if waiting < rules.queue_depth:
            return
        await self._tell(
            f"queue:{provider}",
            rules,
            subject="Questions to a model pile up",
            body=f"{waiting} questions wait for {provider}. Answers will take longer than usual.",
        )

    async def caller_was_refused(self, caller: str, rules: Alerts) -> None:
        """Count a refusal for asking too often, and tell once there were several."""
        self._refusals[caller] += 1
        if self._refusals[caller] < rules.refusals:
            return
        count = self._refusals.pop(caller)
        await self._tell(
            f"rate:{caller}",
            rules,
            subject=f"{caller} asks too often",
            body=f"I refused {caller} {count} times. `rate_limits.callers` in llm_gateway.yaml "
            "says how often it may ask.",
        )

    async def was_pushed_aside(self, caller: str, times: int, most: int, rules: Alerts) -> None:
        """Tell of work that stepped aside as often as it has to."""
        if times < most:
            return
        await self._tell(
            f"interrupted:{caller}",
            rules,
            subject="Background work hardly gets a turn",
            body=f"A question of {caller} stepped aside {times} times; now it is finished first.",
        )

    async def settings_changed(self, problem: str) -> None:
        """Note that the files changed, and tell where they cannot be used."""
        at = self._clock.now()
        event = Event(
            kind=EventKind.MODEL_SETTINGS_CHANGED, at=at, data={"problem": problem or None}
        )
        message = _message(
            f"model-settings:{at.isoformat()}",
            subject="The new settings cannot be used",
            body=f"{problem} I go on with the last ones that fitted.",
            at=at,
        )

        def decide(stores: Stores) -> None:
            stores.events.append([event])
            if problem:
                stores.outbox.add([message], at=at)

        await self._unit_of_work.run(decide)

    async def _tell(self, topic: str, rules: Alerts, *, subject: str, body: str) -> None:
        at = self._clock.now()
        said = self._said.get(topic)
        if said is not None and timedelta(0) <= at - said < rules.debounce:
            return
        self._said[topic] = at
        period = int(at.timestamp()) // int(rules.debounce / _EPOCH_SECONDS)
        message = _message(f"model-{topic}:{period}", subject=subject, body=body, at=at)
        await self._unit_of_work.run(lambda stores: stores.outbox.add([message], at=at))


def _message(key: str, *, subject: str, body: str, at: datetime) -> Message:
    return Message(
        key=key,
        channel=Channel.DISCORD,
        kind=MessageKind.NOTICE,
        subject=subject,
        body=body,
        priority=_PRIORITY,
        not_before=at,
    )
