"""What every source of identifiers keeps to."""

from abc import ABC, abstractmethod
from uuid import RFC_4122, UUID

from donna_core.ports.ids import IdSource


class IdSourceContract(ABC):
    """Subclass this in a test module, say which source, and every promise is tested on it."""

    @abstractmethod
    def ids(self) -> IdSource:
        """Return the source to test."""

    def test_it_draws_uuid7_in_canonical_form(self) -> None:
        """An identifier is a UUID of version 7, lower case with dashes."""
        drawn = self.ids().new()

        assert str(UUID(drawn)) == drawn
        assert UUID(drawn).version == 7
        assert UUID(drawn).variant == RFC_4122

    def test_no_two_are_alike(self) -> None:
        """Many draws give as many identifiers."""
        ids = self.ids()

        assert len({ids.new() for _ in range(10_000)}) == 10_000

    def test_later_ones_sort_later(self) -> None:
        """The order of the text is the order of drawing."""
        ids = self.ids()
        drawn = [ids.new() for _ in range(10_000)]

        assert drawn == sorted(drawn)
