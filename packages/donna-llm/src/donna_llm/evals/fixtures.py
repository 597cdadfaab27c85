"""Which fixtures a model is asked, in which order."""

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

from attrs import frozen

from donna_core.domain.errors import InvalidInput
from donna_core.testing.evaluation import Case, Suite, load_suites

SHIPPED = Path(__file__).with_name("shipped")
"""The fixtures that come with the package; their README tells the shape."""

ESCALATION, INSTRUCTION = "escalation_awareness", "instruction_following"
DIMENSIONS = (ESCALATION, INSTRUCTION)
"""The task types that measure how a model works under a larger one, whatever the task."""


class FixturesUnusable(InvalidInput):
    """The fixtures that were asked for are not there or have another shape."""

    def __init__(self, problem: str, *, remedy: str) -> None:
        self.problem, self.remedy = problem, remedy
        super().__init__(f"{problem}. {remedy}")


@frozen(kw_only=True)
class Plan:
    """What is asked: tiers from the lowest on, then what stands beside them, then dimensions."""

    task_type: str
    folder: str
    tiers: tuple[Suite, ...]
    beside: tuple[Suite, ...] = ()
    dimensions: tuple[Suite, ...] = ()

    @property
    def count(self) -> int:
        """How many cases that are."""
        return sum(len(each.cases) for each in (*self.tiers, *self.beside, *self.dimensions))


def plan(
    task_type: str,
    *,
    folder: Path | None = None,
    tier: int | None = None,
    sets: Sequence[str] = (),
    dimensions: bool = True,
) -> Plan:
    """Return what a model is asked about a task type; its folder's name will do as well.

    With a ``tier`` it is that one alone. ``sets`` name files beside the tiers, such as
    ``held_out``. Raise ``FixturesUnusable``.
    """
    place = folder or SHIPPED
    suites = _all(place)
    own = [each for each in suites if task_type in {each.task_type, each.path.split("/")[0]}]
    if not own:
        known = ", ".join(sorted({each.task_type for each in suites}))
        problem = f"No fixtures ask '{task_type}'"
        raise FixturesUnusable(problem, remedy=f"There are: {known}.")
    name = own[0].task_type
    if name in DIMENSIONS:
        return Plan(task_type=name, folder=str(place), tiers=(), dimensions=tuple(own))
    tiers = sorted((each for each in own if each.tier is not None), key=lambda each: each.tier or 0)
    if tier is not None:
        tiers = [each for each in tiers if each.tier == tier]
        if not tiers:
            found = ", ".join(str(each.tier) for each in own if each.tier is not None)
            problem = f"{name} has no tier {tier}"
            raise FixturesUnusable(problem, remedy=f"Its tiers are {found or 'none'}.")
    crossing = dimensions and tier is None
    return Plan(
        task_type=name,
        folder=str(place),
        tiers=tuple(tiers),
        beside=tuple(_beside(own, each) for each in sets),
        dimensions=tuple(each for each in suites if crossing and each.task_type in DIMENSIONS),
    )


def digest(suite: Suite, case: Case) -> str:
    """Return the same for the same question and expectation, so that sessions can be compared."""
    facts = [suite.task_type, case.input, case.expected]
    text = json.dumps(facts, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _all(folder: Path) -> tuple[Suite, ...]:
    if not folder.is_dir():
        raise FixturesUnusable(
            f"{folder} is no folder with fixtures",
            remedy=f"Leave --fixtures-dir out to use the shipped ones, which are in {SHIPPED}.",
        )
    # Other fixtures may stand beside these; a file that names a task type is one of ours.
    names = sorted({each.parent.name for each in folder.glob("*/*.json") if _asks(each)})
    if not names:
        problem = f"{folder} has no fixtures: a folder per task type with JSON files in it"
        raise FixturesUnusable(problem, remedy=f"{SHIPPED / 'README.md'} tells the shape.")
    try:
        return load_suites(folder, *names)
    except (ValueError, OSError) as error:
        remedy = f"{SHIPPED / 'README.md'} tells the shape."
        raise FixturesUnusable(str(error), remedy=remedy) from error


def _asks(path: Path) -> bool:
    return '"task_type"' in path.read_text(encoding="utf-8", errors="replace")


def _beside(own: Sequence[Suite], name: str) -> Suite:
    for each in own:
        if each.tier is None and name in {each.name, Path(each.path).stem}:
            return each
    found = ", ".join(Path(each.path).stem for each in own if each.tier is None)
    problem = f"{own[0].task_type} has no set '{name}' beside its tiers"
    raise FixturesUnusable(problem, remedy=f"There are: {found or 'none'}.")
