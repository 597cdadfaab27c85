"""What running workflows needs from the machine: a place for the state, and scripts that run."""

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import PurePath
from typing import Any, Protocol

from attrs import field, frozen

from donna_core.domain.workflow.state import State


@frozen(kw_only=True)
class ScriptJob:
    """A script to be run: ``label`` tells its files from others', ``timeout`` is in seconds.

    ``environment`` is added to what is inherited. ``output_limit`` counts bytes of each stream.
    """

    text: str
    language: str
    label: str
    folder: PurePath
    timeout: int
    output_limit: int
    environment: Mapping[str, str] = field(factory=dict)
    clean_environment: bool = False


@frozen(kw_only=True)
class ScriptResult:
    """How a script ended: 124 after its time was over, a negative code for a signal."""

    code: int
    stdout: str
    stderr: str


class ScriptRunner(Protocol):
    """Runs scripts and returns what came of it; a script that cannot start ends with 126 or 127."""

    @abstractmethod
    def run(self, job: ScriptJob) -> ScriptResult:
        """Run a script to its end, or end it with everything it started when its time is over.

        Output is text with bare line feeds; what is no UTF-8 is replaced, and what goes
        beyond the limit is counted and dropped.
        """

    @abstractmethod
    def forget(self, label: str) -> None:
        """Remove what a script of that label left behind when its runner was killed."""


class SessionStore(Protocol):
    """Keeps the state of one session and tells what happened in it.

    Raises ``ProblemsFound`` where something cannot be read or written.
    """

    @abstractmethod
    def locked(self) -> AbstractContextManager[None]:
        """Keep every other process from changing the session while the context is open."""

    @abstractmethod
    def load(self) -> State:
        """Return the state as it was saved last; no half of a saving is ever seen."""

    @abstractmethod
    def save(self, state: State, *, durable: bool) -> None:
        """Replace the state; ``durable`` waits until a power cut cannot take it back."""

    @abstractmethod
    def clear(self) -> None:
        """Remove the artifacts of the session and its scratch files."""

    @abstractmethod
    def record(self, event: str, **facts: Any) -> None:
        """Add to the journal what happened, with the present instant."""

    @abstractmethod
    def journal(self) -> Sequence[Mapping[str, Any]]:
        """Return the journal, the oldest entry first; each has ``at`` and ``event``."""
