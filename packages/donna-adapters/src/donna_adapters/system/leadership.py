"""One process leads: whoever sends reminders in a data folder does so alone."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from donna_core.domain.errors import Refused

LOCK_NAME = "leader.lock"
OWNER_ONLY = 0o600


class AlreadyLed(Refused):
    """Another process does the work of this data folder."""

    def __init__(self, folder: Path, *, holder: str | None = None) -> None:
        self.folder, self.holder = folder, holder
        by = f" ({holder})" if holder else ""
        super().__init__(
            f"`donna run` is at work in {folder} already{by}. "
            "One is enough: stop that one first, or name another folder with --data-dir. "
            "All other commands may be used beside it."
        )


@contextmanager
def leading(folder: Path) -> Iterator[None]:
    """Lead the work of this data folder for as long as the context lasts.

    The lock is the system's own and goes with the process, however that ends. Raise
    ``AlreadyLed`` where another process holds it.
    """
    try:
        with FileLock(folder / LOCK_NAME, timeout=0, mode=OWNER_ONLY):
            yield
    except Timeout:
        raise AlreadyLed(folder) from None
