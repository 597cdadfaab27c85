"""Messages on the terminal."""

import unicodedata
from collections.abc import Callable
from datetime import datetime
from typing import TextIO
from zoneinfo import ZoneInfo

from donna_core.domain.effects import Message
from donna_core.domain.timing.zones import local
from donna_core.ports.clock import Clock
from donna_core.ports.messaging import NotDelivered, Notifier, Sent

Write = Callable[[str], object]

# What reorders or hides text on a terminal; emoji need the other format characters.
_REORDERING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_UNPRINTABLE = {"Cc", "Cs", "Zl", "Zp"}


class ConsoleNotifier(Notifier):
    """Prints each message as one block: channel, local time and subject, then the body.

    Titles and bodies may hold text that others wrote: control characters are taken out, and
    the body is indented, so no message can pass for another or drive the terminal. A terminal
    cannot tell a message it has shown before: the same key is printed again.
    """

    def __init__(self, to: Write | TextIO, *, clock: Clock, zone: ZoneInfo) -> None:
        self._write = to if callable(to) else _writing_to(to)
        self._clock = clock
        self._zone = zone

    async def send(self, message: Message) -> Sent:
        try:
            self._write(self._block(message))
        except (OSError, ValueError) as problem:  # ValueError: the stream is closed
            raise NotDelivered(message.channel, problem=str(problem)) from problem
        return Sent(remote_id=f"console:{message.key}")

    async def find(self, message: Message, *, since: datetime) -> Sent | None:
        del message, since
        return None  # a terminal that is gone has lost what it showed: showing it again helps

    def _block(self, message: Message) -> str:
        time = local(self._clock.now(), self._zone)
        head = f"[{message.channel}] {time:%Y-%m-%d %H:%M} {printable(message.subject)}"
        body = [f"  {printable(line)}".rstrip() for line in message.body.splitlines()]
        return "\n".join([head.rstrip(), *body]) + "\n"


def printable(text: str) -> str:
    """Return one line of the text without characters that would steer a terminal.

    Whole control characters go, so that what is left of an escape sequence is plain text.
    """
    kept = (
        " " if character in "\n\t" else character
        for character in text
        if character in "\n\t"
        or (unicodedata.category(character) not in _UNPRINTABLE and character not in _REORDERING)
    )
    return "".join(kept)


def _writing_to(stream: TextIO) -> Write:
    """Return a function that shows text on the stream at once, whatever its encoding is."""

    def write(text: str) -> None:
        encoding = stream.encoding or "utf-8"
        stream.write(text.encode(encoding, "replace").decode(encoding))
        stream.flush()

    return write
