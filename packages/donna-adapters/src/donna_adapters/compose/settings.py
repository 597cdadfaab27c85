"""Where one Donna lives: her folders, her configuration and her time zone."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path

from attrs import field, frozen

from donna_adapters.sql.opening import URL_VARIABLE
from donna_adapters.system.folders import data_folder
from donna_adapters.system.zone import detected_zone
from donna_core.domain.ids import UserId
from donna_core.local.settings import Settings, load_settings

CONFIG_VARIABLE = "DONNA_CONFIG_DIR"
DATABASE_NAME = "donna_tasks.db"
SYSTEM_ZONE = "system"
OWNER = UserId("owner")


@frozen(kw_only=True)
class Options:
    """What a face was told: folders from flags, and where messages to the person are written."""

    output: Callable[[str], None]
    data_dir: Path | None = None
    config_dir: Path | None = None
    environment: Mapping[str, str] = field(factory=lambda: os.environ)


@frozen(kw_only=True)
class Place:
    """The folders and files of one Donna; ``config`` is ``None`` while nothing is overlaid.

    ``database_url`` is the server that is used instead of the file ``database``, if any.
    """

    data: Path
    config: Path | None
    database: Path
    database_url: str | None = None

    @property
    def config_folder(self) -> Path:
        """The folder of the owner's configuration, whether it exists yet or not."""
        return self.config or self.data / "config"


@frozen(kw_only=True)
class Home:
    """A place with its checked settings; ``zone_note`` says why the zone is a guess."""

    place: Place
    settings: Settings
    zone: str
    zone_note: str
    first_run: bool


def find_place(options: Options) -> Place:
    """Return the folders of this Donna, that of her data created, nothing in them read.

    Flags go before ``DONNA_HOME`` and ``DONNA_CONFIG_DIR``, those before the platform's user
    data folder and the ``config`` folder in it. Raise ``StorageUnavailable``.
    """
    data = data_folder(options.data_dir, environment=options.environment)
    named = options.config_dir or _from_environment(options.environment)
    own = data / "config"
    config = named or (own if own.is_dir() else None)
    return Place(
        data=data,
        config=config,
        database=data / DATABASE_NAME,
        database_url=options.environment.get(URL_VARIABLE) or None,
    )


def find_home(options: Options) -> Home:
    """Return where this Donna lives, with its settings checked.

    Raise ``StorageUnavailable`` or ``ConfigError``.
    """
    place = find_place(options)
    settings = load_settings(place.config)
    zone, note = settings.calendar.timezone, ""
    if zone == SYSTEM_ZONE:
        detected = detected_zone()
        zone, note = detected.name, detected.note
    return Home(
        place=place,
        settings=settings,
        zone=zone,
        zone_note=note,
        first_run=place.database_url is None and not place.database.exists(),
    )


def _from_environment(environment: Mapping[str, str]) -> Path | None:
    named = environment.get(CONFIG_VARIABLE)
    return Path(named).expanduser().absolute() if named else None
