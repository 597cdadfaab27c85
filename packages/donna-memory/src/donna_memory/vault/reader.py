"""Reading the vault: never outside of it, never through a link."""

from collections.abc import Callable
from pathlib import Path

from donna_memory.vault.folder import FileStat, VaultFolder
from donna_memory.vault.notes import Note, split
from donna_memory.vault.paths import NotePath, none_marked, note_path
from donna_memory.vault.refusals import Reason, VaultRefused

READ_LIMIT = 4 << 20  # bytes; a person may keep longer notes than Donna writes


class VaultReader:
    """Reads notes. Paths are relative to the vault, with slashes.

    ``is_marked`` asks Donna's own list whether a note is its owner's alone: whoever can edit a
    note cannot take it off there.
    """

    def __init__(self, root: Path, *, is_marked: Callable[[NotePath], bool] = none_marked) -> None:
        self.folder = VaultFolder(root)
        self._is_marked = is_marked

    def read(self, path: str) -> Note:
        """Return a note; raise ``VaultRefused`` with the reason."""
        checked = note_path(path)
        content, found = self.folder.read(checked, limit=READ_LIMIT)
        try:
            text = content.decode()
        except UnicodeDecodeError as error:
            raise VaultRefused(path, Reason.UNREADABLE, detail=error.reason) from error
        front, body = split(text, path=path)
        marked = self.is_marked(path)
        return Note(path=checked, body=body, front_matter=front, stat=found, marked=marked)

    def is_marked(self, path: str) -> bool:
        """Whether the note is on Donna's own list of those that are its owner's alone."""
        return self._is_marked(note_path(path))

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
