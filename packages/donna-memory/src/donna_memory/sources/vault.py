"""The notes of the vault: what is new is read, what is as before costs a look at the clock."""

import asyncio
from collections.abc import Mapping, Sequence
from fnmatch import fnmatch
from zoneinfo import ZoneInfo

from attrs import Factory, define, frozen

from donna_core.domain.ids import UserId
from donna_memory.documents import Document, Label, SourceType
from donna_memory.ports import Kept, Marks, MemoryCatalog, MemoryStore
from donna_memory.sources.progress import Progress, Tell, untold
from donna_memory.statements import properties_of
from donna_memory.vault.folder import FileStat
from donna_memory.vault.marks import Marked
from donna_memory.vault.notes import Note
from donna_memory.vault.paths import NotePath, folded
from donna_memory.vault.reader import VaultReader
from donna_memory.vault.refusals import Reason, VaultRefused

BATCH = 64
_UTC = ZoneInfo("UTC")


@frozen(kw_only=True)
class Synced:
    """What became of the notes; ``unread`` names those that could not be read, with the reason."""

    changed: int = 0
    unchanged: int = 0
    renamed: int = 0
    deleted: int = 0
    unread: tuple[str, ...] = ()


@define
class _Read:
    """What was read of a few notes: documents, who may have got whose mark, and what failed."""

    documents: list[Document] = Factory(list)
    heirs: list[tuple[str, str]] = Factory(list)
    failed: list[tuple[str, str]] = Factory(list)


@frozen(kw_only=True)
class VaultSource:
    """Brings memory in line with the vault, and has marks follow the notes that moved.

    ``ignore`` are patterns such as ``Templates/*``; ``zone`` is where a note's date begins.
    """

    reader: VaultReader
    store: MemoryStore
    catalog: MemoryCatalog
    marks: Marks
    user_id: UserId
    ignore: tuple[str, ...] = ()
    zone: ZoneInfo = _UTC

    async def sync(self, tell: Tell = untold) -> Synced:
        """Look at every note; raise ``VaultUnavailable`` when the folder cannot be read.

        A folder that cannot be read deletes nothing. A note that went while another came with
        the same content was renamed, and is not embedded anew. Where several came with the content
        of a marked one, any of them may be it, so that all of them are marked.
        """
        kept = await self.catalog.kept(self.user_id, SourceType.VAULT)
        found, unread = await asyncio.to_thread(self._stats)
        marked = await asyncio.to_thread(self.reader.marked)
        touched = [
            path
            for path, stat in found.items()
            if not self._is_as_kept(stat, kept.get(path), is_marked=marked.has(NotePath(path)))
        ]
        gone = {path for path, each in kept.items() if not each.is_deleted} - found.keys()
        gone -= {path for path, _ in unread}
        renamed, heirs = 0, list[tuple[str, str]]()
        done = Progress(looked_at=len(found) - len(touched))
        for start in range(0, len(touched), BATCH):
            read = await asyncio.to_thread(self._read, touched[start : start + BATCH], marked)
            unread += read.failed
            if read.heirs:
                await self.marks.pass_on(read.heirs)
            heirs += read.heirs
            for document in read.documents:
                former = _former(document, gone, kept)
                if former is not None and document.source_id not in kept:
                    renamed += await self.store.rename(
                        self.user_id, SourceType.VAULT, former, to=document.source_id
                    )
                    gone.discard(former)
            done = done.plus(await self.store.upsert_many(read.documents))
            tell(done)
        for path in sorted(gone):
            await self.store.delete(self.user_id, SourceType.VAULT, path)
        if heirs:
            await self.marks.unmark(await asyncio.to_thread(self._moved, heirs))
        return Synced(
            changed=done.kept,
            unchanged=done.looked_at - done.kept,
            renamed=renamed,
            deleted=len(gone),
            unread=tuple(f"{path}: {reason}" for path, reason in unread),
        )

    def _stats(self) -> tuple[dict[str, FileStat], list[tuple[str, str]]]:
        found: dict[str, FileStat] = {}
        unread: list[tuple[str, str]] = []
        for path in self.reader.list():
            if any(fnmatch(path, pattern) for pattern in self.ignore):
                continue
            try:
                found[path] = self.reader.stat(path)
            except VaultRefused as error:
                if error.reason is not Reason.MISSING:  # then it just went
                    unread.append((path, error.reason.value))
        return found, unread

    def _read(self, paths: Sequence[str], marked: Marked) -> _Read:
        read = _Read()
        for path in paths:
            try:
                note = self.reader.read(path)
            except VaultRefused as error:
                if error.reason is not Reason.MISSING:
                    read.failed.append((path, error.reason.value))
                continue
            read.documents.append(document_of(note, self.user_id, self.zone))
            read.heirs += [(each, note.path) for each in self.reader.formers(note, marked)]
        return read

    def _moved(self, heirs: Sequence[tuple[str, str]]) -> list[str]:
        """Return the notes that are where they were no more, whose marks others carry now."""
        names = {folded(heir) for _, heir in heirs}
        formers = {former for former, _ in heirs if folded(former) not in names}
        return sorted(path for path in formers if not self.reader.is_there(path))

    def _is_as_kept(self, stat: FileStat, known: Kept | None, *, is_marked: bool) -> bool:
        if known is None or known.is_deleted:
            return False
        seen = tuple(known.metadata.get(key) for key in ("mtime_ns", "size", "marked", "zone"))
        return seen == (stat.mtime_ns, stat.size, is_marked, self.zone.key)


def document_of(note: Note, user_id: UserId, zone: ZoneInfo = _UTC) -> Document:
    """Return a note as it is remembered; what its owner keeps local stays so."""
    tags = note.front_matter.get("tags") or ()
    return Document(
        user_id=user_id,
        source_type=SourceType.VAULT,
        source_id=note.path,
        title=note.title,
        uri=f"vault:{note.path}",
        content=note.body,
        time=note.time(zone),
        labels=frozenset({Label.LOCAL_ONLY} if note.is_sensitive else ()),
        tags=frozenset(map(str, tags)) if isinstance(tags, list) else frozenset({str(tags)}),
        people=frozenset(link.rpartition("/")[2] for link in note.links),
        metadata={
            "mtime_ns": note.stat.mtime_ns,
            "size": note.stat.size,
            "zone": zone.key,
            "type": str(note.front_matter.get("type", "")),
            "autowritten_by": str(note.front_matter.get("autowritten_by", "")),
            "untouched": note.is_untouched,
            "marked": note.marked,
            "properties": properties_of(note.front_matter),
        },
    )


def _former(document: Document, gone: set[str], kept: Mapping[str, Kept]) -> str | None:
    """Return the note that went and had this content, where there is one."""
    # The title of a note without one is its name, so the body alone has to be the same.
    return next((path for path in sorted(gone) if kept[path].body_hash == document.body_hash), None)
