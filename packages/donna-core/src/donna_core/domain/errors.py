"""The errors of the core: one root, few families, the message built inside.

Each error says what failed, which one it was and what to do next, and keeps its facts on
attributes so that a face can render them in its own way.
"""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from attrs import field, frozen


@frozen
class NextStep:
    """What to ask Donna for next, and what that does; each face spells it in its own way."""

    verb: str
    effect: str
    arguments: tuple[object, ...] = ()
    options: Mapping[str, Any] = field(factory=dict)


class DonnaError(Exception):
    """The root of everything Donna raises on purpose."""

    next_step: NextStep | None = None

    def told(self, spell: Callable[..., str]) -> str:
        """Return the message with the next step, spelled as by ``Spelling.command``."""
        step = self.next_step
        if step is None:
            return str(self)
        return f"{self} `{spell(step.verb, *step.arguments, **step.options)}` {step.effect}."


class Refused(DonnaError):
    """The request is understood and is not possible; nothing was changed."""


class NotFound(DonnaError):
    """Nothing matches what was named."""


class Degraded(DonnaError):
    """Something outside could not be read or reached; what was accepted is safe."""


class InvalidInput(Refused):
    """The input itself cannot be used."""


class ConfigError(DonnaError):
    """A configuration file holds something Donna cannot use; ``where`` is ``file:line``."""

    def __init__(self, problem: str, *, where: str, remedy: str) -> None:
        self.problem, self.where, self.remedy = problem, where, remedy
        super().__init__(f"{where}: {problem}. {remedy}")


class InvalidTransition(Refused):
    """The task cannot take this step from where it stands."""

    def __init__(self, *, subject: str, status: str, trigger: str, possible: Sequence[str]) -> None:
        self.subject, self.status, self.trigger = subject, status, trigger
        self.possible = tuple(possible)
        moves = ", ".join(self.possible) or "nothing"
        super().__init__(f"{subject} is {status}: {trigger} is not possible. Possible: {moves}.")


class TaskNotFound(NotFound):
    """No task answers to this reference."""

    def __init__(self, reference: str, *, near: Sequence[str] = ()) -> None:
        self.reference, self.near = reference, tuple(near)
        hint = f" Did you mean {' or '.join(self.near)}?" if self.near else ""
        self.next_step = NextStep("list", "shows them all")
        super().__init__(f"No task matches '{reference}'.{hint}")


class AmbiguousReference(Refused):
    """Several tasks answer to this reference."""

    def __init__(self, reference: str, *, candidates: Sequence[str]) -> None:
        self.reference, self.candidates = reference, tuple(candidates)
        listed = "; ".join(self.candidates)
        super().__init__(f"'{reference}' fits several tasks: {listed}. Name one by its number.")


class VersionConflict(DonnaError):
    """A task was changed by somebody else between reading and writing; read again."""

    def __init__(self, task_id: str, *, expected: int, found: int) -> None:
        self.task_id, self.expected, self.found = task_id, expected, found
        super().__init__(
            f"Task {task_id} is at version {found}, not {expected}: read it again and repeat."
        )


class CalendarUnreadable(Degraded):
    """A calendar could not be read, which is never the same as an empty one."""

    def __init__(self, calendar: str, *, problem: str, remedy: str) -> None:
        self.calendar, self.problem, self.remedy = calendar, problem, remedy
        super().__init__(f"Calendar '{calendar}' cannot be read: {problem}. {remedy}")


class StorageUnavailable(Degraded):
    """The database cannot be opened or written; nothing was accepted."""

    def __init__(self, problem: str, *, remedy: str) -> None:
        self.problem, self.remedy = problem, remedy
        super().__init__(f"Not saved: {problem}. {remedy}")


class ModelUnavailable(Degraded):
    """No language model answers this task type."""

    def __init__(self, task_type: str, *, problem: str) -> None:
        self.task_type, self.problem = task_type, problem
        super().__init__(f"No model answered {task_type}: {problem}.")


class OverBudget(Refused):
    """A call to a paid model was not made, because it might cost more than is allowed."""


class BudgetPausedError(OverBudget):
    """A call to a paid model does not fit under a cap; it was not made and cost nothing.

    ``cap`` is ``request``, ``caller``, ``lane``, ``day`` or ``month``; amounts are dollars.
    """

    def __init__(
        self,
        cap: str,
        *,
        limit: Decimal,
        spent: Decimal,
        reserved: Decimal,
        asked: Decimal,
        left: Decimal,
        remedy: str,
    ) -> None:
        self.cap, self.limit, self.spent, self.reserved = cap, limit, spent, reserved
        self.asked, self.left, self.remedy = asked, left, remedy
        held = f", ${reserved:.2f} held for calls under way" if reserved else ""
        super().__init__(
            f"Not asked: the budget per {cap} is ${limit:.2f}, ${spent:.2f} of it spent{held}; "
            f"${left:.4f} is left and this call may cost ${asked:.4f}. {remedy}"
        )


class ApprovalNeeded(OverBudget):
    """A task would cost more than it may without its owner's word; amounts are dollars."""

    def __init__(
        self, task_id: str, *, label: str, limit: Decimal, spent: Decimal, asked: Decimal
    ) -> None:
        self.task_id, self.label = task_id, label
        self.limit, self.spent, self.asked = limit, spent, asked
        super().__init__(
            f"Not asked: work on task {label} may cost ${spent + asked:.2f} in all, more than the "
            f"${limit:.2f} that need no approval. `donna budget approve {label}` allows it."
        )
