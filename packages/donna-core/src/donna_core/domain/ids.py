"""Names for the identifiers that travel through Donna.

Every identifier is text; the ``NewType`` keeps one kind from being passed for another.
"""

from typing import NewType

TaskId = NewType("TaskId", str)
"""A task: a UUIDv7 in its canonical text form."""

UserId = NewType("UserId", str)
"""The owner of a row; every stored row carries one."""

CommandId = NewType("CommandId", str)
"""One thing a person (or the clock) asked for; the unit of undo."""

JobId = NewType("JobId", str)
"""One act that is due at an instant."""

DeliveryId = NewType("DeliveryId", str)
"""One row of the outbox."""

EventKey = NewType("EventKey", str)
"""A calendar event, chosen by Donna before the calendar hears of it (base32hex, 26 characters)."""

CallId = NewType("CallId", str)
"""One attempt to reach a model: the key of its ledger entry and of its row in the call log."""

RequestId = NewType("RequestId", str)
"""One question to the models with all its attempts: retries, fallbacks and shadow calls."""
