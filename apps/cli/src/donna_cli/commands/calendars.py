"""Calendars: calendar connect, list, events, sync, status and disconnect."""

import re
from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from attrs import evolve

from donna_adapters.calendars.connections import Connection, Connections
from donna_adapters.compose.build import Composed
from donna_adapters.compose.calendars import (
    calendar_at,
    ending_consents,
    known_organizers,
    where_is,
)
from donna_adapters.compose.settings import find_place
from donna_cli import wire_calendars
from donna_cli.connecting import Wanted, connection_of
from donna_cli.exits import ExitCode
from donna_cli.invocation import Invocation
from donna_cli.render import Block, Grid
from donna_cli.session import Page, look, opened, options_of, present, run, unreadable
from donna_core.domain.errors import InvalidInput, Refused
from donna_core.domain.followup.phrasing import moment
from donna_core.domain.timing.interval import Interval
from donna_core.domain.timing.zones import instant_at
from donna_core.domain.wording import Line, Tone
from donna_core.ports.calendar import Access, CalendarEvent
from donna_core.ports.outbox import Lane
from donna_core.usecases.calendars import CalendarState, calendar_states, move_in, occurrences
from donna_core.usecases.deliver import deliver
from donna_core.usecases.mirroring import mirror_calendars
from donna_core.usecases.work import follow_calendars

TRIED = timedelta(days=30)
"""How far ahead a calendar is read when it is connected, to see that it can be."""


class Kind(StrEnum):
    """Who keeps the calendar."""

    ICS = "ics"
    CALDAV = "caldav"
    GOOGLE = "google"


