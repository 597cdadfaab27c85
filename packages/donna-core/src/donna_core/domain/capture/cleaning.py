"""Clean text: what arrives from keyboards, clipboards and mail, made safe to read and to show."""

import re
import unicodedata

from donna_core.domain.errors import InvalidInput

DEFAULT_LIMIT = 10_000

_REMOVED = {
    "control characters": re.compile(
        r"[\x00-\x08\x0b\x0c\x0e-\x1b\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]"
    ),
    "direction marks": re.compile(r"[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]"),
    "zero-width characters": re.compile(
        r"[\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b\u2060-\u2065"
        r"\u206a-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb]"
    ),
    "tag characters": re.compile(r"[\U000e0000-\U000e0fff]"),
}
_STRAY_JOINER = re.compile(
    r"[\u200c\u200d](?=\s|$)|(?:(?<=\s)|^)[\u200c\u200d]+|(?<=[!-~])[\u200c\u200d]"
)
_SPACE = re.compile(r"\s+")
_LINE_END = re.compile(r"[\n\r\u2028\u2029]")


class EmptyText(InvalidInput):
    """There is nothing to read."""

    def __init__(self) -> None:
        super().__init__("There is nothing to read. Say what you want to do, in a few words.")


class TextTooLong(InvalidInput):
    """The text is longer than one sentence of capture may be."""

    def __init__(self, *, length: int, limit: int) -> None:
        self.length, self.limit = length, limit
        super().__init__(
            f"The text has {length} characters; at most {limit} are read at once. "
            "Send the task in a few sentences and attach the rest."
        )


def clean(
    text: str, *, limit: int = DEFAULT_LIMIT, keeps_lines: bool = False
) -> tuple[str, tuple[str, ...]]:
    """Return the text in NFC without invisible characters, and remarks on what was removed.

    White space folds into single blanks, or, with ``keeps_lines``, into single line feeds where
    one is among it. Joiners inside emoji and scripts that need them stay.
    ``limit`` counts characters of the raw text. Cleaning cleaned text changes nothing. Raises
    ``TextTooLong`` and ``EmptyText``. Which characters: Unicode Technical Report 36.
    """
    if len(text) > limit:
        raise TextTooLong(length=len(text), limit=limit)
    if text.isascii() and text.isprintable():
        return _folded(text, keeps_lines=keeps_lines), ()
    remarks = []
    for name, pattern in _REMOVED.items():
        text, count = pattern.subn("", text)
        if count:
            remarks.append(f"Removed {name} ({count}).")
    text = unicodedata.normalize("NFC", text)
    while (without := _STRAY_JOINER.sub("", text)) != text:
        text = unicodedata.normalize("NFC", without)
    return _folded(text, keeps_lines=keeps_lines), tuple(remarks)


def _folded(text: str, *, keeps_lines: bool) -> str:
    folded = _SPACE.sub(_gap if keeps_lines else " ", text).strip()
    if not folded:
        raise EmptyText
    return folded


def _gap(space: re.Match[str]) -> str:
    return "\n" if _LINE_END.search(space.group()) else " "
