"""The calendars somebody connected: where each is, what it may be used for, and its secrets.

All of it is one JSON file that only its owner can read, because the address of a calendar is
often a secret itself.
"""

import json
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from attrs import asdict, evolve, field, frozen

from donna_adapters.calendars.files import locked, replace_content
from donna_core.domain.errors import ConfigError, InvalidInput, NotFound
from donna_core.ports.calendar import Access

FILE_NAME = "calendars.json"


@frozen(kw_only=True)
class Connection:
    """One connected calendar. ``kind`` says who speaks to it: ics, caldav or google.

    ``address`` is a path or a URL, ``remote_id`` the calendar's own name there where the address
    holds several, and ``secrets`` what it takes to get in.
    """

    name: str
    kind: str
    address: str
    access: Access = Access.READ_ONLY
    remote_id: str = ""
    secrets: Mapping[str, Any] = field(factory=dict, repr=False)


class NameTaken(InvalidInput):
    """A calendar of this name is there already."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(
            f"There is a calendar '{name}' already. "
            f"Choose another --name, or first: donna calendar disconnect {name}"
        )


class NotConnected(NotFound):
    """No calendar of this name is connected."""

    def __init__(self, name: str, *, known: Mapping[str, object]) -> None:
        self.name = name
        listed = ", ".join(sorted(known)) or "none"
        super().__init__(
            f"No calendar '{name}' is connected. Connected: {listed}. "
            "Those of calendar.yaml are changed with: donna config set"
        )


class Connections:
    """The connected calendars of one home, by name."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE_NAME

    def all(self) -> dict[str, Connection]:
        """Return them; raise ``ConfigError`` where the file is damaged."""
        try:
            rows = json.loads(self._path.read_text(encoding="utf-8"))
            return {
                name: Connection(**{**row, "name": name, "access": Access(row["access"])})
                for name, row in rows.items()
            }
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, TypeError, KeyError, AttributeError) as problem:
            raise ConfigError(
                f"it cannot be read ({problem})",
                where=str(self._path),
                remedy="Move it aside and connect the calendars again",
            ) from problem

    def add(self, connection: Connection, *, besides: Collection[str] = ()) -> None:
        """Keep one more; raise ``NameTaken`` where its name is in use, here or ``besides``."""
        with locked(self._path):
            known = self.all()
            if connection.name in {*known, *besides}:
                raise NameTaken(connection.name)
            self._save({**known, connection.name: connection})

    def remove(self, name: str) -> Connection:
        """Forget one with its secrets, and return it; raise ``NotConnected``."""
        with locked(self._path):
            known = self.all()
            if name not in known:
                raise NotConnected(name, known=known)
            gone = known.pop(name)
            self._save(known)
        return gone

    def keep_secrets(self, name: str, secrets: Mapping[str, Any]) -> None:
        """Put renewed secrets in place of the old ones, if it is still connected."""
        with locked(self._path):
            known = self.all()
            if name in known:
                self._save({**known, name: evolve(known[name], secrets=secrets)})

    def _save(self, connections: Mapping[str, Connection]) -> None:
        rows = {
            name: {key: value for key, value in asdict(each).items() if key != "name"}
            for name, each in connections.items()
        }
        replace_content(self._path, (json.dumps(rows, indent=2) + "\n").encode())
