"""Times as a result: what each time phrase of a text means, whatever the task makes of it."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from enum import StrEnum

from attrs import evolve, frozen

from donna_core.domain.capture.instants import at_clock, others_of, start_of, window_of
from donna_core.domain.capture.phrases import Phrase
from donna_core.domain.capture.repetition import first_day, rrule_text
from donna_core.domain.capture.spans import Span
from donna_core.domain.capture.values import Frame, Grain, Repeat, Role, When


class TimeKind(StrEnum):
    """What sort of time a phrase names."""

    INSTANT = "instant"
    DATE = "date"
    RANGE = "range"
    DURATION = "duration"
    RECURRENCE = "recurrence"
    CONSTRAINT = "constraint"  # before or after something else, so long before it


@frozen(kw_only=True)
class TimeReading:
    """The meaning of one time phrase. Instants are aware UTC.

    ``start`` is the time the words name: the limit in "by Friday", the first occurrence of a
    repetition. A date starts at its midnight, or at the time of day that counting kept ("in two
    weeks"); ``grain`` tells how much of it counts. ``duration`` is how long, or how far from now,
    the words say. ``end`` is set for ranges.
    """

    span: Span
    kind: TimeKind
    role: Role
    start: datetime | None = None
    end: datetime | None = None
    grain: Grain = Grain.DAY
    rrule: str | None = None
    duration: timedelta | None = None
    alternatives: tuple[datetime, ...] = ()


def read_times(phrases: Sequence[Phrase], *, frame: Frame) -> tuple[TimeReading, ...]:
    """Return the meaning of each phrase in order; impossible dates have none."""
    found = (_reading(phrase, frame) for phrase in phrases)
    return tuple(reading for reading in found if reading is not None)


def _reading(phrase: Phrase, frame: Frame) -> TimeReading | None:
    meaning = phrase.meaning
    if meaning.length is not None and meaning.when is None:
        return TimeReading(
            span=phrase.span,
            kind=TimeKind.DURATION if meaning.role is Role.LASTING else TimeKind.CONSTRAINT,
            role=meaning.role,
            grain=meaning.length.grain,
            duration=meaning.length.span,
        )
    if meaning.repeat is not None:
        return _recurring(phrase, meaning.repeat, frame)
    if meaning.when is not None:
        timed = _timed(phrase, meaning.when, frame)
        length = meaning.length or meaning.when.counted
        return evolve(timed, duration=length.span if length else None)
    return None


def _recurring(phrase: Phrase, repeat: Repeat, frame: Frame) -> TimeReading:
    if repeat.clock is not None:
        clock = repeat.clock.within(repeat.part) if repeat.part else repeat.clock.daytime
        repeat = evolve(repeat, clock=clock)
    day = first_day(repeat, frame.today)
    start = None
    if day is not None:
        start = at_clock(day, repeat.clock, frame) if repeat.clock else frame.instant(day, time(0))
    return TimeReading(
        span=phrase.span,
        kind=TimeKind.RECURRENCE,
        role=phrase.meaning.role,
        start=start,
        grain=Grain.MINUTE if repeat.clock else Grain.DAY,
        rrule=rrule_text(repeat, zone=frame.zone),
    )


def _timed(phrase: Phrase, when: When, frame: Frame) -> TimeReading:
    kind, end = TimeKind.INSTANT, None
    if when.has_time:
        start, _ = start_of(when, frame=frame)
        grain = Grain.MINUTE
        if when.clock is not None and when.until is not None:
            kind, end = TimeKind.RANGE, _end(start, when, frame)
    else:
        stretch = window_of(when, frame=frame)
        start, grain = stretch.first, Grain.HOUR if when.part else when.grain
        single = when.part is None and when.first == when.last
        kind = TimeKind.DATE if single else TimeKind.RANGE
        end = None if single else stretch.last
        if when.kept is not None and when.first is not None:
            start = frame.instant(when.first, when.kept)
    return TimeReading(
        span=phrase.span,
        kind=kind,
        role=phrase.meaning.role,
        start=start,
        end=end,
        grain=grain,
        alternatives=others_of(when, start, frame=frame),
    )


def _end(start: datetime, when: When, frame: Frame) -> datetime | None:
    if when.until is None:
        return None
    day = start.astimezone(frame.zone).date()
    end = at_clock(day, when.until, frame)
    return end if end > start else at_clock(day + timedelta(days=1), when.until, frame)
