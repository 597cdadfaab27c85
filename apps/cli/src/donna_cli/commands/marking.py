"""The vault: vault mark, unmark and marks."""

import asyncio
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from attrs import frozen

from donna_adapters.compose.build import Composed
from donna_adapters.compose.memory import open_memory
from donna_adapters.compose.vault import marks_of, vault_reader, vault_root
from donna_cli import wire_memory
from donna_cli.exits import ExitCode
from donna_cli.invocation import Invocation
from donna_cli.render import Block, Grid
from donna_cli.session import Page, look
from donna_cli.wire_memory import MEMORY_FILE, TABLE, KeptLocal
from donna_core.domain.errors import DonnaError, InvalidInput, NotFound
from donna_core.domain.wording import Line, Tone
from donna_memory.documents import SourceType
from donna_memory.ports import Marks
from donna_memory.vault.marks import Marked
from donna_memory.vault.paths import NotePath, folded, note_path
from donna_memory.vault.reader import VaultReader
from donna_memory.vault.refusals import VaultRefused


class NoVault(InvalidInput):
    """No folder of notes is named."""

    def __init__(self) -> None:
        super().__init__(
            "No vault is named, so there is no note to mark. Name yours: "
            "donna config set memory.vault.root ~/Notes"
        )


class NotInTheVault(InvalidInput):
    """What was named is the path of no note in the vault."""

    def __init__(self, refused: VaultRefused) -> None:
        self.path, self.reason = refused.path, refused.reason
        super().__init__(
            f"{refused} Name it as it lies in the vault, for example: donna vault mark Diary/May.md"
        )


class NoSuchNote(NotFound):
    """There is no note of this path in the vault."""

    def __init__(self, path: str, root: Path, *, near: Sequence[str]) -> None:
        self.path, self.root, self.near = path, root, tuple(near)
        hint = f" Did you mean {' or '.join(near)}?" if near else ""
        super().__init__(
            f"There is no note '{path}' in {root}.{hint} "
            "Nothing was marked; name notes as they lie in the vault."
        )


class NotMarked(NotFound):
    """A note that is to be unmarked has no mark."""

    def __init__(self, path: str, *, near: Sequence[str]) -> None:
        self.path, self.near = path, tuple(near)
        hint = f" Did you mean {' or '.join(near)}?" if near else ""
        super().__init__(
            f"'{path}' has no mark, and nothing was changed.{hint} "
            "`donna vault marks` lists what stays on this machine, and by what."
        )


Notes = Annotated[
    list[str], typer.Argument(metavar="NOTE...", help="Paths of notes, as they lie in the vault.")
]


@frozen
class _Vault:
    """The owner's notes, and the table of marks."""

    reader: VaultReader
    marks: Marks

    @property
    def root(self) -> Path:
        return self.reader.folder.root

    def found(self, names: Sequence[str]) -> list[str]:
        """Return the notes in the letters of their files; raise ``NoSuchNote``."""
        known = self.reader.list()
        return [self._spelt(name, known) for name in names]

    def marked(self, names: Sequence[str]) -> list[str]:
        """Return the notes in the letters of their marks; raise ``NotMarked``."""
        known = {folded(mark.path): mark.path for mark in self.marks.all()}
        paths = [self._path(name) for name in names]
        for path in paths:
            if folded(path) not in known:
                raise NotMarked(path, near=_near(path, [*known.values()]))
        return [known[folded(path)] for path in paths]

    def still_local(self, paths: Sequence[str]) -> Iterator[str]:
        """Yield the notes that memory.yaml, or what stands at their own head, keeps local."""
        for path in paths:
            try:
                is_local = self.reader.read(path).is_sensitive
            except VaultRefused:
                continue  # it is gone, or nobody can read it
            if is_local:
                yield path

    def _spelt(self, name: str, known: Sequence[str]) -> str:
        path = self._path(name)
        same = [each for each in known if folded(each) == folded(path)]
        if not same:
            raise NoSuchNote(path, self.root, near=_near(path, known))
        return path if path in same else same[0]

    def _path(self, name: str) -> NotePath:
        """Return the path within the vault, also of one that begins at the root of the disk."""
        given = Path(name)
        for root in (self.root, self.root.resolve()):
            if given.is_relative_to(root):
                name = given.relative_to(root).as_posix()
        try:
            return note_path(name)
        except VaultRefused as error:
            raise NotInTheVault(error) from error


