"""Texts to remember and questions to ask, one JSON object a line."""

import json
import sys
from contextlib import nullcontext
from datetime import datetime
from pathlib import Path
from typing import Any

from attrs import evolve
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from donna_adapters.compose.build import Composed
from donna_adapters.compose.memory import open_memory
from donna_cli import schema, wire, wire_memory
from donna_cli.exits import ExitCode, code_of, told
from donna_cli.invocation import Invocation
from donna_cli.render import warn
from donna_cli.schema_memory import IngestedObject
from donna_cli.session import Page, opened, present
from donna_core.domain.errors import DonnaError, InvalidInput
from donna_core.domain.timing.zones import instant_at
from donna_core.domain.wording import Line
from donna_core.usecases.moment import understand_moment
from donna_memory.documents import Document, Label, SourceType
from donna_memory.ports import Filters

BATCH = 256  # lines that are embedded and committed together
STDIN = Path("-")


class TextLine(BaseModel):
    """One line to remember. A ``time`` is ISO 8601, or words such as "8 May 2023 2pm".

    Without an offset it is on the clocks of your zone. Lines of one ``session`` are turns of a
    conversation, in the order they come where they have no ``position``. A ``source`` Donna does
    not know is kept as a conversation under its own name. What ``donna memory export`` wrote is
    taken as it is; its ``statements`` are read from the text again.
    """

    model_config = ConfigDict(extra="forbid")

    id: str = Field(min_length=1)
    text: str
    source: str = SourceType.CHAT.value
    time: str | None = None
    session: str | None = None
    position: int | None = Field(default=None, ge=0)
    speaker: str | None = None
    title: str = ""
    uri: str | None = None
    labels: frozenset[Label] = frozenset()
    tags: frozenset[str] = frozenset()
    people: frozenset[str] = frozenset()
    metadata: dict[str, Any] = Field(default_factory=dict)
    statements: list[Any] = Field(default_factory=list)


class QueryLine(BaseModel):
    """One line to search for."""

    model_config = ConfigDict(extra="forbid")

    query: str
    k: int | None = None
    session: str | None = None


async def ingest_lines(invocation: Invocation, file: Path | None, *, jsonl: bool) -> ExitCode:
    """Keep the lines batch by batch; a bad one is named and stops nothing."""
    code = ExitCode.OK
    written = IngestedObject(changed=0, unchanged=0, embedded=0, without_meaning="")
    async with opened(invocation) as composed:
        memory = open_memory(composed)
        turns: dict[str, int] = {}
        batch: list[Document] = []

        async def keep() -> None:
            nonlocal written
            done = await memory.store.upsert_many(batch)
            written = wire_memory.ingested(written, done, without_meaning=memory.without_meaning)
            batch.clear()

        with _lines(file) as lines:
            for number, line in enumerate(lines, start=1):
                if not line.strip():
                    continue
                try:
                    batch.append(_document(composed, _parsed(TextLine, line), turns))
                except DonnaError as error:
                    code = ExitCode.REFUSED
                    _complain(error, number, invocation, jsonl=jsonl)
                if len(batch) >= BATCH:
                    await keep()
            await keep()
    page = Page(
        blocks=lambda: [
            Line(f"Remembered {written.changed} texts, {written.unchanged} were as before.")
        ],
        wire=lambda _: written,
    )
    shown = present(page, evolve(invocation, json=invocation.json or jsonl))
    if memory.without_meaning and not jsonl:
        warn(memory.without_meaning, invocation)
    return max(code, shown)


async def search_lines(invocation: Invocation, file: Path | None) -> ExitCode:
    """Answer each query with one line; a bad one is named in its place."""
    code = ExitCode.OK
    async with opened(invocation) as composed:
        memory = open_memory(composed)
        with _lines(file) as lines:
            for number, line in enumerate(lines, start=1):
                if not line.strip():
                    continue
                try:
                    asked = _parsed(QueryLine, line)
                    hits = await memory.store.search(
                        asked.query,
                        user_id=composed.runtime.user_id,
                        k=asked.k,
                        filters=Filters(session=asked.session),
                    )
                except DonnaError as error:
                    code = ExitCode.REFUSED
                    _complain(error, number, invocation, jsonl=True)
                    continue
                sys.stdout.write(wire.dumped(wire_memory.found(hits)) + "\n")
                sys.stdout.flush()
    return code


def _document(composed: Composed, line: TextLine, turns: dict[str, int]) -> Document:
    session = line.session or ""
    position = turns.get(session, 0) if line.position is None else line.position
    turns[session] = position + 1
    known = line.source in {each.value for each in SourceType}
    return Document(
        user_id=composed.runtime.user_id,
        source_type=SourceType(line.source) if known else SourceType.CHAT,
        source_id=line.id,
        content=line.text,
        title=line.title,
        uri=f"{line.source}:{line.id}" if line.uri is None else line.uri,
        time=_instant(composed, line.time) if line.time else None,
        session=session,
        position=position if session or line.position else 0,
        speaker=line.speaker or "",
        labels=line.labels,
        tags=line.tags,
        people=line.people,
        metadata=line.metadata,
    )


def _instant(composed: Composed, said: str) -> datetime:
    try:
        time = datetime.fromisoformat(said)
    except ValueError:
        return understand_moment(composed.runtime, said).instant
    if time.utcoffset() is not None:
        return time
    return instant_at(time.date(), time.time(), composed.runtime.policy.zone)


def _parsed(kind: Any, line: str) -> Any:
    try:
        return kind.model_validate(json.loads(line))
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"]) or "line"
        raise InvalidInput(f"'{key}': {first['msg']}.") from None
    except (ValueError, RecursionError) as error:
        raise InvalidInput(f"This line is no JSON object: {error}.") from None


def _complain(error: DonnaError, number: int, invocation: Invocation, *, jsonl: bool) -> None:
    if jsonl or invocation.json:
        said = schema.ErrorObject(
            error=type(error).__name__, message=told(error), exit_code=code_of(error), line=number
        )
        sys.stdout.write(wire.dumped(said) + "\n")
        sys.stdout.flush()
    else:
        warn(f"line {number}: {told(error)}", invocation)


def _lines(file: Path | None) -> Any:
    """Return the lines of the file, or of stdin where none is named."""
    if file is None or file == STDIN:
        return nullcontext(sys.stdin)
    try:
        return file.open(encoding="utf-8", errors="replace")
    except OSError as error:
        raise InvalidInput(f"{file} cannot be read: {error.strerror}.") from error
