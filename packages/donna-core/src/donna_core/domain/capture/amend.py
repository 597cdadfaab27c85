"""Self-correction: "Thursday at 2, no, make that 3" means Thursday at 3."""

from collections.abc import Collection, Sequence

from attrs import evolve, frozen

from donna_core.domain.capture.lexicon import Lexicon
from donna_core.domain.capture.phrases import Phrase, find
from donna_core.domain.capture.tokens import Shape, Token, tokenize
from donna_core.domain.capture.values import Frame, Meaning, Role, When

_REPLACED = frozenset({Role.ON, Role.BY, Role.BEFORE, Role.AFTER})
_BOUNDS = frozenset({",", ".", ";", "-", "–", "—", "(", "…", "!"})
_MOST_TRIED = 20  # words that may take something back; more are no speech
_WIDEST = 8  # tokens between "no" and the time meant: "wait no, he's away, by next Tuesday"


@frozen(kw_only=True)
class Amended:
    """The phrases as meant in the end, and the places of the tokens that took it back."""

    phrases: tuple[Phrase, ...]
    taken: frozenset[int] = frozenset()


def amend(
    phrases: Sequence[Phrase],
    tokens: Sequence[Token],
    text: str,
    *,
    frame: Frame,
    lexicon: Lexicon,
) -> Amended:
    """Return the time phrases with what the speaker took back replaced by what was meant.

    A new day keeps the time said before, a new time keeps the day.
    """
    if not phrases:
        return Amended(phrases=())
    ends = {phrase.span.end for phrase in phrases}
    tried = 0
    for place in range(1, len(tokens)):
        match = lexicon.corrections.at(tokens, place)
        if match is None or not _bounded(tokens[place - 1], ends) or tried >= _MOST_TRIED:
            continue
        tried += 1
        end = match.end
        while end < len(tokens) and (
            lexicon.corrections.at(tokens, end) is not None
            or tokens[end].norm in lexicon.sets["amend_fillers"]
        ):
            further = lexicon.corrections.at(tokens, end)
            end = further.end if further else end + 1
        earlier = [p for p in phrases if p.span.end <= tokens[place].start]
        meant = _meant(phrases, tokens, text, end, frame=frame)
        replaced = [p for p in earlier if p.meaning.role in _REPLACED and p.meaning.when]
        if meant is None or not replaced:
            continue
        new = evolve(meant, meaning=_combined(replaced, meant.meaning))
        kept = [p for p in phrases if p not in replaced and p.span.start != meant.span.start]
        stop = next(
            (at for at, token in enumerate(tokens) if token.start >= meant.span.end), len(tokens)
        )
        gone = set(range(place, stop)) | {
            at
            for at, token in enumerate(tokens)
            if any(p.span.start <= token.start < p.span.end for p in replaced)
        }
        ordered = sorted([*kept, new], key=lambda phrase: phrase.span.start)
        return Amended(phrases=tuple(ordered), taken=frozenset(gone))
    return Amended(phrases=tuple(phrases))


def restart(tokens: Sequence[Token], lexicon: Lexicon) -> int:
    """Return where the message begins anew after "scratch that, …", else 0."""
    for place in range(len(tokens) - 1):
        match = lexicon.restarts.at(tokens, place)
        if match is None or match.end >= len(tokens):
            continue
        opening = match.end
        while opening < len(tokens) and tokens[opening].shape is Shape.PUNCTUATION:
            opening += 1
        if opening < len(tokens) and lexicon.action_verbs.at(tokens, opening) is not None:
            return opening
    return 0


def _bounded(before: Token, ends: Collection[int]) -> bool:
    """Whether a pause or a time stands before the words that take something back."""
    return before.text in _BOUNDS or before.end in ends


def _meant(
    phrases: Sequence[Phrase], tokens: Sequence[Token], text: str, at: int, *, frame: Frame
) -> Phrase | None:
    """Return the time that follows; a bare number is a time of day."""
    if at >= len(tokens):
        return None
    horizon = tokens[min(at + _WIDEST, len(tokens)) - 1].end
    following = [p for p in phrases if tokens[at].start <= p.span.start <= horizon]
    if following and following[0].meaning.when is not None:
        return following[0]
    lead = next(iter(frame.language.sets["amend_at"]))
    words = f"{lead} {text[tokens[at].start : tokens[min(at + 2, len(tokens)) - 1].end]}"
    if len(tokens) - at > 2 or following:
        return None
    found = find(tokenize(words), words, frame=frame)
    if len(found) != 1 or found[0].meaning.when is None or found[0].span.start != 0:
        return None
    start, end = tokens[at].start, tokens[-1].end
    span = evolve(found[0].span, start=start, end=end, text=text[start:end])
    return evolve(found[0], span=span)


def _combined(earlier: Sequence[Phrase], meant: Meaning) -> Meaning:
    new = meant.when
    if new is None:
        return meant
    role = meant.role
    for phrase in reversed(earlier):
        old = phrase.meaning.when
        if old is None:
            continue
        new = _completed(new, old)
        role = phrase.meaning.role if role is Role.ON else role
    return evolve(meant, when=new, role=role)


def _completed(new: When, old: When) -> When:
    if new.instant is not None:
        return new
    if new.first is None and old.first is not None:
        new = evolve(new, first=old.first, last=old.last, grain=old.grain, fixed=old.fixed)
    if new.clock is None and new.part is None:
        new = evolve(new, clock=old.clock, until=old.until, part=old.part, loose=old.loose)
    elif _takes_half(new, old) and new.clock is not None and old.clock is not None:
        hour = new.clock.hour % 12 + (12 if old.clock.hour >= 12 else 0)
        new = evolve(new, clock=evolve(new.clock, hour=hour, open=False))
    return new


def _takes_half(new: When, old: When) -> bool:
    """Whether the half of the day said before holds: "at 2pm, no, 3"."""
    return (
        new.clock is not None
        and new.clock.open
        and new.part is None
        and old.clock is not None
        and not old.clock.open
    )
