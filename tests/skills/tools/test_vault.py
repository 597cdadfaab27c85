"""Notes are given out with what has to be minded, and written where Donna may only."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import date
from typing import Any

import pytest
from attrs import field, frozen

from donna_core.domain.labels import Label, Labels
from donna_core.domain.tools import ToolResult
from donna_core.ports.tools import InvalidArguments, ToolFailed
from donna_skills.tools.notes import NoteReader, NoteWriter
from donna_skills.tools.registry import Tool
from donna_skills.tools.vault import Autonomy, vault_reading, vault_writing

Call = Callable[..., Awaitable[ToolResult]]


@frozen(kw_only=True)
class Stat:
    """When a note was changed, and its size."""

    mtime_ns: int = 1_795_000_000_123_456_789
    size: int = 5


@frozen(kw_only=True)
class StoredNote:
    """A note in memory."""

    path: str
    body: str = "Text."
    front_matter: Mapping[str, Any] = field(factory=dict)
    stat: Stat = field(factory=Stat)
    is_sensitive: bool = False
    links: tuple[str, ...] = ("People/Ana",)


class StoredNotes(NoteReader):
    """Notes in memory."""

    def __init__(self, *notes: StoredNote) -> None:
        self.notes = {note.path: note for note in notes}

    def read(self, path: str, /) -> StoredNote:
        return self.notes[path]

    def list(self, folder: str = "", /) -> tuple[str, ...]:
        return tuple(path for path in sorted(self.notes) if path.startswith(folder))


@frozen(kw_only=True)
class Done:
    """What a writer answers."""

    path: str = ""
    sha: str = "abc"
    commits: tuple[str, ...] = ()
    left: tuple[str, ...] = ()


class KeptWrites(NoteWriter):
    """Keeps what it was asked to write."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, int | None, str]] = []

    def write(
        self, path: str, content: str, *, expected_mtime_ns: int | None = None, message: str = ""
    ) -> Done:
        self.asked.append((path, content, expected_mtime_ns, message))
        return Done(path=path)

    def undo_last(self, count: int = 1, /) -> Done:
        return Done(commits=("a", "b")[:count], left=("Inbox/Mine.md",))


def tool(tools: tuple[Tool, ...], name: str) -> Tool:
    """Return the tool of that name."""
    (found,) = (each for each in tools if each.spec.name == name)
    return found


READ, LIST, WRITE, UNDO = "vault_read", "vault_list", "vault_write", "vault_undo_last"


async def test_a_note_is_read_with_its_front_matter(call: Call) -> None:
    """Dates as texts, because the result is JSON; the time is exact, to be written against."""
    note = StoredNote(path="A.md", front_matter={"date": date(2026, 4, 20), "n": float("inf")})
    result = await call(tool(vault_reading(StoredNotes(note)), READ), {"path": "A.md"})

    assert result.value == {
        "ok": True,
        "path": "A.md",
        "content": "Text.",
        "frontmatter": {"date": "2026-04-20", "n": "inf"},
        "mtime": 1_795_000_000_123_456_789,
        "size": 5,
    }


@pytest.mark.parametrize("name", [READ, "vault_link"])
@pytest.mark.parametrize(
    ("fields", "labels"),
    [
        ({}, {Label.PRIVATE}),
        ({"is_sensitive": True}, {Label.PRIVATE, Label.LOCAL_ONLY}),
        ({"front_matter": {"autowritten_by": "donna"}}, {Label.PRIVATE, Label.UNTRUSTED}),
    ],
)
async def test_a_note_says_what_has_to_be_minded(
    call: Call, name: str, fields: dict[str, Any], labels: Labels
) -> None:
    """What its owner keeps local stays so; what a machine wrote may be a stranger's words."""
    reader = StoredNotes(StoredNote(path="A.md", **fields))
    result = await call(tool(vault_reading(reader), name), {"path": "A.md"})

    assert result.labels == labels


def knotted() -> dict[str, Any]:
    """Return front matter that holds itself, as an anchor of YAML can make it."""
    knot: dict[str, Any] = {}
    knot["self"] = knot
    return knot


def laughing() -> list[Any]:
    """Return a list that its anchors make a billion values of."""
    level: list[Any] = ["lol"]
    for _ in range(9):
        level = [level] * 10
    return level


@pytest.mark.parametrize("value", [knotted(), laughing()])
async def test_front_matter_has_an_end(call: Call, value: object) -> None:
    """Anchors of YAML make much of little, and that is refused by name."""
    reader = StoredNotes(StoredNote(path="A.md", front_matter={"x": value}))
    with pytest.raises(ToolFailed) as caught:
        await call(tool(vault_reading(reader), READ), {"path": "A.md"})

    assert caught.value.error_class == "FrontMatterTooLarge"


@pytest.mark.parametrize(
    ("args", "paths"),
    [
        ({}, ["In/A.md", "In/deep/B.md", "Top.md"]),
        ({"recursive": False}, ["Top.md"]),
        ({"folder": "In/", "recursive": False}, ["In/A.md"]),
        ({"folder": "In"}, ["In/A.md", "In/deep/B.md"]),
    ],
)
async def test_a_folder_is_listed(call: Call, args: dict[str, Any], paths: list[str]) -> None:
    """Below it or in it alone, without what is ignored."""
    names = ["Top.md", "In/A.md", "In/deep/B.md", "Templates/T.md"]
    reader = StoredNotes(*(StoredNote(path=name) for name in names))
    result = await call(tool(vault_reading(reader, ignore=["Templates/*"]), LIST), args)

    assert result.value["paths"] == paths


@pytest.mark.parametrize(
    ("autonomy", "path"),
    [
        (Autonomy.LOW, "Inbox/Ana.md"),
        (Autonomy.MEDIUM, "People/Ana.md"),
        (Autonomy.HIGH, "People/Ana.md"),
    ],
)
async def test_low_autonomy_writes_into_the_inbox(
    call: Call, autonomy: Autonomy, path: str
) -> None:
    """And the result says where the note is."""
    writer = KeptWrites()
    args = {"path": "People/Ana.md", "content": "x", "expected_mtime": 0, "message": "Met Ana"}
    result = await call(tool(vault_writing(writer, autonomy=autonomy), WRITE), args)

    assert writer.asked == [(path, "x", 0, "Met Ana")]
    assert result.value == {"ok": True, "path": path, "commit_sha": "abc"}


@pytest.mark.parametrize("message", ["Donna: undo abc", "a\nb", "a\x1eb"])
async def test_a_message_cannot_rewrite_the_history(call: Call, message: str) -> None:
    """A skill that claims an undoing would hide a change from the real one."""
    writer = KeptWrites()
    args = {"path": "Inbox/A.md", "content": "x", "message": message}
    with pytest.raises(InvalidArguments):
        await call(tool(vault_writing(writer, autonomy=Autonomy.HIGH), WRITE), args)

    assert writer.asked == []


async def test_what_could_not_be_taken_back_is_named(call: Call) -> None:
    """The number is that of changes taken back, not of those asked for."""
    result = await call(tool(vault_writing(KeptWrites(), autonomy=Autonomy.LOW), UNDO), {"n": 5})

    assert result.value == {
        "ok": True,
        "n": 2,
        "revert_shas": ["a", "b"],
        "left_alone": ["Inbox/Mine.md"],
    }


def test_writing_is_an_effect() -> None:
    """So that arguments of strangers need an approval."""
    writing = vault_writing(KeptWrites(), autonomy=Autonomy.LOW)
    reading = vault_reading(StoredNotes())

    assert all(each.spec.has_effect for each in writing)
    assert not any(each.spec.has_effect for each in reading)
