"""The days ahead, proposed unasked: a message that changes nothing before it is applied."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from donna_core.domain.effects import Channel, Message, MessageKind
from donna_core.domain.followup.phrasing import counted, moment, one_line
from donna_core.domain.planning.proposal import Proposal
from donna_core.domain.planning.reasons import say
from donna_core.domain.policy import Policy
from donna_core.ports.unit_of_work import Stores
from donna_core.usecases.plan_week import proposal_now

_SHOWN = 12


def week_ahead(
    stores: Stores, policy: Policy, *, key: str, at: datetime, unreadable: Sequence[str] = ()
) -> Iterator[Message]:
    """Yield the proposal for the days ahead; nothing where there is nothing to plan."""
    zone = policy.zone
    if unreadable:
        names = ", ".join(unreadable)
        body = f"I could not read {names}, so I do not know what is free. `donna doctor` says why."
        yield _message(key, "The week ahead: not planned", [body], at)
        return
    proposal = proposal_now(stores, policy, at)
    if proposal.placements or proposal.unplaced:
        yield _message(key, "The week ahead", list(_lines(proposal, zone, at)), at)


def _lines(proposal: Proposal, zone: ZoneInfo, at: datetime) -> Iterator[str]:
    changes = proposal.changes
    kept = len(proposal.placements) - len(changes)
    if changes:
        what = counted(len(changes), "task", "tasks")
        yield f"I would move or place {what} and leave {kept} where they are:"
    else:
        what = counted(kept, "task is", "tasks are")
        yield f"{what} where they do the most good. Nothing has to move."
    for each in changes[:_SHOWN]:
        was = f", now {moment(each.before.start, zone=zone, at=at)}" if each.before else ""
        risk = " (at risk)" if proposal.is_at_risk(each) else ""
        when = moment(each.when.start, zone=zone, at=at)
        yield f"- {when}: {one_line(each.title, limit=60)} ({each.task.handle}){was}{risk}"
    if len(changes) > _SHOWN:
        yield f"- and {len(changes) - _SHOWN} more"
    for left_out in proposal.unplaced[:_SHOWN]:
        why = say(left_out.reason, zone=zone).removeprefix("because ")
        yield f"- no room for {one_line(left_out.task.title, limit=60)}: {why}"
    if changes:
        yield "Nothing is changed yet: `donna plan week` shows why, `--apply` does it."


def _message(key: str, subject: str, lines: list[str], at: datetime) -> Message:
    return Message(
        key=key,
        channel=Channel.DISCORD,
        kind=MessageKind.DIGEST,
        subject=subject,
        body="\n".join(lines),
        priority=3,
        not_before=at,
    )
