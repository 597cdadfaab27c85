"""Reaching a person."""

from abc import abstractmethod
from typing import Protocol

from attrs import frozen

from donna_core.domain.effects import Message
from donna_core.domain.errors import Degraded


@frozen(kw_only=True)
class Sent:
    """Proof that the channel took the message; ``remote_id`` is its name there."""

    remote_id: str


class NotDelivered(Degraded):
    """The channel certainly did not take the message; trying later may help."""

    def __init__(self, channel: str, *, problem: str) -> None:
        self.channel, self.problem = channel, problem
        super().__init__(f"{channel} did not take the message: {problem}.")


class Notifier(Protocol):
    """Carries messages over one or more channels."""

    @abstractmethod
    async def send(self, message: Message) -> Sent:
        """Deliver the message and return the proof.

        Sending the same ``message.key`` again must be harmless where the channel can tell.
        Raise ``NotDelivered`` when it certainly did not go out.
        """
