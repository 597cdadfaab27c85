"""Files that are whole at every moment: written beside, then put in place."""

import os
import tempfile
from contextlib import suppress
from pathlib import Path

from donna_core.domain.workflow.problems import found


def write(path: Path, content: bytes, *, durable: bool = True) -> None:
    """Put the content in place of whatever the file holds; raise ``ProblemsFound``.

    A reader finds the old content or the new, never a part. ``durable`` waits for the disk, so
    that a power cut takes neither.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _replace(path, content, durable=durable)
    except OSError as error:
        details = error.strerror or str(error)
        raise found("workspaces.workspace_unwritable", path=str(path), details=details) from error


def remove(path: Path) -> None:
    """Remove a file, if it is there; raise ``ProblemsFound``."""
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        details = error.strerror or str(error)
        raise found("workspaces.workspace_unwritable", path=str(path), details=details) from error


def _replace(path: Path, content: bytes, *, durable: bool) -> None:
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        _write_all(handle, content)
        os.fchmod(handle, _mode(path))
        if durable:
            os.fsync(handle)
        os.close(handle)
        Path(name).replace(path)
    except BaseException:
        with suppress(OSError):
            os.close(handle)
        Path(name).unlink(missing_ok=True)
        raise


def _write_all(handle: int, content: bytes) -> None:
    rest = memoryview(content)
    while rest:
        rest = rest[os.write(handle, rest) :]


def _mode(path: Path) -> int:
    """Return the mode the file has, or the one that a new file gets."""
    try:
        return path.stat().st_mode & 0o777
    except FileNotFoundError:
        mask = os.umask(0)
        os.umask(mask)
        return 0o666 & ~mask
