"""What giving account shows: promises with their receipts, commands with what they changed."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from donna_cli.render import Block, Grid
from donna_core.domain.effects import Message
from donna_core.domain.followup.phrasing import length
from donna_core.domain.tasks.history import Actor, Change, Command, differences
from donna_core.domain.tasks.task import Task
from donna_core.domain.wording import Line, Scene, Tone, handle, moment, spaced
from donna_core.ports.outbox import OutboxRow
from donna_core.usecases.promises import Account, Promise


def promises(account: Account, scene: Scene, *, broken: bool) -> Iterator[Block]:
    """Yield a table of promises, or the word that there is none."""
    if not account.promises:
        none = "No promise was broken." if broken else "Donna owes you nothing yet."
        yield Line(none, Tone.GOOD if broken else Tone.PLAIN)
        return
    yield Grid(
        columns=("Due", "What", "About", "State", "Receipt"),
        rows=tuple(_promise(each, scene) for each in account.promises),
        wide="Receipt",
    )


def history(commands: Sequence[Command], scene: Scene) -> Iterator[Block]:
    """Yield each command with what it changed, field by field."""
    if not commands:
        yield Line("Nothing was asked for yet.")
    for command in commands:
        who = "you" if command.actor is Actor.PERSON else "Donna"
        said = f" ({command.text})" if command.text and command.actor is Actor.PERSON else ""
        undone = ", taken back since" if command.undone else ""
        yield Line(f"{moment(command.at, scene)}  {who}: {spaced(command.verb)}{said}{undone}")
        for change in command.tasks:
            yield from _change(change, scene)
        for pursuit in command.escalations:
            after = pursuit.after
            state = f"tier {after.tier}, {spaced(after.status)}" if after else "dropped"
            yield Line(f"pursuit: {state}", Tone.QUIET, 1)
        if command.attention is not None and command.attention.after is not None:
            attention = command.attention.after
            quiet = _value(attention.quiet_until, scene)
            yield Line(f"quiet until {quiet}; paused {_value(attention.paused_at, scene)}", depth=1)


def _promise(each: Promise, scene: Scene) -> tuple[str, ...]:
    receipts = "; ".join(_receipt(row, scene) for row in each.receipts) or each.why
    return (
        moment(each.job.job.run_at, scene),
        spaced(each.job.job.kind),
        handle(each.task) if each.task else "",
        each.standing,
        receipts,
    )


def _receipt(row: OutboxRow, scene: Scene) -> str:
    sent = f" {moment(row.sent_at, scene)}" if row.sent_at else ""
    note = f" ({row.note})" if row.note else ""
    lane = row.delivery.channel if isinstance(row.delivery, Message) else "calendar"
    return f"{lane} {spaced(row.state)}{sent}{note}"


def _change(change: Change[Task], scene: Scene) -> Iterator[Line]:
    task = change.after or change.before
    if task is None:
        return
    if change.before is None:
        yield Line(f"{handle(task)}: kept", depth=1)
    elif change.after is None:
        yield Line(f"{handle(task)}: taken away", depth=1)
    else:
        yield Line(handle(task), depth=1)
    for name, before, after in differences(change):
        former, present = _value(before, scene), _value(after, scene)
        yield Line(f"{spaced(name)}: {former} → {present}", Tone.QUIET, 2)


def _value(value: object, scene: Scene) -> str:
    match value:
        case None | "" | ():
            return "none"
        case datetime():
            return moment(value, scene)
        case timedelta():
            return length(value)
        case tuple():
            return ", ".join(map(str, value))
        case _:
            return str(value)
