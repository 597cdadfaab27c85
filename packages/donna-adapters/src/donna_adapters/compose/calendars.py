"""The calendars of a home: those of calendar.yaml, and those that were connected."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from importlib.util import find_spec
from pathlib import Path
from zoneinfo import ZoneInfo

from donna_adapters.calendars.connections import Connection, Connections
from donna_adapters.calendars.ics import IcsCalendar
from donna_adapters.compose.settings import Home
from donna_core.domain.errors import ConfigError, Refused
from donna_core.ports.calendar import Access, Calendar

_WARNED, _ENDED = timedelta(days=5), timedelta(days=7)
Connector = Callable[[Connection, Connections, ZoneInfo], Calendar]


class ConnectorMissing(Refused):
    """A calendar is connected, and what speaks to it is not installed."""

    def __init__(self, name: str, kind: str) -> None:
        self.name, self.kind = name, kind
        instead = f", or: donna calendar disconnect {name}" if name else "."
        super().__init__(
            f"What reaches {kind} calendars is not installed: "
            f"pip install 'donna-adapters[{kind}]'{instead}"
        )


def calendars_of(home: Home, zone: ZoneInfo) -> tuple[Calendar, tuple[Calendar, ...]]:
    """Return the one calendar Donna writes, and all there are.

    A connected calendar that she may write takes the place of the file. Raise ``ConfigError``
    where there is not exactly one, and ``ConnectorMissing``.
    """
    connections = Connections(home.place.data)
    connected = connections.all()
    takes_over = any(each.access is Access.READ_WRITE for each in connected.values())
    found: list[Calendar] = []
    for name, source in home.settings.calendar.calendars.items():
        writable = source.access == "read_write"
        if not source.calendar_id or name in connected or (writable and takes_over):
            continue
        path = home.place.data / Path(source.calendar_id).expanduser()
        found.append(IcsCalendar(name, path, zone=zone, writable=writable))
    found += [calendar_at(each, connections, zone) for each in connected.values()]
    own = [calendar for calendar in found if calendar.access is Access.READ_WRITE]
    if len(own) != 1:
        raise ConfigError(
            f"{len(own)} calendars are read_write, and exactly one has to be",
            where="calendar.yaml: calendars",
            remedy="Give one calendar `access: read_write` and the others `read_only`",
        )
    return own[0], tuple(found)


def where_is(home: Home) -> dict[str, tuple[str, str]]:
    """Return kind and place of each calendar by its name; of an address the host alone."""
    files = {
        name: ("file", str(home.place.data / Path(source.calendar_id).expanduser()))
        for name, source in home.settings.calendar.calendars.items()
        if source.calendar_id
    }
    connected = {
        each.name: (each.kind, each.remote_id or _shown(each.address))
        for each in Connections(home.place.data).all().values()
    }
    return {**files, **connected}


def ending_consents(home: Home, now: datetime) -> Iterator[str]:
    """Yield, in words, the consents at Google that may end within two days.

    They do while the app there is in Testing, seven days after they were given. One that is
    older has shown that it is not.
    """
    for each in Connections(home.place.data).all().values():
        granted = each.secrets.get("granted_at")
        age = now - datetime.fromisoformat(granted) if granted else None
        if age is not None and _WARNED <= age < _ENDED:
            yield (
                f"Your consent for calendar '{each.name}' is {age.days} days old. While your app "
                "at Google is in Testing it ends after seven: see to it that it is In production "
                "(console.cloud.google.com, page Audience)."
            )


def known_organizers(home: Home) -> frozenset[str]:
    """Return the addresses and ``@domains`` whose invitations are no stranger's.

    Those by which the owner is known where calendars are connected are among them.
    """
    connected = Connections(home.place.data).all().values()
    own = {str(name) for each in connected for name in (each.remote_id, each.secrets.get("user"))}
    return frozenset(each.lower() for each in {*home.settings.calendar.known_organizers, *own})


def calendar_at(connection: Connection, connections: Connections, zone: ZoneInfo) -> Calendar:
    """Return what speaks to a connected calendar; raise ``ConnectorMissing``."""
    return CONNECTORS[connection.kind](connection, connections, zone)


def _ics(connection: Connection, connections: Connections, zone: ZoneInfo) -> Calendar:
    del connections
    if "://" in connection.address:
        from donna_adapters.calendars.ics_feeds import IcsUrl  # noqa: PLC0415  # seldom used

        return IcsUrl(connection.name, connection.address, zone=zone)
    path = Path(connection.address)
    if path.is_dir():
        from donna_adapters.calendars.ics_feeds import IcsFolder  # noqa: PLC0415  # the same

        return IcsFolder(connection.name, path, zone=zone)
    writable = connection.access is Access.READ_WRITE
    return IcsCalendar(connection.name, path, zone=zone, writable=writable)


def _caldav(connection: Connection, connections: Connections, zone: ZoneInfo) -> Calendar:
    del connections
    needs_installed("caldav", connection.kind, name=connection.name)
    from donna_adapters.calendars.caldav import CaldavCalendar  # noqa: PLC0415  # an extra

    return CaldavCalendar(
        connection.name,
        connection.address,
        user=str(connection.secrets.get("user", "")),
        password=str(connection.secrets.get("password", "")),
        zone=zone,
        access=connection.access,
    )


def _google(connection: Connection, connections: Connections, zone: ZoneInfo) -> Calendar:
    needs_installed("googleapiclient", connection.kind, name=connection.name)
    from donna_adapters.google.calendar import GoogleCalendar  # noqa: PLC0415  # an extra

    return GoogleCalendar(
        connection.name,
        connection.remote_id,
        token=connection.secrets,
        keep_token=lambda token: connections.keep_secrets(connection.name, token),
        zone=zone,
        access=connection.access,
        endpoint=connection.address,
    )


def needs_installed(library: str, kind: str, *, name: str = "") -> None:
    """Raise ``ConnectorMissing`` where the library that reaches such calendars is not there."""
    if find_spec(library) is None:
        raise ConnectorMissing(name, kind)


def _shown(address: str) -> str:
    scheme, mark, rest = address.partition("://")
    return f"{scheme}{mark}{rest.split('/')[0].rpartition('@')[2]}" if mark else address


CONNECTORS: Mapping[str, Connector] = {"ics": _ics, "caldav": _caldav, "google": _google}
