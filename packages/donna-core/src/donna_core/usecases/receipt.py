"""The receipt of a command: what was understood, what was done, why, and how to undo it.

It is read from the recorded command alone, so it can claim nothing that did not happen.
"""

from collections.abc import Iterator, Mapping, Sequence

from attrs import field, frozen

from donna_core.domain.capture.reading import Intent, Reading
from donna_core.domain.followup.escalation import Escalation, EscalationStatus
from donna_core.domain.ids import TaskId
from donna_core.domain.planning.reasons import ReasonCode
from donna_core.domain.spending.notices import raised
from donna_core.domain.tasks.history import REMEMBER, Change, Command, Topic
from donna_core.domain.tasks.task import NEEDS_REVIEW, Task
from donna_core.domain.wording import (
    Line,
    Scene,
    Tone,
    because,
    facts,
    handle,
    moment,
    offers,
    span,
)
from donna_core.usecases.advance import Changed
from donna_core.usecases.capture import Captured, Outcome
from donna_core.usecases.runtime import Runtime

Result = Changed | Captured | tuple[Command, Changed]
"""What a use case that changes something returns; an undo also what it took back."""

_DID: Mapping[str, str] = {
    "capture": "Added",
    REMEMBER: "Remembered",
    "start": "Started",
    "done": "Done",
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
    "plan week": "Planned",
    "what if": "Planned",
    "edit": "Changed",
    "lock": "Locked",
    "unlock": "Unlocked",
    "merge": "Merged",
    "undo": "As before",
    "redo": "Again",
    "ack": "Seen",
    "busy": "Later",
    "quiet": "Quiet",
}
# What is explained unasked; likeness has lines of its own, and the size is left to ``why``.
_SUBJECTS = {
    Topic.PLACEMENT: "",
    Topic.ANCHOR: "",
    Topic.LOAD: "",
    Topic.LENGTH: "length ",
    Topic.PRIORITY: "priority ",
}


_INSTEAD: Mapping[Intent, tuple[str, ...]] = {
    Intent.TASK_QUERY: ("today", "week", "list"),
    Intent.TASK_ACTION: ("done", "move", "drop", "edit"),
    Intent.PLANNING: ("plan",),
}
_MOST_OFFERED = 2  # other times that a receipt names


@frozen(kw_only=True)
class Receipt:
    """What one command did; ``captured`` and ``took_back`` belong to ``add`` and ``undo``.

    ``pursued`` are the tasks of the pursuits and the allowances it changed, ``problems`` say
    what outside could not be read or written.
    """

    scene: Scene
    command: Command | None
    captured: Captured | None = None
    took_back: Command | None = None
    pursued: Mapping[TaskId, Task] = field(factory=dict)
    problems: tuple[str, ...] = ()
    dry_run: bool = False

    @property
    def changes(self) -> tuple[Change[Task], ...]:
        """What became of each task, in the order they were touched, pieces of one in theirs."""
        changes = self.command.tasks if self.command else ()
        touched = {_task_of(change).id: place for place, change in enumerate(changes)}

        def order(change: Change[Task]) -> tuple[int, int]:
            task = _task_of(change)
            own = touched[task.id]
            return touched.get(task.parent_task or task.id, own), task.number

        return tuple(sorted(changes, key=order))

    @property
    def talk(self) -> Command | None:
        """What was said and is remembered now, or forgotten where it was taken back."""
        said = self.took_back or self.command
        return said if said is not None and said.verb == REMEMBER else None

    @property
    def outcome(self) -> str:
        """What became of a sentence or of talk; of everything else that it is changed."""
        if self.captured is not None:
            return self.captured.outcome
        return Outcome.REMEMBERED if self.talk and not self.took_back else "changed"

    @property
    def did_anything(self) -> bool:
        """Whether the command changed anything."""
        command = self.command
        return command is not None and bool(
            command.tasks
            or command.escalations
            or command.attention
            or command.allowances
            or self.talk
        )

    @property
    def way_back(self) -> str | None:
        """What takes the command back, as the face spells it."""
        if self.command is None or self.dry_run:
            return None
        return self.scene.spelling.command("redo" if self.command.undoes else "undo")

    @property
    def reading(self) -> Reading | None:
        """What was understood, where a sentence was read."""
        return self.captured.reading if self.captured else None


async def receipt_of(
    runtime: Runtime,
    result: Result,
    *,
    scene: Scene,
    problems: Sequence[str] = (),
    dry_run: bool = False,
) -> Receipt:
    """Return the receipt of what a use case returned."""
    took_back, done = result if isinstance(result, tuple) else (None, result)
    return Receipt(
        scene=scene,
        command=done.command,
        captured=done if isinstance(done, Captured) else None,
        took_back=took_back,
        pursued=await _pursued(runtime, done.command),
        problems=tuple(dict.fromkeys(problems)),
        dry_run=dry_run,
    )


