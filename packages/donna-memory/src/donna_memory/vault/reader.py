"""Reading the vault: never outside of it, never through a link."""

from collections.abc import Callable, Iterator
from pathlib import Path

from attrs import evolve

from donna_memory.vault.folder import FileStat, VaultFolder
from donna_memory.vault.marks import Marked
from donna_memory.vault.notes import Note, split
from donna_memory.vault.paths import NotePath, note_path
from donna_memory.vault.refusals import Reason, VaultRefused

READ_LIMIT = 4 << 20  # bytes; a person may keep longer notes than Donna writes


class VaultReader:
    """Reads notes. Paths are relative to the vault, with slashes.

    ``marked`` asks for the lists of notes that are their owner's alone: whoever can edit a note
    cannot take it off there. It is asked for every note, after that was read, so that a mark
    counts at once.
    """

    def __init__(self, root: Path, *, marked: Callable[[], Marked] = Marked) -> None:
        self.folder = VaultFolder(root)
        self.marked = marked

    def read(self, path: str) -> Note:
        """Return a note; raise ``VaultRefused`` with the reason."""
        note = self._plain(path)
        marked = self.marked()
        return evolve(note, marked=marked.has(note.path) or any(self.formers(note, marked)))

    def formers(self, note: Note, marked: Marked) -> Iterator[NotePath]:
        """Yield the marked notes that had the body of this one and have it no more: it moved."""
        return (path for path in marked.with_body(note.body_hash) if self._has_not(path, note))

    def list(self, folder: str = "") -> tuple[str, ...]:
        """Return the paths of all notes below a folder, sorted; none where there is no folder."""
        if folder:
            folder = note_path(f"{folder.strip('/')}/x.md").rpartition("/")[0]
        return tuple(self.folder.notes(folder))

    def stat(self, path: str) -> FileStat:
        """Return when a note was changed, and its size; raise ``VaultRefused``."""
        return self.folder.stat(note_path(path))

    def links(self, path: str) -> tuple[str, ...]:
        """Return what a note links to; raise ``VaultRefused``."""
        return self.read(path).links

    def is_there(self, path: str) -> bool:
        """Whether there is such a note, readable or not."""
        try:
            self.stat(path)
        except VaultRefused as error:
            return error.reason is not Reason.MISSING
        return True

    def _plain(self, path: str) -> Note:
        checked = note_path(path)
        content, found = self.folder.read(checked, limit=READ_LIMIT)
        try:
            text = content.decode()
        except UnicodeDecodeError as error:
            raise VaultRefused(path, Reason.UNREADABLE, detail=error.reason) from error
        front, body = split(text, path=path)
        return Note(path=checked, body=body, front_matter=front, stat=found)

    def _has_not(self, path: NotePath, note: Note) -> bool:
        try:
            return self._plain(path).body_hash != note.body_hash
        except VaultRefused:
            return True
