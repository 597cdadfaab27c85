"""From what a caller of the facade names to what the use cases take: times, lengths, tasks."""

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import TypeVar

from donna_core.domain.errors import InvalidInput
from donna_core.domain.tasks.task import Task
from donna_core.local.views import TaskRow
from donna_core.usecases.moment import (
    Moment,
    understand_deadline,
    understand_length,
    understand_moment,
)
from donna_core.usecases.runtime import Runtime

K = TypeVar("K", bound=StrEnum)

When = str | datetime
"""A time in words such as ``fri 3pm``, ``2h`` or ``tomorrow morning``, or an aware datetime."""

Length = str | timedelta
"""A length in words such as ``45 min``, or a timedelta."""

Reference = str | int | Task | TaskRow
"""A task: its number, words of its title, the start of its id, or the task itself."""


class NaiveTime(InvalidInput):
    """A datetime without a zone names no instant."""

    def __init__(self, when: datetime) -> None:
        self.when = when
        super().__init__(
            f"{when.isoformat(' ')} has no time zone. "
            "Give it one (datetime(..., tzinfo=ZoneInfo('Europe/Berlin'))), or say it in words."
        )


def moment(runtime: Runtime, when: When) -> Moment:
    """Return the instant that is named, and whether it fixes a time of day.

    Raise ``UnclearTime`` or ``NaiveTime``.
    """
    if isinstance(when, str):
        return understand_moment(runtime, when)
    return Moment(instant=_aware(when), exact=True)


def deadline(runtime: Runtime, when: When) -> datetime:
    """Return the last instant allowed; a day lasts until its end."""
    return understand_deadline(runtime, when) if isinstance(when, str) else _aware(when)


def length(runtime: Runtime, named: Length) -> timedelta:
    """Return how long something takes; raise ``UnclearTime``."""
    return understand_length(runtime, named) if isinstance(named, str) else named


def reference(named: Reference) -> str:
    """Return the reference as the use cases read it."""
    if isinstance(named, TaskRow):
        return named.task.handle
    if isinstance(named, Task):
        return named.handle
    return str(named)


def member(kind: type[K], named: str | None) -> K | None:
    """Return the member of a closed set that a word names; raise ``InvalidInput``."""
    if named is None:
        return None
    try:
        return kind(named)
    except ValueError as error:
        known = ", ".join(kind)
        raise InvalidInput(f"'{named}' is no {kind.__name__}. Choose one of {known}.") from error


def _aware(when: datetime) -> datetime:
    if when.utcoffset() is None:
        raise NaiveTime(when)
    return when.astimezone(UTC)
