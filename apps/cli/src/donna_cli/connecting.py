"""From what a person typed to a calendar that can be connected, asking for what is missing."""

import os
import re
from pathlib import Path

import typer
from attrs import frozen

from donna_adapters.calendars.connections import Connection
from donna_adapters.compose.calendars import needs_installed
from donna_core.domain.errors import InvalidInput, NotFound
from donna_core.ports.calendar import Access

PASSWORD_VARIABLE = "DONNA_CALDAV_PASSWORD"  # noqa: S105  # where it is looked for


@frozen(kw_only=True)
class Wanted:
    """What a person asked to connect; ``quiet`` keeps explanations off stdout."""

    kind: str
    where: str | None
    access: Access
    user: str | None
    calendar: str | None
    client: Path | None
    headless: bool
    quiet: bool
    interactive: bool


class NoSuchCalendar(NotFound):
    """There is no calendar of this name, or none was chosen among several."""

    def __init__(self, asked: str | None, names: list[str]) -> None:
        listed = ", ".join(f"'{each}'" for each in names) or "none"
        said = f"There is no calendar '{asked}'" if asked else "There are several calendars"
        super().__init__(f"{said}: choose one with --calendar. There are: {listed}.")


def connection_of(wanted: Wanted) -> Connection:
    """Return the calendar that is meant, by the name it suggests."""
    return {"ics": _ics, "caldav": _caldav, "google": _google}[wanted.kind](wanted)


def _ics(wanted: Wanted) -> Connection:
    where = wanted.where
    if not where:
        raise InvalidInput("Say which file, folder or address: donna calendar connect ics FILE")
    is_url = re.match(r"(https?|webcals?)://", where, re.IGNORECASE) is not None
    path = Path(where).expanduser().absolute()
    if "://" in where and not is_url:
        raise InvalidInput(f"'{where}' is no address that can be read. Use https:// or webcal://.")
    if wanted.access is Access.READ_WRITE and (is_url or path.is_dir()):
        raise InvalidInput("Donna writes single .ics files only. Connect this one without --write.")
    name = where.partition("://")[2].split("/")[0].rpartition("@")[2] if is_url else path.stem
    return Connection(
        name=_plain(name),
        kind="ics",
        address=where if is_url else str(path),
        access=wanted.access,
    )


def _caldav(wanted: Wanted) -> Connection:
    if not wanted.where or not re.match(r"https?://", wanted.where):
        raise InvalidInput(
            "Say which server: donna calendar connect caldav https://dav.example.org/ --user NAME"
        )
    needs_installed("caldav", wanted.kind)
    from donna_adapters.calendars.caldav import calendars_at  # noqa: PLC0415  # an extra

    user, password = wanted.user or "", os.environ.get(PASSWORD_VARIABLE, "")
    if user and not password:
        if not wanted.interactive:
            raise InvalidInput(f"Put the password of {user} into {PASSWORD_VARIABLE}.")
        password = typer.prompt(f"Password of {user}", hide_input=True, err=True)
    there = calendars_at(wanted.where, user=user, password=password)
    chosen = [each for each in there if wanted.calendar in (None, *each)]
    if len(chosen) != 1:
        raise NoSuchCalendar(wanted.calendar, [name for name, _ in there])
    [(name, url)] = chosen
    return Connection(
        name=_plain(name),
        kind="caldav",
        address=url,
        access=wanted.access,
        secrets={"user": user, "password": password},
    )


def _google(wanted: Wanted) -> Connection:
    needs_installed("googleapiclient", wanted.kind)
    from donna_adapters.google.consent import (  # noqa: PLC0415  # an extra
        SCOPES,
        calendars_of,
        consent,
    )

    if wanted.client is None:
        raise InvalidInput(
            "Google wants an OAuth client of your own: at console.cloud.google.com make a project, "
            "enable the Google Calendar API, make a client of type 'Desktop app', download its "
            "JSON file, and name it with --client FILE. docs/how-to/calendar.md walks through it."
        )
    lines = ["Donna will ask Google for two permissions:"]
    lines += [
        f"  {scope.rpartition('/')[2]}: {why}" for scope, why in SCOPES[wanted.access].items()
    ]
    for line in lines:
        typer.echo(line, err=wanted.quiet)

    def paste(address: str) -> str:
        typer.echo("Open this address in a browser and consent:", err=True)
        typer.echo(address, err=True)
        typer.echo("The browser then shows a page that it cannot reach.", err=True)
        return str(typer.prompt("Paste the address of that page", err=True))

    token = consent(wanted.client, wanted.access, paste=paste if wanted.headless else None)
    endpoint = os.environ.get("DONNA_GOOGLE_ENDPOINT", "")
    there = calendars_of(token, endpoint=endpoint)
    chosen = [
        each
        for each in there
        if wanted.calendar in {each.id, each.name} or (wanted.calendar is None and each.is_primary)
    ]
    if len(chosen) != 1:
        raise NoSuchCalendar(wanted.calendar, [each.name for each in there])
    [found] = chosen
    if wanted.access is Access.READ_WRITE and not found.is_writable:
        raise InvalidInput(f"You may only read '{found.name}' at Google. Leave --write out.")
    return Connection(
        name=_plain(found.name),
        kind="google",
        address=endpoint,
        access=wanted.access,
        remote_id=found.id,
        secrets=token,
    )


def _plain(name: str) -> str:
    """Return a name that is easy to type."""
    return re.sub(r"[^\w.@-]+", "-", name.strip().lower()).strip("-.")[:60] or "calendar"
