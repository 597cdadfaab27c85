"""What stands beside a turn of a conversation: the question it answers, and its answer."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, TypeAlias

from attrs import evolve, frozen
from sqlalchemy import Connection, Select, delete, insert, select, tuple_

from donna_adapters.sql.memory_tables import MEMORY_CHUNKS
from donna_adapters.sql.stores.memory_rows import (
    JOINED,
    C,
    D,
    conditions,
    labels_of,
    searchable_of,
)
from donna_core.domain.ids import UserId
from donna_core.domain.labels import NO_LABELS, Labels
from donna_memory.ageing import asks
from donna_memory.documents import Document, Hit, Label, spoken
from donna_memory.ports import Filters

Spot: TypeAlias = tuple[str, int]
"""A place in a thread."""

Questions: TypeAlias = Mapping[tuple[UserId, Spot], str]
"""The questions that turns follow, with who asked, by the turn's user and spot."""


@frozen(kw_only=True)
class Said:
    """A turn as it is read beside another."""

    text: str = ""
    labels: Labels = NO_LABELS


_NOTHING = Said()
_SHOWN = Filters(without=frozenset({Label.LOCAL_ONLY}))


def questions_before(connection: Connection, documents: Sequence[Document]) -> Questions:
    """Return the questions before these turns, from among them and from what is kept."""
    turns = {(each.user_id, spot_of(each)): each for each in documents if each.session}
    said = {key: question_in(each) for key, each in turns.items()}
    missing: dict[UserId, set[Spot]] = {}
    for user_id, (thread, place) in turns:
        if (user_id, (thread, place - 1)) not in said:
            missing.setdefault(user_id, set()).add((thread, place - 1))
    for user_id, spots in missing.items():
        found = _said_at(connection, user_id, spots, _SHOWN)
        said.update({(user_id, spot): each.text for spot, each in found.items()})
    return {
        (user_id, (thread, place + 1)): text
        for (user_id, (thread, place)), text in said.items()
        if asks(text)
    }


def retell_answer(connection: Connection, user_id: UserId, question: Spot, asked: str) -> None:
    """Have the turn after a question that changed, or is gone, be found by what is asked now.

    Its vector is made anew with the next reindexing; until then it is found by words.
    """
    thread, place = question
    here = (C.user_id == user_id, C.thread == thread, C.place == place + 1)
    rows = connection.execute(
        select(MEMORY_CHUNKS, D.title, D.speaker).select_from(JOINED).where(*here, D.session != "")
    ).all()
    for row in rows:
        told = searchable_of(row, asked=asked)
        if told == row.searchable:
            continue
        # The index of words in SQLite follows rows that come and go, not rows that change.
        fresh = {column.name: getattr(row, column.name) for column in C if column.name != "id"}
        fresh |= {"searchable": told, "embedding": None, "embedding_version": None}
        connection.execute(delete(MEMORY_CHUNKS).where(C.user_id == user_id, C.id == row.id))
        connection.execute(insert(MEMORY_CHUNKS), fresh)


def question_in(document: Document) -> str:
    """Return the question that a turn ends in, with who asks, or nothing.

    One that stays on this machine is none: its words would go with another text.
    """
    if not asks(document.content) or Label.LOCAL_ONLY in document.labels:
        return ""
    return spoken(document.speaker, document.content)


def completed(
    connection: Connection, user_id: UserId, hits: Iterable[tuple[Spot, Hit]], filters: Filters
) -> tuple[Hit, ...]:
    """Return the hits with the question before a turn, and the answer after one that asks.

    Only what the filters let through is given; its labels are the hit's as well.
    """
    turns = [*hits]
    spots = {(thread, place + step) for (thread, place), hit in turns for step in _beside(hit)}
    said = _said_at(connection, user_id, spots, filters)
    return tuple(_completed(hit, spot, said) for spot, hit in turns)


def spot_of(document: Document) -> Spot:
    """Return where in its conversation a turn stands."""
    return document.session, document.position


def _completed(hit: Hit, spot: Spot, said: Mapping[Spot, Said]) -> Hit:
    if not hit.session:
        return hit
    thread, place = spot
    before = said.get((thread, place - 1), _NOTHING)
    before = before if asks(before.text) else _NOTHING
    after = said.get((thread, place + 1), _NOTHING) if asks(hit.text) else _NOTHING
    labels = hit.labels | before.labels | after.labels
    return evolve(hit, before=before.text, after=after.text, labels=labels)


def _said_at(
    connection: Connection, user_id: UserId, spots: Collection[Spot], filters: Filters
) -> dict[Spot, Said]:
    if not spots:
        return {}
    query: Select[Any] = (
        select(C.thread, C.place, D.content, D.speaker, D.untrusted, D.private, D.local_only)
        .select_from(JOINED)
        .where(*conditions(user_id, filters), tuple_(C.thread, C.place).in_(sorted(spots)))
    )
    return {
        (row.thread, row.place): Said(text=spoken(row.speaker, row.content), labels=labels_of(row))
        for row in connection.execute(query)
    }


def _beside(hit: Hit) -> tuple[int, ...]:
    if not hit.session:
        return ()
    return (-1, 1) if asks(hit.text) else (-1,)
