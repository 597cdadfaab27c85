"""Why a task stands where it stands and how it came there, read from what was recorded."""

from collections.abc import Iterator
from datetime import timedelta

from donna_core.domain.followup.phrasing import counted, length
from donna_core.domain.tasks.history import Actor, Command, Step, Topic
from donna_core.domain.wording import (
    Line,
    Scene,
    Tone,
    because,
    explained,
    facts,
    handle,
    moment,
    offers,
    spaced,
)
from donna_core.usecases.follow_workflow import VERB as WORKFLOW
from donna_core.usecases.overview import TaskView


def why(view: TaskView, scene: Scene) -> Iterator[Line]:
    """Yield the reasons of one task and how it came there."""
    yield Line(handle(view.task), Tone.HEADING)
    yield Line(facts(view.task, scene), depth=1)
    yield from expected(view, scene)
    if not view.explanations:
        yield Line("Nothing was decided about it: it is as you said it.", depth=1)
    yield from reasons(view, scene)
    yield from history(view, scene)


def expected(view: TaskView, scene: Scene) -> Iterator[Line]:
    """Yield how long such work takes and how likely it is in time, where that is known."""
    outlook, due = view.outlook, view.task.deadline
    if outlook is None:
        return
    if outlook.like_it:
        many = counted(outlook.like_it, "task", "tasks")
        usual, cautious = length(_minutes(outlook.usual)), length(_minutes(outlook.cautious))
        yield Line(f"{many} like it took {usual}, four of five at most {cautious}", Tone.QUIET, 1)
    if outlook.chance is not None and due is not None:
        yield Line(f"{outlook.chance:.0%} likely done by {moment(due, scene)}", Tone.QUIET, 1)


def _minutes(duration: timedelta) -> timedelta:
    return timedelta(minutes=max(1, round(duration / timedelta(minutes=1))))


def reasons(view: TaskView, scene: Scene) -> Iterator[Line]:
    """Yield what stands of the reasons, and the places that are offered."""
    yield from (Line(explained(each, scene), depth=1) for each in view.explanations)
    if view.offers:
        yield Line("Offers", Tone.HEADING)
    yield from (Line(each, depth=1) for each in offers(view.offers, view.task, scene))


def history(view: TaskView, scene: Scene) -> Iterator[Line]:
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
            if each.task_id == view.task.id and each.topic is not Topic.COMPLEXITY and each.reasons:
                yield Line(because(each.reasons, scene), Tone.QUIET, 2)


def _asked(command: Command) -> str:
    who = "you" if command.actor is Actor.PERSON else "Donna"
    told = command.actor is Actor.PERSON or command.verb == WORKFLOW
    said = f" ({command.text})" if command.text and told else ""
    taken_back = ", taken back since" if command.undone else ""
    return f"{who}: {spaced(command.verb)}{said}{taken_back}"


def _step(step: Step) -> str:
    return f"{spaced(step.origin)} to {spaced(step.target)} ({spaced(step.trigger)})"
