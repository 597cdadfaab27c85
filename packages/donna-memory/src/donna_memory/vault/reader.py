"""Reading the vault: never outside of it, never through a link."""

from pathlib import Path

from donna_memory.vault.folder import FileStat, VaultFolder
from donna_memory.vault.notes import Note, split
from donna_memory.vault.paths import note_path
from donna_memory.vault.refusals import Reason, VaultRefused

READ_LIMIT = 4 << 20  # bytes; a person may keep longer notes than Donna writes


class VaultReader:
    """Reads notes. Paths are relative to the vault, with slashes."""

    def __init__(self, root: Path) -> None:
        self.folder = VaultFolder(root)

    def read(self, path: str) -> Note:
        """Return a note; raise ``VaultRefused`` with the reason."""
        checked = note_path(path)
        content, found = self.folder.read(checked, limit=READ_LIMIT)
        try:
            text = content.decode()
        except UnicodeDecodeError as error:
            raise VaultRefused(path, Reason.UNREADABLE, detail=error.reason) from error
        front, body = split(text, path=path)
        return Note(path=checked, body=body, front_matter=front, stat=found)

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
