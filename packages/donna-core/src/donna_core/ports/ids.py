"""Fresh identifiers."""

from abc import abstractmethod
from typing import Protocol


class IdSource(Protocol):
    """Draws identifiers that nobody has drawn before."""

    @abstractmethod
    def new(self) -> str:
        """Return a fresh UUIDv7 (RFC 9562) in canonical text form; later ones sort later."""
