"""Copies of a database file that are known to be whole."""

import os
from pathlib import Path
from typing import Any

from donna_adapters.sql.connection import PRIVATE_FILE
from donna_adapters.sql.driver import DRIVER
from donna_core.domain.errors import StorageUnavailable

KEPT = 3


def back_up(path: Path) -> Path:
    """Copy the database beside itself, check the copy, and return its path.

    The copies are numbered, the last three stay. Another connection may write meanwhile.
    """
    numbers = sorted(number for copy in _copies(path) if (number := _number(copy)) is not None)
    target = path.with_name(f"{path.name}.backup-{max(numbers, default=0) + 1}")
    unfinished = path.with_name(f"{path.name}.backup-unfinished")
    unfinished.unlink(missing_ok=True)
    os.close(os.open(unfinished, os.O_CREAT | os.O_EXCL | os.O_WRONLY, PRIVATE_FILE))
    _copy(path, unfinished)
    unfinished.replace(target)
    _flush(target.parent)
    for number in numbers[: len(numbers) + 1 - KEPT]:
        path.with_name(f"{path.name}.backup-{number}").unlink()
    return target


def quick_check(connection: Any) -> list[str]:
    """Return what is wrong with the database of a driver's connection; nothing if it is whole."""
    found = [str(row[0]) for row in connection.execute("PRAGMA quick_check")]
    return [] if found == ["ok"] else found


def _copy(path: Path, target: Path) -> None:
    source = DRIVER.connect(os.fspath(path))
    copy = DRIVER.connect(os.fspath(target))
    try:
        copy.execute("PRAGMA synchronous=FULL")
        source.backup(copy)
        # A copy is one file: it has no log beside it that somebody could forget to take along.
        copy.execute("PRAGMA journal_mode=DELETE")
        problems = quick_check(copy)
    finally:
        copy.close()
        source.close()
    if problems:
        raise StorageUnavailable(
            f"the copy of {path} is damaged ({problems[0]}), and so probably is the original",
            remedy="Nothing was changed. Put an older copy in its place.",
        )


def _copies(path: Path) -> list[Path]:
    return list(path.parent.glob(f"{path.name}.backup-*"))


def _number(copy: Path) -> int | None:
    suffix = copy.name.rpartition("-")[2]
    return int(suffix) if suffix.isdecimal() else None


def _flush(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def put_in_place(copy: Path, path: Path) -> Path | None:
    """Put a copy where the database is, and return where that was kept, if there was one.

    The copy is checked first and stays where it is. Nobody may use the database meanwhile.
    Raise ``StorageUnavailable`` where the copy is none, or is damaged.
    """
    if not copy.is_file():
        raise StorageUnavailable(f"{copy} is no file", remedy="Name a copy of the database.")
    incoming = path.with_name(f"{path.name}.restoring")
    incoming.unlink(missing_ok=True)
    os.close(os.open(incoming, os.O_CREAT | os.O_EXCL | os.O_WRONLY, PRIVATE_FILE))
    try:
        _copy(copy, incoming)
        kept = back_up(path) if path.exists() else None
    except DRIVER.Error as error:
        incoming.unlink(missing_ok=True)
        raise StorageUnavailable(
            f"{copy} cannot be read as a database: {error}", remedy="Name another copy."
        ) from error
    for log in ("-wal", "-shm", "-journal"):
        path.with_name(path.name + log).unlink(missing_ok=True)
    incoming.replace(path)
    _flush(path.parent)
    return kept
