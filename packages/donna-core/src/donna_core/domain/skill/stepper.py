"""The interpreter of skills: it asks for what it needs, is told what came of it, and does nothing.

``steps`` is a generator of requests. Whoever drives it (production, validation, shadow, replay)
sends the reply to each; the same replies lead to the same requests, so that a run is resumed by
replaying what was recorded of it.
"""

from collections.abc import Generator, Mapping
from typing import Any

from donna_core.domain.labels import NO_LABELS, Label, Labels, joined
from donna_core.domain.skill.document import (
    TOOL_RESULTS,
    Invocation,
    OnFailure,
    Skill,
    Step,
    StepKind,
    filled,
    reads_of,
)
from donna_core.domain.skill.evaluation import ExpressionError, loop_of
from donna_core.domain.skill.expressions import Read, holds
from donna_core.domain.skill.requests import (
    Fault,
    Fits,
    ModelAnswer,
    ModelCall,
    Outcome,
    Pause,
    Reply,
    Request,
    RunStatus,
    StepEnded,
    Steps,
    StepStatus,
)
from donna_core.domain.tools import ToolCall, ToolResult, ToolSpec, canonical

MOST_ITEMS = 50
MOST_ROUNDS = 5

_ENDS = {
    StepStatus.SCHEMA_INVALID: RunStatus.ESCALATED,
    StepStatus.TOOL_FAILED: RunStatus.ESCALATED,
    StepStatus.ESCALATE_SIGNAL: RunStatus.ESCALATED,
    StepStatus.SKILL_FAILED: RunStatus.FAILED,
}


def steps(
    skill: Skill,
    inputs: Mapping[str, Any],
    *,
    run_id: str,
    fits: Fits,
    specs: Mapping[str, ToolSpec],
    labels: Labels = NO_LABELS,
) -> Steps:
    """Run the skill: yield requests, take their replies, return how it ended.

    ``labels`` are those of the inputs; ``specs`` describe the tools to a model that may choose.
    Whatever the replies say, it ends: in an outcome, never in an error of its own.
    """
    return _Run(skill, inputs, run_id=run_id, fits=fits, specs=specs, labels=labels).all()


class _Stopped(Exception):
    """The step ends here."""

    def __init__(self, status: StepStatus, reason: str) -> None:
        self.status, self.reason = status, reason


