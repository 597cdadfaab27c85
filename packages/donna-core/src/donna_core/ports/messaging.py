"""Reaching a person."""

from abc import abstractmethod
from datetime import datetime, timedelta
from typing import Protocol

from attrs import frozen

from donna_core.domain.effects import Message
from donna_core.domain.errors import Degraded


@frozen(kw_only=True)
class Sent:
    """Proof that the channel took the message; ``remote_id`` is its name there."""

    remote_id: str


class NotDelivered(Degraded):
    """The channel certainly did not take the message; trying later may help.

    ``retry_after`` is how long the channel asked to be left alone, where it did.
    """

    def __init__(self, channel: str, *, problem: str, retry_after: timedelta | None = None) -> None:
        self.channel, self.problem, self.retry_after = channel, problem, retry_after
        super().__init__(f"{channel} did not take the message: {problem}.")


class MayHaveArrived(Degraded):
    """No answer came: the channel may have taken the message or not."""

    def __init__(self, channel: str, *, problem: str) -> None:
        self.channel, self.problem = channel, problem
        super().__init__(f"{channel} may or may not have taken the message: {problem}.")


class CannotTell(Degraded):
    """The channel cannot be asked, now or ever, whether it took a message."""

    def __init__(self, channel: str, *, problem: str) -> None:
        self.channel, self.problem = channel, problem
        super().__init__(f"{channel} does not tell whether it took the message: {problem}.")


class Notifier(Protocol):
    """Carries messages over one or more channels."""

    @abstractmethod
    async def send(self, message: Message) -> Sent:
        """Deliver the message and return the proof.

        Sending the same ``message.key`` again must be harmless where the channel can tell.
        Raise ``NotDelivered`` when it certainly did not go out, ``MayHaveArrived`` when no
        answer came, and ``Refused`` when the channel will never take it.
        """

    @abstractmethod
    async def find(self, message: Message, *, since: datetime) -> Sent | None:
        """Return the proof that the channel took the message since then, or ``None``.

        Asked before a message whose fate is not known is sent again. ``None`` also stands for
        a channel on which a repetition harms nobody. Raise ``CannotTell``.
        """
