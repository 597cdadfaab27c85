"""Tables in memory that can be put back as they were."""

from collections.abc import Callable, ItemsView, Iterator, ValuesView
from typing import Any, Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")

_ABSENT: Any = object()


class Journal:
    """Remembers how to take back every write since the last commit, at the cost of the writes."""

    def __init__(self) -> None:
        self._undo: list[Callable[[], object]] = []

    def note(self, undo: Callable[[], object]) -> None:
        """Remember how to take back the write that follows."""
        self._undo.append(undo)

    def commit(self) -> None:
        """Let all writes stand."""
        self._undo.clear()

    def roll_back(self) -> None:
        """Take back all writes, the latest first."""
        while self._undo:
            self._undo.pop()()


class Table(Generic[K, V]):
    """Frozen values by key; every write is noted in the journal."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._rows: dict[K, V] = {}

    def get(self, key: K) -> V | None:
        """Return the value, or ``None``."""
        return self._rows.get(key)

    def values(self) -> ValuesView[V]:
        """Return all values."""
        return self._rows.values()

    def latest_first(self) -> Iterator[V]:
        """Return all values, the one inserted last first."""
        return reversed(self._rows.values())

    def items(self) -> ItemsView[K, V]:
        """Return all keys with their values."""
        return self._rows.items()

    def put(self, key: K, value: V) -> None:
        """Insert or replace the value."""
        former = self._rows.get(key, _ABSENT)
        if former is _ABSENT:
            self._journal.note(lambda: self._rows.pop(key))
        else:
            self._journal.note(lambda: self._rows.__setitem__(key, former))
        self._rows[key] = value

    def drop(self, key: K) -> None:
        """Take the value away, if there is one."""
        former = self._rows.pop(key, _ABSENT)
        if former is not _ABSENT:
            self._journal.note(lambda: self._rows.__setitem__(key, former))

    def __contains__(self, key: K) -> bool:
        return key in self._rows

    def __len__(self) -> int:
        return len(self._rows)


class Counter:
    """A number that only rises, except when a decision is taken back."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._value = 0

    def next(self) -> int:
        """Return a number higher than any before."""
        self.reach(self._value + 1)
        return self._value

    def reach(self, value: int) -> None:
        """Make sure that no number up to this one is given again."""
        if value > self._value:
            former = self._value
            self._journal.note(lambda: setattr(self, "_value", former))
            self._value = value
