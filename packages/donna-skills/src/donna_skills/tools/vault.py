"""Reading and writing the notes of the vault."""

import asyncio
from collections.abc import Iterable, Mapping
from enum import StrEnum
from fnmatch import fnmatch
from typing import Any

from donna_core.domain.labels import NO_LABELS, Label, Labels
from donna_core.domain.tools import ToolResult, ToolSpec
from donna_skills.tools.front_matter import plain
from donna_skills.tools.notes import NoteReader, NoteWriter, ReadNote
from donna_skills.tools.registry import Tool
from donna_skills.tools.schemas import COUNT, FLAG, TEXT, an_object, some

INBOX = "Inbox"
MOST_UNDONE = 20
LONGEST_NOTE = 1_000_000
WRITTEN_BY_MACHINE = "autowritten_by"

_PATH: Mapping[str, Any] = {"type": "string", "minLength": 1, "maxLength": 1024}
# The history knows by its words which change was taken back; nobody else may write them.
_MESSAGE: Mapping[str, Any] = {
    "type": "string",
    "maxLength": 200,
    "not": {"pattern": r"[\x00-\x1f]|Donna: undo "},
}
_PRIVATE = frozenset({Label.PRIVATE})
_VAULT = frozenset({"vault"})


class Autonomy(StrEnum):
    """How far Donna goes alone: with ``low`` everything she writes lands in the inbox."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


VAULT_READ = ToolSpec(
    name="vault_read",
    description="Returns a note with its front matter, and when it was changed.",
    arguments=an_object({"path": _PATH}),
    result=an_object(
        {
            "ok": FLAG,
            "path": TEXT,
            "content": TEXT,
            "frontmatter": {"type": "object"},
            "mtime": COUNT,
            "size": COUNT,
        }
    ),
    reads=_VAULT,
    labels=_PRIVATE,
)
VAULT_LIST = ToolSpec(
    name="vault_list",
    description="Returns the paths of the notes in a folder and, if asked, below it.",
    arguments=an_object({}, {"folder": TEXT, "recursive": FLAG}),
    result=an_object({"ok": FLAG, "folder": TEXT, "paths": some(TEXT)}),
    reads=_VAULT,
    labels=_PRIVATE,
)
VAULT_LINK = ToolSpec(
    name="vault_link",
    description="Returns what a note links to.",
    arguments=an_object({"path": _PATH}),
    result=an_object({"ok": FLAG, "path": TEXT, "links": some(TEXT)}),
    reads=_VAULT,
    labels=_PRIVATE,
)
VAULT_WRITE = ToolSpec(
    name="vault_write",
    description="Writes a note where Donna may, as one change that can be taken back.",
    arguments=an_object(
        {"path": _PATH, "content": {"type": "string", "maxLength": LONGEST_NOTE}},
        {"expected_mtime": COUNT, "message": _MESSAGE},
    ),
    result=an_object({"ok": FLAG, "path": TEXT, "commit_sha": TEXT}),
    writes=_VAULT,
    labels=_PRIVATE,
)
VAULT_UNDO_LAST = ToolSpec(
    name="vault_undo_last",
    description="Takes back the last changes that Donna made to notes.",
    arguments=an_object({}, {"n": {"type": "integer", "minimum": 1, "maximum": MOST_UNDONE}}),
    result=an_object(
        {"ok": FLAG, "n": COUNT, "revert_shas": some(TEXT)}, {"left_alone": some(TEXT)}
    ),
    writes=_VAULT,
    labels=_PRIVATE,
)


def vault_reading(reader: NoteReader, *, ignore: Iterable[str] = ()) -> tuple[Tool, ...]:
    """Return the tools ``vault_read``, ``vault_list`` and ``vault_link``.

    A note that its owner keeps local comes labelled so, and one that a machine wrote comes as
    untrusted, because it may hold what strangers said. ``mtime`` is in nanoseconds since 1970.
    ``ignore`` are patterns such as ``Templates/*`` that are not listed.
    """
    patterns = tuple(ignore)

    async def read(args: Mapping[str, Any]) -> ToolResult:
        note = await asyncio.to_thread(reader.read, args["path"])
        value = {
            "ok": True,
            "path": note.path,
            "content": note.body,
            "frontmatter": plain(note.front_matter, path=note.path),
            "mtime": note.stat.mtime_ns,
            "size": note.stat.size,
        }
        return ToolResult(value=value, labels=_labels(note), sources=(f"vault:{note.path}",))

    async def listed(args: Mapping[str, Any]) -> Mapping[str, Any]:
        folder = args.get("folder", "").strip("/")
        depth = folder.count("/") + 1 if folder else 0
        paths = [
            path
            for path in await asyncio.to_thread(reader.list, folder)
            if (args.get("recursive", True) or path.count("/") == depth)
            and not any(fnmatch(path, pattern) for pattern in patterns)
        ]
        return {"ok": True, "folder": folder, "paths": paths}

    async def links(args: Mapping[str, Any]) -> ToolResult:
        note = await asyncio.to_thread(reader.read, args["path"])
        value = {"ok": True, "path": note.path, "links": list(note.links)}
        return ToolResult(value=value, labels=_labels(note), sources=(f"vault:{note.path}",))

    return (
        Tool(spec=VAULT_READ, run=read),
        Tool(spec=VAULT_LIST, run=listed),
        Tool(spec=VAULT_LINK, run=links),
    )


def vault_writing(writer: NoteWriter, *, autonomy: Autonomy) -> tuple[Tool, ...]:
    """Return the tools ``vault_write`` and ``vault_undo_last``.

    With low autonomy a note lands in the inbox under its own name, whatever folder was asked
    for; the result says where. ``expected_mtime`` is what ``vault_read`` said, or 0 for a note
    that must not be there yet. ``n`` counts the changes that were taken back; ``left_alone``
    names the notes that somebody changed since.
    """

    async def write(args: Mapping[str, Any]) -> Mapping[str, Any]:
        path = args["path"]
        if autonomy is Autonomy.LOW:
            path = f"{INBOX}/{path.rpartition('/')[2]}"
        done = await asyncio.to_thread(
            writer.write,
            path,
            args["content"],
            expected_mtime_ns=args.get("expected_mtime"),
            message=args.get("message", ""),
        )
        return {"ok": True, "path": done.path, "commit_sha": done.sha}

    async def undo(args: Mapping[str, Any]) -> Mapping[str, Any]:
        done = await asyncio.to_thread(writer.undo_last, args.get("n", 1))
        return {
            "ok": True,
            "n": len(done.commits),
            "revert_shas": list(done.commits),
            "left_alone": list(done.left),
        }

    return (Tool(spec=VAULT_WRITE, run=write), Tool(spec=VAULT_UNDO_LAST, run=undo))


def _labels(note: ReadNote) -> Labels:
    local = frozenset({Label.LOCAL_ONLY}) if note.is_sensitive else NO_LABELS
    by_machine = WRITTEN_BY_MACHINE in note.front_matter
    return local | frozenset({Label.UNTRUSTED}) if by_machine else local
