"""The fields of a task that its words tell: part of life, length, urgency, preparation."""

from bisect import bisect_left
from collections.abc import Sequence
from datetime import timedelta

from attrs import frozen

from donna_core.domain.capture.conditions import Sets
from donna_core.domain.capture.lexicon import Lexicon, Match
from donna_core.domain.capture.marks import Marks
from donna_core.domain.capture.phrases import Phrase
from donna_core.domain.capture.pressure import Pressure, read_pressure
from donna_core.domain.capture.settle import Tone, possible
from donna_core.domain.capture.spans import Span
from donna_core.domain.capture.tokens import Shape, Token
from donna_core.domain.capture.values import Frame, Meaning, Role
from donna_core.domain.tasks.task import Domain

_TIME_SHAPES = frozenset({Shape.CLOCK, Shape.ISO, Shape.DATE, Shape.HOURS})
_POSSESSIVE = ("'s", "’s")  # "Monday's meeting" needs its Monday
_LONGEST_NAME = 30  # tokens of a name in quotes, or between a booking and its length
_QUOTES = frozenset({'"', "“", "”", "«", "»", "„"})
_KEPT_LENGTH = timedelta(days=1)
_MOST_COURTESIES = 20  # one after the other


@frozen(kw_only=True)
class Words:
    """What the lexicon knows about the tokens that speak of no time."""

    domain: Domain
    duration: timedelta | None
    pressure: Pressure
    prep: range | None  # the tokens of the clause that asks for preparation
    agent: bool
    tone: Tone


def read_words(tokens: Sequence[Token], phrases: Sequence[Phrase], lexicon: Lexicon) -> Words:
    """Return what the words beside the time phrases tell about a task."""
    timed = inside(tokens, phrases)
    plain = [token for place, token in enumerate(tokens) if place not in timed]
    prep = next(lexicon.prep.within(tokens), None)
    return Words(
        domain=_domain(plain, lexicon),
        duration=_estimate(plain, lexicon),
        pressure=read_pressure(tokens, lexicon),
        prep=_clause(tokens, prep) if prep else None,
        agent=_opens_with_agent_verb(plain, lexicon),
        tone=Tone(
            is_deadline=any(
                token.norm in lexicon.sets["fields_deadline_words"] for token in tokens
            ),
            is_must=any(True for _ in lexicon.must.within(tokens)),
            is_wish=any(True for _ in lexicon.wish.within(tokens)),
            wakes=any(token.norm in lexicon.sets["fields_waking"] for token in tokens),
        ),
    )


def counts(phrase: Phrase, tokens: Sequence[Token], lexicon: Lexicon) -> bool:
    """Whether the phrase speaks of the task: names and two nights of a booking do not."""
    if _is_named(phrase, tokens, sets=lexicon.sets):
        return False
    length = phrase.meaning.length
    if phrase.meaning.role is not Role.LASTING or length is None or length.span < _KEPT_LENGTH:
        return True
    start, _ = _around(phrase, tokens)
    before = tokens[max(0, start - _LONGEST_NAME) : start]
    return not any(lexicon.bookings.at(before, place) for place in range(len(before)))


_BACKWARD = frozenset({
    "days.yesterday", "days.before_yesterday", "days.last_one", "days.last_week_one",
    "days.before_last", "moments.ago", "moments.last_night", "periods.back", "periods.trailing",
    "periods.last_weekend", "periods.last_named", "related_days.weekday_ago",
})  # fmt: skip


