"""What Donna is taught: skills check, add, import, export, match and fixtures."""

import asyncio
import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated

import typer

from donna_adapters.compose.build import Composed
from donna_adapters.compose.skills import Skills, matcher_of, open_skills
from donna_cli import wire_skills
from donna_cli.exits import ExitCode
from donna_cli.invocation import Invocation
from donna_cli.render import Block, Grid
from donna_cli.session import Page, look, opened, present, run
from donna_core.domain.errors import NotFound, Refused
from donna_core.domain.skill.capability import Capability, CapabilityStatus
from donna_core.domain.skill.runs import RunNotFound
from donna_core.domain.wording import Line, Tone
from donna_core.ports.unit_of_work import Stores
from donna_skills.capabilities.inputs import Inputs, extract_inputs
from donna_skills.capabilities.matching import Band, Match, spoken
from donna_skills.execution.exchange import (
    SKILL_MD,
    UnusableSkillMd,
    files_of,
    read_skill_md,
    to_skill_md,
)
from donna_skills.execution.fixtures import captured, read_fixture
from donna_skills.execution.reading import SKILL_FILE
from donna_skills.execution.shelf import Shelved
from donna_skills.execution.validation import CaseResult
from donna_skills.library.shipped import shipped

Folder = Annotated[
    Path,
    typer.Argument(
        metavar="FOLDER", help="The skill's folder, its skill.yaml, or the name of a shipped one."
    ),
]
NameOrFolder = Annotated[
    str, typer.Argument(metavar="NAME", help="The name of the skill, or its folder.")
]


def check(invocation: Invocation, folder: Folder) -> ExitCode:
    """Say what is wrong with a skill, each with its file and line; nothing is run.

    Examples:
      donna skills check news_check
      donna skills check skills/my_news/skill.yaml --json
    """

    async def page(composed: Composed) -> Page:
        found = await open_skills(composed).shelf.read(_existing(folder))
        return Page(
            blocks=lambda: [Line(f"{found.name}: {_account(found)}", Tone.GOOD)],
            wire=lambda _: wire_skills.checked(found),
        )

    return look(invocation, page)


def add(
    invocation: Invocation,
    folder: Folder,
    *,
    grant: Annotated[
        list[str] | None,
        typer.Option("--grant", metavar="TOOL", help="Let its capability use this tool."),
    ] = None,
) -> ExitCode:
    """Take a skill in, as a draft or in its next version, and prove it on its fixtures.

    A draft is run by nothing until you promote it. What the skills of a capability may use is
    said in capabilities.yaml, or here with the first of them.

    Examples:
      donna skills add news_check
      donna skills add skills/my_news --grant rss_fetch --json
    """

    async def page(composed: Composed) -> Page:
        skills = open_skills(composed)
        if grant is not None:
            matcher = await asyncio.to_thread(matcher_of, composed.home.settings.memory)
            await skills.shelf.grant(_existing(folder), grant, matcher=matcher)
        read = await skills.shelf.read(_existing(folder))
        results = await _proved(skills, read)
        standing = await skills.shelf.add(read)
        return Page(
            blocks=lambda: [
                Line(f"{read.name}: taken in as {standing.state}, {_account(read)}", Tone.GOOD),
                *_case_blocks(results),
            ],
            wire=lambda _: wire_skills.added(standing, results),
            problems=_failed(results),
        )

    return look(invocation, page)


def import_skill(
    invocation: Invocation,
    source: Annotated[
        Path, typer.Argument(metavar="SKILL.MD", help="A SKILL.md, or the folder it is in.")
    ],
    *,
    to: Annotated[Path, typer.Option("--to", help="The folder that is written.")],
) -> ExitCode:
    """Write a skill of the open SKILL.md format as a folder of Donna's own, to be read first.

    It asks a model to follow the instructions, and has no tool. Nothing is taken in.

    Examples:
      donna skills import downloads/tidy-minutes --to skills/tidy_minutes
      donna skills import SKILL.md --to skills/tidy_minutes --json
    """
    path = source / SKILL_MD if source.is_dir() else source
    files = files_of(read_skill_md(_text_of(path), where=str(path)))
    _write_new(to, files)
    return _present_written(invocation, to, sorted(files))


