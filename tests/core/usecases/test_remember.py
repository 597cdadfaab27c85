"""What is told and is no task is kept as said, and can be taken back like anything else."""

import pytest
from attrs import evolve

from donna_core.domain.errors import InvalidInput
from donna_core.domain.events import Event, EventKind
from donna_core.domain.tasks.history import Actor, Command
from donna_core.domain.tasks.task import InputChannel
from donna_core.domain.wording import Scene
from donna_core.local.views import MethodCalls
from donna_core.ports.language_model import LanguageModel, ModelReply, ModelRequest
from donna_core.testing.world import SimulatedWorld
from donna_core.usecases.capture import Outcome, capture
from donna_core.usecases.receipt import Result, lines, receipt_of
from donna_core.usecases.rehearse import rehearsed
from donna_core.usecases.remember import remember
from donna_core.usecases.undo import redo, undo

FACT = "remember that the wifi code at the cabin is 4711"
TALK = "that was a nice evening with Ruth at the new place"


async def commands_of(world: SimulatedWorld) -> tuple[Command, ...]:
    """Return what is recorded, the latest first."""
    return await world.look(lambda stores: stores.history.recent(9))


async def events_of(world: SimulatedWorld) -> list[Event]:
    """Return what happened, in order."""
    return [event for _, event in await world.look(lambda stores: stores.events.since(0))]


async def shown(world: SimulatedWorld, result: Result, *, dry_run: bool = False) -> list[str]:
    """Return the lines of the receipt."""
    runtime = world.runtime
    scene = Scene(zone=runtime.policy.zone, at=world.clock.now(), spelling=MethodCalls())
    receipt = await receipt_of(runtime, result, scene=scene, dry_run=dry_run)
    return [line.text for line in lines(receipt)]


async def test_a_text_is_kept_as_it_was_said(world: SimulatedWorld) -> None:
    """Whatever it reads like: one command, one event that names it, and no task."""
    text = " Call the plumber,\nsaid Ruth "
    kept = await remember(world.runtime, text, channel=InputChannel.EMAIL)

    assert (kept.command.verb, kept.command.text) == ("remember", text)
    assert (kept.command.actor, kept.command.channel) == (Actor.PERSON, InputChannel.EMAIL)
    assert await commands_of(world) == (kept.command,)
    [event] = await events_of(world)
    assert (event.kind, event.command_id) == (EventKind.TALK_HEARD, kept.command.id)
    assert await world.open_tasks() == ()
    assert await shown(world, kept) == [
        "Remembered: Call the plumber, said Ruth",
        "Undo: donna.undo()",
    ]


@pytest.mark.parametrize("text", ["", " \n\t ", "\u200b\u202e", "x" * 10_001])
async def test_text_that_cannot_be_read_is_refused(world: SimulatedWorld, text: str) -> None:
    """As in a capture."""
    with pytest.raises(InvalidInput):
        await remember(world.runtime, text)
    assert await commands_of(world) == ()


async def test_capture_remembers_talk(world: SimulatedWorld) -> None:
    """The receipt names the way to a task, where nobody asked in so many words."""
    asked, told = await world.say(FACT), await world.say(TALK)

    assert {asked.outcome, told.outcome} == {Outcome.REMEMBERED}
    assert await commands_of(world) == (told.command, asked.command)
    assert await shown(world, asked) == [f"Remembered: {FACT}", "Undo: donna.undo()"]
    assert await shown(world, told) == [
        f"Remembered: {TALK}",
        "Kept as you said it. insist=True makes a task of it.",
        "Undo: donna.undo()",
    ]
    assert await world.open_tasks() == ()

    kept = await capture(world.runtime, FACT, insist=True)
    assert kept.outcome is Outcome.ADDED


@pytest.mark.parametrize(
    "text",
    [
        "thanks",
        "hello there",
        "what do you think of me",
        "Who painted the Night Watch?",
        "what's on tomorrow?",
        "cancel the meeting with Tom tomorrow",
    ],
)
async def test_courtesies_questions_and_commands_leave_nothing(
    world: SimulatedWorld, text: str
) -> None:
    """A question must not be found as what answers it."""
    assert (await world.say(text)).outcome is Outcome.NOT_A_TASK
    assert (await commands_of(world), await events_of(world)) == ((), [])


async def test_a_rehearsal_keeps_nothing(world: SimulatedWorld) -> None:
    """Though it shows what would be."""
    tried = await capture(rehearsed(world.runtime), FACT)

    assert tried.outcome is Outcome.REMEMBERED
    assert (await shown(world, tried, dry_run=True))[1:] == [f"Remembered: {FACT}"]
    assert (await commands_of(world), await events_of(world)) == ((), [])


async def test_what_was_told_is_taken_back_and_brought_back(world: SimulatedWorld) -> None:
    """Each time an event names the command that said it, and the receipt says what it said."""
    kept = (await remember(world.runtime, TALK)).command
    undone = await undo(world.runtime)
    assert [each.undone for each in await commands_of(world)] == [False, True]
    redone = await redo(world.runtime)
    assert [each.undone for each in await commands_of(world)] == [False, False, False]
    await undo(world.runtime)

    told = [(event.kind, event.data) for event in await events_of(world)]
    assert told == [
        (kind, {"talk": kept.id})
        for kind in (EventKind.TALK_HEARD, EventKind.TALK_TAKEN_BACK) * 2
    ]  # fmt: skip
    assert (await shown(world, undone))[1:] == [f"Forgotten: {TALK}", "Redo: donna.redo()"]
    assert (await shown(world, redone))[1:] == [f"Remembered: {TALK}", "Undo: donna.undo()"]


class TakesForTalk(LanguageModel):
    """Reads by the rules, and takes everything for talk, on a call that was written down."""

    def __init__(self, rules: LanguageModel) -> None:
        self.rules = rules

    async def complete(self, request: ModelRequest) -> ModelReply:
        reply = await self.rules.complete(request)
        output = {**reply.output, "intent": "chat", "is_task": False}
        return evolve(reply, output=output, metadata=evolve(reply.metadata, invocation_id="call-1"))


async def test_what_a_model_takes_for_talk_is_kept_with_its_call() -> None:
    """Short talk only where it asks to be remembered."""
    world = SimulatedWorld()
    runtime = evolve(world.runtime, language_model=TakesForTalk(world.runtime.language_model))

    told = await capture(runtime, "Ruth is vegetarian these days")
    assert (told.outcome, told.asked) == (Outcome.REMEMBERED, False)
    assert told.command is not None
    assert told.command.understood_by == "call-1"
    asked = await capture(runtime, "fyi Ruth is vegan")
    assert (asked.outcome, asked.asked) == (Outcome.REMEMBERED, True)
    assert (await capture(runtime, "Ruth is vegan")).outcome is Outcome.NOT_A_TASK
