"""What the owner is told about skills: one that lost its trust, one that waits for a word."""

from datetime import datetime

from donna_core.domain.effects import Channel, Message, MessageKind
from donna_core.domain.skill.gates import Evidence
from donna_core.domain.skill.lifecycle import Standing, Transition

_PRIORITY = 3


def flagged_notice(step: Transition) -> Message:
    """Return the word that a skill is used no more until its owner has looked at it."""
    why = f" It rests on {_figures(step.evidence)}." if step.evidence is not None else ""
    return _notice(
        f"skill:{step.skill}:flagged:{step.at.isoformat()}",
        subject=f"The skill '{step.skill}' is set aside for a look",
        body=(
            f"It agrees less with what is right than when it was trusted, or you corrected it."
            f"{why} `donna skills why {step.skill}` shows everything; "
            f"`donna skills promote {step.skill}` trusts it again, "
            f"`donna skills demote {step.skill}` marks it as degraded."
        ),
        at=step.at,
    )


def ready_notice(standing: Standing, evidence: Evidence, *, at: datetime) -> Message:
    """Return the word that a gate is passed and only the owner's is missing; once a version."""
    return _notice(
        f"skill:{standing.skill}:{standing.version}:{standing.state}:ready",
        subject=f"The skill '{standing.skill}' waits for your word",
        body=(
            f"It passed the gate '{evidence.gate}' with {_figures(evidence)}. "
            f"`donna skills why {standing.skill}` shows what it rests on, "
            f"`donna skills promote {standing.skill}` lets it go on."
        ),
        at=at,
    )


def _figures(evidence: Evidence) -> str:
    known = [each for each in evidence.measures if each.value is not None]
    return ", ".join(f"{each.name.replace('_', ' ')} {each.value:.3g}" for each in known)


def _notice(key: str, *, subject: str, body: str, at: datetime) -> Message:
    return Message(
        key=key,
        channel=Channel.DISCORD,
        kind=MessageKind.NOTICE,
        subject=subject,
        body=body,
        priority=_PRIORITY,
        not_before=at,
    )
