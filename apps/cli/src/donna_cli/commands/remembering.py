"""Memory: memory search, ingest and forget."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from donna_adapters.compose.build import Composed
from donna_adapters.compose.memory import Memory, open_memory, trial_memory
from donna_adapters.compose.settings import find_place
from donna_cli import wire_memory
from donna_cli.exits import ExitCode
from donna_cli.invocation import Invocation
from donna_cli.memory_lines import ingest_lines, search_lines
from donna_cli.render import Block, Grid, status
from donna_cli.session import Page, look, opened, options_of, present, run
from donna_cli.wire_memory import SourceDone
from donna_core.domain.errors import DonnaError, InvalidInput, NotFound
from donna_core.domain.ids import UserId
from donna_core.domain.wording import Line, Tone
from donna_core.local.settings import load_settings
from donna_core.usecases.moment import understand_moment
from donna_memory.documents import Hit, SourceType
from donna_memory.evaluation import SetScore, load_sets
from donna_memory.evaluation import evaluate as score
from donna_memory.ports import Filters
from donna_memory.sources.progress import Progress, Tell


class Backfill(StrEnum):
    """What is remembered anew."""

    ALL = "all"
    VAULT = "vault"
    TASK = "task"
    CORRECTION = "correction"
    CHAT = "chat"


class NothingRemembered(NotFound):
    """There is nothing of this source to be forgotten."""

    def __init__(self, source: SourceType, source_id: str) -> None:
        self.source, self.source_id = source, source_id
        super().__init__(
            f"Nothing is remembered of {source.value} '{source_id}'. "
            "`donna memory search` shows the ids of what is."
        )


InputFile = Annotated[
    Path | None, typer.Option("--file", "-f", help="Read lines from a file instead of stdin.")
]
Jsonl = Annotated[bool, typer.Option("--jsonl", help="One JSON object a line, in and out.")]


def search(
    invocation: Invocation,
    words: Annotated[
        list[str] | None, typer.Argument(metavar="WORDS", help="What to look for.")
    ] = None,
    *,
    k: Annotated[
        int | None, typer.Option("-k", help="How many hits at most.", show_default=False)
    ] = None,
    source: Annotated[
        list[SourceType] | None, typer.Option("--source", help="Only what came from here.")
    ] = None,
    folder: Annotated[
        str | None, typer.Option("--folder", help="Only notes below this folder of the vault.")
    ] = None,
    tag: Annotated[str | None, typer.Option("--tag", help="Only what has this tag.")] = None,
    person: Annotated[
        str | None, typer.Option("--person", help="Only what names her or him.")
    ] = None,
    since: Annotated[
        str | None,
        typer.Option("--since", help="Only what is from then on: 3 May.", show_default=False),
    ] = None,
    until: Annotated[
        str | None, typer.Option("--until", help="Only what is from before.", show_default=False)
    ] = None,
    jsonl: Jsonl = False,
    file: InputFile = None,
) -> ExitCode:
    """Find what was said or written, by words and by meaning.

    With --jsonl, queries are read from stdin, one {"query": …, "k": …, "session": …} a line.

    Examples:
      donna memory search where did we put the spare key
      donna memory search impeller --source vault -k 3
      donna memory search spare key --since 2026-05-01
    """
    if jsonl:
        return run(search_lines(invocation, file))
    question = " ".join(words or [])
    if not question.strip():
        raise InvalidInput("Say what to look for, for example: donna memory search spare key")

    async def page(composed: Composed) -> Page:
        begin, end = (
            understand_moment(composed.runtime, each).instant if each else None
            for each in (since, until)
        )
        if begin and end and begin >= end:
            raise InvalidInput("--since is not before --until, so nothing can be found.")
        filters = Filters(
            sources=frozenset(source or ()),
            uri_prefix=f"vault:{folder.strip('/')}/" if folder else None,
            tag=tag,
            person=person,
            since=begin,
            until=end,
        )
        memory, user_id = open_memory(composed, once=True), composed.runtime.user_id
        show = status(invocation)
        # What was said a moment ago is found, whether or not Donna runs.
        await memory.follow(_teller("reading along", show))
        show("")
        hits = await memory.store.search(question, user_id=user_id, k=k, filters=filters)
        has_unread = not hits and await _has_unread_notes(memory, user_id)
        return Page(
            blocks=lambda: _blocks(
                hits, memory, composed.runtime.policy.zone, has_unread=has_unread
            ),
            wire=lambda _: wire_memory.memory_hits(hits, without_meaning=memory.without_meaning),
        )

    return look(invocation, page)


def ingest(
    invocation: Invocation,
    *,
    jsonl: Jsonl = False,
    file: InputFile = None,
) -> ExitCode:
    """Remember texts, one JSON object a line.

    Each is {"id": …, "text": …} with, where known, "source", "time", "session" and "speaker".
    A line of a known id replaces what was kept; one that is as before costs nothing.

    Examples:
      donna memory ingest --file talks.jsonl
      donna memory ingest --jsonl --file talks.jsonl
    """
    return run(ingest_lines(invocation, file, jsonl=jsonl))


def forget(
    invocation: Invocation,
    source: Annotated[SourceType, typer.Argument(metavar="SOURCE", help="Where it came from.")],
    source_id: Annotated[str, typer.Argument(metavar="ID", help="Its id there.")],
) -> ExitCode:
    """Erase what is remembered of one source.

    It is gone from every search, and cannot be brought back but by remembering it again.

    Examples:
      donna memory forget chat talk:1-4
      donna memory forget vault Projects/Boat.md
    """

    async def page() -> Page:
        async with opened(invocation) as composed:
            store, user_id = open_memory(composed).store, composed.runtime.user_id
            if not invocation.dry_run and not await store.forget(user_id, source, source_id):
                raise NothingRemembered(source, source_id)
        told = "Would forget" if invocation.dry_run else "Forgotten"
        return Page(
            blocks=lambda: [Line(f"{told}: {source.value} {source_id}", Tone.GOOD)],
            wire=lambda _: wire_memory.forgotten(source, source_id, dry_run=invocation.dry_run),
        )

    return present(run(page()), invocation)


def backfill(
    invocation: Invocation,
    *,
    source: Annotated[
        Backfill, typer.Option("--source", help="Which source; all of them in turn.")
    ] = Backfill.ALL,
    user_id: Annotated[
        str | None, typer.Option("--user-id", help="Whose; the owner's.", show_default=False)
    ] = None,
) -> ExitCode:
    """Remember everything there is, whatever was read before.

    What is remembered already costs next to nothing. A source that fails stops no other. Vectors
    that are missing or of another model are made, and a model that is named for read_statements
    reads what none has read yet.

    Examples:
      donna memory backfill
      donna memory backfill --source chat
    """

    async def page(composed: Composed) -> Page:
        whose = UserId(user_id) if user_id else None
        memory, problems = open_memory(composed, user_id=whose), list[str]()
        done, show = list[SourceDone](), status(invocation)
        for each in (Backfill.VAULT, Backfill.TASK, Backfill.CORRECTION, Backfill.CHAT):
            if source not in {each, Backfill.ALL}:
                continue
            try:
                told = await _backfilled(memory, each, _teller(each.value, show))
            except DonnaError as error:
                problems.append(str(error))
                continue
            finally:
                show("")
            problems += told.unread
            done.append(told)
        try:
            show("vectors that are missing are made")
            renewed = await memory.store.reindex(whose or composed.runtime.user_id)
        except DonnaError as error:
            problems.append(str(error))
        else:
            if renewed:
                done.append(SourceDone(source="vectors", looked_at=renewed, changed=renewed))
        finally:
            show("")
        if memory.reader is not None:
            read = await memory.reader.read_on(quiet=timedelta(0))
            problems += filter(None, [read.problem])
            done.append(
                SourceDone(source="statements", looked_at=read.texts, changed=read.statements)
            )
        return Page(
            blocks=lambda: _backfill_blocks(done, memory),
            wire=lambda _: wire_memory.backfilled(done, problems),
            problems=tuple(problems),
        )

    return look(invocation, page)


def evaluate(
    invocation: Invocation,
    *,
    fixtures_dir: Annotated[
        Path, typer.Option("--fixtures-dir", help="The folder of labelled sets.")
    ] = Path("fixtures/memory"),
) -> ExitCode:
    """Measure how well memory finds what answers a question.

    Each labelled set is kept in a database of its own that is thrown away afterwards.

    Examples:
      donna memory eval
      donna memory eval --fixtures-dir fixtures/memory --json
    """
    sets = load_sets(fixtures_dir)

    async def scores() -> tuple[list[SetScore], str]:
        settings = load_settings(find_place(options_of(invocation)).config).memory
        done, problems = [], set[str]()
        for each in sets:
            with trial_memory(settings, at=each.asked_at) as (store, problem):
                done.append(await score(store, each))
            problems.add(problem)
        return done, "; ".join(filter(None, problems))

    found, problem = run(scores())
    return present(
        Page(
            blocks=lambda: _score_blocks(found, problem),
            wire=lambda _: wire_memory.scores(found, without_meaning=problem),
        ),
        invocation,
    )


def _score_blocks(found: list[SetScore], problem: str) -> Iterator[Block]:
    yield Grid(
        columns=(
            "set",
            "questions",
            *(f"recall@{k}" for k in found[0].recall),
            "MRR",
            "stale first",
            "junk",
        ),
        rows=tuple(
            (
                each.name,
                str(each.questions),
                *(f"{share:.0%}" for share in each.recall.values()),
                f"{each.mean_reciprocal_rank:.2f}",
                str(each.stale_first),
                f"{each.junk:.0%}",
            )
            for each in found
        ),
        wide="set",
    )
    if problem:
        yield Line(problem, Tone.QUIET)


def _teller(what: str, show: Callable[[str], None]) -> Tell:
    """Return who shows how far something is."""

    def tell(progress: Progress) -> None:
        show(f"{what}: {progress.looked_at} looked at, {progress.kept} kept anew")

    return tell


async def _backfilled(memory: Memory, source: Backfill, tell: Tell) -> SourceDone:
    if source is Backfill.TASK:
        return SourceDone(source="task", looked_at=await memory.tasks.backfill(tell))
    if source is Backfill.CORRECTION:
        return SourceDone(source="correction", looked_at=await memory.corrections.backfill(tell))
    if source is Backfill.CHAT:
        return SourceDone(source="chat", looked_at=await memory.chat.backfill(tell))
    if memory.vault is None:
        return SourceDone(source="vault", looked_at=0)
    synced = await memory.vault.sync(tell)
    return SourceDone(
        source="vault",
        looked_at=synced.changed + synced.unchanged,
        changed=synced.changed,
        renamed=synced.renamed,
        deleted=synced.deleted,
        unread=synced.unread,
    )


def _backfill_blocks(done: list[SourceDone], memory: Memory) -> Iterator[Block]:
    for each in done:
        if each.source == "vault" and memory.vault is None:
            yield Line("vault: none is configured; memory.yaml names it as vault.root", Tone.QUIET)
            continue
        yield Line(f"{each.source}: {each.looked_at} looked at", Tone.GOOD)
    if memory.without_meaning:
        yield Line(memory.without_meaning, Tone.QUIET)


async def _has_unread_notes(memory: Memory, user_id: UserId) -> bool:
    """Whether there is a vault of which nothing was ever read."""
    return memory.vault is not None and not await memory.catalog.kept(user_id, SourceType.VAULT)


def _blocks(
    hits: tuple[Hit, ...], memory: Memory, zone: ZoneInfo, *, has_unread: bool
) -> Iterator[Block]:
    if not hits:
        yield Line("Nothing is remembered of that.")
    if has_unread:
        yield Line("Your notes were not read yet: donna memory backfill --source vault", depth=1)
    for number, hit in enumerate(hits, start=1):
        place = " › ".join(part for part in (hit.title, *hit.heading_path) if part)
        when = f", {hit.time.astimezone(zone):%Y-%m-%d}" if hit.time else ""
        who = f"{hit.speaker}: " if hit.speaker else ""
        if hit.before:
            yield Line(f"   {hit.before}", Tone.QUIET)
        yield Line(f"{number}. {who}{hit.text}")
        if hit.after:
            yield Line(f"   {hit.after}")
        labels = "".join(f", {label.value}" for label in sorted(hit.labels))
        named = f"{hit.source_type.value} {hit.source_id}"
        about = f" ({place})" if place else ""
        yield Line(f"   {named}{about}{when}{labels}, score {hit.score:.2f}", Tone.QUIET)
    if memory.without_meaning:
        yield Line(memory.without_meaning, Tone.QUIET)
