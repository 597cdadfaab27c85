"""Files below one folder, opened segment by segment from its handle, never through a link.

So nothing outside of the folder is ever opened, whatever is renamed or linked meanwhile.
"""

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from attrs import frozen

from donna_memory.vault.paths import SUFFIX, NotePath, composed, same_name
from donna_memory.vault.refusals import Reason, VaultRefused, VaultUnavailable

_DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_DETOUR = frozenset({errno.ELOOP, errno.ENOTDIR, errno.EMLINK})
_TEMPORARY = ".donna-{name}.tmp"


@frozen(kw_only=True)
class FileStat:
    """When a file was last changed, in nanoseconds and as an instant, and its size in bytes."""

    mtime_ns: int
    size: int

    @property
    def changed_at(self) -> datetime:
        """The instant of the last change."""
        return datetime.fromtimestamp(self.mtime_ns / 1e9, UTC)


class VaultFolder:
    """The folder; it has to exist, and it may itself be reached through a link of its owner."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def read(self, path: NotePath, *, limit: int) -> tuple[bytes, FileStat]:
        """Return the bytes of a note; raise ``VaultRefused``."""
        with self._parent(path) as (parent, name), _opened(path, parent, name) as descriptor:
            found = _stat(path, descriptor)
            if found.size > limit:
                raise VaultRefused(path, Reason.TOO_LARGE, detail=f"{found.size} bytes")
            parts = []
            while part := os.read(descriptor, 1 << 20):
                parts.append(part)
            return b"".join(parts), found

    def stat(self, path: NotePath) -> FileStat:
        """Return when a note was changed and its size; raise ``VaultRefused``."""
        with self._parent(path) as (parent, name), _opened(path, parent, name) as descriptor:
            return _stat(path, descriptor)

    def write(self, path: NotePath, content: bytes) -> FileStat:
        """Put the bytes in place at once, or leave everything as it was."""
        with self._parent(path, create=True) as (parent, name):
            _alone(path, parent, name)
            temporary = _TEMPORARY.format(name=name)[-200:]
            _remove(parent, temporary)
            descriptor = os.open(temporary, _NEW, 0o600, dir_fd=parent)
            try:
                with os.fdopen(descriptor, "wb") as file:
                    file.write(content)
                    file.flush()
                    os.fsync(file.fileno())
                    found = _stat(path, file.fileno())
                os.replace(temporary, name, src_dir_fd=parent, dst_dir_fd=parent)
            except BaseException:
                _remove(parent, temporary)
                raise
            os.fsync(parent)
            return found

    def check_free(self, path: NotePath) -> None:
        """Raise ``VaultRefused`` where a note of another name would be taken for this one."""
        try:
            with self._parent(path) as (parent, name):
                _alone(path, parent, name)
        except VaultRefused as error:
            if error.reason is not Reason.MISSING:  # then its folder is still to be made
                raise

    def delete(self, path: NotePath) -> None:
        """Take the note away; raise ``VaultRefused`` where there is none."""
        with self._parent(path) as (parent, name):
            try:
                os.unlink(name, dir_fd=parent)
            except FileNotFoundError:
                raise VaultRefused(path, Reason.MISSING) from None
            os.fsync(parent)

    def notes(self, folder: str = "") -> Iterator[str]:
        """Yield the paths of all files ending in .md, hidden folders and links left out.

        They are sorted folder by folder, with accents in the form that paths have.
        """
        try:
            with self._directory(folder, folder.split("/") if folder else []) as start:
                for found in _walk(start, f"{folder}/" if folder else ""):
                    yield composed(found)
        except VaultRefused as error:
            if error.reason is not Reason.MISSING:
                raise

    @contextmanager
    def _parent(self, path: NotePath, *, create: bool = False) -> Iterator[tuple[int, str]]:
        *folders, name = path.split("/")
        with self._directory(path, folders, create=create) as parent:
            yield parent, _on_disk(parent, name)

    @contextmanager
    def _directory(self, path: str, parts: list[str], *, create: bool = False) -> Iterator[int]:
        """Open the folder step by step; each step has to be a real one."""
        descriptor = self._open_root()
        try:
            for part in parts:
                below = _step(path, descriptor, _on_disk(descriptor, part), create=create)
                os.close(descriptor)
                descriptor = below
            yield descriptor
        finally:
            os.close(descriptor)

    def _open_root(self) -> int:
        try:
            return os.open(self.root.resolve(strict=True), _DIRECTORY)
        except OSError as error:
            raise VaultUnavailable(
                f"{self.root}: {error.strerror}",
                remedy="Create the folder, or name another as vault.root in memory.yaml",
            ) from error


def _alone(path: NotePath, parent: int, name: str) -> None:
    for other in os.listdir(parent):  # of a handle, not of a path
        if other != name and same_name(other, name):
            raise VaultRefused(path, Reason.COLLISION, detail=other)


def _on_disk(parent: int, name: str) -> str:
    """Return the name as the folder has it: from some systems accents come beside their letters."""
    if name.isascii() or name in (there := os.listdir(parent)):
        return name
    return next((each for each in there if composed(each) == name), name)


def _step(path: str, parent: int, part: str, *, create: bool) -> int:
    try:
        return os.open(part, _DIRECTORY, dir_fd=parent)
    except FileNotFoundError:
        if not create:
            raise VaultRefused(path, Reason.MISSING) from None
    except OSError as error:
        raise _translated(path, error) from error
    os.mkdir(part, 0o700, dir_fd=parent)
    os.fsync(parent)
    return _step(path, parent, part, create=False)


@contextmanager
def _opened(path: NotePath, parent: int, name: str) -> Iterator[int]:
    try:
        descriptor = os.open(name, _READ, dir_fd=parent)
    except FileNotFoundError:
        raise VaultRefused(path, Reason.MISSING) from None
    except OSError as error:
        raise _translated(path, error) from error
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _stat(path: NotePath, descriptor: int) -> FileStat:
    found = os.fstat(descriptor)
    if not stat.S_ISREG(found.st_mode):
        raise VaultRefused(path, Reason.PATH_ESCAPE, detail="no regular file")
    return FileStat(mtime_ns=found.st_mtime_ns, size=found.st_size)


def _walk(descriptor: int, prefix: str) -> Iterator[str]:
    with os.scandir(descriptor) as entries:
        found = sorted(
            (entry.name, entry.is_dir(follow_symlinks=False), entry.is_file(follow_symlinks=False))
            for entry in entries
            if not entry.name.startswith(".")
        )
    for name, is_folder, is_file in found:
        if is_file and name.endswith(SUFFIX):
            yield f"{prefix}{name}"
        elif is_folder:
            try:
                below = os.open(name, _DIRECTORY, dir_fd=descriptor)
            except OSError:
                continue  # it went away, or a link took its place
            try:
                yield from _walk(below, f"{prefix}{name}/")
            finally:
                os.close(below)


def _remove(parent: int, name: str) -> None:
    try:
        os.unlink(name, dir_fd=parent)
    except FileNotFoundError:
        return


def _translated(path: str, error: OSError) -> VaultRefused:
    reason = Reason.PATH_ESCAPE if error.errno in _DETOUR else Reason.UNREADABLE
    return VaultRefused(path, reason, detail=error.strerror or "")
