"""Understanding a time, a deadline or a length a person names by itself."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from attrs import frozen

from donna_core.domain.capture.parse import read
from donna_core.domain.capture.reading import Reading
from donna_core.domain.errors import InvalidInput
from donna_core.usecases.runtime import Runtime

_LEADING = re.compile(r"(?:until|till|to|at|for|on)\s+(?=\S)", re.IGNORECASE)
_TIMES = frozenset({"on", "by", "before", "after", "lasting"})
_WORD = re.compile(r"\w+")


class UnclearTime(InvalidInput):
    """The words name no time, or more than a time."""

    def __init__(self, text: str, *, wanted: str, examples: str, unread: Sequence[str]) -> None:
        self.text, self.unread = text, tuple(unread)
        blame = f": '{' '.join(unread)}' is not understood" if unread else ""
        super().__init__(f"'{text}' names no {wanted}{blame}. Say it like {examples}.")


@frozen(kw_only=True)
class Moment:
    """An instant a person named; ``exact`` tells that the words fixed a time of day."""

    instant: datetime
    exact: bool


def understand_moment(runtime: Runtime, text: str) -> Moment:
    """Return the instant that words such as ``fri 3pm``, ``2h`` or ``tomorrow morning`` name.

    A length counts from now. A day or a part of one means its beginning, or the next minute
    where it has begun. Raise ``UnclearTime``, or ``EmptyText`` and ``TextTooLong`` like any
    reading.
    """
    words = _LEADING.sub("", text.strip(), count=1)
    unread: list[str] = []
    for phrase in (words, f"in {words}"):
        reading, unread = _read(runtime, phrase)
        found = _instant(reading, runtime.clock.now())
        if found is not None and not unread and reading.recurrence is None:
            return found
    raise UnclearTime(
        text,
        wanted="time",
        examples="'fri 3pm', '2h', 'in 45 min' or 'tomorrow morning'",
        unread=[word for word in unread if word in _WORD.findall(words)],
    )


def understand_deadline(runtime: Runtime, text: str) -> datetime:
    """Return the last instant that words such as ``fri``, ``fri 5pm`` or ``2h`` allow.

    A day lasts until its end. Raise ``UnclearTime``.
    """
    words = re.sub(r"(?i)^(?:by|until|till|before)\s+", "", text.strip())
    reading, unread = _read(runtime, f"by {words}")
    if reading.deadline is not None and not unread:
        return reading.deadline
    return understand_moment(runtime, words).instant


def understand_length(runtime: Runtime, text: str) -> timedelta:
    """Return the time that words such as ``45 min``, ``2h`` or ``an hour and a half`` last.

    A bare number counts minutes. Raise ``UnclearTime``.
    """
    words = text.strip().removeprefix("for ")
    if words.isdecimal() and words.isascii() and len(words) <= 6:
        return timedelta(minutes=int(words))
    reading, unread = _read(runtime, f"for {words}")
    if not reading.duration_stated or unread:
        raise UnclearTime(
            text, wanted="length of time", examples="'45 min', '2h' or '1.5 hours'", unread=unread
        )
    return reading.duration


def _instant(reading: Reading, now: datetime) -> Moment | None:
    if reading.start is not None:
        return Moment(instant=reading.start, exact=True)
    earliest, latest = reading.time_intent.earliest, reading.time_intent.latest
    if earliest is not None:
        under_way = earliest <= now and (latest is None or latest > now)
        return Moment(instant=_next_minute(now) if under_way else earliest, exact=False)
    if reading.deadline is not None:
        return Moment(instant=reading.deadline, exact=True)
    if reading.duration_stated:
        return Moment(instant=now + reading.duration, exact=True)
    return None


def _next_minute(now: datetime) -> datetime:
    """Return an instant that is still to come when somebody asks a moment later."""
    return now.replace(second=0, microsecond=0) + timedelta(minutes=1)


def _read(runtime: Runtime, text: str) -> tuple[Reading, list[str]]:
    """Return the reading of the words and those of them that speak of no time."""
    policy = runtime.policy
    reading = read(
        text,
        at=runtime.clock.now(),
        zone=policy.zone,
        lexicon=policy.lexicon,
        day_first=policy.day_first,
        limit=policy.text_limit,
    )
    covered = [range(span.start, span.end) for span in reading.spans if span.kind in _TIMES]
    unread = [
        word.group()
        for word in _WORD.finditer(reading.text)
        if not any(word.start() in stretch for stretch in covered)
    ]
    return reading, unread
