"""From what a person types to the task they mean: numbers, ranges, id prefixes and titles."""

import re
from collections.abc import Collection

from rapidfuzz import fuzz, process, utils

from donna_core.domain.errors import AmbiguousReference, InvalidInput, TaskNotFound
from donna_core.domain.tasks.task import CLOSED, OPEN, Task, TaskStatus
from donna_core.ports.unit_of_work import Stores

_NUMBER = r"#?\d{1,9}"
_NUMBERS = re.compile(rf"{_NUMBER}(-{_NUMBER})?(\s*,\s*{_NUMBER}(-{_NUMBER})?)*")
_ID_PREFIX = re.compile(r"[0-9a-f]{6,8}(-[0-9a-f-]*)?", re.IGNORECASE)
_LONGEST_RANGE = 1000
_GOOD_MATCH, _CLEAR_LEAD, _NEAR_MISS = 75, 8, 45


class RangeTooLong(InvalidInput):
    """A range of numbers spans more than anybody can mean."""

    def __init__(self, text: str) -> None:
        self.text = text
        super().__init__(f"The range {text} is too long: name at most {_LONGEST_RANGE} numbers.")


def resolve(
    stores: Stores, reference: str, *, prefer: Collection[TaskStatus] = OPEN
) -> tuple[Task, ...]:
    """Return the tasks a reference names, in the order of their numbers.

    ``12`` and ``#12`` are numbers, ``1,3-5`` several, six or more hexadecimal digits the start
    of an id; anything else is looked for in the titles, first among the preferred statuses.
    Raise ``TaskNotFound`` with near titles, or ``AmbiguousReference`` with the candidates.
    """
    text = reference.strip()
    if _NUMBERS.fullmatch(text):
        return _by_number(stores, text)
    if _ID_PREFIX.fullmatch(text):
        found = [t for t in stores.tasks.select() if t.id.startswith(text.lower())]
        if len(found) == 1:
            return (found[0],)
        if found:
            raise AmbiguousReference(text, candidates=[_named(task) for task in found])
    return (_by_title(stores, text, prefer),)


def resolve_one(stores: Stores, reference: str, *, prefer: Collection[TaskStatus] = OPEN) -> Task:
    """Return the one task a reference names; several are ``AmbiguousReference``."""
    tasks = resolve(stores, reference, prefer=prefer)
    if len(tasks) > 1:
        raise AmbiguousReference(reference, candidates=[_named(task) for task in tasks])
    return tasks[0]


def _by_number(stores: Stores, text: str) -> tuple[Task, ...]:
    numbers: list[int] = []
    for part in text.replace("#", "").split(","):
        first, _, last = part.strip().partition("-")
        low, high = sorted((int(first), int(last or first)))
        if high - low > _LONGEST_RANGE:
            raise RangeTooLong(part)
        numbers.extend(range(low, high + 1))
    found = stores.tasks.select(numbers=set(numbers))
    missing = set(numbers) - {task.number for task in found}
    spelled_out = {int(n) for n in re.findall(r"\d+", text)}
    if not found or missing & spelled_out:
        raise TaskNotFound(", ".join(f"#{n}" for n in sorted(missing & spelled_out or missing)))
    return found


def _by_title(stores: Stores, text: str, prefer: Collection[TaskStatus]) -> Task:
    tasks = stores.tasks.select(statuses=prefer)
    found = _best(text, tasks)
    if found is None:
        others = stores.tasks.select(statuses=(OPEN | CLOSED) - set(prefer))
        found = _best(text, others)
        tasks = (*tasks, *others)
    if found is not None:
        return found
    near = process.extract(
        text,
        {task.number: task.title for task in tasks},
        scorer=fuzz.WRatio,
        processor=utils.default_process,
        limit=2,
        score_cutoff=_NEAR_MISS,
    )
    raise TaskNotFound(text, near=[f"#{number} '{title}'" for title, _, number in near])


def _best(text: str, tasks: tuple[Task, ...]) -> Task | None:
    """Return the task whose title fits well and clearly better than any other's."""
    scored = sorted(((_score(text, task.title), task) for task in tasks), key=lambda pair: -pair[0])
    good = [(score, task) for score, task in scored if score >= _GOOD_MATCH]
    if not good:
        return None
    close = [task for score, task in good if good[0][0] - score < _CLEAR_LEAD]
    if len(close) > 1:
        raise AmbiguousReference(text, candidates=[_named(task) for task in close[:5]])
    return good[0][1]


def _score(text: str, title: str) -> float:
    wanted, known = utils.default_process(text), utils.default_process(title)
    if wanted == known:
        return 200.0
    if wanted and f" {wanted} " in f" {known} ":
        return 110.0
    return max(
        fuzz.token_set_ratio(wanted, known) if len(wanted) > 3 else 0.0,
        fuzz.token_sort_ratio(wanted, known),
    )


def _named(task: Task) -> str:
    return f"{task.handle} '{task.title}'"
