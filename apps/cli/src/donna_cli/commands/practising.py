"""Skills at work: skills run, runs and show."""

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from donna_adapters.compose.build import Composed
from donna_adapters.compose.skills import open_skills
from donna_cli import wire_skills
from donna_cli.commands.teaching import NameOrFolder, find
from donna_cli.exits import ExitCode
from donna_cli.invocation import Invocation
from donna_cli.render import Block, Grid
from donna_cli.session import Page, look
from donna_core.domain.errors import InvalidInput
from donna_core.domain.skill.requests import Fault, RunStatus, StepEnded
from donna_core.domain.skill.runs import NothingToApprove, RunNotFound, SkillRun, StepRecord
from donna_core.domain.tools import ToolCall
from donna_core.domain.wording import Line, Tone
from donna_core.ports.unit_of_work import Stores
from donna_skills.execution.answering import Fitting
from donna_skills.execution.shelf import Shelved


class UnusableInputs(InvalidInput):
    """What was given does not fit what the skill asks for; nothing was run."""

    def __init__(self, skill: str, *, problem: str, declared: Sequence[str]) -> None:
        self.skill, self.problem = skill, problem
        listed = ", ".join(declared) or "none"
        super().__init__(
            f"The skill '{skill}' was not run: {problem}. Its inputs: {listed}. "
            "Give them as --input NAME=VALUE, or as JSON with --inputs FILE."
        )


def run(
    invocation: Invocation,
    name: NameOrFolder,
    *,
    given: Annotated[
        list[str] | None, typer.Option("--input", "-i", metavar="NAME=VALUE", help="One input.")
    ] = None,
    inputs: Annotated[
        Path | None, typer.Option("--inputs", help="A JSON file with inputs; - for stdin.")
    ] = None,
    resume: Annotated[
        str | None, typer.Option("--resume", metavar="RUN", help="Go on with a run cut off.")
    ] = None,
) -> ExitCode:
    """Run a skill now, and show what came of it, step by step.

    Before a skill is trusted to act, what it would change outside is refused.

    Examples:
      donna skills run fetch_and_summarize --input url=https://example.org
      donna skills run skills/my_news --inputs inputs.json
      donna skills run news_check --resume 0198f3
    """

    async def page(composed: Composed) -> Page:
        skills = open_skills(composed)
        found = await find(skills, name)
        progress = _teller(invocation)
        if resume is not None:
            done = await skills.runner.resume(
                resume, found.skill, grant=found.grant, progress=progress
            )
        else:
            done = await skills.runner.run(
                found.skill,
                _inputs(found, given or [], inputs),
                name=found.name,
                grant=found.grant,
                progress=progress,
            )
        return _run_page(*await _recorded(composed, done.run_id))

    return look(invocation, page)


def approve(
    invocation: Invocation,
    run_id: Annotated[str, typer.Argument(metavar="RUN", help="The id of the run.")],
) -> ExitCode:
    """Approve exactly the effect a run waits for, and let it go on.

    A stranger had a hand in its arguments: a page or a mail that was read. Read them first.

    Examples:
      donna skills approve 0198f3
      donna skills approve 0198f3 --yes --json
    """

    async def page(composed: Composed) -> Page:
        skills = open_skills(composed)
        found, _ = await _recorded(composed, run_id)
        if found.waits_for is None:
            raise NothingToApprove(found)
        shelved = await skills.shelf.get(found.skill)
        if invocation.dry_run or not _confirmed(invocation, found.waits_for):
            return _run_page(*await _recorded(composed, run_id))
        await skills.runner.approve(run_id)
        await skills.runner.resume(
            run_id, shelved.skill, grant=shelved.grant, progress=_teller(invocation)
        )
        return _run_page(*await _recorded(composed, run_id))

    return look(invocation, page)