class AnotherIsWritten(Refused):
    """Donna writes one calendar only."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"Donna writes to '{name}' already, and to one calendar only. "
            f"Connect this one without --write, or first: donna calendar disconnect {name}"
        )


def connect(
    invocation: Invocation,
    kind: Annotated[Kind, typer.Argument(help="Who keeps it.")],
    where: Annotated[
        str | None,
        typer.Argument(metavar="[PATH|URL]", help="An .ics file, a folder of them, or an address."),
    ] = None,
    *,
    name: Annotated[
        str | None,
        typer.Option("--name", help="What to call it, for example work.", show_default=False),
    ] = None,
    write: Annotated[
        bool, typer.Option("--write", help="Donna writes her events here from now on.")
    ] = False,
    user: Annotated[
        str | None, typer.Option("--user", help="The login at a CalDAV server.")
    ] = None,
    calendar: Annotated[
        str | None, typer.Option("--calendar", help="Which one, where there are several.")
    ] = None,
    client: Annotated[
        Path | None, typer.Option("--client", help="The JSON file of your OAuth client at Google.")
    ] = None,
    headless: Annotated[
        bool, typer.Option("--headless", help="Give consent in a browser on another machine.")
    ] = False,
) -> ExitCode:
    """Plan around one more calendar: a file, a web address, CalDAV, or Google.

    A folder of .ics files will do too. The calendar is read once before it is kept. Nothing but
    Google and CalDAV needs an account; the password of a CalDAV server is asked for, or taken
    from DONNA_CALDAV_PASSWORD.

    Examples:
      donna calendar connect ics ~/work.ics
      donna calendar connect ics https://example.org/team.ics --name team
      donna calendar connect caldav https://dav.example.org/ --user anna --write
      donna calendar connect google --client client.json --headless
    """
    wanted = Wanted(
        kind=kind.value,
        where=where,
        access=Access.READ_WRITE if write else Access.READ_ONLY,
        user=user,
        calendar=calendar,
        client=client,
        headless=headless,
        quiet=invocation.json,
        interactive=invocation.interactive,
    )
    if name is not None:
        _check_name(name)
    place = find_place(options_of(invocation))
    connections = Connections(place.data)
    if write:
        for each in connections.all().values():
            if each.access is Access.READ_WRITE:
                raise AnotherIsWritten(each.name)
    found = connection_of(wanted)
    connection = evolve(found, name=name or found.name)

    async def act() -> Page:
        async with opened(invocation) as composed:
            runtime = composed.runtime
            taken = [each.calendar_id for each in runtime.calendars]
            kept = connection if name is not None else _unique(connection, taken)
            now = runtime.clock.now()
            reached = calendar_at(kept, connections, runtime.policy.zone)
            seen = await reached.changes(Interval(now, now + TRIED))
            connections.add(kept, besides=taken)
        problems = await _moved_in(invocation) if write else ()
        return Page(
            blocks=lambda: _connected(kept, len(seen.events)),
            wire=lambda _: wire_calendars.connected(kept, len(seen.events)),
            problems=problems,
        )

    return present(run(act()), invocation)


def list_calendars(invocation: Invocation) -> ExitCode:
    """List the calendars, and what Donna may do with each.

    Examples:
      donna calendar list
      donna calendar list --json
    """

    async def page(composed: Composed) -> Page:
        states = await calendar_states(composed.runtime)
        places = where_is(composed.home)
        return Page(
            blocks=lambda: _listed(states, places),
            wire=lambda _: wire_calendars.calendars(states, places),
        )

    return look(invocation, page)


def status(invocation: Invocation) -> ExitCode:
    """Show how fresh what Donna knows of each calendar is; ask none but files.

    Examples:
      donna calendar status
      donna calendar status --json
    """

    async def page(composed: Composed) -> Page:
        runtime = composed.runtime
        seen = await mirror_calendars(runtime)
        states = await calendar_states(runtime)
        return Page(
            blocks=lambda: _statuses(states, runtime.policy.zone, runtime.clock.now()),
            wire=lambda _: wire_calendars.statuses(states, seen),
            problems=(*unreadable(seen), *ending_consents(composed.home, runtime.clock.now())),
        )

    return look(invocation, page)


def sync(invocation: Invocation) -> ExitCode:
    """Ask every calendar for news now, and let the plan follow them.

    A calendar that cannot be read changes nothing.

    Examples:
      donna calendar sync
      donna calendar sync --json
    """

    async def page(composed: Composed) -> Page:
        runtime = evolve(composed.runtime, calendar_age=timedelta(0))
        seen = await mirror_calendars(runtime)
        moved = await follow_calendars(runtime, seen)
        delivered = await deliver(runtime, Lane.CALENDAR)
        tasks = [task for changed in moved for task in changed.tasks]
        problems = (*unreadable(seen), *(problem for _, problem in delivered.failed))

        def lines() -> Iterator[Block]:
            fresh = {answer.calendar_id for answer in seen.answers}
            for name in seen.asked:
                yield Line(f"{name}: {'news' if name in fresh else 'nothing new'}", Tone.GOOD)
            for task in tasks:
                start, now = task.scheduled_start, runtime.clock.now()
                at = moment(start, zone=runtime.policy.zone, at=now) if start else "backlog"
                yield Line(f"{task.handle} {task.title}: {at}", depth=1)

        return Page(
            blocks=lines, wire=lambda _: wire_calendars.synced(seen, tasks), problems=problems
        )

    return look(invocation, page)


def disconnect(
    invocation: Invocation,
    name: Annotated[str, typer.Argument(metavar="NAME", help="A connected calendar.")],
) -> ExitCode:
    """Forget a connected calendar, with its password or token.

    What Donna wrote there stays there. If it was hers, she writes to her own file again.

    Examples:
      donna calendar disconnect work
      donna calendar disconnect team --json
    """
    connections = Connections(find_place(options_of(invocation)).data)
    gone = connections.remove(name)
    problems = run(_moved_in(invocation)) if gone.access is Access.READ_WRITE else ()
    page = Page(
        blocks=lambda: [Line(f"Calendar '{name}' is disconnected.", Tone.GOOD)],
        wire=lambda _: wire_calendars.disconnected(gone),
        problems=problems,
    )
    return present(page, invocation)


def events(
    invocation: Invocation,
    *,
    first: Annotated[
        str, typer.Option("--from", metavar="DAY", help="The first day, 2027-03-01.")
    ] = "",
    last: Annotated[
        str, typer.Option("--to", metavar="DAY", help="The last day, itself included.")
    ] = "",
) -> ExitCode:
    """Show everything in the calendars from one day to another.

    What repeats is shown each time.

    Without days, the week from today on.

    Examples:
      donna calendar events
      donna calendar events --from 2027-03-01 --to 2027-03-31 --json
    """

    async def page(composed: Composed) -> Page:
        runtime, zone = composed.runtime, composed.runtime.policy.zone
        today = runtime.clock.now().astimezone(zone).date()
        window = _window(first, last, zone, today)
        found, seen = await occurrences(runtime, window)
        known = known_organizers(composed.home)
        return Page(
            blocks=lambda: _events(found, zone, known),
            wire=lambda _: wire_calendars.events(found, known),
            problems=unreadable(seen),
        )

    return look(invocation, page)


async def _moved_in(invocation: Invocation) -> tuple[str, ...]:
    """Write Donna's events where she writes now; return what failed."""
    async with opened(invocation) as composed:
        await move_in(composed.runtime)
        delivered = await deliver(composed.runtime, Lane.CALENDAR)
    return tuple(problem for _, problem in delivered.failed)