def mark(invocation: Invocation, notes: Notes) -> ExitCode:
    """Mark notes as yours alone: no model elsewhere is shown them, and Donna leaves them alone.

    The mark is in Donna's database and goes along when a note moves: whoever edits the note
    cannot take it off. All of the notes are marked, or none.

    Examples:
      donna vault mark Diary/May.md
      donna vault mark Diary/May.md "People/Ida Berg.md" --dry-run
    """

    async def page(composed: Composed) -> Page:
        vault = _vault(composed)
        paths = await asyncio.to_thread(vault.found, notes)
        before = Marked(marks=await asyncio.to_thread(vault.marks.all))
        already = [path for path in dict.fromkeys(paths) if before.has(NotePath(path))]
        new = [path for path in dict.fromkeys(paths) if path not in already]
        problems: tuple[str, ...] = ()
        if new and not invocation.dry_run:
            await vault.marks.mark(new)
            problems = await _remembered(composed)
        told = "Would mark" if invocation.dry_run else "Marked"
        return Page(
            blocks=lambda: [
                *(Line(f"{told}: {path}", Tone.GOOD) for path in new),
                *(Line(f"Marked already: {path}") for path in already),
            ],
            wire=lambda _: wire_memory.marked(new, already, dry_run=invocation.dry_run),
            problems=problems,
        )

    return look(invocation, page)


def unmark(invocation: Invocation, notes: Notes) -> ExitCode:
    """Take marks off notes, also of notes that are gone.

    What memory.yaml or a note itself says of it counts still, and is told.

    Examples:
      donna vault unmark Diary/May.md
      donna vault unmark Diary/May.md --dry-run
    """

    async def page(composed: Composed) -> Page:
        vault = _vault(composed)
        paths = list(dict.fromkeys(await asyncio.to_thread(vault.marked, notes)))
        still, problems = list[str](), tuple[str, ...]()
        if not invocation.dry_run:
            await vault.marks.unmark(paths)
            problems = await _remembered(composed)
            still = await asyncio.to_thread(lambda: [*vault.still_local(paths)])
        told = "Would unmark" if invocation.dry_run else "Unmarked"
        why = "stays local-only: memory.yaml or the note itself says so."
        return Page(
            blocks=lambda: [
                *(Line(f"{told}: {path}", Tone.GOOD) for path in paths),
                *(Line(f"{path} {why}", Tone.WARNING) for path in still),
            ],
            wire=lambda _: wire_memory.unmarked(paths, still, dry_run=invocation.dry_run),
            problems=problems,
        )

    return look(invocation, page)


def marks(invocation: Invocation) -> ExitCode:
    """List the notes that are yours alone, by mark or by memory.yaml.

    Notes that say so themselves, with `donna: local-only` at their head, are not looked for.

    Examples:
      donna vault marks
      donna vault marks --json
    """

    async def page(composed: Composed) -> Page:
        vault = _vault(composed)
        found = await asyncio.to_thread(_kept_local, vault)
        zone = composed.runtime.policy.zone
        return Page(blocks=lambda: _blocks(found, zone), wire=lambda _: wire_memory.marks(found))

    return look(invocation, page)


def _vault(composed: Composed) -> _Vault:
    root = vault_root(composed)
    if root is None:
        raise NoVault
    return _Vault(vault_reader(composed, root), marks_of(composed))


async def _remembered(composed: Composed) -> tuple[str, ...]:
    """Bring in line what memory knows of the notes; return what stood in the way.

    Where it knows none yet, the first look at all of them is nobody's wish here.
    """
    try:
        memory = open_memory(composed)
        known = await memory.catalog.kept(composed.runtime.user_id, SourceType.VAULT)
        if memory.vault is None or not known:
            return ()
        return (await memory.vault.sync()).unread
    except DonnaError as error:
        return (str(error),)


def _kept_local(vault: _Vault) -> list[KeptLocal]:
    listed, paths = vault.reader.marked(), [NotePath(path) for path in vault.reader.list()]
    there = {folded(path) for path in paths}
    found = [
        KeptLocal(path=each.path, by=TABLE, since=each.since, is_there=folded(each.path) in there)
        for each in listed.marks
    ]
    for pattern in listed.patterns:
        fits = Marked(patterns=(pattern,)).has
        found.append(KeptLocal(path=pattern, by=MEMORY_FILE, is_there=any(map(fits, paths))))
    return found


def _blocks(found: Sequence[KeptLocal], zone: ZoneInfo) -> Iterator[Block]:
    if not found:
        yield Line("No note is marked. `donna vault mark NOTE` marks one as yours alone.")
        return
    yield Grid(
        columns=("note", "by", "since", "there"),
        rows=tuple(
            (
                each.path,
                each.by,
                f"{each.since.astimezone(zone):%Y-%m-%d %H:%M}" if each.since else "",
                "yes" if each.is_there else "no such note",
            )
            for each in found
        ),
        wide="note",
    )


def _near(path: str, known: Sequence[str]) -> list[str]:
    """Return known paths of the same file name, else those written much like this one."""
    name = folded(path).rpartition("/")[2]
    same = [each for each in known if folded(each).rpartition("/")[2] == name]
    return same[:3] or get_close_matches(path, known, n=3)
