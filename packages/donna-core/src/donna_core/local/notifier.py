"""A notifier that reaches nobody and keeps what it was given."""

from datetime import datetime

from donna_core.domain.effects import Message
from donna_core.ports.messaging import Notifier, Sent


class InMemoryNotifier(Notifier):
    """Takes every message; ``delivered`` holds each key once, in the order of delivery."""

    def __init__(self) -> None:
        self.delivered: list[Message] = []

    async def send(self, message: Message) -> Sent:
        if all(earlier.key != message.key for earlier in self.delivered):
            self.delivered.append(message)
        return self._proof(message)

    async def find(self, message: Message, *, since: datetime) -> Sent | None:
        del since  # everything is kept, however old
        there = any(earlier.key == message.key for earlier in self.delivered)
        return self._proof(message) if there else None

    def _proof(self, message: Message) -> Sent:
        return Sent(remote_id=f"kept:{message.key}")
