"""The tables of the life cycle, in Markdown: the generated part of docs/concepts.md."""

from collections.abc import Iterator
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from donna_core.domain.ids import TaskId, UserId
from donna_core.domain.tasks.machine import StateMachine
from donna_core.domain.tasks.task import Task, TaskStatus
from donna_core.local.household import policy_from
from donna_core.local.settings import TransitionRow, load_settings

BEGINS = "<!-- generated from config/task_states.yaml -->"
ENDS = "<!-- end of what is generated -->"


def tables() -> str:
    """Return the transitions, and the way to done from each state, between the two marks."""
    settings = load_settings()
    machine = policy_from(settings, zone=ZoneInfo("UTC")).machine
    return "\n".join(
        [
            BEGINS,
            "",
            *_transitions(settings.task_states.transitions),
            "",
            "Completing a task is possible from everywhere and takes the shortest way:",
            "",
            *_completions(machine),
            "",
            ENDS,
        ]
    )


def inserted(document: str) -> str:
    """Return the document with the present tables between its marks."""
    before, _, rest = document.partition(BEGINS)
    _, _, after = rest.partition(ENDS)
    return f"{before}{tables()}{after}"


def _transitions(rows: tuple[TransitionRow, ...]) -> Iterator[str]:
    yield from ("| from | to | when | what follows |", "|---|---|---|---|")
    for row in rows:
        origin = "anywhere" if row.origin == "*" else row.origin
        after = f", or after {row.timeout_days} days" if row.timeout_days else ""
        when = f"{_words(row.trigger)}{after}"
        effects = ", ".join(map(_words, row.side_effects))
        yield f"| {_words(origin)} | {_words(row.target)} | {when} | {effects} |"


def _completions(machine: StateMachine) -> Iterator[str]:
    yield from ("| from | the way |", "|---|---|")
    for status in TaskStatus:
        if status is not TaskStatus.DONE:
            steps = machine.complete(_standing(status), at=_AT).steps
            way = " → ".join(_words(step.target) for step in steps)
            yield f"| {_words(status)} | {way} |"


_AT = datetime(2026, 1, 1, tzinfo=UTC)


def _standing(status: TaskStatus) -> Task:
    return Task(
        id=TaskId("any"),
        user_id=UserId("any"),
        number=1,
        title="any",
        created_at=_AT,
        status=status,
    )


def _words(name: str) -> str:
    return name.replace("_", " ")
