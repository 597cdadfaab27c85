"""Reading and replacing one file whole, beside other programs that do the same."""

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from threading import Event

from filelock import FileLock, Timeout

OWNER_ONLY = 0o600
READINGS = 4
READING_PAUSE = 0.05
LOCK_PATIENCE = timedelta(seconds=10)


class StillChanging(OSError):
    """Somebody wrote to the file during every attempt to read it."""


class LockHeld(OSError):
    """Somebody else held the lock for as long as waiting made sense."""


def whole_content(path: Path, *, largest: int) -> bytes:
    """Return the content of the file as of one moment, or its first ``largest`` + 1 bytes.

    A program that writes in place may be half way through: what was read counts only if the
    file was the same before and after. Raise ``OSError`` when it cannot be read.
    """
    for _ in range(READINGS):
        with path.open("rb") as file:
            before = _signature(file.fileno())
            content = file.read(largest + 1)
            if _signature(file.fileno()) == before:
                return content
        Event().wait(READING_PAUSE)
    raise StillChanging(f"it was written to during {READINGS} readings")


def replace_content(path: Path, content: bytes) -> None:
    """Put the content in place of the file's, for its owner only, all of it or nothing.

    Written beside it, flushed to the disk, renamed, and the rename flushed too: a crash at any
    point leaves the old file or the new one. A link is followed, so that it stays a link.
    """
    target = path.resolve()
    descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.", suffix=".new")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(OWNER_ONLY)
        Path(name).replace(target)
    except BaseException:
        with suppress(OSError):
            Path(name).unlink()
        raise
    _flush_folder(target.parent)


@contextmanager
def locked(path: Path, *, patience: timedelta = LOCK_PATIENCE) -> Iterator[None]:
    """Hold the advisory lock of the file, which is a file beside it: ``NAME.lock``.

    The lock ends with the process that holds it, however that ends. Raise ``LockHeld`` when
    it could not be had.
    """
    target = path.resolve()
    beside = target.with_name(f"{target.name}.lock")
    lock = FileLock(beside, timeout=patience.total_seconds(), mode=OWNER_ONLY, thread_local=False)
    try:
        with lock:
            yield
    except Timeout:
        raise LockHeld(f"another program holds {beside}") from None


def _signature(descriptor: int) -> tuple[int, int, int]:
    stat = os.fstat(descriptor)
    return stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns


def _flush_folder(folder: Path) -> None:
    if sys.platform == "win32":  # there a folder cannot be opened, and renames are journalled
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
