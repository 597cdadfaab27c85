"""The lifecycle of skills: skills list, why, promote, demote, rollback and candidates."""

from collections.abc import Awaitable, Callable, Iterator
from typing import Annotated

import typer

from donna_adapters.compose.build import Composed
from donna_cli import wire_skills
from donna_cli.exits import ExitCode
from donna_cli.invocation import Invocation
from donna_cli.render import Block, Grid
from donna_cli.session import Page, look
from donna_core.domain.skill.gates import Evidence, Measure
from donna_core.domain.skill.lifecycle import Standing, Transition
from donna_core.domain.spending.invocations import CallFilter
from donna_core.domain.wording import Line, Tone
from donna_core.ports.unit_of_work import Stores
from donna_skills.library.shipped import shipped
from donna_skills.lifecycle.candidates import WINDOW, Candidate
from donna_skills.lifecycle.candidates import candidates as worth_a_skill
from donna_skills.lifecycle.keeping import Account, Lifecycles

MOST_CALLS = 100_000

Skill = Annotated[str, typer.Argument(metavar="NAME", help="The name of the skill.")]
Note = Annotated[str, typer.Option("--note", help="Why, for whoever reads it later.")]


def listing(invocation: Invocation) -> ExitCode:
    """List the skills, and how far each is trusted.

    Examples:
      donna skills list
      donna skills list --json
    """

    async def page(composed: Composed) -> Page:
        standings = await _lifecycles(composed).all()
        return Page(
            blocks=lambda: _list_blocks(standings), wire=lambda _: wire_skills.skills(standings)
        )

    return look(invocation, page)


def why(invocation: Invocation, name: Skill) -> ExitCode:
    """Show which evidence moved a skill to where it stands, and what is missing.

    Examples:
      donna skills why news_check
      donna skills why news_check --json
    """

    async def page(composed: Composed) -> Page:
        account = await _lifecycles(composed).account(name)
        return Page(
            blocks=lambda: _why_blocks(account), wire=lambda _: wire_skills.account(account)
        )

    return look(invocation, page)


def promote(invocation: Invocation, name: Skill, *, note: Note = "") -> ExitCode:
    """Give your word for the next step up.

    What was measured of the present version is kept beside it, whatever it says.

    Examples:
      donna skills promote news_check
      donna skills promote news_check --note "I read ten of its digests"
    """
    return _step(invocation, lambda skills: skills.promote(name, note=note))


def demote(invocation: Invocation, name: Skill, *, note: Note = "") -> ExitCode:
    """Trust a skill less, one step down; nothing stands in the way.

    Examples:
      donna skills demote news_check
      donna skills demote news_check --note "it missed the strike"
    """
    return _step(invocation, lambda skills: skills.demote(name, note=note))


def rollback(invocation: Invocation, name: Skill) -> ExitCode:
    """Put the version before in place; it proves itself anew.

    Examples:
      donna skills rollback news_check
      donna skills rollback news_check --json
    """
    return _step(invocation, lambda skills: skills.rollback(name))


def candidates(invocation: Invocation) -> ExitCode:
    """Show which work of models is worth a skill, and what that would save.

    Examples:
      donna skills candidates
      donna skills candidates --json
    """

    async def page(composed: Composed) -> Page:
        runtime = composed.runtime
        since = runtime.clock.now() - WINDOW

        def read(stores: Stores) -> tuple[Candidate, ...]:
            wanted = CallFilter(since=since, is_shadow=False, embeddings=False)
            rows = stores.invocations.select(wanted, limit=MOST_CALLS)
            taken = {each.capability for each in stores.lifecycles.all()}
            return worth_a_skill(rows, taken=taken)

        found = await runtime.unit_of_work.run(read)
        return Page(
            blocks=lambda: _candidate_blocks(found), wire=lambda _: wire_skills.candidates(found)
        )

    return look(invocation, page)


def _lifecycles(composed: Composed) -> Lifecycles:
    return Lifecycles(composed.runtime.unit_of_work, clock=composed.runtime.clock)


def _step(invocation: Invocation, act: Callable[[Lifecycles], Awaitable[Transition]]) -> ExitCode:
    async def page(composed: Composed) -> Page:
        step = await act(_lifecycles(composed))
        return Page(
            blocks=lambda: [Line(f"{step.skill}: {_way(step)}", Tone.GOOD)],
            wire=lambda _: wire_skills.step(step),
        )

    return look(invocation, page)


def _list_blocks(standings: tuple[Standing, ...]) -> Iterator[Block]:
    taken_in = {each.skill for each in standings}
    waiting = ", ".join(name for name in shipped() if name not in taken_in)
    if not standings:
        yield Line("No skills yet.", Tone.QUIET)
    if waiting:
        yield Line(f"Shipped, to be taken in by donna skills add NAME: {waiting}", Tone.QUIET)
    if not standings:
        return
    yield Grid(
        columns=("skill", "stands", "version", "agreement"),
        rows=tuple(
            (
                each.skill,
                each.state.value,
                each.version[:12],
                "" if each.baseline is None else f"{each.baseline:.0%}",
            )
            for each in standings
        ),
        wide="skill",
    )


def _why_blocks(account: Account) -> Iterator[Block]:
    standing = account.standing
    yield Line(f"{standing.skill} is {standing.state} in version {standing.version[:12]}.")
    for step in account.steps:
        yield Line(f"{step.at:%Y-%m-%d %H:%M} UTC  {_way(step)}")
        if step.evidence is not None:
            yield _table(step.evidence)
    for evidence in account.evidence:
        yield Line(f"Now, at the gate '{evidence.gate}': {evidence.verdict}")
        yield _table(evidence)
    if account.waits:
        yield Line(f"It waits for your word: donna skills promote {standing.skill}", Tone.GOOD)


def _way(step: Transition) -> str:
    way = step.after if step.before is step.after else f"{step.before} → {step.after}"
    note = f" ({step.note})" if step.note else ""
    return f"{way}: {step.reason.value.replace('_', ' ')} by {step.actor}{note}"


def _table(evidence: Evidence) -> Grid:
    return Grid(
        columns=("measure", "found", "held against", "met"),
        rows=tuple(_row(each) for each in evidence.measures),
        wide="measure",
    )


def _row(measure: Measure) -> tuple[str, ...]:
    met = {True: "yes", False: "no", None: "unknown"}[measure.met]
    found = "" if measure.value is None else f"{measure.value:.3g}"
    return measure.name.replace("_", " "), found, f"{measure.bound:.3g}", met


def _candidate_blocks(found: tuple[Candidate, ...]) -> Iterator[Block]:
    if not found:
        yield Line("Nothing that models did in the last 30 days is worth a skill.", Tone.QUIET)
        return
    yield Grid(
        columns=("work", "calls", "cost", "would save", "sameness"),
        rows=tuple(
            (
                each.task_type,
                str(each.calls),
                f"${each.cost:.2f}",
                f"${each.saving:.2f}",
                f"{each.sameness:.0%}",
            )
            for each in found
        ),
        wide="work",
    )
