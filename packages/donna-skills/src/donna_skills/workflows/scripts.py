"""Scripts in processes of their own: a time limit, a process group, and output with a cap."""

import errno
import os
import selectors
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Thread, Timer
from typing import IO

from attrs import define, field

from donna_core.ports.workflow import ScriptJob, ScriptResult, ScriptRunner
from donna_skills.workflows.languages import has_shebang, interpreter_of

TIMED_OUT = 124
NOT_EXECUTABLE = 126
NOT_FOUND = 127
KEPT_WHEN_CLEAN = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "USER", "LOGNAME", "TZ")
_CHUNK = 64 * 1024


class ProcessRunner(ScriptRunner):
    """Runs scripts on this machine, one at a time."""

    def run(self, job: ScriptJob) -> ScriptResult:
        if job.timeout <= 0:
            return ScriptResult(code=TIMED_OUT, stdout="", stderr="")
        with _script_file(job) as path:
            try:
                process = _started(job, path)
            except OSError as error:
                missing = error.errno == errno.ENOENT
                return ScriptResult(
                    code=NOT_FOUND if missing else NOT_EXECUTABLE,
                    stdout="",
                    stderr=f"donna: the script cannot be started: {error.strerror}\n",
                )
            return _supervised(process, job)

    def forget(self, label: str) -> None:
        for path in Path(tempfile.gettempdir()).glob(f"{_prefix(label)}*"):
            with suppress(OSError):
                path.unlink()


@contextmanager
def _script_file(job: ScriptJob) -> Iterator[str]:
    handle, path = tempfile.mkstemp(prefix=_prefix(job.label))
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(job.text.encode())
        os.chmod(path, 0o700)  # noqa: PTH101  # the path is a text all along
        yield path
    finally:
        with suppress(FileNotFoundError):
            os.unlink(path)  # noqa: PTH108  # the same


def _prefix(label: str) -> str:
    return f"donna-script-{label}-"


def _started(job: ScriptJob, path: str) -> "subprocess.Popen[bytes]":
    command = [path]
    if not has_shebang(job.text):
        interpreter = interpreter_of(job.language)
        if interpreter is None:
            raise OSError(errno.ENOEXEC, os.strerror(errno.ENOEXEC), path)
        command.insert(0, interpreter)
    return subprocess.Popen(  # noqa: S603  # running the scripts of a workflow is what this is for
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=job.folder,
        env=_environment(job),
        start_new_session=True,
    )


def _environment(job: ScriptJob) -> Mapping[str, str]:
    inherited: Mapping[str, str] = os.environ
    if job.clean_environment:
        inherited = {name: os.environ[name] for name in KEPT_WHEN_CLEAN if name in os.environ}
    return {**inherited, **job.environment}


@define
class _Captured:
    """The first bytes of a stream, and how many more there were."""

    limit: int
    kept: bytearray = field(factory=bytearray)
    dropped: int = 0

    def take(self, chunk: bytes) -> None:
        room = max(self.limit - len(self.kept), 0)
        self.kept += chunk[:room]
        self.dropped += len(chunk) - len(chunk[:room])

    def text(self) -> str:
        text = self.kept.decode("utf-8", "replace").replace("\r\n", "\n")
        if self.dropped:
            text += f"\n[donna: {self.dropped} more bytes were not kept]\n"
        return text


def _supervised(process: "subprocess.Popen[bytes]", job: ScriptJob) -> ScriptResult:
    """Collect what the process prints until it ends, or end it and all it started."""
    expired: list[bool] = []

    def expire() -> None:
        expired.append(True)
        _kill_group(process)

    timer = Timer(job.timeout, expire)
    timer.daemon = True
    timer.start()
    try:
        stdout, stderr = _collected(process, job.output_limit)
    except BaseException:
        _kill_group(process)
        process.wait()
        raise
    finally:
        timer.cancel()
    code = TIMED_OUT if expired else process.returncode
    return ScriptResult(code=code, stdout=stdout.text(), stderr=stderr.text())


def _kill_group(process: "subprocess.Popen[bytes]") -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)


def _collected(process: "subprocess.Popen[bytes]", limit: int) -> tuple[_Captured, _Captured]:
    """Read both streams until the process itself ends; who else holds them is not waited for."""
    captured = (_Captured(limit), _Captured(limit))
    ended, ending = os.pipe()

    def wait() -> None:
        process.wait()
        os.close(ending)

    waiter = Thread(target=wait, daemon=True)
    waiter.start()
    streams = [stream for stream in (process.stdout, process.stderr) if stream is not None]
    with selectors.DefaultSelector() as selector:
        for stream, kept in zip(streams, captured, strict=True):
            os.set_blocking(stream.fileno(), False)
            selector.register(stream, selectors.EVENT_READ, kept)
        selector.register(ended, selectors.EVENT_READ, None)
        while ended in {each.fd for each in selector.get_map().values()}:
            for key, _ in selector.select():
                if key.data is None:
                    selector.unregister(ended)
                elif not _read(key.fd, key.data):
                    selector.unregister(key.fileobj)
    waiter.join()
    os.close(ended)
    for stream, kept in zip(streams, captured, strict=True):
        _drain(stream, kept)
    return captured


def _read(handle: int, kept: _Captured) -> bool:
    """Read once; say whether more may come."""
    try:
        chunk = os.read(handle, _CHUNK)
    except BlockingIOError:
        return True
    kept.take(chunk)
    return bool(chunk)


def _drain(stream: IO[bytes], kept: _Captured) -> None:
    """Read what the process left in the pipe, and close it."""
    with stream, suppress(BlockingIOError):
        while chunk := os.read(stream.fileno(), _CHUNK):
            kept.take(chunk)
