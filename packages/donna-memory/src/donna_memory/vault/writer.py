"""The one writer of the vault: checks in a fixed order, one atomic write, one commit."""

from collections.abc import Callable, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from attrs import field, frozen
from filelock import FileLock

from donna_core.ports.clock import Clock
from donna_memory.vault.folder import VaultFolder
from donna_memory.vault.history import OWNER, Change, GitHistory
from donna_memory.vault.marks import Marked
from donna_memory.vault.notes import Note, joined, split
from donna_memory.vault.paths import NotePath, folder_of, note_path
from donna_memory.vault.reader import VaultReader
from donna_memory.vault.refusals import Reason, VaultRefused


@frozen(kw_only=True)
class VaultRules:
    """Where Donna may write, and how much. ``folders`` are top folders, without a slash."""

    folders: frozenset[str]
    max_note_bytes: int = 200_000


@frozen(kw_only=True)
class WriteDone:
    """The commit a change became, and the note's new time of change in nanoseconds."""

    path: NotePath
    sha: str
    mtime_ns: int = 0


@frozen(kw_only=True)
class Undone:
    """What was taken back, newest first, and the notes that were left: changed since, or marked."""

    commits: tuple[str, ...] = field(factory=tuple)
    left: tuple[NotePath, ...] = field(factory=tuple)


