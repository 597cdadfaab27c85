"""Whatever is asked in whatever order: nothing is lost, doubled, or left behind."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from datetime import timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from attrs import evolve, frozen
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from donna_core.domain.effects import JobKind, Message
from donna_core.domain.errors import DonnaError
from donna_core.domain.events import EventKind
from donna_core.domain.followup.attention import Attention
from donna_core.domain.followup.consequences import HOLDS_TIME, event_image, is_free
from donna_core.domain.followup.escalation import Escalation, occurrence_of
from donna_core.domain.ids import CommandId, TaskId
from donna_core.domain.tasks.history import REMEMBER, Step
from donna_core.domain.tasks.task import Domain, Task, TaskStatus
from donna_core.domain.timing.interval import Interval
from donna_core.local.calendar import InMemoryCalendar
from donna_core.ports.jobs import JobState
from donna_core.ports.outbox import DeliveryState, Lane
from donna_core.ports.unit_of_work import Stores
from donna_core.testing.world import A_MONDAY, BERLIN, SOMEBODY, SimulatedWorld
from donna_core.usecases.advance import Verb, advance
from donna_core.usecases.answer import ack, busy, pause, quiet, resume
from donna_core.usecases.capture import OnDuplicate, capture
from donna_core.usecases.deliver import deliver
from donna_core.usecases.edit import Correction, edit, lock, unlock
from donna_core.usecases.merge import merge
from donna_core.usecases.rehearse import rehearsed
from donna_core.usecases.reschedule import accept, move, pin, plan, snooze, unpin
from donna_core.usecases.runtime import Runtime
from donna_core.usecases.undo import redo, undo

pytestmark = pytest.mark.slow
ALWAYS = 100_000
SENTENCES = st.sampled_from(
    [
        "buy milk",
        "buy milk and bread",
        "sew a button for 30 min",
        "call mom today at 3pm for 30 min",
        "finish the report by tomorrow 5pm",
        "finish the report by friday",
        "water the plants every day at 18:00",
        "clean the garage for 6 hours by today 11am, must",
        "pay rent 30 February",
        "remember that Ruth is vegetarian",
    ]
)
REFERENCES = st.integers(1, 6).map(str) | st.sampled_from(["1-3", "2,4", "milk", "report"])
AHEAD = st.integers(0, 6 * 24 * 4).map(lambda quarters: timedelta(minutes=15 * quarters))
CORRECTIONS = st.builds(
    Correction,
    title=st.none() | st.sampled_from(["Buy oat milk", "Sew two buttons"]),
    priority=st.none() | st.integers(1, 5),
    duration=st.none() | st.integers(1, 40).map(lambda n: timedelta(minutes=15 * n)),
    deadline=st.none() | AHEAD.map(lambda ahead: A_MONDAY + ahead),
    no_deadline=st.booleans(),
    domain=st.none() | st.sampled_from(Domain),
    after=st.just(()) | REFERENCES.map(lambda reference: (reference,)),
    free=st.booleans(),
    reviewed=st.booleans(),
)
TALK = (EventKind.TALK_HEARD, EventKind.TALK_TAKEN_BACK)
Act = Callable[[Runtime], Awaitable[object]]


@frozen(kw_only=True)
class Truth:
    """What is the case, for comparison; ``plain`` leaves out what every write counts up."""

    tasks: dict[TaskId, Task]
    pursuits: dict[TaskId, Escalation]
    commands: tuple[CommandId, ...]
    attention: Attention
    jobs: frozenset[object]
    messages: frozenset[str]

    @property
    def plain(self) -> tuple[object, ...]:
        """What is the case without the versions: what there is, what is owed, what goes out."""
        return (
            {key: evolve(task, version=0) for key, task in self.tasks.items()},
            {key: evolve(each, version=0) for key, each in self.pursuits.items()},
            evolve(self.attention, version=0),
            self.jobs,
            self.messages,
        )


def truth(stores: Stores) -> Truth:
    """Return what is the case."""
    commands = stores.history.recent(ALWAYS)
    ids = {task_id for command in commands for task_id in command.subjects}
    pursuits = {task_id: stores.escalations.get(task_id) for task_id in ids}
    return Truth(
        tasks={task.id: task for task in stores.tasks.select()},
        pursuits={key: each for key, each in pursuits.items() if each is not None},
        commands=tuple(command.id for command in reversed(commands)),
        attention=stores.attention.get(),
        jobs=frozenset(
            (row.job.kind, row.job.run_at, row.job.task_id)
            for row in stores.jobs.select(states={JobState.PENDING})
        ),
        messages=frozenset(
            row.delivery.key
            for row in stores.outbox.select(states={DeliveryState.PENDING})
            if isinstance(row.delivery, Message)
        ),
    )


def steps_of(task: Task, stores: Stores) -> tuple[Step, ...]:
    """Return the way of the task."""
    return stores.history.steps(task.id)


def everything(stores: Stores) -> tuple[object, ...]:
    """Return all that a rehearsal might leave behind."""
    return (
        truth(stores),
        stores.jobs.select(),
        stores.outbox.select(),
        stores.events.since(0, limit=ALWAYS),
        stores.attention.get(),
    )


ALONE = "the same on disk runs where donna-adapters is installed beside the core"


class AnyHistory(RuleBasedStateMachine):
    """A world in memory to which anything may happen."""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.opened = ExitStack()
        self.world = self.new_world()
        self.versions: dict[TaskId, int] = {}
        self.known: Truth = self.look(truth)

    def new_world(self) -> SimulatedWorld:
        return SimulatedWorld()

    def teardown(self) -> None:
        self.runner.close()
        self.opened.close()

    def look(self, decide: Callable[[Stores], Any]) -> Any:
        return self.runner.run(self.world.look(decide))

    def do(self, act: Act) -> None:
        """Do it, take it back, and bring it back; or be refused and change nothing."""
        self.runner.run(self._do(act))

    async def _do(self, act: Act) -> None:
        before = await self.world.look(truth)
        try:
            await act(self.world.runtime)
        except DonnaError:
            assert await self.world.look(truth) == before
            return
        after = await self.world.look(truth)
        if after.commands == before.commands:
            return
        await undo(self.world.runtime)
        assert (await self.world.look(truth)).plain == before.plain
        await redo(self.world.runtime)
        assert (await self.world.look(truth)).plain == after.plain

    @rule(text=SENTENCES, what=st.sampled_from(OnDuplicate))
    def say(self, text: str, what: OnDuplicate) -> None:
        self.do(lambda runtime: capture(runtime, text, on_duplicate=what))

    @rule(reference=REFERENCES, verb=st.sampled_from(Verb))
    def advance(self, reference: str, verb: Verb) -> None:
        self.do(lambda runtime: advance(runtime, reference, verb))

    @rule(reference=REFERENCES, ahead=st.none() | AHEAD)
    def move(self, reference: str, ahead: timedelta | None) -> None:
        to = None if ahead is None else self.world.clock.now() + ahead
        self.do(lambda runtime: move(runtime, reference, to=to))

    @rule(reference=REFERENCES, ahead=AHEAD)
    def snooze(self, reference: str, ahead: timedelta) -> None:
        until = self.world.clock.now() + ahead
        self.do(lambda runtime: snooze(runtime, reference, until=until))

    @rule(reference=REFERENCES, ahead=st.none() | AHEAD)
    def pin(self, reference: str, ahead: timedelta | None) -> None:
        to = None if ahead is None else self.world.clock.now() + ahead
        self.do(lambda runtime: pin(runtime, reference, to=to))

    @rule(reference=REFERENCES, act=st.sampled_from([unpin, lock, unlock, accept]))
    def settle_for(self, reference: str, act: Callable[[Runtime, str], Awaitable[object]]) -> None:
        self.do(lambda runtime: act(runtime, reference))

    @rule(reference=REFERENCES, correction=CORRECTIONS)
    def edit(self, reference: str, correction: Correction) -> None:
        self.do(lambda runtime: edit(runtime, reference, correction))

    @rule(into=REFERENCES, other=REFERENCES)
    def merge(self, into: str, other: str) -> None:
        self.do(lambda runtime: merge(runtime, into, other))

    @rule()
    def plan(self) -> None:
        self.do(plan)

    @rule(act=st.sampled_from([ack, busy, pause, resume]))
    def answer(self, act: Act) -> None:
        self.do(act)

    @rule(ahead=st.none() | AHEAD)
    def quiet(self, ahead: timedelta | None) -> None:
        until = None if ahead is None else self.world.clock.now() + ahead
        self.do(lambda runtime: quiet(runtime, until=until))

    @precondition(lambda self: len(self.known.commands) > 3)
    @rule(times=st.integers(1, 3), again=st.booleans())
    def change_of_mind(self, times: int, again: bool) -> None:
        async def waver(runtime: Runtime) -> None:
            for _ in range(times):
                await undo(runtime)
            for _ in range(times if again else 0):
                await redo(runtime)

        before = self.look(truth).plain
        try:
            self.runner.run(waver(self.world.runtime))
        except DonnaError:
            return
        if again:
            assert self.look(truth).plain == before

    @rule(reference=REFERENCES, text=SENTENCES)
    def rehearse(self, reference: str, text: str) -> None:
        before = self.look(everything)
        for act in (
            lambda runtime: capture(runtime, text),
            lambda runtime: advance(runtime, reference, Verb.DONE),
            undo,
        ):
            try:
                self.runner.run(act(rehearsed(self.world.runtime)))
            except DonnaError:
                continue
        assert self.look(everything) == before

    @rule(ahead=AHEAD)
    def let_time_pass(self, ahead: timedelta) -> None:
        self.runner.run(self.world.run_until(self.world.clock.now() + ahead))

    @invariant()
    def history_only_grows(self) -> None:
        now: Truth = self.look(truth)
        assert now.commands[: len(self.known.commands)] == self.known.commands
        for key, task in now.tasks.items():
            if self.known.tasks.get(key) != task:
                assert task.version > self.versions.get(key, 0)
            self.versions[key] = max(task.version, self.versions.get(key, 0))
        self.known = now

    @invariant()
    def every_status_was_reached_by_steps(self) -> None:
        for task in self.look(truth).tasks.values():
            steps = self.look(partial(steps_of, task))
            walked = [TaskStatus.BACKLOG, *(step.target for step in steps)]
            assert [step.origin for step in steps] == walked[:-1]
            assert walked[-1] is task.status

    @invariant()
    def open_jobs_follow_from_tasks(self) -> None:
        now: Truth = self.look(truth)
        pending = self.look(lambda stores: stores.jobs.select(states={JobState.PENDING}))
        for job in (row.job for row in pending if row.job.task_id is not None):
            task = now.tasks[job.task_id]
            assert task.status in HOLDS_TIME
            assert job.payload["occurrence"] == occurrence_of(task)
            assert job.kind is not JobKind.REMINDER or task.status is TaskStatus.SCHEDULED
            if job.kind is JobKind.ESCALATION:
                assert now.pursuits[task.id].is_active
        for pursuit in now.pursuits.values():
            assert not pursuit.is_active or now.tasks[pursuit.task_id].status in HOLDS_TIME

    @invariant()
    def talk_is_heard_as_long_as_it_stands(self) -> None:
        events = self.look(lambda stores: stores.events.since(0, limit=ALWAYS))
        told = [event for _, event in events if event.kind in TALK]
        last = {event.data["talk"]: event.kind for event in told}
        commands = self.look(lambda stores: stores.history.recent(ALWAYS))
        talk = {each.id: TALK[each.undone] for each in commands if each.verb == REMEMBER}
        assert last == talk

    @invariant()
    def nothing_goes_out_twice(self) -> None:
        keys = [row.delivery.key for row in self.look(lambda stores: stores.outbox.select())]
        assert len(keys) == len(set(keys))
        assert len({each.message.key for each in self.world.received}) == len(self.world.received)

    @precondition(lambda self: self.known.attention.paused_at is None)
    @invariant()
    def the_calendar_shows_what_the_tasks_imply(self) -> None:
        self.runner.run(deliver(self.world.runtime, Lane.CALENDAR))
        now = self.world.clock.now()
        window = Interval(now - timedelta(days=400), now + timedelta(days=400))
        shown = self.runner.run(self.world.runtime.own_calendar.changes(window)).events
        images = {
            task.calendar_event_id: event_image(task)
            for task in self.look(truth).tasks.values()
            if task.calendar_event_id is not None
        }
        wanted = {key: (image.title, image.when) for key, image in images.items() if image}
        assert {event.event_id: (event.title, event.when) for event in shown} == wanted
        self._is_as_free_as_it_ought_to_be({event.event_id: event.busy for event in shown})

    def _is_as_free_as_it_ought_to_be(self, shown: dict[str, bool]) -> None:
        """Check that free time is shown as such, and as busy at the latest by a job that is due."""
        now, slack = self.world.clock.now(), self.world.runtime.policy.planning.free_slack
        states = {JobState.PENDING, JobState.RUNNING}
        rows = self.look(lambda stores: stores.jobs.select(states=states))
        due = {row.job.task_id for row in rows if row.job.kind is JobKind.BUSY}
        for task in self.look(truth).tasks.values():
            if task.calendar_event_id in shown:
                free, busy = is_free(task, at=now, slack=slack), shown[task.calendar_event_id]
                assert busy != free or (not busy and task.id in due)


class AnyHistoryOnDisk(AnyHistory):
    """The same on a database and a calendar file."""

    def new_world(self) -> SimulatedWorld:
        sqlite = pytest.importorskip("donna_adapters.sql.sqlite", reason=ALONE)
        ics = pytest.importorskip("donna_adapters.calendars.ics", reason=ALONE)
        folder = Path(self.opened.enter_context(TemporaryDirectory()))
        database = self.opened.enter_context(sqlite.SqliteDatabase.open(folder / "donna.db"))
        own_calendar = ics.IcsCalendar("personal", folder / "donna.ics", zone=BERLIN, writable=True)
        return SimulatedWorld(
            unit_of_work=database.unit_of_work(SOMEBODY), own_calendar=own_calendar
        )


class AnyHistoryBesideOthers(AnyHistory):
    """The same while somebody else's calendar comes and goes."""

    def new_world(self) -> SimulatedWorld:
        self.family = InMemoryCalendar("family", writable=False)
        return SimulatedWorld(foreign_calendars=[self.family])

    @rule(broken=st.booleans())
    def tamper(self, broken: bool) -> None:
        if broken:
            self.family.break_reading()
        else:
            self.family.mend()


TestAnyHistory = AnyHistory.TestCase
TestAnyHistory.settings = settings(max_examples=60, stateful_step_count=15)
TestAnyHistoryBesideOthers = AnyHistoryBesideOthers.TestCase
TestAnyHistoryBesideOthers.settings = settings(max_examples=20, stateful_step_count=15)
TestAnyHistoryOnDisk = AnyHistoryOnDisk.TestCase
TestAnyHistoryOnDisk.settings = settings(max_examples=5, stateful_step_count=10)
