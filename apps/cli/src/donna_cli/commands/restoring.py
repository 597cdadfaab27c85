"""Putting an older copy in place: restore."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from donna_adapters.compose.restoring import ledger_of
from donna_adapters.compose.settings import find_place
from donna_adapters.sql.backup import put_in_place
from donna_adapters.system.leadership import leading
from donna_cli.exits import ExitCode
from donna_cli.invocation import Invocation
from donna_cli.render import Block
from donna_cli.session import Page, opened, options_of, present
from donna_cli.session import run as run_to_end
from donna_core.domain.errors import Refused
from donna_core.domain.spending.notices import dollars
from donna_core.domain.wording import Line, Tone
from donna_core.usecases.restored import Restored
from donna_core.usecases.restored import restored as account_for


class RestoresFilesOnly(Refused):
    """The database is on a server, which restores it with its own tools."""

    def __init__(self) -> None:
        super().__init__(
            "DONNA_DATABASE_URL names a server: restore its dump with pg_restore, or name a copy "
            "made before an upgrade (?schema=donna_backup_1). "
            "`donna restore` puts database files in place."
        )


def restore(
    invocation: Invocation,
    copy: Annotated[Path, typer.Argument(metavar="FILE", help="A copy of the database.")],
) -> ExitCode:
    """Put an older copy of the database in place of the present one, which is kept beside it.

    What the copy says is still to go out is put aside and what was due since counts as missed,
    because it may have happened. What models cost since is booked: from the database before,
    or, where that cannot be read, all that the caps allowed.

    Examples:
      donna restore donna_tasks.db.backup-1
      donna restore donna_tasks.db.backup-1 --json
    """
    place = find_place(options_of(invocation))
    if place.database_url is not None:
        raise RestoresFilesOnly

    async def act(kept: Path | None) -> Restored:
        spent = await ledger_of(kept)
        async with opened(invocation) as composed:
            return await account_for(composed.runtime, spent=spent)

    with leading(place.data):
        kept = put_in_place(copy.expanduser(), place.database)
        found = run_to_end(act(kept))
    page = Page(
        blocks=lambda: _lines(copy, kept, found),
        wire=lambda wire: wire.restored(str(kept) if kept else None, found),
    )
    return present(page, invocation)


def _lines(copy: Path, kept: Path | None, found: Restored) -> Iterator[Block]:
    yield Line(f"{copy} is in place.", Tone.GOOD)
    if kept is not None:
        yield Line(f"What was there before is kept as {kept}", depth=1)
    if found.put_aside:
        many = len(found.put_aside)
        yield Line(f"{many} deliveries are put aside, as they may have arrived:", Tone.WARNING)
    for row in found.put_aside:
        yield Line(row.delivery.key, depth=1)
    if found.missed:
        many = len(found.missed)
        yield Line(f"{many} promises fell due since and count as missed:", Tone.WARNING)
        yield Line("See them with: donna promises --broken", depth=1)
    if found.booked:
        how = "Nobody knows what models cost since, so" if found.is_assumed else "For models"
        yield Line(f"{how} {dollars(found.booked)} are booked.", Tone.WARNING)
    if found.booked and found.is_assumed:
        yield Line("Raise the cap with: donna budget raise", depth=1)
