"""What SQLite and the file system complain about, in Donna's words.

The keys are SQLite's primary result codes (sqlite.org/rescode.html); errors of the operating
system are read as the code SQLite would give.
"""

import errno
from collections.abc import Mapping, Sequence
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from donna_core.domain.errors import Refused, StorageUnavailable

PERM, BUSY, LOCKED, NOMEM, READONLY, IOERR = 3, 5, 6, 7, 8, 10
CORRUPT, FULL, CANTOPEN, PROTOCOL, NOTADB = 11, 13, 14, 15, 26
GENERIC = 1

FAULTS: Mapping[int, tuple[str, str]] = {
    PERM: ("{path} may not be opened", "Give yourself the rights to the file and its folder."),
    BUSY: (
        "another process is writing to {path} and did not finish in time",
        "Wait for it or stop it, and repeat.",
    ),
    LOCKED: ("{path} is locked", "Wait for the other program or stop it, and repeat."),
    NOMEM: ("there is no memory left", "Close other programs, and repeat."),
    READONLY: ("{path} or its folder is read-only", "Make both writable, and repeat."),
    IOERR: (
        "the disk failed while {path} was read or written",
        "Check the disk and its free space, and run `donna doctor`.",
    ),
    CORRUPT: (
        "{path} is damaged",
        "Move it aside and put the newest copy from beside it in its place.",
    ),
    FULL: ("the disk with {path} is full", "Free some space, and repeat."),
    CANTOPEN: (
        "{path} cannot be opened or created",
        "Check that its folder exists and is yours, or set DONNA_HOME to another one.",
    ),
    PROTOCOL: (
        "{path} could not be locked",
        "Keep it on a local disk: network file systems do not lock reliably.",
    ),
    NOTADB: (
        "{path} is no SQLite database",
        "Move it aside, or put the newest copy from beside it in its place.",
    ),
}
UNEXPECTED = (
    "{path} answered: {detail}",
    "Run `donna doctor`, and report this if it finds nothing.",
)

OPERATING_SYSTEM: Mapping[int, int] = {
    errno.EACCES: PERM,
    errno.EPERM: PERM,
    errno.EROFS: READONLY,
    errno.ENOSPC: FULL,
    errno.EDQUOT: FULL,
    errno.EFBIG: FULL,
    errno.EIO: IOERR,
    errno.ENOMEM: NOMEM,
}


class SchemaTooNew(Refused):
    """The database was written by a newer Donna."""

    def __init__(self, path: Path | str, *, found: str, known: Sequence[str]) -> None:
        self.path, self.found, self.known = path, found, tuple(known)
        super().__init__(
            f"{path} has schema {found}, and this Donna knows schemas up to {self.known[-1]}: "
            "install the newer Donna that wrote it, or put the copy from before its upgrade, "
            "kept beside it, in its place. Nothing was changed."
        )


class ForeignDatabase(Refused):
    """The file is a healthy database, of some other program."""

    def __init__(self, path: Path | str) -> None:
        self.path = path
        super().__init__(
            f"{path} belongs to another program: it holds tables and no schema stamp of Donna's. "
            "Name another one. Nothing was changed."
        )


def unavailable(error: DBAPIError | OSError, *, path: Path) -> StorageUnavailable:
    """Return Donna's error for one of the database driver or the operating system."""
    if isinstance(error, OSError):
        code = OPERATING_SYSTEM.get(error.errno or 0, CANTOPEN)
    else:
        code = primary_code(error)
    problem, remedy = FAULTS.get(code, UNEXPECTED)
    detail = error.orig if isinstance(error, DBAPIError) else error
    return StorageUnavailable(problem.format(path=path, detail=detail), remedy=remedy)


def primary_code(error: DBAPIError) -> int:
    """Return SQLite's primary result code, without the details of an extended one."""
    return int(getattr(error.orig, "sqlite_errorcode", GENERIC)) & 0xFF