class _Run:
    def __init__(
        self,
        skill: Skill,
        inputs: Mapping[str, Any],
        *,
        run_id: str,
        fits: Fits,
        specs: Mapping[str, ToolSpec],
        labels: Labels,
    ) -> None:
        self._skill, self._run_id = skill, run_id
        self._fits, self._specs = fits, specs
        self._state: dict[str, Any] = {}
        self._scope: dict[str, Any] = {"inputs": inputs, "state": self._state}
        self._input_labels = labels
        self._labels: dict[str, Labels] = {}

    def all(self) -> Steps:
        problem = self._fits(self._skill.input_schema, self._scope["inputs"])
        if problem:
            return Outcome(status=RunStatus.FAILED, reason=f"inputs: {problem}")
        output: Any = None
        for step in self._skill.steps:
            ended = yield from self._step(step)
            yield ended
            if ended.status in _ENDS:
                return Outcome(status=_ENDS[ended.status], reason=ended.error, labels=ended.labels)
            output = self._state[step.name] = ended.output
            self._labels[step.name] = ended.labels
        return self._outcome(output)

    def _outcome(self, last: Any) -> Outcome:
        final = self._skill.final_output
        try:
            output = last if final is None else final.value(self._scope)
        except ExpressionError as error:
            return Outcome(status=RunStatus.ESCALATED, reason=f"template_error: {error}")
        named = self._skill.state_write if isinstance(output, Mapping) else ()
        labels = joined(self._labels.values()) if final is None else self._of(final.reads)
        return Outcome(
            status=RunStatus.SUCCEEDED,
            output=output,
            labels=labels,
            kept={key: output[key] for key in named if key in output},
        )

    def _step(self, step: Step) -> Generator[Request, Reply, StepEnded]:
        skipped = self._skipped(step)
        if skipped is not None:
            return skipped
        labels = NO_LABELS
        try:
            results: dict[str, Any] = {}
            if step.kind is not StepKind.LLM:
                labels = yield from self._called(step, results)
            if step.kind is StepKind.TOOL:
                return _ended(step, {**results, "success": True}, labels)
            if step.kind is StepKind.MIXED:
                self._state[f"{step.name}{TOOL_RESULTS}"] = results
                self._labels[f"{step.name}{TOOL_RESULTS}"] = labels
            output, labels = yield from self._asked(step)
            return _ended(step, output, labels)
        except _Stopped as stop:
            return _stopped(step, stop, labels)
        except ExpressionError as error:
            reason = f"template_error: in step '{step.name}': {error.problem}"
            return _stopped(step, _Stopped(StepStatus.TOOL_FAILED, reason), labels)

    def _skipped(self, step: Step) -> StepEnded | None:
        if step.condition is None:
            return None
        error = ""
        try:
            if holds(step.condition, self._scope):
                return None
        except ExpressionError as wrong:
            error = f"its condition has no value: {wrong.problem}"
        output = {"success": False, "skipped": True}
        return StepEnded(step=step.name, status=StepStatus.SKIPPED, output=output, error=error)

    def _called(self, step: Step, results: dict[str, Any]) -> Generator[Request, Reply, Labels]:
        labels = NO_LABELS
        for index, invocation in enumerate(step.invocations):
            repeat = invocation.repeat
            if repeat is None:
                key = invocation.store_as.text(self._scope)
                call_id = f"{step.name}/{index}"
                results[key], found = yield from self._call(
                    step, invocation, self._scope, call_id=call_id, extra={}
                )
                labels |= found
                continue
            items = repeat.items.value(self._scope)
            if not isinstance(items, list) or len(items) > MOST_ITEMS:
                problem = f"dsl_error: for_each needs a list of at most {MOST_ITEMS} items"
                raise _Stopped(StepStatus.TOOL_FAILED, problem)
            extra = {repeat.name: self._of(repeat.items.reads)}
            listed = invocation.store_as.is_constant
            if listed:
                results[invocation.store_as.text({})] = []
            for turn, item in enumerate(items):
                scope = {**self._scope, repeat.name: item, "loop": loop_of(turn, len(items))}
                key = invocation.store_as.text(scope)
                value, found = yield from self._call(
                    step, invocation, scope, call_id=f"{step.name}/{index}/{turn}", extra=extra
                )
                labels |= found
                if listed:
                    results[key].append(value)
                else:
                    results[key] = value
        return labels

    def _call(
        self,
        step: Step,
        invocation: Invocation,
        scope: Mapping[str, Any],
        *,
        call_id: str,
        extra: Mapping[str, Labels],
    ) -> Generator[Request, Reply, tuple[Any, Labels]]:
        args = filled(invocation.args, scope)
        labels = self._of(reads_of(invocation.args), extra)
        retry = invocation.retry
        attempt = 1
        while True:
            reply = yield ToolCall(
                call_id=f"{self._run_id}/{call_id}",
                tool=invocation.tool,
                args=args,
                step=step.name,
                attempt=attempt,
                labels=labels,
            )
            if isinstance(reply, ToolResult):
                return dict(reply.value), reply.labels
            fault = _fault(reply)
            if fault.is_refusal:
                raise _Stopped(StepStatus.SKILL_FAILED, f"refused: {fault}")
            if not fault.retryable or attempt >= retry.max_attempts:
                break
            yield Pause(length=retry.wait_after(attempt))
            attempt += 1
        match invocation.on_failure:
            case OnFailure.CONTINUE:
                return {"tool_error": str(fault)}, labels | self._said_by(invocation.tool)
            case OnFailure.FAIL_STEP:
                raise _Stopped(StepStatus.STEP_FAILED, str(fault))
            case OnFailure.FAIL_SKILL:
                raise _Stopped(StepStatus.SKILL_FAILED, str(fault))
            case OnFailure.ESCALATE:
                reason = f"tool_exhausted: {invocation.tool}: {fault}"
                raise _Stopped(StepStatus.TOOL_FAILED, reason)

    def _asked(self, step: Step) -> Generator[Request, Reply, tuple[Any, Labels]]:
        if step.prompt is None or step.schema is None:
            raise _Stopped(StepStatus.TOOL_FAILED, "dsl_error: a prompt and a schema are needed")
        labels = self._of(step.prompt.reads)
        told = step.prompt.text(self._scope)
        chooses = step.kind is StepKind.LLM
        output: Any = None
        for turn in range(MOST_ROUNDS):
            # Whoever has read a stranger's words holds no tools, and the last turn must answer.
            free = chooses and Label.UNTRUSTED not in labels and turn < MOST_ROUNDS - 1
            offered = {name: self._specs[name] for name in step.tools if name in self._specs}
            offered = offered if free else {}
            output = yield from self._answer(step, told, labels, offered=offered, turn=turn)
            if not offered:
                break
            calls = output.get("tool_calls") or []
            if not calls:
                output = output.get("answer")
                break
            for at, each in enumerate(calls):
                said, found = yield from self._chosen(step, each, labels, call=f"{turn}/{at}")
                told = f"{told}\n\n{each['tool']} returned:\n{said}"
                labels |= found
        problem = self._fits(step.schema, output)
        if problem:
            reason = f"schema_validation: {problem}"
            raise _Stopped(_or_continued(step, StepStatus.SCHEMA_INVALID), reason)
        if isinstance(output, Mapping) and output.get("escalate"):
            raise _Stopped(StepStatus.ESCALATE_SIGNAL, _reason_in(output["escalate"]))
        if isinstance(output, Mapping):
            output = {**output, "success": output.get("success", True)}
        return output, labels

    def _answer(
        self,
        step: Step,
        told: str,
        labels: Labels,
        *,
        offered: Mapping[str, ToolSpec],
        turn: int,
    ) -> Generator[Request, Reply, Any]:
        plain = step.schema or {}
        schema = _with_tools(plain, offered) if offered else plain
        reply = yield ModelCall(
            call_id=f"{self._run_id}/{step.name}/model/{turn}",
            step=step.name,
            task_type=f"skill_step::{self._skill.capability}::{step.name}",
            prompt=f"{told}\n\n{_offer(offered)}" if offered else told,
            schema=schema,
            model=step.model,
            labels=labels,
        )
        if not isinstance(reply, ModelAnswer):
            fault = _fault(reply)
            raise _Stopped(_or_continued(step, StepStatus.TOOL_FAILED), f"model: {fault}")
        problem = self._fits(schema, reply.output) if offered else ""
        if problem:
            reason = f"schema_validation: {problem}"
            raise _Stopped(_or_continued(step, StepStatus.SCHEMA_INVALID), reason)
        return reply.output

    def _chosen(
        self, step: Step, wanted: Mapping[str, Any], labels: Labels, *, call: str
    ) -> Generator[Request, Reply, tuple[str, Labels]]:
        """Make a call that a model chose; what fails is told to it."""
        reply = yield ToolCall(
            call_id=f"{self._run_id}/{step.name}/chosen/{call}",
            tool=wanted["tool"],
            args=wanted.get("args", {}),
            step=step.name,
            labels=labels,
        )
        if isinstance(reply, ToolResult):
            return canonical(reply.value), reply.labels
        return str(_fault(reply)), self._said_by(wanted["tool"])

    def _said_by(self, tool: str) -> Labels:
        """Return the labels of what a failed tool says, which may quote a stranger."""
        spec = self._specs.get(tool)
        return frozenset({Label.UNTRUSTED}) if spec is None else spec.labels

    def _of(self, reads: frozenset[Read], extra: Mapping[str, Labels] | None = None) -> Labels:
        """Return the joined labels of the parts of the scope that are read."""
        found = NO_LABELS
        for read in reads:
            if read[0] == "inputs":
                found |= self._input_labels
            elif read[0] == "state":
                named = self._labels.values() if len(read) == 1 else [self._labels.get(read[1])]
                found |= joined(each for each in named if each)
            elif extra and read[0] in extra:
                found |= extra[read[0]]
        return found


