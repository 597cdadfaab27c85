"""A note: front matter, a mapping in YAML between two lines of dashes, and a body in Markdown."""

import hashlib
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import yaml
from attrs import frozen

from donna_core.domain.timing.zones import MIDNIGHT, instant_at
from donna_memory.documents import hash_of
from donna_memory.vault.folder import FileStat
from donna_memory.vault.paths import NotePath
from donna_memory.vault.refusals import Reason, VaultRefused

_FRONT = re.compile(r"\A---[ \t]*\r?\n(.*?)^---[ \t]*(?:\r?\n|\Z)", re.DOTALL | re.MULTILINE)
_LINK = re.compile(r"\[\[([^\[\]|#\n]+)(?:#[^\[\]|\n]*)?(?:\|[^\[\]\n]*)?\]\]")
LOCAL_ONLY = ("donna", "local-only")
SENSITIVE = "donna_sensitive"
AUTHOR = "autowritten_by"
SEAL = "autowritten_sha256"
"""The property that holds the hash of a body as Donna wrote it."""

_TIMES = ("date", "created")


@frozen(kw_only=True)
class Note:
    """A note as read: ``body`` is what follows the front matter.

    ``marked`` says that it is its owner's alone, whatever stands in it.
    """

    path: NotePath
    body: str
    front_matter: Mapping[str, Any]
    stat: FileStat
    marked: bool = False

    @property
    def is_untouched(self) -> bool:
        """Whether Donna wrote it, and nobody changed its body since."""
        front = self.front_matter
        return bool(front.get(AUTHOR)) and as_text(front.get(SEAL)) == seal_of(self.body)

    @property
    def body_hash(self) -> str:
        """SHA-256 of the body, which it keeps under another name."""
        return hash_of(self.body)

    @property
    def title(self) -> str:
        """The title of the front matter, else the name of the file."""
        named = self.front_matter.get("title")
        return str(named) if named else self.path.rpartition("/")[2].removesuffix(".md")

    def time(self, zone: ZoneInfo) -> datetime:
        """When the note is of: its ``date``, else ``created``, else when its file was changed.

        A date is its first instant in the zone, and so is a time without an offset.
        """
        stated = (_instant(self.front_matter.get(key), zone) for key in _TIMES)
        return next((each for each in stated if each is not None), self.stat.changed_at)

    @property
    def is_sensitive(self) -> bool:
        """Whether the note must not leave this machine, and Donna must not write to it."""
        key, value = LOCAL_ONLY
        return (
            self.marked
            or bool(self.front_matter.get(SENSITIVE))
            or self.front_matter.get(key) == value
        )

    @property
    def links(self) -> tuple[str, ...]:
        """What the body links to as ``[[target]]``, each once, without headings and aliases."""
        return tuple(dict.fromkeys(targets_of(self.body)))


def targets_of(body: str) -> Iterator[str]:
    """Yield what each ``[[target#heading|alias]]`` of a body links to, as often as it does."""
    targets = (match.group(1).strip() for match in _LINK.finditer(body))
    return (target for target in targets if target)


def split(text: str, *, path: str) -> tuple[Mapping[str, Any], str]:
    """Return the front matter and the body; raise ``VaultRefused`` for one that is no mapping."""
    found = _FRONT.match(text)
    if found is None:
        return {}, text
    try:
        front = yaml.safe_load(found.group(1))
    except (yaml.YAMLError, RecursionError) as error:
        raise VaultRefused(path, Reason.UNREADABLE, detail=str(error).splitlines()[0]) from error
    if front is None:
        front = {}
    if not isinstance(front, dict):
        raise VaultRefused(path, Reason.UNREADABLE, detail="the front matter is no mapping")
    return {str(key): value for key, value in front.items()}, text[found.end() :]


def joined(front_matter: Mapping[str, Any], body: str) -> str:
    """Return the text of a note; ``split`` gives back what went in, dates as dates."""
    if not front_matter:
        return body
    written = yaml.safe_dump(
        dict(front_matter), allow_unicode=True, sort_keys=False, default_flow_style=False
    )
    return f"---\n{written}---\n{body}"


def _instant(value: object, zone: ZoneInfo) -> datetime | None:
    """Return the instant that a property states, if it states one at all."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value.strip())
        except ValueError:
            return None
    try:
        if isinstance(value, datetime):
            known = value.utcoffset() is not None
            return value.astimezone(UTC) if known else instant_at(value.date(), value.time(), zone)
        return instant_at(value, MIDNIGHT, zone) if isinstance(value, date) else None
    except (OverflowError, ValueError):
        return None  # the first or the last day there is


def seal_of(body: str) -> str:
    """Return the hash of a body; white space at the ends of lines and of the note is no change."""
    lines = "\n".join(line.rstrip() for line in body.strip().splitlines())
    return hashlib.sha256(lines.encode()).hexdigest()


def as_text(value: object) -> str:
    """Return a value of the front matter as it was meant where text is wanted.

    YAML reads an unquoted 2026-04-20 as a date.
    """
    if isinstance(value, datetime | date):
        return value.isoformat()
    return "" if value is None else str(value)