def told_only(
    phrases: Sequence[Phrase], tokens: Sequence[Token], *, frame: Frame, sets: Sets
) -> tuple[Phrase, ...]:
    """Return the phrases that tell of something else than when the task is to be done.

    "… about the call of yesterday" looks back; "… because she arrives at 5" gives a reason, which
    counts only where the sentence names no other time.
    """
    reasons = [
        place
        for place, token in enumerate(tokens)
        if token.norm in sets["fields_reasons"] and place
    ]
    at = tokens[reasons[0]].start if reasons else None
    back = [
        phrase
        for phrase in phrases
        if _looks_back(phrase, frame) or _names_kind(phrase, phrases, tokens, sets)
    ]
    ahead = [phrase for phrase in phrases if phrase not in back]
    if at is not None and any(phrase.span.start < at for phrase in ahead):
        back += [phrase for phrase in ahead if phrase.span.start >= at]
    return tuple(back) if len(tokens) > sum(1 for _ in inside(tokens, phrases)) else ()


def _names_kind(
    phrase: Phrase, phrases: Sequence[Phrase], tokens: Sequence[Token], sets: Sets
) -> bool:
    """Whether "quarterly" only tells which numbers: "quarterly numbers by Friday"."""
    start, end = _around(phrase, tokens)
    if (
        start
        or end != 1
        or end >= len(tokens)
        or tokens[0].norm not in sets["frequency_adjectives"]
    ):
        return False
    if tokens[1].shape is not Shape.WORD or tokens[1].norm in sets["after_frequency"]:
        return False
    rare = tokens[0].norm in sets["rare_frequencies"]
    others = [other.meaning for other in phrases if other is not phrase]
    due = any(other.role is Role.BY for other in others)
    return due or (rare and any(_fixes_day(other) for other in others))


def _fixes_day(meaning: Meaning) -> bool:
    when = meaning.when
    return meaning.role is Role.ON and when is not None and when.first is not None


def _looks_back(phrase: Phrase, frame: Frame) -> bool:
    when = phrase.meaning.when
    if when is None or phrase.meaning.role is not Role.ON or not when.fixed:
        return False
    over = when.last is not None and when.last <= frame.today
    return over and not _BACKWARD.isdisjoint(phrase.rules)


def _is_named(phrase: Phrase, tokens: Sequence[Token], *, sets: Sets) -> bool:
    """Whether the words are part of a name: "The Thursday Murder Club", Friday Night Lights."""
    start, end = _around(phrase, tokens)
    low, high = max(0, start - _LONGEST_NAME), end + _LONGEST_NAME
    if _quotes(tokens[low:start]) % 2 == 1 and _quotes(tokens[end:high]):
        return True
    if not start or end >= len(tokens) or tokens[start - 1].norm not in sets["fields_media_verbs"]:
        return False
    return phrase.span.text[:1].isupper() and tokens[end].text[:1].isupper()


def _around(phrase: Phrase, tokens: Sequence[Token]) -> tuple[int, int]:
    """Return the places ``[start, end)`` of the phrase's tokens."""
    return (
        bisect_left(tokens, phrase.span.start, key=lambda token: token.start),
        bisect_left(tokens, phrase.span.end, key=lambda token: token.start),
    )


def _quotes(tokens: Sequence[Token]) -> int:
    return sum(token.text in _QUOTES for token in tokens)


def inside(tokens: Sequence[Token], phrases: Sequence[Phrase]) -> set[int]:
    """Return the places of the tokens inside the phrases, which come in their order."""
    covered: set[int] = set()
    place = 0
    for phrase in phrases:
        while place < len(tokens) and tokens[place].start < phrase.span.start:
            place += 1
        while place < len(tokens) and tokens[place].end <= phrase.span.end:
            covered.add(place)
            place += 1
    return covered


def taken_from_title(
    tokens: Sequence[Token], phrases: Sequence[Phrase], marks: Marks, words: Words, *, sets: Sets
) -> set[int]:
    """Return the tokens that leave the title; what was not used as a time stays in it."""
    timed = [
        phrase
        for phrase in possible(phrases)
        if not phrase.span.text.endswith(_POSSESSIVE) and not _qualifies(phrase, tokens, sets=sets)
    ]
    taken = inside(tokens, timed) | set(marks.tokens)
    for match in words.pressure.said:
        taken.update(range(match.start, match.end))
    if words.prep is not None and words.prep.start > 0:
        taken.update(words.prep)
    elif words.prep is not None:
        taken.update(_asked_ahead(tokens, words.prep, sets=sets))
    return taken


