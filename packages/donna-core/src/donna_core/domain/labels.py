"""What has to be minded wherever a text or a value goes."""

from collections.abc import Iterable
from enum import StrEnum


class Label(StrEnum):
    """A mark that travels with a value; labels only ever join, none is ever taken away.

    ``untrusted`` was written by somebody who is neither Donna nor her owner; ``private`` is
    nobody else's business; ``local-only`` never leaves this machine, not even to a model.
    """

    UNTRUSTED = "untrusted"
    PRIVATE = "private"
    LOCAL_ONLY = "local-only"


Labels = frozenset[Label]
"""The labels of one value; none of them means Donna's own or her owner's, and no secret."""

NO_LABELS: Labels = frozenset()


def joined(parts: Iterable[Labels]) -> Labels:
    """Return the labels of what was made from all the parts."""
    return NO_LABELS.union(*parts)
