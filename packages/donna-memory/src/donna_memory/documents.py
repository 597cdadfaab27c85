"""What is remembered: documents, the chunks they are cut into, and the hits of a search."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from attrs import field, frozen

from donna_core.domain.ids import UserId
from donna_core.domain.labels import Label

__all__ = ["Chunk", "Document", "Hit", "Label", "SourceType"]

_LONGEST_QUESTION = 300  # letters of it that are embedded with its answer


class SourceType(StrEnum):
    """Where a document came from."""

    VAULT = "vault"
    CHAT = "chat"
    TASK = "task"
    CORRECTION = "correction"


@frozen(kw_only=True)
class Document:
    """One thing worth recalling, keyed by user, source type and source id.

    ``time`` is when it was said or written, where that is known. ``session`` and ``position``
    order what belongs together: the turns of one conversation, the sections of one note.
    """

    user_id: UserId
    source_type: SourceType
    source_id: str
    content: str
    title: str = ""
    uri: str = ""
    time: datetime | None = None
    session: str = ""
    position: int = 0
    speaker: str = ""
    labels: frozenset[Label] = frozenset()
    tags: frozenset[str] = frozenset()
    people: frozenset[str] = frozenset()
    metadata: Mapping[str, Any] = field(factory=dict)

    @property
    def named(self) -> str:
        """What the document is called in logs."""
        return named(self.uri, self.source_type, self.source_id)

    @property
    def body_hash(self) -> str:
        """SHA-256 of the content alone: what a document keeps when it is renamed."""
        return hash_of(self.content)

    @property
    def content_hash(self) -> str:
        """SHA-256 of what is searched and embedded; equal hashes need no new embedding."""
        told = f"{self.title}\0{self.speaker}\0{self.content}"
        return hash_of(told)


@frozen(kw_only=True)
class Chunk:
    """A piece of a document, small enough for the embedder. ``position`` counts from 0."""

    position: int
    text: str
    tokens: int
    heading_path: tuple[str, ...] = ()

    def searchable(self, *, title: str = "", speaker: str = "", asked: str = "") -> str:
        """Return what is indexed and embedded: the text, and who said it or where it stands.

        ``asked`` is the question it answers: "At nine" says of what only with it.
        """
        place = " › ".join(part for part in (title, *self.heading_path) if part)
        said = spoken(speaker, self.text)
        return "\n".join(filter(None, (asked[-_LONGEST_QUESTION:], place, said)))


def named(uri: str, source_type: str, source_id: str) -> str:
    """Return what a document is called in logs: its URI, or where it came from."""
    return uri or f"{source_type}:{source_id}"


def hash_of(text: str) -> str:
    """Return the SHA-256 of a text."""
    return hashlib.sha256(text.encode()).hexdigest()


def spoken(speaker: str, text: str) -> str:
    """Return a text with who said it, where that is known."""
    return f"{speaker}: {text}" if speaker else text


@frozen(kw_only=True)
class Hit:
    """A chunk that answers a query, with its provenance and a score in [0, 1].

    ``lexical`` and ``semantic`` are the two halves of the score, before priors and neighbours.
    ``before`` is the question that a turn answers, ``after`` the answer to one that asks.
    """

    source_type: SourceType
    source_id: str
    title: str
    uri: str
    heading_path: tuple[str, ...]
    text: str
    score: float
    lexical: float
    semantic: float
    time: datetime | None
    session: str
    speaker: str
    labels: frozenset[Label]
    metadata: Mapping[str, Any]
    before: str = ""
    after: str = ""
