"""Fixtures: read to the line, captured from runs, and proved without anything real."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from tests.skills.execution.conftest import (
    GRANT,
    LOOK,
    WRITE,
    House,
    a_call,
    a_question,
    a_skill,
    failing,
)

from donna_core.domain.skill.document import OnFailure
from donna_core.testing.contracts.stores import NOON
from donna_core.testing.fake_clock import FakeClock
from donna_core.testing.fake_ids import SequentialIds
from donna_core.testing.scripted_model import ScriptedLanguageModel
from donna_skills.execution.fixtures import (
    NothingToCapture,
    UnusableFixture,
    captured,
    read_fixture,
    shape_of,
)
from donna_skills.execution.validation import CaseResult, Validator

SAY = "skill_step::news_check::say"


def a_fixture(**changed: Any) -> str:
    """Return a fixture of a call and a question, as JSON text."""
    case = {
        "case_name": "one",
        "input": {},
        "expected_output_shape": {"type": "object", "required": ["text"]},
        "tool_mocks": {"look:{}": {"page": "tea"}},
        "model_mocks": {"say": {"text": "tea"}},
        **changed,
    }
    return json.dumps(case, indent=1)


async def proved(*texts: str, on_failure: OnFailure = OnFailure.ESCALATE) -> list[CaseResult]:
    """Return how a skill of a call and a question does on the fixtures."""
    validator = Validator(
        specs={"look": LOOK, "write": WRITE}, clock=FakeClock(NOON), ids=SequentialIds()
    )
    skill = a_skill(a_call("look", attempts=3, on_failure=on_failure), a_question())
    fixtures = [read_fixture(text, where="one.json") for text in texts]
    return list(await validator.check(skill, fixtures, grant=GRANT))


async def test_a_case_passes_by_what_it_returns_not_by_its_end_alone() -> None:
    """The shape of the output counts; the status that is expected may be another."""
    good, other_shape, other_end = await proved(
        a_fixture(),
        a_fixture(model_mocks={"say": {"said": "tea"}}),
        a_fixture(
            model_mocks={"say": {"escalate": {"reason": "odd"}}}, expected_status="escalated"
        ),
    )

    assert good.passed
    assert "another shape" in other_shape.problem
    assert other_end.passed


async def test_what_no_mock_answers_fails_the_case_whatever_the_skill_makes_of_it() -> None:
    """A tool and a model alike, by name."""
    [tool] = await proved(a_fixture(tool_mocks={}), on_failure=OnFailure.CONTINUE)
    [model] = await proved(a_fixture(model_mocks={}))

    assert tool.problem == "no mock answers look:{}"
    assert model.problem == "no mock answers the model in step 'say'"


async def test_failures_are_mocked_by_class() -> None:
    """Those of the line are tried again, without waiting; a class nobody knows counts as one."""
    error = {"__error__": "TimeoutError", "__message__": "too slow"}
    [slow] = await proved(a_fixture(tool_mocks={"look:{}": error}))
    [odd] = await proved(a_fixture(tool_mocks={"look:{}": {"__error__": "Odd"}}))

    assert "tool_exhausted: look: TimeoutError: too slow" in slow.problem
    assert "RuntimeError: Odd: mocked" in odd.problem


async def test_a_mocked_effect_is_tried_without_anything_being_changed() -> None:
    """Although the skill is trusted by nobody yet."""
    validator = Validator(specs={"write": WRITE}, clock=FakeClock(NOON), ids=SequentialIds())
    text = a_fixture(
        tool_mocks={"write:{}": {"ok": True}}, model_mocks={}, expected_output_shape={}
    )

    [result] = await validator.check(
        a_skill(a_call("write")), [read_fixture(text, where="one.json")], grant=GRANT
    )

    assert result.passed


async def test_a_run_becomes_a_fixture_that_plays_it_again(house: House) -> None:
    """Inputs, results and answers are complete; a failure that passed is not played."""
    failures = [failing()]
    house.does["look"] = lambda _: failures.pop() if failures else {"page": "tea"}
    house.model = ScriptedLanguageModel({SAY: [{"text": "tea", "n": 3}]})
    run = await house.run(a_call("look", attempts=3), a_question(), wanted=1)

    text = captured(run, await house.steps(run.run_id), name="one")

    fixture = read_fixture(text, where="one.json")
    assert fixture.inputs == {"wanted": 1}
    assert fixture.shape["required"] == ["n", "success", "text"]
    [result] = await proved(text)
    assert result.passed
    assert result.run.outcome is not None
    assert run.outcome is not None
    assert result.run.outcome.output == run.outcome.output


async def test_only_what_succeeded_is_captured(house: House) -> None:
    """A run that failed shows nothing that is expected."""
    house.does["look"] = lambda _: failing(retryable=False)
    run = await house.run(a_call("look"))

    with pytest.raises(NothingToCapture, match="escalated"):
        captured(run, await house.steps(run.run_id), name="one")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "one.json:2: did not find"),
        ("[]", "one.json:1"),
        ('{"case_name": "a",\n "input": {},\n "input": {}}', "one.json:3: the key 'input'"),
        ('{"case_name": "a",\n "input": []}', "one.json:2"),
        ('{"case_name": "a b",\n "input": {}}', "one.json:1"),
        ('{"case_name": "a", "input": {},\n "mocks": {}}', "one.json:2"),
        (
            '{"case_name": "a", "input": {},\n "expected_output_shape": {"type": 3}}',
            "one.json:2: it is no JSON Schema",
        ),
    ],
)
def test_what_is_wrong_with_a_fixture_is_said_with_its_line(text: str, said: str) -> None:
    """The first thing that is wrong, and where."""
    with pytest.raises(UnusableFixture) as caught:
        read_fixture(text, where="one.json")

    assert said in str(caught.value)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(JSON)
def test_a_value_has_its_own_shape(value: Any) -> None:
    """Whatever it is."""
    shape = shape_of(value)
    Draft202012Validator.check_schema(shape)
    assert Draft202012Validator(shape).is_valid(value)
