"""A session of workflows that lives as long as the test."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from donna_core.domain.workflow.problems import found
from donna_core.domain.workflow.state import State, from_plain, to_plain
from donna_core.ports.workflow import SessionStore

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


class InMemorySessionStore(SessionStore):
    """Keeps the state as text, as a file would, and the journal in a list."""

    def __init__(self, *, clock: Callable[[], datetime] = lambda: LONG_AGO) -> None:
        self._clock = clock
        self._text: str | None = None
        self._journal: list[Mapping[str, Any]] = []
        self._held = False
        self.cleared = 0

    @contextmanager
    def locked(self) -> Iterator[None]:
        if self._held:
            raise found("machine.session_locked", holder="this one")
        self._held = True
        try:
            yield
        finally:
            self._held = False

    def load(self) -> State:
        if self._text is None:
            raise found("machine.session_state_not_initialized")
        return from_plain(json.loads(self._text))

    def save(self, state: State, *, durable: bool) -> None:
        del durable
        self._text = json.dumps(to_plain(state))

    def clear(self) -> None:
        self._text = None
        self.cleared += 1

    def record(self, event: str, **facts: Any) -> None:
        entry = {"at": self._clock().isoformat(), "event": event, **facts}
        self._journal.append(json.loads(json.dumps(entry)))

    def journal(self) -> Sequence[Mapping[str, Any]]:
        return tuple(self._journal)