def export(
    invocation: Invocation,
    name: NameOrFolder,
    *,
    to: Annotated[Path, typer.Option("--to", help="The folder that is written.")],
) -> ExitCode:
    """Write a skill in the open SKILL.md format, with its own files beside it.

    Examples:
      donna skills export news_check --to shared/news-check
      donna skills export skills/my_news --to shared/my-news --json
    """

    async def found() -> Shelved:
        async with opened(invocation) as composed:
            return await find(open_skills(composed), name)

    shelved = run(found())
    files = {
        SKILL_MD: to_skill_md(shelved.name, shelved.skill, shelved.written.files),
        **shelved.written.files,
        **{f"fixtures/{each}.json": text for each, text in shelved.texts.items()},
    }
    _write_new(to, files)
    return _present_written(invocation, to, sorted(files))


def list_capabilities(invocation: Invocation) -> ExitCode:
    """List what can be asked for, what its skills may use, and which tools are missing.

    Examples:
      donna skills capabilities
      donna skills capabilities --json
    """

    async def page(composed: Composed) -> Page:
        shelf = open_skills(composed).shelf
        found = tuple((await shelf.capabilities()).values())
        return Page(
            blocks=lambda: _capability_blocks(found, shelf.specs.keys()),
            wire=lambda _: wire_skills.capabilities(found, shelf.specs.keys()),
        )

    return look(invocation, page)


def match(
    invocation: Invocation,
    words: Annotated[list[str], typer.Argument(metavar="WORDS", help="What somebody asks for.")],
) -> ExitCode:
    """Show which capability a message means, how sure that is, and the inputs it names.

    Examples:
      donna skills match sum up https://example.org for me
      donna skills match "anything new in the feeds?" --json
    """
    text = " ".join(words)

    async def page(composed: Composed) -> Page:
        matcher = await asyncio.to_thread(matcher_of, composed.home.settings.memory)
        capabilities = await open_skills(composed).known(matcher)
        found = await asyncio.to_thread(matcher.nearest, spoken(text))
        best = capabilities.get(found[0].name) if found else None
        inputs = None
        if best is not None and found[0].band is not Band.LOW:
            inputs = await extract_inputs(composed.runtime.language_model, best, text)
        return Page(
            blocks=lambda: _match_blocks(found, inputs),
            wire=lambda _: wire_skills.matches(found, inputs),
        )

    return look(invocation, page)


def fixtures(
    invocation: Invocation,
    name: NameOrFolder,
    *,
    capture: Annotated[
        str | None,
        typer.Option("--capture", metavar="RUN", help="Make a fixture of this run first."),
    ] = None,
) -> ExitCode:
    """Prove a skill on its fixtures, with mocks in place of tools and models.

    Examples:
      donna skills fixtures news_check
      donna skills fixtures skills/news_check --capture 0198f3
    """

    async def page(composed: Composed) -> Page:
        skills = open_skills(composed)
        if capture is not None:
            await _capture(composed, name, capture)
        found = await find(skills, name)
        results = await _proved(skills, found)
        return Page(
            blocks=lambda: _case_blocks(results),
            wire=lambda _: wire_skills.cases(found, results),
            problems=_failed(results),
        )

    return look(invocation, page)


class NoSuchFolder(NotFound):
    """There is no such folder, and Donna comes with no skill of this name."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        super().__init__(
            f"There is no folder {folder}, and no skill of this name comes along. "
            f"Shipped: {', '.join(shipped())}."
        )


class FolderTaken(Refused):
    """Something is in the folder that would be written."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        super().__init__(f"{folder} is not empty. Name a folder that is, or is not there yet.")


def _text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        said = getattr(error, "strerror", None) or "it is not UTF-8"
        raise UnusableSkillMd(str(path), problem=f"it cannot be read ({said})") from error


