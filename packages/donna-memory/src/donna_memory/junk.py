"""What of the memory is not worth keeping, and why: a report, by rules anybody can check."""

from collections import Counter
from collections.abc import Iterable, Mapping
from enum import StrEnum

from attrs import define, field, frozen

from donna_memory.documents import Document, SourceType
from donna_memory.lexical import STOPWORDS, content_words

_FEWEST_WORDS = 3
_FEWEST_IN_A_TALK = 1  # "At nine" says something beside its question
_NAMED = 3


class Junk(StrEnum):
    """Why a document is of no use."""

    REPEATED = "repeated"  # word for word what another document says
    EMPTY = "empty"  # fewer than three words that say anything, or none in a conversation


@frozen(kw_only=True)
class JunkReport:
    """How many documents there are and how many of them are junk, by reason.

    ``examples`` names some documents of each reason, as source and id.
    """

    documents: int
    by_reason: Mapping[Junk, int]
    examples: Mapping[Junk, tuple[tuple[SourceType, str], ...]]

    @property
    def junk(self) -> int:
        """How many documents are junk."""
        return sum(self.by_reason.values())

    @property
    def share(self) -> float:
        """The junk as a share of all documents; 0 where there are none."""
        return self.junk / self.documents if self.documents else 0.0


@define
class JunkCount:
    """Counts documents page by page, in any order of pages but always the same."""

    _seen: set[str] = field(factory=set)
    _counted: Counter[Junk] = field(factory=Counter)
    _examples: dict[Junk, list[tuple[SourceType, str]]] = field(factory=dict)
    _documents: int = 0

    def add(self, documents: Iterable[Document]) -> None:
        """Count these documents too."""
        for document in documents:
            if document.metadata.get("untouched"):
                continue  # a note of Donna's, which no search finds
            self._documents += 1
            reason = self._reason(document)
            self._seen.add(document.body_hash)
            if reason is not None:
                self._counted[reason] += 1
                named = self._examples.setdefault(reason, [])
                if len(named) < _NAMED:
                    named.append((document.source_type, document.source_id))

    def report(self) -> JunkReport:
        """Return what was counted so far."""
        return JunkReport(
            documents=self._documents,
            by_reason={reason: self._counted[reason] for reason in Junk if self._counted[reason]},
            examples={reason: tuple(named) for reason, named in self._examples.items()},
        )

    def _reason(self, document: Document) -> Junk | None:
        words = {
            word
            for text in (document.content, document.title)
            for word in content_words(text)
            if word not in STOPWORDS
        }
        if len(words) < (_FEWEST_IN_A_TALK if document.session else _FEWEST_WORDS):
            return Junk.EMPTY
        # A turn of a conversation may well be said twice; a note or a text may not.
        repeats = document.body_hash in self._seen and not document.session
        return Junk.REPEATED if repeats else None