class VaultWriter:
    """Changes notes for Donna.

    ``marked`` asks, before every change, for the lists of notes that are their owner's alone; what
    the front matter says counts as well, and whoever can edit a note cannot take it off a list.
    """

    def __init__(
        self,
        root: Path,
        history: GitHistory,
        *,
        rules: VaultRules,
        clock: Clock,
        marked: Callable[[], Marked],
    ) -> None:
        self.reader = VaultReader(root, marked=marked)
        self._folder: VaultFolder = self.reader.folder
        self._history = history
        self._rules, self._clock = rules, clock
        self._turn = FileLock(history.git_dir.with_suffix(".lock"))

    def write(
        self, path: str, content: str, *, expected_mtime_ns: int | None = None, message: str = ""
    ) -> WriteDone:
        """Write a note and return its commit.

        ``expected_mtime_ns`` is when the note was changed as the caller knows it, zero for one
        that must not be there yet. The front matter of ``content`` goes over the note's own; keys
        it does not name are kept. Raise ``VaultRefused``.
        """
        checked = self._permitted(path, content)
        with self._turn_taken():
            before = self._present(checked)
            _expect(checked, before, expected_mtime_ns)
            front, body = split(content, path=path)
            kept: Mapping[str, Any] = before.front_matter if before else {}
            text = joined({**kept, **front}, body)
            self._keep_found(checked)
            done = self._folder.write(checked, text.encode())
            sha = self._commit(
                [Change(path=checked, content=text.encode())], message or f"Donna: write {checked}"
            )
        return WriteDone(path=checked, sha=sha, mtime_ns=done.mtime_ns)

    def check(self, path: str, content: str) -> None:
        """Raise the ``VaultRefused`` that would keep the content from being written now."""
        checked = self._permitted(path, content)
        self._present(checked)
        self._folder.check_free(checked)

    def fits(self, content: str) -> bool:
        """Say whether a note may be that large."""
        return len(content.encode()) <= self._rules.max_note_bytes

    def delete(self, path: str, *, expected_mtime_ns: int | None = None) -> WriteDone:
        """Take a note away and return the commit; raise ``VaultRefused``."""
        checked = self._writable(path)
        with self._turn_taken():
            before = self._present(checked)
            if before is None:
                raise VaultRefused(checked, Reason.MISSING)
            _expect(checked, before, expected_mtime_ns)
            self._keep_found(checked)
            self._folder.delete(checked)
            sha = self._commit([Change(path=checked, content=None)], f"Donna: delete {checked}")
        return WriteDone(path=checked, sha=sha)

    def move(self, source: str, target: str) -> WriteDone:
        """Give a note another path and return the commit; raise ``VaultRefused``."""
        old, new = self._writable(source), self._writable(target)
        with self._turn_taken():
            if self._present(old) is None:
                raise VaultRefused(old, Reason.MISSING)
            if self._exists(new):
                raise VaultRefused(new, Reason.CONFLICT, detail="there is a note already")
            self._keep_found(old)
            content, _ = self._folder.read(old, limit=self._rules.max_note_bytes)
            done = self._folder.write(new, content)
            self._folder.delete(old)
            changes = [Change(path=old, content=None), Change(path=new, content=content)]
            sha = self._commit(changes, f"Donna: move {old} to {new}")
        return WriteDone(path=new, sha=sha, mtime_ns=done.mtime_ns)

    def undo_last(self, count: int = 1) -> Undone:
        """Take back Donna's last changes, newest first, each with a commit of its own.

        A note that was changed after her, or is its owner's alone by now, is left as it is, and
        named.
        """
        done: list[str] = []
        left: list[NotePath] = []
        with self._turn_taken():
            marked = self.reader.marked()
            for sha in self._standing(count):
                changes = []
                for path in self._history.changed(sha):
                    as_left = self._bytes(path) == self._history.content(path, at=sha)
                    if marked.has(path) or not as_left:
                        left.append(path)
                        continue
                    former = self._history.content(path, at=f"{sha}^")
                    self._restore(path, former)
                    changes.append(Change(path=path, content=former))
                if changes:
                    done.append(self._commit(changes, f"Donna: undo {sha}"))
        return Undone(commits=tuple(done), left=tuple(left))

    def _standing(self, count: int) -> list[str]:
        """Return Donna's newest commits that are no undoing and were not undone."""
        undone: set[str] = set()
        found: list[str] = []
        for commit in self._history.commits(limit=10_000):
            if not commit.by_donna:
                continue
            _, undoing, sha = commit.message.partition("Donna: undo ")
            if undoing:
                undone.add(sha.strip())
            elif commit.sha not in undone:
                found.append(commit.sha)
            if len(found) == count:
                break
        return found

    def _permitted(self, path: str, content: str) -> NotePath:
        if not self.fits(content):
            raise VaultRefused(path, Reason.TOO_LARGE, detail=f"{len(content.encode())} bytes")
        return self._writable(path)

    def _writable(self, path: str) -> NotePath:
        checked = note_path(path)
        if folder_of(checked) not in self._rules.folders:
            raise VaultRefused(checked, Reason.OUTSIDE_ALLOWLIST)
        if self.reader.marked().has(checked):
            raise VaultRefused(checked, Reason.SENSITIVE)
        return checked

    def _present(self, path: NotePath) -> Note | None:
        """Return the note as it is, if Donna may touch it."""
        try:
            note = self.reader.read(path)
        except VaultRefused as error:
            if error.reason is Reason.MISSING:
                return None
            raise
        if note.is_sensitive:
            raise VaultRefused(path, Reason.SENSITIVE)
        return note

    def _exists(self, path: NotePath) -> bool:
        return self._bytes(path) is not None

    def _bytes(self, path: NotePath) -> bytes | None:
        try:
            content, _ = self._folder.read(path, limit=self._rules.max_note_bytes * 64)
        except VaultRefused as error:
            if error.reason is Reason.MISSING:
                return None
            raise
        return content

    def _keep_found(self, path: NotePath) -> None:
        """Keep what its owner typed since the last commit, so that it can always be had back."""
        found = self._bytes(path)
        if found is not None and found != self._history.content(path):
            self._history.commit(
                [Change(path=path, content=found)],
                message=f"Found: {path}",
                at=self._clock.now(),
                author=OWNER,
            )

    def _restore(self, path: NotePath, content: bytes | None) -> None:
        if content is None:
            self._folder.delete(path)
        else:
            self._folder.write(path, content)

    def _commit(self, changes: list[Change], message: str) -> str:
        return self._history.commit(changes, message=message, at=self._clock.now())

    @contextmanager
    def _turn_taken(self) -> Any:
        self._history.git_dir.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with self._turn:
            yield


def _expect(path: NotePath, before: Note | None, expected: int | None) -> None:
    if expected is None:
        return
    found = before.stat.mtime_ns if before else 0
    if found != expected:
        raise VaultRefused(path, Reason.CONFLICT)
