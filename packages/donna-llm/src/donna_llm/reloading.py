"""Configuration that follows its files while Donna runs; a bad file changes nothing."""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

from attrs import frozen

from donna_core.domain.errors import ConfigError, DonnaError
from donna_core.local.settings import defaults_folder
from donna_core.ports.clock import Clock
from donna_llm.configuration import GatewayConfig

LOOK_EVERY = timedelta(seconds=1)
"""How soon a change is noticed."""

_KINDS = frozenset({".yaml", ".yml", ".md", ".json"})
_FOLDERS = ("", "prompts", "schemas")

Stamp = tuple[tuple[str, int, int], ...]


@frozen(kw_only=True)
class Reloaded:
    """What a look at the files brought: a new configuration, or why there is none."""

    config: GatewayConfig | None
    problem: str = ""


class LiveConfiguration:
    """The configuration in force, and a look at the files it comes from.

    A change is noticed by size and time of the files and confirmed by what they hold, so that a
    file that was only touched reloads nothing. While the files do not fit, the last
    configuration that did stays in force and ``problem`` says why.
    """

    def __init__(
        self,
        config: GatewayConfig,
        load: Callable[[], GatewayConfig],
        *,
        folder: Path | None,
        clock: Clock,
    ) -> None:
        self.config = config
        self._load, self._clock = load, clock
        self._folders = [defaults_folder(), *([folder] if folder is not None else [])]
        self._stamp, self._hash = self._stamped(), self._hashed()
        self.problem = ""
        self._looked_at = clock.now()

    def look(self) -> Reloaded | None:
        """Look at the files, at most once a second; return what changed, if anything did."""
        now = self._clock.now()
        if not _is_due(self._looked_at, now):
            return None
        self._looked_at = now
        stamp = self._stamped()
        if stamp == self._stamp:
            return None
        self._stamp = stamp
        content = self._hashed()
        if content == self._hash:
            return None
        self._hash = content
        return self._reload()

    def _reload(self) -> Reloaded:
        try:
            self.config = self._load()
        except ConfigError as error:
            self.problem = str(error)
            return Reloaded(config=None, problem=self.problem)
        except DonnaError as error:
            self.problem = f"The configuration does not fit together: {error}"
            return Reloaded(config=None, problem=self.problem)
        self.problem = ""
        return Reloaded(config=self.config)

    def _stamped(self) -> Stamp:
        return tuple(_stamps(self._files()))

    def _hashed(self) -> str:
        found = hashlib.sha256()
        for path in self._files():
            found.update(f"{path}\0".encode())
            try:
                found.update(path.read_bytes())
            except OSError:
                continue  # what cannot be read is told by whoever needs it
        return found.hexdigest()

    def _files(self) -> Iterator[Path]:
        for folder in self._folders:
            for name in _FOLDERS:
                below = folder / name
                if below.is_dir():
                    yield from sorted(each for each in below.iterdir() if each.suffix in _KINDS)


def _stamps(paths: Iterable[Path]) -> Iterator[tuple[str, int, int]]:
    for path in paths:
        try:
            found = path.stat()
        except OSError:
            continue  # it went away meanwhile, which changes the stamp as well
        yield str(path), found.st_size, found.st_mtime_ns


def _is_due(looked_at: datetime, now: datetime) -> bool:
    """Whether it is time for another look; a clock that was put back does not put it off."""
    return not timedelta(0) <= now - looked_at < LOOK_EVERY
