"""What the vault has to offer the tools that read and write notes.

Each method blocks and is called on a thread. Paths are relative to the vault, with slashes.
What is refused raises one of Donna's own errors.
"""

from abc import abstractmethod
from collections.abc import Mapping
from typing import Any, Protocol


class NoteStat(Protocol):
    """When a note was changed, in nanoseconds since 1970, and its size in bytes."""

    @property
    @abstractmethod
    def mtime_ns(self) -> int:
        """When it was changed."""

    @property
    @abstractmethod
    def size(self) -> int:
        """How large it is."""


class ReadNote(Protocol):
    """A note as read: front matter, and the body that follows it."""

    @property
    @abstractmethod
    def path(self) -> str:
        """Where it lies."""

    @property
    @abstractmethod
    def body(self) -> str:
        """Its text without the front matter."""

    @property
    @abstractmethod
    def front_matter(self) -> Mapping[str, Any]:
        """What YAML made of its front matter."""

    @property
    @abstractmethod
    def stat(self) -> NoteStat:
        """When it was changed, and its size."""

    @property
    @abstractmethod
    def is_sensitive(self) -> bool:
        """Whether it must not leave this machine."""

    @property
    @abstractmethod
    def links(self) -> tuple[str, ...]:
        """What it links to, each once."""


class NoteReader(Protocol):
    """Reads notes, never outside of the vault."""

    @abstractmethod
    def read(self, path: str, /) -> ReadNote:
        """Return a note."""

    @abstractmethod
    def list(self, folder: str = "", /) -> tuple[str, ...]:
        """Return the paths of all notes below a folder, sorted."""


class WrittenNote(Protocol):
    """The commit that a change became."""

    @property
    @abstractmethod
    def path(self) -> str:
        """Where the note lies."""

    @property
    @abstractmethod
    def sha(self) -> str:
        """The commit."""


class UndoneNotes(Protocol):
    """What was taken back."""

    @property
    @abstractmethod
    def commits(self) -> tuple[str, ...]:
        """The commits that take back, newest change first."""

    @property
    @abstractmethod
    def left(self) -> tuple[str, ...]:
        """The notes that were left as they are, because they had changed since."""


class NoteWriter(Protocol):
    """Writes notes where Donna may, each as one commit."""

    @abstractmethod
    def write(
        self, path: str, content: str, *, expected_mtime_ns: int | None = None, message: str = ""
    ) -> WrittenNote:
        """Write a note; ``expected_mtime_ns`` is when it was changed as the caller knows it."""

    @abstractmethod
    def undo_last(self, count: int = 1, /) -> UndoneNotes:
        """Take back Donna's last changes."""
