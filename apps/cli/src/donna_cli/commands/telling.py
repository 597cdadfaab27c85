"""Telling Donna: add, remember and parse."""

import sys
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from donna_adapters.compose.build import Composed
from donna_adapters.compose.settings import Home
from donna_cli.exits import ExitCode, code_of, complain
from donna_cli.invocation import Invocation
from donna_cli.render import show
from donna_cli.resolving import settle_duplicate
from donna_cli.session import (
    Action,
    Page,
    change,
    look,
    opened,
    perform,
    present_receipt,
    run,
    scene,
)
from donna_cli.views import zone_lines
from donna_core.domain.capture.reading import Reading
from donna_core.domain.errors import InvalidInput, Refused
from donna_core.domain.wording import Line, Scene, Tone, understood
from donna_core.usecases import remember as remembering
from donna_core.usecases.capture import Captured, OnDuplicate, capture, read
from donna_core.usecases.runtime import Runtime

STDIN = "-"


class Twins(StrEnum):
    """What becomes of a task that is taken for one Donna has already."""

    ASK = "ask"
    KEEP = "keep"
    MERGE = "merge"
    UPDATE = "update"


def add(
    invocation: Invocation,
    words: Annotated[
        list[str] | None, typer.Argument(metavar="WORDS", help="The task; '-' reads stdin.")
    ] = None,
    *,
    file: Annotated[
        Path | None, typer.Option("--file", "-f", help="Read tasks from a file, one a line.")
    ] = None,
    on_duplicate: Annotated[
        Twins | None,
        typer.Option(
            "--on-duplicate",
            help="What to do with a task Donna seems to have: ask on a terminal, else keep.",
            show_default=False,
        ),
    ] = None,
    insist: Annotated[
        bool, typer.Option("--insist", help="Keep even what does not read like a task.")
    ] = False,
) -> ExitCode:
    """Keep a task, give it a place in the calendar and say why it stands there.

    The words need no quotes. With '-', or with nothing and a pipe, tasks are read from stdin,
    one a line.

    Examples:
      donna add Call mechanic monday 3pm !4
      donna add Write the report for 2 hours by friday @work
    """
    wish = on_duplicate or (Twins.ASK if invocation.interactive else Twins.KEEP)
    asks = wish is Twins.ASK and invocation.interactive and not invocation.dry_run

    choice = OnDuplicate.KEEP if wish is Twins.ASK else OnDuplicate(wish)
    captured: list[Captured] = []

    async def act() -> ExitCode:
        code = ExitCode.OK
        async with opened(invocation) as composed:
            for text in sentences(words, file):
                try:
                    receipt = await perform(composed, invocation, _capture(text, choice, insist))
                except Refused as error:
                    # One line that cannot be read keeps no other from being kept.
                    code = max(code, code_of(error))
                    complain(error, code=code, as_json=invocation.json)
                    continue
                code = max(code, present_receipt(receipt, invocation))
                captured.extend(receipt.captured.parts if receipt.captured else ())
            if captured and composed.home.first_run and not invocation.dry_run:
                _tell_newcomer(invocation, composed.home)
        return code

    code = run(act())
    return max([code, *(settle_duplicate(invocation, each) for each in captured if asks)])


def _tell_newcomer(invocation: Invocation, home: Home) -> None:
    """Say, with the first task of all, what the terminal alone does not do, and in which zone."""
    if not invocation.json:
        reminders = Line("Reminders go out while `donna run` is running.", Tone.QUIET)
        show([reminders, *zone_lines(home)], invocation)


def _capture(text: str, choice: OnDuplicate, insist: bool) -> Action:  # noqa: FBT001  # handed on
    async def act(runtime: Runtime) -> Captured:
        return await capture(runtime, text, on_duplicate=choice, insist=insist)

    return act


def remember(
    invocation: Invocation,
    words: Annotated[
        list[str] | None, typer.Argument(metavar="WORDS", help="What to remember; '-' reads stdin.")
    ] = None,
) -> ExitCode:
    """Remember what you say as you say it, whatever it reads like, and make no task of it.

    The words need no quotes. `donna memory search` finds them at once.

    Examples:
      donna remember Ruth is vegetarian
      donna remember The spare key is under the blue pot
    """
    text = "\n".join(sentences(words, None, example="remember Ruth is vegetarian"))
    return change(invocation, lambda runtime: remembering.remember(runtime, text))


def parse(
    invocation: Invocation,
    words: Annotated[list[str] | None, typer.Argument(metavar="WORDS", help="A sentence.")] = None,
    *,
    jsonl: Annotated[
        bool,
        typer.Option(
            "--jsonl",
            help='Read lines {"text", "reference", "zone"} from stdin, write one reading a line.',
        ),
    ] = False,
    explain: Annotated[
        bool,
        typer.Option("--explain", help="Show the rules that fired and what was assumed as well."),
    ] = False,
) -> ExitCode:
    """Show what Donna understands of a sentence, and keep nothing.

    Examples:
      donna parse Call mechanic monday 3pm !4
      donna parse --json Water the plants every 3 days
      donna parse --explain Lunch with Ann next friday at noon
    """
    if jsonl:
        # Only the stream needs the models of its lines.
        from donna_cli.streaming import parse_lines  # noqa: PLC0415  # see above

        return run(parse_lines(invocation, sys.stdin, sys.stdout))

    async def act(composed: Composed) -> Page:
        runtime = composed.runtime
        reading = await read(
            runtime, "\n".join(sentences(words, None, example="parse dentist friday"))
        )
        here = scene(runtime)
        return Page(
            blocks=lambda: _reading(reading, here, explain=explain),
            wire=lambda wire: wire.reading(reading, here.zone),
        )

    return look(invocation, act)


def sentences(
    words: list[str] | None, file: Path | None, *, example: str = "add Call mechanic monday 3pm"
) -> Iterator[str]:
    """Yield what is given by words, by a file or on stdin, one a line; blank lines are nothing."""
    if words and words != [STDIN] and file is not None:
        raise InvalidInput("Give words or --file, not both.")
    if words and words != [STDIN]:
        yield " ".join(words)
        return
    lines = _lines_of(file) if file is not None else _lines_of_stdin(words)
    found = False
    for line in lines:
        if line.strip():
            found = True
            yield line.rstrip("\n")
    if not found:
        raise InvalidInput(f"There is nothing to read. Say it: donna {example}")


def _lines_of(file: Path) -> list[str]:
    try:
        return file.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError as error:
        raise InvalidInput(f"{file} cannot be read: {error.strerror}. Nothing was kept.") from None


def _lines_of_stdin(words: list[str] | None) -> Iterator[str]:
    if not words and sys.stdin.isatty():
        return iter(())
    return iter(sys.stdin.buffer.read().decode("utf-8", "replace").splitlines())


def _reading(reading: Reading, scene: Scene, *, explain: bool) -> Iterator[Line]:
    yield from understood(reading, scene)
    if explain:
        yield from _explanation(reading)


def _explanation(reading: Reading) -> Iterator[Line]:
    """Yield what a reading rests on: rules of the grammar, words of the lexicon, guesses."""
    for time in reading.times:
        yield Line(f"'{time.span.text}' is {time.kind.value}, {time.role.value}", Tone.QUIET, 1)
    yield from (Line(f"rule {name}", Tone.QUIET, 2) for name in reading.rules)
    for entity in reading.entities:
        yield Line(f"'{entity.text}' is {entity.kind.replace('_', ' ')}", Tone.QUIET, 1)
    yield from (Line(f"Assumed: {each}", Tone.QUIET, 1) for each in reading.assumed)
