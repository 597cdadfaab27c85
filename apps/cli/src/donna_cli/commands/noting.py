"""The vault: vault write and undo."""

import asyncio
from collections.abc import Iterator
from datetime import date
from enum import StrEnum
from typing import Annotated

import typer

from donna_adapters.compose.build import Composed
from donna_adapters.compose.memory import open_memory, open_notes
from donna_adapters.compose.vault import Notes, vault_writer
from donna_cli import wire_memory
from donna_cli.exits import ExitCode
from donna_cli.invocation import Invocation
from donna_cli.render import Block
from donna_cli.session import Page, look
from donna_core.domain.errors import InvalidInput, NotFound
from donna_core.domain.timing.interval import Interval
from donna_core.domain.timing.zones import local, local_day
from donna_core.domain.wording import Line, Tone
from donna_core.usecases.mirroring import mirror_calendars
from donna_core.usecases.moment import understand_moment
from donna_core.usecases.runtime import Runtime
from donna_memory.templates.writing import Draft, Drafted, Outcome


class Template(StrEnum):
    """The notes that Donna can write."""

    DAILY_REFLECTION = "daily_reflection"
    COMMITMENT_LOG = "commitment_log"
    WEEKLY_REVIEW = "weekly_review"
    MEETING_NOTE = "meeting_note"
    PERSON_PROFILE = "person_profile"


class NowhereToWrite(InvalidInput):
    """No folder is named that Donna may write notes in."""

    def __init__(self) -> None:
        super().__init__(
            "Donna may write no notes yet. Name the vault and the folders she may write in: "
            "donna config set memory.vault.root ~/Notes, then "
            "donna config set memory.vault.write_folders '[\"Inbox\"]'"
        )


class NobodyKnown(NotFound):
    """Nothing at all is known of somebody, so that there is nothing to write."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(
            f"Nothing is known of '{name}', so no note was written. Say the name as your notes and "
            "talks do, or let Donna read them first: donna memory backfill"
        )


class NoSuchMeeting(NotFound):
    """No meeting of that name ended on that day."""

    def __init__(self, title: str, day: date) -> None:
        self.title, self.day = title, day
        super().__init__(
            f"No meeting like '{title}' is known on {day}. `donna calendar events` lists them."
        )


def write(
    invocation: Invocation,
    template: Annotated[Template, typer.Argument(metavar="TEMPLATE", help="Which note.")],
    *,
    day: Annotated[
        str | None, typer.Option("--date", help="The day it is for; today.", show_default=False)
    ] = None,
    meeting: Annotated[
        str | None,
        typer.Option("--meeting", help="The title of the meeting it is about.", show_default=False),
    ] = None,
    person: Annotated[
        str | None, typer.Option("--person", help="Whom it is about.", show_default=False)
    ] = None,
    preview: Annotated[bool, typer.Option("--preview", help="Show the note, write none.")] = False,
) -> ExitCode:
    """Write a note from what Donna knows, once for its day or meeting.

    Examples:
      donna vault write daily_reflection --preview
      donna vault write meeting_note --meeting "Budget round" --date yesterday
    """

    async def page(composed: Composed) -> Page:
        runtime = composed.runtime
        notes = open_notes(composed, open_memory(composed))
        if notes is None:
            raise NowhereToWrite
        at = understand_moment(runtime, day).instant if day else runtime.clock.now()
        chosen = local(at, runtime.policy.zone).date()
        draft = await _draft(runtime, notes, template, chosen, meeting or person or "")
        done = await notes.writer.run(draft, preview=preview or invocation.dry_run)
        return Page(blocks=lambda: _blocks(done), wire=lambda _: wire_memory.drafted(done))

    return look(invocation, page)


def undo(
    invocation: Invocation,
    count: Annotated[int, typer.Argument(metavar="COUNT", help="How many changes.", min=1)] = 1,
) -> ExitCode:
    """Take back Donna's last changes to the vault.

    What somebody changed since stays.

    Examples:
      donna vault undo
      donna vault undo 3
    """

    async def page(composed: Composed) -> Page:
        writer = vault_writer(composed)
        if writer is None:
            raise NowhereToWrite
        done = await asyncio.to_thread(writer.undo_last, count)
        left = [f"Left alone, it changed since or is marked: {path}" for path in done.left]
        said = f"Taken back: {len(done.commits)} of Donna's changes."
        return Page(
            blocks=lambda: [Line(said, Tone.GOOD), *(Line(each, Tone.WARNING) for each in left)],
            wire=lambda _: wire_memory.taken_back(done),
        )

    return look(invocation, page)


async def _draft(
    runtime: Runtime, notes: Notes, template: Template, day: date, about: str
) -> Draft:
    await mirror_calendars(runtime)
    match template:
        case Template.DAILY_REFLECTION:
            return notes.drafts.daily_reflection(day)
        case Template.COMMITMENT_LOG:
            return notes.drafts.commitment_log(day)
        case Template.WEEKLY_REVIEW:
            return notes.drafts.weekly_review(day)
        case Template.MEETING_NOTE:
            return await _meeting(runtime, notes, day, about)
        case Template.PERSON_PROFILE:
            if not about.strip():
                raise InvalidInput("Say whom it is about, for example: --person 'Ida Berg'")
            return await _profile(notes, about.strip())


async def _profile(notes: Notes, name: str) -> Draft:
    draft = await notes.drafts.person_profile(name)
    values = await draft.context()
    if not any(values[each] for each in ("known", "mentions", "tasks")):
        raise NobodyKnown(name)
    return draft


async def _meeting(runtime: Runtime, notes: Notes, day: date, title: str) -> Draft:
    span: Interval = local_day(day, runtime.policy.zone)
    for event in await notes.drafts.meetings_in(span):
        if title.casefold() in event.title.casefold():
            return notes.drafts.meeting_note(event)
    raise NoSuchMeeting(title, day)


def _blocks(done: Drafted) -> Iterator[Block]:
    if done.outcome is Outcome.SKIPPED:
        yield Line(f"{done.path} was written before; it stays as it is.")
    elif done.outcome is Outcome.KEPT:
        yield Line(f"{done.path} holds what somebody else wrote; it stays as it is.", Tone.WARNING)
    elif done.outcome is Outcome.WRITTEN:
        added = f", with what {done.model} says of it" if done.model else ""
        yield Line(f"Written: {done.path}{added}", Tone.GOOD)
        yield from (Line(f"Begun: {each}", Tone.QUIET) for each in done.stubs)
        yield Line("Undo: donna vault undo", Tone.QUIET)
    else:
        yield Line(f"{done.path} would be:", Tone.QUIET)
        yield from map(Line, done.text.splitlines())
