"""Asking what is remembered."""

import hashlib
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from attrs import field, frozen

from donna_core.domain.ids import UserId
from donna_core.domain.labels import NO_LABELS, Label, Labels, joined
from donna_core.domain.tools import ToolResult, ToolSpec
from donna_skills.tools.owners import check_owner
from donna_skills.tools.registry import Tool
from donna_skills.tools.schemas import COUNT, FLAG, TEXT, an_object, some

SOURCES = ("vault", "chat", "task", "correction")
MOST_HITS = 32

MEMORY_SEARCH = ToolSpec(
    name="memory_search",
    description="Returns what notes, tasks and conversations say about a question, best first.",
    arguments=an_object(
        {"query": {"type": "string", "minLength": 1, "maxLength": 2000}},
        {
            "user_id": TEXT,
            "k": {"type": "integer", "minimum": 1, "maximum": MOST_HITS},
            "sources": some({"enum": list(SOURCES)}),
            "filters": an_object({}, {"path_prefix": TEXT}),
        },
    ),
    result=an_object(
        {
            "ok": FLAG,
            "query": TEXT,
            "count": COUNT,
            "results": some(
                an_object(
                    {
                        "chunk_id": TEXT,
                        "document_id": TEXT,
                        "source_type": {"enum": list(SOURCES)},
                        "source_path": TEXT,
                        "title": TEXT,
                        "heading_path": some(TEXT),
                        "content": TEXT,
                        "before": TEXT,
                        "after": TEXT,
                        "score": {"type": "number", "minimum": 0, "maximum": 1},
                        "sensitive": FLAG,
                        "metadata": {"type": "object"},
                    }
                )
            ),
        }
    ),
    reads=frozenset({"memory"}),
    labels=frozenset({Label.PRIVATE}),
)


@frozen(kw_only=True)
class Question:
    """What is looked for: ``k`` hits at most, of these sources, at paths that begin so.

    No source means all of them; a path prefix is one of notes in the vault.
    """

    query: str
    k: int | None = None
    sources: frozenset[str] = frozenset()
    path_prefix: str = ""


@frozen(kw_only=True)
class Remembered:
    """A piece of something remembered; ``source_path`` is a note's path or another's address.

    ``before`` and ``after`` are the question it answers and the answer to it, if it is one of the
    two. ``score`` is from 0 to 1. ``metadata`` is JSON-ready.
    """

    source_type: str
    source_id: str
    source_path: str
    title: str
    content: str
    score: float
    before: str = ""
    after: str = ""
    heading_path: tuple[str, ...] = ()
    labels: Labels = NO_LABELS
    metadata: Mapping[str, Any] = field(factory=dict)

    @property
    def uri(self) -> str:
        """The address of the document."""
        is_note = self.source_type == "vault" or not self.source_path
        return self.document_id if is_note else self.source_path

    @property
    def document_id(self) -> str:
        """The document this is a piece of."""
        return f"{self.source_type}:{self.source_id}"

    @property
    def chunk_id(self) -> str:
        """The document and these words of it; other words are another piece."""
        told = "\0".join([*self.heading_path, self.content])
        return f"{self.document_id}#{hashlib.sha256(told.encode()).hexdigest()[:12]}"


class Recall(Protocol):
    """A memory that can be asked."""

    @abstractmethod
    async def search(self, question: Question) -> Sequence[Remembered]:
        """Return what the owner's memory holds on the question, best first."""


def memory_search(recall: Recall, *, user_id: UserId) -> Tool:
    """Return the tool ``memory_search``; its result carries the labels of everything found."""

    async def run(args: Mapping[str, Any]) -> ToolResult:
        check_owner(args, user_id)
        question = Question(
            query=args["query"],
            k=args.get("k"),
            sources=frozenset(args.get("sources", ())),
            path_prefix=args.get("filters", {}).get("path_prefix", ""),
        )
        found = await recall.search(question)
        value = {
            "ok": True,
            "query": question.query,
            "count": len(found),
            "results": [_told(each) for each in found],
        }
        return ToolResult(
            value=value,
            labels=joined(each.labels for each in found),
            sources=tuple(dict.fromkeys(each.uri for each in found)),
        )

    return Tool(spec=MEMORY_SEARCH, run=run)


def _told(each: Remembered) -> Mapping[str, Any]:
    return {
        "chunk_id": each.chunk_id,
        "document_id": each.document_id,
        "source_type": each.source_type,
        "source_path": each.source_path,
        "title": each.title,
        "heading_path": list(each.heading_path),
        "before": each.before,
        "after": each.after,
        "content": each.content,
        "score": round(each.score, 4),
        "sensitive": Label.LOCAL_ONLY in each.labels,
        "metadata": dict(each.metadata),
    }
