"""Telling what a person corrected, for those who learn from it later."""

from collections.abc import Collection
from datetime import datetime, timedelta
from enum import Enum
from typing import Any

from donna_core.domain.events import EventKind
from donna_core.domain.tasks.task import Task
from donna_core.usecases.recorder import Recorder

READ = ("title", "domain", "base_priority", "estimated_duration", "deadline", "deadline_type")
"""The fields that a sentence is read for and a person may put right."""

PLANNED = ("estimated_duration", "scheduled_start")
"""The fields that an event in the calendar shows."""

_MINUTE = timedelta(minutes=1)


def tell_corrections(
    recorder: Recorder, before: Task, after: Task, *, fields: Collection[str], source: str
) -> None:
    """Note each of these fields that differs, with both of its values.

    Instants are in ISO 8601, lengths in minutes.
    """
    for name in fields:
        was, now = getattr(before, name), getattr(after, name)
        if was != now:
            recorder.tell(
                EventKind.TASK_CORRECTED,
                after.id,
                field="priority" if name == "base_priority" else name,
                before=_plain(was),
                after=_plain(now),
                source=source,
            )


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value // _MINUTE
    return value.value if isinstance(value, Enum) else value
