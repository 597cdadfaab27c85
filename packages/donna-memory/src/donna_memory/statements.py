"""What is held to be true, from when to when, and where it was said.

A statement gives an attribute of a subject its value. One that says something else of the same
attribute supersedes it from its own day on; one that says the same confirms it. Nothing is
deleted by that: what was believed on a day of the past can still be told. Statements come by
rules from what has a structure: tasks, the properties of notes, and lines ``key:: value``; from
plain sentences a model tells them, see ``reading``.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from attrs import evolve, frozen

from donna_memory.documents import Document, Label, SourceType

_INLINE = re.compile(r"^\s*(?:[-*]\s+)?([A-Za-z][\w -]{0,39})::\s+(\S.{0,199})$", re.MULTILINE)
_TASK = ("status", "domain", "priority", "deadline")
# What a note's properties say of the note, and not of what it is about.
_OF_THE_NOTE = frozenset({
    "tags", "aliases", "cssclass", "cssclasses", "donna", "type", "title", "date", "created",
    "updated", "modified", "publish", "permalink", "stub", "idempotency_key", "autowritten_by",
    "autowritten_at", "autowritten_sha256", "donna_sensitive",
})  # fmt: skip
_LONGEST = 200


@frozen(kw_only=True)
class Claim:
    """What a document says at one time: the attribute of a subject has a value."""

    subject: str
    attribute: str
    value: str
    since: datetime

    @property
    def key(self) -> tuple[str, str]:
        """What two claims have to share to contradict each other."""
        return self.subject.casefold(), self.attribute.casefold()


@frozen(kw_only=True)
class Statement:
    """A claim with its source; it held from ``valid_from`` to before ``valid_to``, if that came.

    ``learnt_at`` is when it was first read, ``told_by`` the model that read it, if it was one.
    """

    subject: str
    attribute: str
    value: str
    source_type: SourceType
    source_id: str
    valid_from: datetime
    valid_to: datetime | None
    learnt_at: datetime
    told_by: str = ""

    def held(self, at: datetime) -> bool:
        """Say whether it was believed at that instant."""
        return self.valid_from <= at and (self.valid_to is None or at < self.valid_to)


def claims_of(document: Document, *, at: datetime) -> tuple[Claim, ...]:
    """Return what the document states, each attribute once; ``at`` is when it was read."""
    found: dict[tuple[str, str], Claim] = {}
    if document.metadata.get("autowritten_by") or Label.UNTRUSTED in document.labels:
        return ()  # Donna's own notes say nothing new, and a stranger settles nothing
    for subject, attribute, value in _stated(document):
        since = at if document.source_type is SourceType.TASK else document.time or at
        claim = Claim(subject=subject, attribute=attribute, value=value, since=min(since, at))
        found.setdefault(claim.key, claim)
    return tuple(found.values())


def properties_of(front_matter: Mapping[str, Any]) -> dict[str, str]:
    """Return what the front matter of a note says of what the note is about."""
    return {
        str(name): str(value)
        for name, value in front_matter.items()
        if str(name).casefold() not in _OF_THE_NOTE and _is_plain(value)
    }


def told(
    known: Sequence[Statement],
    claim: Claim,
    *,
    source: tuple[SourceType, str],
    at: datetime,
    told_by: str = "",
) -> tuple[Statement, ...]:
    """Return all statements of one key after the claim, in the order of their days.

    ``known`` are those before it, which do not overlap. A claim of the past takes its place
    among them and ends where the next one begins.
    """
    ordered = sorted(known, key=lambda each: each.valid_from)
    for each in ordered:
        if each.value == claim.value and each.held(claim.since):
            return tuple(ordered)
    following = next((each for each in ordered if each.valid_from > claim.since), None)
    if following is not None and following.value == claim.value:
        # The same was known to hold a little later: it began sooner than was thought.
        earlier = evolve(following, valid_from=claim.since)
        return _closed([each for each in ordered if each is not following], earlier)
    fresh = Statement(
        subject=claim.subject,
        attribute=claim.attribute,
        value=claim.value,
        source_type=source[0],
        source_id=source[1],
        valid_from=claim.since,
        valid_to=None if following is None else following.valid_from,
        learnt_at=at,
        told_by=told_by,
    )
    return _closed(ordered, fresh)


def _closed(others: Iterable[Statement], fresh: Statement) -> tuple[Statement, ...]:
    """Return the statements with one more, before which the one that held then ends."""
    start = fresh.valid_from
    kept = [evolve(each, valid_to=start) if each.held(start) else each for each in others]
    ended = (each for each in kept if each.valid_to is None or each.valid_from < each.valid_to)
    return tuple(sorted([*ended, fresh], key=lambda each: each.valid_from))


def _stated(document: Document) -> Iterator[tuple[str, str, str]]:
    """Yield subject, attribute and value of all that the document states."""
    if document.source_type is SourceType.TASK:
        subject = f"#{document.metadata.get('number')} {document.title}"
        for name in _TASK:
            if document.metadata.get(name) is not None:
                yield subject, name, str(document.metadata[name])
    elif document.source_type is SourceType.VAULT:
        yield from _of_note(document)


def _of_note(document: Document) -> Iterator[tuple[str, str, str]]:
    properties: Mapping[str, str] = document.metadata.get("properties", {})
    for name, value in properties.items():
        yield document.title, name.replace("_", " "), value
    for match in _INLINE.finditer(document.content):
        yield document.title, match[1].strip(), match[2].strip()


def _is_plain(value: object) -> bool:
    return isinstance(value, str | int | float | date) and 0 < len(str(value)) <= _LONGEST
