"""How pressing a task is: by a word of urgency, or by what comes of leaving it undone."""

from collections.abc import Iterator, Sequence

from attrs import evolve, frozen

from donna_core.domain.capture.lexicon import Lexicon, Match
from donna_core.domain.capture.tokens import Token
from donna_core.domain.tasks.task import LOWEST_PRIORITY

_REACH = 14  # tokens in which the signs of one stake have to stand
_JOINED_BY = "-"  # "the important-documents folder" is a name


@frozen(kw_only=True)
class Pressure:
    """The words of urgency, and the priority by what is at stake with the words for that."""

    said: tuple[Match, ...] = ()
    at_stake: int | None = None
    stakes: tuple[str, ...] = ()

    @property
    def priority(self) -> int | None:
        """The priority the words give; who says that there is no hurry is believed."""
        said: int | None = max((match.value for match in self.said), default=None)
        if said is None or self.at_stake is None or said == LOWEST_PRIORITY:
            return self.at_stake if said is None else said
        return max(said, self.at_stake)

    @property
    def inferred(self) -> bool:
        """Whether the priority is what is at stake, and nobody said it."""
        return self.at_stake is not None and self.priority == self.at_stake and not self.said


def read_pressure(tokens: Sequence[Token], lexicon: Lexicon) -> Pressure:
    """Return how pressing the words are."""
    at_stake, places = _at_stake(tokens, lexicon)
    return Pressure(
        said=tuple(_said(tokens, lexicon)),
        at_stake=at_stake,
        stakes=tuple(_text(tokens, match) for match in places),
    )


def idle_stretches(tokens: Sequence[Token], lexicon: Lexicon) -> list[tuple[int, int]]:
    """Return where the text says that there is no hurry: "one of these days" is no day."""
    return [
        (tokens[match.start].start, tokens[match.end - 1].end)
        for match in lexicon.urgency.within(tokens)
        if match.value == LOWEST_PRIORITY
    ]


def _said(tokens: Sequence[Token], lexicon: Lexicon) -> Iterator[Match]:
    """Yield the words of urgency, with what makes them stronger or turns them around."""
    for match in lexicon.urgency.within(tokens):
        if match.value is None or _is_joined(tokens, match.end):
            continue
        start = match.start
        while start > 0 and lexicon.degrees.at(tokens, start - 1) is not None:
            start -= 1
        denied = start > 0 and lexicon.negations.at(tokens, start - 1) is not None
        start = _subject_start(tokens, start - denied, lexicon)
        yield evolve(match, start=start, value=LOWEST_PRIORITY if denied else match.value)


def _subject_start(tokens: Sequence[Token], place: int, lexicon: Lexicon) -> int:
    """Return where "it is" begins before the place, or the place."""
    for width in (2, 1):
        subject = lexicon.subjects.at(tokens, place - width) if place >= width else None
        if subject is not None and subject.end == place:
            return place - width
    return place


def _is_joined(tokens: Sequence[Token], place: int) -> bool:
    following = tokens[place : place + 2]
    return (
        len(following) > 1
        and following[0].text == _JOINED_BY
        and all(token.glued for token in following)
    )


def _at_stake(tokens: Sequence[Token], lexicon: Lexicon) -> tuple[int | None, tuple[Match, ...]]:
    """Return the highest priority of what is at stake, and the words that tell it."""
    best: int | None = None
    told: tuple[Match, ...] = ()
    last: dict[str, Match] = {}
    for match in lexicon.signs.within(tokens):
        last.update(dict.fromkeys(match.value, match))
        for stake in lexicon.stakes:
            if best is not None and stake.priority <= best:
                break
            if stake.signs & match.value and all(
                name in last and match.end - last[name].start <= _REACH for name in stake.signs
            ):
                best = stake.priority
                found = {last[name].start: last[name] for name in stake.signs}
                told = tuple(found[start] for start in sorted(found))
    return best, told


def _text(tokens: Sequence[Token], match: Match) -> str:
    return " ".join(token.text for token in tokens[match.start : match.end])
