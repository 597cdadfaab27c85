"""What is added to the words of an operation: how to hand a result over, what to choose from."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from donna_core.domain.workflow.artifact import (
    Operation,
    RequestAction,
    ResultRule,
    RunScript,
    Section,
)
from donna_core.domain.workflow.ids import OperationId
from donna_skills.workflows.speaker import Speaker

if TYPE_CHECKING:
    from donna_skills.workflows.documents import Shown


def rule_of(operation: Operation) -> ResultRule | None:
    """Return what an operation asks of the result of its agent, where it asks for one."""
    return operation.result if isinstance(operation, RequestAction) else None


def offered(section: Section, source: OperationId, shown: Shown) -> tuple[str, ...]:
    """Return where a section may lead to, as it stands and as it was rendered for the task."""
    spoken: list[str] = []
    if isinstance(section.operation, RequestAction):
        # What stands in the heading is no offer, and the formatter may have escaped names.
        text = shown.body.replace("\\", "")
        spoken = [
            name for name in shown.rendering.gotos if f"'{source.artifact.operation(name)}'" in text
        ]
    return tuple(dict.fromkeys((*spoken, *section.transitions)))


def instructed(body: str, operation: Operation, speaker: Speaker) -> str:
    """Return the body of a request; one that wants a result says how to hand it over."""
    rule = rule_of(operation)
    if rule is None:
        return body
    schema = json.dumps(rule.schema, indent=2, ensure_ascii=False)
    target = "" if rule.key is not None else " '<operation-id>'"
    words = f"sessions action-request-completed <action-request-id>{target} --result '<JSON>'"
    return (
        f"{body}\n\nReport the result as JSON that fits this schema, with "
        f"`{speaker.command(words)}`:\n\n```json\n{schema}\n```"
    )


def doubt(section: Section, source: OperationId, speaker: Speaker) -> str:
    """Return the question about a script that was begun and whose end nobody saw."""

    def choice(target: str) -> str:
        operation = source.artifact.operation(target)
        words = f"sessions action-request-completed <action-request-id> '{operation}'"
        return speaker.command(words)

    script = section.operation
    lines = [
        (
            f"The script of `{source}` was begun and Donna was cut off before it ended: "
            "it may have run, wholly or in part. Look at what it has done, then choose:"
        ),
        "",
        f"- run it again: `{choice(section.id)}`",
    ]
    if isinstance(script, RunScript):
        if script.on_success is not None:
            lines.append(f"- go on as after success: `{choice(script.on_success)}`")
        if script.on_failure is not None:
            lines.append(f"- go on as after failure: `{choice(script.on_failure)}`")
        lines += [
            f"- go on as after exit code {code}: `{choice(target)}`"
            for code, target in script.on_code.items()
        ]
    return "\n".join(lines)
