"""Whom a note may name as a person: those an event names by more than an address."""

import unicodedata

from donna_core.domain.planning.calendar_events import CalendarEvent
from donna_memory.vault.paths import note_path
from donna_memory.vault.refusals import VaultRefused

FOLDER = "People/"
_LONGEST = 60
_BESIDES_LETTERS = frozenset(" .'’-")


def names_in(meeting: CalendarEvent) -> dict[str, str]:
    """Return the names of those who were invited by their addresses.

    Who invites writes the names: one that is no plain name, an address or a path for example,
    is left out, so that it can neither link to something else nor make another note.
    """
    plain = ((address, unicodedata.normalize("NFC", name)) for address, name in meeting.names)
    return {address: name for address, name in plain if is_a_name(name)}


def is_a_name(name: str) -> bool:
    """Whether it can be a person's: letters, with what stands between those of names."""
    letters = [each for each in name if each not in _BESIDES_LETTERS]
    if not letters or len(name) > _LONGEST or name != name.strip():
        return False
    try:
        note_path(path_of(name))
    except VaultRefused:
        return False
    return all(map(_is_of_a_word, letters))


def path_of(name: str) -> str:
    """Return the path of the note about a person."""
    return f"{FOLDER}{name}.md"


def _is_of_a_word(letter: str) -> bool:
    return unicodedata.category(letter)[0] in {"L", "M"}
