"""The other fakes do what their names say."""

import subprocess
import sys
from datetime import UTC, datetime

import pytest

from donna_core.domain.effects import Channel, Message, MessageKind
from donna_core.domain.errors import CalendarUnreadable, ModelUnavailable
from donna_core.local.calendar import InMemoryCalendar
from donna_core.ports.language_model import ModelMetadata, ModelReply, ModelRequest
from donna_core.testing.contracts.calendar import DAY, PUT
from donna_core.testing.fake_ids import SequentialIds
from donna_core.testing.recording_notifier import FailingNotifier, RecordingNotifier
from donna_core.testing.scripted_model import ScriptedLanguageModel, ScriptEnded

PARSE = ModelRequest(task_type="parse_task", inputs={"text": "Call mum"})
MESSAGE = Message(
    key="k",
    channel=Channel.SMS,
    kind=MessageKind.NUDGE,
    subject="s",
    body="b",
    priority=1,
    not_before=datetime(2026, 1, 1, tzinfo=UTC),
)


def test_sequential_ids_are_the_same_in_every_run() -> None:
    """Two sources with one start agree; another start gives others."""
    one, two, other = SequentialIds(), SequentialIds(), SequentialIds(start=100)

    assert [one.new() for _ in range(5)] == [two.new() for _ in range(5)]
    assert other.new() == "018cc251-f400-7000-8000-000000000064"


async def test_a_script_is_recited_in_order() -> None:
    """Plain outputs, whole replies and errors come as written down, and requests are kept."""
    reply = ModelReply(output={"n": 2}, metadata=ModelMetadata(model_actual="m", tokens_in=7))
    broken = ModelUnavailable("parse_task", problem="it is asleep")
    model = ScriptedLanguageModel({"parse_task": [{"n": 1}, reply, broken]})

    assert (await model.complete(PARSE)).output == {"n": 1}
    assert await model.complete(PARSE) is reply
    with pytest.raises(ModelUnavailable, match="asleep"):
        await model.complete(PARSE)
    assert model.requests == [PARSE] * 3


async def test_a_script_may_be_worked_out() -> None:
    """A callable answers from the request, as often as it is asked."""
    model = ScriptedLanguageModel({"parse_task": lambda asked: {"title": asked.inputs["text"]}})

    for _ in range(3):
        assert (await model.complete(PARSE)).output == {"title": "Call mum"}


async def test_a_script_that_ends_is_a_failed_test() -> None:
    """No code under test can take it for an outage, which a missing task type is."""
    model = ScriptedLanguageModel({"parse_task": []})

    with pytest.raises(ScriptEnded, match="ended after 0 answers"):
        await model.complete(PARSE)
    with pytest.raises(ModelUnavailable):
        await model.complete(ModelRequest(task_type="dedup", inputs={}))


async def test_a_recording_notifier_delivers_each_key_once() -> None:
    """All attempts are kept, each message is delivered a single time."""
    notifier = RecordingNotifier()
    await notifier.send(MESSAGE)
    await notifier.send(MESSAGE)

    assert (notifier.attempts, notifier.delivered) == ([MESSAGE, MESSAGE], [MESSAGE])


async def test_a_failing_notifier_recovers() -> None:
    """The given error comes the given number of times, then messages go out."""
    notifier = FailingNotifier(2, ConnectionResetError("gone"))
    for _ in range(2):
        with pytest.raises(ConnectionResetError):
            await notifier.send(MESSAGE)
    await notifier.send(MESSAGE)

    assert (len(notifier.attempts), notifier.delivered) == (3, [MESSAGE])


async def test_a_broken_calendar_can_be_mended() -> None:
    """It fails with the error given, and later holds what it held."""
    calendar = InMemoryCalendar("work")
    await calendar.write(PUT)
    calendar.break_reading(CalendarUnreadable("work", problem="locked", remedy="Wait."))
    with pytest.raises(CalendarUnreadable, match="locked"):
        await calendar.changes(DAY)
    calendar.mend()

    assert [event.title for event in (await calendar.changes(DAY)).events] == [PUT.title]


def test_the_kit_needs_no_test_framework() -> None:
    """Whoever proves an adapter brings a framework of their own choice."""
    code = (
        "import importlib, pkgutil, sys, donna_core.testing as kit\n"
        "names = [m.name for m in pkgutil.walk_packages(kit.__path__, kit.__name__ + '.')]\n"
        "for name in names:\n    if 'strategies' not in name: importlib.import_module(name)\n"
        "assert len(names) > 8 and not {'pytest', 'hypothesis'} & sys.modules.keys()\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
