"""Statements out of plain sentences, by a model, and through checks.

A model is shown what nobody has read for statements yet, together with what is believed of the
same things. What it says counts only with words of the text itself: the quote has to stand in it,
and the value has to be told by it. What strangers wrote and what stays on this machine is never
shown.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from attrs import define, field, frozen

from donna_core.domain.errors import Degraded, DonnaError, Refused
from donna_core.domain.ids import UserId
from donna_core.domain.labels import Label, joined
from donna_core.ports.clock import Clock
from donna_core.ports.language_model import LanguageModel, ModelRequest, Urgency
from donna_memory.ageing import stems_of
from donna_memory.chunking import chunks_of, token_count
from donna_memory.documents import Document
from donna_memory.ports import Readings
from donna_memory.statements import Claim, Statement

TASK_TYPE = "read_statements"
CALLER = "memory"
QUIET = timedelta(minutes=30)
"""A text is read when it has not been changed for so long: a note is not read as it is typed."""

_PAGE = 64
_MOST_TOKENS = 1500  # of the texts that are shown in one question
_MOST_KNOWN = 40
_LONGEST_NAME, _LONGEST_VALUE = 60, 200
_FAILURES = 2  # in a row, and nobody is asked any more this time


@frozen(kw_only=True)
class Read:
    """What came of reading: texts that were read, statements in them, and what stood in the way."""

    texts: int = 0
    statements: int = 0
    problem: str = ""


@frozen(kw_only=True)
class StatementReader:
    """Has a model read the talks and notes of one owner for what they state."""

    readings: Readings
    language_model: LanguageModel
    user_id: UserId
    clock: Clock

    async def read_on(self, *, quiet: timedelta = QUIET) -> Read:
        """Read everything that was not read since it last changed, ``quiet`` ago or longer.

        A text that cannot be read now is passed over and tried again the next time; after the
        second in a row nobody is asked any more.
        """
        progress = _Progress()
        before, after = self.clock.now() - quiet, 0
        while page := await self.readings.unread(
            self.user_id, before=before, after=after, limit=_PAGE
        ):
            after = page[-1][0]
            for group in _groups([document for _, document in page]):
                await self._read(group, progress)
                if progress.failures == _FAILURES:
                    return progress.told()
        return progress.told()

    async def _read(self, group: Sequence[Document], progress: "_Progress") -> None:
        """Read the documents of one group and settle what they state, all of them or none.

        What is believed is asked for each group: the one before may have named it.
        """
        believed = await self.readings.believed(self.user_id)
        found: dict[str, list[Claim]] = {each.source_id: [] for each in group}
        model = ""
        try:
            for pieces in _questions(group):
                said, model = await self._ask(pieces, believed)
                for document, claim in said:
                    found[document.source_id].append(claim)
        except (Degraded, Refused) as error:
            progress.fail(error)
            return
        for document in group:
            claims = found[document.source_id]
            if await self.readings.state(document, claims, told_by=model):
                progress.done(len(claims))

    async def _ask(
        self, pieces: Sequence["Piece"], believed: Sequence[Statement]
    ) -> tuple[list[tuple[Document, Claim]], str]:
        texts = [
            {
                "number": number,
                "said_by": each.document.speaker or each.document.title,
                "on": None if each.document.time is None else f"{each.document.time:%Y-%m-%d}",
                "text": each.text,
            }
            for number, each in enumerate(pieces, start=1)
        ]
        request = ModelRequest(
            task_type=TASK_TYPE,
            inputs={"texts": texts, "known": _of_the_same(pieces, believed)},
            caller=CALLER,
            priority=Urgency.BACKGROUND,
            labels=joined([frozenset({Label.PRIVATE}), *(each.document.labels for each in pieces)]),
            sources=tuple(dict.fromkeys(each.document.named for each in pieces)),
        )
        reply = await self.language_model.complete(request)
        at = self.clock.now()
        claims = []
        for row in reply.output.get("statements", ()):
            place = row["text"] - 1
            if 0 <= place < len(pieces):
                piece = pieces[place]
                since = min(piece.document.time or at, at)
                if (claim := checked(row, piece.text, since=since)) is not None:
                    claims.append((piece.document, claim))
        return claims, reply.metadata.model_actual


@frozen(kw_only=True)
class Piece:
    """A part of a document that is shown at once."""

    document: Document
    text: str


@define
class _Progress:
    texts: int = 0
    statements: int = 0
    failures: int = 0
    problems: dict[str, None] = field(factory=dict)

    def done(self, statements: int) -> None:
        self.texts, self.statements, self.failures = (
            self.texts + 1, self.statements + statements, 0,
        )  # fmt: skip

    def fail(self, error: DonnaError) -> None:
        self.failures += 1
        self.problems[str(error)] = None

    def told(self) -> Read:
        return Read(texts=self.texts, statements=self.statements, problem="; ".join(self.problems))


def checked(row: Mapping[str, Any], text: str, *, since: datetime) -> Claim | None:
    """Return what a model says a text states, or ``None`` where the text does not bear it out.

    The quote has to stand in the text, and the value has to share a content word with it; all
    parts are one line each, and none is too long to be a name or a value.
    """
    parts = [" ".join(str(row[name]).split()) for name in ("subject", "attribute", "value")]
    subject, attribute, value = parts
    quote = _levelled(row["quote"])
    lengths = zip(parts, (_LONGEST_NAME, _LONGEST_NAME, _LONGEST_VALUE), strict=True)
    fits = all(0 < len(part) <= most for part, most in lengths)
    if not fits or not quote or quote not in _levelled(text):
        return None
    if not stems_of(value) & stems_of(text):
        return None
    return Claim(subject=subject, attribute=attribute, value=value, since=since)


def _groups(documents: Sequence[Document]) -> Iterator[list[Document]]:
    """Yield turns of one conversation together while they fit, and everything else alone."""
    group: list[Document] = []
    for each in documents:
        size = sum(token_count(one.content) for one in [*group, each])
        together = group and each.session and each.session == group[-1].session
        if group and not (together and size <= _MOST_TOKENS):
            yield group
            group = []
        group.append(each)
    if group:
        yield group


def _questions(group: Sequence[Document]) -> Iterator[list[Piece]]:
    """Yield what is shown at once of a group: all of it, or a long note part by part."""
    held: list[Piece] = []
    tokens = 0
    for document in group:
        for chunk in chunks_of(document):
            if held and tokens + chunk.tokens > _MOST_TOKENS:
                yield held
                held, tokens = [], 0
            held.append(Piece(document=document, text=chunk.text))
            tokens += chunk.tokens
    if held:
        yield held


def _of_the_same(pieces: Sequence[Piece], believed: Sequence[Statement]) -> list[dict[str, str]]:
    """Return what is believed of those who speak here or are spoken of, the latest first."""
    named = {
        stem
        for each in pieces
        for stem in stems_of(f"{each.document.speaker} {each.document.title} {each.text}")
    }
    return [
        {"subject": each.subject, "attribute": each.attribute, "value": each.value}
        for each in believed
        if stems_of(each.subject) & named
    ][:_MOST_KNOWN]


def _levelled(text: object) -> str:
    return " ".join(str(text).split()).casefold().strip(" .!?…\"'“”‘’")
