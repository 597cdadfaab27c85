"""What memory needs from outside: vectors for texts, an index over them, a place to keep it all."""

from abc import abstractmethod
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from donna_core.domain.ids import UserId
from donna_memory.documents import Document, Hit, Label, SourceType
from donna_memory.statements import Claim, Statement

Vectors = NDArray[np.float32]
"""Unit vectors, one row a text."""


class Embedder(Protocol):
    """Turns texts into unit vectors; equal texts give equal vectors."""

    @property
    @abstractmethod
    def version(self) -> str:
        """The name of model and weights; vectors of two versions are never compared."""

    @property
    @abstractmethod
    def dimension(self) -> int:
        """How many numbers a vector has."""

    @property
    def is_local(self) -> bool:
        """Whether texts stay on this machine; else it is never given what has to stay here."""
        return True

    @abstractmethod
    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return an array of shape (texts, dimension), each row of length one.

        Raise ``WeightsMissing`` when the model is not on this machine, and another ``Degraded``
        when it is elsewhere and does not answer: words have to do until it does. Blocks; call it
        on a thread where a loop is running.
        """


class VectorIndex(Protocol):
    """The nearest neighbours among the vectors of one user and one embedder version."""

    @abstractmethod
    def put(self, keys: Sequence[int], vectors: Vectors) -> None:
        """Add the vectors under their keys, replacing those of the same key."""

    @abstractmethod
    def remove(self, keys: Collection[int]) -> None:
        """Drop the keys; one that is not there is no error."""

    @abstractmethod
    def nearest(self, query: Vectors, limit: int) -> tuple[tuple[int, float], ...]:
        """Return up to ``limit`` keys with their cosine to the query (shape (dimension,)).

        Best first, equal ones by key.
        """

    @abstractmethod
    def vector(self, key: int) -> Vectors | None:
        """Return the vector of the key, or ``None`` for one that is not there."""

    @abstractmethod
    def similarity(self, query: Vectors, keys: Sequence[int]) -> Vectors:
        """Return the cosine to each key; minus one for a key that is not there."""


@frozen(kw_only=True)
class Filters:
    """What a hit has to meet; an empty filter lets everything through.

    ``without`` drops hits that carry one of these labels. ``since`` and ``until`` bound the
    document's time, the latter exclusively; documents without a time do not meet them.
    """

    sources: frozenset[SourceType] = frozenset()
    session: str | None = None
    uri_prefix: str | None = None
    tag: str | None = None
    person: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    without: frozenset[Label] = frozenset()


@frozen(kw_only=True)
class Written:
    """What an upsert did: documents new or changed, documents as before, chunks embedded."""

    changed: int
    unchanged: int
    embedded: int

    def plus(self, other: "Written") -> "Written":
        """Return what both did together."""
        return Written(
            changed=self.changed + other.changed,
            unchanged=self.unchanged + other.unchanged,
            embedded=self.embedded + other.embedded,
        )


@frozen(kw_only=True)
class Kept:
    """What is known of a document without reading it."""

    content_hash: str
    body_hash: str
    metadata: Mapping[str, Any]
    is_deleted: bool


class MemoryCatalog(Protocol):
    """What is kept, source by source."""

    @abstractmethod
    async def kept(self, user_id: UserId, source_type: SourceType) -> Mapping[str, Kept]:
        """Return every document of this source by its id, deleted ones too."""

    @abstractmethod
    async def remembered(
        self, user_id: UserId, *, after: int, limit: int
    ) -> tuple[tuple[int, Document], ...]:
        """Return a page of documents that are not deleted, with numbers above ``after``."""

    @abstractmethod
    async def statements(
        self, user_id: UserId, sources: Sequence[tuple[SourceType, str]]
    ) -> tuple[Statement, ...]:
        """Return what these documents state or stated, and what superseded it.

        Ordered by subject and attribute, then by day. Never do two of one subject and attribute
        hold at the same instant.
        """


class Readings(Protocol):
    """What a model has read of what is kept, for what it states."""

    @abstractmethod
    async def unread(
        self, user_id: UserId, *, before: datetime, after: int, limit: int
    ) -> tuple[tuple[int, Document], ...]:
        """Return a page of talks and notes that nobody has read, with numbers above ``after``.

        They last changed no later than ``before``. What strangers wrote and what stays on this
        machine is none of them.
        """

    @abstractmethod
    async def believed(self, user_id: UserId) -> tuple[Statement, ...]:
        """Return what holds now, the latest learnt first, up to some hundreds.

        What tasks state is none of it, nor what stays on this machine.
        """

    @abstractmethod
    async def state(self, document: Document, claims: Sequence[Claim], *, told_by: str) -> bool:
        """Settle what a model says the document states, and note that it was read.

        What it said of the document before and does not say now ends. Return false, and change
        nothing, where the document is not as it was read any more.
        """


@frozen(kw_only=True)
class Mark:
    """A note that its owner marked as theirs alone, and since when.

    ``body_hash`` is that of its body as memory knows it; empty where memory does not know the note.
    """

    path: str
    since: datetime
    body_hash: str = ""


class Marks(Protocol):
    """Which notes their owner marked as theirs alone, wherever the notes themselves are now.

    Paths are those of notes; neither case nor the form of accents makes two of them.
    """

    @abstractmethod
    def all(self) -> tuple[Mark, ...]:
        """Return the marks of now, by path. Blocks; call it on a thread where a loop is running."""

    @abstractmethod
    async def mark(self, paths: Collection[str]) -> None:
        """Mark all of the notes or none; a mark that is there stays as old as it is.

        What is remembered of them is local-only from that moment on.
        """

    @abstractmethod
    async def unmark(self, paths: Collection[str]) -> None:
        """Take the marks away, all or none; one that is not there is no error.

        What is remembered keeps its label until the notes are looked at again.
        """

    @abstractmethod
    async def pass_on(self, heirs: Collection[tuple[str, str]]) -> None:
        """Mark the second note of each pair too, for as long as the first one has been."""


class MemoryStore(Protocol):
    """The memory of any number of users; nothing is ever found for another user."""

    @abstractmethod
    async def put(self, document: Document) -> None:
        """Keep a new document; raise ``AlreadyRemembered`` when its key is taken."""

    @abstractmethod
    async def upsert_many(self, documents: Iterable[Document]) -> Written:
        """Keep the documents, replacing those of the same key, in one transaction.

        One whose content hash is as before gets its metadata renewed and embeds nothing; one
        that was deleted lives again.
        """

    @abstractmethod
    async def delete(self, user_id: UserId, source_type: SourceType, source_id: str) -> bool:
        """Hide the document from every search; return whether there was one."""

    @abstractmethod
    async def forget(self, user_id: UserId, source_type: SourceType, source_id: str) -> bool:
        """Erase the document, its chunks and its vectors; return whether there was one."""

    @abstractmethod
    async def rename(
        self, user_id: UserId, source_type: SourceType, source_id: str, *, to: str
    ) -> bool:
        """Give the document another id, without embedding anew; return whether there was one."""

    @abstractmethod
    async def reindex(self, user_id: UserId, *, source_type: SourceType | None = None) -> int:
        """Embed anew what was embedded by another version; return how many chunks were."""

    @abstractmethod
    async def search(
        self, query: str, *, user_id: UserId, k: int | None = None, filters: Filters | None = None
    ) -> tuple[Hit, ...]:
        """Return the best hits, best first, at most ``k`` clamped to the configured bounds."""
