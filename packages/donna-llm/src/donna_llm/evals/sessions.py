"""What a model answered on a day, on a machine: kept as a file, found again, shared with others.

A session is one JSON file, ``<id>.json``; whoever has the same fixtures can compare theirs.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from statistics import median
from typing import Any

from attrs import field, frozen

from donna_core.domain.codec import Unreadable, from_plain, to_plain
from donna_core.domain.errors import InvalidInput, NotFound
from donna_core.testing.calibration import reliability
from donna_llm.evals.dimensions import Measure

FORMAT = 1


class SessionUnreadable(InvalidInput):
    """A file is no session of this version."""

    def __init__(self, path: Path, *, problem: str) -> None:
        self.path, self.problem = path, problem
        super().__init__(
            f"{path} is no evaluation session: {problem}. Move it away, or restore it."
        )


class NoSuchSession(NotFound):
    """No session answers to this reference, or several do."""

    def __init__(self, reference: str, *, near: tuple[str, ...] = ()) -> None:
        self.reference, self.near = reference, near
        which = (
            f"'{reference}' fits {' and '.join(near)}" if near else f"No session is '{reference}'"
        )
        super().__init__(f"{which}. `donna eval sessions` lists them with their numbers.")


@frozen(kw_only=True)
class CaseResult:
    """What became of a case. ``digest`` tells the same case again, ``wrong`` what does not fit.

    ``latency_ms`` is the wall time without the wait for a turn. ``problem`` is why there was no
    answer; then ``output`` is ``None``.
    """

    id: str
    digest: str
    passed: bool
    wrong: tuple[str, ...] = ()
    latency_ms: float = 0.0
    tokens_in: int = 0
    tokens_out: int = 0
    cost_usd: Decimal = Decimal(0)
    confidence: float | None = None
    output: Mapping[str, Any] | None = None
    problem: str = ""


@frozen(kw_only=True)
class SuiteResult:
    """What became of a file of fixtures; with ``skipped`` it was not asked, and why."""

    path: str
    task_type: str
    tier: int | None
    name: str
    gate: float | None
    cases: tuple[CaseResult, ...] = ()
    skipped: str = ""

    @property
    def passed(self) -> int:
        """How many cases passed."""
        return sum(case.passed for case in self.cases)

    @property
    def answered(self) -> int:
        """How many cases got an answer."""
        return sum(case.output is not None for case in self.cases)

    @property
    def rate(self) -> float | None:
        """The share of cases that passed, ``None`` where none was asked."""
        return self.passed / len(self.cases) if self.cases else None

    @property
    def reaches_gate(self) -> bool | None:
        """Whether the gate is reached, ``None`` where there is none or nothing was asked."""
        if self.gate is None or self.rate is None:
            return None
        return self.rate >= self.gate

    @property
    def latency_ms(self) -> float | None:
        """The median latency of the answers."""
        taken = [case.latency_ms for case in self.cases if case.output is not None]
        return median(taken) if taken else None

    @property
    def cost_usd(self) -> Decimal:
        """What all of it cost, or is worth on a machine of one's own."""
        return sum((case.cost_usd for case in self.cases), Decimal(0))


@frozen(kw_only=True)
class Session:
    """One evaluation of one model.

    ``complete`` is false for one that was stopped, ``note`` says why. ``fixtures`` is the folder,
    ``hardware`` the machine that asked, in words by name.
    """

    id: str
    model: str
    model_actual: str
    task_type: str
    started_at: datetime
    finished_at: datetime
    hardware: Mapping[str, str]
    suites: tuple[SuiteResult, ...]
    fixtures: str = ""
    measures: tuple[Measure, ...] = field(default=())
    complete: bool = True
    note: str = ""
    format: int = FORMAT

    @property
    def own(self) -> tuple[SuiteResult, ...]:
        """The suites of the task type itself that were asked."""
        return tuple(s for s in self.suites if s.task_type == self.task_type and s.cases)

    @property
    def cost_usd(self) -> Decimal:
        """What the whole session cost."""
        return sum((suite.cost_usd for suite in self.suites), Decimal(0))

    @property
    def passed(self) -> int:
        """How many cases of the task type passed."""
        return sum(suite.passed for suite in self.own)

    @property
    def count(self) -> int:
        """How many cases of the task type were asked."""
        return sum(len(suite.cases) for suite in self.own)

    @property
    def latency_ms(self) -> float | None:
        """The median latency of the answers to the task type."""
        taken = [case.latency_ms for suite in self.own for case in suite.cases
                 if case.output is not None]  # fmt: skip
        return median(taken) if taken else None

    @property
    def confidence_error(self) -> float | None:
        """How far the confidence of the answers is off: the expected calibration error in [0, 1].

        ``None`` where no answer to the task type has a confidence.
        """
        told = [
            (case.confidence, case.passed)
            for suite in self.own
            for case in suite.cases
            if case.confidence is not None and 0 <= case.confidence <= 1
        ]
        return reliability(told).error if told else None


class SessionFolder:
    """The sessions kept in a folder, numbered from the oldest on."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def save(self, session: Session) -> Path:
        """Write the session, in place of an earlier state of it, and return its file."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self._folder / f"{session.id}.json"
        draft = path.with_suffix(".json.new")
        draft.touch(mode=0o600)
        draft.write_text(json.dumps(to_plain(session), ensure_ascii=False, indent=1) + "\n")
        draft.replace(path)
        return path

    def all(self) -> tuple[Session, ...]:
        """Return every session, the oldest first; raise ``SessionUnreadable``."""
        found = [read(path) for path in self._folder.glob("*.json")]
        return tuple(sorted(found, key=lambda session: (session.started_at, session.id)))

    def find(self, reference: str) -> Session:
        """Return a session by its number, its id, an unambiguous beginning of it, or its file.

        ``last`` is the newest. Raise ``NoSuchSession`` or ``SessionUnreadable``.
        """
        if reference.endswith(".json") and Path(reference).is_file():
            return read(Path(reference))
        known = self.all()
        if reference == "last" and known:
            return known[-1]
        if reference.isdecimal() and 0 < int(reference) <= len(known):
            return known[int(reference) - 1]
        near = tuple(session for session in known if session.id.startswith(reference))
        exact = tuple(session for session in near if session.id == reference)
        if len(exact or near) != 1:
            raise NoSuchSession(reference, near=tuple(session.id for session in near))
        [found] = exact or near
        return found


def case_rows(sessions: Iterable[Session]) -> list[dict[str, Any]]:
    """Return one row per case that was asked, for a data frame; costs are dollars as ``float``."""
    return [
        {
            "session": session.id,
            "model": session.model,
            "task_type": suite.task_type,
            "suite": suite.name,
            "tier": suite.tier,
            "case": case.id,
            "passed": case.passed,
            "answered": case.output is not None,
            "confidence": case.confidence,
            "latency_ms": case.latency_ms,
            "tokens": case.tokens_in + case.tokens_out,
            "cost_usd": float(case.cost_usd),
        }
        for session in sessions
        for suite in session.suites
        for case in suite.cases
    ]


def read(path: Path) -> Session:
    """Return the session in a file; raise ``SessionUnreadable``."""
    try:
        plain = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(plain, dict) or plain.get("format") != FORMAT:
            raise SessionUnreadable(path, problem=f"this version reads format {FORMAT}")
        return from_plain(Session, plain)
    except (OSError, ValueError, RecursionError, Unreadable) as error:
        raise SessionUnreadable(path, problem=str(error)) from error
