"""Work that hangs on something else: "before the team meeting", "3 days after it is done"."""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from datetime import timedelta

from attrs import evolve, frozen

from donna_core.domain.capture.instants import start_of, window_of
from donna_core.domain.capture.lexicon import Lexicon, Phrases
from donna_core.domain.capture.phrases import Phrase
from donna_core.domain.capture.settle import Settled, Tone
from donna_core.domain.capture.spans import Span
from donna_core.domain.capture.times import TimeKind, TimeReading
from donna_core.domain.capture.tokens import Shape, Token
from donna_core.domain.capture.values import Frame, Grain, Role
from donna_core.domain.followup.phrasing import counted, distance
from donna_core.domain.tasks.task import (
    Anchor,
    DeadlineType,
    IntentKind,
    Rest,
    Side,
    Strictness,
    TimeIntent,
)

_WIDEST = 5  # words between "before" and the event: "my mother's 70th"
_COMPANY = 3  # words of whom an event is with
_SIDES = {
    Role.BEFORE: Side.BEFORE,
    Role.LEAD: Side.BEFORE,
    Role.AFTER: Side.AFTER,
    Role.LAG: Side.AFTER,
}
_MONTHS = {"MONTHLY": 1, "YEARLY": 12}
_DAYS = {"DAILY": 1, "WEEKLY": 7}


@frozen(kw_only=True)
class Hung:
    """What a text hangs on: the tokens that say so, and the time phrases among them."""

    tokens: range
    used: tuple[Phrase, ...] = ()
    anchor: Anchor | None = None
    rest: Rest | None = None


_Placed = tuple[Phrase, range]


@frozen(kw_only=True)
class _Text:
    """A text with what was found in it; phrases by the places of their first and last tokens."""

    tokens: Sequence[Token]
    text: str
    frame: Frame
    lexicon: Lexicon
    filled: tuple[_Placed, ...]
    opening: Mapping[int, _Placed]
    closing: Mapping[int, _Placed]

    @classmethod
    def of(
        cls,
        tokens: Sequence[Token],
        text: str,
        phrases: Sequence[Phrase],
        *,
        frame: Frame,
        lexicon: Lexicon,
    ) -> "_Text":
        placed = ((phrase, _places(tokens, phrase.span)) for phrase in phrases)
        filled = [(phrase, places) for phrase, places in placed if places]
        return cls(
            tokens=tokens,
            text=text,
            frame=frame,
            lexicon=lexicon,
            filled=tuple(filled),
            opening={each[0]: (phrase, each) for phrase, each in filled},
            closing={each[-1]: (phrase, each) for phrase, each in filled},
        )


def _places(tokens: Sequence[Token], span: Span) -> range:
    """Return the places of the tokens of a span."""
    start, end = (
        bisect_left(tokens, offset, key=lambda token: token.start)
        for offset in (span.start, span.end)
    )
    return range(start, end)


def find_anchor(
    tokens: Sequence[Token],
    text: str,
    phrases: Sequence[Phrase],
    events: Sequence[Span],
    *,
    frame: Frame,
    lexicon: Lexicon,
) -> Hung | None:
    """Return the first event or completion that the text hangs on.

    ``events`` are the names of events in it.
    """
    source = _Text.of(tokens, text, phrases, frame=frame, lexicon=lexicon)
    rest = _rest(source)
    if rest is not None:
        return rest
    found = (_anchored(source, _places(tokens, event)) for event in events)
    return next((each for each in found if each is not None), None)


def hang(settled: Settled, hung: Hung, *, tone: Tone) -> Settled | None:
    """Return the times with what they hang on, ``None`` where a fixed time leaves no room."""
    if settled.recurrence is not None:
        return None
    if hung.rest is not None:
        words = f"{_in_words(hung.rest)} after it is done"
        again = evolve(settled.intent, kind=IntentKind.RECURRING, rest=hung.rest)
        return evolve(
            settled,
            intent=evolve(again, recurrence_text=words),
            recurrence_text=words,
        )
    anchor = hung.anchor
    if anchor is None or settled.start is not None:
        return None
    if anchor.closes is None and settled.deadline is not None:
        # "Tomorrow before the meeting": it is tomorrow that there is one.
        anchor = evolve(anchor, opens=settled.intent.earliest, closes=settled.deadline)
    return evolve(_until_met(settled, anchor, tone), remarks=settled.remarks)


def constraint(hung: Hung, tokens: Sequence[Token], text: str) -> TimeReading:
    """Return the anchor as a time of the text; when it is stays open unless the words say."""
    start, end = tokens[hung.tokens[0]].start, tokens[hung.tokens[-1]].end
    anchor = hung.anchor
    side = anchor.side if anchor else Side.AFTER
    role = Role.BEFORE if side is Side.BEFORE else Role.AFTER
    return TimeReading(
        span=Span(kind=role.value, start=start, end=end, text=text[start:end]),
        kind=TimeKind.CONSTRAINT,
        role=role,
        start=anchor.opens if anchor else None,
        end=anchor.closes if anchor and anchor.closes != anchor.opens else None,
        grain=Grain.MINUTE,
        duration=anchor.offset if anchor and anchor.offset else None,
    )


