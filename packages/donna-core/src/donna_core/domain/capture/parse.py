"""Read a sentence into the fields of a task, by rules alone.

The confidence is a product of factors, each for one reason to doubt, so that a sentence of which
everything was understood stays above 0.9 and one that names nothing to do falls below 0.5.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from attrs import evolve, frozen

from donna_core.domain.capture.cleaning import DEFAULT_LIMIT, EmptyText, TextTooLong, clean
from donna_core.domain.capture.grammar.days import WEEKDAY_NAMES
from donna_core.domain.capture.intent import Intent, classify
from donna_core.domain.capture.lexicon import Lexicon, Match
from donna_core.domain.capture.marks import Marks, read_marks
from donna_core.domain.capture.phrases import Phrase, find
from donna_core.domain.capture.reading import Reading, Span
from donna_core.domain.capture.settle import Settled, Tone, possible, settle
from donna_core.domain.capture.title import Title, make_title
from donna_core.domain.capture.tokens import Shape, Token, tokenize
from donna_core.domain.capture.values import Frame, Role
from donna_core.domain.tasks.task import Domain

__all__ = ["EmptyText", "TextTooLong", "clean", "read"]

_SURE = 0.96
_DOUBTS = {
    "no task": 0.3,
    "vague": 0.45,
    "no title": 0.4,
    "impossible": 0.5,
    "conflict": 0.6,
    "several tasks": 0.65,
    "unread time": 0.7,
    "moved": 0.8,
    "ambiguous": 0.93,
    "unknown verb": 0.92,
    "one word": 0.85,
}
_TIME_WORDS = frozenset(WEEKDAY_NAMES) | frozenset(
    [
        "january",
        "february",
        "july",
        "september",
        "october",
        "november",
        "december",
        "today",
        "tomorrow",
        "tonight",
        "yesterday",
        "o'clock",
        "oclock",
        "noon",
        "midnight",
    ]
)
_TIME_SHAPES = frozenset({Shape.CLOCK, Shape.ISO, Shape.DATE, Shape.HOURS})
_POSSESSIVE = ("'s", "’s")  # "Monday's meeting" needs its Monday
_LINKING = frozenset({"about", "with", "for", "to", "the", "and", "of", "that", "on"})
_DEADLINE_WORDS = frozenset({"deadline", "due"})
_KEPT_LENGTH = timedelta(days=1)


@frozen(kw_only=True)
class _Words:
    """What the lexicon knows about the tokens that speak of no time."""

    domain: Domain
    duration: timedelta | None
    priority: int | None
    urgency: tuple[Match, ...]
    prep: range | None  # the tokens of the clause that asks for preparation
    agent: bool
    tone: Tone


def read(
    text: str,
    *,
    at: datetime,
    zone: ZoneInfo,
    lexicon: Lexicon,
    day_first: bool = False,
    limit: int = DEFAULT_LIMIT,
) -> Reading:
    """Return what one message means as a task, said at the instant ``at`` by somebody in ``zone``.

    Times without a date lie ahead of ``at``; a day without a time lasts until 23:59 of its local
    clock. ``day_first`` decides what 3/5 means. ``limit`` counts characters. Raises ``EmptyText``
    and ``TextTooLong``, nothing else; what could not be read is a remark.
    """
    text, remarks = clean(text, limit=limit)
    tokens = tokenize(text)
    frame = Frame.of(at=at, zone=zone, day_first=day_first, parts=lexicon.parts)
    marks = read_marks(tokens)
    found = find(tokens, text, frame=frame)
    phrases = [phrase for phrase in found if _counts(phrase, tokens, lexicon)]
    words = _words(tokens, phrases, lexicon)
    settled = settle(phrases, frame=frame, tone=words.tone)
    title = make_title(tokens, text, taken=_taken(tokens, phrases, marks, words), lexicon=lexicon)
    intent, sureness = classify(text, lexicon)
    doubts = ["no task"] if intent is not Intent.TASK else []
    doubts += [*_doubts(title, settled, tokens, lexicon), *_unread(tokens, phrases)]
    prep = _quoted(words.prep, tokens, text)
    reading = _assembled(text, title, settled, words, prep=prep, marks=marks, lexicon=lexicon)
    return evolve(
        reading,
        is_task=intent is Intent.TASK,
        confidence=_confidence(doubts, sureness),
        remarks=(*remarks, *reading.remarks, *_said(doubts)),
        spans=_spans(text, tokens, phrases, marks, words),
    )


def _counts(phrase: Phrase, tokens: Sequence[Token], lexicon: Lexicon) -> bool:
    """Whether the phrase speaks of the task: two nights of a booking are no working time."""
    length = phrase.meaning.length
    if phrase.meaning.role is not Role.LASTING or length is None or length.span < _KEPT_LENGTH:
        return True
    before = [token for token in tokens if token.end <= phrase.span.start]
    return not any(lexicon.bookings.at(before, place) for place in range(len(before)))


def _words(tokens: Sequence[Token], phrases: Sequence[Phrase], lexicon: Lexicon) -> _Words:
    timed = _inside(tokens, phrases)
    plain = [token for place, token in enumerate(tokens) if place not in timed]
    urgency = tuple(lexicon.urgency.within(tokens))
    prep = next(lexicon.prep.within(tokens), None)
    return _Words(
        domain=_domain(plain, lexicon),
        duration=_estimate(plain, lexicon),
        priority=_urgency(urgency),
        urgency=urgency,
        prep=_clause(tokens, prep) if prep else None,
        agent=_opens_with_agent_verb(plain, lexicon),
        tone=Tone(
            is_deadline=any(token.norm in _DEADLINE_WORDS for token in tokens),
            is_must=any(True for _ in lexicon.must.within(tokens)),
            is_wish=any(True for _ in lexicon.wish.within(tokens)),
        ),
    )


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


def _urgency(matches: Sequence[Match]) -> int | None:
    levels = [match.value for match in matches]
    return max(levels, default=None)


def _clause(tokens: Sequence[Token], match: Match) -> range:
    """Return the places from the request for preparation to the end of its clause."""
    end = match.end
    while end < len(tokens) and tokens[end].norm not in {".", ";", "!", "?"}:
        end += 1
    return range(match.start, end)


def _opens_with_agent_verb(tokens: Sequence[Token], lexicon: Lexicon) -> bool:
    rest = list(tokens)
    while rest and (match := lexicon.prefixes.at(rest, 0)) is not None:
        rest = rest[match.end :]
    return any(lexicon.agent_verbs.at(rest, place) for place in range(min(2, len(rest))))


def _inside(tokens: Sequence[Token], phrases: Sequence[Phrase]) -> set[int]:
    """Return the places of the tokens inside the phrases."""
    covered: set[int] = set()
    place = 0
    for phrase in phrases:
        while place < len(tokens) and tokens[place].start < phrase.span.start:
            place += 1
        while place < len(tokens) and tokens[place].end <= phrase.span.end:
            covered.add(place)
            place += 1
    return covered


def _taken(
    tokens: Sequence[Token], phrases: Sequence[Phrase], marks: Marks, words: _Words
) -> set[int]:
    """Return the tokens that leave the title; what was not used as a time stays in it."""
    timed = [phrase for phrase in possible(phrases) if not phrase.span.text.endswith(_POSSESSIVE)]
    taken = _inside(tokens, timed) | set(marks.tokens)
    for match in words.urgency:
        taken.update(range(match.start, match.end))
    if words.prep is not None and words.prep.start > 0:
        taken.update(words.prep)
    return taken


def _quoted(places: range | None, tokens: Sequence[Token], text: str) -> str | None:
    if places is None:
        return None
    return text[tokens[places.start].start : tokens[places.stop - 1].end]


def _assembled(
    text: str,
    title: Title,
    settled: Settled,
    words: _Words,
    *,
    prep: str | None,
    marks: Marks,
    lexicon: Lexicon,
) -> Reading:
    priority = marks.priority or words.priority or lexicon.default_priority
    return Reading(
        text=text,
        title=title.text,
        description=title.description,
        domain=marks.domain or words.domain,
        priority=priority,
        deadline=settled.deadline,
        deadline_type=settled.deadline_type,
        start=settled.start,
        duration=settled.duration or words.duration or lexicon.default_duration,
        duration_stated=settled.duration is not None,
        recurrence=settled.recurrence,
        recurrence_text=settled.recurrence_text,
        time_intent=settled.intent,
        tags=marks.tags,
        prep_work_flag=words.prep is not None,
        prep_work_instructions=prep,
        agent_eligible=words.agent,
        remarks=settled.remarks,
        alternatives=settled.alternatives,
    )


def _doubts(title: Title, settled: Settled, tokens: Sequence[Token], lexicon: Lexicon) -> list[str]:
    words = [token for token in title.tokens if token.shape is Shape.WORD]
    doubts = []
    if not words:
        doubts.append("no title")
    elif _is_vague(words, lexicon):
        doubts.append("vague")
    elif len(words) == 1 and not _known_kind(words, lexicon):
        doubts.append("one word")
    if words and not lexicon.action_verbs.at(words, 0) and not _known_kind(words, lexicon):
        doubts.append("unknown verb")
    if any("does not exist" in remark for remark in settled.remarks):
        doubts.append("impossible")
    if any("past" in remark for remark in settled.remarks):
        doubts.append("moved")
    if settled.conflicts:
        doubts.append("conflict")
    if settled.alternatives:
        doubts.append("ambiguous")
    if _actions(tokens, lexicon) > 1:
        doubts.append("several tasks")
    return doubts


def _known_kind(words: Sequence[Token], lexicon: Lexicon) -> bool:
    known = (lexicon.durations, lexicon.domains)
    return any(next(phrases.within(words), None) is not None for phrases in known)


def _is_vague(words: Sequence[Token], lexicon: Lexicon) -> bool:
    """Whether nothing is left once the verb and the words that name nothing are gone."""
    verb = lexicon.action_verbs.at(words, 0)
    rest = words[verb.end if verb else 0 :]
    if not rest:
        return False
    named = set(range(len(rest)))
    for match in lexicon.vague.within(rest):
        named.difference_update(range(match.start, match.end))
    return all(rest[place].norm in _LINKING for place in named)


def _actions(tokens: Sequence[Token], lexicon: Lexicon) -> int:
    """Count verbs that begin a task, after the first one only where "and" or a stop leads."""
    joints = {"and", "then", ";", ".", "also", "plus"}
    starts = [
        place
        for place in range(1, len(tokens))
        if tokens[place - 1].norm in joints and lexicon.action_verbs.at(tokens, place)
    ]
    return 1 + len(starts)


def _unread(tokens: Sequence[Token], phrases: Sequence[Phrase]) -> list[str]:
    covered = _inside(tokens, phrases)
    odd = any(
        token.norm in _TIME_WORDS or token.shape in _TIME_SHAPES
        for place, token in enumerate(tokens)
        if place not in covered
    )
    return ["unread time"] if odd else []


def _said(doubts: Collection[str]) -> list[str]:
    """Return the doubts a person can do something about."""
    remarks = {
        "conflict": "Several times contradict each other; the first one was used.",
        "several tasks": "This may be several tasks; it was kept as one.",
        "unread time": "Some words look like a time and were not read as one.",
        "vague": "It is not clear what has to be done.",
    }
    return [remarks[doubt] for doubt in doubts if doubt in remarks]


def _confidence(doubts: Collection[str], sureness: float) -> float:
    value = _SURE
    for doubt in doubts:
        value *= _DOUBTS[doubt]
    return round(value * (0.8 + 0.2 * sureness), 3)


def _spans(
    text: str,
    tokens: Sequence[Token],
    phrases: Sequence[Phrase],
    marks: Marks,
    words: _Words,
) -> tuple[Span, ...]:
    spans = [phrase.span for phrase in phrases]
    spans += [_span("mark", tokens[place].start, tokens[place].end, text) for place in marks.tokens]
    spans += [
        _span("priority", tokens[match.start].start, tokens[match.end - 1].end, text)
        for match in words.urgency
    ]
    return tuple(sorted(spans, key=lambda span: (span.start, span.end)))


def _span(kind: str, start: int, end: int, text: str) -> Span:
    return Span(kind=kind, start=start, end=end, text=text[start:end])
