"""What ``--json`` prints of accounts: promises, history, what a restored copy wanted to send."""

from typing import Literal

from donna_cli.schema_records import CommandObject, DeliveryObject, TaskObject
from donna_cli.wire_object import Instant, Wire


class ChangeObject(Wire):
    """One task before and after a command; ``null`` where it did not exist."""

    before: TaskObject | None
    after: TaskObject | None
    fields: list[str]


class HistoryEntryObject(Wire):
    """One command with every task it changed; ``undoes`` and ``redoes`` name other commands."""

    command: CommandObject
    tasks: list[ChangeObject]
    undoes: str | None
    redoes: str | None


class HistoryObject(Wire):
    """Commands, the latest last."""

    entries: list[HistoryEntryObject]


class PromiseObject(Wire):
    """One act Donna owes or owed; its receipts are the messages that came of it."""

    key: str
    kind: str
    due: Instant
    task: TaskObject | None
    standing: Literal["owed", "late", "kept", "dropped", "broken"]
    why: str
    attempts: int
    finished_at: Instant | None
    receipts: list[DeliveryObject]


class PromisesObject(Wire):
    """Promises by their time, as they stand at the instant ``at``."""

    at: Instant
    promises: list[PromiseObject]


class RestoredObject(Wire):
    """An older copy is in place; ``kept`` is where the database before is, if there was one.

    ``since`` is the last command the copy knows of, ``missed`` the keys of what was due after.
    ``booked`` dollars count as spent; ``assumed`` where nobody knows what was.
    """

    kept: str | None
    since: Instant | None
    put_aside: list[DeliveryObject]
    missed: list[str]
    booked: str
    assumed: bool
