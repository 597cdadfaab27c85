"""The vault's history in git, whose folder lies outside of the vault.

Every commit is fed to ``git fast-import`` byte by byte. Git has no work tree here, so no hook, no
filter, no attribute and no monitor of the vault is ever looked at.
"""

import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from attrs import frozen

from donna_memory.vault.paths import NotePath
from donna_memory.vault.refusals import VaultUnavailable

BRANCH = "refs/heads/main"
DONNA = "Donna <donna@localhost>"
OWNER = "Owner <owner@localhost>"
_SETTINGS = (
    *("-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false", "-c", "gc.auto=0"),
    *("-c", "core.fsync=all", "-c", "fastimport.unpackLimit=1000"),
)
_RECORD = "\x1e"


@frozen(kw_only=True)
class Change:
    """What a commit makes of one note; no content takes it away."""

    path: NotePath
    content: bytes | None


@frozen(kw_only=True)
class Commit:
    """A commit as listed. ``by_donna`` is false for versions that were found, not written."""

    sha: str
    message: str
    at: datetime
    by_donna: bool


class GitHistory:
    """The history; the repository is made when the first commit is."""

    def __init__(self, git_dir: Path) -> None:
        self.git_dir = git_dir

    def commit(
        self, changes: Sequence[Change], *, message: str, at: datetime, author: str = DONNA
    ) -> str:
        """Add one commit and return its hash."""
        self._begin()
        parent = self.head()
        stamp = f"{int(at.timestamp())} +0000"
        lines: list[str | bytes] = [
            f"commit {BRANCH}\nmark :1\nauthor {author} {stamp}\ncommitter {DONNA} {stamp}\n",
            *_data(message.encode()),
            f"from {parent}\n" if parent else "",
            *[part for change in changes for part in _modification(change)],
            "get-mark :1\ndone\n",
        ]
        stream = b"".join(part if isinstance(part, bytes) else part.encode() for part in lines)
        answer = self._git("fast-import", "--quiet", "--done", given=stream)
        return answer.decode().strip()

    def head(self) -> str:
        """Return the newest commit; empty before the first."""
        if not self.git_dir.is_dir():
            return ""
        found = self._run("rev-parse", "--quiet", "--verify", BRANCH)
        return found.stdout.decode().strip() if found.returncode == 0 else ""

    def content(self, path: NotePath, *, at: str = BRANCH) -> bytes | None:
        """Return a note as it is in a commit; ``None`` where that has none."""
        if not self.head():
            return None
        found = self._run("cat-file", "blob", f"{at}:{path}")
        return found.stdout if found.returncode == 0 else None

    def commits(self, limit: int) -> tuple[Commit, ...]:
        """Return the newest commits, newest first."""
        if not self.head():
            return ()
        form = f"--format=%H%n%an%n%cI%n%B{_RECORD}"
        told = self._git("log", f"--max-count={limit}", form, BRANCH).decode()
        return tuple(_commit(record) for record in told.split(_RECORD) if record.strip())

    def changed(self, sha: str) -> tuple[NotePath, ...]:
        """Return the notes that a commit changed."""
        told = self._git(
            "diff-tree", "--root", "--no-commit-id", "--name-only", "-r", "-z", "--no-renames", sha
        )
        return tuple(NotePath(name) for name in told.decode().split("\0") if name)

    def _begin(self) -> None:
        if self.git_dir.is_dir():
            return
        self.git_dir.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._git("init", "--bare", "--quiet", "--template=", "--initial-branch=main", self.git_dir)
        self.git_dir.chmod(0o700)

    def _git(self, *arguments: str | Path, given: bytes = b"") -> bytes:
        done = self._run(*arguments, given=given)
        if done.returncode != 0:
            said = done.stderr.decode(errors="replace").strip().splitlines()
            raise VaultUnavailable(
                f"git {arguments[0]} in {self.git_dir} failed: {said[-1] if said else 'no reason'}",
                remedy="`git fsck` in that folder says more; nothing of it lies in the vault",
            )
        return done.stdout

    def _run(
        self, *arguments: str | Path, given: bytes = b""
    ) -> "subprocess.CompletedProcess[bytes]":
        program = shutil.which("git")
        if program is None:
            raise VaultUnavailable("git is not installed", remedy="Install git")
        return subprocess.run(  # noqa: S603  # git itself, with arguments of this file and checked paths
            [program, *_SETTINGS, *arguments],
            input=given,
            capture_output=True,
            env=_environment(self.git_dir),
            cwd=self.git_dir if self.git_dir.is_dir() else self.git_dir.parent,
            check=False,
        )


def _environment(git_dir: Path) -> Mapping[str, str]:
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "LC_ALL": "C",
        "HOME": os.devnull,
        "GIT_DIR": str(git_dir),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_LITERAL_PATHSPECS": "1",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_OPTIONAL_LOCKS": "0",
    }


def _data(content: bytes) -> Iterator[bytes]:
    yield b"data %d\n" % len(content)
    yield content
    yield b"\n"


def _modification(change: Change) -> Iterator[bytes]:
    if change.content is None:
        yield b"D " + _quoted(change.path) + b"\n"
        return
    yield b"M 100644 inline " + _quoted(change.path) + b"\n"
    yield from _data(change.content)


def _quoted(path: NotePath) -> bytes:
    """Return a path as fast-import reads it; checked paths hold no quote and no line end."""
    return b'"' + path.encode() + b'"'


def _commit(record: str) -> Commit:
    sha, author, at, *message = record.strip().split("\n")
    return Commit(
        sha=sha,
        message="\n".join(message).strip(),
        at=datetime.fromisoformat(at),
        by_donna=author == DONNA.partition(" <")[0],
    )
