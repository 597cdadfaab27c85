"""What the shell completes: the numbers and titles of open tasks, read without opening Donna."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer

MOST = 100


def open_tasks(context: typer.Context, incomplete: str) -> Iterator[tuple[str, str]]:
    """Yield numbers of open tasks, or the rest of a title from the word begun like this one.

    What is offered begins with what was typed, as shells want it. They cannot be told of an
    error, so where nothing can be read nothing is offered.
    """
    wanted = incomplete.lower()
    for number, title in _titles(context):
        if str(number).startswith(wanted):
            yield str(number), title
        elif (place := f" {title.lower()}".find(f" {wanted}")) >= 0:
            yield incomplete + title[place + len(wanted) :], f"#{number}"


def _titles(context: typer.Context) -> list[tuple[int, str]]:
    # Imported here because every command declares its completion and hardly one is completed.
    from donna_adapters.compose.settings import DATABASE_NAME  # noqa: PLC0415  # see above
    from donna_adapters.console.notifier import printable  # noqa: PLC0415  # see above
    from donna_adapters.sql.inspection import open_titles as read  # noqa: PLC0415  # see above
    from donna_adapters.sql.opening import URL_VARIABLE  # noqa: PLC0415  # see above
    from donna_adapters.system.folders import data_folder  # noqa: PLC0415  # see above
    from donna_core.domain.errors import DonnaError  # noqa: PLC0415  # see above

    if os.environ.get(URL_VARIABLE):
        return []  # a shell does not wait for a server
    try:
        found = read(data_folder(_asked_for(context)) / DATABASE_NAME, limit=MOST)
    except DonnaError:
        return []
    return [(number, printable(title)) for number, title in found]


def _asked_for(context: Any) -> Path | None:
    """Return the folder of ``--data-dir`` before or behind the command, where one is given."""
    while context is not None:
        if found := context.params.get("data_dir"):
            return Path(found)
        context = context.parent
    return None
