"""One call of a command: open Donna, do one thing, show it, and say how it went.

Most commands go through ``look`` or ``change``; nothing but ``run`` starts an event loop.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterable
from contextlib import asynccontextmanager
from importlib import import_module
from types import ModuleType
from typing import Any, TypeVar

import typer
from attrs import frozen

from donna_adapters.compose.build import Composed, open_runtime
from donna_adapters.compose.settings import Options
from donna_cli.exits import ExitCode
from donna_cli.invocation import Invocation
from donna_cli.render import Block, show, warn
from donna_cli.words import CommandLine, names_numbers
from donna_core.domain.errors import Refused
from donna_core.domain.tasks.task import Task
from donna_core.domain.wording import Scene
from donna_core.ports.outbox import Lane
from donna_core.usecases.deliver import deliver
from donna_core.usecases.mirroring import Glance, mirror_calendars
from donna_core.usecases.receipt import Receipt, Result, lines, receipt_of, warnings
from donna_core.usecases.references import resolve
from donna_core.usecases.rehearse import rehearsed
from donna_core.usecases.runtime import Runtime

T = TypeVar("T")

BULK = 3
"""How many tasks a command changes without a question."""


class BulkUnconfirmed(Refused):
    """A command names many tasks, and nobody confirmed that they are meant."""

    def __init__(self, tasks: tuple[Task, ...]) -> None:
        self.count = len(tasks)
        named = ", ".join(task.handle for task in tasks[:5])
        more = f" and {len(tasks) - 5} more" if len(tasks) > 5 else ""
        super().__init__(
            f"This names {len(tasks)} tasks ({named}{more}) and nothing was changed. "
            "Repeat it with --yes if all of them are meant."
        )


@frozen(kw_only=True)
class Page:
    """What a command shows: lines for people, an object for machines, and what is missing.

    ``wire`` is handed the module ``donna_cli.wire``, which is imported for ``--json`` only.
    """

    blocks: Callable[[], Iterable[Block]]
    wire: Callable[[ModuleType], Any]
    problems: tuple[str, ...] = ()


Action = Callable[[Runtime], Awaitable[Result]]


def look(invocation: Invocation, act: Callable[[Composed], Awaitable[Page]]) -> ExitCode:
    """Run a command that only looks; return its exit code."""

    async def page() -> Page:
        async with opened(invocation) as composed:
            return await act(composed)

    return present(run(page()), invocation)


def change(invocation: Invocation, act: Action, *, reference: str | None = None) -> ExitCode:
    """Run a command that changes something; return its exit code.

    Many tasks named by ``reference`` are confirmed first. The command's own calendar writes are
    delivered at once; one that fails waits for ``donna run`` and is reported.
    """

    async def receipt() -> Receipt:
        async with opened(invocation) as composed:
            return await perform(composed, invocation, act)

    if reference is not None:
        _confirm_bulk(invocation, reference)
    return present_receipt(run(receipt()), invocation)


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine to its end; the interrupt key ends it in between two decisions."""
    return asyncio.run(work)


@asynccontextmanager
async def opened(invocation: Invocation) -> AsyncIterator[Composed]:
    """Yield the composed Donna that the options name."""
    async with open_runtime(options_of(invocation)) as composed:
        yield composed


def options_of(invocation: Invocation) -> Options:
    """Return where Donna is to live, and that she speaks on stdout."""
    return Options(
        output=lambda text: typer.echo(text, nl=False),
        data_dir=invocation.data_dir,
        config_dir=invocation.config_dir,
    )


async def perform(composed: Composed, invocation: Invocation, act: Action) -> Receipt:
    """Do one thing, or rehearse it, and return its receipt."""
    runtime = composed.runtime
    # A look at the calendars is no change: it is kept, so that a rehearsal sees it too.
    seen = await mirror_calendars(runtime)
    acting = rehearsed(runtime) if invocation.dry_run else runtime
    result = await act(acting)
    problems = list(unreadable(seen))
    if not invocation.dry_run:
        delivered = await deliver(runtime, Lane.CALENDAR)
        problems += [problem for _, problem in delivered.failed]
    return await receipt_of(
        runtime, result, scene=scene(runtime), problems=problems, dry_run=invocation.dry_run
    )


def present(page: Page, invocation: Invocation) -> ExitCode:
    """Show a page and return the code that belongs to it."""
    if invocation.json:
        # Building the models takes as long as a whole command without them.
        wire = import_module("donna_cli.wire")
        typer.echo(wire.dumped(page.wire(wire)))
    else:
        show(page.blocks(), invocation)
        for text in warnings(page.problems):
            warn(text, invocation)
    return ExitCode.DEGRADED if page.problems else ExitCode.OK


def present_receipt(receipt: Receipt, invocation: Invocation) -> ExitCode:
    """Show a receipt and return the code that belongs to it."""
    page = Page(
        blocks=lambda: lines(receipt),
        wire=lambda wire: wire.receipt(receipt),
        problems=receipt.problems,
    )
    code = present(page, invocation)
    return code if receipt.command is not None else ExitCode.REFUSED


def scene(runtime: Runtime) -> Scene:
    """Return where and when the reader is."""
    return Scene(zone=runtime.policy.zone, at=runtime.clock.now(), spelling=CommandLine())


def unreadable(mirrored: Glance) -> tuple[str, ...]:
    """Return what could not be read, in words."""
    return tuple(str(error) for error in mirrored.unreadable)


def _confirm_bulk(invocation: Invocation, reference: str) -> None:
    """Ask before many tasks change; raise ``BulkUnconfirmed`` where nobody says yes.

    No event loop runs while the question is open: it would keep the interrupt key from the
    prompt.
    """
    if invocation.yes or invocation.dry_run or not {",", "-"} & set(reference):
        return
    if not names_numbers(reference):
        return
    tasks = run(_resolved(invocation, reference))
    if len(tasks) <= BULK:
        return
    question = f"Change {len(tasks)} tasks: {', '.join(task.handle for task in tasks)}?"
    if not (invocation.interactive and typer.confirm(question)):
        raise BulkUnconfirmed(tasks)


async def _resolved(invocation: Invocation, reference: str) -> tuple[Task, ...]:
    async with opened(invocation) as composed:
        return await composed.runtime.unit_of_work.run(lambda stores: resolve(stores, reference))