def _check_name(name: str) -> None:
    if not re.fullmatch(r"[\w][\w .@-]{0,99}", name):
        raise InvalidInput(
            f"'{name}' is no name for a calendar. Use letters, digits, spaces and .@-_ in it."
        )


def _unique(connection: Connection, taken: Sequence[str]) -> Connection:
    """Return the connection under a name nobody has."""
    names = (connection.name, *(f"{connection.name}-{n}" for n in range(2, 1000)))
    return evolve(connection, name=next(each for each in names if each not in taken))


def _window(first: str, last: str, zone: ZoneInfo, today: date) -> Interval:
    starts = _instant(first, zone, "--from") if first else instant_at(today, time(), zone)
    if last:
        ends = _instant(last, zone, "--to", end_of_day=True)
    else:
        ends = instant_at(starts.astimezone(zone).date() + timedelta(days=7), time(), zone)
    if ends <= starts:
        raise InvalidInput(f"--to {last} is not after --from {first or today}.")
    return Interval(starts, ends)


def _instant(text: str, zone: ZoneInfo, option: str, *, end_of_day: bool = False) -> datetime:
    """Return the instant of a day or a time; of a day its beginning, or its end."""
    try:
        if len(text) <= len("2027-03-01"):
            day = date.fromisoformat(text) + timedelta(days=1 if end_of_day else 0)
            return instant_at(day, time(), zone)
        said = datetime.fromisoformat(text)
        return said if said.tzinfo else said.replace(tzinfo=zone)
    except (ValueError, OverflowError) as problem:
        raise InvalidInput(f"{option} '{text}' is no day. Write it as 2027-03-01.") from problem


def _connected(connection: Connection, count: int) -> Iterator[Block]:
    what = "read and written" if connection.access is Access.READ_WRITE else "read"
    yield Line(f"Calendar '{connection.name}' is connected, to be {what}.", Tone.GOOD)
    yield Line(f"{count} events in the next {TRIED.days} days.", depth=1)
    if connection.kind == Kind.GOOGLE:
        yield Line(
            "While your app at Google is in Testing, this consent ends after seven days: publish "
            "it (console.cloud.google.com, page Audience: In production).",
            Tone.WARNING,
            depth=1,
        )
    yield Line("donna calendar events shows them, donna run keeps them in sync.", depth=1)


def _listed(states: Sequence[CalendarState], places: wire_calendars.Places) -> Iterator[Block]:
    rows = tuple(
        (
            state.calendar.calendar_id,
            places[state.calendar.calendar_id][0],
            "Donna's own" if state.is_own else "read only",
            places[state.calendar.calendar_id][1],
        )
        for state in states
    )
    yield Grid(columns=("calendar", "kind", "access", "where"), rows=rows, wide="where")


def _statuses(states: Sequence[CalendarState], zone: ZoneInfo, now: datetime) -> Iterator[Block]:
    rows = tuple(
        (
            state.calendar.calendar_id,
            moment(state.known.at, zone=zone, at=now) if state.known else "never",
            str(state.events),
            f"until {moment(state.known.window.end, zone=zone, at=now)}" if state.known else "",
        )
        for state in states
    )
    yield Grid(columns=("calendar", "changed", "events", "known"), rows=rows, wide="known")


def _events(
    found: Sequence[CalendarEvent], zone: ZoneInfo, known: Collection[str]
) -> Iterator[Block]:
    if not found:
        yield Line("Nothing is in the calendars then.")
        return
    rows = []
    for event in found:
        starts, ends = (each.astimezone(zone) for each in (event.when.start, event.when.end))
        when = "all day" if event.is_all_day else f"{starts:%H:%M}-{ends:%H:%M}"
        marks = ["free"] if not event.busy else []
        marks += ["Donna's"] if event.is_donnas else []
        marks += ["from a stranger"] if event.is_from_a_stranger(known) else []
        rows.append((f"{starts:%a %-d %b}", when, event.title, event.calendar_id, ", ".join(marks)))
    columns = ("day", "time", "event", "calendar", "")
    yield Grid(columns=columns, rows=tuple(rows), wide="event")
