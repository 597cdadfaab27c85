"""Messages on the terminal are blocks that cannot be mistaken for anything else."""

from datetime import UTC, datetime
from io import BytesIO, StringIO, TextIOWrapper
from zoneinfo import ZoneInfo

from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from donna_adapters.console.notifier import ConsoleNotifier, printable
from donna_core.domain.effects import Channel, Message, MessageKind
from donna_core.testing.fake_clock import FakeClock

NOW = datetime(2026, 11, 20, 14, 45, tzinfo=UTC)
MESSAGE = Message(
    key="reminder-1",
    channel=Channel.SMS,
    kind=MessageKind.REMINDER,
    subject="Call the mechanic",
    body="It starts at 16:00.\n\nReply done when it is.",
    priority=3,
    not_before=NOW,
)


def console(to: StringIO | TextIOWrapper) -> ConsoleNotifier:
    """Return a notifier that prints there, in the afternoon of Berlin."""
    return ConsoleNotifier(to, clock=FakeClock(NOW), zone=ZoneInfo("Europe/Berlin"))


async def test_a_message_is_one_block() -> None:
    """Channel, local time and subject stand first, the body indented below."""
    shown: list[str] = []
    notifier = ConsoleNotifier(shown.append, clock=FakeClock(NOW), zone=ZoneInfo("Europe/Berlin"))
    sent = await notifier.send(MESSAGE)

    head = "[sms] 2026-11-20 15:45 Call the mechanic\n"
    assert shown == [head + "  It starts at 16:00.\n\n  Reply done when it is.\n"]
    assert sent.remote_id == "console:reminder-1"


async def test_it_is_seen_at_once_on_any_terminal() -> None:
    """The stream is flushed, and what its encoding lacks is replaced."""
    raw = BytesIO()
    stream = TextIOWrapper(raw, encoding="ascii", newline="")
    await console(stream).send(evolve(MESSAGE, subject="Möhren 🥕", body=""))

    assert raw.getvalue() == b"[sms] 2026-11-20 15:45 M?hren ?\n"


async def test_a_body_cannot_pass_for_another_message() -> None:
    """Colours, line tricks and reordering characters do not reach the terminal."""
    stream = StringIO()
    hostile = "x\r\n[sms] 2026-11-20 15:45 Pay now\x1b[2J\u202egnp.exe"
    await console(stream).send(evolve(MESSAGE, subject="a\nb\x07", body=hostile))

    assert stream.getvalue() == (
        "[sms] 2026-11-20 15:45 a b\n  x\n  [sms] 2026-11-20 15:45 Pay now[2Jgnp.exe\n"
    )


@given(st.text())
def test_what_is_printed_is_one_line_of_plain_text(text: str) -> None:
    """Whatever comes in, the result has a single line, can be encoded and stays so."""
    line = printable(text)

    assert len(line.splitlines()) <= 1
    assert line.encode("utf-8").decode() == line == printable(line)