def wrong(
    invocation: Invocation,
    run_id: Annotated[str, typer.Argument(metavar="RUN", help="The id of the run.")],
    *,
    note: Annotated[str, typer.Option("--note", help="What was wrong with it.")] = "",
) -> ExitCode:
    """Say that what a run returned was wrong; a skill that is often wrong is set aside.

    Examples:
      donna skills wrong 0198f3
      donna skills wrong 0198f3 --note "the strike is on Friday" --json
    """

    async def page(composed: Composed) -> Page:
        standing = await open_skills(composed).lifecycles.corrected(run_id, note=note)
        found, steps = await _recorded(composed, run_id)
        stands = "" if standing is None else f"; {standing.skill} is {standing.state}"
        return Page(
            blocks=lambda: [Line(f"Noted: the run was wrong{stands}.", Tone.GOOD)],
            wire=lambda _: wire_skills.run(found, steps),
        )

    return look(invocation, page)


def runs(
    invocation: Invocation,
    name: Annotated[
        str | None, typer.Argument(metavar="NAME", help="Only those of this skill.")
    ] = None,
    *,
    limit: Annotated[int, typer.Option("--limit", min=1, max=1000, help="How many.")] = 20,
) -> ExitCode:
    """List the latest runs of skills, newest first.

    Examples:
      donna skills runs
      donna skills runs news_check --limit 5 --json
    """

    async def page(composed: Composed) -> Page:
        found = await composed.runtime.unit_of_work.run(
            lambda stores: stores.skill_runs.recent(skill=name, limit=limit)
        )
        return Page(blocks=lambda: _runs_blocks(found), wire=lambda _: wire_skills.runs(found))

    return look(invocation, page)


def show(
    invocation: Invocation,
    run_id: Annotated[str, typer.Argument(metavar="RUN", help="The id of the run.")],
) -> ExitCode:
    """Show a run: what it was given, what each step did, what it returned.

    Examples:
      donna skills show 0198f3
      donna skills show 0198f3 --json
    """

    async def page(composed: Composed) -> Page:
        found, steps = await _recorded(composed, run_id)
        return Page(
            blocks=lambda: _run_blocks(found, steps),
            wire=lambda _: wire_skills.run(found, steps),
        )

    return look(invocation, page)


async def _recorded(composed: Composed, run_id: str) -> tuple[SkillRun, tuple[StepRecord, ...]]:
    """Return a run with its steps; raise ``RunNotFound``."""

    def read(stores: Stores) -> tuple[SkillRun, tuple[StepRecord, ...]]:
        found = stores.skill_runs.get(run_id)
        if found is None:
            raise RunNotFound(run_id)
        return found, stores.skill_runs.steps(run_id)

    return await composed.runtime.unit_of_work.run(read)


def _confirmed(invocation: Invocation, call: ToolCall) -> bool:
    """Show the effect and ask for it; nobody who cannot be asked says yes."""
    if invocation.yes:
        return True
    typer.echo(_effect(call), err=True)
    return invocation.interactive and typer.confirm("Approve exactly this?", err=True)


def _effect(call: ToolCall) -> str:
    return f"{call.tool} with {json.dumps(dict(call.args), ensure_ascii=False, indent=2)}"


def _inputs(found: Shelved, given: Sequence[str], file: Path | None) -> dict[str, Any]:
    """Return the inputs that were given, held to the schema of the skill."""
    schema = found.skill.input_schema
    declared: Mapping[str, Any] = schema.get("properties", {})
    values = _from_file(found, file)
    for each in given:
        key, equals, text = each.partition("=")
        if not equals:
            raise _unusable(found, f"'{each}' is not NAME=VALUE")
        values[key] = _value(text, declared.get(key, {}))
    problem = Fitting()(schema, values)
    if problem:
        raise _unusable(found, problem)
    return values


