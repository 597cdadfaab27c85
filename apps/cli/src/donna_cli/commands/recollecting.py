"""Memory: memory why, export and report."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import nullcontext
from datetime import datetime
from pathlib import Path
from typing import IO, Annotated, Any
from zoneinfo import ZoneInfo

import typer

from donna_adapters.compose.build import Composed
from donna_adapters.compose.memory import Memory, junk_in, open_memory
from donna_cli import wire, wire_memory
from donna_cli.exits import ExitCode
from donna_cli.invocation import Invocation
from donna_cli.render import Block, Grid
from donna_cli.session import Page, look, opened, present, run
from donna_core.domain.errors import InvalidInput
from donna_core.domain.ids import UserId
from donna_core.domain.wording import Line, Tone
from donna_core.usecases.moment import understand_moment
from donna_memory.documents import Document, Hit, SourceType
from donna_memory.junk import JunkReport
from donna_memory.paging import pages_of
from donna_memory.ports import Filters
from donna_memory.review import Review, latest_review
from donna_memory.statements import Statement


def why(
    invocation: Invocation,
    words: Annotated[list[str], typer.Argument(metavar="WORDS", help="What it is about.")],
    *,
    on: Annotated[
        str | None, typer.Option("--on", help="As it was believed then: 3 May.", show_default=False)
    ] = None,
) -> ExitCode:
    """Show what is held to be true, since when, and where it was said.

    Examples:
      donna memory why where does Bo work
      donna memory why spare key --on 2026-05-03
    """
    question = " ".join(words)

    async def page(composed: Composed) -> Page:
        runtime = composed.runtime
        at = understand_moment(runtime, on).instant if on else None
        memory = open_memory(composed)
        # What was said after that day was not believed on it.
        hits = await memory.store.search(
            question, user_id=runtime.user_id, filters=Filters(until=at)
        )
        sources = list(dict.fromkeys((hit.source_type, hit.source_id) for hit in hits))
        known = await memory.catalog.statements(runtime.user_id, sources)
        held = [each for each in known if at is None or each.held(at)]
        return Page(
            blocks=lambda: _why_blocks(held, hits, runtime.policy.zone),
            wire=lambda _: wire_memory.beliefs(held, hits, at=at),
        )

    return look(invocation, page)


def export(
    invocation: Invocation,
    *,
    to: Annotated[
        Path | None,
        typer.Option("--to", help="The file to write; stdout without one.", show_default=False),
    ] = None,
) -> ExitCode:
    """Write all that is remembered, one JSON object a line.

    Each text is whole and has with it what it states. `donna memory ingest` takes the lines back
    as they are.

    Examples:
      donna memory export --to memory.jsonl
      donna memory export
    """
    if to is not None and to.exists():
        raise InvalidInput(f"{to} is there already. Name another file, or remove it first.")

    async def written() -> int:
        count = 0
        async with opened(invocation) as composed:
            memory, user_id = open_memory(composed), composed.runtime.user_id
            with _sink(to) as sink:
                async for documents in pages_of(memory.catalog, user_id):
                    stated = await _statements_of(memory, user_id, documents)
                    for document in documents:
                        own = stated[document.source_type, document.source_id]
                        sink.write(wire.dumped(wire_memory.remembered(document, own)) + "\n")
                    count += len(documents)
        return count

    count = run(written())
    if to is None:
        return ExitCode.OK
    return present(
        Page(
            blocks=lambda: [Line(f"Wrote {count} texts to {to}.", Tone.GOOD)],
            wire=lambda _: wire_memory.exported(count, to),
        ),
        invocation,
    )


def report(invocation: Invocation) -> ExitCode:
    """Say what share of the memory is junk, and why.

    Junk says nothing, or repeats another text word for word. What Donna wrote herself is not
    searched and not counted, until you change it.

    Examples:
      donna memory report
      donna memory report --json
    """

    async def page(composed: Composed) -> Page:
        runtime = composed.runtime
        found = await junk_in(open_memory(composed), runtime.user_id)
        reviewed = await runtime.unit_of_work.run(latest_review)
        return Page(
            blocks=lambda: _junk_blocks(found, reviewed, runtime.policy.zone),
            wire=lambda _: wire_memory.junk_report(found, reviewed),
        )

    return look(invocation, page)


def _sink(to: Path | None) -> Any:
    """Return the file to write to, or stdout where none is named."""
    if to is None:
        stdout: IO[str] = sys.stdout
        return nullcontext(stdout)
    try:
        return to.open("x", encoding="utf-8")
    except OSError as error:
        raise InvalidInput(f"{to} cannot be written: {error.strerror}.") from error


def _why_blocks(held: list[Statement], hits: tuple[Hit, ...], zone: ZoneInfo) -> Iterator[Block]:
    if held:
        yield Grid(
            columns=("what", "is", "from", "until", "said in"),
            rows=tuple(
                (
                    f"{each.subject}: {each.attribute}",
                    each.value,
                    _day(each.valid_from, zone),
                    _day(each.valid_to, zone) if each.valid_to else "now",
                    _named(each),
                )
                for each in held
            ),
            wide="what",
        )
    else:
        yield Line("Nothing is stated of that; what was said comes closest:" if hits else _NOTHING)
    for hit in hits[:3]:
        said = f"{hit.source_type.value} {hit.source_id}"
        when = f", {_day(hit.time, zone)}" if hit.time else ""
        yield Line(f"{hit.text} ({said}{when})", Tone.QUIET)


async def _statements_of(
    memory: Memory, user_id: UserId, documents: Sequence[Document]
) -> Mapping[tuple[SourceType, str], list[Statement]]:
    """Return what each of the documents states or stated."""
    sources = [(each.source_type, each.source_id) for each in documents]
    found: dict[tuple[SourceType, str], list[Statement]] = {source: [] for source in sources}
    for each in await memory.catalog.statements(user_id, sources):
        found.get((each.source_type, each.source_id), []).append(each)
    return found


_NOTHING = "Nothing is remembered of that."


def _named(each: Statement) -> str:
    """Return the source, and whether a model read it; what is stated of a task names the task."""
    if each.source_type is SourceType.TASK:
        return each.source_type.value
    read = ", read by a model" if each.told_by else ""
    return f"{each.source_type.value} {each.source_id}{read}"


def _day(instant: datetime, zone: ZoneInfo) -> str:
    return f"{instant.astimezone(zone):%Y-%m-%d %H:%M}"


def _junk_blocks(found: JunkReport, reviewed: Review | None, zone: ZoneInfo) -> Iterator[Block]:
    yield Line(f"{found.junk} of {found.documents} texts are junk ({found.share:.0%}).", Tone.GOOD)
    for reason, count in found.by_reason.items():
        named = ", ".join(f"{kind.value} {name}" for kind, name in found.examples[reason])
        yield Line(f"{reason.value}: {count}, for example {named}", depth=1)
    if reviewed is not None:
        when = _day(reviewed.at, zone)
        yield Line(f"`donna run` looked at {when}: {reviewed.share:.0%} were junk.", Tone.QUIET)
