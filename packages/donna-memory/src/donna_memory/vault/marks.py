"""Which notes are their owner's alone, whatever they say of themselves."""

from collections.abc import Iterator
from fnmatch import fnmatchcase

from attrs import field, frozen

from donna_memory.ports import Mark
from donna_memory.vault.paths import NotePath, folded, note_path


@frozen(kw_only=True)
class Marked:
    """The owner's lists, as of one moment: patterns such as ``Diary/*``, and single notes.

    Case and the form of accents make no difference: a note cannot leave a list by them.
    """

    patterns: tuple[str, ...] = ()
    marks: tuple[Mark, ...] = ()
    _folded: tuple[str, ...] = field(init=False)
    _names: frozenset[str] = field(init=False)

    @_folded.default
    def _fold_patterns(self) -> tuple[str, ...]:
        return tuple(map(folded, self.patterns))

    @_names.default
    def _fold_names(self) -> frozenset[str]:
        return frozenset(folded(mark.path) for mark in self.marks)

    def has(self, path: NotePath) -> bool:
        """Whether a note is on one of the lists."""
        if not self._names and not self._folded:
            return False
        name = folded(path)
        return name in self._names or any(fnmatchcase(name, each) for each in self._folded)

    def with_body(self, body_hash: str) -> Iterator[NotePath]:
        """Yield the marked notes that had this body when memory saw them last."""
        return (note_path(mark.path) for mark in self.marks if mark.body_hash == body_hash)
