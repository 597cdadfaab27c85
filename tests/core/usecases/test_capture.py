"""A sentence becomes a task with a place and reasons, whatever is wrong around it."""

from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from donna_core.domain.errors import InvalidInput
from donna_core.domain.ids import EventKey
from donna_core.domain.planning.reasons import ReasonCode
from donna_core.domain.tasks.history import Topic
from donna_core.domain.tasks.task import NEEDS_REVIEW, Task, TaskStatus
from donna_core.domain.timing.interval import Interval
from donna_core.local.calendar import InMemoryCalendar
from donna_core.ports.calendar import CalendarEvent
from donna_core.ports.language_model import LanguageModel, ModelReply, ModelRequest
from donna_core.testing.scripted_model import ScriptedLanguageModel
from donna_core.testing.world import BERLIN, SimulatedWorld
from donna_core.usecases.advance import Verb, advance
from donna_core.usecases.capture import Captured, OnDuplicate, Outcome, capture
from donna_core.usecases.reschedule import accept, offers_for, plan
from donna_core.usecases.undo import undo

HOUR = timedelta(hours=1)
KNOWN, SIMILAR = "fix the kitchen sink", "fix the kitchen lamp"


class WithVerdict(LanguageModel):
    """Reads by the rules and judges likeness by a script."""

    def __init__(self, rules: LanguageModel, *verdicts: str) -> None:
        self.rules = rules
        self.judge = ScriptedLanguageModel({"dedup_check": [{"verdict": v} for v in verdicts]})

    async def complete(self, request: ModelRequest) -> ModelReply:
        model = self.judge if request.task_type == "dedup_check" else self.rules
        return await model.complete(request)


def placed(captured: Captured) -> Task:
    """Return the task the sentence became."""
    assert captured.task is not None
    return captured.task


def start_of(task: Task) -> datetime:
    """Return when the task is planned to begin."""
    assert task.scheduled_start is not None
    return task.scheduled_start


async def nothing_stored(world: SimulatedWorld) -> bool:
    """Return whether neither a task nor a command is kept."""
    return await world.look(
        lambda stores: not stores.tasks.select() and not stores.history.recent(1)
    )


async def test_a_sentence_is_kept_placed_and_explained(world: SimulatedWorld) -> None:
    """Everything a receipt says is in the one command."""
    captured = await world.say("call mom tomorrow 3pm for 30 min")

    task = placed(captured)
    assert captured.outcome is Outcome.ADDED
    assert task == await world.task(1)
    assert (task.title, task.status) == ("Call mom", TaskStatus.SCHEDULED)
    assert task.scheduled_start == world.instant("2026-11-24 15:00")
    assert task.estimated_duration == timedelta(minutes=30)
    assert captured.command is not None
    assert captured.command.text == "call mom tomorrow 3pm for 30 min"
    assert Topic.PLACEMENT in [each.topic for each in captured.command.explanations]
    assert [step.target for step in captured.command.steps] == [TaskStatus.SCHEDULED]


async def test_talk_is_not_kept_unless_somebody_insists(world: SimulatedWorld) -> None:
    """What does not read like a task changes nothing by itself."""
    ignored = await world.say("hello")
    assert (ignored.outcome, ignored.task) == (Outcome.NOT_A_TASK, None)
    assert await nothing_stored(world)

    kept = placed(await capture(world.runtime, "hello", insist=True))
    assert NEEDS_REVIEW in kept.tags


@pytest.mark.parametrize("text", ["", " \n\t ", "\u200b\u202e", "x" * 10_001])
async def test_text_that_cannot_be_read_stores_nothing(world: SimulatedWorld, text: str) -> None:
    """Empty and endless texts are refused with a reason."""
    with pytest.raises(InvalidInput):
        await world.say(text)
    assert await nothing_stored(world)