def _until_met(settled: Settled, anchor: Anchor, tone: Tone) -> Settled:
    """Return the times as far as the words alone tell when the event is."""
    intent = TimeIntent(
        kind=IntentKind.CONSTRAINED,
        strictness=Strictness.SOFT if tone.is_wish else Strictness.HARD,
        anchor=anchor,
    )
    if anchor.opens is None or anchor.closes is None:
        return evolve(settled, deadline=None, deadline_type=DeadlineType.NONE, intent=intent)
    if anchor.side is Side.AFTER:
        earliest = anchor.opens + anchor.offset
        return evolve(
            settled,
            deadline=None,
            deadline_type=DeadlineType.NONE,
            intent=evolve(intent, earliest=earliest),
        )
    deadline = anchor.closes - anchor.offset
    firm = anchor.opens == anchor.closes and not tone.is_wish
    return evolve(
        settled,
        deadline=deadline,
        deadline_type=DeadlineType.HARD if firm else DeadlineType.SOFT,
        intent=evolve(intent, due_at=deadline, latest=deadline),
    )


def _anchored(source: _Text, event: range) -> Hung | None:
    """Return the anchor at this event, where "before" or "after" leads to it."""
    lead = _lead(source, event)
    if lead is None:
        return None
    start, side, used, named = lead
    end = _with_company(source, event.stop)
    words, following = end, source.opening.get(end)
    if following is not None and following[0].meaning.role is Role.ON:
        used, end = (*used, following[0]), following[1].stop
    stated = next((phrase for phrase in used if phrase.meaning.when is not None), None)
    offset = next((p.meaning.length for p in used if p.meaning.length is not None), None)
    anchor = Anchor(
        side=side,
        event=source.text[source.tokens[named].start : source.tokens[words - 1].end],
        offset=offset.span if offset else timedelta(0),
    )
    return Hung(tokens=range(start, end), used=used, anchor=_stated(anchor, stated, source.frame))


def _lead(source: _Text, event: range) -> tuple[int, Side, tuple[Phrase, ...], int] | None:
    """Return where the words before the event begin, their side, phrases and where its name does.

    Between lie determiners, owners ("mum's") and times ("my 3pm meeting", "Monday's review").
    """
    tokens, lexicon = source.tokens, source.lexicon
    place, named = event.start, event.start
    used: tuple[Phrase, ...] = ()
    while place > max(0, event.start - _WIDEST):
        placed = source.closing.get(place - 1)
        if placed is not None:
            side = _SIDES.get(placed[0].meaning.role)
            place, used = placed[1].start, (placed[0], *used)
            if side is not None:
                return place, side, used, named
            continue
        for phrases, side in (
            (lexicon.before_event, Side.BEFORE),
            (lexicon.after_event, Side.AFTER),
        ):
            start = _ends_at(phrases, tokens, place)
            if start is not None:
                return start, side, used, named
        token = tokens[place - 1]
        owner = token.text.casefold().endswith(("'s", "’s", "s'", "s’"))
        if not owner and token.norm not in lexicon.sets["fields_determiners"]:
            return None
        place -= 1
        named = place if owner else named
    return None


def _ends_at(phrases: Phrases, tokens: Sequence[Token], place: int) -> int | None:
    """Return the start of one of these phrases that ends right before the place."""
    for start in range(max(0, place - 3), min(place, len(tokens))):
        match = phrases.at(tokens, start)
        if match is not None and match.end == place:
            return start
    return None


def _with_company(source: _Text, place: int) -> int:
    """Return where the name of an event ends: "my meeting with Fred" is with Fred."""
    tokens = source.tokens
    if place >= len(tokens) or tokens[place].norm not in source.lexicon.sets["anchor_company"]:
        return place
    end = place + 1
    while (
        end < len(tokens)
        and end - place <= _COMPANY
        and tokens[end].shape is Shape.WORD
        and end not in source.opening
        and (tokens[end].text[:1].isupper() or end == place + 1)
    ):
        end += 1
    return end if end > place + 1 else place


def _stated(anchor: Anchor, phrase: Phrase | None, frame: Frame) -> Anchor:
    """Return the anchor with the time that the words give its event."""
    when = phrase.meaning.when if phrase else None
    if when is None:
        return anchor
    if when.has_time:
        start, _ = start_of(when, frame=frame)
        return evolve(anchor, opens=start, closes=start)
    stretch = window_of(when, frame=frame)
    return evolve(anchor, opens=stretch.first, closes=stretch.last)


def _rest(source: _Text) -> Hung | None:
    """Return how long after its completion the work comes back."""
    for phrase, places in source.filled:
        end, meaning = places.stop, phrase.meaning
        found: Rest | None = None
        if meaning.role is Role.LAG and meaning.length is not None:
            length = meaning.length
            found = Rest(days=length.days, months=length.months) if not length.is_fine else None
        elif (
            meaning.repeat is not None
            and _ends_at(source.lexicon.after_event, source.tokens, end + 1) == end
        ):
            repeat = meaning.repeat
            found = Rest(
                days=repeat.interval * _DAYS.get(repeat.every, 0),
                months=repeat.interval * _MONTHS.get(repeat.every, 0),
            )
            end += 1
        done = (
            source.lexicon.completions.at(source.tokens, end) if end < len(source.tokens) else None
        )
        if found is not None and done is not None and (found.days or found.months):
            start = places.start
            again = source.lexicon.sets["anchor_again"]
            while start > 0 and source.tokens[start - 1].norm in again:
                start -= 1
            return Hung(tokens=range(start, done.end), used=(phrase,), rest=found)
    return None


def _in_words(rest: Rest) -> str:
    months = counted(rest.months, "month", "months") if rest.months else ""
    days = distance(timedelta(days=rest.days)) if rest.days else ""
    return " and ".join(part for part in (months, days) if part)