def _ended(step: Step, output: Any, labels: Labels) -> StepEnded:
    return StepEnded(step=step.name, status=StepStatus.VALID, output=output, labels=labels)


def _stopped(step: Step, stop: _Stopped, labels: Labels) -> StepEnded:
    return StepEnded(
        step=step.name,
        status=stop.status,
        output={"success": False, "error": stop.reason},
        labels=labels | {Label.UNTRUSTED},
        error=stop.reason,
    )


def _or_continued(step: Step, status: StepStatus) -> StepStatus:
    return StepStatus.CONTINUED if step.goes_on else status


def _fault(reply: Reply) -> Fault:
    if isinstance(reply, Fault):
        return reply
    return Fault(error_class="WrongReply", message=f"a {type(reply).__name__} is no answer")


def _reason_in(signal: Any) -> str:
    said = signal.get("reason") if isinstance(signal, Mapping) else signal
    return f"escalate: {said}"


def _with_tools(schema: Mapping[str, Any], offered: Mapping[str, ToolSpec]) -> dict[str, Any]:
    call = {
        "type": "object",
        "properties": {"tool": {"enum": sorted(offered)}, "args": {"type": "object"}},
        "required": ["tool", "args"],
        "additionalProperties": False,
    }
    return {
        "type": "object",
        "properties": {
            "tool_calls": {"type": "array", "items": call, "maxItems": MOST_ROUNDS},
            "answer": schema,
        },
        "additionalProperties": False,
    }


def _offer(offered: Mapping[str, ToolSpec]) -> str:
    lines = [
        f"- {name}: {spec.description} Arguments: {canonical(spec.arguments)}"
        for name, spec in sorted(offered.items())
    ]
    return (
        "Give the answer under 'answer'. If you need a tool first, name it under 'tool_calls' "
        "and leave the answer out:\n" + "\n".join(lines)
    )