async def test_a_twin_is_kept_to_be_looked_at(world: SimulatedWorld) -> None:
    """By default nothing a person says is swallowed."""
    first = placed(await world.say("buy milk"))
    captured = await world.say("buy milk")

    assert captured.duplicate_of == first
    assert NEEDS_REVIEW in placed(captured).tags
    assert captured.command is not None
    (why,) = [e for e in captured.command.explanations if e.topic is Topic.DUPLICATE]
    assert [reason.code for reason in why.reasons] == [ReasonCode.LOOKS_LIKE]
    assert len(await world.open_tasks()) == 2


async def test_merging_fills_the_gaps_of_the_known_task(world: SimulatedWorld) -> None:
    """The known task keeps its words and gains what it did not say."""
    await world.say("send the invoice")
    captured = await world.say("send the invoice by friday 5pm", on_duplicate=OnDuplicate.MERGE)

    (task,) = await world.open_tasks()
    assert captured.outcome is Outcome.MERGED
    assert task.deadline == world.instant("2026-11-27 17:00")
    assert task.notes[-1].startswith("Also said: send the invoice by friday")


async def test_updating_lets_the_new_words_win(world: SimulatedWorld) -> None:
    """What the sentence says replaces what was known; the rest stays."""
    await world.say("send the invoice by friday 5pm")
    captured = await world.say("send the invoice by thursday", on_duplicate=OnDuplicate.UPDATE)

    (task,) = await world.open_tasks()
    assert captured.outcome is Outcome.UPDATED
    assert task.deadline is not None
    assert task.deadline.astimezone(BERLIN).day == 26


async def test_absorbing_leaves_a_started_task_running(world: SimulatedWorld) -> None:
    """A remark about what is under way does not stop it."""
    await world.say("send the invoice")
    await advance(world.runtime, "1", Verb.START)
    await world.say("send the invoice by friday 5pm", on_duplicate=OnDuplicate.MERGE)

    assert (await world.task(1)).status is TaskStatus.IN_PROGRESS


@pytest.mark.parametrize(
    ("verdict", "twin", "related", "review"),
    [("same", 1, 0, True), ("related", 0, 1, False), ("different", 0, 0, False)],
)
async def test_the_model_judges_titles_in_the_band(
    verdict: str,
    twin: int,
    related: int,
    review: bool,
) -> None:
    """Only its verdict makes a similar title a twin."""
    world = SimulatedWorld()
    world = SimulatedWorld(language_model=WithVerdict(world.runtime.language_model, verdict))
    await world.say(KNOWN)
    captured = await world.say(SIMILAR)

    assert (captured.duplicate_of is not None) == bool(twin)
    assert len(captured.related) == related
    assert (NEEDS_REVIEW in placed(captured).tags) is review


async def test_a_model_that_is_away_costs_a_look_and_no_task() -> None:
    """What nobody judged is kept and marked for review."""
    rules = SimulatedWorld().runtime.language_model

    class Silent(WithVerdict):
        def __init__(self) -> None:
            super().__init__(rules)
            self.judge = ScriptedLanguageModel({})

    world = SimulatedWorld(language_model=Silent())
    await world.say(KNOWN)

    assert NEEDS_REVIEW in placed(await world.say(SIMILAR)).tags


async def test_an_unreadable_calendar_costs_the_place_until_a_later_plan() -> None:
    """Nobody plans blind: the task is safe in the backlog and says why."""
    family = InMemoryCalendar("family", writable=False)
    family.break_reading()
    world = SimulatedWorld(foreign_calendars=[family])
    captured = await world.say("buy milk")

    assert placed(captured).status is TaskStatus.BACKLOG
    assert [error.calendar for error in captured.unreadable] == ["family"]
    assert captured.command is not None
    [reasons] = [
        each.reasons for each in captured.command.explanations if each.topic is Topic.PLACEMENT
    ]
    assert [reason.code for reason in reasons] == [ReasonCode.CALENDAR_UNREADABLE]

    await plan(world.runtime)
    assert (await world.task(1)).status is TaskStatus.BACKLOG
    family.mend()
    await plan(world.runtime)
    assert (await world.task(1)).status is TaskStatus.SCHEDULED


