"""A proposed week and a branch of it, as the facade shows them; each can be applied."""

from collections.abc import Callable, Iterator
from typing import Any

from attrs import frozen

from donna_core.domain.codec import to_plain
from donna_core.domain.planning.picture import drawn, marks_planned, svg
from donna_core.domain.planning.reasons import say
from donna_core.domain.timing.zones import local
from donna_core.domain.wording import Line, Scene
from donna_core.local import markup
from donna_core.local.receipts import Receipt
from donna_core.local.text_table import aligned
from donna_core.local.views import LineView, View, cells
from donna_core.usecases import plan_words
from donna_core.usecases.plan_week import WeekPlan
from donna_core.usecases.what_if import Branch


@frozen(kw_only=True, repr=False)
class ProposedWeek(View):
    """The days ahead as they are proposed; nothing is changed before ``apply``."""

    plan: WeekPlan
    scene: Scene
    _apply: Callable[[WeekPlan], Receipt]

    def apply(self) -> Receipt:
        """Move every task where the proposal has it; raise ``PlanOutdated`` when it is stale."""
        return self._apply(self.plan)

    def __str__(self) -> str:
        proposal = self.plan.proposal
        marks = marks_planned(proposal, self.plan.events)
        zone, first = self.scene.zone, local(self.plan.at, self.scene.zone).date()
        lines = [
            plan_words.verdict(self.plan).text,
            *drawn(marks, first=first, days=self.plan.days, zone=zone),
            aligned(plan_words.PLAN_COLUMNS, cells(plan_words.plan_rows(proposal, self.scene))),
            *(line.text for line in plan_words.without_room(proposal, self.scene)),
            plan_words.quality(self.plan).text,
        ]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        proposal = self.plan.proposal
        first = local(self.plan.at, self.scene.zone).date()
        picture = svg(
            marks_planned(proposal, self.plan.events),
            first=first,
            days=self.plan.days,
            zone=self.scene.zone,
        )
        rows = cells(plan_words.plan_rows(proposal, self.scene))
        said = [plan_words.verdict(self.plan)]
        rest = [*plan_words.without_room(proposal, self.scene), plan_words.quality(self.plan)]
        table = markup.table(plan_words.PLAN_COLUMNS, rows)
        return markup.lines(said) + picture + table + markup.lines(rest)

    def to_dict(self) -> dict[str, Any]:
        proposal, zone = self.plan.proposal, self.scene.zone
        return {
            "placements": [
                {
                    "task_id": each.task.id,
                    "title": each.title,
                    "start": to_plain(each.when.start),
                    "end": to_plain(each.when.end),
                    "reason": say(each.reason, zone=zone),
                    "bound_by": to_plain(each.bound_by),
                }
                for each in proposal.placements
            ],
            "unplaced": [
                {
                    "task_id": each.task.id,
                    "reason": say(each.reason, zone=zone),
                    "would_help": to_plain(each.would_help),
                }
                for each in proposal.unplaced
            ],
            "objective": proposal.objective,
            "bound": proposal.bound,
            "gap": proposal.gap,
            "seconds": self.plan.seconds,
        }


@frozen(kw_only=True, repr=False)
class Supposed(LineView):
    """What would follow from a supposition; nothing is changed before ``apply``."""

    branch: Branch
    scene: Scene
    _apply: Callable[[Branch], Receipt]

    def apply(self) -> Receipt:
        """Make it so, exactly as shown; raise ``PlanOutdated`` when something changed since."""
        return self._apply(self.branch)

    def to_dict(self) -> dict[str, Any]:
        branch = self.branch
        return {
            "supposed": branch.scenario.text,
            "changes": to_plain(branch.changes),
            "late": [task.id for task in branch.late],
            "cost_before": branch.before,
            "cost_after": branch.after,
        }

    def _lines(self) -> Iterator[Line]:
        return plan_words.branch_lines(self.branch, self.scene)
