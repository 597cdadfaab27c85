"""Which SQLite speaks: a recent one where its wheel exists, else the one of this Python."""

from types import ModuleType

try:
    from pysqlite3 import dbapi2 as _found  # type: ignore[import-untyped]  # it ships no types
except ImportError:
    import sqlite3 as _found

# Older ones can damage a write-ahead log that several connections use: sqlite.org/wal.html,
# "The WAL-reset bug".
SAFE_WAL = (3, 51, 3)

DRIVER: ModuleType = _found
SQLITE_VERSION: tuple[int, ...] = DRIVER.sqlite_version_info
JOURNAL_MODE = "WAL" if SQLITE_VERSION >= SAFE_WAL else "DELETE"