async def test_where_nothing_fits_an_offer_can_be_taken(world: SimulatedWorld) -> None:
    """A task without a slot waits with offers, each of which gives it a place."""
    task = placed(await world.say("write the thesis for 6 hours by today 11am, must"))
    assert task.status is TaskStatus.NEEDS_SCHEDULING

    offers = await world.look(lambda stores: offers_for(stores, task))
    assert offers
    await accept(world.runtime, "1", offer=1)

    accepted = await world.task(1)
    assert accepted.status is TaskStatus.SCHEDULED
    assert accepted.scheduled_start == offers[0].when.start
    assert accepted.estimated_duration == offers[0].when.length


async def test_a_recurring_task_starts_with_its_first_occurrence(world: SimulatedWorld) -> None:
    """Later ones follow when it is done."""
    task = placed(await world.say("water the plants every tuesday at 18:00"))

    assert task.recurrence is not None
    assert task.scheduled_start == world.instant("2026-11-24 18:00")


async def test_an_impossible_date_is_remarked(world: SimulatedWorld) -> None:
    """The person reads what was odd; the task is kept."""
    task = placed(await world.say("pay rent 30 February"))

    assert any("30 February" in note for note in task.notes)
    assert NEEDS_REVIEW in task.tags


async def test_tasks_never_share_time_with_each_other_or_with_events() -> None:
    """Each search sees what was placed and what the calendars hold."""
    evening = Interval(*(SimulatedWorld().instant(f"2026-11-23 {h}:00") for h in (17, 19)))
    work = InMemoryCalendar(
        "work",
        writable=False,
        events=[
            CalendarEvent(
                event_id=EventKey("meeting"), calendar_id="work", title="Meeting", when=evening
            )
        ],
    )
    world = SimulatedWorld(foreign_calendars=[work])
    tasks = [placed(await world.say(f"{what} for 1 hour")) for what in ("sew", "paint", "bake")]

    spans = sorted(Interval(start_of(task), start_of(task) + HOUR) for task in tasks)
    assert spans[0].start == evening.end
    assert not any(a.overlaps(b) for a, b in pairwise(spans))


async def test_several_tasks_are_one_command(world: SimulatedWorld) -> None:
    """Each is kept and placed beside the others, and one undo takes all of them back."""
    captured = await world.say("tomorrow: call mom, buy milk, fix the tap")

    tasks = [placed(part) for part in captured.parts]
    assert [task.title for task in tasks] == ["Call mom", "Buy milk", "Fix the tap"]
    assert [task.number for task in tasks] == [1, 2, 3]
    assert len({part.command.id for part in captured.parts if part.command}) == 1
    places = sorted((start_of(task), task.estimated_duration) for task in tasks)
    assert all(start + length <= later for (start, length), (later, _) in pairwise(places))

    await undo(world.runtime)
    assert await world.open_tasks() == ()


async def test_each_of_several_tasks_is_compared_with_those_there_are(
    world: SimulatedWorld,
) -> None:
    """One is folded into its twin, the other is new."""
    known = placed(await world.say("fix the kitchen sink"))

    captured = await capture(
        world.runtime, "fix the kitchen sink and call mom", on_duplicate=OnDuplicate.MERGE
    )

    assert [part.outcome for part in captured.parts] == [Outcome.MERGED, Outcome.ADDED]
    assert captured.parts[0].duplicate_of is not None
    assert captured.parts[0].duplicate_of.id == known.id
    assert len(await world.open_tasks()) == 2


@pytest.mark.parametrize(
    "text", ["move the dentist to Friday", "done with the invoice", "what's on today?"]
)
async def test_commands_and_queries_are_no_tasks(world: SimulatedWorld, text: str) -> None:
    """Nothing bogus is kept."""
    captured = await world.say(text)

    assert (captured.outcome, captured.task) == (Outcome.NOT_A_TASK, None)
    assert await nothing_stored(world)


async def test_contexts_are_kept_as_marked_tags(world: SimulatedWorld) -> None:
    """A context shows by its sign."""
    task = placed(await world.say("ask the bank about the card @phone #money"))

    assert task.tags == ("money", "@phone")
