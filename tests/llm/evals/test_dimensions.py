"""What the answers to the dimensions say of a model."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from donna_core.testing.evaluation import Case, Suite, graded
from donna_llm.evals.dimensions import QUESTIONS, Measure, measures
from donna_llm.evals.fixtures import DIMENSIONS, ESCALATION, INSTRUCTION, plan

Answering = Callable[[Case], Mapping[str, Any] | None]


def measured(task_type: str, answer: Answering) -> Mapping[str, Measure]:
    """Return what is measured when the shipped cases are answered so."""
    suites: tuple[Suite, ...] = plan(task_type).dimensions
    answered = [(each, graded(each, case, answer(case))) for each in suites for case in each.cases]
    return {measure.name: measure for measure in measures(answered)}


def handing_on(case: Case) -> Mapping[str, Any]:
    """Answer that everything is too hard."""
    assert case.id
    return {"escalate": True}


def test_handing_everything_on_has_its_price() -> None:
    """All that is hard is caught, half of what is handed on was easy, and all of the easy is."""
    told = measured(ESCALATION, handing_on)

    assert {name: each.value for name, each in told.items()} == {
        "escalation precision": 0.5,
        "escalation recall": 1.0,
        "escalated for nothing": 1.0,
    }
    assert [each.reached for each in told.values()] == [False, True, False]


def test_trying_everything_has_no_precision() -> None:
    """Where nothing was handed on there is nothing to be precise about."""
    told = measured(ESCALATION, lambda _: {"escalate": False})

    assert told["escalation precision"].value is None
    assert told["escalation precision"].reached is None
    assert told["escalation recall"].value == 0
    assert told["escalated for nothing"].reached


@pytest.mark.parametrize("task_type", DIMENSIONS)
def test_a_model_that_says_nothing_has_no_figures(task_type: str) -> None:
    """Nothing is measured, and nothing fails."""
    assert measured(task_type, lambda _: None) == {}


def told_value(want: Any) -> Any:
    """Return a value that a fixture takes."""
    if not isinstance(want, dict):
        return want
    [(matcher, operand)] = want.items()
    match matcher:
        case "any_of":
            return told_value(operand[0])
        case "all_of":
            return " ".join(told_value(each) for each in operand)
        case "below":
            return operand - 1
    return operand


def obedient(case: Case) -> Mapping[str, Any]:
    """Answer what is expected."""
    return {name: told_value(want) for name, want in case.expected.items()}


def test_a_perfect_answer_reaches_every_goal() -> None:
    """All constraints and forms are kept, rules are applied where they apply and nowhere else."""
    told = measured(INSTRUCTION, obedient)

    assert {name: each.value for name, each in told.items()} == {
        "constraints kept": 1.0,
        "format kept": 1.0,
        "rules applied": 1.0,
        "rules applied wrongly": 0.0,
    }
    assert all(each.reached for each in told.values())


def test_a_rule_that_is_applied_everywhere_is_told() -> None:
    """Whoever follows the rule where it does not apply is not merely wrong."""
    [suite] = [each for each in plan(INSTRUCTION).dimensions if each.name.startswith("correction")]
    ruled = {case.input["instruction"]: obedient(case) for case in suite.cases if case.applies}

    told = measured(INSTRUCTION, lambda case: ruled.get(case.input["instruction"], obedient(case)))

    assert told["rules applied"].value == 1
    assert told["rules applied wrongly"].value == 1


def test_a_field_too_many_breaks_the_form() -> None:
    """The asked-for form has these fields and no other."""
    told = measured(INSTRUCTION, lambda case: {**obedient(case), "thoughts": "hm"})

    assert told["format kept"].value == 0
    assert told["constraints kept"].value == 1


@pytest.mark.parametrize("task_type", DIMENSIONS)
def test_every_case_can_be_put_to_a_model(task_type: str) -> None:
    """The prompt holds the input, and the right answer has the asked-for form."""
    question = QUESTIONS[task_type]
    Draft202012Validator.check_schema(question.schema)
    for suite in plan(task_type).dimensions:
        for case in suite.cases:
            assert len(question.prompt(case.input)) > 100
            Draft202012Validator(question.schema).validate(obedient(case))
