"""Readings by the line: JSON objects in, JSON objects out, one for each line."""

import json
from datetime import datetime
from typing import Any, TextIO

from attrs import evolve
from pydantic import BaseModel, ConfigDict, ValidationError

from donna_cli import schema, wire, wire_reading
from donna_cli.exits import ExitCode, code_of, told
from donna_cli.invocation import Invocation
from donna_cli.schema_reading import ReadingObject
from donna_cli.session import opened
from donna_cli.wire_object import Wire
from donna_core.domain.errors import DonnaError, InvalidInput
from donna_core.domain.timing.zones import instant_at, zone_named
from donna_core.ports.clock import Clock
from donna_core.usecases.capture import read
from donna_core.usecases.runtime import Runtime


class Sentence(BaseModel):
    """One line of input: a text, when it was said (ISO 8601) and where (an IANA zone).

    Without a time it is said now, without a zone in the configured one; a time without an
    offset is the zone's wall clock.
    """

    model_config = ConfigDict(extra="forbid")

    text: str
    reference: datetime | None = None
    zone: str | None = None


class StoppedClock(Clock):
    """Shows one instant for ever."""

    def __init__(self, instant: datetime) -> None:
        self._instant = instant

    def now(self) -> datetime:
        return self._instant

    async def sleep_until(self, instant: datetime) -> None:
        raise InvalidInput(f"A stopped clock never reaches {instant.isoformat()}.")


async def parse_lines(invocation: Invocation, source: TextIO, target: TextIO) -> ExitCode:
    """Write one reading for each line read; a bad line becomes an error object in its place."""
    code = ExitCode.OK
    async with opened(invocation) as composed:
        for number, line in enumerate(source, start=1):
            if not line.strip():
                continue
            try:
                answer: Wire = await _read(composed.runtime, line)
            except DonnaError as error:
                code = ExitCode.REFUSED
                answer = schema.ErrorObject(
                    error=type(error).__name__,
                    message=told(error),
                    exit_code=code_of(error),
                    line=number,
                )
            target.write(wire.dumped(answer) + "\n")
            target.flush()
    return code


async def _read(runtime: Runtime, line: str) -> ReadingObject:
    sentence = _sentence(line)
    zone = zone_named(sentence.zone) if sentence.zone else runtime.policy.zone
    at = sentence.reference or runtime.clock.now()
    if at.utcoffset() is None:
        at = instant_at(at.date(), at.time(), zone)
    there = evolve(
        runtime,
        clock=StoppedClock(at),
        policy=evolve(runtime.policy, windows=evolve(runtime.policy.windows, zone=zone)),
    )
    return wire_reading.reading(await read(there, sentence.text), zone)


def _sentence(line: str) -> Sentence:
    try:
        plain: Any = json.loads(line)
        return Sentence.model_validate(plain)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"]) or "line"
        raise InvalidInput(f"'{key}': {first['msg']}. Send {{\"text\": ...}}.") from None
    except ValueError as error:
        raise InvalidInput(f"This line is no JSON object: {error}.") from None
