"""What looking shows: now and next, lists, a day, a week, one task and its why."""

from collections.abc import Iterator, Sequence

from donna_cli.render import Block, Grid, Line, Tone
from donna_cli.wording import (
    Scene,
    because,
    deadline,
    facts,
    handle,
    hours,
    moment,
    offer,
    place,
    status,
)
from donna_cli.wording import day as day_words
from donna_core.domain.effects import CalendarWrite
from donna_core.domain.planning.week import Entry, Week
from donna_core.domain.tasks.history import Actor, Command, Explanation, Step
from donna_core.domain.tasks.task import Task, TaskStatus
from donna_core.domain.timing.interval import Interval
from donna_core.ports.outbox import OutboxRow
from donna_core.usecases.overview import DayView, Now, TaskView

_TOPICS = {
    "placement": "Its place",
    "priority": "Its priority",
    "duplicate": "Its likeness",
    "complexity": "Its size",
}


def now(view: Now, scene: Scene, *, first_run: bool, zone_note: str) -> Iterator[Block]:
    """Yield what is on, what comes next and what is overdue."""
    if first_run:
        yield from _welcome(scene)
        if zone_note:
            yield Line(zone_note, Tone.WARNING)
        return
    yield from _section("Now", view.current, scene)
    yield from _section("Next", view.next, scene)
    yield from _section("Overdue", view.overdue, scene, tone=Tone.WARNING)
    if view.unplanned:
        yield from _section("Without a place", view.unplanned, scene)
        yield Line("donna plan gives them one.", Tone.QUIET, 1)
    if not (view.current or view.next or view.overdue or view.unplanned):
        yield Line("Nothing is waiting. Say: donna add Call mechanic monday 3pm")
    if view.waiting_for_answer:
        count = len(view.waiting_for_answer)
        many = "1 task" if count == 1 else f"{count} tasks"
        yield Line(
            f"Donna waits for an answer about {many}: donna ack, or donna busy", Tone.WARNING
        )
    until = view.attention.quiet_until
    if until is not None and until > view.at:
        yield Line(f"Quiet until {moment(until, scene)}: donna quiet off ends it.", Tone.QUIET)


def tasks(several: Sequence[Task], scene: Scene, *, empty: str) -> Iterator[Block]:
    """Yield a table of tasks, or the word that there is none."""
    if not several:
        yield Line(empty)
        return
    yield Grid(
        columns=("#", "Task", "When", "Priority", "Due", "State"),
        rows=tuple(_row(task, scene) for task in several),
        wide="Task",
    )


