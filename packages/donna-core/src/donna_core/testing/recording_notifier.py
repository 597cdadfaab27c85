"""Notifiers that reach nobody: one remembers, one fails first."""

from donna_core.domain.effects import Message
from donna_core.local.notifier import InMemoryNotifier
from donna_core.ports.messaging import NotDelivered, Sent


class RecordingNotifier(InMemoryNotifier):
    """Takes every message; ``delivered`` holds each key once, ``attempts`` all that was asked."""

    def __init__(self) -> None:
        super().__init__()
        self.attempts: list[Message] = []

    async def send(self, message: Message) -> Sent:
        self.attempts.append(message)
        return await super().send(message)


class FailingNotifier(RecordingNotifier):
    """Fails the first ``times`` attempts, with ``error`` or ``NotDelivered``, then delivers.

    An error that leaves the fate of the message open is given as ``error``.
    """

    def __init__(self, times: int, error: Exception | None = None) -> None:
        super().__init__()
        self._failures_left = times
        self._error = error

    async def send(self, message: Message) -> Sent:
        if self._failures_left == 0:
            return await super().send(message)
        self._failures_left -= 1
        self.attempts.append(message)
        raise self._error or NotDelivered(message.channel, problem="it was told to fail")