def lines(receipt: Receipt) -> Iterator[Line]:
    """Yield the lines of the receipt."""
    if receipt.dry_run:
        yield Line("Dry run: nothing is kept.", Tone.WARNING)
    if receipt.took_back is not None:
        back = receipt.took_back
        said = "Undone" if receipt.command and receipt.command.undoes else "Redone"
        yield Line(f"{said}: {back.verb} of {moment(back.at, receipt.scene)}", Tone.GOOD)
    if receipt.command is None:
        yield from _not_a_task(receipt)
        return
    for change in receipt.changes:
        yield from _change(change, receipt)
    yield from _pursuits(receipt)
    yield from _attention(receipt)
    yield from _allowances(receipt)
    yield from _talk(receipt)
    if not receipt.did_anything:
        yield Line("Nothing to change: everything is as it should be.")
    yield from _proposals(receipt)
    yield from _likeness(receipt)
    yield from _understanding(receipt)
    if receipt.way_back:
        said = "Redo" if receipt.command.undoes else "Undo"
        yield Line(f"{said}: {receipt.way_back}", Tone.QUIET)


def _understanding(receipt: Receipt) -> Iterator[Line]:
    """Yield what was odd, what was taken for granted, and the other times the words could mean."""
    captured = receipt.captured
    if captured is None or receipt.talk is not None:
        return
    odd = dict.fromkeys(remark for part in captured.parts for remark in part.reading.remarks)
    yield from (Line(f"Note: {each}", Tone.WARNING, 1) for each in odd)
    yield from (Line(f"Assumed: {each}", Tone.QUIET, 1) for each in captured.reading.assumed)
    for part in captured.parts:
        for other in part.reading.alternatives[:_MOST_OFFERED]:
            if part.task is not None:
                meant = other.astimezone(receipt.scene.zone)
                way = receipt.scene.spelling.command(
                    "move", str(part.task.number), f"{meant:%Y-%m-%d %H:%M}"
                )
                yield Line(f"Or {moment(other, receipt.scene)}: {way}", Tone.QUIET, 1)


def warnings(problems: Sequence[str]) -> Iterator[str]:
    """Yield what is said about things outside that did not answer."""
    for each in dict.fromkeys(problems):
        yield f"Not complete: {each}"


async def _pursued(runtime: Runtime, command: Command | None) -> dict[TaskId, Task]:
    if command is None or not (command.escalations or command.allowances):
        return {}
    records = [change.after or change.before for change in command.escalations]
    ids = [record.task_id for record in records if record is not None]
    ids += [TaskId(each.account.name) for each in command.allowances]
    found = await runtime.unit_of_work.run(lambda stores: stores.tasks.select(ids=ids))
    return {task.id: task for task in found}


def _task_of(change: Change[Task]) -> Task:
    task = change.after or change.before
    if task is None:
        raise ValueError("a change without a task before or after it")
    return task


def _not_a_task(receipt: Receipt) -> Iterator[Line]:
    words = receipt.reading.text if receipt.reading else ""
    yield Line(f"This does not read like a task: {words}", Tone.WARNING)
    verbs = _INSTEAD.get(receipt.reading.intent, ()) if receipt.reading else ()
    if verbs:
        ways = ", ".join(receipt.scene.spelling.command(verb) for verb in verbs)
        yield Line(f"Perhaps you mean: {ways}", depth=1)
    insist = receipt.scene.spelling.option("insist", value=True)
    yield Line(f"Nothing was kept. {insist} keeps it as it is.", depth=1)


def _talk(receipt: Receipt) -> Iterator[Line]:
    """Yield what is remembered or forgotten, in the words it was said in."""
    if receipt.talk is None or receipt.command is None:
        return
    did = "Forgotten" if receipt.command.undoes else _DID[REMEMBER]
    yield Line(f"{did}: {' '.join(receipt.talk.text.split())}", Tone.GOOD)
    if receipt.captured is not None and not receipt.captured.asked:
        insist = receipt.scene.spelling.option("insist", value=True)
        yield Line(f"Kept as you said it. {insist} makes a task of it.", depth=1)


def _change(change: Change[Task], receipt: Receipt) -> Iterator[Line]:
    task = change.after
    if task is None:
        if change.before is not None:
            yield Line(f"Gone: {handle(change.before)}", Tone.GOOD)
        return
    yield Line(f"{_headline(change, receipt)}: {handle(task)}", Tone.GOOD)
    yield Line(facts(task, receipt.scene), depth=1)
    yield from _reasons(task, receipt)
    if NEEDS_REVIEW in task.tags and change.before is None and receipt.captured:
        review = receipt.scene.spelling.command("edit", task.number, reviewed=True)
        yield Line(f"Not sure about this one: {review}", Tone.QUIET, 1)


