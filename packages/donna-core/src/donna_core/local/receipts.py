"""The receipt of a request: what was done to which task, and why.

It is read from the recorded command alone, so it can claim nothing that did not happen.
"""

from collections.abc import Iterator
from typing import Any

from attrs import frozen

from donna_core.domain.codec import to_plain
from donna_core.domain.planning.reasons import say_all
from donna_core.domain.tasks.history import Change, Command, Explanation
from donna_core.domain.tasks.task import Task
from donna_core.local import markup
from donna_core.local.views import (
    Here,
    TaskList,
    TaskRow,
    View,
    explained,
    facts,
    hours,
    named,
    short,
)
from donna_core.usecases.capture import Captured

_DID = {
    "capture": "Added",
    "start": "Started",
    "block": "Blocked",
    "unblock": "Goes on",
    "drop": "Dropped",
    "reopen": "Back again",
    "move": "Moved",
    "snooze": "Snoozed",
    "pin": "Pinned",
    "unpin": "Unpinned",
    "accept": "Accepted",
    "plan": "Planned",
    "edit": "Changed",
    "merge": "Merged",
    "undo": "As before",
    "redo": "Again",
}


@frozen(kw_only=True, repr=False)
class Receipt(View):
    """What one request did. ``took_back`` is what an undo or redo was about.

    ``problems`` say what could not be read. ``command`` is ``None`` when nothing was kept.
    """

    here: Here
    command: Command | None
    captured: Captured | None = None
    took_back: Command | None = None
    problems: tuple[str, ...] = ()

    @property
    def tasks(self) -> TaskList:
        """The tasks the request changed and left, in the order it touched them."""
        changed = tuple(change.after for change in self._changes if change.after is not None)
        return TaskList(tasks=changed, here=self.here, empty="No task changed.")

    @property
    def task(self) -> TaskRow | None:
        """The task the request was about: the captured one, or the first that changed."""
        if self.captured is not None and self.captured.task is not None:
            return TaskRow(task=self.captured.task, here=self.here)
        return self.tasks[0] if self.tasks else None

    @property
    def duplicate_of(self) -> TaskRow | None:
        """The task that a captured one was taken for."""
        twin = self.captured.duplicate_of if self.captured else None
        return TaskRow(task=twin, here=self.here) if twin else None

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why everything is where it now is, in words."""
        return tuple(explained(each, self.here) for each in self._explanations)

    def __str__(self) -> str:
        return "\n\n".join("\n  ".join(block) for block in self._blocks())

    def _repr_html_(self) -> str:
        return "".join(markup.paragraphs(block) for block in self._blocks())

    def to_dict(self) -> dict[str, Any]:
        return {
            "verb": self.command.verb if self.command else None,
            "tasks": [row.to_dict() for row in self.tasks],
            "removed": [c.before.number for c in self._changes if c.before and not c.after],
            "reading": to_plain(self.captured.reading) if self.captured else None,
            "duplicate_of": self.duplicate_of["number"] if self.duplicate_of else None,
            "took_back": self.took_back.verb if self.took_back else None,
            "reasons": list(self.reasons),
            "problems": list(self.problems),
        }

    @property
    def _changes(self) -> tuple[Change[Task], ...]:
        return self.command.tasks if self.command else ()

    @property
    def _explanations(self) -> tuple[Explanation, ...]:
        return self.command.explanations if self.command else ()

    def _blocks(self) -> Iterator[tuple[str, ...]]:
        if self.command is None:
            text = self.captured.reading.text if self.captured else ""
            hint = "Nothing was kept. capture(text, insist=True) keeps it as it is."
            yield (f"This does not read like a task: {short(text)}", hint)
            return
        if self.took_back is not None:
            said = "Undone" if self.command.undoes else "Redone"
            yield (f"{said}: {self.took_back.verb} {short(self.took_back.text)}".rstrip(),)
        for change in self._changes:
            yield self._block(change)
        if not (self._changes or self.took_back):
            yield (self._without_tasks(self.command),)
        for problem in self.problems:
            yield (f"Not complete: {problem}",)

    def _block(self, change: Change[Task]) -> tuple[str, ...]:
        task = change.after
        if task is None:
            return (f"Gone: {named(change.before)}" if change.before else "Gone",)
        lines = [facts(task, self.here)]
        for each in self._explanations:
            if each.task_id == task.id:
                lines += [explained(each, self.here), *self._offers(each)]
        part = self.captured.part_about(task) if self.captured else None
        if part is not None:
            lines += [short(remark) for remark in part.reading.remarks]
        return (f"{self._headline(change)}: {named(task)}", *lines)

    def _headline(self, change: Change[Task]) -> str:
        verb = self.command.verb if self.command else ""
        part = self.captured.part_about(change.before) if self.captured and change.before else None
        if part is not None:
            return str(part.outcome.value).capitalize()
        if verb == "done":
            return "Next" if change.before is None else "Done"
        if verb == "merge" and change.after is not None and not change.after.is_open:
            return "Folded in"
        return _DID.get(verb, verb.capitalize())

    def _offers(self, explanation: Explanation) -> Iterator[str]:
        for number, offer in enumerate(explanation.offers, start=1):
            cost = say_all([offer.gives_up], zone=self.here.zone)
            yield f"{number}. {hours(offer.when.start, offer.when.length, self.here)}, {cost}"

    def _without_tasks(self, command: Command) -> str:
        if command.attention is not None and command.attention.after is not None:
            until = command.attention.after.quiet_until
            return f"Quiet until {self.here.moment(until)}" if until else "Messages go out again."
        if command.escalations:
            return "Seen: Donna asks no more."
        return "Nothing to change: everything is as it should be."
