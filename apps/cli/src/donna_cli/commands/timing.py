"""Choosing the time: move, snooze, pin, unpin, accept."""

from typing import Annotated

import typer

from donna_cli.commands.parameters import OneTask, TaskAndTime, Tasks
from donna_cli.exits import ExitCode
from donna_cli.invocation import Invocation
from donna_cli.session import change
from donna_cli.words import named, timed
from donna_core.domain.errors import InvalidInput
from donna_core.usecases import reschedule
from donna_core.usecases.advance import Changed
from donna_core.usecases.moment import understand_moment
from donna_core.usecases.runtime import Runtime


def move(invocation: Invocation, task_and_time: TaskAndTime) -> ExitCode:
    """Put tasks at another time, or at the next free one.

    A time of day is taken as it is; a day or a part of one means its first free place.

    Examples:
      donna move 3 fri 3pm
      donna move call mechanic to tomorrow morning
      donna move 3
    """

    async def act(runtime: Runtime) -> Changed:
        reference, words = timed(runtime, task_and_time)
        if not words:
            return await reschedule.move(runtime, reference)
        moment = understand_moment(runtime, words)
        if not moment.exact:
            return await reschedule.move(runtime, reference, after=moment.instant)
        return await reschedule.move(runtime, reference, to=moment.instant)

    return change(invocation, act, reference=task_and_time[0])


def snooze(invocation: Invocation, task_and_time: TaskAndTime) -> ExitCode:
    """Hear nothing of tasks until later, and do them after.

    Examples:
      donna snooze 3 2h
      donna snooze call mechanic tomorrow morning
    """

    async def act(runtime: Runtime) -> Changed:
        reference, words = timed(runtime, task_and_time)
        if not words:
            raise InvalidInput("Until when? Say it like `donna snooze 3 2h` or `... 3 tomorrow`.")
        until = understand_moment(runtime, words).instant
        return await reschedule.snooze(runtime, reference, until=until)

    return change(invocation, act, reference=task_and_time[0])


def pin(invocation: Invocation, task_and_time: TaskAndTime) -> ExitCode:
    """Fix tasks where they are, or at a time, so that no plan moves them.

    Examples:
      donna pin 3
      donna pin 3 fri 3pm
    """

    async def act(runtime: Runtime) -> Changed:
        reference, words = timed(runtime, task_and_time)
        if not words:
            return await reschedule.pin(runtime, reference, to=None)
        moment = understand_moment(runtime, words)
        if not moment.exact:
            raise InvalidInput(f"'{words}' names no time of day to pin it at. Say 'fri 3pm'.")
        return await reschedule.pin(runtime, reference, to=moment.instant)

    return change(invocation, act, reference=task_and_time[0])


def unpin(invocation: Invocation, tasks: Tasks) -> ExitCode:
    """Let plans move pinned tasks again.

    Examples:
      donna unpin 3
      donna unpin call mechanic
    """
    reference = named(tasks)
    return change(
        invocation, lambda runtime: reschedule.unpin(runtime, reference), reference=reference
    )


def accept(
    invocation: Invocation,
    task: OneTask,
    offer: Annotated[int, typer.Option("--offer", "-o", min=1, help="Which offer.")] = 1,
) -> ExitCode:
    """Take a place Donna offered for a task that fits nowhere as asked.

    `donna show` lists the offers.

    Examples:
      donna accept 7
      donna accept build a boat --offer 1
    """
    reference = named(task)
    return change(invocation, lambda runtime: reschedule.accept(runtime, reference, offer=offer))