def _write_new(folder: Path, files: Mapping[str, str]) -> None:
    """Write the files into a folder in which there is nothing; raise ``FolderTaken``."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise FolderTaken(folder)
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def _present_written(invocation: Invocation, folder: Path, files: Sequence[str]) -> ExitCode:
    page = Page(
        blocks=lambda: [
            Line(f"{folder}: {', '.join(files)}", Tone.GOOD),
            Line(f"donna skills check {folder} reads it.", Tone.QUIET),
        ],
        wire=lambda _: wire_skills.written(folder, files),
    )
    return present(page, invocation)


async def find(skills: Skills, name: str) -> Shelved:
    """Return the skill of this name that was taken in, or else the one in the folder."""
    path = folder_of(Path(name))
    taken_in = {each.skill for each in await skills.lifecycles.all()}
    if name not in taken_in and path.is_dir():
        return await skills.shelf.read(path)
    return await skills.shelf.get(name)


def folder_of(path: Path) -> Path:
    """Return the folder of a skill: itself, that of its file, or that of a shipped one."""
    folder = path.parent if path.name == SKILL_FILE else path
    return folder if folder.is_dir() else shipped().get(str(path), folder)


def _existing(path: Path) -> Path:
    """Return the folder of a skill; raise ``NoSuchFolder``."""
    folder = folder_of(path)
    if not folder.is_dir():
        raise NoSuchFolder(folder)
    return folder


async def _capture(composed: Composed, name: str, run_id: str) -> None:
    """Keep the run as a fixture: beside the files of a skill in a folder, else with the skill."""

    def text_of(stores: Stores) -> str:
        run = stores.skill_runs.get(run_id)
        if run is None:
            raise RunNotFound(run_id)
        return captured(run, stores.skill_runs.steps(run_id), name=f"run-{run_id}")

    text = await composed.runtime.unit_of_work.run(text_of)
    case = read_fixture(text, where=run_id).name
    if _written_beside(Path(name), case, text):
        return
    await composed.runtime.unit_of_work.run(
        lambda stores: stores.skills.put_fixture(name, case, text)
    )


def _written_beside(folder: Path, case: str, text: str) -> bool:
    """Write a fixture into the folder of a skill; ``False`` where there is no such folder."""
    if not folder.is_dir():
        return False
    path = folder / "fixtures" / f"{case}.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return True


async def _proved(skills: Skills, found: Shelved) -> tuple[CaseResult, ...]:
    return await skills.validator.check(found.skill, found.fixtures, grant=found.grant)


def _capability_blocks(found: Sequence[Capability], tools: Collection[str]) -> Iterator[Block]:
    yield Grid(
        columns=("capability", "acts", "may use", "missing"),
        rows=tuple(
            (
                each.name,
                each.trigger.value.removeprefix("on_"),
                ", ".join(sorted(each.tools)),
                ", ".join(sorted(each.tools - set(tools))),
            )
            for each in found
        ),
        wide="may use",
    )
    for each in found:
        if each.status is CapabilityStatus.PENDING:
            yield Line(
                f"{each.name} is much like another one: describe it so that they differ, and "
                "add its skill again.",
                Tone.WARNING,
            )


def _match_blocks(found: Sequence[Match], inputs: Inputs | None) -> Iterator[Block]:
    if inputs is None:
        yield Line("This means nothing that Donna was taught.", Tone.QUIET)
    yield Grid(
        columns=("capability", "score", "how sure"),
        rows=tuple((each.name, f"{each.score:.2f}", each.band.value) for each in found),
        wide="capability",
    )
    if inputs is None:
        return
    yield Line(f"inputs {json.dumps(dict(inputs.values), ensure_ascii=False)}")
    if inputs.missing:
        yield Line(f"It does not say: {', '.join(inputs.missing)}.", Tone.WARNING)
    for problem in inputs.problems:
        yield Line(problem, Tone.WARNING)


def _failed(results: Sequence[CaseResult]) -> tuple[str, ...]:
    return tuple(f"{each.name}: {each.problem}." for each in results if not each.passed)


def _account(found: Shelved) -> str:
    skill = found.skill
    used = ", ".join(sorted(skill.tools)) or "no tools"
    count = len(skill.steps)
    noun = "step" if count == 1 else "steps"
    return f"{count} {noun}, {used}, version {skill.version[:12]}"


def _case_blocks(results: Sequence[CaseResult]) -> Iterator[Block]:
    if not results:
        yield Line("It has no fixtures: nothing is proved before it runs.", Tone.QUIET)
        return
    yield Grid(
        columns=("fixture", "ended", "passed"),
        rows=tuple(
            (each.name, each.run.status, "yes" if each.passed else "no") for each in results
        ),
        wide="fixture",
    )
    passed = sum(each.passed for each in results)
    tone = Tone.GOOD if passed == len(results) else Tone.WARNING
    yield Line(f"{passed} of {len(results)} fixtures passed.", tone)
