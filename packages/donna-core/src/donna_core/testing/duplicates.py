"""How well duplicates are found: both passes of deduplication on pairs of titles."""

from collections.abc import Mapping
from typing import Any

from attrs import frozen

from donna_core.domain.ids import TaskId
from donna_core.domain.tasks.dedup import (
    DedupRules,
    TitleEntry,
    Verdict,
    find_twins,
    normal_form,
)
from donna_core.ports.language_model import LanguageModel, ModelRequest
from donna_core.testing.evaluation import Suite

_ONLY = TaskId("existing")


@frozen(kw_only=True)
class Confusion:
    """Pairs by what was found: rightly the same, wrongly the same, missed, rightly apart."""

    found: int
    false_alarms: int
    missed: int
    apart: int

    @property
    def precision(self) -> float:
        """The share of the pairs called the same that are; 1 where none was."""
        called = self.found + self.false_alarms
        return self.found / called if called else 1.0

    @property
    def recall(self) -> float:
        """The share of the pairs that are the same that were called so; 1 where there are none."""
        same = self.found + self.missed
        return self.found / same if same else 1.0


async def find_duplicates(model: LanguageModel, suite: Suite, *, rules: DedupRules) -> Confusion:
    """Judge every pair as capture does: by the titles, in the uncertain band by the model."""
    counts = {(called, same): 0 for called in (True, False) for same in (True, False)}
    for case in suite.cases:
        called = await _is_called_same(model, case.input, rules)
        counts[called, case.expected["verdict"] == Verdict.SAME] += 1
    return Confusion(
        found=counts[True, True],
        false_alarms=counts[True, False],
        missed=counts[False, True],
        apart=counts[False, False],
    )


async def _is_called_same(model: LanguageModel, pair: Mapping[str, Any], rules: DedupRules) -> bool:
    entry = TitleEntry(task_id=_ONLY, normal_form=normal_form(pair["existing"]["title"]))
    twins = find_twins(pair["new"]["title"], [entry], rules)
    if not twins.band:
        return bool(twins.duplicates)
    reply = await model.complete(ModelRequest(task_type="dedup_check", inputs=pair))
    return Verdict(reply.output["verdict"]) is Verdict.SAME
