"""The receipt of a request, as the facade hands it back."""

from collections.abc import Iterator
from typing import Any

from attrs import frozen

from donna_core.domain.codec import to_plain
from donna_core.domain.wording import Line, Tone, explained
from donna_core.local.views import LineView, TaskList, TaskRow
from donna_core.usecases import receipt


@frozen(kw_only=True, repr=False)
class Receipt(LineView):
    """What one request did and why; ``done`` is the whole of it.

    ``done.command`` is ``None`` when nothing was kept.
    """

    done: receipt.Receipt

    @property
    def tasks(self) -> TaskList:
        """The tasks the request changed and left, in the order it touched them."""
        changed = tuple(change.after for change in self.done.changes if change.after is not None)
        return TaskList(tasks=changed, scene=self.done.scene, empty="No task changed.")

    @property
    def task(self) -> TaskRow | None:
        """The task the request was about: the captured one, or the first that changed."""
        if self.done.captured is not None and self.done.captured.task is not None:
            return TaskRow(task=self.done.captured.task, scene=self.done.scene)
        return self.tasks[0] if self.tasks else None

    @property
    def duplicate_of(self) -> TaskRow | None:
        """The task that a captured one was taken for."""
        twin = self.done.captured.duplicate_of if self.done.captured else None
        return TaskRow(task=twin, scene=self.done.scene) if twin else None

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why everything is where it now is, in words."""
        return tuple(
            explained(each, self.done.scene)
            for each in (self.done.command.explanations if self.done.command else ())
        )

    def to_dict(self) -> dict[str, Any]:
        return {
            "verb": self.done.command.verb if self.done.command else None,
            "tasks": [row.to_dict() for row in self.tasks],
            "removed": [c.before.number for c in self.done.changes if c.before and not c.after],
            "reading": to_plain(self.done.captured.reading) if self.done.captured else None,
            "duplicate_of": self.duplicate_of["number"] if self.duplicate_of else None,
            "took_back": self.done.took_back.verb if self.done.took_back else None,
            "reasons": list(self.reasons),
            "problems": list(self.done.problems),
        }

    def _lines(self) -> Iterator[Line]:
        yield from receipt.lines(self.done)
        yield from (Line(each, Tone.WARNING) for each in receipt.warnings(self.done.problems))
