"""The routines of Donna: what is due, what was missed, and what comes next.

A routine happens at most once per local date, whatever the clocks do and wherever the person
travels: the date is part of the key under which it may happen.
"""

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from attrs import evolve, frozen

from donna_core.domain.effects import JobKind
from donna_core.domain.timing.interval import Interval
from donna_core.domain.timing.recurrence import InvalidRecurrence, Recurrence
from donna_core.domain.timing.zones import local

# Where rules with an INTERVAL start counting: a Monday, the first of a month and of a year.
ORIGIN = datetime(2001, 1, 1, tzinfo=UTC)
INSTANT = timedelta(microseconds=1)


class CatchUp(StrEnum):
    """What becomes of occurrences that are later than the grace allows.

    ``skip``: they are reported as missed. ``last``: the latest of all that are due still runs,
    the others are missed. ``all``: each of them runs, however late.
    """

    SKIP = "skip"
    LAST = "last"
    ALL = "all"


@frozen(kw_only=True)
class Routine:
    """An act Donna repeats. Up to ``grace`` after its time it counts as on time.

    Raises ``InvalidRecurrence`` for a rule that is over some day.
    """

    kind: JobKind
    rule: Recurrence
    catch_up: CatchUp
    grace: timedelta

    def __attrs_post_init__(self) -> None:
        if self.rule.ends or self._first_after(ORIGIN, zone=ZoneInfo("UTC")) is None:
            raise self._over()

    def first_after(self, instant: datetime, *, zone: ZoneInfo) -> datetime:
        """Return when the routine comes next, strictly after the instant."""
        run_at = self._first_after(instant, zone=zone)
        if run_at is None:
            raise self._over()
        return run_at

    def _first_after(self, instant: datetime, *, zone: ZoneInfo) -> datetime | None:
        return self.rule.next_after(instant, zone=zone, anchor=_origin(zone))

    def _over(self) -> InvalidRecurrence:
        return InvalidRecurrence(
            self.rule.rule,
            problem=f"{self.kind} would not go on for ever",
            remedy="Give a rule without COUNT and UNTIL: 30 6 * * * is every day at 06:30.",
        )


@frozen(kw_only=True)
class Occurrence:
    """One time of a routine. ``missed`` says to report it instead of doing it."""

    key: str
    run_at: datetime
    missed: bool


def occurrence_key(kind: JobKind, instant: datetime, zone: ZoneInfo) -> str:
    """Return the name of a routine's occurrence: its kind and local date.

    For example ``morning_digest:2026-11-20``.
    """
    return f"{kind}:{local(instant, zone).date().isoformat()}"


def due_occurrences(
    routine: Routine, *, since: datetime, now: datetime, zone: ZoneInfo
) -> tuple[Occurrence, ...]:
    """Return what fell due after ``since`` up to ``now``, in order, one per local date.

    Those not ``missed`` are to be run now, by the catch-up policy of the routine.
    """
    if now <= since:
        return ()
    within = Interval(since + INSTANT, now + INSTANT)
    instants = routine.rule.occurrences(within, zone=zone, anchor=_origin(zone))
    by_key: dict[str, datetime] = {}
    for instant in instants:
        by_key.setdefault(occurrence_key(routine.kind, instant, zone), instant)
    due = [Occurrence(key=key, run_at=run_at, missed=False) for key, run_at in by_key.items()]
    return tuple(
        evolve(each, missed=_is_missed(routine, lateness=now - each.run_at, latest=each is due[-1]))
        for each in due
    )


def next_occurrence(routine: Routine, *, after: datetime, zone: ZoneInfo) -> Occurrence:
    """Return the routine's first occurrence strictly after the instant."""
    run_at = routine.first_after(after, zone=zone)
    return Occurrence(key=occurrence_key(routine.kind, run_at, zone), run_at=run_at, missed=False)


def _is_missed(routine: Routine, *, lateness: timedelta, latest: bool) -> bool:
    """Say whether an occurrence is given up, being this late."""
    if lateness <= routine.grace:
        return False
    match routine.catch_up:
        case CatchUp.SKIP:
            return True
        case CatchUp.LAST:
            return not latest
        case CatchUp.ALL:
            return False


def _origin(zone: ZoneInfo) -> datetime:
    """Return the instant at which the zone's clocks showed the origin."""
    return ORIGIN.replace(tzinfo=zone).astimezone(UTC)
