"""Donna in one object, for scripts and notebooks: synchronous, in memory, without any set-up."""

from collections.abc import Collection, Coroutine, Sequence
from datetime import timedelta
from pathlib import Path
from types import TracebackType
from typing import Any

from donna_core.domain.capture.cleaning import clean
from donna_core.domain.errors import InvalidInput
from donna_core.domain.tasks.task import CLOSED, OPEN, DeadlineType, Domain, TaskStatus
from donna_core.domain.timing.interval import Interval
from donna_core.domain.wording import Scene, moment
from donna_core.local import understanding
from donna_core.local.plan_views import ProposedWeek, Supposed
from donna_core.local.receipts import Receipt
from donna_core.local.session import Session
from donna_core.local.timetables import NowView, Timetable, day_table, week_table
from donna_core.local.understanding import Length, Reference, When
from donna_core.local.views import Messages, MethodCalls, TaskList, Understood, Why
from donna_core.ports.clock import Clock
from donna_core.ports.ids import IdSource
from donna_core.usecases import answer, capture, edit, merge, overview, reschedule, undo
from donna_core.usecases.advance import Verb, advance
from donna_core.usecases.plan_week import apply_week, propose_week
from donna_core.usecases.receipt import Result, receipt_of
from donna_core.usecases.runtime import Runtime
from donna_core.usecases.what_if import apply_what_if, what_if


