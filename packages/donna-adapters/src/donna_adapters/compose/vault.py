"""Composition of the folder of notes: its reader, its one writer, and what Donna writes there."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from attrs import frozen

from donna_adapters.compose.build import Composed
from donna_adapters.sql.stores.marks import SqlMarks
from donna_core.domain.errors import ConfigError
from donna_core.domain.timing.zones import instant_at, local
from donna_core.local.settings import NoteRow, WeeklyNoteRow
from donna_memory.ports import Marks, MemoryCatalog, MemoryStore
from donna_memory.templates.drafts import Drafts
from donna_memory.templates.writing import MemoryInformedWriter
from donna_memory.vault.history import GitHistory
from donna_memory.vault.marks import Marked
from donna_memory.vault.reader import VaultReader
from donna_memory.vault.writer import VaultRules, VaultWriter

HISTORY = "vault.git"
"""The folder of the vault's history, beside the database and never in the vault."""

_LOW = "low"
_DAY = timedelta(days=1)


@frozen(kw_only=True)
class Notes:
    """What Donna writes notes with, and which of them she writes by herself.

    ``schedule`` has the days and hours of those that are for a day or a week, by template;
    ``people`` has those of the notes about people.
    """

    drafts: Drafts
    writer: MemoryInformedWriter
    schedule: Mapping[str, NoteRow | WeeklyNoteRow]
    people: WeeklyNoteRow
    after_meetings: bool

    def due(self, at: datetime) -> dict[str, date]:
        """Return the templates that are written unasked, with the latest day of each."""
        zone = self.drafts.zone
        rows = self.schedule.items()
        return {name: latest_due(row, at, zone) for name, row in rows if row.enabled}

    def people_due(self, at: datetime) -> date | None:
        """Return the latest day on which people are written about unasked, if they are."""
        return latest_due(self.people, at, self.drafts.zone) if self.people.enabled else None


def latest_due(row: NoteRow | WeeklyNoteRow, at: datetime, zone: ZoneInfo) -> date:
    """Return the latest local day whose hour for the note has come."""
    day = local(at, zone).date()
    weekday = row.day if isinstance(row, WeeklyNoteRow) else None
    while instant_at(day, time(row.hour), zone) > at or weekday not in {None, day.weekday()}:
        day -= _DAY
    return day


def vault_root(composed: Composed) -> Path | None:
    """Return the folder of notes, if one is named."""
    named = composed.home.settings.memory.vault.root
    return composed.home.place.data / Path(named).expanduser() if named else None


def marks_of(composed: Composed) -> Marks:
    """Return the table of the notes that the owner of this home marked."""
    runtime = composed.runtime
    return SqlMarks(composed.database, runtime.user_id, clock=runtime.clock)


def marked_in(composed: Composed) -> Marked:
    """Return which notes stay on this machine now, by memory.yaml and by the table; blocks."""
    patterns = composed.home.settings.memory.vault.local_only_globs
    return Marked(patterns=patterns, marks=marks_of(composed).all())


def vault_reader(composed: Composed, root: Path) -> VaultReader:
    """Return the reader of the notes below a folder."""
    return VaultReader(root, marked=partial(marked_in, composed))


def vault_writer(composed: Composed) -> VaultWriter | None:
    """Return the one writer, or ``None`` where Donna may write nowhere.

    Raise ``ConfigError`` where the history would lie within the vault.
    """
    settings, root = composed.home.settings.memory.vault, vault_root(composed)
    if root is None or not settings.write_folders:
        return None
    rules = VaultRules(
        folders=frozenset(settings.write_folders), max_note_bytes=settings.max_note_bytes
    )
    return VaultWriter(
        root,
        GitHistory(_history_beside(root, composed)),
        rules=rules,
        clock=composed.runtime.clock,
        marked=partial(marked_in, composed),
    )


def notes_of(composed: Composed, store: MemoryStore, catalog: MemoryCatalog) -> Notes | None:
    """Return what writes notes from templates, or ``None`` where Donna may write nowhere."""
    writer, runtime = vault_writer(composed), composed.runtime
    if writer is None:
        return None
    rows = composed.home.settings.memory.notes
    return Notes(
        schedule={
            "daily_reflection": rows.daily_reflection,
            "commitment_log": rows.commitment_log,
            "weekly_review": rows.weekly_review,
        },
        people=rows.person_profile,
        after_meetings=rows.meeting_note.enabled,
        drafts=Drafts(
            unit_of_work=runtime.unit_of_work,
            store=store,
            catalog=catalog,
            user_id=runtime.user_id,
            zone=runtime.policy.zone,
            clock=runtime.clock,
        ),
        writer=MemoryInformedWriter(
            writer=writer,
            language_model=runtime.language_model,
            unit_of_work=runtime.unit_of_work,
            clock=runtime.clock,
            to_inbox=composed.home.settings.memory.vault.autonomy == _LOW,
        ),
    )


def _history_beside(root: Path, composed: Composed) -> Path:
    history = composed.home.place.data / HISTORY
    if history.resolve().is_relative_to(root.resolve()):
        raise ConfigError(
            f"the vault {root} holds Donna's own data",
            where="memory.yaml: vault.root",
            remedy="Name a folder of notes only",
        )
    return history
