"""What can be known to be wrong with a skill before it is ever run."""

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from typing import Any

from attrs import frozen

from donna_core.domain.skill.document import (
    MOST_STEPS,
    TOOL_RESULTS,
    Invocation,
    Skill,
    Step,
    StepKind,
    reads_of,
)
from donna_core.domain.skill.evaluation import ExpressionError
from donna_core.domain.skill.expressions import Read, holds

Where = tuple[str | int, ...]

_ALWAYS = frozenset({"inputs", "state"})


@frozen(kw_only=True)
class Problem:
    """What is wrong, and where in the document, as a path of keys and indices."""

    where: Where
    message: str


def problems(
    skill: Skill, *, tools: AbstractSet[str], granted: AbstractSet[str] | None = None
) -> tuple[Problem, ...]:
    """Return everything that is wrong with the skill, in the order of its text.

    ``tools`` are all tools there are; ``granted`` those its capability grants, where known.
    """
    return tuple(_problems(skill, tools, granted))


def _problems(
    skill: Skill, tools: AbstractSet[str], granted: AbstractSet[str] | None
) -> Iterator[Problem]:
    if len(skill.steps) > MOST_STEPS:
        yield Problem(where=("steps",), message=f"there are more than {MOST_STEPS} steps")
    known: set[str] = set()
    for index, step in enumerate(skill.steps):
        where: Where = ("steps", index)
        if step.name in known:
            yield Problem(where=(*where, "name"), message=f"'{step.name}' is the name of two steps")
        yield from _of_tools(step, where, tools, granted)
        yield from _of_shape(step, where)
        yield from _of_reads(skill, step, where, known)
        known.add(step.name)
        if step.kind is StepKind.MIXED:
            known.add(f"{step.name}{TOOL_RESULTS}")
    if skill.final_output is not None:
        reads = skill.final_output.reads
        yield from _of_scope(skill, reads, ("final_output",), known, _ALWAYS)


def _of_tools(
    step: Step, where: Where, tools: AbstractSet[str], granted: AbstractSet[str] | None
) -> Iterator[Problem]:
    for tool in sorted(step.tools - tools):
        yield Problem(where=(*where, "tools"), message=f"there is no tool '{tool}'")
    for tool in sorted(step.tools & tools - granted) if granted is not None else ():
        message = f"the capability does not grant the tool '{tool}'"
        yield Problem(where=(*where, "tools"), message=message)
    for at, invocation in enumerate(step.invocations):
        if invocation.tool not in step.tools:
            message = f"the step does not list the tool '{invocation.tool}'"
            yield Problem(where=(*where, "tool_invocations", at, "tool"), message=message)


def _of_shape(step: Step, where: Where) -> Iterator[Problem]:
    asks = step.kind is not StepKind.TOOL
    if asks and step.prompt is None:
        yield Problem(where=where, message=f"the step '{step.name}' asks a model without a prompt")
    if asks and step.schema is None:
        message = f"the step '{step.name}' asks a model without an output_schema"
        yield Problem(where=where, message=message)
    if not asks and (step.prompt is not None or step.schema is not None or step.model is not None):
        message = "a step of the kind tool has no prompt, output_schema or model"
        yield Problem(where=where, message=message)
    if step.kind is not StepKind.LLM and not step.invocations:
        message = f"the step '{step.name}' calls no tool: it needs tool_invocations"
        yield Problem(where=where, message=message)
    if step.kind is StepKind.LLM and step.invocations:
        message = "a step of the kind llm has no tool_invocations; the kind mixed has"
        yield Problem(where=(*where, "tool_invocations"), message=message)
    if step.condition is not None and step.condition.is_constant and not _can_hold(step):
        message = f"the step '{step.name}' is never reached"
        yield Problem(where=(*where, "condition"), message=message)


def _can_hold(step: Step) -> bool:
    try:
        return step.condition is None or holds(step.condition, {})
    except ExpressionError:
        return False


def _of_reads(skill: Skill, step: Step, where: Where, known: AbstractSet[str]) -> Iterator[Problem]:
    if step.condition is not None:
        yield from _of_scope(skill, step.condition.reads, (*where, "condition"), known, _ALWAYS)
    for at, invocation in enumerate(step.invocations):
        place = (*where, "tool_invocations", at)
        for key, value, names in _parts_of(invocation):
            yield from _of_scope(skill, reads_of(value), (*place, key), known, names)
    if step.prompt is not None:
        own = {f"{step.name}{TOOL_RESULTS}"} if step.kind is StepKind.MIXED else set()
        yield from _of_scope(skill, step.prompt.reads, (*where, "prompt"), known | own, _ALWAYS)


def _parts_of(invocation: Invocation) -> Iterator[tuple[str, Any, AbstractSet[str]]]:
    inner = _ALWAYS
    if invocation.repeat is not None:
        yield "for_each", invocation.repeat.items, _ALWAYS
        inner = _ALWAYS | {invocation.repeat.name, "loop"}
    yield "args", invocation.args, inner
    yield "store_as", invocation.store_as, inner


def _of_scope(
    skill: Skill,
    reads: frozenset[Read],
    where: Where,
    known: AbstractSet[str],
    names: AbstractSet[str],
) -> Iterator[Problem]:
    declared: Mapping[str, Any] = skill.input_schema.get("properties", {})
    for read in sorted(reads):
        root, rest = read[0], read[1:]
        if root not in names:
            message = f"'{root}' is not defined here; there are {', '.join(sorted(names))}"
            yield Problem(where=where, message=message)
        elif root == "inputs" and rest and rest[0] not in declared:
            message = f"the input '{rest[0]}' is not declared"
            yield Problem(where=where, message=message)
        elif root == "state" and rest and rest[0] not in known:
            message = f"no step before has written state.{rest[0]}"
            yield Problem(where=where, message=message)
