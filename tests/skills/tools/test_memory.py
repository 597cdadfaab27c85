"""What is remembered comes with what has to be minded about it."""

from collections.abc import Awaitable, Callable, Sequence

import pytest
from attrs import evolve

from donna_core.domain.ids import UserId
from donna_core.domain.labels import Label, Labels
from donna_core.domain.tools import ToolResult
from donna_core.ports.tools import ToolFailed
from donna_skills.tools.memory import Question, Recall, Remembered, memory_search

Call = Callable[..., Awaitable[ToolResult]]

OWNER = UserId("owner")


class FixedRecall(Recall):
    """Remembers the same whatever is asked, and keeps what was."""

    def __init__(self, *found: Remembered) -> None:
        self.found, self.asked = found, list[Question]()

    async def search(self, question: Question) -> Sequence[Remembered]:
        self.asked.append(question)
        return self.found


def remembered(text: str, labels: Labels = frozenset()) -> Remembered:
    """Return a piece of a note."""
    return Remembered(
        source_type="vault",
        source_id="Boat.md",
        source_path="Boat.md",
        title="Boat",
        content=text,
        score=0.123456,
        heading_path=("Engine",),
        labels=labels,
    )


async def test_what_is_found_is_told(call: Call) -> None:
    """Each piece has an id of its own, and a score of four decimals."""
    recall = FixedRecall(remembered("Impeller"), remembered("Oil"))
    args = {"query": "engine", "k": 2, "sources": ["vault"], "filters": {"path_prefix": "Bo"}}
    result = await call(memory_search(recall, user_id=OWNER), args)

    assert recall.asked == [
        Question(query="engine", k=2, sources=frozenset({"vault"}), path_prefix="Bo")
    ]
    first, second = result.value["results"]
    assert (result.value["count"], first["score"]) == (2, 0.1235)
    assert first["document_id"] == second["document_id"] == "vault:Boat.md"
    assert first["chunk_id"] != second["chunk_id"]
    assert result.sources == ("vault:Boat.md",)
    assert result.labels == {Label.PRIVATE}


async def test_the_labels_of_all_that_was_found_join(call: Call) -> None:
    """One note that stays on this machine keeps the whole result here."""
    recall = FixedRecall(
        remembered("A", frozenset({Label.LOCAL_ONLY})),
        remembered("B", frozenset({Label.UNTRUSTED})),
    )
    result = await call(memory_search(recall, user_id=OWNER), {"query": "engine"})

    assert result.labels == {Label.PRIVATE, Label.LOCAL_ONLY, Label.UNTRUSTED}
    assert [each["sensitive"] for each in result.value["results"]] == [True, False]


async def test_nobody_elses_memory_is_asked(call: Call) -> None:
    """The memory is not even reached."""
    recall = FixedRecall()
    with pytest.raises(ToolFailed, match="not the user"):
        await call(memory_search(recall, user_id=OWNER), {"query": "x", "user_id": "nick"})

    assert recall.asked == []


async def test_what_is_found_is_named_by_its_address(call: Call) -> None:
    """A note by its path, a task by its number."""
    task = evolve(remembered("Oil"), source_type="task", source_id="01a2", source_path="task:4")
    recall = FixedRecall(remembered("Impeller"), task)
    result = await call(memory_search(recall, user_id=OWNER), {"query": "engine"})

    assert result.sources == ("vault:Boat.md", "task:4")