def _asked_ahead(tokens: Sequence[Token], prep: range, *, sets: Sets) -> range:
    """Return the opening of "prep me for the board meeting", up to the determiner."""
    for place in prep:
        if tokens[place].norm in sets["fields_for"] and place + 1 < prep.stop:
            follows = tokens[place + 1].norm in sets["fields_determiners"]
            return range(prep.start, place + (2 if follows and place + 2 < prep.stop else 1))
    return range(0)


def _qualifies(phrase: Phrase, tokens: Sequence[Token], *, sets: Sets) -> bool:
    """Whether the time tells which thing is meant: "the 8pm show" is another than the 6pm one."""
    start, end = _around(phrase, tokens)
    return (
        start > 0
        and end < len(tokens)
        and tokens[start - 1].norm in sets["fields_determiners"]
        and tokens[end].shape is Shape.WORD
        and tokens[end].norm not in sets["fields_following"]
    )


def looks_unread(tokens: Sequence[Token], phrases: Sequence[Phrase], *, sets: Sets) -> bool:
    """Whether words that look like a time stand outside the time phrases."""
    covered = inside(tokens, phrases)
    return any(
        token.norm in sets["fields_time_words"] or token.shape in _TIME_SHAPES
        for place, token in enumerate(tokens)
        if place not in covered
    )


def quoted(places: range | None, tokens: Sequence[Token], text: str) -> str | None:
    """Return the text of these tokens."""
    if places is None:
        return None
    return text[tokens[places.start].start : tokens[places.stop - 1].end]


def spans_of(
    text: str, tokens: Sequence[Token], phrases: Sequence[Phrase], marks: Marks, words: Words
) -> tuple[Span, ...]:
    """Return the stretches that were taken for times, marks and urgency, in order."""
    spans = [phrase.span for phrase in phrases]
    spans += [_span("mark", tokens[place].start, tokens[place].end, text) for place in marks.tokens]
    spans += [
        _span("priority", tokens[match.start].start, tokens[match.end - 1].end, text)
        for match in words.pressure.said
    ]
    return tuple(sorted(spans, key=lambda span: (span.start, span.end)))


def _span(kind: str, start: int, end: int, text: str) -> Span:
    return Span(kind=kind, start=start, end=end, text=text[start:end])


def _domain(tokens: Sequence[Token], lexicon: Lexicon) -> Domain:
    """Return the part of life most words speak of; the longer phrase weighs more."""
    votes: dict[Domain, int] = {}
    for match in lexicon.domains.within(tokens):
        votes[match.value] = votes.get(match.value, 0) + match.end - match.start
    return max(votes, key=lambda domain: votes[domain], default=Domain.PERSONAL)


def _estimate(tokens: Sequence[Token], lexicon: Lexicon) -> timedelta | None:
    """Return how long work of this kind takes, by the longest phrase, the first among equals."""
    matches = lexicon.durations.within(tokens)
    best = max(matches, key=lambda match: match.end - match.start, default=None)
    return best.value if best else None


def _clause(tokens: Sequence[Token], match: Match) -> range:
    """Return the places from the request for preparation to the end of its clause."""
    end = match.end
    while end < len(tokens) and tokens[end].norm not in {".", ";", "!", "?"}:
        end += 1
    return range(match.start, end)


def _opens_with_agent_verb(tokens: Sequence[Token], lexicon: Lexicon) -> bool:
    rest = list(tokens)
    for _ in range(_MOST_COURTESIES):
        match = lexicon.prefixes.at(rest, 0) if rest else None
        if match is None:
            break
        rest = rest[match.end :]
    return any(lexicon.agent_verbs.at(rest, place) for place in range(min(2, len(rest))))
