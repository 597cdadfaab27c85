"""The names of notes: relative, with slashes, normalised, ending in .md."""

import unicodedata
from typing import NewType

from donna_memory.vault.refusals import Reason, VaultRefused

NotePath = NewType("NotePath", str)
"""A checked path, relative to the vault, in Unicode's NFC form."""

SUFFIX = ".md"
LONGEST_NAME = 255  # bytes; what common file systems take
_FORBIDDEN = frozenset('\\:*?"<>|')  # no file name on every system that syncs a vault


def note_path(text: str) -> NotePath:
    """Return the path of a note; raise ``VaultRefused`` for anything else.

    Absolute paths, ``..``, hidden folders, control characters and names that another system
    cannot hold are escapes.
    """
    normal = composed(text)
    parts = normal.split("/")
    if not all(map(_is_name, parts)):
        raise VaultRefused(text, Reason.PATH_ESCAPE)
    if not normal.endswith(SUFFIX) or parts[-1] == SUFFIX:
        raise VaultRefused(text, Reason.NOT_MARKDOWN)
    return NotePath(normal)


def composed(name: str) -> str:
    """Return a name with accents as parts of their letters (NFC), the form that paths have."""
    return unicodedata.normalize("NFC", name)


def folder_of(path: NotePath) -> str:
    """Return the top folder of a note; empty for one that lies in the vault itself."""
    top, slash, _ = path.partition("/")
    return top if slash else ""


def same_name(one: str, other: str) -> bool:
    """Whether two names are one on a file system that minds neither case nor accents' form."""
    return folded(one) == folded(other)


def folded(name: str) -> str:
    """Return what is equal for all names that differ by case or the form of accents alone."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFKC", name).casefold())


def _is_name(part: str) -> bool:
    return (
        bool(part)
        and not part.startswith(".")
        and part == part.strip()
        and not part.endswith(".")
        and not _FORBIDDEN & {*part}
        and all(unicodedata.category(letter) not in {"Cc", "Cf", "Cs"} for letter in part)
        and len(part.encode("utf-8", "replace")) <= LONGEST_NAME
    )