def day(view: DayView, scene: Scene) -> Iterator[Block]:
    """Yield the plan of a day: tasks and events by their time, then what is due and done."""
    yield Line(day_words(view.day, scene), Tone.HEADING)
    entries = sorted(
        [
            *(
                (_span_of(task), task.handle, task.title, status(task.status))
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
    yield from _section("Due", [t for t in view.due if t not in view.tasks], scene)
    yield from _section("Done", view.completed, scene)


def week(view: Week, scene: Scene) -> Iterator[Block]:
    """Yield the plan of a week as one table; free days stand in it too."""
    rows: list[tuple[str, ...]] = []
    for each in view.days:
        name = day_words(each.date, scene) + (" (today)" if each.date == scene.today else "")
        if not each.entries:
            rows.append((name, "", "free", "", ""))
        for entry in each.entries:
            rows.append((name, hours(entry.when, scene), entry.title, *_weight(entry)))
            name = ""
    yield Grid(columns=("Day", "Time", "What", "Priority", "State"), rows=tuple(rows), wide="What")


def task(view: TaskView, scene: Scene) -> Iterator[Block]:
    """Yield everything about one task."""
    it = view.task
    yield Line(handle(it), Tone.HEADING)
    yield Line(facts(it, scene), depth=1)
    yield from (Line(text, depth=1) for text in _details(it, scene))
    yield from _section("Waits for", view.dependencies, scene)
    yield from _section("Waiting for it", view.waiting, scene)
    yield from _explained(view, scene)
    if view.pursuit is not None and view.pursuit.is_active:
        yield Line(
            f"Donna waits for an answer (code {view.pursuit.ref}, tier {view.pursuit.tier}); "
            f"next {moment(view.pursuit.next_at, scene)}",
            Tone.WARNING,
        )
    if view.jobs:
        yield Line("Ahead", Tone.HEADING)
    for row in view.jobs:
        yield Line(f"{moment(row.job.run_at, scene)}  {row.job.kind.replace('_', ' ')}", depth=1)
    if view.deliveries:
        yield Line("Messages and calendar", Tone.HEADING)
    yield from (Line(_delivery(row, scene), depth=1) for row in view.deliveries)
    yield from _history(view, scene)


def why(view: TaskView, scene: Scene) -> Iterator[Block]:
    """Yield the reasons of one task and how it came there."""
    yield Line(handle(view.task), Tone.HEADING)
    yield Line(facts(view.task, scene), depth=1)
    if not view.explanations:
        yield Line("Nothing was decided about it: it is as you said it.", depth=1)
    yield from _explained(view, scene)
    yield from _history(view, scene)


def _welcome(scene: Scene) -> Iterator[Block]:
    yield Line(
        "Good to meet you. I am Donna: I keep your tasks and find time for them.", Tone.HEADING
    )
    yield Line("donna add Call mechanic monday 3pm   keeps and plans a task", depth=1)
    yield Line("donna demo                           shows a day, on data of its own", depth=1)
    yield Line("donna run                            reminds you, in the foreground", depth=1)
    yield Line("donna doctor                         tells where everything is kept", depth=1)
    yield Line(f"No account and no key is needed. Your time zone is {scene.zone.key}.", Tone.QUIET)


def _section(
    title: str, several: Sequence[Task], scene: Scene, *, tone: Tone = Tone.HEADING
) -> Iterator[Block]:
    if several:
        yield Line(title, tone)
    for each in several:
        yield Line(handle(each), depth=1)
        yield Line(facts(each, scene), Tone.QUIET, 2)


def _row(it: Task, scene: Scene) -> tuple[str, ...]:
    """Return a row of the list; that a task is scheduled is told by its place."""
    due = deadline(it.deadline, it.deadline_type, scene).removeprefix("due ")
    told = it.status is TaskStatus.SCHEDULED or not it.is_open
    state = "" if told else status(it.status)
    return (it.handle, it.title, place(it, scene), str(it.priority), due, state)


def _details(it: Task, scene: Scene) -> Iterator[str]:
    yield f"{status(it.status)}, kept {moment(it.created_at, scene)} by {it.created_via}"
    if it.description:
        yield it.description
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


def _explained(view: TaskView, scene: Scene) -> Iterator[Block]:
    for each in view.explanations:
        yield Line(f"{_TOPICS[each.topic]}: {_words(each, scene)}", depth=1)
    if view.offers:
        yield Line("Offers", Tone.HEADING)
    for number, offered in enumerate(view.offers, start=1):
        yield Line(offer(number, offered, view.task, scene), depth=1)


def _words(explanation: Explanation, scene: Scene) -> str:
    return because(explanation.reasons, scene) or "for no particular reason"


def _history(view: TaskView, scene: Scene) -> Iterator[Block]:
    """Yield who did what when, oldest first, with the steps each thing took."""
    if view.commands or view.steps:
        yield Line("History", Tone.HEADING)
    steps = {command.id: command.steps for command in view.commands}
    told = [step for taken in steps.values() for step in taken]
    for step in view.steps:
        if step not in told:
            yield Line(f"{moment(step.at, scene)}  {_step(step)}", Tone.QUIET, 1)
    for command in reversed(view.commands):
        yield Line(f"{moment(command.at, scene)}  {_asked(command)}", depth=1)
        for step in steps[command.id]:
            if step.task_id == view.task.id:
                yield Line(_step(step), Tone.QUIET, 2)
        for each in command.explanations:
            if each.task_id == view.task.id and each.reasons:
                yield Line(because(each.reasons, scene), Tone.QUIET, 2)


def _asked(command: Command) -> str:
    who = "you" if command.actor is Actor.PERSON else "Donna"
    said = f" ({command.text})" if command.text and command.actor is Actor.PERSON else ""
    taken_back = ", taken back since" if command.undone else ""
    return f"{who}: {command.verb.replace('_', ' ')}{said}{taken_back}"


def _step(step: Step) -> str:
    trigger = step.trigger.replace("_", " ")
    return f"{status(step.origin)} to {status(step.target)} ({trigger})"


def _delivery(row: OutboxRow, scene: Scene) -> str:
    sent = f" {moment(row.sent_at, scene)}" if row.sent_at else ""
    note = f" ({row.note})" if row.note else ""
    state = f"{row.state.replace('_', ' ')}{sent}{note}"
    if isinstance(row.delivery, CalendarWrite):
        what = f"calendar {row.delivery.action}"
        return f"{what} {moment(row.delivery.start, scene)}: {state}"
    return f"{row.delivery.channel} {row.delivery.kind} '{row.delivery.subject}': {state}"


def _weight(entry: Entry) -> tuple[str, str]:
    if entry.status is None or entry.priority is None:
        return "", ""
    return str(entry.priority), status(entry.status)


def _span_of(it: Task) -> Interval:
    start = it.scheduled_start or it.created_at
    return Interval(start, it.scheduled_end or start)
