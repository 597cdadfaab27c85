"""Spot checks: a few of many answers are judged by a model, and poor ones become a task."""

from zlib import crc32

from attrs import evolve, frozen

from donna_core.domain.ids import CallId
from donna_core.domain.spending.invocations import Invocation, Outcome
from donna_core.domain.tasks.task import Task

REVIEW_TAG = "quality-review"
JUDGE_TASK = "judge_answer"
"""The task type under which a judge is asked."""

_ALL = 1 << 32


@frozen(kw_only=True)
class SpotCheckRules:
    """Which answers are judged. ``rate`` and ``flag_below`` are shares from 0 to 1.

    ``judge`` is the alias of the model that judges.
    """

    enabled: bool
    rate: float
    judge: str
    flag_below: float

    def picks(self, call_id: CallId) -> bool:
        """Say whether this call is among the few: by its id, so that it is the same each time."""
        return self.enabled and crc32(call_id.encode()) < self.rate * _ALL

    def wants(self, row: Invocation) -> bool:
        """Say whether an answer is to be judged: a real one, picked, and not the judge's own."""
        is_real = row.outcome is Outcome.ANSWERED and row.eval_session_id is None
        stands_alone = not row.is_shadow and not row.degraded
        return is_real and stands_alone and row.model_alias != self.judge and self.picks(row.id)


def to_review(task: Task, row: Invocation, *, score: float, why: str) -> Task:
    """Return the task with one more poor answer to look at."""
    note = (
        f"{row.task_type} by {row.model_actual} scored {score:.2f}: {why} "
        f"(donna llm calls {row.id})"
    )
    notes = (*task.notes, note)
    return evolve(task, notes=notes, title=review_title(len(notes)))


def review_title(count: int) -> str:
    """Return what the task is called."""
    answers = "1 poor answer of a model" if count == 1 else f"{count} poor answers of models"
    return f"Review {answers} and correct what came of them"
