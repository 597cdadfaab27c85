"""What looking shows: now and next, lists, a day, a week, one task."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta

from donna_adapters.compose.settings import Home
from donna_cli.render import Block, Grid
from donna_core.domain.effects import CalendarWrite
from donna_core.domain.followup.phrasing import counted
from donna_core.domain.planning.advice import Advice
from donna_core.domain.planning.picture import Mark, drawn
from donna_core.domain.planning.week import Week
from donna_core.domain.tasks.task import HIGHEST_PRIORITY, Task
from donna_core.domain.timing.interval import Interval
from donna_core.domain.timing.windows import TimeWindow
from donna_core.domain.wording import (
    TASK_COLUMNS,
    WEEK_COLUMNS,
    Line,
    Scene,
    Tone,
    because,
    day_rows,
    facts,
    handle,
    hours,
    moment,
    row,
    section,
    spaced,
)
from donna_core.domain.wording import day as day_words
from donna_core.domain.workflow.errand import errand_of
from donna_core.ports.outbox import OutboxRow
from donna_core.usecases.explain import expected, history, reasons
from donna_core.usecases.overview import Contact, DayView, Now, TaskView


def welcome(home: Home) -> Iterator[Block]:
    """Yield what somebody new is told: first words, and the zone that is gone by."""
    yield Line(
        "Good to meet you. I am Donna: I keep your tasks and find time for them.", Tone.HEADING
    )
    yield Line("donna add Call mechanic monday 3pm   keeps and plans a task", depth=1)
    yield Line("donna demo                           shows a day, on data of its own", depth=1)
    yield Line("donna run                            reminds you, in the foreground", depth=1)
    yield Line("donna doctor                         tells where everything is kept", depth=1)
    yield Line("No account and no key is needed.", Tone.QUIET)
    yield from zone_lines(home)


def zone_lines(home: Home) -> Iterator[Line]:
    """Yield the zone, how to name another one, and why it is a guess where it is one."""
    yield Line(f"Your time zone is {home.zone}. To name another one:", Tone.QUIET)
    yield Line("donna config set calendar.timezone Europe/Berlin", Tone.QUIET, 1)
    if home.zone_note:
        yield Line(home.zone_note, Tone.WARNING)


def now(view: Now, scene: Scene) -> Iterator[Block]:
    """Yield what is on, what comes next and what is overdue."""
    yield from section("Now", view.current, scene)
    yield from section("Next", view.next, scene)
    yield from section("Overdue", view.overdue, scene, tone=Tone.WARNING)
    if view.unplanned:
        yield from section("Without a place", view.unplanned, scene)
        yield Line("donna plan gives them one.", Tone.QUIET, 1)
    if not (view.current or view.next or view.overdue or view.unplanned):
        yield Line("Nothing is waiting. Say: donna add Call mechanic monday 3pm")
    if view.waiting_for_answer:
        many = counted(len(view.waiting_for_answer), "task", "tasks")
        yield Line(
            f"Donna waits for an answer about {many}: donna ack, or donna busy", Tone.WARNING
        )
    if view.attention.paused_at is not None:
        yield Line("Everything is paused and nothing leaves: donna resume ends it.", Tone.WARNING)
    until = view.attention.quiet_until
    if until is not None and until > view.at:
        yield Line(f"Quiet until {moment(until, scene)}: donna quiet off ends it.", Tone.QUIET)


def tasks(several: Sequence[Task], scene: Scene, *, empty: str) -> Iterator[Block]:
    """Yield a table of tasks, or the word that there is none."""
    if not several:
        yield Line(empty)
        return
    yield Grid(
        columns=TASK_COLUMNS,
        rows=tuple(row(task, scene) for task in several),
        wide="Task",
    )


def advice(several: Sequence[Advice], scene: Scene) -> Iterator[Block]:
    """Yield what to do, the most pressing first, each with its reasons."""
    if not several:
        yield Line("Nothing is waiting.")
    for each in several:
        yield Line(handle(each.task), Tone.HEADING)
        yield Line(facts(each.task, scene), depth=1)
        yield Line(because(each.reasons, scene), Tone.QUIET, 1)


def picture(marks: Iterable[Mark], scene: Scene, *, days: int) -> Iterator[Block]:
    """Yield the days ahead as a picture of characters."""
    yield from (Line(text) for text in drawn(marks, first=scene.today, days=days, zone=scene.zone))


def day(view: DayView, scene: Scene) -> Iterator[Block]:
    """Yield the plan of a day: tasks and events by their time, then what is due and done."""
    yield Line(day_words(view.day, scene), Tone.HEADING)
    entries = sorted(
        [
            *(
                (_span_of(task), task.handle, task.title, spaced(task.status))
                for task in view.tasks
            ),
            *((event.when, "", event.title, event.calendar_id) for event in view.events),
        ],
        key=lambda entry: (entry[0], entry[2]),
    )
    if entries:
        yield Grid(
            columns=("Time", "#", "What", "State"),
            rows=tuple((hours(when, scene), *rest) for when, *rest in entries),
            wide="What",
        )
    else:
        yield Line("Nothing is planned.", depth=1)
    yield from section("Due", [t for t in view.due if t not in view.tasks], scene)
    yield from section("Done", view.completed, scene)


def week(view: Week, scene: Scene) -> Iterator[Block]:
    """Yield the plan of a week as one table; free days stand in it too."""
    yield Grid(columns=WEEK_COLUMNS, rows=tuple(day_rows(view.days, scene)), wide="What")


def contact(view: Contact, scene: Scene) -> Iterator[Block]:
    """Yield when messages may go out."""
    if view.ordinary_from == view.at:
        yield Line("Messages go out now.", Tone.GOOD)
    else:
        yield Line(f"Messages go out from {moment(view.ordinary_from, scene)}.", Tone.WARNING)
        urgent = "now" if view.urgent_from == view.at else f"from {moment(view.urgent_from, scene)}"
        yield Line(f"Those of priority {HIGHEST_PRIORITY} go out {urgent}.", depth=1)
    yield Line(f"Quiet hours: {_clock_face(view.quiet)}; blackout: {_clock_face(view.blackout)}.")
    until = view.attention.quiet_until
    if until is not None and until > view.at:
        ends = scene.spelling.command("quiet", "off")
        yield Line(f"You asked for quiet until {moment(until, scene)}: {ends} ends it.")


def _clock_face(window: TimeWindow) -> str:
    hour = timedelta(hours=1)
    return f"{window.start // hour:02}:00–{window.end // hour:02}:00"


def task(view: TaskView, scene: Scene) -> Iterator[Block]:
    """Yield everything about one task."""
    it = view.task
    yield Line(handle(it), Tone.HEADING)
    yield Line(facts(it, scene), depth=1)
    yield from expected(view, scene)
    yield from (Line(text, depth=1) for text in _details(it, scene))
    yield from section("Waits for", view.dependencies, scene)
    yield from section("Waiting for it", view.waiting, scene)
    yield from reasons(view, scene)
    if view.pursuit is not None and view.pursuit.is_active:
        yield Line(
            f"Donna waits for an answer (code {view.pursuit.ref}, tier {view.pursuit.tier}); "
            f"next {moment(view.pursuit.next_at, scene)}",
            Tone.WARNING,
        )
    if view.jobs:
        yield Line("Ahead", Tone.HEADING)
    for each in view.jobs:
        yield Line(f"{moment(each.job.run_at, scene)}  {spaced(each.job.kind)}", depth=1)
    if view.deliveries:
        yield Line("Messages and calendar", Tone.HEADING)
    yield from (Line(_delivery(each, scene), depth=1) for each in view.deliveries)
    yield from history(view, scene)


def _details(it: Task, scene: Scene) -> Iterator[str]:
    yield f"{spaced(it.status)}, kept {moment(it.created_at, scene)} by {it.created_via}"
    if it.description:
        yield it.description
    if (errand := errand_of(it)) is not None:
        waits = ""
        if errand.request is not None and errand.asked_at is not None:
            waits = f", waits since {moment(errand.asked_at, scene)} for {errand.request}"
        yield f"carries the workflow {errand.workflow} of {errand.project}{waits}"
    if it.base_priority != it.priority:
        yield f"given priority {it.base_priority}, worth {it.priority} today"
    if it.pinned_start is not None:
        yield f"pinned to {moment(it.pinned_start, scene)}"
    if it.snoozed_until is not None:
        yield f"snoozed until {moment(it.snoozed_until, scene)}"
    if it.actual_start is not None:
        yield f"started {moment(it.actual_start, scene)}"
    if it.prep_work_flag:
        yield f"prepare: {it.prep_work_instructions or 'yes'}"
    if it.reschedule_count:
        yield f"moved {it.reschedule_count} times"
    yield from (f"note: {note}" for note in it.notes)
    yield f"id {it.id}, version {it.version}"


def _delivery(row: OutboxRow, scene: Scene) -> str:
    sent = f" {moment(row.sent_at, scene)}" if row.sent_at else ""
    note = f" ({row.note})" if row.note else ""
    state = f"{spaced(row.state)}{sent}{note}"
    if isinstance(row.delivery, CalendarWrite):
        what = f"calendar {row.delivery.action}"
        return f"{what} {moment(row.delivery.start, scene)}: {state}"
    return f"{row.delivery.channel} {row.delivery.kind} '{row.delivery.subject}': {state}"


def _span_of(it: Task) -> Interval:
    start = it.scheduled_start or it.created_at
    return Interval(start, it.scheduled_end or start)
