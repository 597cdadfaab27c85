"""How a model works under a larger one: does it know what is beyond it, does it do as it is told.

What is measured and what is aimed at:

- escalation: precision and recall of handing on what is too hard (0.85 each), and the share of
  easy requests that are handed on for nothing (below 0.25); handing on too much costs money,
  too little costs quality
- instructions: the share of constraints kept (0.9), of answers in the asked-for form (0.95), of
  rules applied where they apply (0.85) and where they do not (below 0.1)
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from attrs import frozen

from donna_core.testing.evaluation import Answer, Case, Suite
from donna_core.testing.expectations import fits
from donna_llm.evals.fixtures import ESCALATION, INSTRUCTION

Answered = Sequence[tuple[Suite, Answer]]


@frozen(kw_only=True)
class Measure:
    """A share in [0, 1] over ``of`` cases, ``None`` where there was none, and what is aimed at."""

    name: str
    value: float | None
    of: int
    goal: float
    below: bool = False

    @property
    def reached(self) -> bool | None:
        """Whether the goal is reached, ``None`` where nothing could be measured."""
        if self.value is None:
            return None
        return self.value < self.goal if self.below else self.value >= self.goal


@frozen(kw_only=True)
class Question:
    """What a dimension asks beside its input: the prompt and the form of the answer."""

    prompt: Callable[[Mapping[str, Any]], str]
    schema: Mapping[str, Any]


def _may_escalate(inputs: Mapping[str, Any]) -> str:
    return (
        "You are the small, quick model of a personal assistant. A larger model stands behind "
        "you. Decide, before you try, whether the following request is yours or has to be handed "
        "on: because it needs research in several steps, long material, judgement that is costly "
        "when wrong, or knowledge you are not given. Everyday tasks, reminders, short texts and "
        "simple sorting are yours. Do not carry the request out.\n\n"
        f"Request: {inputs['text']}"
    )


def _instructed(inputs: Mapping[str, Any]) -> str:
    data = inputs["data"]
    given = data if isinstance(data, str) else json.dumps(data, ensure_ascii=False)
    return (
        "Carry out the instruction on the data. Keep to every part of it, add nothing, and "
        "answer with the JSON object it asks for and no other field.\n\n"
        f"Instruction: {inputs['instruction']}\n\nData: {given}"
    )


QUESTIONS: Mapping[str, Question] = {
    ESCALATION: Question(
        prompt=_may_escalate,
        schema={
            "type": "object",
            "properties": {"escalate": {"type": "boolean"}, "reason": {"type": "string"}},
            "required": ["escalate"],
            "additionalProperties": False,
        },
    ),
    INSTRUCTION: Question(prompt=_instructed, schema={"type": "object"}),
}


def measures(answered: Answered) -> tuple[Measure, ...]:
    """Return what the answers to the dimensions' suites say, by dimension."""
    return (
        *_escalation([each for each in answered if each[0].task_type == ESCALATION]),
        *_instruction([each for each in answered if each[0].task_type == INSTRUCTION]),
    )


def _escalation(answered: Answered) -> Iterable[Measure]:
    """Tell how well requests are told apart; one that got no answer was not handed on."""
    if all(answer.output is None for _, answer in answered):
        return
    told = [(answer.case.expected["escalate"], (answer.output or {}).get("escalate") is True)
            for _, answer in answered]  # fmt: skip
    yield _share("escalation precision", [hard for hard, handed in told if handed], goal=0.85)
    yield _share("escalation recall", [handed for hard, handed in told if hard], goal=0.85)
    easy = [handed for hard, handed in told if not hard]
    yield _share("escalated for nothing", easy, goal=0.25, below=True)


def _instruction(answered: Answered) -> Iterable[Measure]:
    if all(answer.output is None for _, answer in answered):
        return
    bound = [answer for _, answer in answered if answer.case.applies is None]
    kept = [name not in answer.wrong for answer in bound for name in answer.case.expected]
    yield _share("constraints kept", kept, goal=0.9)
    formed = [_is_formed(answer) for _, answer in answered]
    yield _share("format kept", formed, goal=0.95)
    applied = [answer.passed for _, answer in answered if answer.case.applies]
    yield _share("rules applied", applied, goal=0.85)
    cases = [answer.case for _, answer in answered if answer.case.applies]
    wrongly = [_is_triggered(answer, cases) for _, answer in answered
               if answer.case.applies is False]  # fmt: skip
    yield _share("rules applied wrongly", wrongly, goal=0.1, below=True)


def _is_formed(answer: Answer) -> bool:
    """Whether the answer has the fields that were asked for and no other."""
    return answer.output is not None and answer.output.keys() == answer.case.expected.keys()


def _is_triggered(answer: Answer, applying: Iterable[Case]) -> bool:
    """Whether the answer is what the rule says where it does apply, and should not be."""
    if answer.output is None or answer.passed:
        return False
    return any(
        case.input["instruction"] == answer.case.input["instruction"]
        and all(fits(answer.output.get(name), want) for name, want in case.expected.items())
        for case in applying
    )


def _share(name: str, held: Sequence[bool], *, goal: float, below: bool = False) -> Measure:
    value = sum(held) / len(held) if held else None
    return Measure(name=name, value=value, of=len(held), goal=goal, below=below)