def _headline(change: Change[Task], receipt: Receipt) -> str:
    """Return what was done to the task: the verb's word, or what followed from the verb."""
    command, captured = receipt.command, receipt.captured
    verb = command.verb if command else "capture"
    part = captured.part_about(change.before) if captured and change.before else None
    if part is not None and part.duplicate_of is not None:
        return str(part.outcome).capitalize()
    if verb != "capture" and change.before is None and receipt.took_back is None:
        return "Next"
    if verb == "merge" and change.after is not None and not change.after.is_open:
        return "Folded in"
    return _DID.get(verb, verb.capitalize())


def _reasons(task: Task, receipt: Receipt) -> Iterator[Line]:
    for each in receipt.command.explanations if receipt.command else ():
        if each.task_id != task.id or each.topic not in _SUBJECTS:
            continue
        yield Line(f"{_SUBJECTS[each.topic]}{because(each.reasons, receipt.scene)}", depth=1)
        yield from (Line(offer, depth=2) for offer in offers(each.offers, task, receipt.scene))


def _proposals(receipt: Receipt) -> Iterator[Line]:
    """Yield what could make way for what was done, and how to let it."""
    scene = receipt.scene
    for each in receipt.command.explanations if receipt.command else ():
        for number, offer in enumerate(each.offers, start=1):
            facts_ = offer.gives_up.facts
            if offer.gives_up.code is ReasonCode.MADE_WAY:
                way = scene.spelling.command("accept", facts_["number"], offer=number)
                what = f"#{facts_['number']} {facts_['title']} could move"
                yield Line(
                    f"To make room, {what} to {span(offer.when, scene)}: {way}", Tone.WARNING
                )


def _likeness(receipt: Receipt) -> Iterator[Line]:
    for part in receipt.captured.parts if receipt.captured else ():
        yield from _likeness_of(part, receipt.scene)


def _likeness_of(captured: Captured, scene: Scene) -> Iterator[Line]:
    if captured.task is None:
        return
    twin, number = captured.duplicate_of, captured.task.number
    if twin is not None and twin.number != number:
        spell = scene.spelling.command
        one, two = spell("merge", twin.number, number), spell("edit", number, reviewed=True)
        yield Line(f"Looks like {handle(twin)} (one task: {one}; two: {two})", Tone.WARNING, 1)
    for related in captured.related:
        yield Line(f"Related: {handle(related)}", Tone.QUIET, 1)


def _pursuits(receipt: Receipt) -> Iterator[Line]:
    command = receipt.command
    if command is None or command.verb not in {"ack", "busy"}:
        return
    for change in command.escalations:
        if change.after is None:
            continue
        task = receipt.pursued.get(change.after.task_id)
        name = handle(task) if task else change.after.ref
        yield Line(f"{_DID[command.verb]}: {name}", Tone.GOOD)
        yield Line(_outlook(change.after, receipt.scene), depth=1)


def _outlook(pursuit: Escalation, scene: Scene) -> str:
    if pursuit.status is EscalationStatus.BACKED_OFF:
        return f"Donna asks again {moment(pursuit.next_at, scene)}"
    return "Donna asks no more"


def _allowances(receipt: Receipt) -> Iterator[Line]:
    for each in receipt.command.allowances if receipt.command else ():
        task = receipt.pursued.get(TaskId(each.account.name))
        yield Line(raised(each, of=handle(task) if task else each.account.name), Tone.GOOD)


def _attention(receipt: Receipt) -> Iterator[Line]:
    change = receipt.command.attention if receipt.command else None
    if change is None:
        return
    before, after = change.before, change.after
    if before is not None and after is not None and before.off != after.off:
        for when in after.off:
            if when not in before.off:
                yield Line(f"Off until {moment(when.end, receipt.scene)}.", Tone.GOOD)
        return
    until = change.after.quiet_until if change.after else None
    if change.after is not None and change.after.paused_at is not None:
        end = receipt.scene.spelling.command("resume")
        yield Line("Nothing leaves any more: no message and no calendar write.", Tone.GOOD)
        yield Line(f"What you say is kept. `{end}` ends it.", depth=1)
    elif until is None:
        yield Line("Messages go out as usual.", Tone.GOOD)
    else:
        yield Line(f"Quiet until {moment(until, receipt.scene)}", Tone.GOOD)
        end = receipt.scene.spelling.command("quiet", None)
        yield Line(f"Only priority 5 goes out before. `{end}` ends it.", depth=1)
