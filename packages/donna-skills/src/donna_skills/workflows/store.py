"""The state of a session in a file, its journal beside it, and the lock of who may change it."""

import fcntl
import hashlib
import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from threading import Event
from typing import Any

from donna_core.domain.workflow.problems import found
from donna_core.domain.workflow.state import Malformed, State, from_plain, to_plain
from donna_core.local.clock import wall_time
from donna_core.ports.workflow import SessionStore
from donna_skills.workflows.files import write
from donna_skills.workflows.library import clear
from donna_skills.workflows.workspace import FOLDER, Workspace

STATE = "state.json"
HELD = "DONNA_SESSION_HELD"
"""Set for scripts, so that a command inside one is refused at once instead of waiting for it."""
WAIT = 30.0
_NAP = 0.02


class FileSessionStore(SessionStore):
    """Keeps a session below the folder of its workspace.

    ``wait`` is how many seconds another process may hold the session; ``notice`` hears of it.
    """

    def __init__(
        self,
        workspace: Workspace,
        name: str | None,
        *,
        wait: float = WAIT,
        clock: Callable[[], datetime] = wall_time,
        notice: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._workspace = workspace
        self._name = name or "session"
        self._world = workspace.session_world()
        self._wait, self._clock, self._notice = wait, clock, notice
        self._handle: int | None = None

    @property
    def label(self) -> str:
        """A short text that no other session on this machine has."""
        place = f"{self._workspace.project}\n{self._name}"
        return hashlib.sha256(place.encode()).hexdigest()[:12]

    @property
    def path(self) -> Path:
        """The file of the state."""
        return self._world.folder / STATE

    @contextmanager
    def locked(self) -> Iterator[None]:
        handle = self._lock_file("locks", f"{self._name}.lock", os.O_RDWR | os.O_CREAT)
        try:
            self._acquire(handle)
            os.ftruncate(handle, 0)
            os.pwrite(handle, str(os.getpid()).encode(), 0)
            yield
        finally:
            os.close(handle)
            if self._handle is not None:
                os.close(self._handle)
                self._handle = None

    def load(self) -> State:
        try:
            text = self.path.read_text(encoding="utf-8")
        except FileNotFoundError:
            raise found("machine.session_state_not_initialized") from None
        except (OSError, UnicodeDecodeError) as error:
            raise self._unreadable(str(error)) from error
        try:
            return from_plain(json.loads(text))
        except (json.JSONDecodeError, Malformed, RecursionError) as error:
            raise self._unreadable(str(error)) from error

    def save(self, state: State, *, durable: bool) -> None:
        if self._world.readonly:
            raise found("workspaces.world_readonly", world_id=self._world.id)
        text = json.dumps(to_plain(state), indent=2, ensure_ascii=False)
        write(self.path, text.encode("utf-8", "surrogatepass"), durable=durable)

    def clear(self) -> None:
        if self._world.readonly:
            raise found("workspaces.world_readonly", world_id=self._world.id)
        try:
            # A configuration may point anywhere; only what is Donna's own is emptied.
            if self._workspace.tmp.is_relative_to(self._workspace.project / FOLDER):
                clear(self._workspace.tmp)
            clear(self._world.folder)
            self._world.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            details = error.strerror or str(error)
            path = str(error.filename or self._world.folder)
            raise found("workspaces.workspace_unwritable", path=path, details=details) from error

    def record(self, event: str, **facts: Any) -> None:
        if self._handle is None:
            flags = os.O_RDWR | os.O_CREAT | os.O_APPEND
            self._handle = self._lock_file("journal", f"{self._name}.jsonl", flags)
            self._heal(self._handle)
        entry = {"at": self._clock().isoformat(), "event": event, **facts}
        line = json.dumps(entry, ensure_ascii=False) + "\n"
        try:
            os.write(self._handle, line.encode("utf-8", "backslashreplace"))
        except OSError as error:
            details = error.strerror or str(error)
            path = str(self._workspace.folder / "journal")
            raise found("workspaces.workspace_unwritable", path=path, details=details) from error

    def journal(self) -> Sequence[Mapping[str, Any]]:
        path = self._workspace.folder / "journal" / f"{self._name}.jsonl"
        try:
            lines = path.read_text(encoding="utf-8", errors="replace").split("\n")
        except FileNotFoundError:
            return ()
        return tuple(entry for line in lines if (entry := _entry(line)) is not None)

    def _acquire(self, handle: int) -> None:
        if os.environ.get(HELD) == self.label:
            raise found("machine.session_locked", holder="the script this command is called from")
        for attempt in range(max(int(self._wait / _NAP), 1)):
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if attempt == int(1 / _NAP):
                    self._notice(
                        f"donna: waiting for process {_holder(handle)}, which works on this session"
                    )
                Event().wait(_NAP)
            else:
                return
        raise found("machine.session_locked", holder=_holder(handle))

    def _lock_file(self, folder: str, name: str, flags: int) -> int:
        path = self._workspace.folder / folder / name
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            return os.open(path, flags | os.O_CLOEXEC, 0o644)
        except OSError as error:
            details = error.strerror or str(error)
            raise found(
                "workspaces.workspace_unwritable", path=str(path), details=details
            ) from error

    def _heal(self, handle: int) -> None:
        """End a line that a killed process left unfinished."""
        size = os.fstat(handle).st_size
        if size and os.pread(handle, 1, size - 1) != b"\n":
            os.write(handle, b"\n")

    def _unreadable(self, details: str) -> Exception:
        location = f"{self.path}:1"
        return found("machine.session_state_unreadable", location=location, details=details)


def _holder(handle: int) -> str:
    return os.pread(handle, 20, 0).decode(errors="replace") or "unknown"


def _entry(line: str) -> Mapping[str, Any] | None:
    try:
        entry = json.loads(line)
    except ValueError:
        return None
    return entry if isinstance(entry, dict) and "at" in entry and "event" in entry else None