class Donna:
    """One Donna, for one person; ``Donna.local()`` makes her.

    Every method runs one use case to its end and returns what a person or a program can read.
    Times are words such as ``"fri 3pm"`` or aware datetimes; a task is named by its number, its
    title or itself. What Donna cannot do is raised as a ``DonnaError``. She may be used from any
    thread, one request after the other, and inside a running event loop.
    """

    def __init__(self, session: Session) -> None:
        self._session = session

    @classmethod
    def local(
        cls,
        *,
        zone: str | None = None,
        clock: Clock | None = None,
        ids: IdSource | None = None,
        config_dir: Path | None = None,
    ) -> "Donna":
        """Return a Donna who keeps everything in memory, with the packaged defaults.

        ``config_dir`` overlays them with the YAML files of a folder. ``zone`` is an IANA name;
        without one it is that of the configuration, or UTC where that leaves it to the machine.
        Raise ``UnknownZone`` or ``ConfigError``.
        """
        return cls(Session.open(zone=zone, clock=clock, ids=ids, config=config_dir))

    def __enter__(self) -> "Donna":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        scene = self._scene
        state = "closed" if self._session.is_closed else moment(scene.at, scene)
        return f"<Donna in {self._runtime.policy.zone.key}, {state}>"

    def close(self) -> None:
        """End this Donna; whatever is asked of her afterwards raises ``ClosedDonna``."""
        self._session.close()

    def capture(
        self,
        text: str,
        *,
        on_duplicate: capture.OnDuplicate = capture.OnDuplicate.KEEP,
        insist: bool = False,
    ) -> Receipt:
        """Keep the task in a sentence and give it a place; see ``usecases.capture``."""
        kept = self._session.change(
            capture.capture(self._runtime, text, on_duplicate=on_duplicate, insist=insist)
        )
        return self._receipt(kept, problems=[str(error) for error in kept.unreadable])

    def parse(self, text: str) -> Understood:
        """Return what Donna understands of a sentence; nothing is kept."""
        reading = self._session.look(capture.read(self._runtime, text))
        return Understood(reading=reading, scene=self._scene)

    def tasks(
        self,
        *,
        every: bool = False,
        statuses: Collection[TaskStatus] | None = None,
        domain: str | None = None,
        tag: str | None = None,
        text: str | None = None,
    ) -> TaskList:
        """Return the open tasks, ``every`` task, or those that meet every filter."""
        wanted = statuses or (OPEN | CLOSED if every else OPEN)
        found = self._session.look(
            overview.tasks(self._runtime, statuses=wanted, domain=domain, tag=tag, text=text)
        )
        return TaskList(tasks=found, scene=self._scene)

    def now(self) -> NowView:
        """Return what is on, what comes next, what is overdue and what has no place."""
        return NowView(view=self._session.look(overview.now(self._runtime)), scene=self._scene)

    def today(self) -> Timetable:
        """Return the present local day: its entries, what is due and what is done."""
        view, _ = self._session.look(overview.today(self._runtime))
        week, _ = self._session.look(overview.week(self._runtime))
        return day_table(view, week, self._scene)

    def week(self, *, ahead: int = 0) -> Timetable:
        """Return the week of today, Monday to Sunday, or one further on."""
        week, _ = self._session.look(overview.week(self._runtime, weeks_ahead=ahead))
        return week_table(week, self.tasks(every=True).tasks, self._scene)

    def why(self, reference: Reference) -> Why:
        """Return why a task is where and what it is."""
        view = self._session.look(overview.show(self._runtime, understanding.reference(reference)))
        return Why(view=view, scene=self._scene)

    def plan(self) -> Receipt:
        """Give every open task without a place one, the most pressing first."""
        done, mirrored = self._session.change(reschedule.plan(self._runtime))
        return self._receipt(done, problems=[str(error) for error in mirrored.unreadable])

    def plan_week(self, *, days: int | None = None, effort: int | None = None) -> ProposedWeek:
        """Return the best plan of the days ahead; ``apply`` on it moves the tasks."""
        found = self._session.look(propose_week(self._runtime, days=days, effort=effort))
        return ProposedWeek(
            plan=found,
            scene=self._scene,
            apply=lambda plan: self._changed(apply_week(self._runtime, plan)),
        )

    def what_if(self, words: str) -> Supposed:
        """Return what would follow from ``"off friday"``, ``"drop 3"`` or a new task."""
        found = self._session.look(what_if(self._runtime, words))
        return Supposed(
            branch=found,
            scene=self._scene,
            apply=lambda branch: self._changed(apply_what_if(self._runtime, branch)),
        )

    def start(self, reference: Reference) -> Receipt:
        """Begin a task now."""
        return self._advance(reference, Verb.START)

    def done(self, reference: Reference) -> Receipt:
        """Finish a task, wherever it stands; the next occurrence of a recurring one follows."""
        return self._advance(reference, Verb.DONE)

    def block(self, reference: Reference, *, reason: str = "") -> Receipt:
        """Note that a task under way cannot go on."""
        return self._advance(reference, Verb.BLOCK, reason=reason)

    def unblock(self, reference: Reference) -> Receipt:
        """Let a blocked task go on: it gets the next free place."""
        return self._advance(reference, Verb.UNBLOCK)

    def drop(self, reference: Reference) -> Receipt:
        """Cancel a task."""
        return self._advance(reference, Verb.DROP)

    def reopen(self, reference: Reference) -> Receipt:
        """Bring a finished or dropped task back."""
        return self._advance(reference, Verb.REOPEN)

    def move(self, reference: Reference, when: When | None = None) -> Receipt:
        """Put a task at a time, or without one at the next free place.

        A time of day is taken as it is; a day or a part of one means its first free place.
        """
        named = understanding.reference(reference)
        moment = understanding.moment(self._runtime, when) if when is not None else None
        if moment is not None and not moment.exact:
            return self._changed(reschedule.move(self._runtime, named, after=moment.instant))
        to = moment.instant if moment else None
        return self._changed(reschedule.move(self._runtime, named, to=to))

    def snooze(self, reference: Reference, until: When) -> Receipt:
        """Hear nothing of a task until then, and do it after."""
        named = understanding.reference(reference)
        instant = understanding.moment(self._runtime, until).instant
        return self._changed(reschedule.snooze(self._runtime, named, until=instant))

    def pin(self, reference: Reference, when: When | None = None) -> Receipt:
        """Fix a task where it is, or at a time, so that no plan moves it."""
        moment = understanding.moment(self._runtime, when) if when is not None else None
        if moment is not None and not moment.exact:
            raise InvalidInput(f"'{when}' names no time of day to pin it at. Say 'fri 3pm'.")
        to = moment.instant if moment else None
        named = understanding.reference(reference)
        return self._changed(reschedule.pin(self._runtime, named, to=to))

    def unpin(self, reference: Reference) -> Receipt:
        """Let plans move a task again."""
        named = understanding.reference(reference)
        return self._changed(reschedule.unpin(self._runtime, named))

    def accept(self, reference: Reference, *, offer: int = 1) -> Receipt:
        """Take the offer of that number for a task that fits nowhere as asked."""
        named = understanding.reference(reference)
        return self._changed(reschedule.accept(self._runtime, named, offer=offer))

    def edit(
        self,
        reference: Reference,
        *,
        title: str | None = None,
        description: str | None = None,
        domain: Domain | str | None = None,
        priority: int | None = None,
        duration: Length | None = None,
        deadline: When | None = None,
        deadline_type: DeadlineType | str | None = None,
        no_deadline: bool = False,
        tags: Sequence[str] = (),
        without_tags: Sequence[str] = (),
        note: str | None = None,
        after: Sequence[Reference] = (),
        free: bool = False,
        reviewed: bool = False,
    ) -> Receipt:
        """Correct what a task says; see ``usecases.edit.Correction``."""
        runtime = self._runtime
        correction = edit.Correction(
            title=_cleaned(self._runtime, title),
            description=_cleaned(self._runtime, description),
            domain=understanding.member(Domain, domain),
            priority=priority,
            duration=understanding.length(runtime, duration) if duration is not None else None,
            deadline=understanding.deadline(runtime, deadline) if deadline is not None else None,
            deadline_type=understanding.member(DeadlineType, deadline_type),
            no_deadline=no_deadline,
            add_tags=tuple(tag.removeprefix("#") for tag in tags),
            remove_tags=tuple(tag.removeprefix("#") for tag in without_tags),
            note=_cleaned(self._runtime, note),
            after=tuple(map(understanding.reference, after)),
            free=free,
            reviewed=reviewed,
        )
        if correction == edit.Correction():
            raise InvalidInput("Nothing to change was named. Name a field, such as priority=4.")
        return self._changed(edit.edit(runtime, understanding.reference(reference), correction))

    def merge(self, into: Reference, other: Reference) -> Receipt:
        """Make one task of two; the first stays."""
        kept, folded = understanding.reference(into), understanding.reference(other)
        return self._changed(merge.merge(self._runtime, kept, folded))

    def undo(self) -> Receipt:
        """Take back the last request that still stands."""
        return self._changed(undo.undo(self._runtime))

    def redo(self) -> Receipt:
        """Bring back what was undone last."""
        return self._changed(undo.redo(self._runtime))

    def ack(self, reference: Reference | None = None) -> Receipt:
        """Answer that a reminder was seen, so that it is not repeated more loudly."""
        named = understanding.reference(reference) if reference is not None else None
        return self._changed(answer.ack(self._runtime, named))

    def quiet(self, until: When | None) -> Receipt:
        """Hold all messages below priority 5 until then; ``None`` ends the quiet."""
        moment = understanding.moment(self._runtime, until) if until is not None else None
        return self._changed(answer.quiet(self._runtime, until=moment.instant if moment else None))

    def busy_at(self, title: str, start: When, end: When | timedelta) -> None:
        """Put an event of somebody else's in the calendar; ``end`` may be its length.

        Tasks that are planned already stay where they are.
        """
        first = understanding.moment(self._runtime, start).instant
        last = (
            first + end
            if isinstance(end, timedelta)
            else understanding.moment(self._runtime, end).instant
        )
        if last <= first:
            raise InvalidInput(f"'{title}' would end before it begins. Name a later end.")
        self._session.block(title, Interval(first, last))

    def work(self) -> Messages:
        """Do everything that is due at this moment and return what was said."""
        return Messages(told=self._session.work(), scene=self._scene)

    def advance_to(self, when: When) -> Messages:
        """Let time pass until then, everything due happening at its own time.

        It needs a clock that can be moved, such as ``donna_core.testing.fake_clock.FakeClock``;
        raise ``UnmovableClock`` for any other and ``InThePast`` for an instant that is over.
        """
        instant = understanding.moment(self._runtime, when).instant
        if instant < self._runtime.clock.now():
            raise reschedule.InThePast(instant)
        return Messages(told=self._session.live(until=instant), scene=self._scene)

    def messages(self) -> Messages:
        """Return everything Donna said so far."""
        return Messages(told=tuple(self._session.told), scene=self._scene)

    @property
    def _runtime(self) -> Runtime:
        return self._session.runtime

    @property
    def _scene(self) -> Scene:
        zone, at = self._runtime.policy.zone, self._runtime.clock.now()
        return Scene(zone=zone, at=at, spelling=MethodCalls())

    def _advance(self, reference: Reference, verb: Verb, *, reason: str = "") -> Receipt:
        named = understanding.reference(reference)
        return self._changed(advance(self._runtime, named, verb, reason=reason))

    def _changed(self, act: Coroutine[Any, Any, Result]) -> Receipt:
        return self._receipt(self._session.change(act))

    def _receipt(self, result: Result, *, problems: Sequence[str] = ()) -> Receipt:
        written = receipt_of(self._runtime, result, scene=self._scene, problems=problems)
        return Receipt(done=self._session.look(written))


def _cleaned(runtime: Runtime, text: str | None) -> str | None:
    return None if text is None else clean(text, limit=runtime.policy.text_limit)[0]