def _from_file(found: Shelved, file: Path | None) -> dict[str, Any]:
    if file is None:
        return {}
    try:
        text = sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8")
        values = json.loads(text)
    except (OSError, ValueError) as error:
        raise _unusable(found, f"{file} cannot be read as JSON ({error})") from error
    if not isinstance(values, dict):
        raise _unusable(found, f"{file} holds no JSON object")
    return values


def _value(text: str, schema: object) -> Any:
    """Return the text as the schema wants it: as it is, or as the JSON it holds."""
    if isinstance(schema, Mapping) and schema.get("type") == "string":
        return text
    try:
        return json.loads(text)
    except ValueError:
        return text


def _unusable(found: Shelved, problem: str) -> UnusableInputs:
    declared = sorted(found.skill.input_schema.get("properties", {}))
    return UnusableInputs(found.name, problem=problem, declared=declared)


def _teller(invocation: Invocation) -> Any:
    def tell(ended: StepEnded) -> None:
        if sys.stderr.isatty() and not invocation.json:
            typer.echo(f"{ended.step}: {_spoken(ended.status)}", err=True)

    return tell


def _run_page(run: SkillRun, steps: Sequence[StepRecord]) -> Page:
    outcome = run.outcome
    failed = outcome is None or outcome.status is not RunStatus.SUCCEEDED
    reason = outcome.reason if outcome is not None else "see donna skills show"
    return Page(
        blocks=lambda: _run_blocks(run, steps),
        wire=lambda _: wire_skills.run(run, steps),
        problems=(f"The run {run.run_id} {run.status}: {reason}.",) if failed else (),
    )


def _run_blocks(run: SkillRun, steps: Sequence[StepRecord]) -> Iterator[Block]:
    stands = "on trial from its folder" if run.state is None else run.state.value
    yield Line(f"{run.skill} ({stands}), run {run.run_id}, version {run.version[:12]}")
    yield Line(f"given {json.dumps(dict(run.inputs), ensure_ascii=False)}", Tone.QUIET)
    if steps:
        yield Grid(
            columns=("step", "ended", "seconds", "cost", "answers", "note"),
            rows=tuple(_step_row(each) for each in steps),
            wide="note",
        )
    if run.corrected_at is not None:
        said = f": {run.correction}" if run.correction else "."
        yield Line(f"You said it was wrong{said}", Tone.WARNING)
    outcome = run.outcome
    if run.waits_for is not None:
        yield Line(f"It waits for your word: {_effect(run.waits_for)}")
        yield Line(f"donna skills approve {run.run_id}", Tone.WARNING)
    elif outcome is None:
        hint = f"donna skills run {run.skill} --resume {run.run_id}"
        yield Line(f"It is under way, or was cut off: {hint}", Tone.WARNING)
    elif outcome.status is RunStatus.SUCCEEDED:
        yield Line(_json(outcome.output))
    else:
        yield Line(f"It {outcome.status}.", Tone.WARNING)


def _step_row(step: StepRecord) -> tuple[str, ...]:
    failed = [each.reply for each in step.answers if isinstance(each.reply, Fault)]
    note = step.ended.error or (str(failed[-1]) if failed else "")
    return (
        step.ended.step,
        _spoken(step.ended.status),
        f"{(step.ended_at - step.started_at).total_seconds():.1f}",
        f"${step.cost_usd:.4f}" if step.cost_usd else "",
        str(len(step.answers)),
        note,
    )


def _runs_blocks(found: Sequence[SkillRun]) -> Iterator[Block]:
    if not found:
        yield Line("No skill was run yet.", Tone.QUIET)
        return
    yield Line("Instants are in UTC.", Tone.QUIET)
    yield Grid(
        columns=("run", "skill", "begun", "ended"),
        rows=tuple(
            (
                each.run_id,
                each.skill,
                f"{each.started_at:%m-%d %H:%M}",
                each.status,
            )
            for each in found
        ),
        wide="skill",
    )


def _spoken(status: str) -> str:
    return status.replace("_", " ")


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)
