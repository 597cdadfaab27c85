"""Settling: many time phrases of one sentence become one start, deadline, length and rule."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from attrs import evolve, field, frozen

from donna_core.domain.capture.instants import (
    at_clock,
    deadline_of,
    others_of,
    start_of,
    window_of,
)
from donna_core.domain.capture.phrases import Phrase
from donna_core.domain.capture.repetition import DAY_NAMES, first_day, in_words, rrule_text
from donna_core.domain.capture.values import Frame, Meaning, Repeat, Role, When
from donna_core.domain.tasks.task import DeadlineType, IntentKind, Strictness, TimeIntent
from donna_core.domain.timing.recurrence import InvalidRecurrence, Recurrence


@frozen(kw_only=True)
class Tone:
    """How the words around the times are meant: how firmly, and whether to wake somebody."""

    is_must: bool = False
    is_deadline: bool = False
    is_wish: bool = False
    wakes: bool = False


@frozen(kw_only=True)
class Settled:
    """The times of one task.

    ``conflicts`` counts phrases that contradict another, ``unused`` are those that lost.
    ``spread`` tells that the words say how often and not when: "three times a week".
    """

    start: datetime | None = None
    deadline: datetime | None = None
    deadline_type: DeadlineType = DeadlineType.NONE
    duration: timedelta | None = None
    recurrence: str | None = None
    recurrence_text: str | None = None
    intent: TimeIntent = field(factory=TimeIntent)
    remarks: tuple[str, ...] = ()
    alternatives: tuple[datetime, ...] = ()
    conflicts: int = 0
    unused: tuple[Phrase, ...] = ()
    spread: bool = False


@frozen(kw_only=True)
class _Gathered:
    """The phrases by what they say, merged where they complete each other."""

    on: When | None
    by: When | None
    by_role: Role
    stressed: bool
    after: When | None
    repeat: Repeat | None
    conflicts: int
    lost: tuple[Meaning, ...] = ()


def settle(phrases: Sequence[Phrase], *, frame: Frame, tone: Tone) -> Settled:
    """Return the times these phrases give to one task."""
    usable = possible(phrases)
    meanings = [phrase.meaning for phrase in usable]
    gathered = _gather([_waking(each) for each in meanings] if tone.wakes else meanings)
    if tone.is_deadline and gathered.by is None:
        gathered = evolve(gathered, by=gathered.on, on=None, stressed=True)
    if gathered.repeat is not None:
        settled = _repeating(gathered.repeat, frame=frame)
    elif gathered.by is not None:
        settled = _due(gathered, gathered.by, frame=frame, tone=tone)
    elif gathered.on is not None and gathered.on.has_time and not gathered.on.loose:
        settled = _pinned(gathered.on, frame=frame)
    elif gathered.on is not None:
        settled = _windowed(gathered.on, frame=frame, tone=tone)
    else:
        settled = Settled()
    settled = _after(settled, gathered.after, frame=frame)
    remarks = (*_impossible(phrases), *settled.remarks)
    return evolve(
        settled,
        duration=_duration(usable, gathered),
        remarks=remarks,
        conflicts=gathered.conflicts,
        unused=tuple(
            phrase for phrase in usable if any(phrase.meaning is lost for lost in gathered.lost)
        ),
    )


def _waking(meaning: Meaning) -> Meaning:
    """Return the meaning with its hour in the morning, where the words leave the half open."""
    when, repeat = meaning.when, meaning.repeat
    if when is not None and when.clock is not None and when.clock.open and when.part is None:
        clock = evolve(when.clock, hour=when.clock.hour % 12, open=False)
        return evolve(meaning, when=evolve(when, clock=clock))
    if repeat is not None and repeat.clock is not None and repeat.clock.open and not repeat.part:
        clock = evolve(repeat.clock, hour=repeat.clock.hour % 12, open=False)
        return evolve(meaning, repeat=evolve(repeat, clock=clock))
    return meaning


def possible(phrases: Sequence[Phrase]) -> list[Phrase]:
    """Return the phrases without impossible dates and the times of day that belong to one."""
    usable = [phrase for phrase in phrases if phrase.meaning.role is not Role.IMPOSSIBLE]
    if len(usable) == len(phrases):
        return usable
    return [
        phrase
        for phrase in usable
        if phrase.meaning.when is None
        or phrase.meaning.when.first is not None
        or phrase.meaning.when.instant is not None
    ]


def _impossible(phrases: Sequence[Phrase]) -> list[str]:
    return [
        f"'{phrase.span.text}' does not exist, so it was not used as a time."
        for phrase in phrases
        if phrase.meaning.role is Role.IMPOSSIBLE
    ]


def _gather(meanings: Sequence[Meaning]) -> _Gathered:
    by_role: dict[Role, list[Meaning]] = {}
    for meaning in meanings:
        by_role.setdefault(meaning.role, []).append(meaning)
    ons, lost_on = _merged(by_role.get(Role.ON, ()))
    due = [*by_role.get(Role.BY, ()), *by_role.get(Role.BEFORE, ())]
    by, lost_by = _merged(due)
    after, lost_after = _merged(by_role.get(Role.AFTER, ()))
    lost = (*lost_on, *lost_by, *lost_after)
    repeats = [meaning.repeat for meaning in by_role.get(Role.REPEATING, ()) if meaning.repeat]
    repeat = max(repeats, key=_detail, default=None)
    if by is not None and ons is not None and _completes(by, ons):
        by, ons = _joined(by, ons), None
    if repeat is not None:
        repeat = _with_times(repeat, [when for when in (ons, by) if when is not None])
        if after is not None and after.first is not None and not after.has_time:
            repeat, after = evolve(repeat, since=repeat.since or after.first), None
    return _Gathered(
        on=ons,
        by=by,
        by_role=due[0].role if due else Role.BY,
        stressed=any(meaning.stressed for meaning in due),
        after=after,
        repeat=repeat,
        conflicts=len(lost) + _contradicting(repeats),
        lost=lost,
    )


def _merged(meanings: Sequence[Meaning]) -> tuple[When | None, list[Meaning]]:
    """Return the phrases of one role as one time, and those that did not fit."""
    found: When | None = None
    lost: list[Meaning] = []
    for meaning in meanings:
        when = meaning.when
        if when is None:
            continue
        if found is None:
            found = when
        elif _completes(found, when):
            found = _joined(found, when)
        elif when != found:
            lost.append(meaning)
    return found, lost


def _completes(one: When, other: When) -> bool:
    """Whether one has the day and the other the time, or both name the same day."""
    if one.instant is not None or other.instant is not None:
        return False
    days = one.first is None or other.first is None or one.first == other.first
    return days and (one.clock is None or other.clock is None)


def _joined(one: When, other: When) -> When:
    day = one if one.first is not None else other
    timed = one if one.clock is not None else other
    part = one.part or other.part
    clock = timed.clock.within(part) if timed.clock and part else timed.clock
    return evolve(day, clock=clock, until=timed.until, loose=timed.loose, part=part)


def _detail(repeat: Repeat) -> int:
    numbers = (repeat.weekdays, repeat.month_days, repeat.months, repeat.clock, repeat.part)
    return sum(1 for value in numbers if value)


def _contradicting(repeats: Sequence[Repeat]) -> int:
    return max(0, len({(repeat.every, repeat.interval) for repeat in repeats}) - 1)


def _with_times(repeat: Repeat, whens: Sequence[When]) -> Repeat:
    """Return the repetition with the times that stand elsewhere in the sentence."""
    for when in whens:
        if repeat.clock is None and when.clock is not None:
            clock = when.clock.within(repeat.part) if repeat.part else when.clock
            repeat = evolve(repeat, clock=clock, stop=when.until)
        if repeat.part is None and when.part is not None:
            repeat = evolve(repeat, part=when.part)
        day = when.first
        if day is None or when.first != when.last:
            continue
        plain = not (repeat.weekdays or repeat.month_days or repeat.year_days or repeat.weeks)
        if plain and repeat.every == "WEEKLY":
            repeat = evolve(repeat, weekdays=((0, day.weekday()),))
        elif plain and repeat.every == "MONTHLY":
            repeat = evolve(repeat, month_days=(day.day,))
        elif plain and repeat.every == "YEARLY":
            repeat = evolve(repeat, months=(day.month,), month_days=(day.day,))
        repeat = evolve(repeat, near=day)
    return repeat


def _repeating(repeat: Repeat, *, frame: Frame) -> Settled:
    if repeat.clock is not None:
        clock = repeat.clock.within(repeat.part) if repeat.part else repeat.clock.daytime
        repeat = evolve(repeat, clock=clock)
    rule, words = rrule_text(repeat, zone=frame.zone), in_words(repeat)
    first, last = _first_time(repeat, frame=frame)
    problem = _unkept(rule, words) if first else "The repetition ends before it begins."
    if problem:
        return Settled(remarks=(problem,))
    intent = TimeIntent(
        kind=IntentKind.RECURRING,
        strictness=Strictness.HARD if repeat.clock else Strictness.SOFT,
        due_at=first if repeat.clock else last,
        earliest=first,
        latest=last,
        weekdays=tuple(sorted({day for _, day in repeat.weekdays})),
        time_of_day=repeat.part.name if repeat.part else None,
        recurrence=rule,
        recurrence_text=words,
    )
    has_deadline = last is not None and repeat.clock is None
    return Settled(
        start=first if repeat.clock else None,
        deadline=last if has_deadline else None,
        deadline_type=DeadlineType.SOFT if has_deadline else DeadlineType.NONE,
        recurrence=rule,
        recurrence_text=words,
        spread=repeat.spread,
        intent=intent,
    )


def _unkept(rule: str, words: str) -> str | None:
    """Return why nobody can keep the rule, or None."""
    try:
        Recurrence.parse(rule)
    except InvalidRecurrence as problem:
        return f"'{words}' cannot be kept: {problem.problem}."
    return None


def _first_time(repeat: Repeat, *, frame: Frame) -> tuple[datetime | None, datetime | None]:
    """Return the first occurrence still ahead as earliest and latest instant."""
    day = first_day(repeat, frame.today)
    for _ in range(2):
        if day is None:
            return None, None
        if repeat.clock is not None:
            instant = at_clock(day, repeat.clock, frame)
            if instant > frame.at:
                return instant, instant
        else:
            stretch = window_of(
                When(first=day, last=day, part=repeat.part, fixed=True), frame=frame
            )
            if stretch.last > frame.at:
                return max(stretch.first, frame.at), stretch.last
        day = first_day(repeat, day + timedelta(days=1))
    return None, None


def _pinned(when: When, *, frame: Frame) -> Settled:
    start, moved = start_of(when, frame=frame)
    return Settled(
        start=start,
        intent=TimeIntent(
            kind=IntentKind.EXACT,
            strictness=Strictness.HARD,
            due_at=start,
            earliest=start,
            latest=start,
            time_of_day=when.part.name if when.part else None,
        ),
        remarks=_past_remarks(start, moved=moved, frame=frame),
        alternatives=others_of(when, start, frame=frame),
    )


def _due(gathered: _Gathered, when: When, *, frame: Frame, tone: Tone) -> Settled:
    deadline, moved = deadline_of(when, gathered.by_role, frame=frame)
    firm = gathered.stressed or tone.is_must or not (when.vague or tone.is_wish)
    kind = DeadlineType.HARD if firm else DeadlineType.SOFT
    start = earliest = None
    if gathered.on is not None and gathered.on.has_time:
        start, _ = start_of(gathered.on, frame=frame)
    elif gathered.on is not None:
        earliest = window_of(gathered.on, frame=frame).first
    return Settled(
        start=start,
        deadline=deadline,
        deadline_type=kind,
        intent=TimeIntent(
            kind=IntentKind.EXACT if start else IntentKind.CONSTRAINED,
            strictness=Strictness.HARD if firm else Strictness.SOFT,
            due_at=deadline,
            earliest=start or earliest,
            latest=deadline,
            time_of_day=when.part.name if when.part else None,
        ),
        remarks=_past_remarks(deadline, moved=moved, frame=frame),
        alternatives=others_of(when, deadline, frame=frame),
    )


def _windowed(when: When, *, frame: Frame, tone: Tone) -> Settled:
    if when.loose and when.until is not None:
        first, moved = start_of(when, frame=frame)
        day = first.astimezone(frame.zone).date()
        last = at_clock(day, when.until, frame)
    else:
        stretch = window_of(when, frame=frame)
        first, last, moved = stretch.first, stretch.last, stretch.moved
    firm = tone.is_must and not tone.is_wish
    return Settled(
        deadline=last,
        deadline_type=DeadlineType.HARD if firm else DeadlineType.SOFT,
        intent=TimeIntent(
            kind=IntentKind.WINDOW,
            strictness=Strictness.HARD if firm else Strictness.SOFT,
            due_at=last,
            earliest=first if first > frame.at or when.fixed else frame.at,
            latest=last,
            weekdays=_weekdays(when),
            time_of_day=when.part.name if when.part else None,
        ),
        remarks=_past_remarks(last, moved=moved, frame=frame),
        alternatives=others_of(when, last, frame=frame),
    )


def _weekdays(when: When) -> tuple[int, ...]:
    if when.first is None or when.first != when.last:
        return ()
    return (when.first.weekday(),)


def _after(settled: Settled, after: When | None, *, frame: Frame) -> Settled:
    """Add the earliest instant, where the sentence gives one."""
    if after is None:
        return settled
    earliest = (
        start_of(after, frame=frame)[0] if after.has_time else window_of(after, frame=frame).first
    )
    kind = settled.intent.kind
    return evolve(
        settled,
        intent=evolve(
            settled.intent,
            earliest=earliest,
            kind=IntentKind.CONSTRAINED if kind is IntentKind.NONE else kind,
        ),
        alternatives=settled.alternatives or others_of(after, earliest, frame=frame),
    )


def _duration(phrases: Sequence[Phrase], gathered: _Gathered) -> timedelta | None:
    """Return the stated length: in words, or from the first to the last time of a range."""
    for phrase in phrases:
        length = phrase.meaning.length
        if (
            phrase.meaning.role is Role.LASTING
            and length is not None
            and length.span > timedelta(0)
        ):
            return length.span
    on, repeat = gathered.on, gathered.repeat
    if on is not None and on.clock and on.until and not on.loose:
        clock, until = on.clock, on.until
    elif repeat is not None and repeat.clock and repeat.stop:
        clock, until = repeat.clock, repeat.stop
    else:
        return None
    minutes = (60 * until.hour + until.minute - 60 * clock.hour - clock.minute) % (24 * 60)
    return timedelta(minutes=minutes) if minutes else None


def _past_remarks(instant: datetime, *, moved: bool, frame: Frame) -> tuple[str, ...]:
    here = instant.astimezone(frame.zone)
    name = DAY_NAMES[here.weekday()]
    if moved:
        return (f"The time said is already past; read as {name} {here:%Y-%m-%d %H:%M}.",)
    if instant < frame.at:
        return (f"{name} {here:%Y-%m-%d %H:%M} is in the past.",)
    return ()
