"""What every notifier keeps to."""

from abc import ABC, abstractmethod
from datetime import UTC, datetime

from donna_core.domain.effects import Channel, Message, MessageKind
from donna_core.ports.messaging import NotDelivered, Notifier
from donna_core.testing.contracts.failures import failure


class NotifierContract(ABC):
    """Subclass this in a test module, say which notifier, and every promise is tested on it."""

    @abstractmethod
    def notifier(self) -> Notifier:
        """Return a notifier whose channel takes messages."""

    @abstractmethod
    def unreachable_notifier(self) -> Notifier:
        """Return one whose channel is down and certainly takes nothing."""

    def message(self, key: str = "reminder-1") -> Message:
        """Return a message the notifier under test can carry."""
        return Message(
            key=key,
            channel=Channel.DISCORD,
            kind=MessageKind.REMINDER,
            subject="Call the mechanic",
            body="It starts at 15:00.\nReply done when it is.",
            priority=3,
            not_before=datetime(2026, 11, 20, 14, 45, tzinfo=UTC),
        )

    async def test_a_delivery_comes_with_proof(self) -> None:
        """What the channel took has a name there."""
        sent = await self.notifier().send(self.message())

        assert sent.remote_id

    async def test_different_messages_have_different_proofs(self) -> None:
        """A proof tells one message from another."""
        notifier = self.notifier()
        proofs = {(await notifier.send(self.message(key))).remote_id for key in ("a", "b", "c")}

        assert len(proofs) == 3

    async def test_sending_again_does_no_harm(self) -> None:
        """The same key may be sent twice without an error."""
        notifier = self.notifier()
        await notifier.send(self.message())

        assert (await notifier.send(self.message())).remote_id

    async def test_what_was_never_sent_is_not_found(self) -> None:
        """A channel that can be asked does not make up a proof."""
        message = self.message()
        found = await self.notifier().find(message, since=message.not_before)

        assert found is None

    async def test_a_channel_that_is_down_says_so(self) -> None:
        """A message that certainly did not go out raises the error that names the channel."""
        message = self.message()
        problem = await failure(self.unreachable_notifier().send(message))

        assert isinstance(problem, NotDelivered)
        assert problem.channel == message.channel
        assert problem.problem
