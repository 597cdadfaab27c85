"""Planning: the days ahead as a proposal, and what has no place yet."""

from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from donna_cli import views
from donna_cli.exits import ExitCode
from donna_cli.invocation import Invocation
from donna_cli.render import Block, Grid, show
from donna_cli.session import Page, opened, perform, present, present_receipt, run
from donna_cli.session import scene as scene_of
from donna_core.domain.errors import InvalidInput
from donna_core.domain.planning.picture import Mark, marks_planned, svg
from donna_core.domain.timing.zones import local
from donna_core.domain.wording import Scene
from donna_core.usecases import overview, plan_words, reschedule
from donna_core.usecases.advance import Changed
from donna_core.usecases.plan_week import WeekPlan, apply_week, propose_week
from donna_core.usecases.receipt import Receipt
from donna_core.usecases.runtime import Runtime
from donna_core.usecases.what_if import Branch, apply_what_if
from donna_core.usecases.what_if import what_if as suppose


class What(StrEnum):
    """What there is to plan."""

    WEEK = "week"


def plan(
    invocation: Invocation,
    what: Annotated[
        What | None,
        typer.Argument(
            metavar="[week]", help="The days ahead, as a proposal; else what lacks one."
        ),
    ] = None,
    *,
    apply: Annotated[bool, typer.Option("--apply", help="Apply the week's plan at once.")] = False,
    days: Annotated[
        int | None, typer.Option("--days", min=1, max=31, help="How many days, today included.")
    ] = None,
    effort: Annotated[
        int | None, typer.Option("--effort", min=1, max=1000, help="How much work it is worth.")
    ] = None,
    picture: Annotated[
        Path | None, typer.Option("--svg", help="Draw the week's plan into this file too.")
    ] = None,
) -> ExitCode:
    """Give tasks without a place one, or plan the days ahead anew.

    `donna plan` places what has no place yet, the most pressing first, and moves nothing else.
    `donna plan week` shows the best plan of the days ahead with what it would move and why; it
    changes nothing before you say so, and one undo takes it back.

    Examples:
      donna plan
      donna plan week
      donna plan week --apply
    """
    if what is None:
        return _fill(invocation)
    proposed = run(_propose(invocation, days=days, effort=effort))
    code = present(_page(*proposed), invocation)
    if picture is not None:
        _draw(picture, *proposed)
    if invocation.dry_run or not proposed[0].proposal.changes:
        return code
    if not (apply or invocation.yes or _confirmed(invocation, "donna plan week --apply")):
        return code
    return present_receipt(run(_apply(invocation, proposed[0])), invocation)


def what_if(
    invocation: Invocation,
    words: Annotated[
        list[str],
        typer.Argument(
            metavar="WORDS",
            help="'off friday', 'drop 3', 'move 3 fri 3pm', '3 due thu', or a new task.",
        ),
    ],
    *,
    apply: Annotated[bool, typer.Option("--apply", help="Make it so at once.")] = False,
) -> ExitCode:
    """Show what would follow from a change of plans, and apply it if you like.

    Nothing is changed before you say so. What has a place keeps it where it can. A day off moves
    what is planned for it; to keep it free for later tasks, put it in a calendar that Donna reads.

    Examples:
      donna what-if off friday
      donna what-if move 3 fri 3pm
      donna what-if drop 3
      donna what-if write the report 3h by thursday --apply
    """
    branch, scene = run(_branch(invocation, " ".join(words)))
    page = Page(
        blocks=lambda: plan_words.branch_lines(branch, scene),
        wire=lambda wire: wire.branch(branch, scene),
    )
    code = present(page, invocation)
    if invocation.dry_run or not branch.changes:
        return code
    if not (apply or invocation.yes or _confirmed(invocation, "donna what-if … --apply")):
        return code
    return present_receipt(run(_apply_branch(invocation, branch)), invocation)


async def _branch(invocation: Invocation, words: str) -> tuple[Branch, Scene]:
    async with opened(invocation) as composed:
        return await suppose(composed.runtime, words), scene_of(composed.runtime)


async def _apply_branch(invocation: Invocation, branch: Branch) -> Receipt:
    async with opened(invocation) as composed:
        return await perform(composed, invocation, lambda runtime: apply_what_if(runtime, branch))


def _fill(invocation: Invocation) -> ExitCode:
    """Give a place to what has none, and draw the days ahead as they then are."""

    async def act() -> tuple[Receipt, tuple[Mark, ...], Scene]:
        async with opened(invocation) as composed:
            receipt = await perform(composed, invocation, _plan)
            marks = await overview.marks_ahead(composed.runtime)
            return receipt, marks, scene_of(composed.runtime)

    receipt, marks, scene = run(act())
    code = present_receipt(receipt, invocation)
    if not invocation.json:
        show(views.picture(marks, scene, days=7), invocation)
    return code


async def _plan(runtime: Runtime) -> Changed:
    planned, _ = await reschedule.plan(runtime)
    return planned


def _draw(path: Path, proposed: WeekPlan, scene: Scene) -> None:
    """Write the picture of the plan; raise ``InvalidInput`` where the file cannot be written."""
    marks = marks_planned(proposed.proposal, proposed.events)
    first = local(proposed.at, scene.zone).date()
    try:
        path.write_text(
            svg(marks, first=first, days=proposed.days, zone=scene.zone), encoding="utf-8"
        )
    except OSError as error:
        raise InvalidInput(
            f"{path} cannot be written: {error.strerror}. Name another file."
        ) from error


async def _propose(
    invocation: Invocation, *, days: int | None, effort: int | None
) -> tuple[WeekPlan, Scene]:
    async with opened(invocation) as composed:
        found = await propose_week(composed.runtime, days=days, effort=effort)
        return found, scene_of(composed.runtime)


async def _apply(invocation: Invocation, proposed: WeekPlan) -> Receipt:
    async with opened(invocation) as composed:
        return await perform(composed, invocation, lambda runtime: apply_week(runtime, proposed))


def _confirmed(invocation: Invocation, spelled: str) -> bool:
    """Ask whether it is to be applied, where somebody is there to answer."""
    if not invocation.interactive:
        if not invocation.json:
            typer.echo(f"Apply it: {spelled}")
        return False
    return typer.confirm("Apply it?", default=False)


def _page(proposed: WeekPlan, scene: Scene) -> Page:
    return Page(
        blocks=lambda: _blocks(proposed, scene), wire=lambda wire: wire.plan(proposed, scene)
    )


def _blocks(proposed: WeekPlan, scene: Scene) -> Iterator[Block]:
    proposal = proposed.proposal
    yield plan_words.verdict(proposed)
    if proposal.placements:
        marks = marks_planned(proposal, proposed.events)
        yield from views.picture(marks, scene, days=proposed.days)
    if proposal.placements:
        yield Grid(
            columns=plan_words.PLAN_COLUMNS,
            rows=tuple(plan_words.plan_rows(proposal, scene)),
            wide="Why there",
        )
    yield from plan_words.without_room(proposal, scene)
    yield plan_words.quality(proposed)
