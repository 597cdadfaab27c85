"""Which tasks are planned at once and which are asked about."""

from datetime import UTC, datetime, timedelta

import pytest

from donna_core.domain.ids import TaskId, UserId
from donna_core.domain.planning.reasons import ReasonCode
from donna_core.domain.tasks.complexity import Complexity, ComplexityRules, assess_complexity
from donna_core.domain.tasks.task import Task


@pytest.mark.parametrize(
    ("title", "minutes", "needs", "complexity", "code"),
    [
        ("Pay bill", 10, 0, Complexity.SIMPLE, ReasonCode.SHORT_AND_ALONE),
        ("Pay bill", 10, 1, Complexity.MEDIUM, ReasonCode.HAS_DEPENDENCIES),
        ("Draft email", 30, 0, Complexity.MEDIUM, ReasonCode.MODERATE),
        ("Research restaurants", 119, 2, Complexity.MEDIUM, ReasonCode.MODERATE),
        ("Plan event", 120, 0, Complexity.COMPLEX, ReasonCode.LONG),
        ("Refactor module", 60, 0, Complexity.COMPLEX, ReasonCode.MANY_STEPS),
        ("Build a paper plane", 10, 0, Complexity.SIMPLE, ReasonCode.SHORT_AND_ALONE),
        ("Pay for the new build", 60, 0, Complexity.MEDIUM, ReasonCode.MODERATE),
    ],
)
def test_length_dependencies_and_opening_verb_decide(
    title: str, minutes: int, needs: int, complexity: Complexity, code: ReasonCode
) -> None:
    """Half an hour and two hours part the classes; dependencies and some verbs lift."""
    task = Task(
        id=TaskId("t"),
        user_id=UserId("u"),
        number=1,
        title=title,
        created_at=datetime(2026, 1, 1, tzinfo=UTC),
        estimated_duration=timedelta(minutes=minutes),
        dependencies=tuple(TaskId(str(number)) for number in range(needs)),
    )

    verdict = assess_complexity(
        task,
        rules=ComplexityRules(verbs_of_many_steps={"refactor", "build", "organise", "implement"}),
    )

    assert (verdict.complexity, verdict.reason.code) == (complexity, code)
