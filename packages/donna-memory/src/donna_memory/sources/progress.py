"""How far a source has come, for whoever watches it work."""

from collections.abc import Callable

from attrs import frozen

from donna_memory.ports import Written


@frozen(kw_only=True)
class Progress:
    """How many documents were looked at so far, and how many of them were kept anew."""

    looked_at: int = 0
    kept: int = 0

    def plus(self, written: Written) -> "Progress":
        """Return how far it has come with these too."""
        return Progress(
            looked_at=self.looked_at + written.changed + written.unchanged,
            kept=self.kept + written.changed,
        )


Tell = Callable[[Progress], None]


def untold(_progress: Progress) -> None:
    """Tell nobody."""
