"""What listing needs to know of each artifact, kept so that unchanged files are not read again."""

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from attrs import frozen

from donna_core import __version__
from donna_core.domain.workflow.problems import ProblemsFound
from donna_core.local.ids import wall_milliseconds
from donna_skills.workflows.files import write

FORMAT = 1
_SETTLED = 100
"""Milliseconds after which a file's stamp is taken to tell of every change of it."""


@frozen(kw_only=True)
class Summary:
    """The head of an artifact as it is listed."""

    kind: str
    title: str
    tags: Sequence[str]
    text: str


class Index:
    """Summaries by path and stamp, in one file; losing it costs time and nothing else.

    ``variant`` names what else a summary depends on, such as the protocol.
    """

    def __init__(self, path: Path, *, variant: str) -> None:
        self._path = path
        self._variant = f"{FORMAT}:{__version__}:{variant}"
        self._known = self._read()
        self._changed = False

    def find(self, path: str, stamp: Sequence[int]) -> Summary | None:
        """Return the summary of a file that has not changed since."""
        known = self._known.get(path)
        if known is None or known[0] != list(stamp):
            return None
        kind, title, tags, text = known[1]
        return Summary(kind=kind, title=title, tags=tags, text=text)

    def keep(self, path: str, stamp: Sequence[int], summary: Summary) -> None:
        """Remember the summary of a file, unless it was changed only just now."""
        if wall_milliseconds() - max(stamp[0], stamp[2]) // 1_000_000 < _SETTLED:
            return
        row = [summary.kind, summary.title, list(summary.tags), summary.text]
        self._known[path] = [list(stamp), row]
        self._changed = True

    def save(self) -> None:
        """Write down what was learnt; where that is not possible the next listing is slower."""
        if self._changed:
            plain = {"variant": self._variant, "files": self._known}
            with suppress(ProblemsFound):
                write(self._path, json.dumps(plain).encode(), durable=False)

    def _read(self) -> dict[str, Any]:
        try:
            plain = json.loads(self._path.read_bytes())
        except (OSError, ValueError):
            return {}
        fits = isinstance(plain, Mapping) and plain.get("variant") == self._variant
        return dict(plain["files"]) if fits else {}
