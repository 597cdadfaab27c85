"""Finding out which model is good enough for what: eval."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Annotated

import typer

from donna_adapters.compose.evaluation import RULES, Tape, open_evaluation, session_folder
from donna_cli import wire_evaluation
from donna_cli.exits import ExitCode
from donna_cli.invocation import Invocation
from donna_cli.render import Block, Grid, status
from donna_cli.session import Page, options_of, present, run
from donna_core.domain.errors import InvalidInput
from donna_llm.evals.comparing import compare
from donna_llm.evals.fixtures import Plan, plan
from donna_llm.evals.harness import Harness, Progress, describe_machine
from donna_llm.evals.report import (
    Part,
    Table,
    comparison_report,
    session_report,
    sessions_report,
)
from donna_llm.evals.sessions import Session


def evaluate(
    invocation: Invocation,
    words: Annotated[
        list[str] | None,
        typer.Argument(metavar="[sessions | show A | compare A B]", help="Nothing evaluates."),
    ] = None,
    *,
    task_type: Annotated[
        str, typer.Option("--task-type", "-t", help="What is asked, such as parse_task.")
    ] = "parse_task",
    model: Annotated[
        str, typer.Option("--model", "-m", help="Who is asked: provider/model.")
    ] = RULES,
    tier: Annotated[int | None, typer.Option("--tier", help="Ask this tier alone.")] = None,
    sets: Annotated[
        list[str] | None,
        typer.Option("--set", help="Ask a set beside the tiers too, such as held_out."),
    ] = None,
    fixtures_dir: Annotated[
        Path | None, typer.Option("--fixtures-dir", help="Take the fixtures of this folder.")
    ] = None,
    dimensions: Annotated[
        bool,
        typer.Option(help="Also ask whether it knows its limits and follows instructions."),
    ] = True,
    record: Annotated[
        Path | None, typer.Option("--record", help="Add the model's answers to this file.")
    ] = None,
    recording: Annotated[
        Path | None, typer.Option("--recording", help="Take the answers of a replay/ model here.")
    ] = None,
    hardware: Annotated[
        str | None, typer.Option("--hardware", help="Name the machine that answers.")
    ] = None,
) -> ExitCode:
    """Find out how good a model is at a kind of question, and compare models.

    Each evaluation is kept: list them with sessions, see one with show, and two with compare,
    by their numbers. A tier below its gate ends the climb. Cloud models cost money, which the
    budget holds.

    Examples:
      donna eval --task-type parse_task --model rules/default --tier 1
      donna eval sessions
    """
    folder = session_folder(options_of(invocation))
    match words or []:
        case []:
            chosen = plan(
                task_type, folder=fixtures_dir, tier=tier, sets=sets or (), dimensions=dimensions
            )
            machine = {"answered on": hardware} if hardware else {}
            tape = Tape(record=record, recording=recording)
            return _shown(run(_asked(invocation, (model, tape), chosen, machine)), invocation)
        case ["sessions"]:
            kept = folder.all()
            return present(
                Page(
                    blocks=lambda: _blocks(sessions_report(kept)),
                    wire=lambda _: wire_evaluation.evaluations(kept),
                ),
                invocation,
            )
        case ["show", reference]:
            return _shown(folder.find(reference), invocation)
        case ["compare", one, other]:
            compared = compare(folder.find(one), folder.find(other))
            return present(
                Page(
                    blocks=lambda: _blocks(comparison_report(compared)),
                    wire=lambda _: wire_evaluation.comparison(compared),
                ),
                invocation,
            )
    raise InvalidInput("Say `donna eval`, or behind it: sessions, show A, or compare A B.")


async def _asked(
    invocation: Invocation, subject: tuple[str, Tape], chosen: Plan, machine: Mapping[str, str]
) -> Session:
    async with open_evaluation(options_of(invocation), *subject) as world:
        harness = Harness(
            clock=world.clock, ids=world.ids, save=world.sessions.save, told=_teller(invocation)
        )
        hardware = {**machine, **await describe_machine()}
        return await harness.run(world.subject, chosen, hardware=hardware)


def _teller(invocation: Invocation) -> Callable[[Progress], None]:
    """Return who shows how far the run is, until it is through."""
    show = status(invocation)

    def tell(progress: Progress) -> None:
        is_over = progress.done >= progress.count
        show("" if is_over else f"{progress.done}/{progress.count}  {progress.path}")

    return tell


def _shown(session: Session, invocation: Invocation) -> ExitCode:
    page = Page(
        blocks=lambda: _blocks(session_report(session)),
        wire=lambda _: wire_evaluation.evaluation(session),
    )
    return present(page, invocation)


def _blocks(parts: Iterable[Part]) -> Iterator[Block]:
    for part in parts:
        if isinstance(part, Table):
            yield Grid(columns=part.columns, rows=part.rows, wide=part.wide)
        else:
            yield part
