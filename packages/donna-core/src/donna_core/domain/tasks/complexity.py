"""How much there is to a task, which decides whether it is planned at once or asked about."""

from collections.abc import Collection
from datetime import timedelta
from enum import StrEnum

from attrs import frozen

from donna_core.domain.planning.reasons import Reason, ReasonCode
from donna_core.domain.tasks.task import Task


class Complexity(StrEnum):
    """Simple is scheduled at once, medium may need preparation, complex needs breaking down."""

    SIMPLE = "simple"
    MEDIUM = "medium"
    COMPLEX = "complex"


@frozen(kw_only=True)
class ComplexityRules:
    """Where the classes meet, and the opening verbs that usually stand for several steps."""

    simple_below: timedelta = timedelta(minutes=30)
    complex_from: timedelta = timedelta(hours=2)
    verbs_of_many_steps: Collection[str] = frozenset()


@frozen(kw_only=True)
class ComplexityVerdict:
    """The class of a task and what put it there."""

    complexity: Complexity
    reason: Reason


def assess_complexity(task: Task, *, rules: ComplexityRules) -> ComplexityVerdict:
    """Return the task's class by its estimated duration, its dependencies and its first verb.

    A verb of many steps makes a task complex only where the estimate is not a short one.
    """
    duration, waits_for = task.estimated_duration, len(task.dependencies)
    verb = (task.title.split() or [""])[0].casefold()
    if duration >= rules.complex_from:
        return _verdict(Complexity.COMPLEX, Reason.of(ReasonCode.LONG, duration=duration))
    if duration >= rules.simple_below and verb in rules.verbs_of_many_steps:
        reason = Reason.of(ReasonCode.MANY_STEPS, word=verb, duration=duration)
        return _verdict(Complexity.COMPLEX, reason)
    if duration >= rules.simple_below:
        return _verdict(Complexity.MEDIUM, Reason.of(ReasonCode.MODERATE, duration=duration))
    if waits_for:
        reason = Reason.of(ReasonCode.HAS_DEPENDENCIES, dependencies=waits_for, duration=duration)
        return _verdict(Complexity.MEDIUM, reason)
    return _verdict(Complexity.SIMPLE, Reason.of(ReasonCode.SHORT_AND_ALONE, duration=duration))


def _verdict(complexity: Complexity, reason: Reason) -> ComplexityVerdict:
    return ComplexityVerdict(complexity=complexity, reason=reason)
